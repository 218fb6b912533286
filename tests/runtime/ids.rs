//! Runs with an id happen once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use airs_driver::Context;
use airs_platform::{Memory, Range, Storage};
use airs_runtime::{
    ANSWER_BYTES_MAX, Answer, Code, ID_AHEAD_MAX, Limits, Name, Owner, Placement, Report, Request, RunId,
    Runtime, State,
};
use airs_tests::{Bench, Script, component_with, pay};
use serde_json::json;

pub(crate) const HOUR: Duration = Duration::from_secs(60 * 60);

/// An id that was made so long ago.
pub(crate) fn made(ago: Duration) -> RunId {
    let time = SystemTime::now() - ago;
    let time = time.duration_since(UNIX_EPOCH).unwrap().as_millis();
    RunId::new(time.try_into().unwrap(), u128::from_be_bytes(fresh()))
}

fn fresh() -> [u8; 16] {
    Runtime::new_id().to_bytes()
}

fn code(report: Report) -> Code {
    report.result.unwrap_err().code()
}

#[test]
fn the_same_id_twice_does_it_once() {
    let bench = Bench::with_dollars("10.00");
    let id = Runtime::new_id();
    let first = bench.perform("alice", pay("bob", "2.50").id(id));
    let again = bench.perform("alice", pay("bob", "2.50").id(id));
    assert!(!first.replayed && again.replayed);
    assert_eq!(first.result.unwrap(), again.result.unwrap());
    assert_eq!((first.run, again.run), (id.to_string(), id.to_string()));
    assert_eq!(bench.dollars(["alice", "bob"]), ["7.50", "2.50"]);
}

