//! As many folders as a component may be given.

use std::fs;

use airs_runtime::{Access, Capabilities, Code, Limits};
use airs_tests::{Bench, component_with};
use serde_json::json;

use super::{ask, found, named};

/// As many as a manifest may name.
const FOLDERS: usize = 256;

fn all() -> Capabilities {
    (0..FOLDERS).fold(Capabilities::default(), |all, number| {
        all.with_files(named(&format!("f{number}")), Access::Read)
    })
}

/// A driver with that many folders, and so many handles.
fn bench(place: &std::path::Path, handles: u64) -> Bench {
    for number in 0..FOLDERS {
        let folder = place.join(format!("local/f{number}"));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("number"), number.to_string()).unwrap();
    }
    let bench = Bench::alone(&[], |builder| builder.files(place));
    let driver = component_with("reader", |manifest| {
        manifest.capabilities = all();
        manifest.limits.handles = handles;
    });
    bench.runtime.load(&driver, &all().into()).unwrap();
    bench
}

#[test]
fn every_folder_is_there_and_as_much_can_be_opened_as_with_one() {
    let place = tempfile::tempdir().unwrap();
    let bench = bench(place.path(), Limits::default().handles);
    bench.bind("/one", "reader", "null", "operator").unwrap();
    for number in 0..FOLDERS {
        let read = ask(&bench, "read", &json!(format!("/f{number}/number")));
        assert_eq!(read, found(number.to_string()));
    }
    let last = format!("/f{}/number", FOLDERS - 1);
    for _ in 0..2 {
        let held = ask(&bench, "hold", &json!([last, 100]));
        assert_eq!(held[0], json!(64), "{held}");
        assert!(held[1].as_str().unwrap().starts_with("Quota exceeded"), "{held}");
    }
}

#[test]
fn folders_for_which_there_are_no_handles_are_not_left_out() {
    let place = tempfile::tempdir().unwrap();
    let bench = bench(place.path(), FOLDERS as u64 - 1);
    bench.bind("/one", "reader", "null", "operator").unwrap();
    let read = bench.control("/one", "read", "\"/f0/number\"");
    let error = read.unwrap_err();
    assert_eq!(error.code(), Code::LimitExceeded, "{error:?}");
    assert!(error.message().contains("(handles)"), "{error:?}");
}
