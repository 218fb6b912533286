//! What is put into service, and what is not.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use airs_package::{Manifest, PackageError};
use airs_runtime::{Capabilities, Capability, Code, Component, Error, Kind, Loaded};
use airs_tests::{Bench, Script, component, component_with, raw, stamped};
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve, SourceMap};

fn load(component: &Component) -> Result<Loaded, Error> {
    Bench::new()
        .runtime
        .load(component, &[Capability::Storage].into())
}

/// A component of a world of ours that does nothing, and imports all that the world offers.
fn hollow(world: &str) -> Vec<u8> {
    let mut sources = SourceMap::new();
    for file in ["worlds", "types", "val", "driver", "storage", "http"] {
        let path = format!("{}/../wit/{file}.wit", env!("CARGO_MANIFEST_DIR"));
        sources.push_str(&format!("{file}.wit"), std::fs::read_to_string(path).unwrap());
    }
    let group = sources
        .parse()
        .unwrap_or_else(|(sources, error)| panic!("{}", error.render(&sources)));
    let mut resolve = Resolve::new();
    let package = resolve.push_group(group).unwrap();
    let world = resolve.select_world(&[package], Some(world)).unwrap();
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Legacy(LiftLowerAbi::Sync));
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default()
        .module(&module)
        .unwrap()
        .encode()
        .unwrap()
}

fn manifest(kind: Kind, capabilities: &Capabilities) -> Manifest {
    Manifest {
        kind,
        name: "hollow".parse().unwrap(),
        version: "0.1.0".parse().unwrap(),
        capabilities: capabilities.clone(),
        limits: airs_runtime::Limits::default(),
    }
}

#[test]
fn a_component_with_the_wrong_world_is_refused_export_by_export() {
    let plain = stamped(&raw("plain"), &manifest(Kind::Driver, &[].into()));
    let error = load(&plain).unwrap_err();
    assert_eq!(error.code(), Code::WrongWorld);
    assert!(
        error.message().contains("driver hollow") && error.message().contains("airs:driver/driver"),
        "{error}"
    );
    let error = load(&stamped(&raw("plain"), &manifest(Kind::Program, &[].into()))).unwrap_err();
    assert!(
        error.code() == Code::WrongWorld && error.message().contains("run"),
        "{error}"
    );

    let program = component_with("payment", |manifest| manifest.kind = Kind::Driver);
    let error = load(&program).unwrap_err();
    assert_eq!(error.code(), Code::WrongWorld);
    assert!(error.hint_text().unwrap().contains("program"), "{error:?}");
    let driver = component_with("ledger", |manifest| {
        manifest.kind = Kind::Program;
        manifest.capabilities.storage = None;
    });
    assert_eq!(load(&driver).unwrap_err().code(), Code::WrongWorld);
}

#[test]
fn what_a_component_imports_it_declares() {
    let silent = component_with("ledger", |manifest| manifest.capabilities.storage = None);
    let error = load(&silent).unwrap_err();
    assert_eq!(error.code(), Code::UndeclaredCapability);
    assert!(error.hint_text().unwrap().contains("storage = true"), "{error:?}");
}

#[test]
fn what_a_component_declares_it_is_granted() {
    let bench = Bench::new();
    let error = bench.runtime.load(&component("ledger"), &[].into()).unwrap_err();
    assert_eq!(error.code(), Code::UngrantedCapability);
    assert!(
        error.message().contains("driver ledger") && error.message().contains("storage"),
        "{error}"
    );
    let hint = error.hint_text().unwrap();
    assert!(
        hint.contains("`storage = true` under [grants.ledger] in airs.toml"),
        "{hint}"
    );
    // What is granted and not declared is not there either; it harms nobody.
    bench
        .runtime
        .load(
            &component("payment"),
            &[Capability::Storage, Capability::Http].into(),
        )
        .unwrap();
}

#[test]
fn a_component_without_a_manifest_is_refused() {
    let bare = Component::read(raw("ledger")).unwrap();
    let error = load(&bare).unwrap_err();
    assert_eq!(error.code(), Code::InvalidComponent);
    assert!(
        error.hint_text().unwrap().contains("cargo airs build"),
        "{error:?}"
    );
}

#[test]
fn what_is_no_component_is_refused() {
    let whole = raw("payment");
    let halves = [1, 7, 9, 1_000, whole.len() / 2, whole.len() - 1].map(|length| whole[..length].to_vec());
    let mut module = b"\0asm\x01\0\0\0".to_vec();
    module.extend([0, 2, 1, b'x']);
    for bytes in halves
        .into_iter()
        .chain([Vec::new(), module, b"(component)".to_vec(), vec![0; 100]])
    {
        let (length, start) = (bytes.len(), bytes.iter().take(8).copied().collect::<Vec<u8>>());
        let read = Component::read(bytes).map_err(|error: PackageError| error.code());
        assert_eq!(
            read.err(),
            Some(Code::InvalidComponent),
            "{length} bytes: {start:?}"
        );
    }
}

#[test]
fn no_flipped_bit_harms_the_host() {
    let bench = Bench::new();
    let good = stamped(&hollow("program"), &manifest(Kind::Program, &[].into()))
        .bytes()
        .to_vec();
    let mut refused = 0;
    // Every seventh byte, so that all sections are met and it is quick.
    for at in (0..good.len()).step_by(7) {
        let mut bytes = good.clone();
        bytes[at] ^= 1 << (at % 8);
        let loaded = match Component::read(bytes) {
            Ok(component) => bench.runtime.load(&component, &[].into()),
            Err(error) => Err(error.into()),
        };
        if let Err(error) = loaded {
            refused += 1;
            assert_ne!(error.code(), Code::Internal, "byte {at}: {error}");
        }
    }
    assert!(refused > 0);
    bench.play("alice", &Script::new().act("count")).unwrap();
}

#[test]
fn a_component_that_cannot_start_under_its_limits_is_refused() {
    let small = component_with("ledger", |manifest| manifest.limits.memory_bytes = 65_536);
    let error = load(&small).unwrap_err();
    assert_eq!(error.code(), Code::LimitExceeded);
    assert!(error.hint_text().unwrap().contains("memory_bytes"), "{error:?}");
}

#[test]
fn what_is_checked_is_neither_put_into_service_nor_executed() {
    let bench = Bench::alone(&[], |builder| builder);
    let is_executed = Arc::new(AtomicBool::new(false));
    let executed = Arc::clone(&is_executed);
    bench.at("migrating from 0", move || executed.store(true, Ordering::SeqCst));
    let (driver, granted) = (component("tally"), [Capability::Storage].into());
    let checked = bench.runtime.check(&driver, &granted).unwrap();
    assert!(bench.runtime.components().is_empty());
    assert!(!is_executed.load(Ordering::SeqCst));
    assert_eq!(bench.runtime.load(&driver, &granted).unwrap(), checked);
    assert!(is_executed.load(Ordering::SeqCst));
    let error = bench.runtime.check(&driver, &[].into()).unwrap_err();
    assert_eq!(error.code(), Code::UngrantedCapability);
    let program = component_with("payment", |manifest| manifest.name = "tally".parse().unwrap());
    let error = bench.runtime.check(&program, &[].into()).unwrap_err();
    assert_eq!(error.code(), Code::Rejected, "{error}");
}
