//! Manifests in components.

use std::path::Path;

use airs_core::{Access, Capabilities, Code, Kind, Limits, StorageAccess};
use airs_package::{Component, Manifest, PackageError, stamp};

use crate::guests::{driver, module_of, with_section};

/// What version 0.1.0 of airs wrote. It never changes: packages are immutable.
const FORMAT_1: &[u8] = br#"{"format":1,"kind":"driver","name":"ledger","version":"1.2.3-rc.1","capabilities":{"storage":true},"limits":{"deadline_ms":5000,"memory_bytes":33554432,"host_call_bytes":8388608,"handles":4096,"descriptors":1024,"storage_write_bytes":16777216,"storage_read_bytes":67108864,"log_bytes":65536}}"#;

fn manifest() -> Manifest {
    Manifest {
        kind: Kind::Driver,
        name: "ledger".parse().unwrap(),
        version: "1.2.3-rc.1".parse().unwrap(),
        capabilities: Capabilities {
            storage: Some(StorageAccess {
                access: Access::ReadWrite,
                quota_bytes: StorageAccess::UNRESTRICTED_BYTES,
            }),
            ..Capabilities::default()
        },
        limits: Limits {
            memory_bytes: 32 << 20,
            // Not for a component to say, and so not written.
            context_memory_bytes: Limits::UNRESTRICTED.context_memory_bytes,
            node_memory_bytes: Limits::UNRESTRICTED.node_memory_bytes,
            stack_bytes: Limits::UNRESTRICTED.stack_bytes,
            ..Limits::default()
        },
    }
}

#[test]
fn what_is_stamped_is_read_back() {
    let stamped = stamp(&driver(), &manifest()).unwrap();
    assert_eq!(
        stamped,
        stamp(&driver(), &manifest()).unwrap(),
        "the same each time"
    );
    let component = Component::read(stamped).unwrap();
    assert_eq!(component.manifest(), Some(&manifest()));
    component.check_world(Kind::Driver).unwrap();
}

#[test]
fn a_second_stamp_takes_the_place_of_the_first() {
    let once = stamp(&driver(), &manifest()).unwrap();
    assert_eq!(stamp(&once, &manifest()).unwrap(), once);
    let other = Manifest {
        name: "other".parse().unwrap(),
        ..manifest()
    };
    let twice = stamp(&once, &other).unwrap();
    assert_eq!(twice, stamp(&driver(), &other).unwrap());
    assert_eq!(Component::read(twice).unwrap().manifest(), Some(&other));
}

#[test]
fn the_section_of_format_1_is_read() {
    let component = Component::read(with_section(driver(), "airs:manifest", FORMAT_1)).unwrap();
    // Written before there was this limit.
    let mut expected = manifest();
    expected.limits.cpu_ms = Limits::UNRESTRICTED.cpu_ms;
    assert_eq!(component.manifest(), Some(&expected));
}

/// What is written now.
const FORMAT_2: &[u8] = br#"{"format":2,"kind":"driver","name":"feed","version":"0.1.0","capabilities":{"storage":{"access":"read","quota_bytes":1000},"http":["http://127.0.0.1:8080","https://*.example.com/data/*"],"clock":false,"environment":["RATES_KEY"],"files":{"rates":"read"}},"limits":{}}"#;

#[test]
fn the_section_of_format_2_is_read_and_written() {
    let component = Component::read(with_section(driver(), "airs:manifest", FORMAT_2)).unwrap();
    let manifest = component.manifest().unwrap();
    assert_eq!(manifest.capabilities.http.len(), 2);
    assert!(!manifest.capabilities.clock && manifest.capabilities.random);
    let stamped = stamp(&driver(), manifest).unwrap();
    assert!(
        stamped.ends_with(FORMAT_2),
        "{}",
        String::from_utf8_lossy(&stamped)
    );
    assert_eq!(Component::read(stamped).unwrap().manifest(), Some(manifest));
}

#[test]
fn a_limit_that_format_1_does_not_state_is_not_restricted() {
    let short = br#"{"format":1,"kind":"program","name":"pay","version":"0.1.0"}"#;
    let component = Component::read(with_section(driver(), "airs:manifest", short)).unwrap();
    let manifest = component.manifest().unwrap();
    assert_eq!(
        (manifest.kind, &manifest.limits),
        (Kind::Program, &Limits::UNRESTRICTED)
    );
    assert_eq!(manifest.capabilities, Capabilities::default());
}

#[test]
fn a_newer_format_is_refused_with_what_to_do() {
    let newer = br#"{"format":3,"whatever":[]}"#;
    let error = Component::read(with_section(driver(), "airs:manifest", newer)).unwrap_err();
    assert!(
        matches!(
            error,
            PackageError::NewerSection {
                found: 3,
                known: 2,
                ..
            }
        ),
        "{error}"
    );
    assert!(error.hint().unwrap().starts_with("update airs"));
}

