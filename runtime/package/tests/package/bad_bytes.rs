//! Whatever the bytes are, reading them answers, and says what they are.

use airs_core::{Code, Kind};
use airs_package::{COMPONENT_BYTES_MAX, COMPONENT_STRIPPED_BYTES_MAX, Component, PackageError};
use wasm_encoder::{Encode as _, NestedComponentSection};

use crate::guests::{driver, module_of, program, with_section};

fn refused(bytes: impl Into<Vec<u8>>) -> PackageError {
    let error = Component::read(bytes.into()).unwrap_err();
    assert_eq!(error.code(), Code::InvalidComponent, "{error}");
    error
}

#[test]
fn each_thing_that_is_no_component_is_told_apart() {
    let hello = b"Hello, this is a letter and not a component".as_slice();
    let elf = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0".as_slice();
    for (bytes, message, hint) in [
        (
            b"".as_slice(),
            "an empty file is no component",
            "cargo airs build",
        ),
        (b"(component)", "this is text, not a component", "ends in .wat"),
        (hello, "this is text, not a component", "ends in .wat"),
        (elf, "this is native code, not a component", "precompiled"),
        (b"MZ\x90\0", "this is native code, not a component", "precompiled"),
        (
            b"\xff\xfe\xfd\0garbage",
            "this is not a component: it does not begin as WebAssembly does",
            "give",
        ),
        (b"\0as", "the component breaks off after 3 bytes", "again"),
        (b"\0asm\x0d\0", "the component breaks off after 6 bytes", "again"),
        (
            b"\0asm\x01\0\0\0",
            "this is a core module, not a component",
            "makes a component of it",
        ),
        (
            b"\0asm\x0a\0\x01\0",
            "this is WebAssembly of an unknown version (0x0001000a), not a component",
            "give",
        ),
    ] {
        let error = refused(bytes);
        assert_eq!(error.to_string(), message);
        let shown = error.hint().unwrap();
        assert!(shown.contains(hint), "{shown}");
    }
    assert!(matches!(
        refused(module_of("driver", &[])),
        PackageError::CoreModule
    ));
}

#[test]
fn a_wit_package_in_binary_form_is_no_component() {
    let mut resolve = wit_parser::Resolve::new();
    let package = resolve
        .push_source("a.wit", "package a:b@1.0.0; interface c { d: func(); }")
        .unwrap();
    let bytes = wit_component::encode(&resolve, package).unwrap();
    assert!(matches!(refused(bytes), PackageError::WitPackage));
}

#[test]
fn a_hundred_mebibytes_are_refused_by_their_number() {
    let zeros = vec![0; 100 << 20];
    let error = refused(zeros.clone());
    assert!(matches!(
        error,
        PackageError::TooLarge {
            bytes: 104_857_600,
            max: COMPONENT_BYTES_MAX
        }
    ));
    let file = tempfile::NamedTempFile::new().unwrap();
    file.as_file().set_len(100 << 20).unwrap();
    let error = Component::open(file.path()).unwrap_err();
    assert!(matches!(error, PackageError::TooLarge { .. }), "{error}");
}

#[test]
fn debug_information_may_be_longer_than_all_the_rest() {
    let length = COMPONENT_STRIPPED_BYTES_MAX as usize;
    Component::read(with_section(driver(), ".debug_info", &vec![0; length])).unwrap();
    let error = refused(with_section(driver(), "pictures", &vec![0; length]));
    assert!(matches!(error, PackageError::TooLargeStripped { .. }), "{error}");
}

#[test]
fn a_component_cut_anywhere_is_read_or_refused() {
    let whole = program();
    let mut whole_by_chance = 0;
    for length in 0..whole.len() {
        match Component::read(&whole[..length]) {
            // A cut between two sections leaves a component, of less.
            Ok(_) => whole_by_chance += 1,
            Err(error) => assert_eq!(error.code(), Code::InvalidComponent, "{length}: {error}"),
        }
    }
    assert!(whole_by_chance < 40, "{whole_by_chance}");
    let inside = refused(&whole[..whole.len() - 1]);
    assert!(matches!(inside, PackageError::Truncated { .. }), "{inside}");
}

