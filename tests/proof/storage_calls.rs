//! Every call of the storage fails once, in every way: the first, the second, until the run is through.

mod first;

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock, Mutex};

use airs_driver::Context;
use airs_runtime::{Answer, Code, Error, Placement, Request, RunId, Runtime, RuntimeBuilder};
use airs_tests::{Bench, Script, pay};
use serde_json::json;

use super::faulty::{Faulty, Way};
use super::state::{Content, differences};
use super::verdict::{Verdict, ensure, holds, misses};

/// What a caller may be told of a storage that fails.
const TOLD: [Code; 4] = [
    Code::StorageUnavailable,
    Code::StorageFull,
    Code::StorageCorrupt,
    Code::OutcomeUnknown,
];
const DOLLARS: &str = r#"{"unit":"usd","scale":2}"#;

/// A run, and what is there before it.
struct Scenario {
    name: &'static str,
    caller: &'static str,
    request: fn() -> Request,
    /// Whether somebody else changes what the first attempt reads.
    rivalled: bool,
    /// Whether the run has an id.
    has_id: bool,
}

const fn scenario(name: &'static str, caller: &'static str, request: fn() -> Request) -> Scenario {
    Scenario {
        name,
        caller,
        request,
        rivalled: false,
        has_id: false,
    }
}

/// The ids of a run that is to be made, and of one that was.
static IDS: LazyLock<[RunId; 2]> = LazyLock::new(|| [Runtime::new_id(), Runtime::new_id()]);

