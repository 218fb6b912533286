//! Everything that a test can do.

use std::thread;
use std::time::{Duration, UNIX_EPOCH};

use airs::{Code, Error, Result, json};
use airs_testing::{Builder, Event, Fault, Loss, Owner, Response, Runtime};

const MINUTE: u64 = 60;

fn bound_by(runtime: &Runtime) -> Result<()> {
    runtime.bind("/watch", "NAME-watch", json!(null), Owner::from("alice"), &["alice", "operator"])
}

fn bound(runtime: Runtime) -> Result<Runtime> {
    bound_by(&runtime)?;
    Ok(runtime)
}

fn watch() -> Result<Runtime> {
    bound(Runtime::new()?)
}

fn told(runtime: &Runtime, operation: &str) -> Result<String> {
    let answer = runtime.caller("alice").control("/watch", operation, json!(null))?;
    Ok(answer.to_string())
}

fn code<T: std::fmt::Debug>(outcome: Result<T>) -> Code {
    outcome.unwrap_err().code
}

#[test]
fn time_stands_still_where_it_was_put() -> Result<()> {
    let runtime = watch()?;
    assert_eq!(told(&runtime, "time")?, "1767225600");
    runtime.set_now(UNIX_EPOCH + Duration::from_secs(60))?;
    assert_eq!(told(&runtime, "time")?, MINUTE.to_string());
    let early = bound(Runtime::builder().now(UNIX_EPOCH).start()?)?;
    assert_eq!(told(&early, "time")?, "0");
    Ok(())
}

#[test]
fn chance_is_the_same_in_each_test_and_other_in_each_run() -> Result<()> {
    let numbers = |seed| {
        let runtime = bound(Runtime::builder().seed(seed).start()?)?;
        Ok([told(&runtime, "number")?, told(&runtime, "number")?])
    };
    let (first, again, other): (Result<[String; 2]>, _, _) = (numbers(1), numbers(1), numbers(2));
    let (first, other) = (first?, other?);
    assert_eq!(first, again?);
    assert_ne!(first[0], first[1]);
    assert_ne!(first[0], other[0]);

    let runtime = watch()?;
    runtime.set_seed(5)?;
    let five = told(&runtime, "number")?;
    runtime.set_seed(5)?;
    assert_eq!(told(&runtime, "number")?, five);

    // Whatever else is in service, and however the seed was set.
    let first = |runtime: Runtime| {
        let number = |_| told(&runtime, "number");
        bound_by(&runtime).and_then(number)
    };
    let five = |builder: Builder| first(builder.seed(5).start()?);
    let set = Runtime::new()?;
    set.set_seed(5)?;
    let expected = first(set)?;
    assert_eq!(five(Runtime::builder())?, expected);
    assert_eq!(five(Runtime::builder().only(&["NAME-watch"]))?, expected);
    assert_eq!(five(Runtime::builder().context("shop").context("guests"))?, expected);
    Ok(())
}

#[test]
fn a_trap_ends_the_run_and_nothing_of_it_remains() -> Result<()> {
    let runtime = watch()?;
    runtime.inject(Fault::trap("NAME-watch", "control").after(1))?;
    assert_eq!(told(&runtime, "count")?, "1");
    assert_eq!(code(told(&runtime, "count")), Code::Trap);
    assert_eq!(told(&runtime, "count")?, "2");
    // A program's, too.
    runtime.inject(Fault::trap("NAME-bump", "run"))?;
    let alice = runtime.caller("alice");
    assert_eq!(code(alice.run("NAME-bump", json!("count"))), Code::Trap);
    assert_eq!(alice.run("NAME-bump", json!("count"))?.as_str(), "\"3\"");
    // And one of its own says where.
    let error = told(&runtime, "panic").unwrap_err();
    assert_eq!(error.code, Code::Trap);
    assert!(error.message.contains("src/lib.rs"), "{error}");
    Ok(())
}

#[test]
fn a_refusal_is_the_drivers_own() -> Result<()> {
    let runtime = watch()?;
    let closed = Error::rejected("closed").hint("come tomorrow");
    runtime.inject(Fault::refuse("NAME-watch", "intend", closed.clone()).times(2))?;
    assert_eq!(told(&runtime, "count").unwrap_err(), closed);
    assert_eq!(runtime.view("/watch").unwrap_err(), closed);
    assert_eq!(told(&runtime, "count")?, "1");
    Ok(())
}

