//! Descriptors cannot be forged, kept, or had without end.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use airs_core::{Caller, Name, Rights, Value};
use airs_driver::{Context, Drivers, Heard, Session, SessionStart};
use airs_engine::{Allowance, AssetHandle, Engine, EngineConfig, Environment};
use airs_platform::Memory;
use airs_runtime::{Code, Limits};
use airs_tests::{Bench, Script};
use serde_json::json;

fn bench() -> Bench {
    let bench = Bench::new();
    bench.bind("/probe", "probe-driver", "{}", "alice").unwrap();
    bench
}

/// Numbers that a program may guess. Handles are numbered from 1, those on streams and so on too.
fn guesses() -> impl Iterator<Item = u32> {
    (0..24).chain([1 << 10, 1 << 28, u32::MAX >> 1, u32::MAX])
}

/// With how many guessed numbers the import can be called after a script.
fn working(bench: &Bench, script: &Script, call: &str) -> usize {
    let forged = |handle| {
        script
            .clone()
            .step(json!({ "do": "forge", "call": call, "handle": handle }))
    };
    let outcomes = guesses().map(|handle| bench.play("alice", &forged(handle)));
    let (good, bad): (Vec<_>, Vec<_>) = outcomes.partition(Result::is_ok);
    for error in bad.into_iter().filter_map(Result::err) {
        assert_eq!(error.code(), Code::Trap, "{error}");
    }
    good.len()
}

#[test]
fn a_number_is_no_descriptor() {
    let bench = bench();
    let open = Script::new().intend("/probe", "view");
    // The one that it opened itself, by its own number: there is no other.
    assert_eq!(working(&bench, &open, "view"), 1);
    assert_eq!(working(&bench, &Script::new(), "view"), 0);
    assert_eq!(working(&bench, &Script::new(), "drop"), 0);
}

#[test]
fn a_descriptor_that_was_released_is_gone() {
    let bench = bench();
    for how in ["done", "drop"] {
        let released = Script::new().intend("/probe", "view").release(how, 0);
        assert_eq!(working(&bench, &released, "view"), 0, "{how}");
        assert_eq!(working(&bench, &released, "drop"), 0, "{how}");
    }
    // Of two, the other one stays what it is.
    let one_left = Script::new()
        .intend("/probe", "view")
        .intend("/probe", "view")
        .release("done", 0);
    assert_eq!(working(&bench, &one_left, "view"), 1);
}

#[test]
fn a_descriptor_that_is_released_twice_fails_the_run() {
    let bench = bench();
    // Dropped behind its owner's back, and then by its owner.
    let dropped_twice = |handle: u32| {
        let script = Script::new().intend("/probe", "debit credit").transfer(0, 0, "1");
        script
            .step(json!({ "do": "forge", "call": "drop", "handle": handle }))
            .release("drop", 0)
    };
    for handle in guesses() {
        let error = bench.play("alice", &dropped_twice(handle)).unwrap_err();
        assert_eq!(error.code(), Code::Trap, "{error}");
    }
    assert_eq!(bench.control("/probe", "get", r#""transfers""#).unwrap(), "null");
}

#[test]
fn a_descriptor_ends_with_its_run() {
    let bench = bench();
    let kept = Script::new().intend("/probe", "view").release("forget", 0);
    bench.play("alice", &kept).unwrap();
    assert_eq!(working(&bench, &Script::new(), "view"), 0);
}

#[test]
fn a_run_has_so_many_open_descriptors_and_no_more() {
    let bench = bench();
    let max = usize::try_from(Limits::default().descriptors).unwrap();
    let open = |count: usize| {
        (0..count).fold(Script::new().stubborn(), |script, _| {
            script.intend("/probe", "view")
        })
    };
    let outcomes = bench.play("alice", &open(max + 2)).unwrap();
    assert_eq!(outcomes[max - 1]["ok"], max - 1);
    assert_eq!(outcomes[max]["error"], "limit-exceeded");
    assert_eq!(outcomes[max + 1]["error"], "limit-exceeded");
    // Room is made by releasing, in any way but forgetting.
    let outcomes = bench
        .play(
            "alice",
            &open(max)
                .release("drop", 3)
                .release("done", 7)
                .intend("/probe", "view")
                .intend("/probe", "view")
                .intend("/probe", "view"),
        )
        .unwrap();
    let told: Vec<bool> = outcomes[max + 2..]
        .iter()
        .map(|outcome| outcome["error"].is_null())
        .collect();
    assert_eq!(told, [true, true, false]);
    let outcomes = bench
        .play("alice", &open(max).release("forget", 3).intend("/probe", "view"))
        .unwrap();
    assert_eq!(outcomes[max + 1]["error"], "limit-exceeded");
}

#[test]
fn a_descriptor_may_be_had_and_released_any_number_of_times() {
    let bench = bench();
    let script = (0..3_000).fold(Script::new(), |script, at| {
        script
            .intend("/probe", "view")
            .release(if at % 2 == 0 { "done" } else { "drop" }, at)
    });
    bench.play("alice", &script).unwrap();
}

/// wasmtime has a table of each guest's handles, and asks the host for none that is not in it. Were it wrong, this is
/// what a guest would meet.
#[test]
fn the_host_s_own_table_knows_what_it_gave_out() {
    let config = EngineConfig {
        instances_max: 1,
        threads: 1,
        ..EngineConfig::default()
    };
    let engine = Engine::new(&config).unwrap();
    let allowance = Allowance::until(Instant::now() + Duration::from_secs(60));
    let start = SessionStart {
        context: Context::new(Name::local(), Arc::new(Memory::new())),
        run: "01K5V8Q4ZC2R9T7M3XH6JWPBNE".into(),
        caller: Caller::local(&"alice".parse().unwrap(), &Name::local()),
        drivers: Arc::new(Drivers::default()),
        environment: Environment::new("run".into(), None, SystemTime::now(), allowance, Arc::new(|_| {})),
        heard: Heard::default(),
        limits: Limits::default(),
    };
    engine.executor().block_on(async {
        let mut session = Session::begin(start).await.unwrap();
        for handle in guesses().map(AssetHandle) {
            let amount = Value::Data(Vec::new());
            let answers = [
                session.view(handle).await.map(drop),
                session.transfer(handle, handle, amount).await.map(drop),
                session.control(handle, "set", "{}").await.map(drop),
                session.done(handle).await,
            ];
            for answer in answers {
                assert_eq!(answer.unwrap_err().code(), Code::BadDescriptor, "{handle:?}");
            }
        }
        // The run itself is none the worse for it.
        let nothing = session.intend("~/usd", Rights::VIEW).await.map(drop);
        assert_eq!(nothing.unwrap_err().code(), Code::Unbound);
    });
}
