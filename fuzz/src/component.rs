//! Components. The input is one, in bytes; or in text form, when it begins with a bracket.

use std::collections::BTreeSet;

use airs_core::{Capabilities, Code, Kind, Limits};
use airs_package::{Component, Digest, Manifest, PackageError, stamp};

use crate::memory::measured;
use crate::{manifest, refusal};

/// What reading takes at once, however few the bytes: the validator makes room for as many things as a section says
/// that it has, up to a million, before it looks for them.
const MEMORY_BYTES: usize = 32 << 20;
/// And for each byte.
const MEMORY_PER_BYTE: usize = 256;
/// The same for all that is asked for, one after the other.
const ASKED_BYTES: usize = 64 << 20;
const ASKED_PER_BYTE: usize = 4_096;

pub(crate) fn body(data: &[u8]) {
    if data.first() == Some(&b'(')
        && let Ok(text) = std::str::from_utf8(data)
    {
        match Component::from_text(text) {
            Ok(component) => good(&component),
            Err(error) => refused(error, text.len()),
        }
        return;
    }
    let (read, taken) = measured(|| Component::read(data));
    assert!(
        taken.most <= MEMORY_BYTES + MEMORY_PER_BYTE * data.len()
            && taken.asked <= ASKED_BYTES + ASKED_PER_BYTE * data.len(),
        "{} bytes took {taken:?}",
        data.len()
    );
    match read {
        Ok(component) => {
            assert_eq!(**component.bytes(), *data);
            good(&component);
        }
        Err(error) => refused(error, data.len()),
    }
}

/// A refusal says what is wrong, in words that fit a screen however large the component is.
pub(crate) fn refused(error: PackageError, bytes: usize) {
    assert_eq!(error.code(), Code::InvalidComponent, "{error}");
    if let PackageError::Malformed { offset, .. } = error {
        assert!(offset <= bytes as u64, "at {offset} of {bytes}");
    }
    // As it is shown: what a stranger wrote into a component is part of what is said of it.
    refusal::expect_a_line(airs_core::Error::from(error).message(), "");
}

fn good(component: &Component) {
    let bytes = component.bytes();
    assert_eq!(*component.digest(), Digest::of(bytes));
    let sizes = component.sections().iter();
    assert_eq!(
        sizes.map(|section| section.bytes).sum::<u64>(),
        bytes.len() as u64
    );
    for kind in [Kind::Driver, Kind::Program] {
        if let Err(error) = component.check_world(kind) {
            assert_eq!(error.code(), Code::WrongWorld, "{error}");
        }
    }
    declared(component, &Capabilities::none());
    let names = |of: &Component| -> Vec<String> {
        let all = of.imports().iter().chain(of.exports());
        all.map(|item| item.name().to_owned()).collect()
    };
    let distinct: BTreeSet<_> = component.imports().iter().map(|import| import.name()).collect();
    assert_eq!(distinct.len(), component.imports().len());
    assert!(!component.wit().is_empty());
    if let Some(manifest) = component.manifest() {
        manifest::good(manifest);
        declared(component, &manifest.capabilities);
    }
    // Stamped it is the same component, with another manifest.
    let manifest = stamp_manifest();
    let stamped = Component::read(stamp(bytes, &manifest).unwrap()).unwrap();
    assert_eq!(stamped.manifest(), Some(&manifest));
    assert_eq!(stamped.program(), component.program());
    assert_eq!(names(&stamped), names(component));
}

/// What lacks in a declaration is said with the line that is enough, and keeps what was declared.
fn declared(component: &Component, declared: &Capabilities) {
    let Err(error) = component.check_capabilities(declared) else {
        return;
    };
    assert_eq!(error.code(), Code::UndeclaredCapability);
    let hint = error.hint().unwrap();
    let (_, rest) = hint.split_once("write ").unwrap();
    let (line, _) = rest.rsplit_once(" under [package.metadata.airs]").unwrap();
    let text = format!("[package]\nname = \"a\"\n[package.metadata.airs]\nkind = \"driver\"\n{line}\n");
    let read = Manifest::from_cargo_toml("hinted.toml".as_ref(), &text);
    let read = read.unwrap_or_else(|error| panic!("{error}\n{text}")).unwrap();
    assert!(component.check_capabilities(&read.capabilities).is_ok(), "{text}");
    assert!(declared.without(&read.capabilities).is_empty(), "{text}");
    let quota = |of: &Capabilities| of.storage.map(|storage| storage.quota_bytes);
    assert!(
        quota(declared).is_none() || quota(declared) == quota(&read.capabilities),
        "{text}"
    );
}

fn stamp_manifest() -> Manifest {
    Manifest {
        kind: Kind::Driver,
        name: "stamped".parse().unwrap(),
        version: "1.2.3-pre".parse().unwrap(),
        capabilities: Capabilities::default(),
        limits: Limits::UNRESTRICTED,
    }
}
