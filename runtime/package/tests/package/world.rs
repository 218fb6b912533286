//! Which components fit which kind.

use airs_core::{Code, Kind};
use airs_package::{Component, PackageError};

use crate::guests::{component_of, driver, program};

/// What is wrong with a component of a world after some edits of the WIT, line by line.
fn mismatches(world: &str, kind: Kind, edits: &[(&str, &str)]) -> Vec<String> {
    let component = Component::read(component_of(world, edits)).unwrap();
    match component.check_world(kind) {
        Ok(()) => Vec::new(),
        Err(PackageError::WrongWorld { mismatches, .. }) => {
            mismatches.iter().map(ToString::to_string).collect()
        }
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn each_kind_fits_its_own_world() {
    assert!(mismatches("driver", Kind::Driver, &[]).is_empty());
    assert!(mismatches("program", Kind::Program, &[]).is_empty());
}

#[test]
fn a_component_may_import_less_and_wasi_besides() {
    let alone = [(
        "  import airs:http/http@0.1.0;",
        "  import wasi:random/random@0.2.6;",
    )];
    assert!(mismatches("driver", Kind::Driver, &alone).is_empty());
}

#[test]
fn a_program_is_no_driver_and_the_hint_says_what_it_is() {
    let error = Component::read(program())
        .unwrap()
        .check_world(Kind::Driver)
        .unwrap_err();
    assert_eq!(error.code(), Code::WrongWorld);
    let text = error.to_string();
    assert!(
        text.starts_with("the component is no driver:\nexport airs:driver/driver@0.1.0: missing"),
        "{text}"
    );
    assert!(
        text.contains("import airs:val/val@0.1.0: a driver imports airs:storage"),
        "{text}"
    );
    assert!(error.hint().unwrap().contains("kind = \"program\""));
}

#[test]
fn a_driver_is_no_program() {
    let error = Component::read(driver())
        .unwrap()
        .check_world(Kind::Program)
        .unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("export run: missing, it is func(input: string) -> result<string, error>"),
        "{text}"
    );
    assert!(
        text.contains(
            "import airs:storage/storage@0.1.0: a program imports airs:val/val@0.1.0 and wasi only"
        ),
        "{text}"
    );
}

#[test]
fn a_missing_function_is_named_with_its_type() {
    let view = "      view: func() -> result<value, error>;";
    assert_eq!(
        mismatches("driver", Kind::Driver, &[(view, "")]),
        ["export airs:driver/driver@0.1.0: asset.view is missing, it is func() -> result<value, error>"]
    );
    let migrate = "    migrate: func(%from: u32) -> result<u32, error>;";
    assert_eq!(
        mismatches("driver", Kind::Driver, &[(migrate, "")]),
        ["export airs:driver/driver@0.1.0: migrate is missing, it is func(from: u32) -> result<u32, error>"]
    );
}

#[test]
fn a_function_of_another_type_is_named_with_the_difference() {
    let migrate = "migrate: func(%from: u32) -> result<u32, error>";
    for (instead, problem) in [
        (
            "migrate: func(%from: u64) -> result<u32, error>",
            "parameter from: u64 instead of u32",
        ),
        (
            "migrate: func(%from: u32) -> result<string, error>",
            "result: string instead of u32",
        ),
        (
            "migrate: func(%from: u32) -> u32",
            "result: u32 instead of result<u32, error>",
        ),
        (
            "migrate: func(%from: u32)",
            "it is func(from: u32) instead of func(from: u32) -> result<u32, error>",
        ),
        (
            "migrate: func() -> result<u32, error>",
            "it is func() -> result<u32, error> instead of func(from: u32) -> result<u32, error>",
        ),
        (
            "migrate: func(%from: u32) -> result<tuple<u32, list<option<string>>>, error>",
            "result: tuple<u32, list<option<string>>> instead of u32",
        ),
    ] {
        assert_eq!(
            mismatches("driver", Kind::Driver, &[(migrate, instead)]),
            [format!("export airs:driver/driver@0.1.0: migrate: {problem}")]
        );
    }
}

#[test]
fn a_type_that_differs_is_told_once_for_all_its_functions() {
    let found = mismatches("driver", Kind::Driver, &[("      busy,", "      tired,")]);
    let exported: Vec<_> = found.iter().filter(|line| line.starts_with("export")).collect();
    let [line] = exported.as_slice() else {
        panic!("{found:?}");
    };
    assert!(line.contains("asset.view, asset.transfer"), "{line}");
    assert!(
        line.ends_with("code of record error: enum error-code has no busy"),
        "{line}"
    );
}

#[test]
fn members_count_by_name_and_order() {
    for (from, to, problem) in [
        (
            "      scale: u8,",
            "      scale: u8, extra: bool,",
            "record amount has extra, which this airs does not know",
        ),
        ("      high: u64,\n", "", "record amount has no high"),
        (
            "      scale: u8,",
            "      scale: u16,",
            "scale of record amount: u16 instead of u8",
        ),
        ("      view,\n", "", "flags rights has no view"),
        (
            "      pending(string),",
            "      pending(u64),",
            "pending of variant receipt: u64 instead of string",
        ),
        (
            "      pending(string),",
            "      pending,",
            "pending of variant receipt: nothing instead of string",
        ),
    ] {
        let found = mismatches("program", Kind::Program, &[(from, to)]).join("\n");
        assert!(found.contains(problem), "{found}\ninstead of {problem}");
    }
}

#[test]
fn another_version_of_an_interface_says_which_one_this_airs_has() {
    let driver = [
        ("package airs:driver@0.1.0", "package airs:driver@0.2.0"),
        ("airs:driver/driver@0.1.0", "airs:driver/driver@0.2.0"),
    ];
    assert_eq!(
        mismatches("driver", Kind::Driver, &driver),
        ["export airs:driver/driver@0.1.0: exported in version 0.2.0, this airs has version 0.1.0"]
    );
    let val = [
        ("package airs:val@0.1.0", "package airs:val@0.1.1"),
        ("airs:val/val@0.1.0", "airs:val/val@0.1.1"),
    ];
    assert_eq!(
        mismatches("program", Kind::Program, &val),
        ["import airs:val/val@0.1.1: this airs has airs:val/val@0.1.0"]
    );
}

#[test]
fn an_import_that_the_kind_may_not_have_is_named() {
    let storage = [(
        "  import airs:val/val@0.1.0;",
        "  import airs:storage/storage@0.1.0;",
    )];
    assert_eq!(
        mismatches("program", Kind::Program, &storage),
        [
            "import airs:storage/storage@0.1.0: a program imports airs:val/val@0.1.0 and wasi only; it reaches the \
             world through drivers"
        ]
    );
    // An interface of an embedder's own is no matter of the world: the manifest has to declare it.
    let disk = [(
        "  import airs:http/http@0.1.0;",
        "  import acme:disk/disk@1.0.0;\n  import wipe: func();",
    )];
    assert_eq!(
        mismatches("driver", Kind::Driver, &disk),
        ["import wipe: a function outside of an interface, which no world of airs imports"]
    );
}

#[test]
fn an_imported_function_that_is_not_known_or_of_another_type_is_named() {
    let set = "set: func(key: list<u8>, value: list<u8>) -> result<_, error>;";
    let found = mismatches(
        "driver",
        Kind::Driver,
        &[(set, "set: func(key: string); wipe: func();")],
    );
    assert_eq!(
        found,
        [
            "import airs:storage/storage@0.1.0: wipe is not known to this airs",
            "import airs:storage/storage@0.1.0: set: it is func(key: string) instead of func(key: list<u8>, \
             value: list<u8>) -> result<_, error>",
        ]
    );
}

#[test]
fn a_component_of_both_kinds_fits_neither() {
    let both = [(
        "export airs:driver/driver@0.1.0;",
        "export airs:driver/driver@0.1.0; export run: func();",
    )];
    assert_eq!(
        mismatches("driver", Kind::Driver, &both),
        ["export run: it makes a program, which a driver is not"]
    );
}

#[test]
fn names_of_parameters_do_not_count() {
    let renamed = [(
        "func(input: string) -> result<string, error>",
        "func(order: string) -> result<string, error>",
    )];
    assert!(mismatches("program", Kind::Program, &renamed).is_empty());
}
