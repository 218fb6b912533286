//! The bindings in `src/bindings` are what the generator makes of the WIT packages.
//!
//! `AIRS_BLESS=1 cargo test -p airs-sdk --test bindings` writes them anew.

use std::{fs, path::Path};

use wit_bindgen_core::{Files, WorldGenerator, wit_parser::Resolve};
use wit_bindgen_rust::{Opts, WithOption};

/// The types that both worlds speak of live in the driver's bindings.
const TYPES: &str = "airs:types/types@0.1.0";

fn assert_true_to_wit(file: &str, wit: &str, world: &str, opts: Opts) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let made = generate(&root.join(wit), world, opts);
    let path = root.join("src/bindings").join(file);
    if std::env::var_os("AIRS_BLESS").is_some() {
        fs::write(&path, &made).expect("the bindings can be written");
    }
    let kept = fs::read_to_string(&path)
        .unwrap_or_default()
        .replace("\r\n", "\n");
    assert!(
        kept == made,
        "{} is not what the generator makes of {wit}: set AIRS_BLESS=1 and run this test again",
        path.display()
    );
}

fn generate(wit: &Path, world: &str, opts: Opts) -> String {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(wit).expect("the WIT packages are valid");
    let world = resolve
        .select_world(&[package], Some(world))
        .expect("the world is there");
    let mut files = Files::default();
    opts.build()
        .generate(&mut resolve, world, &mut files)
        .expect("the generator accepts the world");
    let (_, content) = files.iter().next().expect("the generator makes one file");
    String::from_utf8(content.to_vec()).expect("the bindings are text")
}

fn options(module: &str) -> Opts {
    Opts {
        format: true,
        generate_all: true,
        pub_export_macro: true,
        runtime_path: Some("::airs::__private::rt".to_owned()),
        bitflags_path: Some("::airs::__private::bitflags".to_owned()),
        default_bindings_module: Some(format!("::airs::__private::{module}")),
        export_macro_name: Some(format!("__export_{module}")),
        ..Opts::default()
    }
}

#[test]
fn bindings_of_the_driver_world_are_up_to_date() {
    assert_true_to_wit(
        "driver.rs",
        "../wit",
        "airs:worlds/driver@0.1.0",
        options("driver"),
    );
}

#[test]
fn bindings_of_the_program_world_are_up_to_date() {
    let types = WithOption::Path("crate::bindings::driver::airs::types::types".to_owned());
    let options = Opts {
        with: vec![(TYPES.to_owned(), types)],
        ..options("program")
    };
    assert_true_to_wit("program.rs", "../wit", "airs:worlds/program@0.1.0", options);
}

#[test]
fn bindings_of_the_random_interface_are_up_to_date() {
    let options = Opts {
        pub_export_macro: false,
        export_macro_name: None,
        ..options("random")
    };
    assert_true_to_wit("random.rs", "wit", "airs:sdk/platform@0.1.0", options);
}
