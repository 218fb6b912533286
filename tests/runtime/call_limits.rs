//! What a component that is called directly cannot do.

use std::time::Duration;

use airs_runtime::{CallConfig, Callable, Capabilities, Capability, Code, Component, Error, Limits, Runtime};

use airs_tests::{expect_idle, raw};

use crate::callable::{shapes, shapes_in};

fn act(shapes: &Callable, what: &str) -> Result<u64, Error> {
    shapes.call_blocking("act", (what.to_owned(),))
}

#[test]
fn a_panic_a_loop_a_hoard_and_an_endless_recursion_are_errors_of_that_call_alone() {
    let shapes = shapes();
    // Only what loops has to be late.
    let hasty = shapes.with_limits(&Limits {
        deadline_ms: 300,
        ..Limits::UNRESTRICTED
    });
    for (what, code) in [
        ("panic", Code::Trap),
        ("loop", Code::DeadlineExceeded),
        ("hoard", Code::LimitExceeded),
        ("recurse", Code::LimitExceeded),
    ] {
        let called = if what == "loop" { &hasty } else { &shapes };
        let error = act(called, what).unwrap_err();
        assert_eq!(error.code(), code, "{what}: {error}");
        assert!(error.message().starts_with("component \"component\""), "{error}");
        assert_eq!(act(&shapes, "three").unwrap(), 5, "after {what}");
    }
}

/// Writes so many zeros to its standard output at once.
const WRITER: &str = r#"(component
  (import "wasi:io/error@0.2.0" (instance $error (export "error" (type (sub resource)))))
  (alias export $error "error" (type $error-type))
  (import "wasi:io/streams@0.2.0" (instance $streams
    (export "output-stream" (type $stream (sub resource)))
    (export "error" (type $error (eq $error-type)))
    (type $failure (variant (case "last-operation-failed" (own $error)) (case "closed")))
    (export "stream-error" (type $stream-error (eq $failure)))
    (export "[method]output-stream.write" (func (param "self" (borrow $stream)) (param "contents" (list u8))
      (result (result (error $stream-error)))))))
  (alias export $streams "output-stream" (type $stream-type))
  (import "wasi:cli/stdout@0.2.0" (instance $stdout
    (export "output-stream" (type $stream (eq $stream-type)))
    (export "get-stdout" (func (result (own $stream))))))
  (core module $memory (memory (export "memory") 4))
  (core instance $m (instantiate $memory))
  (core func $write (canon lower (func $streams "[method]output-stream.write") (memory (core memory $m "memory"))))
  (core func $stdout-of (canon lower (func $stdout "get-stdout")))
  (core module $writer
    (import "h" "write" (func $write (param i32 i32 i32 i32)))
    (import "h" "stdout" (func $stdout (result i32)))
    (func (export "write") (param $bytes i32)
      (call $write (call $stdout) (i32.const 64) (local.get $bytes) (i32.const 0))))
  (core instance $w (instantiate $writer (with "h" (instance
    (export "write" (func $write)) (export "stdout" (func $stdout-of))))))
  (func (export "write") (param "bytes" u32) (canon lift (core func $w "write"))))"#;

#[test]
fn what_is_written_at_once_has_an_end() {
    let runtime = Runtime::builder().build().unwrap();
    let writer = Component::from_text(WRITER).unwrap();
    let writer = runtime.callable(&writer, &CallConfig::default()).unwrap();
    let write = |bytes: u32| writer.call_blocking::<_, ()>("write", (bytes,));
    write(64 << 10).unwrap();
    let error = write((64 << 10) + 1).unwrap_err();
    assert_eq!(error.code(), Code::LimitExceeded);
    assert!(
        error.message().ends_with("wrote 65537 bytes at once, over 65536"),
        "{error}"
    );
}

#[test]
fn nothing_is_granted() {
    assert_eq!(act(&shapes(), "look").unwrap(), 0);
}

#[test]
fn a_limit_of_a_call_is_named_with_its_value() {
    let runtime = Runtime::builder().build().unwrap();
    let shapes = shapes_in(&runtime);
    let small = shapes.with_limits(&Limits {
        memory_bytes: 4 << 20,
        ..Limits::UNRESTRICTED
    });
    assert_eq!(act(&small, "long").unwrap(), 1 << 20);
    let error = act(&small, "hoard").unwrap_err();
    assert!(error.message().contains("4194304 bytes of memory"), "{error}");
    let narrow = shapes.with_limits(&Limits {
        host_call_bytes: 1_000,
        ..Limits::UNRESTRICTED
    });
    let error = narrow
        .call_blocking::<_, String>("greet", ("a".repeat(2_000),))
        .unwrap_err();
    assert_eq!(error.code(), Code::LimitExceeded);
    // The runtime's own limits count where they are smaller.
    let limits = Limits {
        deadline_ms: 50,
        ..Limits::default()
    };
    let runtime = Runtime::builder().limits(limits).build().unwrap();
    let component = Component::read(raw("shapes")).unwrap();
    let config = CallConfig {
        limits: Limits::UNRESTRICTED,
        ..CallConfig::default()
    };
    let hasty = runtime.callable(&component, &config).unwrap();
    let executor = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let called = executor.block_on(async {
        let call = hasty.call::<_, u64>("act", ("loop".to_owned(),));
        // Nothing else would end it.
        tokio::time::timeout(Duration::from_secs(60), call).await
    });
    let error = called.expect("the deadline of 50 ms is not kept").unwrap_err();
    assert_eq!(error.code(), Code::DeadlineExceeded);
}

