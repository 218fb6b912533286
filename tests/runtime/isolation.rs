//! Nothing leaks: from run to run, from the world into a guest.

use std::collections::BTreeSet;

use airs_tests::{Bench, Script};
use serde_json::{Value, json};

#[test]
fn a_static_starts_anew_in_every_run() {
    let bench = Bench::new();
    bench.bind("/probe", "probe-driver", "{}", "alice").unwrap();
    let script = Script::new()
        .act("count")
        .act("count")
        .intend("/probe", "view")
        .view(0)
        .view(0);
    for _ in 0..200 {
        let outcomes = bench.play("alice", &script).unwrap();
        let counts =
            [&outcomes[0], &outcomes[1], &outcomes[3], &outcomes[4]].map(|outcome| outcome["ok"].clone());
        assert_eq!(counts, [json!(1), json!(2), json!("1"), json!("2")]);
        assert_eq!(bench.balance("/probe"), "1");
    }
}

#[test]
fn an_instance_after_one_that_went_wrong_is_as_good_as_new() {
    let bench = Bench::alone(&["probe", "probe-driver"], |builder| builder);
    bench.bind("/probe", "probe-driver", "{}", "alice").unwrap();
    for act in ["hoard", "recurse", "panic", "exit"].into_iter().cycle().take(12) {
        let wrong = Script::new()
            .act("count")
            .intend("/probe", "view")
            .view(0)
            .act(act);
        bench.play("alice", &wrong).unwrap_err();
        let right = Script::new().act("count").intend("/probe", "view").view(0);
        let outcomes = bench.play("alice", &right).unwrap();
        assert_eq!(
            (&outcomes[0]["ok"], &outcomes[2]["ok"]),
            (&json!(1), &json!("1")),
            "after {act}"
        );
    }
    assert!(bench.runtime.is_idle());
}

fn world(bench: &Bench) -> Value {
    bench.play("alice", &Script::new().act("world")).unwrap()[0]["ok"].clone()
}

#[test]
fn a_component_learns_nothing_of_the_machine() {
    let bench = Bench::new();
    let world = world(&bench);
    assert_eq!(
        (&world["environment"], &world["arguments"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(
        (&world["files"], &world["network"]),
        (&json!(false), &json!(false))
    );
}

#[test]
fn the_clock_stands_still_within_a_run_for_all_its_components() {
    let bench = Bench::new();
    bench.bind("/probe", "probe-driver", "{}", "alice").unwrap();
    let before = now();
    let script = Script::new()
        .act("world")
        .intend("/probe", "control")
        .control(0, "world", json!(null));
    // Some milliseconds pass meanwhile.
    let script = script
        .flood("x", 2_000)
        .act("world")
        .control(0, "world", json!(null));
    let outcomes = bench.play("operator", &script).unwrap();
    let times: BTreeSet<&str> = [0, 2, 4, 5]
        .into_iter()
        .map(|step| outcomes[step]["ok"]["time"].as_str().unwrap())
        .collect();
    assert_eq!(times.len(), 1, "{times:?}");
    let time: u128 = times.first().unwrap().parse().unwrap();
    assert!((before..=now()).contains(&time), "{time}");
}

fn now() -> u128 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_nanos()
}

#[test]
fn chance_differs_between_runs_components_and_draws() {
    let bench = Bench::new();
    bench.bind("/probe", "probe-driver", "{}", "alice").unwrap();
    let mut drawn = BTreeSet::new();
    for _ in 0..10 {
        let script = Script::new()
            .act("world")
            .act("world")
            .intend("/probe", "control");
        let script = script
            .control(0, "world", json!(null))
            .control(0, "world", json!(null));
        let outcomes = bench.play("operator", &script).unwrap();
        for step in [0, 1, 3, 4] {
            drawn.insert(outcomes[step]["ok"]["chance"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(drawn.len(), 40);
}
