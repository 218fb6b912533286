//! What a driver sees of the folders that it was granted, and of all others.

#[cfg(unix)]
mod links;
mod many;

use std::fs;
use std::path::Path;

use airs_runtime::{Access, Capabilities, Code, Component, Event, Limits, Manifest, Name, State};
use airs_tests::{Bench, Notes, component_with, two_contexts};
use serde_json::{Value, json};
use tempfile::TempDir;

/// What must not be seen.
const SECRET: &str = "nobody's business";

fn named(name: &str) -> Name {
    name.parse().unwrap()
}

fn with_files(access: Access) -> Capabilities {
    Capabilities::default().with_files(named("rates"), access)
}

/// The reader that declares this.
fn reader(change: impl FnOnce(&mut Manifest)) -> Component {
    component_with("reader", |manifest| {
        manifest.capabilities = with_files(Access::Read);
        change(manifest);
    })
}

/// A driver that may read `rates`, bound to `/one`, over a place with the folder in it and others beside it; and what
/// it was denied.
struct Scene {
    bench: Bench,
    denials: Notes,
    place: TempDir,
}

impl Scene {
    fn new() -> Self {
        Self::limited(Limits::default())
    }

    fn limited(limits: Limits) -> Self {
        let place = tempfile::tempdir().unwrap();
        let below = |path: &str, text: &str| {
            let path = place.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        below("local/rates/usd.json", "1.25");
        below("local/rates/eur/now.json", "1.10");
        below("local/rates/empty", "");
        below("guests/rates/usd.json", "1.50");
        for other in [
            "secret",
            "local/secret",
            "local/other/secret",
            "local/rates2/secret",
        ] {
            below(other, SECRET);
        }
        // Long lists take their time on a machine that is busy.
        let patient = Limits {
            deadline_ms: 60_000,
            cpu_ms: 60_000,
            ..Limits::default()
        };
        let set_up = |builder| two_contexts(builder).limits(patient).files(place.path());
        let (bench, denials) = Bench::noting(&[], set_up, |event| match event {
            Event::Denied {
                capability, message, ..
            } => Some(format!("{capability}: {message}")),
            _ => None,
        });
        let driver = reader(|manifest| manifest.limits = limits);
        bench
            .runtime
            .load(&driver, &with_files(Access::ReadWrite).into())
            .unwrap();
        bench.bind("/one", "reader", "null", "operator").unwrap();
        Self {
            bench,
            denials,
            place,
        }
    }

    fn folder(&self) -> std::path::PathBuf {
        self.place.path().join("local/rates")
    }

    fn ask(&self, operation: &str, input: &Value) -> Value {
        ask(&self.bench, operation, input)
    }

    /// What the standard library says that a file cannot be read for.
    fn refused(&self, path: &str) -> String {
        let looked = self.ask("read", &json!(path));
        match looked.get("refused").and_then(Value::as_str) {
            Some(why) => why.to_owned(),
            None => panic!("{path} can be read: {looked}"),
        }
    }

    fn denials(&self) -> Vec<String> {
        std::mem::take(&mut *self.denials.lock().unwrap())
    }
}

fn ask(bench: &Bench, operation: &str, input: &Value) -> Value {
    let answer = bench.control("/one", operation, &input.to_string());
    serde_json::from_str(&answer.unwrap_or_else(|error| panic!("{operation} {input}: {error:?}"))).unwrap()
}

fn found(what: impl Into<Value>) -> Value {
    json!({ "found": what.into() })
}

#[test]
fn a_driver_looks_into_the_folder_that_it_was_granted() {
    let scene = Scene::new();
    for path in ["/rates/usd.json", "rates/usd.json", "/rates//./eur/../usd.json"] {
        assert_eq!(scene.ask("read", &json!(path)), found("1.25"), "{path}");
    }
    assert_eq!(scene.ask("read", &json!("/rates/eur/now.json")), found("1.10"));
    assert_eq!(scene.ask("read", &json!("/rates/empty")), found(""));
    assert_eq!(scene.ask("size", &json!("/rates/usd.json")), found(4));
    for path in ["/rates", "/rates/", "/rates/eur/.."] {
        assert_eq!(
            scene.ask("list", &json!(path)),
            found(json!(["empty", "eur/", "usd.json"])),
            "{path}"
        );
    }
    assert_eq!(
        scene.ask("list", &json!("/rates/eur/")),
        found(json!(["now.json"]))
    );
    // Anywhere in it, and what is there when it is opened.
    assert_eq!(
        scene.ask("change", &json!(["seek", "/rates/usd.json", ""])),
        json!({ "refused": "255" })
    );
    fs::write(scene.folder().join("usd.json"), "1.30").unwrap();
    assert_eq!(scene.ask("read", &json!("/rates/usd.json")), found("1.30"));
    assert_eq!(scene.denials(), Vec::<String>::new());
    // Each context has a folder of its own; one that is not there is empty.
    let there = scene.bench.within("guests");
    there.bind("/one", "reader", "null", "operator").unwrap();
    assert_eq!(ask(&there, "read", &json!("/rates/usd.json")), found("1.50"));
    fs::remove_dir_all(scene.place.path().join("guests")).unwrap();
    assert_eq!(ask(&there, "list", &json!("/rates")), found(json!([])));
    assert!(
        ask(&there, "read", &json!("/rates/usd.json"))
            .get("refused")
            .is_some()
    );
}

#[test]
fn no_path_leads_out_of_a_folder() {
    let scene = Scene::new();
    for path in [
        "/rates/../secret",
        "/rates/../../secret",
        "/rates/eur/../../other/secret",
        "/rates/../rates2/secret",
        "/rates/..\\..\\secret",
        "/rates/C:\\secret",
        "/rates/usd.json:stream",
        "/rates/nul",
        "/rates/CON.txt",
        "/rates/usd.json.",
    ] {
        let why = scene.refused(path);
        assert!(why.starts_with("Operation not permitted"), "{path}: {why}");
        let denials = scene.denials();
        assert_eq!(denials.len(), 1, "{path}: {denials:?}");
        let begin = "files: component \"reader\" looked into its folder rates: the path ";
        assert!(denials[0].starts_with(begin), "{denials:?}");
    }
    // Those are not there to be asked about.
    for path in [
        "/secret",
        "secret",
        "/etc/passwd",
        "/other/secret",
        "/RATES/usd.json",
        "/Rates/usd.json",
        "/rates2/secret",
        "/rates/etc/passwd",
        "//etc/passwd",
        "/proc/self/environ",
        "/dev/zero",
        "/",
        "",
        "..",
    ] {
        scene.refused(path);
    }
    for path in ["/rates/usd.json/", "/rates/usd.json/."] {
        let why = scene.refused(path);
        assert!(why.starts_with("Not a directory"), "{path}: {why}");
    }
    assert_eq!(scene.denials(), Vec::<String>::new());
}

#[test]
fn nothing_is_changed_also_when_writing_is_granted() {
    let scene = Scene::new();
    for how in [
        "write", "append", "create", "truncate", "remove", "rename", "link", "make", "drop",
    ] {
        let other = if how == "drop" { "/rates/eur" } else { "/rates/new" };
        let looked = scene.ask("change", &json!([how, "/rates/usd.json", other]));
        let why = looked.get("refused").and_then(Value::as_str).unwrap_or_default();
        assert!(why.starts_with("Read-only file system"), "{how}: {looked}");
        let denial =
            "files: component \"reader\" would change files in a run, which could not be undone with it";
        assert_eq!(scene.denials(), [denial], "{how}");
    }
    assert_eq!(
        fs::read_to_string(scene.folder().join("usd.json")).unwrap(),
        "1.25"
    );
    assert_eq!(fs::read_dir(scene.folder()).unwrap().count(), 3);
}

#[test]
fn what_is_read_held_and_listed_is_bounded() {
    const MIB: u64 = 1 << 20;
    let scene = Scene::limited(Limits {
        memory_bytes: 16 * MIB,
        ..Limits::default()
    });
    let file = |name: &str, bytes: u64| {
        let file = fs::File::create(scene.folder().join(name)).unwrap();
        file.set_len(bytes).unwrap();
    };
    file("large", 16 * MIB + 1);
    file("half", 8 * MIB);
    file("whole", 16 * MIB);
    assert_eq!(scene.ask("size", &json!("/rates/large")), found(16 * MIB + 1));
    assert!(scene.refused("/rates/large").starts_with("File too large"));
    // It is the guest's memory; without room for it the guest goes on.
    assert!(scene.refused("/rates/whole").starts_with("Out of memory"));
    let held = scene.ask("hold", &json!(["/rates/half", 2]));
    assert_eq!(held[0], json!(1), "{held}");
    assert!(held[1].as_str().unwrap().starts_with("Out of memory"), "{held}");
    // The folder itself, which is open too, is none of them.
    let held = scene.ask("hold", &json!(["/rates/usd.json", 100]));
    assert_eq!(held[0], json!(64), "{held}");
    assert!(held[1].as_str().unwrap().starts_with("Quota exceeded"), "{held}");
    // What is closed is given back.
    for _ in 0..3 {
        assert_eq!(scene.ask("hold", &json!(["/rates/half", 1])), json!([1, null]));
    }
    let many = scene.folder().join("many");
    fs::create_dir(&many).unwrap();
    for number in 0..4_096 {
        fs::write(many.join(number.to_string()), "").unwrap();
    }
    let listed = scene.ask("list", &json!("/rates/many"));
    assert_eq!(listed["found"].as_array().map(Vec::len), Some(4_096), "{listed}");
    fs::write(many.join("one-more"), "").unwrap();
    let refused = scene.ask("list", &json!("/rates/many"));
    assert!(
        refused["refused"].as_str().unwrap().starts_with("File too large"),
        "{refused}"
    );
    assert_eq!(scene.denials(), Vec::<String>::new());
}

#[test]
fn without_a_grant_there_are_no_files() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("secret"), SECRET).unwrap();
    let bench = Bench::alone(&[], |builder| builder.files(place.path()));
    let load = |driver: &Component, granted: Capabilities| bench.runtime.load(driver, &granted.into());
    let error = load(&reader(|_| ()), Capabilities::default()).unwrap_err();
    assert_eq!(
        (error.code(), error.message()),
        (
            Code::UngrantedCapability,
            "driver reader: it needs the files of rates to read, which is not granted to it"
        )
    );
    let hint = error.hint_text().unwrap();
    assert!(
        hint.contains(r#"add `files = { rates = "read" }` under [grants.reader] in airs.toml"#),
        "{hint}"
    );
    // Another folder is no grant either.
    let other = Capabilities::default().with_files(named("other"), Access::Read);
    assert_eq!(
        load(&reader(|_| ()), other).unwrap_err().code(),
        Code::UngrantedCapability
    );
    // What could not be undone is not offered, whatever is granted.
    let writer = reader(|manifest| manifest.capabilities = with_files(Access::ReadWrite));
    let error = load(&writer, with_files(Access::ReadWrite)).unwrap_err();
    assert_eq!(
        (error.code(), error.message()),
        (
            Code::Unsupported,
            "driver reader: it declares to write to the files of rates, and files can only be read"
        )
    );
    // Granted and not declared.
    let modest = reader(|manifest| manifest.capabilities = Capabilities::default());
    load(&modest, with_files(Access::Read)).unwrap();
    bench.bind("/one", "reader", "null", "operator").unwrap();
    for path in ["/rates/usd.json", "/rates", "/", ".", "secret", "/etc/passwd"] {
        for operation in ["read", "list", "size"] {
            let looked = ask(&bench, operation, &json!(path));
            assert!(looked.get("refused").is_some(), "{operation} {path}: {looked}");
        }
    }
    // A runtime with its state in memory has no folders unless it is told.
    let nowhere = Bench::alone(&[], |builder| builder);
    let error = nowhere
        .runtime
        .load(&reader(|_| ()), &with_files(Access::Read).into())
        .unwrap_err();
    assert_eq!(error.code(), Code::Unsupported);
}