#[test]
fn calls_outside_of_any_context_take_memory_of_the_node() {
    let limits = Limits {
        node_memory_bytes: 8 << 20,
        ..Limits::default()
    };
    let shapes = shapes_in(&Runtime::builder().limits(limits).build().unwrap());
    for _ in 0..3 {
        let error = act(&shapes, "hoard").unwrap_err();
        assert_eq!(error.code(), Code::LimitExceeded, "{error}");
        assert!(
            error
                .message()
                .contains("8388608 bytes was taken (node_memory_bytes)"),
            "{error}"
        );
        assert_eq!(act(&shapes, "long").unwrap(), 1 << 20);
    }
}

#[test]
fn a_component_too_large_for_its_limits_is_refused_when_it_is_loaded() {
    let component =
        Component::from_text("(component (core module $m (memory 100)) (core instance (instantiate $m)))");
    let limits = Limits {
        memory_bytes: 1 << 20,
        ..Limits::UNRESTRICTED
    };
    let config = CallConfig {
        limits,
        ..CallConfig::default()
    };
    let error = Runtime::builder()
        .build()
        .unwrap()
        .callable(&component.unwrap(), &config)
        .unwrap_err();
    assert_eq!(error.code(), Code::LimitExceeded);
}

#[test]
fn a_call_that_nobody_waits_for_ends() {
    // By itself it would end long after it is given up.
    let limits = Limits {
        deadline_ms: 60_000,
        ..Limits::default()
    };
    let runtime = Runtime::builder().limits(limits).build().unwrap();
    let shapes = shapes_in(&runtime);
    let executor = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    executor.block_on(async {
        let call = shapes.call::<_, u64>("act", ("loop".to_owned(),));
        tokio::time::timeout(Duration::from_millis(50), call)
            .await
            .unwrap_err();
    });
    expect_idle(&runtime);
    assert_eq!(act(&shapes, "one").unwrap(), 3);
}

#[test]
fn a_text_form_that_is_none_says_where() {
    let error = Component::from_text("(component\n  (nonsense))").unwrap_err();
    assert_eq!(error.code(), Code::InvalidComponent);
    assert!(error.to_string().contains("line 2 column 4"), "{error}");
    assert_eq!(
        Component::from_text("(module)").unwrap_err().code(),
        Code::InvalidComponent
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("empty.wat");
    std::fs::write(&file, "(component)").unwrap();
    assert!(Component::open(&file).unwrap().exports().is_empty());
    std::fs::write(&file, [0xff, 0xfe]).unwrap();
    assert_eq!(Component::open(&file).unwrap_err().code(), Code::InvalidComponent);
}

#[test]
fn what_is_granted_is_there_and_what_only_drivers_have_is_refused() {
    let runtime = Runtime::builder()
        .variable("RATE".parse().unwrap(), "7")
        .build()
        .unwrap();
    let component = Component::read(raw("shapes")).unwrap();
    let callable = |granted: Capabilities| {
        runtime.callable(
            &component,
            &CallConfig {
                granted,
                ..CallConfig::default()
            },
        )
    };
    let variables = Capabilities::default().with_environment(["RATE".parse().unwrap()]);
    assert_eq!(act(&callable(variables).unwrap(), "look").unwrap(), 1);
    let error = act(&callable(Capabilities::none()).unwrap(), "time").unwrap_err();
    assert_eq!(error.code(), Code::Denied);
    assert!(act(&shapes(), "time").unwrap() > 1_700_000_000);
    assert_eq!(
        callable([Capability::Storage].into()).unwrap_err().code(),
        Code::Unsupported
    );
}

#[test]
fn a_component_of_several_memories_needs_what_they_are_together() {
    let text = |large: u32| {
        format!(
            r#"(component
              (core module $large (memory {large}) (func (export "f") (result i32) i32.const 7))
              (core module $small (memory 1))
              (core instance $i (instantiate $large))
              (core instance (instantiate $small))
              (core instance (instantiate $small))
              (func (export "f") (result u32) (canon lift (core func $i "f"))))"#
        )
    };
    let runtime = Runtime::builder().build().unwrap();
    let call = |large| {
        let component = Component::from_text(&text(large)).unwrap();
        let callable = runtime.callable(&component, &CallConfig::default())?;
        callable.call_blocking::<_, u32>("f", ())
    };
    // 64 MiB are 1,024 pages.
    assert_eq!(call(600).unwrap(), 7);
    assert_eq!(call(1_022).unwrap(), 7);
    for large in [1_023, 1_025] {
        assert_eq!(call(large).unwrap_err().code(), Code::LimitExceeded, "{large}");
    }
}
