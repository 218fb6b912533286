//! A driver, a program, a run, and a call of any component.
//!
//! `cargo run -p example-embed -- ledger.wasm payment.wasm`, with what `cargo airs demo` builds.
#![allow(clippy::print_stdout, reason = "an example shows what it gets")]

use airs_runtime::{CallConfig, Capability, Component, Owner, Placement, Request, Runtime};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut files = std::env::args().skip(1);
    let mut component = || Component::open(files.next().unwrap_or_default().as_ref());

    // Any component: build a runtime, load it, call it.
    let runtime = Runtime::builder().build()?;
    let calculator = runtime.callable(&Component::from_text(CALCULATOR)?, &CallConfig::default())?;
    let sum: u32 = calculator.call_blocking("add", (2_u32, 3_u32))?;
    println!("2 + 3 = {sum}");

    // A driver gives accounts a meaning, a program moves what is in them: each run all of it, or nothing.
    runtime.load(&component()?, &[Capability::Storage].into())?;
    runtime.load(&component()?, &[].into())?;
    for request in [
        Request::bind(
            Placement::new("/accounts", "ledger", r#"{"unit":"usd","scale":2}"#).owned_by(Owner::Each),
        ),
        Request::control("/accounts/alice/usd", "mint", r#"{"amount":"100.00"}"#),
        Request::run(
            "payment",
            r#"{"from":"~/usd","to":"/accounts/bob/usd","amount":"2.50"}"#,
        )
        .caller("alice".parse()?),
        Request::view("/accounts/bob/usd"),
    ] {
        println!("{:?}", runtime.perform_blocking(request).result?);
    }
    Ok(())
}

const CALCULATOR: &str = r#"(component
  (core module $m (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))
  (core instance $i (instantiate $m))
  (func (export "add") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "add"))))"#;
