//! Runs: what the runtime costs over wasmtime.

use std::sync::Arc;

use airs_runtime::{
    Answer, CallerId, Capability, Component, EngineConfig, Owner, Placement, Report, Request, Runtime,
    RuntimeBuilder,
};
use tokio::runtime::Builder;

use crate::floor::Floor;
use crate::guests::bytes;
use crate::pairs::{Pairs, micros_each};
use crate::row::Row;

const PAIRS: usize = 40;
const RUNS: u32 = 2_000;
/// Runs that are asked for together: what it takes to cross threads is divided among them.
pub(crate) const AT_ONCE: u32 = 64;
const LOOKS: u32 = 20_000;

const TOGETHER: &str = "run, whole, 64 asked for together";
const ELSEWHERE: &str = "run, whole, on another thread";

pub(crate) const PAY: &str = r#"{"from":"/accounts/alice/usd","to":"/accounts/bob/usd","amount":"0.01"}"#;

pub(crate) fn rows(wanted: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    if "run, whole".contains(wanted) {
        rows.push(whole_run());
    }
    if TOGETHER.contains(wanted) {
        rows.push(asked_for_together());
    }
    if ELSEWHERE.contains(wanted) {
        rows.push(on_another_thread());
    }
    if "later VAL call (view)".contains(wanted) {
        rows.push(later_call());
    }
    rows
}

/// Fresh program, fresh driver, two `intend`, `transfer`, two `done`, commit to memory: on the thread that asks for it, as
/// the floor.
fn whole_run() -> Row {
    let mut floor = floor("payment");
    let runtime = runtime("payment");
    let floor = || micros_each(RUNS, || drop(floor.run(PAY)));
    let value = || micros_each(RUNS, || must(runtime.perform_blocking(pay())));
    Row::ratio("run, whole", "µs", &Pairs::measure(PAIRS, floor, value), 1.5)
}

/// The same on a thread of the runtime's, while the one that asks waits for all of them; the floor stays where it is.
fn asked_for_together() -> Row {
    let mut floor = floor("payment");
    let runtime = runtime("payment");
    let client = Builder::new_current_thread().build().expect("a client");
    let value = || {
        let batch = || (0..AT_ONCE).map(|_| pay()).collect();
        let all = micros_each(RUNS / AT_ONCE, || {
            client
                .block_on(runtime.perform_all(batch()))
                .into_iter()
                .for_each(must);
        });
        all / f64::from(AT_ONCE)
    };
    let floor = || micros_each(RUNS, || drop(floor.run(PAY)));
    Row::ratio(TOGETHER, "µs", &Pairs::measure(PAIRS, floor, value), 1.5)
}

/// The same, each waited for by an executor of the caller's own: floor and value both cross threads twice.
fn on_another_thread() -> Row {
    let floor = Arc::new(std::sync::Mutex::new(floor("payment")));
    let runtime = runtime("payment");
    let client = Builder::new_current_thread().build().expect("a client");
    let guests = Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .expect("a thread");
    let floor = || {
        micros_each(RUNS, || {
            let floor = Arc::clone(&floor);
            let run = guests.spawn(async move { floor.lock().expect("one at a time").run(PAY) });
            drop(client.block_on(run));
        })
    };
    let value = || micros_each(RUNS, || must(client.block_on(runtime.perform(pay()))));
    Row::ratio(ELSEWHERE, "µs", &Pairs::measure(PAIRS, floor, value), 1.5)
}

/// One more `view` in a run that has made many: a run of many less a run of none, for each.
fn later_call() -> Row {
    let mut floor = floor("looker");
    let runtime = runtime("looker");
    let task = |times: u32| format!(r#"{{"path":"/accounts/alice/usd","times":{times}}}"#);
    let (many, none) = (task(LOOKS), task(0));
    let per_look = |many: f64, none: f64| (many - none) * 1e3 / f64::from(LOOKS);
    let floor = || {
        let none = micros_each(1, || drop(floor.run(&none)));
        per_look(micros_each(1, || drop(floor.run(&many))), none)
    };
    let look = |task: &str| {
        micros_each(1, || {
            must(runtime.perform_blocking(Request::run("looker", task).caller(alice())))
        })
    };
    let value = || per_look(look(&many), look(&none));
    Row::ratio(
        "later VAL call (view)",
        "ns",
        &Pairs::measure(PAIRS, floor, value),
        2.5,
    )
}

pub(crate) fn pay() -> Request {
    Request::run("payment", PAY).caller(alice())
}

fn alice() -> CallerId {
    "alice".parse().expect("a caller")
}

/// A caller pays out of an account of its own.
pub(crate) fn pay_own(caller: u32) -> Request {
    let (from, to) = (payer(caller), format!("/accounts/payee{caller}/usd"));
    let order = format!(r#"{{"from":"{from}","to":"{to}","amount":"0.01"}}"#);
    let caller: CallerId = format!("payer{caller}").parse().expect("a caller");
    Request::run("payment", order).caller(caller)
}

pub(crate) fn fund(runtime: &Runtime, caller: u32) {
    let money = r#"{"amount":"1000000.00"}"#;
    must(runtime.perform_blocking(Request::control(payer(caller), "mint", money)));
}

fn payer(caller: u32) -> String {
    format!("/accounts/payer{caller}/usd")
}

pub(crate) fn must(report: Report) {
    report.result.expect("the run succeeds");
}

pub(crate) fn component(name: &str) -> Component {
    Component::read(bytes(name)).expect("the guest is a component")
}

pub(crate) fn floor(program: &str) -> Floor {
    let balances = [
        ("/accounts/alice/usd", r#""1000000000.00""#),
        ("/accounts/bob/usd", r#""1.00""#),
    ];
    Floor::new(&component(program), &component("ledger"), &balances)
}

/// A warm runtime, one thread for guests as the floor has one, with money in alice's account.
pub(crate) fn runtime(program: &str) -> Runtime {
    let engine = EngineConfig {
        threads: 1,
        ..EngineConfig::default()
    };
    rich(Runtime::builder().engine(engine), program)
}

/// A runtime with a ledger for everybody's accounts, a program, and money in alice's account.
pub(crate) fn rich(builder: RuntimeBuilder, program: &str) -> Runtime {
    let runtime = bound_ledger(builder, program);
    let mint = Request::control("/accounts/alice/usd", "mint", r#"{"amount":"1000000000.00"}"#);
    let minted = runtime.perform_blocking(mint).result;
    assert!(matches!(minted, Ok(Answer::Output(_))), "{minted:?}");
    runtime
}

/// A runtime with a ledger for everybody's accounts, and a program.
pub(crate) fn bound_ledger(builder: RuntimeBuilder, program: &str) -> Runtime {
    let runtime = loaded(builder, program);
    let placement =
        Placement::new("/accounts", "ledger", r#"{"unit":"usd","scale":2}"#).owned_by(Owner::Each);
    must(runtime.perform_blocking(Request::bind(placement)));
    runtime
}

/// A runtime with the ledger and a program in service, and nothing bound.
pub(crate) fn loaded(builder: RuntimeBuilder, program: &str) -> Runtime {
    let runtime = builder.build().expect("the runtime starts");
    runtime
        .load(&component("ledger"), &[Capability::Storage].into())
        .expect("the driver loads");
    runtime
        .load(&component(program), &[].into())
        .expect("the program loads");
    runtime
}
