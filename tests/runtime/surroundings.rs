//! What an embedder puts in place of time, chance and the state, and who is asked before calls.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use airs_runtime::storage::Memory;
use airs_runtime::{
    Clock, Code, Error, GuestCall, Interposed, Interposer, Name, Random, Request, RunId, Runtime,
    RuntimeBuilder,
};
use airs_tests::{Bench, Script, pay};

/// What an interposer has seen, and what it makes of the call with this number.
#[derive(Clone, Default)]
struct Gate(Arc<Mutex<Plan>>);

#[derive(Default)]
struct Plan {
    seen: Vec<String>,
    refused: Option<(usize, Interposed)>,
}

impl Interposer for Gate {
    fn before(&self, call: &GuestCall<'_>) -> Interposed {
        let mut plan = self.0.lock().unwrap();
        plan.seen
            .push(format!("{} {}#{}", call.component, call.function, call.attempt));
        match &plan.refused {
            Some((at, what)) if *at == plan.seen.len() => what.clone(),
            _ => Interposed::Passed,
        }
    }
}

/// What a payment meets when the interposer does this at one of its calls, what alice has afterwards, and the calls.
fn payment(
    bench: &Bench,
    gate: &Gate,
    refused: Option<(usize, Interposed)>,
) -> (Result<String, Error>, String, Vec<String>) {
    let seen = Vec::new();
    *gate.0.lock().unwrap() = Plan { seen, refused };
    let outcome = bench.ask("alice", pay("bob", "1.00"));
    let calls = std::mem::take(&mut *gate.0.lock().unwrap()).seen;
    (outcome, bench.balance("/accounts/alice/usd"), calls)
}

#[test]
fn an_interposer_is_asked_before_each_call_and_decides() {
    let gate = Gate::default();
    let bench = Bench::alone(&["ledger", "payment"], |builder| builder.interpose(gate.clone()));
    bench.fund("100.00");
    let (outcome, left, calls) = payment(&bench, &gate, None);
    outcome.unwrap();
    assert_eq!(left, "99.00");
    let verbs = ["intend", "intend", "transfer", "done", "done"];
    let verbs = verbs.map(|verb| format!("ledger {verb}#1"));
    assert_eq!(
        (&calls[0], &calls[1..]),
        (&"payment run#1".to_owned(), &verbs[..])
    );
    for at in 1..=4 {
        for (code, what) in [
            (Code::Rejected, Interposed::Refused as fn(Error) -> Interposed),
            (Code::Trap, Interposed::Fault),
        ] {
            let refused = what(Error::new(code, "the books are closed"));
            let (outcome, left, calls) = payment(&bench, &gate, Some((at, refused)));
            assert_eq!(
                (outcome.unwrap_err().code(), left.as_str()),
                (code, "99.00"),
                "{at}"
            );
            if code == Code::Trap {
                // Nothing is called after it.
                assert_eq!(calls.len(), at);
            }
        }
    }
}

struct Standing(SystemTime);

impl Clock for Standing {
    fn now(&self) -> SystemTime {
        self.0
    }
}

/// So long after 1970.
#[derive(Clone, Default)]
struct Set(Arc<Mutex<Duration>>);

impl Clock for Set {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + *self.0.lock().unwrap()
    }
}

/// Seeds that count.
struct Counting(AtomicU32);

impl Random for Counting {
    fn seed(&self) -> [u8; 32] {
        let mut seed = [0; 32];
        seed[..4].copy_from_slice(&self.0.fetch_add(1, Ordering::Relaxed).to_le_bytes());
        seed
    }
}

#[test]
fn time_and_chance_are_what_an_embedder_says() {
    let later = UNIX_EPOCH + Duration::from_secs(60);
    let world = |seeds: u32| {
        let bench = Bench::alone(&["probe"], |builder| {
            builder.clock(Standing(later)).random(Counting(seeds.into()))
        });
        let world = || bench.play("alice", &Script::new().act("world")).unwrap()[0]["ok"].clone();
        let (first, second) = (world(), world());
        assert_eq!(first["time"], "60000000000");
        assert_ne!(first["chance"], second["chance"]);
        (first["chance"].clone(), second["chance"].clone())
    };
    let (first, second) = world(0);
    assert_eq!(world(0), (first, second.clone()));
    assert_eq!(world(1).0, second);
}

#[test]
fn the_age_of_an_id_is_counted_by_the_embedders_clock() {
    let clock = Set::default();
    let bench = Bench::alone(&[], |builder| builder.clock(clock.clone()));
    let asked = |id| {
        bench
            .perform("alice", Request::bindings().id(id))
            .result
            .map(drop)
    };
    let code = |id| asked(id).map_err(|error| error.code());
    let early = RunId::new(0, 1);
    assert_eq!(asked(early), Ok(()));
    // The time of this machine has not come there.
    assert_eq!(code(Runtime::new_id()), Err(Code::InvalidInput));
    *clock.0.lock().unwrap() = Duration::from_secs(25 * 60 * 60);
    assert_eq!(code(early), Err(Code::IdExpired));
    assert_eq!(asked(RunId::new(25 * 60 * 60 * 1_000, 1)), Ok(()));
}

#[test]
fn a_state_may_be_kept_by_a_storage_of_ones_own() {
    let name: Name = "shop".parse().unwrap();
    let over = |builder: RuntimeBuilder| builder.context_in(name.clone(), Memory::new());
    let runtime: Runtime = over(Runtime::builder()).build().unwrap();
    let report = runtime.perform_blocking(Request::bindings().context(name.clone()));
    assert!(report.result.is_ok());
    let elsewhere = runtime.perform_blocking(Request::bindings().context("local".parse().unwrap()));
    assert_eq!(elsewhere.result.unwrap_err().code(), Code::NotFound);
}
