//! Resources that a component imports and that are not there for it.

use airs_runtime::{Absent, CallConfig, Callable, Code, Component, Error, Runtime};

fn callable(imports: &str) -> Result<Callable, Error> {
    let text = format!(
        r#"(component
        {imports}
        (core module $m (func (export "one") (result i32) (i32.const 1)))
        (core instance $i (instantiate $m))
        (func (export "one") (result u32) (canon lift (core func $i "one"))))"#
    );
    let config = CallConfig {
        absent: Absent::Denied,
        ..CallConfig::default()
    };
    let runtime = Runtime::builder().build().unwrap();
    runtime.callable(&Component::from_text(&text).unwrap(), &config)
}

/// Imports of a resource, by the interface that has it, by one that uses it under another name, and by the world.
fn used(interface: &str, resource: &str) -> String {
    format!(
        r#"(import "{interface}" (instance $of (export "{resource}" (type (sub resource)))))
        (alias export $of "{resource}" (type $resource))
        (import "some:where/else" (instance
            (alias outer 1 $resource (type $used))
            (export "renamed" (type $renamed (eq $used)))
            (export "take" (func (param "it" (borrow $renamed))))))
        (import "mine" (type (eq $resource)))"#
    )
}

#[test]
fn a_resource_that_is_imported_under_several_names_is_one() {
    for (interface, resource) in [
        ("some:where/store", "thing"),
        ("wasi:io/streams@0.2.6", "input-stream"),
        ("wasi:io/streams@0.2.6", "unheard-of"),
    ] {
        let called = callable(&used(interface, resource)).unwrap();
        assert_eq!(called.call_wave_blocking("one()").unwrap(), "1");
    }
}

#[test]
fn what_is_lent_to_a_function_that_is_not_there_comes_back() {
    let text = r#"(component
        (import "wasi:io/streams@0.2.6" (instance $io (export "output-stream" (type (sub resource)))))
        (alias export $io "output-stream" (type $stream))
        (import "wasi:cli/stdout@0.2.6" (instance $stdout
            (alias outer 1 $stream (type $used))
            (export "output-stream" (type $lent (eq $used)))
            (export "get-stdout" (func (result (own $lent))))))
        (import "some:where/sink" (instance $sink
            (alias outer 1 $stream (type $used))
            (export "renamed" (type $lent (eq $used)))
            (type $codes (enum "other" "denied"))
            (export "code" (type $code (eq $codes)))
            (export "attach" (func (param "to" (borrow $lent)) (result (result (error $code)))))))
        (core module $memory (memory (export "memory") 1))
        (core instance $memory (instantiate $memory))
        (core func $get (canon lower (func $stdout "get-stdout")))
        (core func $attach (canon lower (func $sink "attach") (memory (core memory $memory "memory"))))
        (core module $m
            (import "" "memory" (memory 1))
            (import "" "get" (func $get (result i32)))
            (import "" "attach" (func $attach (param i32 i32)))
            (func (export "try") (result i32)
                (call $attach (call $get) (i32.const 16))
                (i32.load16_u (i32.const 16))))
        (core instance $i (instantiate $m (with "" (instance
            (export "memory" (memory $memory "memory"))
            (export "get" (func $get))
            (export "attach" (func $attach))))))
        (func (export "try") (result u32) (canon lift (core func $i "try"))))"#;
    let config = CallConfig {
        absent: Absent::Denied,
        ..CallConfig::default()
    };
    let runtime = Runtime::builder().build().unwrap();
    let called = runtime
        .callable(&Component::from_text(text).unwrap(), &config)
        .unwrap();
    // An error, and the second of its codes.
    assert_eq!(called.call_wave_blocking("try()").unwrap(), 0x0101.to_string());
}

#[test]
fn resources_of_one_name_are_those_of_their_interfaces() {
    let imports = ["some:where/store", "some:where/else"].map(|interface| {
        format!(r#"(import "{interface}" (instance (export "thing" (type (sub resource)))))"#)
    });
    let called = callable(&imports.concat()).unwrap();
    assert_eq!(called.call_wave_blocking("one()").unwrap(), "1");
}

#[test]
fn no_component_imports_more_resources_than_are_looked_up() {
    let many = |count: usize| {
        let exports = (0..count).map(|number| format!(r#"(export "r{number}" (type (sub resource)))"#));
        format!(
            r#"(import "some:where/many" (instance {}))"#,
            exports.collect::<String>()
        )
    };
    assert!(callable(&many(1_000)).is_ok());
    let error = callable(&many(1_001)).unwrap_err();
    assert_eq!(error.code(), Code::LimitExceeded);
    assert!(error.message().contains("more than 1000 resources"), "{error}");
}
