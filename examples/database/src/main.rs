//! Gives a component a database, and lets it keep books there.
//!
//! `cargo run -p example-database -- FOLDER target/examples/wasm32-wasip2/debug/catalogue.wasm`

#![allow(clippy::print_stdout, reason = "an example shows what it gets")]

use std::error::Error;
use std::path::PathBuf;

use airs_runtime::{CallConfig, Capabilities, Component, Runtime};
use example_database::Database;

fn main() -> Result<(), Box<dyn Error>> {
    let usage = "give a folder for the databases, and the component";
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let folder = arguments.next().ok_or(usage)?;
    let component = Component::open(&arguments.next().ok_or(usage)?)?;

    let runtime = Runtime::builder()
        .interface(Database::in_folder(folder))
        .build()?;
    let granted = Capabilities::default().with_interfaces(["example:database".parse()?]);
    let config = CallConfig {
        // Ours, and not what the component calls itself: its database is found by it.
        name: Some("catalogue".parse()?),
        granted,
        ..CallConfig::default()
    };
    let catalogue = runtime.callable(&component, &config)?;

    let added: Result<u64, String> = catalogue.call_blocking("add", ("Middlemarch".to_owned(), 3_u32))?;
    let lent: Result<(), String> =
        catalogue.call_blocking("lend", ("Middlemarch".to_owned(), "ada".to_owned()))?;
    let books: Result<Vec<(String, i64)>, String> = catalogue.call_blocking("books", ())?;
    println!("{added:?} {lent:?} {books:?}");
    Ok(())
}
