//! What is declared, what is granted, and what comes of both.

use airs_core::{Access, Capabilities, Capability, StorageAccess};
use proptest::prelude::*;

fn storage() -> impl Strategy<Value = Option<StorageAccess>> {
    let access = prop_oneof![Just(Access::Read), Just(Access::ReadWrite)];
    prop::option::of(
        (access, 1_u64..10).prop_map(|(access, quota_bytes)| StorageAccess { access, quota_bytes }),
    )
}

fn capabilities() -> impl Strategy<Value = Capabilities> {
    let hosts = prop::sample::subsequence(
        vec!["a.example", "*.example", "a.example/x/*", "http://127.0.0.1"],
        0..4,
    );
    let names = prop::sample::subsequence(vec!["A", "B"], 0..2);
    let folders = prop::collection::btree_map(prop_oneof![Just("one"), Just("two")], any::<bool>(), 0..2);
    (storage(), hosts, any::<[bool; 3]>(), names, folders).prop_map(
        |(storage, hosts, [clock, random, log], names, folders)| {
            let mut all = Capabilities {
                storage,
                clock,
                random,
                log,
                ..Capabilities::none()
            }
            .with_http(hosts.iter().map(|host| host.parse().unwrap()))
            .with_environment(names.iter().map(|name| name.parse().unwrap()));
            for (folder, writes) in folders {
                let access = if writes { Access::ReadWrite } else { Access::Read };
                all = all.with_files(folder.parse().unwrap(), access);
            }
            all
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_effective_that_is_not_both_declared_and_granted(declared in capabilities(), granted in capabilities()) {
        let effective = declared.intersection(&granted);
        prop_assert!(effective.without(&granted).is_empty());
        prop_assert!(effective.without(&declared).is_empty());
        if let (Some(storage), Some(granted), Some(declared)) = (effective.storage, granted.storage, declared.storage) {
            prop_assert_eq!(storage.quota_bytes, granted.quota_bytes.min(declared.quota_bytes));
        }
        // When nothing lacks, all that was declared is there.
        if declared.without(&granted).is_empty() {
            prop_assert!(declared.without(&effective).is_empty());
        }
    }

    #[test]
    fn granting_what_lacks_is_enough(declared in capabilities(), granted in capabilities()) {
        let lacking = declared.without(&granted);
        prop_assert!(lacking.without(&declared).is_empty());
        prop_assert!(declared.without(&granted.union(&lacking)).is_empty());
        prop_assert!(granted.without(&granted.union(&lacking)).is_empty());
    }
}

#[test]
fn only_what_tells_nothing_about_anybody_is_there_by_itself() {
    let kinds: Vec<_> = Capabilities::default().kinds().collect();
    assert_eq!(kinds, [Capability::Clock, Capability::Random, Capability::Log]);
    assert!(Capabilities::none().is_empty());
    assert_eq!(Capabilities::from([Capability::Http]), Capabilities::default());
}

#[test]
fn a_value_is_shown_as_it_is_written() {
    let all = Capabilities::from([Capability::Storage])
        .with_http([
            "b.example:81/x/*".parse().unwrap(),
            "http://a.example".parse().unwrap(),
        ])
        .with_environment(["KEY".parse().unwrap()])
        .with_files("rates".parse().unwrap(), Access::Read);
    let shown: Vec<String> = Capability::ALL.into_iter().map(|kind| all.value(kind)).collect();
    assert_eq!(
        shown,
        [
            "true",
            r#"["http://a.example", "https://b.example:81/x/*"]"#,
            "true",
            "true",
            "true",
            r#"["KEY"]"#,
            r#"{ rates = "read" }"#,
            "[]"
        ]
    );
    let mut small = all;
    small.storage = Some(StorageAccess {
        access: Access::Read,
        quota_bytes: 5,
    });
    assert_eq!(
        small.value(Capability::Storage),
        r#"{ access = "read", quota_bytes = 5 }"#
    );
    small.storage = Some(StorageAccess {
        access: Access::Read,
        ..StorageAccess::DEFAULT
    });
    assert_eq!(small.value(Capability::Storage), r#""read""#);
}