/// Whether `rates` of a context is found beside this state, which is at `place`.
fn is_beside(state: State, place: &Path, then: impl FnOnce()) {
    let bench = Bench::alone(&[], |builder| builder.state(state));
    then();
    bench
        .runtime
        .load(&reader(|_| ()), &with_files(Access::Read).into())
        .unwrap();
    let explained = bench
        .runtime
        .explain_component(&"reader".parse().unwrap(), None)
        .unwrap();
    assert_eq!(explained.folders, [place.join("files/local/rates")]);
    fs::create_dir_all(&explained.folders[0]).unwrap();
    fs::write(explained.folders[0].join("usd.json"), "1.25").unwrap();
    bench.bind("/one", "reader", "null", "operator").unwrap();
    assert_eq!(ask(&bench, "read", &json!("/rates/usd.json")), found("1.25"));
    ask(&bench, "read", &json!("/rates/../secret"));
    assert!(place.join("local.denials.jsonl").exists());
}

#[test]
fn folders_are_beside_the_state_unless_said() {
    let place = tempfile::tempdir().unwrap();
    is_beside(State::folder(place.path()), place.path(), || ());
}

/// The folder of another process: its own is that of all tests.
#[test]
fn folders_are_beside_a_state_that_is_named_from_where_one_is() {
    const CHILD: &str = "AIRS_TEST_PLACE";
    if let Some(place) = std::env::var_os(CHILD) {
        let elsewhere = || std::env::set_current_dir("/").unwrap();
        is_beside(
            State::folder("kept/state"),
            &Path::new(&place).join("kept/state"),
            elsewhere,
        );
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let here = place.path().canonicalize().unwrap();
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "files::folders_are_beside_a_state_that_is_named_from_where_one_is",
        ])
        .env(CHILD, &here)
        .current_dir(&here)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(here.join("kept/state/files/local/rates/usd.json").is_file());
}
