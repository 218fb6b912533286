//! `examples/database`: an interface of the embedder's own.

mod sql;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use airs_runtime::{
    Answer, CallConfig, Callable, Capabilities, Code, Component, Grants, Limits, Manifest, Placement, Report,
    Request, Runtime,
};
use airs_tests::{build_guests, stamped};
use example_database::Database;
use tempfile::TempDir;

use crate::{checkout, program};

fn guest(name: &str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder =
        FOLDER.get_or_init(|| build_guests(&checkout().join("examples/database/guests/Cargo.toml"), &[]));
    folder.join(format!("{name}.wasm"))
}

fn granted() -> Capabilities {
    Capabilities::default().with_interfaces(["example:database".parse().unwrap()])
}

/// A runtime that gives databases, in a folder of its own.
fn runtime(limits: Limits) -> (Runtime, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let builder = Runtime::builder()
        .limits(limits)
        .interface(Database::in_folder(folder.path()));
    (builder.build().unwrap(), folder)
}

fn catalogue(runtime: &Runtime, granted: Capabilities) -> airs_runtime::Result<Callable> {
    named("catalogue", runtime, granted)
}

/// The catalogue, called something else.
fn named(name: &str, runtime: &Runtime, granted: Capabilities) -> airs_runtime::Result<Callable> {
    let component = Component::open(&guest("catalogue")).unwrap();
    let name = Some(name.parse().unwrap());
    runtime.callable(
        &component,
        &CallConfig {
            name,
            granted,
            ..CallConfig::default()
        },
    )
}

fn wave(catalogue: &Callable, expression: &str) -> String {
    catalogue.call_wave_blocking(expression).unwrap()
}

#[test]
fn the_program_runs() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(program("example-database"))
        .arg(folder.path())
        .arg(guest("catalogue"))
        .output();
    let output = output.unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "Ok(1) Ok(()) Ok([(\"Middlemarch\", 2)])\n",
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    // By the name that the program gave it.
    assert!(folder.path().join("calls/catalogue.sqlite").exists());
}

#[test]
fn a_component_keeps_books_over_calls_and_a_transaction_is_all_or_nothing() {
    let (runtime, _folder) = runtime(Limits::default());
    let catalogue = catalogue(&runtime, granted()).unwrap();
    assert_eq!(wave(&catalogue, "add(\"Emma\", 2)"), "ok(1)");
    assert_eq!(wave(&catalogue, "lend(\"Emma\", \"ada\")"), "ok");
    // The reader has the book: neither statement has an effect.
    assert!(wave(&catalogue, "lend(\"Emma\", \"ada\")").starts_with("err(\"constraint: UNIQUE"));
    assert_eq!(wave(&catalogue, "books()"), "ok([(\"Emma\", 1)])");
    assert_eq!(wave(&catalogue, "lend(\"Emma\", \"bob\")"), "ok");
    assert!(wave(&catalogue, "lend(\"Emma\", \"eve\")").starts_with("err(\"constraint: CHECK"));
    assert_eq!(wave(&catalogue, "books()"), "ok([(\"Emma\", 0)])");
    let parameters = "ask(\"SELECT 1, 2.5, 'a', x'00ff', NULL\")";
    let values =
        "[[Value::Integer(1), Value::Real(2.5), Value::Text(\\\"a\\\"), Value::Blob([0, 255]), Value::Null]]";
    assert_eq!(wave(&catalogue, parameters), format!("ok(\"{values}\")"));
}

#[test]
fn it_is_there_only_when_it_is_granted_and_given() {
    let (runtime, _folder) = runtime(Limits::default());
    let error = catalogue(&runtime, Capabilities::default()).unwrap_err();
    assert_eq!(error.code(), Code::UngrantedCapability);
    assert!(
        error
            .message()
            .contains("the interfaces of example:database are not granted"),
        "{error}"
    );
    let plain = Runtime::builder().build().unwrap();
    let error = catalogue(&plain, granted()).unwrap_err();
    assert_eq!(error.code(), Code::Unsupported);
}

