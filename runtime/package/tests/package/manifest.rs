//! What a `Cargo.toml` says of a component.

use std::path::Path;

use airs_core::{Access, Capabilities, Capability, Code, Kind, Limits, StorageAccess};
use airs_package::{Manifest, PackageError};
use semver::Version;

fn read(text: &str) -> Result<Option<Manifest>, PackageError> {
    Manifest::from_cargo_toml(Path::new("ledger/Cargo.toml"), text)
}

/// The manifest of a crate with this in its `[package.metadata.airs]`.
fn metadata(airs: &str) -> Result<Manifest, PackageError> {
    let text =
        format!("[package]\nname = \"ledger\"\nversion = \"0.1.0\"\n[package.metadata.airs]\n{airs}\n");
    Ok(read(&text)?.unwrap())
}

#[test]
fn a_driver_declares_capabilities_and_limits() {
    let manifest = metadata(
        "kind = \"driver\"\ncapabilities = { storage = true, http = false }\nlimits = { handles = 64 }",
    );
    let manifest = manifest.unwrap();
    assert_eq!(manifest.kind, Kind::Driver);
    assert_eq!(manifest.name.as_str(), "ledger");
    assert_eq!(manifest.version, Version::new(0, 1, 0));
    let storage = StorageAccess {
        quota_bytes: StorageAccess::UNRESTRICTED_BYTES,
        ..StorageAccess::DEFAULT
    };
    assert_eq!(
        manifest.capabilities,
        Capabilities {
            storage: Some(storage),
            ..Capabilities::default()
        }
    );
    assert_eq!(
        manifest.limits,
        Limits {
            handles: 64,
            ..Limits::UNRESTRICTED
        }
    );
}

#[test]
fn capabilities_have_parameters() {
    let manifest = metadata(
        "kind = \"driver\"\n[package.metadata.airs.capabilities]\nstorage = { access = \"read\", quota_bytes = 1_000 }\n\
         http = [\"*.example.com/data/*\", \"http://127.0.0.1:8080\"]\nclock = false\nenvironment = [\"RATES_KEY\"]\n\
         files = { rates = \"read\" }",
    );
    let Capabilities {
        storage,
        http,
        clock,
        random,
        environment,
        files,
        ..
    } = manifest.unwrap().capabilities;
    assert_eq!(
        storage,
        Some(StorageAccess {
            access: Access::Read,
            quota_bytes: 1_000
        })
    );
    let http: Vec<String> = http.iter().map(ToString::to_string).collect();
    assert_eq!(http, ["http://127.0.0.1:8080", "https://*.example.com/data/*"]);
    assert_eq!((clock, random), (false, true));
    assert!(environment.contains("RATES_KEY"));
    assert_eq!(files["rates"], Access::Read);
    let program = metadata("kind = \"program\"\ncapabilities = { random = false }").unwrap();
    assert!(!program.capabilities.contains(Capability::Random));
}

#[test]
fn what_is_not_declared_is_nothing_and_what_is_not_limited_has_its_default() {
    let manifest = metadata("kind = \"program\"").unwrap();
    assert_eq!(manifest.kind, Kind::Program);
    assert_eq!(manifest.capabilities, Capabilities::default());
    assert_eq!(manifest.limits, Limits::UNRESTRICTED);
}

#[test]
fn a_crate_without_metadata_of_airs_is_no_component() {
    for text in [
        "",
        "[workspace]\nmembers = []",
        "[package]\nname = \"My_Tool\"\nversion = \"1.0.0\"",
        "[package]\nname = \"tool\"\n[package.metadata.docs.rs]\nall-features = true",
    ] {
        assert_eq!(read(text).unwrap(), None, "{text}");
    }
}

#[test]
fn an_inherited_version_is_the_one_that_cargo_resolved() {
    let text =
        "[package]\nname = \"ledger\"\nversion.workspace = true\n[package.metadata.airs]\nkind = \"driver\"";
    let error = read(text).unwrap_err();
    assert!(error.to_string().starts_with("ledger/Cargo.toml:3:"), "{error}");
    let version = Version::new(3, 2, 1);
    let manifest = Manifest::from_cargo_toml_inheriting(Path::new("Cargo.toml"), text, &version);
    assert_eq!(manifest.unwrap().unwrap().version, version);
    let none = "[package]\nname = \"ledger\"\n[package.metadata.airs]\nkind = \"driver\"";
    assert_eq!(read(none).unwrap().unwrap().version, Version::new(0, 0, 0));
}

