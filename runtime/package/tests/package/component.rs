//! What is read of a component.

use airs_core::{Capabilities, Capability, Code, Kind, StorageAccess};
use airs_package::{Component, Digest, Extern, PackageError};

use crate::guests::{component_of, driver, encode, module_of, program, with_section};

const SECTION: &[u8] =
    br#"{"version":1,"name":"pay","doc":"Pays.","input":{"type":"object"},"output":{"type":"null"}}"#;

#[test]
fn a_driver_is_known_by_what_it_exports() {
    let bytes = driver();
    let component = Component::read(bytes.clone()).unwrap();
    assert_eq!(component.kind(), Some(Kind::Driver));
    assert_eq!(component.digest(), &Digest::of(&bytes));
    assert_eq!(component.bytes().as_ref(), bytes);
    assert!(component.manifest().is_none() && component.program().is_none());
    let [Extern::Interface { name, functions }] = component.exports() else {
        panic!("{:?}", component.exports());
    };
    assert_eq!(name, "airs:driver/driver@0.1.0");
    for function in ["bind", "asset.view", "migrate"] {
        assert!(functions.iter().any(|known| known == function), "{functions:?}");
    }
}

#[test]
fn a_program_is_known_by_what_it_exports() {
    let component = Component::read(program()).unwrap();
    assert_eq!(component.kind(), Some(Kind::Program));
    assert!(
        component
            .imports()
            .iter()
            .any(|import| import.name() == "airs:val/val@0.1.0")
    );
    assert_eq!(
        component.exports(),
        [Extern::Function {
            name: "run".to_owned(),
            signature: "func(input: string) -> result<string, error>".to_owned(),
        }]
    );
}

#[test]
fn a_component_of_both_kinds_is_of_none() {
    let both = component_of(
        "driver",
        &[(
            "export airs:driver/driver@0.1.0;",
            "export airs:driver/driver@0.1.0; export run: func();",
        )],
    );
    assert_eq!(Component::read(both).unwrap().kind(), None);
}

#[test]
fn the_needed_capabilities_are_those_of_the_imports() {
    let component = Component::read(driver()).unwrap();
    let needed = component.needed_capabilities();
    assert_eq!(needed, [Capability::Storage, Capability::Http].into());
    let declared = Capabilities::from([Capability::Storage]).with_http(["a.example".parse().unwrap()]);
    component.check_capabilities(&declared).unwrap();
    assert!(
        Component::read(program())
            .unwrap()
            .needed_capabilities()
            .is_empty()
    );
}

#[test]
fn an_undeclared_capability_is_named_with_the_line_that_declares_it() {
    let component = Component::read(driver()).unwrap();
    // A quota that is stated stays, also one that is what grants have by themselves.
    for (quota_bytes, storage) in [
        (StorageAccess::UNRESTRICTED_BYTES, "true"),
        (1 << 30, r#"{ access = "read-write", quota_bytes = 1073741824 }"#),
    ] {
        let storage_access = StorageAccess {
            quota_bytes,
            ..StorageAccess::DEFAULT
        };
        let declared = Capabilities {
            storage: Some(storage_access),
            ..Capabilities::default()
        };
        let error = component.check_capabilities(&declared).unwrap_err();
        assert_eq!(error.code(), Code::UndeclaredCapability);
        assert_eq!(
            error.to_string(),
            "the component needs http, which its manifest does not declare"
        );
        assert_eq!(
            error.hint().unwrap(),
            format!(
                "write capabilities = {{ storage = {storage}, http = [\"api.example.com\"] }} under \
                 [package.metadata.airs] in Cargo.toml"
            )
        );
    }
}

#[test]
fn a_program_carries_its_name_and_schemas_in_its_module() {
    let module = with_section(module_of("program", &[]), "airs:program", SECTION);
    let component = Component::read(encode(&module)).unwrap();
    let info = component.program().unwrap();
    assert_eq!((info.name.as_str(), info.doc.as_str()), ("pay", "Pays."));
    assert_eq!(info.output["type"], "null");
}

#[test]
fn two_programs_in_one_component_are_refused() {
    let once = with_section(program(), "airs:program", SECTION);
    assert!(Component::read(once.clone()).is_ok());
    let error = Component::read(with_section(once, "airs:program", SECTION)).unwrap_err();
    assert!(
        matches!(
            error,
            PackageError::BadSection {
                section: "airs:program",
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn the_sizes_of_the_sections_add_up_to_the_bytes() {
    let bytes = with_section(driver(), ".debug_info", &[0; 5_000]);
    let component = Component::read(bytes.clone()).unwrap();
    let sections = component.sections();
    let sum: u64 = sections.iter().map(|section| section.bytes).sum();
    assert_eq!(sum, bytes.len() as u64);
    assert_eq!(sections[0].name, "debug information");
    assert!((5_000..5_050).contains(&sections[0].bytes));
    assert!(
        sections
            .iter()
            .any(|section| section.name == "code" && section.bytes > 0)
    );
    assert!(sections.iter().any(|section| section.name == "types"));
}

#[test]
fn many_custom_sections_are_summed_up() {
    let named = (0..200).fold(driver(), |bytes, n| {
        with_section(bytes, &format!("x{n}"), b"12345678")
    });
    let component = Component::read(named.clone()).unwrap();
    let sum: u64 = component.sections().iter().map(|section| section.bytes).sum();
    assert_eq!(sum, named.len() as u64);
    assert!(component.sections().len() < 80);
}

#[test]
fn a_component_prints_its_world_as_wit() {
    let wit = Component::read(program()).unwrap().wit();
    assert!(wit.contains("import airs:val/val@0.1.0;"), "{wit}");
    assert!(
        wit.contains("export run: func(input: string) -> result<string, error>;"),
        "{wit}"
    );
    assert!(wit.contains("package airs:val@0.1.0 {"), "{wit}");
}

#[test]
fn a_name_that_wit_does_not_have_is_named() {
    let text = r#"(component (import "url=<https://example.com/a>" (func)))"#;
    let wit = Component::from_text(text).unwrap().wit();
    assert_eq!(
        wit,
        "// not expressible in WIT: \"url=<https://example.com/a>\" is no name in it\n"
    );
}

#[test]
fn a_component_is_opened_from_a_file_and_a_missing_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.wasm");
    let missing = Component::open(&path).unwrap_err();
    assert_eq!(missing.code(), Code::NotFound);
    assert!(missing.to_string().contains("ledger.wasm"));
    std::fs::write(&path, driver()).unwrap();
    assert_eq!(Component::open(&path).unwrap().kind(), Some(Kind::Driver));
    assert!(Component::open(folder.path()).is_err());
}
