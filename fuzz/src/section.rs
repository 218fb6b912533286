//! The sections that airs puts into components. The input is what is in one.

use airs_package::{Component, PackageError};
use wasm_encoder::{Component as Encoded, CustomSection};

use crate::{component, manifest};

pub(crate) fn body(data: &[u8]) {
    match with("airs:manifest", data) {
        Ok(read) => manifest::good(read.manifest().expect("it has one")),
        Err(error) => refused(error, "airs:manifest"),
    }
    match with("airs:program", data) {
        Ok(read) => assert!(read.program().is_some()),
        Err(error) => refused(error, "airs:program"),
    }
}

fn with(name: &str, data: &[u8]) -> Result<Component, PackageError> {
    let mut encoded = Encoded::new();
    encoded.section(&CustomSection {
        name: name.into(),
        data: data.into(),
    });
    Component::read(encoded.finish())
}

/// The refusal names the section.
fn refused(error: PackageError, name: &str) {
    match &error {
        PackageError::BadSection { section, .. } | PackageError::NewerSection { section, .. } => {
            assert_eq!(*section, name);
        }
        other => panic!("{other:?}"),
    }
    component::refused(error, usize::MAX);
}
