//! Components that are small to write down and cost much: each is refused with a typed error, or is just a component.

use std::fmt::Write as _;

use airs_runtime::{CallConfig, Callable, Code, Component, Error, Runtime};

fn callable(text: &str) -> Result<Callable, Error> {
    let component = Component::from_text(text).map_err(Error::from)?;
    Runtime::builder()
        .build()
        .unwrap()
        .callable(&component, &CallConfig::default())
}

/// A component whose function takes a value of the type `$all`, which comes to it as these parameters.
fn taking(types: &str, parameters: &str) -> Result<Callable, Error> {
    callable(&format!(
        r#"(component
          (core module $m
            (memory (export "memory") 1)
            (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 4096)
            (func (export "f") (param {parameters})))
          (core instance $i (instantiate $m))
          {types}
          (func (export "f") (param "all" $all)
            (canon lift (core func $i "f") (memory (core memory $i "memory")) (realloc (core func $i "realloc")))))"#
    ))
}

/// What comes of calling a function with this body and this number.
fn called(body: &str, number: u32) -> Result<u32, Error> {
    let function = callable(&format!(
        r#"(component
          (core module $m (func (export "f") (param i32) (result i32) {body}))
          (core instance $i (instantiate $m))
          (func (export "f") (param "n" u32) (result u32) (canon lift (core func $i "f"))))"#
    ))?;
    function.call_blocking("f", (number,))
}

#[test]
fn blocks_within_blocks() {
    for depth in [1_000, 100_000] {
        let (open, close) = ("block ".repeat(depth), "end ".repeat(depth));
        assert_eq!(
            called(&format!("{open} {close} i32.const 7"), 0).unwrap(),
            7,
            "{depth}"
        );
    }
}

#[test]
fn a_table_of_as_many_branches_as_there_may_be() {
    const TARGETS: u32 = 65_520;
    let body = |targets: u32| {
        let targets: Vec<_> = (0..targets)
            .map(|target| if target % 2 == 0 { "0" } else { "1" })
            .collect();
        format!(
            "block block block local.get 0 br_table {} 2 end i32.const 1 return end i32.const 2 return end i32.const 3",
            targets.join(" ")
        )
    };
    let most = body(TARGETS);
    for (number, target) in [(0, 1), (TARGETS - 1, 2), (TARGETS, 3), (u32::MAX, 3)] {
        assert_eq!(called(&most, number).unwrap(), target, "{number}");
    }
    let error = called(&body(TARGETS + 1), 0).unwrap_err();
    assert_eq!(error.code(), Code::InvalidComponent, "{error}");
}

#[test]
fn a_record_of_ten_thousand_fields() {
    let fields = (0..10_000).fold(String::new(), |mut all, number| {
        let _ = write!(all, r#"(field "f{number}" u8)"#);
        all
    });
    let record = format!(r#"(type $record (record {fields})) (export $all "all" (type $record))"#);
    let called = taking(&record, "i32").unwrap();
    let error = called.call_wave_blocking("f({f0: 1})").unwrap_err();
    assert_eq!(error.code(), Code::InvalidInput, "{error}");
    let all: Vec<String> = (0..10_000).map(|number| format!("f{number}: 1")).collect();
    assert_eq!(
        called
            .call_wave_blocking(&format!("f({{{}}})", all.join(", ")))
            .unwrap(),
        ""
    );
}

#[test]
fn lists_of_lists_and_tuples_that_double() {
    let nested = |depth: usize| {
        let text = format!("{}u8{}", "(list ".repeat(depth), ")".repeat(depth));
        taking(&format!("(type $all {text})"), "i32 i32")
    };
    nested(20).unwrap();
    assert_eq!(nested(200).unwrap_err().code(), Code::InvalidComponent);
    let doubled = |times: usize| {
        let mut text = r#"(type $t0 (tuple u8 u8))"#.to_owned();
        for number in 1..=times {
            let _ = write!(text, "(type $t{number} (tuple $t{0} $t{0}))", number - 1);
        }
        taking(&format!("{text} (type $all (tuple $t{times}))"), "i32")
    };
    doubled(5).unwrap();
    assert_eq!(doubled(40).unwrap_err().code(), Code::InvalidComponent);
}