#[test]
fn an_id_belongs_to_one_request_of_one_caller_in_one_context() {
    let bench = Bench::with_dollars("10.00");
    let id = Runtime::new_id();
    bench.perform("alice", pay("bob", "2").id(id)).result.unwrap();
    for other in [
        pay("bob", "2.00"),
        pay("carol", "2"),
        Request::run("probe", r#"{"steps":[]}"#),
        Request::view("/accounts/alice/usd"),
        Request::bindings(),
    ] {
        let report = bench.perform("alice", other.id(id));
        assert_eq!((report.attempts, code(report)), (1, Code::IdReused));
    }
    assert_eq!(bench.dollars(["alice", "bob"]), ["8.00", "2.00"]);
    // Others have never heard of it.
    let of_bob = bench.perform("bob", pay("alice", "1").id(id));
    assert!(of_bob.result.is_ok() && !of_bob.replayed);
    let elsewhere = Bench::with_dollars("1.00");
    let there = elsewhere.perform("alice", pay("bob", "1").id(id));
    assert!(there.result.is_ok() && !there.replayed);
}

#[test]
fn a_run_that_was_not_committed_uses_no_id_up() {
    let bench = Bench::with_dollars("1.00");
    let id = Runtime::new_id();
    let poor = bench.perform("alice", pay("bob", "5").id(id));
    assert_eq!(code(poor), Code::InsufficientFunds);
    let failing = Script::new().intend("~/usd", "view").act("panic").request();
    assert_eq!(code(bench.perform("alice", failing.id(id))), Code::Trap);
    bench.mint("/accounts/alice/usd", "9").unwrap();
    let rich = bench.perform("alice", pay("bob", "5").id(id));
    assert!(rich.result.is_ok() && !rich.replayed);
    assert_eq!(bench.dollars(["alice", "bob"]), ["5.00", "5.00"]);
}

#[test]
fn of_two_with_one_id_at_once_one_does_it_and_the_other_has_its_answer() {
    let bench = Bench::with_dollars("10.00");
    let id = Runtime::new_id();
    let script = Script::new()
        .intend("~/usd", "debit")
        .intend("/accounts/bob/usd", "view credit")
        .transfer(0, 1, "1")
        .log("the same is asked for again")
        .view(1);
    let (other, inner, times) = (bench.again(), script.clone(), AtomicU32::new(0));
    bench.at("the same is asked for again", move || {
        if times.fetch_add(1, Ordering::SeqCst) == 0 {
            let report = other.perform("alice", inner.request().id(id));
            assert!(report.result.is_ok() && !report.replayed);
        }
    });
    let report = bench.perform("alice", script.request().id(id));
    assert_eq!((report.attempts, report.replayed), (2, true));
    let Answer::Output(output) = report.result.unwrap() else {
        panic!("a program answers with output");
    };
    assert!(output.contains("1.00"), "{output}");
    assert_eq!(bench.dollars(["alice", "bob"]), ["9.00", "1.00"]);
}

#[test]
fn a_crowd_with_one_id_has_one_effect_and_one_answer() {
    let bench = Bench::with_dollars("10.00");
    let id = Runtime::new_id();
    let reports: Vec<Report> = thread::scope(|scope| {
        let ask = || scope.spawn(|| bench.perform("alice", pay("bob", "0.01").id(id)));
        let askers: Vec<_> = (0..32).map(|_| ask()).collect();
        askers.into_iter().map(|asker| asker.join().unwrap()).collect()
    });
    let done = reports.iter().filter(|report| !report.replayed).count();
    assert_eq!(done, 1);
    let first = reports[0].result.clone().unwrap();
    assert!(reports.iter().all(|report| report.result == Ok(first.clone())));
    assert_eq!(bench.dollars(["bob"]), ["0.01"]);
}

#[test]
fn every_kind_of_request_may_have_an_id() {
    let bench = Bench::new();
    let placement =
        Placement::new("/accounts", "ledger", r#"{"unit":"usd","scale":2}"#).owned_by(Owner::Each);
    let twice = |request: Request| {
        let id = Runtime::new_id();
        let first = bench.perform("operator", request.clone().id(id));
        let first = first.result.unwrap();
        let again = bench.perform("operator", request.id(id));
        assert!(again.replayed);
        assert_eq!(again.result.unwrap(), first);
    };
    twice(Request::bind(placement));
    twice(Request::control(
        "/accounts/alice/usd",
        "mint",
        r#"{"amount":"5"}"#,
    ));
    twice(Request::view("/accounts/alice/usd"));
    twice(Request::bindings());
    assert_eq!(bench.dollars(["alice"]), ["5.00"]);
    bench
        .control("/accounts/alice/usd", "burn", r#"{"amount":"5"}"#)
        .unwrap();
    twice(Request::unbind("/accounts"));
    let bindings = bench.ask("operator", Request::bindings()).unwrap();
    assert_eq!(bindings, "Bindings([])");
}

#[test]
fn the_answer_to_a_look_stays_what_it_was() {
    let bench = Bench::with_dollars("10.00");
    let id = Runtime::new_id();
    let look = || Request::view("/accounts/alice/usd").id(id);
    let first = bench.ask("alice", look()).unwrap();
    bench.ask("alice", pay("bob", "4")).unwrap();
    assert_eq!(
        (first.as_str(), bench.ask("alice", look()).unwrap().as_str()),
        ("10.00", "10.00")
    );
}

#[test]
fn an_answer_outlives_the_program_the_binding_and_the_runtime() {
    let folder = tempfile::tempdir().unwrap();
    let on = |guests: &[&str]| Bench::alone(guests, |builder| builder.state(State::folder(folder.path())));
    let (paid, bound) = (Runtime::new_id(), Runtime::new_id());
    let placement = Placement::new("/more", "ledger", r#"{"unit":"usd","scale":2}"#);
    let bind = || Request::bind(placement.clone()).id(bound);
    {
        let bench = on(&["ledger", "payment"]);
        bench.fund("10.00");
        bench.perform("alice", pay("bob", "1").id(paid)).result.unwrap();
        bench.perform("operator", bind()).result.unwrap();
        bench.runtime.unload(&"payment".parse().unwrap()).unwrap();
        assert!(bench.perform("alice", pay("bob", "1").id(paid)).replayed);
        bench.ask("operator", Request::unbind("/more")).unwrap();
        bench.runtime.unload(&"ledger".parse().unwrap()).unwrap();
    }
    let bench = on(&[]);
    let again = bench.perform("alice", pay("bob", "1").id(paid));
    assert!(again.replayed && again.result.is_ok(), "{again:?}");
    assert!(matches!(
        bench.perform("operator", bind()).result,
        Ok(Answer::Bound(..))
    ));
    // What never happened needs its program.
    let new = bench.perform("alice", pay("bob", "1").id(Runtime::new_id()));
    assert_eq!(code(new), Code::NotFound);
}

#[test]
fn an_id_that_is_too_old_or_ahead_is_refused_before_anything_runs() {
    let bench = Bench::with_dollars("10.00");
    let minute = Duration::from_secs(60);
    let asked = |id| bench.perform("alice", pay("bob", "1").id(id));
    for (id, expected) in [
        (made(24 * HOUR + minute), Code::IdExpired),
        (RunId::new(0, 1), Code::IdExpired),
        (RunId::new(u64::MAX >> 16, 0), Code::InvalidInput),
    ] {
        let report = asked(id);
        assert_eq!((report.attempts, code(report)), (0, expected), "{id}");
    }
    let now_ms = Runtime::new_id().time_ms();
    let ahead_ms = u64::try_from(ID_AHEAD_MAX.as_millis()).unwrap();
    let far = RunId::new(now_ms + ahead_ms + 60_000, 0);
    assert_eq!(code(asked(far)), Code::InvalidInput);
    for good in [
        made(24 * HOUR - minute),
        RunId::new(now_ms + ahead_ms - 60_000, 0),
    ] {
        assert!(!asked(good).replayed && asked(good).replayed);
    }
    assert_eq!(bench.dollars(["bob"]), ["2.00"]);
}

/// A context over a folder, whose answers are kept for so long.
fn keeping(folder: &tempfile::TempDir, time: Duration) -> Bench {
    Bench::alone(&["ledger", "payment"], |builder| {
        builder.state(State::folder(folder.path())).keep_answers_for(time)
    })
}

fn forget(bench: &Bench) -> usize {
    let executor = tokio::runtime::Builder::new_current_thread().build().unwrap();
    executor.block_on(bench.runtime.forget_expired_answers()).unwrap()
}

#[test]
fn old_answers_go_and_their_ids_are_not_accepted_again() {
    let folder = tempfile::tempdir().unwrap();
    let (old, young) = (made(2 * HOUR), made(HOUR / 2));
    {
        let bench = keeping(&folder, 24 * HOUR);
        bench.fund("10.00");
        // More than are removed at once.
        for _ in 0..150 {
            let request = pay("bob", "0.01").id(made(3 * HOUR));
            bench.perform("alice", request).result.unwrap();
        }
        for id in [old, young] {
            bench.perform("alice", pay("bob", "1").id(id)).result.unwrap();
        }
        assert_eq!(forget(&bench), 0);
        assert!(bench.perform("alice", pay("bob", "1").id(old)).replayed);
    }
    {
        let bench = keeping(&folder, HOUR);
        assert_eq!(
            code(bench.perform("alice", pay("bob", "1").id(old))),
            Code::IdExpired
        );
        assert_eq!((forget(&bench), forget(&bench)), (151, 0));
        assert!(bench.perform("alice", pay("bob", "1").id(young)).replayed);
    }
    // Whoever keeps answers longer, or whose clock went back, does not know what became of it.
    let bench = keeping(&folder, 24 * HOUR);
    let report = bench.perform("alice", pay("bob", "1").id(old));
    assert_eq!((report.attempts, code(report)), (1, Code::IdExpired));
    assert!(bench.perform("alice", pay("bob", "1").id(young)).replayed);
    assert_eq!(bench.dollars(["alice", "bob"]), ["6.50", "3.50"]);
}

#[test]
fn a_run_with_an_id_has_old_answers_removed_behind_it() {
    let memory = Arc::new(Memory::new());
    let keeping = |time| {
        let context = Context::new(Name::local(), Arc::clone(&memory) as _);
        Bench::alone(&["ledger", "payment"], |builder| {
            builder.prepared(context).keep_answers_for(time)
        })
    };
    let old = [3 * HOUR, 3 * HOUR, 2 * HOUR].map(made);
    {
        let bench = keeping(24 * HOUR);
        bench.fund("10.00");
        for id in old {
            bench.perform("alice", pay("bob", "1").id(id)).result.unwrap();
        }
    }
    assert!(old.iter().all(|id| is_kept(&memory, *id)));
    let new = Runtime::new_id();
    {
        let bench = keeping(HOUR);
        bench.perform("alice", pay("bob", "1").id(new)).result.unwrap();
        // It happens in the background.
        let started = Instant::now();
        while old.iter().any(|id| is_kept(&memory, *id)) {
            assert!(started.elapsed().as_secs() < 30, "old answers stay");
            thread::yield_now();
        }
        assert_eq!(forget(&bench), 0);
    }
    assert!(is_kept(&memory, new));
    let longer = keeping(24 * HOUR);
    for id in old {
        let report = longer.perform("alice", pay("bob", "1").id(id));
        assert_eq!(code(report), Code::IdExpired);
    }
    assert!(longer.perform("alice", pay("bob", "1").id(new)).replayed);
}

/// Whether there is a row of this id.
fn is_kept(memory: &Memory, id: RunId) -> bool {
    let executor = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let all = Range {
        prefix: Vec::new(),
        after: None,
        limit: u32::MAX,
    };
    let page = executor.block_on(async { memory.snapshot().await.unwrap().scan(&all).await.unwrap() });
    let id = id.to_bytes();
    let is_of_it = |key: &[u8]| key.windows(id.len()).any(|part| part == id);
    page.entries.iter().any(|entry| is_of_it(&entry.key))
}

#[test]
fn an_answer_that_is_too_long_to_be_kept_fails_its_run() {
    let bench = Bench::new();
    bench.bind("/probe", "probe-driver", "{}", "alice").unwrap();
    let asking = |bytes: usize| {
        Script::new()
            .intend("/probe", "control")
            .control(0, "fill", json!([1, bytes]))
            .control(0, "get", json!("fill/0"))
            .request()
    };
    let too_long = bench.perform("operator", asking(ANSWER_BYTES_MAX).id(Runtime::new_id()));
    let error = too_long.result.unwrap_err();
    assert_eq!(error.code(), Code::LimitExceeded, "{error}");
    assert_eq!(bench.control("/probe", "get", r#""fill/0""#).unwrap(), "null");
    let long = bench.perform("operator", asking(ANSWER_BYTES_MAX - 1_000).id(Runtime::new_id()));
    assert!(long.result.is_ok());
    bench
        .perform("operator", asking(ANSWER_BYTES_MAX))
        .result
        .unwrap();
}

#[test]
fn an_answer_counts_as_written() {
    let small = |builder: airs_runtime::RuntimeBuilder| {
        builder.limits(Limits {
            storage_write_bytes: 2_000,
            ..Limits::default()
        })
    };
    let bench = Bench::alone(&["probe"], small);
    let saying = |bytes: usize| Script::new().intend(&format!("/{}", "x".repeat(bytes)), "view");
    assert!(bench.play("alice", &saying(300).stubborn()).is_ok());
    let many = (0..100).fold(Script::new().stubborn(), |script, _| script.act("count"));
    assert!(bench.play("alice", &many).is_ok());
    let report = bench.perform("alice", many.request().id(Runtime::new_id()));
    assert!(report.result.is_ok(), "{report:?}");
    let more = (0..400).fold(Script::new().stubborn(), |script, _| script.act("count"));
    let report = bench.perform("alice", more.request().id(Runtime::new_id()));
    let error = report.result.unwrap_err();
    assert_eq!(error.code(), Code::LimitExceeded, "{error}");
    assert!(error.message().contains("storage_write_bytes"), "{error}");
}

#[test]
fn what_a_run_with_an_id_has_read_is_checked_even_when_it_only_looked() {
    let bench = Bench::with_dollars("10.00");
    let (other, times) = (bench.again(), AtomicU32::new(0));
    bench.at("money moves while it looks", move || {
        if times.fetch_add(1, Ordering::SeqCst) == 0 {
            other.ask("alice", pay("bob", "4")).unwrap();
        }
    });
    let script = Script::new()
        .intend("~/usd", "view")
        .view(0)
        .log("money moves while it looks");
    let report = bench.perform("alice", script.request().id(Runtime::new_id()));
    assert_eq!((report.attempts, report.replayed), (2, false));
    assert!(matches!(report.result, Ok(Answer::Output(output)) if output.contains("6.00")));
}

#[test]
fn a_replay_is_reported_as_one() {
    use std::sync::Mutex;
    let replays = Arc::new(Mutex::new(Vec::new()));
    let noting = Arc::clone(&replays);
    let bench = Bench::alone(&[], |builder| {
        builder.on_event(move |event| {
            if let airs_runtime::Event::RunEnded { run, replayed, .. } = event {
                noting.lock().unwrap().push(((*run).to_owned(), *replayed));
            }
        })
    });
    let id = Runtime::new_id();
    for _ in 0..2 {
        bench.perform("alice", Request::bindings().id(id)).result.unwrap();
    }
    let expected = [(id.to_string(), false), (id.to_string(), true)];
    assert_eq!(*replays.lock().unwrap(), expected);
}

#[test]
fn answers_cannot_be_kept_for_ever() {
    let error = Runtime::builder()
        .keep_answers_for(Duration::from_secs(400 * 24 * 60 * 60))
        .build()
        .unwrap_err();
    assert_eq!(error.code(), Code::InvalidConfig);
}

#[test]
fn a_name_can_change_its_meaning_and_an_id_does_not_care() {
    let bench = Bench::new();
    let named = |guest: &str| {
        component_with(guest, |manifest| {
            manifest.name = "renamed-later".parse().unwrap();
        })
    };
    let script = Script::new().act("count");
    let id = Runtime::new_id();
    bench.load(&named("probe"));
    let asked = || Request::run("renamed-later", script.input()).id(id);
    let first = bench.perform("alice", asked()).result.unwrap();
    bench.load(&named("payment"));
    let again = bench.perform("alice", asked());
    assert_eq!((again.replayed, again.result), (true, Ok(first)));
}