/// What is in a section beside its kind and name, in which format, and what is wrong with it.
const MISTAKES: &[(u8, &str, &str)] = &[
    (
        1,
        r#","capabilities":{"root":true}"#,
        "the capability \"root\" is not known",
    ),
    (1, r#","capabilities":{"http":["a.example"]}"#, "invalid type"),
    (
        1,
        r#","limits":{"memory_bytes":1e30}"#,
        "invalid type: floating point",
    ),
    (
        1,
        r#","limits":{"memory_bytes":18446744073709551615}"#,
        "memory_bytes is from 1 to 1073741824",
    ),
    (
        1,
        r#","limits":{"handles":0}"#,
        "handles is from 1 to 65536, not 0",
    ),
    (1, r#","limits":{"stars":1}"#, "the limit \"stars\" is not known"),
    (
        2,
        r#","limits":{"node_memory_bytes":1}"#,
        "the limit \"node_memory_bytes\" is not known",
    ),
    (1, r#","secret":1"#, "unknown field `secret`"),
    (2, r#","secret":1"#, "unknown field `secret`"),
    (2, r#","capabilities":{"storage":true}"#, "invalid type"),
    (
        2,
        r#","capabilities":{"storage":{"access":"all"}}"#,
        "\"all\" is no access",
    ),
    (
        2,
        r#","capabilities":{"storage":{"access":"read","quota_bytes":0}}"#,
        "quota_bytes is from 1",
    ),
    (
        2,
        r#","capabilities":{"http":["evil*.example"]}"#,
        "*. at its beginning",
    ),
    (
        2,
        r#","capabilities":{"files":{"../up":"read"}}"#,
        "only lower-case letters",
    ),
    (
        2,
        r#","capabilities":{"environment":["A=B"]}"#,
        "letters, digits and _",
    ),
    (2, r#","capabilities":{"socket":true}"#, "unknown field `socket`"),
];

fn refused(section: &str) -> PackageError {
    let component = with_section(driver(), "airs:manifest", section.as_bytes());
    let error = Component::read(component).unwrap_err();
    assert_eq!(error.code(), Code::InvalidComponent);
    error
}

#[test]
fn a_section_that_asks_for_more_than_is_possible_is_refused() {
    for (format, rest, problem) in MISTAKES {
        let section =
            format!(r#"{{"format":{format},"kind":"driver","name":"ledger","version":"0.1.0"{rest}}}"#);
        let error = refused(&section);
        assert!(error.to_string().contains(problem), "{error}");
    }
    let program = r#"{"format":2,"kind":"program","name":"pay","version":"0.1.0","capabilities":{"http":["a.example"]}}"#;
    assert!(refused(program).to_string().contains("a program has no http"));
    let hosts: Vec<String> = (0..257).map(|host| format!(r#""a{host}.example""#)).collect();
    let many = format!(
        r#"{{"format":2,"kind":"driver","name":"ledger","version":"0.1.0","capabilities":{{"http":[{}]}}}}"#,
        hosts.join(",")
    );
    assert!(refused(&many).to_string().contains("more than 256"));
}

#[test]
fn only_a_component_is_stamped() {
    for (bytes, wanted) in [
        (module_of("driver", &[]), "this is a core module, not a component"),
        (Vec::new(), "an empty file is no component"),
    ] {
        assert_eq!(stamp(&bytes, &manifest()).unwrap_err().to_string(), wanted);
    }
    let whole = driver();
    for length in 0..whole.len() {
        if let Err(error) = stamp(&whole[..length], &manifest()) {
            assert_eq!(error.code(), Code::InvalidComponent);
        }
    }
}

#[test]
fn a_manifest_from_cargo_survives_the_stamp() {
    let text =
        "[package]\nname = \"pay\"\nversion = \"0.1.0\"\n[package.metadata.airs]\nkind = \"program\"\n";
    let read = Manifest::from_cargo_toml(Path::new("Cargo.toml"), text)
        .unwrap()
        .unwrap();
    let component = Component::read(stamp(&driver(), &read).unwrap()).unwrap();
    assert_eq!(component.manifest(), Some(&read));
}

#[test]
fn no_capability_has_more_items_than_a_component_may_carry() {
    let folders = |count| -> String {
        (0..count)
            .map(|folder| format!("f{folder} = \"read\"\n"))
            .collect()
    };
    let declared = |count| {
        let table = "[package.metadata.airs.capabilities.files]";
        let airs = format!(
            "[package.metadata.airs]\nkind = \"driver\"\n{table}\n{}",
            folders(count)
        );
        let text = format!("[package]\nname = \"ledger\"\nversion = \"0.1.0\"\n{airs}");
        Manifest::from_cargo_toml(Path::new("Cargo.toml"), &text).map(Option::unwrap)
    };
    let manifest = declared(256).unwrap();
    let component = Component::read(stamp(&driver(), &manifest).unwrap()).unwrap();
    assert_eq!(component.manifest(), Some(&manifest));
    let error = declared(257).unwrap_err();
    assert!(
        error.to_string().contains("files has more than 256 items"),
        "{error}"
    );
}
