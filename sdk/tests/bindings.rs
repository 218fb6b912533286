//! The bindings in `src/bindings` are what the generator makes of the WIT packages.
//!
//! `AIRS_BLESS=1 cargo test -p airs-sdk --test bindings` writes them anew.

use std::{error::Error, fs, path::Path};

use wit_bindgen_core::{Files, WorldGenerator, wit_parser::Resolve};
use wit_bindgen_rust::{Opts, WithOption};

/// The types that both worlds speak of live in the driver's bindings.
const TYPES: &str = "airs:types/types@0.1.0";

fn check(file: &str, made: &str) -> Result<(), Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src/bindings")
        .join(file);
    if std::env::var_os("AIRS_BLESS").is_some() {
        fs::write(&path, made)?;
    }
    let kept = fs::read_to_string(&path)?.replace("\r\n", "\n");
    assert!(
        kept == made,
        "src/bindings/{file} is out of date: set AIRS_BLESS=1 and run this test again"
    );
    Ok(())
}

fn generate(wit: &str, world: &str, opts: Opts) -> Result<String, Box<dyn Error>> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(Path::new(env!("CARGO_MANIFEST_DIR")).join(wit))?;
    let world = resolve.select_world(&[package], Some(world))?;
    let mut files = Files::default();
    opts.build().generate(&mut resolve, world, &mut files)?;
    let (_, content) = files.iter().next().ok_or("the generator makes one file")?;
    Ok(String::from_utf8(content.to_vec())?)
}

fn options(module: &str) -> Opts {
    Opts {
        format: true,
        generate_all: true,
        runtime_path: Some("::airs::__private::rt".to_owned()),
        default_bindings_module: Some(format!("::airs::__private::{module}")),
        ..Opts::default()
    }
}

/// The attribute of a driver or program exports its world.
fn exported(module: &str) -> Opts {
    Opts {
        pub_export_macro: true,
        export_macro_name: Some(format!("__export_{module}")),
        bitflags_path: Some("::airs::__private::bitflags".to_owned()),
        disable_custom_section_link_helpers: true,
        ..options(module)
    }
}

/// Drops the description of the world's imports, which ends each file: the export macro describes the
/// whole world, and a driver is not to carry the program's world with it.
fn without_description(bindings: &str) -> Result<String, Box<dyn Error>> {
    let begin = "#[rustfmt::skip]\n#[cfg(target_arch = \"wasm32\")]\n#[unsafe(\n    link_section";
    let (rest, description) = bindings
        .rsplit_once(begin)
        .ok_or("the generator describes the world")?;
    assert!(description.ends_with("\";\n"), "the description ends the file");
    Ok(rest.to_owned())
}

#[test]
fn bindings_of_the_driver_world_are_up_to_date() -> Result<(), Box<dyn Error>> {
    let bindings = generate("../wit", "airs:worlds/driver@0.1.0", exported("driver"))?;
    check("driver.rs", &without_description(&bindings)?)
}

#[test]
fn bindings_of_the_program_world_are_up_to_date() -> Result<(), Box<dyn Error>> {
    let types = WithOption::Path("crate::bindings::driver::airs::types::types".to_owned());
    let options = Opts {
        with: vec![(TYPES.to_owned(), types)],
        ..exported("program")
    };
    let bindings = generate("../wit", "airs:worlds/program@0.1.0", options)?;
    check("program.rs", &without_description(&bindings)?)
}

#[test]
fn bindings_of_the_random_interface_are_up_to_date() -> Result<(), Box<dyn Error>> {
    check(
        "random.rs",
        &generate("wit", "airs:sdk/platform@0.1.0", options("random"))?,
    )
}
