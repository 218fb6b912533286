//! Mistakes with the attributes: each error sits on the author's own token and says what to write.
//!
//! `TRYBUILD=overwrite cargo test -p airs-sdk --test compile_fail` writes the expected messages anew.

use std::fs;
use std::path::Path;

const MISTAKES: &str = "tests/compile_fail";

#[test]
fn mistakes_are_reported_where_they_were_made() {
    trybuild::TestCases::new().compile_fail(format!("{MISTAKES}/*.rs"));
}

#[test]
fn what_is_reported_helps() {
    let folder = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(MISTAKES)).unwrap();
    let files = folder.map(|file| file.unwrap().path());
    let reports: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|end| end == "stderr"))
        .collect();
    for report in &reports {
        let said = fs::read_to_string(report).unwrap();
        assert!(said.contains("help: "), "{}:\n{said}", report.display());
    }
    assert!(reports.len() >= 40, "{}", reports.len());
}
