//! How deep a guest's functions may call each other.

use airs_runtime::{CallConfig, Code, Component, Limit, Limits, Runtime};

/// Goes so many calls deep, and back.
const DIGGER: &str = r#"(component
  (core module $digger (func $dig (export "dig") (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (i32.add (call $dig (i32.sub (local.get 0) (i32.const 1))) (i32.const 1)))
      (else (i32.const 0)))))
  (core instance $i (instantiate $digger))
  (func (export "dig") (param "levels" u32) (result u32) (canon lift (core func $i "dig"))))"#;

#[test]
fn functions_call_each_other_as_deep_as_the_stack_goes() {
    let digger = Component::from_text(DIGGER).unwrap();
    let within = |stack_bytes| {
        let limits = Limits {
            stack_bytes,
            ..Limits::default()
        };
        let runtime = Runtime::builder().limits(limits).build().unwrap();
        // A component's own limits are no matter of the node's.
        let config = CallConfig {
            limits: Limits::UNRESTRICTED,
            ..CallConfig::default()
        };
        let callable = runtime.callable(&digger, &config).unwrap();
        move |levels: u32| callable.call_blocking::<_, u32>("dig", (levels,))
    };
    // An embedder's number over the maximum is the maximum.
    let error = within(u64::MAX)(u32::MAX).unwrap_err();
    assert!(error.message().contains("its stack has 1048576 bytes"), "{error}");
    let deepest = |stack_bytes: u64| {
        let dig = within(stack_bytes);
        let refusal = format!("called too deep: its stack has {stack_bytes} bytes (stack_bytes)");
        let goes = |levels: u32| match dig(levels) {
            Ok(came_back) => came_back == levels,
            Err(error) => {
                assert_eq!(error.code(), Code::LimitExceeded, "{error}");
                assert!(error.message().ends_with(&refusal), "{error}");
                false
            }
        };
        (0..20).rev().fold(0, |levels, bit| {
            if goes(levels | 1 << bit) {
                levels | 1 << bit
            } else {
                levels
            }
        })
    };
    let Limit { default, max } = Limits::ALL
        .iter()
        .find(|(name, _)| *name == "stack_bytes")
        .unwrap()
        .1;
    let (small, usual, large) = (deepest(default / 8), deepest(default), deepest(max));
    assert!(small > 100, "{small}");
    // What the call itself takes of the stack is little beside.
    assert!((usual / 8).abs_diff(small) < 50, "{small}, {usual}");
    assert!((large / 2).abs_diff(usual) < 50, "{usual}, {large}");
    // No guest has room in it, and the host goes on.
    assert_eq!(deepest(1), 0);
}

/// As compiled languages do it: variables are on a stack at the bottom of the memory, of 1 KiB here.
const OWN_STACK: &str = r#"(component
  (core module $digger
    (memory 1)
    (global $stack (mut i32) (i32.const 1024))
    (func $dig (export "dig") (param i32) (result i32)
      (global.set $stack (i32.sub (global.get $stack) (i32.const 64)))
      (i32.store (global.get $stack) (local.get 0))
      (if (result i32) (local.get 0)
        (then (call $dag (i32.sub (local.get 0) (i32.const 1))))
        (else (i32.const 0))))
    (func $dag (param i32) (result i32) (call $dig (local.get 0)))
    (func (export "stray") (param i32) (result i32) (i32.load (local.get 0))))
  (core instance $i (instantiate $digger))
  (func (export "dig") (param "levels" u32) (result u32) (canon lift (core func $i "dig")))
  (func (export "stray") (param "at" u32) (result u32) (canon lift (core func $i "stray"))))"#;

#[test]
fn who_calls_too_deep_for_a_stack_of_its_own_is_told_of_it() {
    let runtime = Runtime::builder().build().unwrap();
    let digger = Component::from_text(OWN_STACK).unwrap();
    let callable = runtime.callable(&digger, &CallConfig::default()).unwrap();
    let call = |function: &str, argument: u32| callable.call_blocking::<_, u32>(function, (argument,));
    assert_eq!(call("dig", 15).unwrap(), 0);
    let error = call("dig", 100).unwrap_err();
    assert_eq!(error.code(), Code::Trap);
    assert!(error.message().contains("out of bounds memory access"), "{error}");
    let hint = error.hint_text().unwrap();
    assert!(hint.contains("a stack in its memory: 128 KiB of Rust"), "{hint}");
    // Who reaches out of the memory otherwise has not gone deep.
    let error = call("stray", u32::MAX).unwrap_err();
    assert!(error.message().contains("out of bounds memory access"), "{error}");
    assert_eq!(error.hint_text(), None, "{error}");
}