/// What is written, where it is wrong and how, and what the hint says.
const MISTAKES: &[(&str, &str, &str)] = &[
    (
        "",
        "4:1: [package.metadata.airs] has no kind",
        "write kind = \"driver\", or \"program\"",
    ),
    (
        "kind = \"drivr\"",
        "5:8: \"drivr\" is no kind of component",
        "write kind = \"driver\"",
    ),
    (
        "kind = \"service\"",
        "5:8: \"service\" is no kind of component",
        "kind = \"program\"",
    ),
    (
        "kind = 1",
        "5:8: package.metadata.airs.kind is a string, not a value of type integer",
        "",
    ),
    (
        "kind = \"driver\"\nlimit = {}",
        "6:1: limit is not known in [package.metadata.airs]",
        "write limits",
    ),
    (
        "kind = \"driver\"\ncolour = 1",
        "6:1: colour is not known in [package.metadata.airs]",
        "known are kind, capabilities, limits",
    ),
    (
        "kind = \"driver\"\ncapabilities = { storge = true }",
        "6:18: storge is not known as a capability",
        "write storage",
    ),
    (
        "kind = \"driver\"\ncapabilities = { storage = \"yes\" }",
        "6:28: \"yes\" is no access",
        "write \"read\" or \"read-write\"",
    ),
    (
        "kind = \"driver\"\ncapabilities = { storage = \"red\" }",
        "6:28: \"red\" is no access",
        "write \"read\"",
    ),
    (
        "kind = \"driver\"\ncapabilities = { storage = 5 }",
        "6:28: package.metadata.airs.capabilities.storage is true, false, \"read\", \"read-write\" or a table, not a \
         value of type integer",
        "quota_bytes = 1048576",
    ),
    (
        "kind = \"driver\"\ncapabilities.storage = { quota = 5 }",
        "6:26: quota is not known in [package.metadata.airs.capabilities.storage]",
        "known are access, quota_bytes",
    ),
    (
        "kind = \"driver\"\ncapabilities.storage = { quota_bytes = 0 }",
        "6:40: package.metadata.airs.capabilities.storage.quota_bytes is from 1 to 1099511627776, not 0",
        "",
    ),
    (
        "kind = \"driver\"\ncapabilities.http = true",
        "6:21: package.metadata.airs.capabilities.http is a list, not a value of type boolean",
        "write http = [\"api.example.com\"]",
    ),
    (
        "kind = \"driver\"\ncapabilities.http = [\"a.example\", 5]",
        "6:35: package.metadata.airs.capabilities.http, item 2 is a string, not a value of type integer",
        "",
    ),
    (
        "kind = \"driver\"\ncapabilities.http = [\"*example.com\"]",
        "6:22: \"*example.com\" is no pattern of URLs: a * in the host is not *. at its beginning",
        "stands for all names below",
    ),
    (
        "kind = \"driver\"\ncapabilities.environment = [\"A-B\"]",
        "6:29: \"A-B\" is no name of a variable",
        "",
    ),
    (
        "kind = \"driver\"\ncapabilities.files = { nul = \"read\" }",
        "6:24: \"nul\" is no name of a folder: it is a device on Windows",
        "",
    ),
    (
        "kind = \"driver\"\ncapabilities.files = [\"rates\"]",
        "6:22: package.metadata.airs.capabilities.files is a table",
        "write files = { NAME = \"read\" }",
    ),
    (
        "kind = \"driver\"\ncapabilities.clock = \"no\"",
        "6:22: package.metadata.airs.capabilities.clock is true or false",
        "",
    ),
    (
        "kind = \"driver\"\ncapabilities = [\"storage\"]",
        "6:16: package.metadata.airs.capabilities is a table",
        "",
    ),
    (
        "kind = \"driver\"\nlimits = { memory-bytes = 1 }",
        "6:12: memory-bytes is not known as a limit",
        "write memory_bytes",
    ),
    (
        "kind = \"driver\"\nlimits = { node_memory_bytes = 1 }",
        "6:12: node_memory_bytes is no limit of a component",
        "[runtime.limits] of airs.toml",
    ),
    (
        "kind = \"driver\"\n[package.metadata.airs.limits]\nhandles = 65537",
        "7:11: package.metadata.airs.limits.handles is from 1 to 65536, not 65537",
        "",
    ),
    (
        "kind = \"driver\"\nlimits = { handles = -1 }",
        "6:22: package.metadata.airs.limits.handles is from 1",
        "",
    ),
    (
        "kind = \"driver\"\nlimits = { handles = 0 }",
        "6:22: package.metadata.airs.limits.handles is from 1",
        "",
    ),
    (
        "kind = \"program\"\ncapabilities = { storage = true }",
        "6:1: a program has no storage",
        "remove it",
    ),
];

#[test]
fn mistakes_are_told_with_their_place_and_what_to_write() {
    for (airs, message, hint) in MISTAKES {
        let error = metadata(airs).unwrap_err();
        assert_eq!(error.code(), Code::InvalidConfig);
        let expected = format!("ledger/Cargo.toml:{message}");
        assert!(
            error.to_string().starts_with(&expected),
            "{error}\ninstead of {expected}"
        );
        let shown = error.hint().unwrap_or_default();
        assert!(shown.contains(hint), "{shown}");
    }
}

#[test]
fn a_name_that_a_component_cannot_have_gets_the_nearest_good_one() {
    let text = "[package]\nname = \"My_Ledger\"\n[package.metadata.airs]\nkind = \"driver\"";
    let error = read(text).unwrap_err();
    assert_eq!(
        error.to_string(),
        "ledger/Cargo.toml:2:8: \"My_Ledger\" is no name of a component: it holds 'M'; only lower-case letters, \
         digits and hyphens are possible"
    );
    assert_eq!(error.hint().unwrap(), "name the package my-ledger");
}

#[test]
fn text_that_is_no_toml_is_told_with_its_place() {
    let error = read("[package]\nname = \"ä\" x\n").unwrap_err();
    assert!(
        error.to_string().starts_with("ledger/Cargo.toml:2:12: "),
        "{error}"
    );
    for text in [
        "[",
        "a = ",
        "\u{0}",
        "= 1",
        "[a]\n[a]",
        &"[".repeat(100_000),
        &"a.".repeat(100_000),
    ] {
        assert_eq!(read(text).unwrap_err().code(), Code::InvalidConfig);
    }
}
