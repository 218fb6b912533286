//! `examples/database`: an interface of the embedder's own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

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
    let component = Component::open(&guest("catalogue")).unwrap();
    let name = Some("catalogue".parse().unwrap());
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
fn no_statement_leaves_the_component_s_own_database() {
    let (runtime, folder) = runtime(Limits::default());
    let catalogue = catalogue(&runtime, granted()).unwrap();
    let outside = folder.path().join("outside.sqlite");
    for sql in [
        format!("ATTACH '{}' AS other", outside.display()),
        format!("VACUUM INTO '{}'", outside.display()),
        "PRAGMA max_page_count = 1000000".to_owned(),
        "PRAGMA journal_mode = delete".to_owned(),
        "COMMIT".to_owned(),
        "SAVEPOINT mine".to_owned(),
        "SELECT load_extension('x')".to_owned(),
        "CREATE VIRTUAL TABLE t USING fts5(a)".to_owned(),
        "not sql".to_owned(),
    ] {
        let told = catalogue
            .call_json_blocking("tell", &serde_json::json!([[sql]]).to_string())
            .unwrap();
        assert!(told.contains(r#"{"err":"refused: "#), "{sql}: {told}");
        let asked = catalogue
            .call_json_blocking("ask", &serde_json::json!([sql]).to_string())
            .unwrap();
        assert!(asked.contains(r#"{"err":"refused: "#), "{sql}: {asked}");
    }
    assert!(wave(&catalogue, "ask(\"DELETE FROM books\")").starts_with("err(\"refused: "));
    assert!(!outside.exists());
    assert_eq!(wave(&catalogue, "add(\"Emma\", 1)"), "ok(1)");
}

#[test]
fn what_would_be_too_much_is_refused() {
    let (runtime, _folder) = runtime(Limits {
        deadline_ms: 1_000,
        ..Limits::default()
    });
    let catalogue = catalogue(&runtime, granted()).unwrap();
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)";
    let rows = format!("ask(\"{endless} SELECT i FROM n\")");
    assert_eq!(wave(&catalogue, &rows), "err(\"too large\")");
    assert_eq!(
        wave(&catalogue, "ask(\"SELECT zeroblob(1000000000)\")"),
        "err(\"too large\")"
    );
    let begun = Instant::now();
    let counting = catalogue.call_wave_blocking(&format!("ask(\"{endless} SELECT count(*) FROM n\")"));
    // Whoever looks first: the statement or the host.
    match counting {
        Ok(answer) => assert_eq!(answer, "err(\"busy\")"),
        Err(error) => assert_eq!(error.code(), Code::DeadlineExceeded, "{error}"),
    }
    assert!(begun.elapsed() < Duration::from_secs(10), "it goes on for ever");
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
    runtime.perform_blocking(Request::bind(Placement {
        path: "/stock".into(),
        driver: "stock".into(),
        account: "{}".into(),
        owner: None,
        controllers: Vec::new(),
    }))
}

/// The application itself fills the driver's database.
fn fill(folder: &Path) {
    std::fs::create_dir_all(folder.join("local")).unwrap();
    let database = rusqlite::Connection::open(folder.join("local/stock.sqlite")).unwrap();
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