#[test]
fn a_component_that_ends_with_what_is_within_it_is_whole() {
    for text in [
        "(component (core module))",
        "(component (core module (func)))",
        "(component (component (core module (memory 1))))",
        "(component (component (component)))",
    ] {
        let whole = Component::from_text(text).unwrap();
        let whole = whole.bytes();
        assert_eq!(Component::read(whole.to_vec()).unwrap().bytes(), whole, "{text}");
        // The component alone is eight bytes; all else is one section, which breaks off.
        for length in 9..whole.len() {
            let error = refused(&whole[..length]);
            assert!(
                matches!(error, PackageError::Truncated { bytes } if bytes == length as u64),
                "{text}, {length} bytes: {error}"
            );
        }
    }
}

#[test]
fn a_component_with_a_flipped_byte_is_read_or_refused() {
    for whole in [program(), driver()] {
        for (offset, mask) in (0..whole.len()).zip([0x01, 0x80, 0xff].into_iter().cycle()) {
            let mut bytes = whole.clone();
            bytes[offset] ^= mask;
            match Component::read(bytes) {
                Ok(component) => drop(component.check_world(Kind::Driver)),
                Err(error) => assert_eq!(error.code(), Code::InvalidComponent, "{offset}: {error}"),
            }
        }
    }
}

#[test]
fn bytes_without_sense_behind_a_good_header_are_refused() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for length in 1..2_000 {
        let mut bytes = wasm_encoder::Component::HEADER.to_vec();
        bytes.extend((0..length % 64).map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[0] % 16
        }));
        if let Err(error) = Component::read(bytes) {
            assert_eq!(error.code(), Code::InvalidComponent);
        }
    }
}

#[test]
fn a_section_that_claims_four_gibibytes_is_truncated() {
    for id in 0..13 {
        let mut bytes = wasm_encoder::Component::HEADER.to_vec();
        bytes.push(id);
        u32::MAX.encode(&mut bytes);
        bytes.extend([0; 16]);
        let error = refused(bytes);
        assert!(
            matches!(
                error,
                PackageError::Truncated { .. } | PackageError::Malformed { .. }
            ),
            "{id}: {error}"
        );
    }
}

#[test]
fn counts_that_nothing_follows_are_refused() {
    for id in [2, 3, 5, 6, 7, 8, 10, 11] {
        let mut content = Vec::new();
        900_000_u32.encode(&mut content);
        let mut bytes = wasm_encoder::Component::HEADER.to_vec();
        bytes.push(id);
        content.encode(&mut bytes);
        refused(bytes);
    }
}

#[test]
fn nesting_without_end_is_refused() {
    let mut component = wasm_encoder::Component::new();
    for _ in 0..40 {
        let mut outer = wasm_encoder::Component::new();
        outer.section(&NestedComponentSection(&component));
        component = outer;
    }
    let error = refused(component.finish());
    assert!(matches!(error, PackageError::TooDeep { .. }), "{error}");
}

#[test]
fn sections_of_airs_that_are_malformed_are_named() {
    for (name, data) in [
        ("airs:manifest", b"".as_slice()),
        ("airs:manifest", b"{}"),
        ("airs:manifest", b"\xff\xff"),
        ("airs:program", b"[]"),
        ("airs:program", br#"{"version":1}"#),
    ] {
        let error = refused(with_section(driver(), name, data));
        assert!(
            matches!(error, PackageError::BadSection { section, .. } if section == name),
            "{error}"
        );
    }
    let long = vec![b' '; 2 << 20];
    let error = refused(with_section(driver(), "airs:program", &long));
    assert!(error.to_string().contains("more than 1048576 bytes"), "{error}");
    let deep = format!("{{\"version\":1,\"name\":\"a\",\"input\":{}", "[".repeat(100_000));
    refused(with_section(driver(), "airs:program", deep.as_bytes()));
}
