//! What a `Cargo.toml` says of a component.

use std::path::Path;

use airs_core::Kind;
use airs_package::{Component, Manifest, stamp};

use crate::{refusal, written};

/// A component with nothing in it.
pub(crate) const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

pub(crate) fn body(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let file = Path::new("ledger/Cargo.toml");
    let resolved = "7.8.9".parse().unwrap();
    let inheriting = Manifest::from_cargo_toml_inheriting(file, text, &resolved);
    match Manifest::from_cargo_toml(file, text) {
        Ok(manifest) => {
            // What is not inherited is the file's.
            assert_eq!(inheriting.as_ref().unwrap(), &manifest);
        }
        Err(error) => refusal::expect_a_place(&error, file, text),
    }
    match inheriting {
        Ok(Some(manifest)) => good(&manifest),
        Ok(None) => {}
        Err(error) => refusal::expect_a_place(&error, file, text),
    }
}

/// A manifest stays what it is, in a component and written down.
pub(crate) fn good(manifest: &Manifest) {
    let programs = manifest.capabilities.kinds().all(|kind| kind.is_for_programs());
    assert!(manifest.kind == Kind::Driver || programs);
    for ((name, value), (_, limit)) in manifest.limits.iter().zip(airs_core::Limits::ALL) {
        assert!((1..=limit.max).contains(&value), "{name}");
    }
    let stamped = stamp(EMPTY, manifest).unwrap();
    let component = Component::read(stamped.clone()).unwrap();
    assert_eq!(component.manifest(), Some(manifest));
    assert_eq!(stamp(&stamped, manifest).unwrap(), stamped);
    let text = written::cargo_toml(manifest);
    let again = Manifest::from_cargo_toml("again.toml".as_ref(), &text);
    assert_eq!(
        again.unwrap_or_else(|error| panic!("{error}\n{text}")).as_ref(),
        Some(manifest)
    );
}
