//! Core modules that become components.

use airs_core::{Code, Kind};
use airs_package::{Component, PackageError, componentize};

use crate::guests::{driver, module_of, with_section};

#[test]
fn a_module_that_names_its_world_becomes_a_component() {
    for (world, kind) in [("driver", Kind::Driver), ("program", Kind::Program)] {
        let module = with_section(module_of(world, &[]), "airs:other", b"kept");
        let bytes = componentize(&module).unwrap();
        assert_eq!(bytes, componentize(&module).unwrap(), "the same each time");
        let component = Component::read(bytes).unwrap();
        component.check_world(kind).unwrap();
        assert!(
            component
                .sections()
                .iter()
                .any(|section| section.name == "airs:other")
        );
    }
}

#[test]
fn a_component_stays_as_it_is() {
    assert_eq!(componentize(&driver()).unwrap(), driver());
}

#[test]
fn a_module_for_the_first_version_of_wasi_is_refused_with_what_to_do() {
    use wasm_encoder::{EntityType, ImportSection, Module, TypeSection};
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let mut imports = ImportSection::new();
    imports.import("wasi_snapshot_preview1", "sched_yield", EntityType::Function(0));
    let mut module = Module::new();
    module.section(&types).section(&imports);
    let error = componentize(&module.finish()).unwrap_err();
    assert!(matches!(error, PackageError::Preview1), "{error}");
    assert!(error.hint().unwrap().contains("wasm32-wasip2"));
}

#[test]
fn a_module_that_names_no_world_is_refused() {
    let error = componentize(&wasm_encoder::Module::new().finish()).unwrap_err();
    assert!(matches!(error, PackageError::NoWorld), "{error}");
}

#[test]
fn a_module_that_does_not_fit_its_world_is_refused() {
    let sections = module_of("driver", &[]);
    let start = sections.len() - section_length(&sections, "component-type");
    let mut empty = wasm_encoder::Module::new().finish();
    empty.extend_from_slice(&sections[start..]);
    let error = componentize(&empty).unwrap_err();
    assert_eq!(error.code(), Code::InvalidComponent);
    assert!(matches!(error, PackageError::Componentize { .. }), "{error}");
    assert!(error.to_string().contains("export"), "{error}");
}

/// The bytes from the header of a custom section to the end, where it is the last section.
fn section_length(module: &[u8], name: &str) -> usize {
    let mut before = 8;
    for payload in wasmparser::Parser::new(0).parse_all(module) {
        let payload = payload.unwrap();
        match &payload {
            wasmparser::Payload::CustomSection(custom) if custom.name() == name => {
                return module.len() - before;
            }
            _ => {}
        }
        if let Some((_, range)) = payload.as_section() {
            before = range.end;
        }
    }
    panic!("no section {name}");
}

#[test]
fn a_module_with_a_flipped_byte_becomes_a_component_or_is_refused() {
    let whole = module_of("program", &[]);
    for offset in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[offset] ^= 0xff;
        if let Err(error) = componentize(&bytes) {
            assert_eq!(error.code(), Code::InvalidComponent, "{offset}: {error}");
        }
    }
    for length in 0..whole.len() {
        let _ = componentize(&whole[..length]);
    }
}
