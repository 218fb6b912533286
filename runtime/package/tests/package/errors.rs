//! Errors, as callers see them.

use std::error::Error as _;
use std::path::Path;

use airs_core::{Code, Error};
use airs_package::{Component, Project};

#[test]
fn an_error_keeps_its_code_text_hint_and_cause() {
    let config: Error = Project::parse(Path::new("airs.toml"), "version = 1\n[server]")
        .unwrap_err()
        .into();
    assert_eq!(config.code(), Code::InvalidConfig);
    assert_eq!(
        config.message(),
        "airs.toml:2:2: [server] is reserved and not used yet"
    );
    assert_eq!(config.hint_text(), Some("remove it"));

    let bytes: Error = Component::read(Vec::new()).unwrap_err().into();
    assert_eq!(bytes.code(), Code::InvalidComponent);
    assert_eq!(
        bytes.within("a.wasm").message(),
        "a.wasm: an empty file is no component"
    );

    let missing: Error = Component::open(Path::new("no/such/file.wasm"))
        .unwrap_err()
        .into();
    assert_eq!(missing.code(), Code::NotFound);
    assert!(missing.source().is_some());
}