#[test]
fn each_has_a_database_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = Runtime::builder()
        .context("calls".parse().unwrap())
        .interface(Database::in_folder(folder.path()))
        .build()
        .unwrap();
    let called = named("stock", &runtime, granted()).unwrap();
    assert_eq!(wave(&called, "add(\"emma\", 7)"), "ok(1)");
    assert_eq!(wave(&called, "books()"), "ok([(\"emma\", 7)])");
    let other = named("another", &runtime, granted()).unwrap();
    assert!(wave(&other, "books()").starts_with("err(\"refused: no such table"));
    // Not even a driver with the name of what is called, in a context with the name of where its database is.
    runtime.load(&stock(|_| ()), &Grants::from(granted())).unwrap();
    let perform = |request: Request| {
        let request = request.context("calls".parse().unwrap());
        runtime.perform_blocking(request).result
    };
    perform(binding()).unwrap();
    let error = perform(Request::view("/stock/emma")).unwrap_err();
    assert!(error.message().contains("no such table"), "{error}");
}

/// `stock`, with the manifest of its `Cargo.toml`.
fn stock(change: impl FnOnce(&mut Manifest)) -> Component {
    let path = checkout().join("examples/database/guests/stock/Cargo.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let version = "0.1.0".parse().unwrap();
    let mut manifest = Manifest::from_cargo_toml_inheriting(&path, &text, &version)
        .unwrap()
        .unwrap();
    change(&mut manifest);
    stamped(&std::fs::read(guest("stock")).unwrap(), &manifest)
}

fn bind(runtime: &Runtime) -> Report {
    runtime.perform_blocking(binding())
}

fn binding() -> Request {
    Request::bind(Placement {
        path: "/stock".into(),
        driver: "stock".into(),
        account: "{}".into(),
        owner: None,
        controllers: Vec::new(),
    })
}

/// The application itself fills the driver's database.
fn fill(folder: &Path) {
    let folder = folder.join("contexts/local");
    std::fs::create_dir_all(&folder).unwrap();
    let database = rusqlite::Connection::open(folder.join("stock.sqlite")).unwrap();
    database
        .execute_batch("CREATE TABLE books (title, copies); INSERT INTO books VALUES ('emma', 7)")
        .unwrap();
}

#[test]
fn a_driver_reads_in_runs_what_the_application_wrote() {
    let (runtime, folder) = runtime(Limits::default());
    fill(folder.path());
    runtime.load(&stock(|_| ()), &Grants::from(granted())).unwrap();
    bind(&runtime).result.unwrap();
    let Answer::Value(value) = runtime
        .perform_blocking(Request::view("/stock/emma"))
        .result
        .unwrap()
    else {
        panic!("a value is what view answers");
    };
    assert_eq!(
        value,
        airs_runtime::Value::Amount(airs_runtime::Amount { units: 7, scale: 0 })
    );
    let error = runtime
        .perform_blocking(Request::view("/stock/none"))
        .result
        .unwrap_err();
    assert_eq!(error.code(), Code::NotFound);
}

#[test]
fn a_driver_declares_it_and_is_granted_it_or_does_not_come_into_service() {
    let (runtime, _folder) = runtime(Limits::default());
    let error = runtime.load(&stock(|_| ()), &Grants::default()).unwrap_err();
    assert_eq!(error.code(), Code::UngrantedCapability);
    assert!(
        error
            .hint_text()
            .unwrap()
            .contains("`interfaces = [\"example:database\"]`"),
        "{error:?}"
    );
    let silent = stock(|manifest| manifest.capabilities.interfaces.clear());
    let error = runtime.load(&silent, &Grants::from(granted())).unwrap_err();
    assert_eq!(error.code(), Code::UndeclaredCapability);
    assert!(
        error.message().contains("the interfaces of example:database"),
        "{error}"
    );
    assert!(
        error
            .hint_text()
            .unwrap()
            .contains("interfaces = [\"example:database\"]"),
        "{error:?}"
    );
    let elsewhere = Runtime::builder().build().unwrap();
    let error = elsewhere
        .load(&stock(|_| ()), &Grants::from(granted()))
        .unwrap_err();
    assert_eq!(error.code(), Code::Unsupported);
}