#[test]
fn the_state_fails_where_it_is_told_to() -> Result<()> {
    let runtime = watch()?;
    for (fault, expected) in [
        (Fault::read(), Code::StorageUnavailable),
        (Fault::corrupt(), Code::StorageCorrupt),
        (Fault::commit(Loss::Unavailable), Code::StorageUnavailable),
        (Fault::commit(Loss::Full), Code::StorageFull),
        (Fault::commit(Loss::Commit), Code::OutcomeUnknown),
    ] {
        runtime.inject(fault)?;
        assert_eq!(code(told(&runtime, "count")), expected);
    }
    assert_eq!(told(&runtime, "count")?, "1");
    runtime.inject(Fault::commit(Loss::Answer))?;
    assert_eq!(code(told(&runtime, "count")), Code::OutcomeUnknown);
    assert_eq!(told(&runtime, "count")?, "3");
    Ok(())
}

#[test]
fn a_conflict_is_another_attempt() -> Result<()> {
    let runtime = watch()?;
    runtime.inject(Fault::commit(Loss::Conflict).times(2))?;
    assert_eq!(told(&runtime, "count")?, "1");
    let events = runtime.events()?;
    let loaded = |event: &Event| matches!(event, Event::Loaded(loaded) if loaded.component == "NAME-bump");
    assert!(events.iter().any(loaded));
    assert!(!events.contains(&Event::Other));
    let attempts = events.iter().filter_map(|event| match event {
        Event::RunEnded(ended) if ended.what == "control" => Some((ended.attempts, ended.failure)),
        _ => None,
    });
    assert_eq!(attempts.collect::<Vec<_>>(), [(3, None)]);
    assert_eq!(runtime.log_of("NAME-watch")?, ["[info] counted to 1"; 3]);
    runtime.inject(Fault::commit(Loss::Conflict).times(8))?;
    assert_eq!(code(told(&runtime, "count")), Code::Conflict);
    Ok(())
}

#[test]
fn a_run_with_an_id_happens_once_also_when_its_answer_was_lost() -> Result<()> {
    let runtime = watch()?;
    let alice = runtime.caller("alice").with_id(&runtime.id(1));
    runtime.inject(Fault::commit(Loss::Answer))?;
    let count = || alice.control("/watch", "count", json!(null));
    assert_eq!(count()?.as_str(), "1");
    assert_eq!(count()?.as_str(), "1");
    assert_eq!(told(&runtime, "count")?, "2");

    // The clock of the runtime decides how old an id is.
    runtime.set_now(UNIX_EPOCH + Duration::from_secs(1_767_225_600 + 25 * 60 * 60))?;
    assert_eq!(code(count()), Code::IdExpired);
    let later = runtime.caller("alice").with_id(&runtime.id(1));
    assert_eq!(later.control("/watch", "count", json!(null))?.as_str(), "3");
    Ok(())
}

#[test]
fn a_fault_comes_where_a_test_expects_it_and_nowhere_else() -> Result<()> {
    let runtime = watch()?;
    // Runs with an id leave something behind that is tidied up in time. That is no run, and nobody else reads either.
    for number in 0..20 {
        let alice = runtime.caller("alice").with_id(&runtime.id(number));
        alice.control("/watch", "count", json!(null))?;
        runtime.inject(Fault::read_of("NAME-watch").after(1))?;
        assert_eq!(runtime.view("/watch")?.data()?, (number + 1).to_string().as_bytes());
        assert_eq!(code(runtime.view("/watch")), Code::StorageUnavailable);
        runtime.inject(Fault::commit(Loss::Full))?;
        assert_eq!(runtime.faults_left()?, 1);
        assert_eq!(code(told(&runtime, "count")), Code::StorageFull);
        assert_eq!(runtime.faults_left()?, 0);
    }
    let slip = runtime.inject(Fault::trap("NAME-wacth", "control")).unwrap_err();
    assert_eq!(slip.code, Code::NotFound);
    assert!(slip.hint.unwrap_or_default().contains("NAME-watch"));
    assert_eq!(code(runtime.inject(Fault::read().times(0))), Code::InvalidInput);
    Ok(())
}

#[test]
fn events_are_told_until_they_are_taken() -> Result<()> {
    let runtime = watch()?;
    told(&runtime, "count")?;
    let all = runtime.events()?;
    assert_eq!(runtime.take_events()?, all);
    assert_eq!(runtime.events()?, []);
    Ok(())
}

#[test]
fn runs_of_several_threads_are_made_at_once() -> Result<()> {
    let runtime = watch()?;
    thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| told(&runtime, "count"))).collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap().map(drop))
    })?;
    assert_eq!(told(&runtime, "count")?, "5");
    Ok(())
}

