//! Built for WebAssembly, a crate with an attribute is a component that imports what it uses, exports its
//! world and nothing else, and describes itself.

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use wasmparser::{Parser, Payload};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

const DRIVER: &str = r#"
use airs::{Call, Receipt, Result, Rights, Value};

struct Lottery;

#[airs::driver]
impl airs::Driver for Lottery {
    type Asset = ();

    fn intend(call: &Call, _account: (), _rights: Rights) -> Result<()> {
        airs::log::info(&call.path);
        Ok(())
    }

    fn view(_asset: &()) -> Result<Value> {
        Ok(airs::Amount::new(airs::random::u64().into(), 0)?.into())
    }

    fn transfer(_from: &(), _to: &(), _value: Value) -> Result<Receipt> {
        Ok(Receipt::Final)
    }
}
"#;

const PROGRAM: &str = r#"
use airs::{Amount, Receipt, Result, Rights, val};

#[derive(serde::Deserialize, airs::Schema)]
struct Order {
    to: String,
    amount: Amount,
}

/// Pays an "order".
#[airs::program(name = "pay-order")]
fn pay(order: Order) -> Result<Receipt> {
    val::intend("~/usd", Rights::DEBIT)?.transfer(&val::intend(&order.to, Rights::CREDIT)?, order.amount)
}
"#;

/// A crate of its own, with the versions of the workspace.
fn component(name: &str, source: &str) -> Outcome<Vec<u8>> {
    let sdk = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(folder.join("src"))?;
    fs::write(
        folder.join("src/lib.rs"),
        format!("//! A component.\n#![deny(warnings)]\n#![forbid(unsafe_code)]\n{source}"),
    )?;
    fs::write(
        folder.join("Cargo.toml"),
        format!(
            "[package]\nname = {name:?}\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [lib]\ncrate-type = [\"cdylib\"]\n\n[dependencies]\n\
             airs = {{ package = \"airs-sdk\", path = {sdk:?} }}\n\
             serde = {{ version = \"1\", features = [\"derive\"] }}\n"
        ),
    )?;
    fs::copy(sdk.join("../Cargo.lock"), folder.join("Cargo.lock"))?;
    let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("components");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--offline", "--target", "wasm32-wasip2"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", &target)
        .env_remove("RUSTFLAGS")
        .status()?;
    assert!(built.success(), "{name} is built");
    Ok(fs::read(
        target.join("wasm32-wasip2/debug").join(format!("{name}.wasm")),
    )?)
}

/// The names of imports that are not WASI's, and of exports.
fn world(component: &[u8]) -> Outcome<(Vec<String>, Vec<String>)> {
    let decoded = wit_component::decode(component)?;
    let resolve = decoded.resolve();
    let package = resolve
        .packages
        .get(decoded.package())
        .ok_or("the component's own package")?;
    let world = package
        .worlds
        .values()
        .next()
        .ok_or("the component's own world")?;
    let world = resolve.worlds.get(*world).ok_or("the component's own world")?;
    let imports = world.imports.keys().map(|key| resolve.name_world_key(key));
    let exports = world.exports.keys().map(|key| resolve.name_world_key(key));
    Ok((
        imports.filter(|name| !name.starts_with("wasi:")).collect(),
        exports.collect(),
    ))
}

fn description(component: &[u8]) -> Outcome<Option<serde_json::Value>> {
    for payload in Parser::new(0).parse_all(component) {
        if let Payload::CustomSection(section) = payload?
            && section.name() == "airs:program"
        {
            return Ok(Some(serde_json::from_slice(section.data())?));
        }
    }
    Ok(None)
}

#[test]
fn a_driver_imports_what_it_uses_and_exports_the_driver_interface() -> Outcome {
    let driver = component("lottery", DRIVER)?;
    let (imports, exports) = world(&driver)?;
    assert_eq!(
        imports,
        ["airs:types/types@0.1.0"],
        "no storage, no http, nothing of programs"
    );
    assert_eq!(exports, ["airs:driver/driver@0.1.0"]);
    assert_eq!(description(&driver)?, None);
    Ok(())
}

#[test]
fn a_program_imports_the_val_and_carries_its_description() -> Outcome {
    let program = component("pay", PROGRAM)?;
    let (imports, exports) = world(&program)?;
    assert_eq!(imports, ["airs:types/types@0.1.0", "airs:val/val@0.1.0", "error"]);
    assert_eq!(exports, ["run"]);
    let description = description(&program)?.ok_or("the section is there")?;
    assert_eq!(description["version"], 1);
    assert_eq!(description["name"], "pay-order");
    assert_eq!(description["doc"], "Pays an \"order\".");
    assert_eq!(
        description["input"]["required"],
        serde_json::json!(["to", "amount"])
    );
    assert_eq!(description["output"]["anyOf"][0]["const"], "final");
    Ok(())
}
