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