#[test]
fn contexts_have_nothing_in_common() -> Result<()> {
    let runtime = bound(Runtime::builder().context("shop").context("guests").start()?)?;
    let guest = runtime.caller("alice").within("guests");
    let count = || guest.control("/watch", "count", json!(null));
    assert_eq!(told(&runtime, "count")?, "1");
    assert_eq!(code(count()), Code::Unbound);
    let operator = runtime.caller("operator").within("guests");
    operator.bind("/watch", "NAME-watch", json!(null), "alice", &["alice", "operator"])?;
    // Nobody else binds there, whoever asks.
    let bob = runtime.caller("bob").within("guests");
    assert_eq!(code(bob.bind("/bob", "NAME-watch", json!(null), "bob", &[])), Code::Denied);
    assert_eq!(count()?.as_str(), "1");
    assert_eq!((count()?.as_str(), told(&runtime, "count")?.as_str()), ("2", "2"));
    operator.unbind("/watch")?;
    assert_eq!(code(count()), Code::Unbound);
    assert_eq!(code(runtime.caller("alice").within("nowhere").view("/watch")), Code::NotFound);
    Ok(())
}

#[test]
fn servers_answer_what_they_were_told_to() -> Result<()> {
    const URL: &str = "https://rates.example/usd";
    let said = |text: &str| Response::new(200, text).header("Age", text);
    let builder = Runtime::builder().http(URL, said("1.16")).http(URL, said("1.17"));
    let runtime = bound(builder.start()?)?;
    let rate = || told(&runtime, "rate");
    assert_eq!([rate()?, rate()?, rate()?], ["1.16", "1.17", "1.17"]);
    // What is asked for without its body has none.
    assert_eq!(told(&runtime, "head")?, "[\"1.17\",\"\"]");
    runtime.inject(Fault::late(URL))?;
    runtime.inject(Fault::unreachable(URL).after(1))?;
    assert_eq!([code(rate()), code(rate())], [Code::DeadlineExceeded, Code::Rejected]);
    assert_eq!(rate()?, "1.17");
    assert!(told(&watch()?, "rate").is_err());

    for (url, status) in [(URL, 999), ("rates", 200)] {
        assert_eq!(code(Runtime::builder().http(url, Response::new(status, "")).start()), Code::InvalidInput);
    }
    assert_eq!(code(runtime.inject(Fault::late("rates"))), Code::InvalidInput);
    Ok(())
}

#[test]
fn only_what_is_asked_for_is_in_service() -> Result<()> {
    let runtime = Runtime::builder().only(&["NAME-bump"]).start()?;
    let bind = runtime.bind("/watch", "NAME-watch", json!(null), "alice", &[]);
    assert_eq!(code(bind), Code::NotFound);
    assert_eq!(code(Runtime::builder().only(&["nothing"]).start()), Code::NotFound);
    Ok(())
}

#[test]
fn a_binding_goes_when_it_is_told_to() -> Result<()> {
    let runtime = watch()?;
    runtime.unbind("/watch")?;
    assert_eq!(code(runtime.view("/watch")), Code::Unbound);
    Ok(())
}

#[test]
fn a_run_has_the_time_that_it_is_given() -> Result<()> {
    let runtime = watch()?;
    let hasty = |timeout| runtime.caller("alice").with_timeout(timeout);
    let count = |timeout| hasty(timeout).control("/watch", "count", json!(null));
    assert_eq!(code(count(Duration::ZERO)), Code::DeadlineExceeded);
    assert_eq!(count(Duration::from_secs(5))?.as_str(), "1");
    Ok(())
}

#[test]
fn the_environment_is_what_it_is_set_to() -> Result<()> {
    let rate = |runtime: Runtime| told(&bound(runtime)?, "variables");
    assert_eq!(rate(Runtime::new()?)?, "[null,null]");
    assert_eq!(rate(Runtime::builder().variable("RATE", "1.16").start()?)?, "[\"1.16\",null]");
    assert_eq!(code(Runtime::builder().variable("1.16", "RATE").start()), Code::InvalidName);
    assert_eq!(told(&watch()?, "file")?, "\"1.17\"");
    Ok(())
}

#[test]
fn no_clock_stands_before_1970() -> Result<()> {
    let early = UNIX_EPOCH - Duration::from_secs(1);
    assert_eq!(code(Runtime::builder().now(early).start()), Code::InvalidInput);
    assert_eq!(code(watch()?.set_now(early)), Code::InvalidInput);
    Ok(())
}