const SCENARIOS: [Scenario; 14] = [
    scenario("a payment", "alice", || pay("bob", "2.50")),
    Scenario {
        rivalled: true,
        ..scenario("a payment that meets a conflict first", "alice", || {
            pay("bob", "2.50")
        })
    },
    Scenario {
        has_id: true,
        ..scenario("a payment with an id", "alice", || pay("bob", "2.50").id(IDS[0]))
    },
    Scenario {
        has_id: true,
        ..scenario("a payment that was made already", "alice", || {
            pay("bob", "1.00").id(IDS[1])
        })
    },
    scenario("a mint", "operator", || {
        Request::control("/accounts/alice/usd", "mint", r#"{"amount":"1"}"#)
    }),
    scenario("a look", "alice", || Request::view("/accounts/alice/usd")),
    scenario("a bind", "operator", || {
        Request::bind(Placement::new("/accounts/alice/more", "ledger", DOLLARS))
    }),
    scenario("an unbind", "operator", || Request::unbind("/empty")),
    scenario("two drivers", "alice", || {
        let script = Script::new()
            .intend("~/usd", "debit")
            .intend("/accounts/bob/usd", "credit");
        let script = script.transfer(0, 1, "1").intend("/probe", "debit credit");
        script.transfer(2, 2, "1").request()
    }),
    scenario("a search, and a write", "operator", || {
        let script = Script::new()
            .intend("/probe", "control")
            .control(0, "scan", json!("k/"));
        script.control(0, "set", json!(["k/4", "x"])).request()
    }),
    scenario("many keys at once, and a deletion", "operator", || {
        let script = Script::new().intend("/probe", "control");
        let script = script.control(0, "many", json!(["k/1", "k/2", "nothing"]));
        script.control(0, "delete", json!("k/1")).request()
    }),
    scenario("a call that is refused in between", "alice", || {
        let script = Script::new().stubborn().intend("~/usd", "debit");
        let script = script
            .intend("/accounts/bob/usd", "credit")
            .transfer(0, 1, "1000");
        script.transfer(0, 1, "1").request()
    }),
    scenario("a release that writes", "alice", || {
        let script = Script::new()
            .intend("/noted/1", "view")
            .intend("/noted/2", "view");
        script.view(0).release("done", 0).release("forget", 1).request()
    }),
    scenario("twenty transfers", "alice", || {
        let script = Script::new()
            .intend("~/usd", "debit")
            .intend("/accounts/bob/usd", "credit");
        (0..20)
            .fold(script, |script, _| script.transfer(0, 1, "0.01"))
            .request()
    }),
];

/// The bench, and the storage of its context. One at a time: a storage fails for all.
static STAGE: LazyLock<Mutex<(Bench, Arc<Faulty>, Content)>> = LazyLock::new(|| {
    let faulty = Arc::new(Faulty::new());
    let context = Context::new("faulty".parse().unwrap(), Arc::clone(&faulty) as _);
    let guests = ["ledger", "payment", "probe", "probe-driver"];
    // Whoever looks for old answers behind a run would make calls of the storage that are not the run's.
    let set_up = |builder: RuntimeBuilder| builder.forget_answers_when_asked().prepared(context);
    let bench = Bench::alone(&guests, set_up).within("faulty");
    bench.fund("100.00");
    bench.bind("/empty", "ledger", DOLLARS, "alice").unwrap();
    bench
        .bind_as("operator", "/probe", "probe-driver", "{}", "alice")
        .unwrap();
    bench
        .bind("/noted", "probe-driver", r#"{"note":true}"#, "alice")
        .unwrap();
    bench.ask("alice", pay("bob", "1.00").id(IDS[1])).unwrap();
    for key in ["k/1", "k/2", "k/3"] {
        bench
            .control("/probe", "set", &json!([key, "x"]).to_string())
            .unwrap();
    }
    let content = faulty.content();
    Mutex::new((bench, faulty, content))
});

/// Lets one scenario through, failing each of its calls once in this way; says how many there were, and notes what
/// was told of them.
fn sweep(scenario: &Scenario, way: Way, told: &mut BTreeSet<Code>) -> Result<usize, String> {
    let stage = STAGE.lock().unwrap();
    let (bench, faulty, before) = &*stage;
    let perform = || bench.perform(scenario.caller, (scenario.request)());
    let run = || perform().result;
    faulty.reset(before);
    faulty.arm(None, scenario.rivalled);
    let report = perform();
    let by_itself = report.result;
    by_itself.map_err(|error| format!("{} fails by itself: {error}", scenario.name))?;
    ensure!(
        report.attempts == 1 + u32::from(scenario.rivalled),
        "{}: {} attempts",
        scenario.name,
        report.attempts
    );
    let (after, calls) = (faulty.content(), faulty.calls());
    for call in 1..=calls {
        let case = format!("{}, {way:?} in call {call} of {calls}", scenario.name);
        faulty.reset(before);
        faulty.arm(Some((call, way)), scenario.rivalled);
        let result = run();
        let found = faulty.content();
        told.extend(result.as_ref().err().map(Error::code));
        let is_done = done(&case, &result, &found, [before, &after])?;
        ensure!(bench.runtime.is_idle(), "{case}: something is still held");
        faulty.arm(None, false);
        // With an id also what was done may be asked for again, and is done once.
        if !is_done || scenario.has_id {
            run().map_err(|error| format!("{case}: it cannot be done again: {error}"))?;
            let strays = differences(&after, &faulty.content());
            ensure!(strays.is_empty(), "{case}: done again, {strays:?} differ");
        }
    }
    Ok(calls)
}

/// Whether a run with this answer was done. What is found has to be all of what it does, or nothing.
fn done(
    case: &str,
    result: &Result<Answer, Error>,
    found: &Content,
    [before, after]: [&Content; 2],
) -> Result<bool, String> {
    let is_done = match result {
        Ok(_) => true,
        // Either; the storage knows.
        Err(error) if error.code() == Code::OutcomeUnknown => found == after,
        Err(error) => {
            ensure!(TOLD.contains(&error.code()), "{case}: {}: {error}", error.code());
            false
        }
    };
    let strays = differences(if is_done { after } else { before }, found);
    ensure!(
        strays.is_empty(),
        "{case}: answered {result:?}, and {strays:?} differ"
    );
    Ok(is_done)
}

/// Also sees that each of these was told at least once.
fn every_call_may_fail(ways: &[Way], expected: &[Code]) -> Verdict {
    let (mut faults, mut told) = (0, BTreeSet::new());
    for scenario in &SCENARIOS {
        for way in ways {
            faults += sweep(scenario, *way, &mut told)?;
        }
    }
    ensure!(
        expected.iter().all(|code| told.contains(code)),
        "only these were told: {told:?}"
    );
    let of_first_commits = first::every_call_may_fail(ways, &mut told)?;
    Ok(json!({
        "scenarios": SCENARIOS.len(),
        "faults": faults,
        "faults of first commits": of_first_commits,
    }))
}

const NAME: &str = "every call of the storage fails";

#[test]
fn whatever_call_of_the_storage_fails_a_run_is_whole_or_not_there() {
    let ways = [Way::Unavailable, Way::Full, Way::Lost, Way::AnswerLost];
    holds(NAME, SCENARIOS.len(), |_| every_call_may_fail(&ways, &TOLD));
}

#[test]
fn a_storage_that_breaks_its_word_is_noticed() {
    let heard = [" differ"];
    misses(NAME, "over a storage that lies", &heard, SCENARIOS.len(), |_| {
        every_call_may_fail(&[Way::Lie], &[])
    });
}
