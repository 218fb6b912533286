//! Runs at the same time, as if one came after the other.
//!
//! A guest's line stops its run while another is made: they overlap without any luck.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use airs_runtime::{ATTEMPTS_MAX, Answer, Code, Report};
use airs_tests::{Bench, Script, pay};
use serde_json::{Value, json};

/// Pays a dollar to bob, and waits at `line` in between.
fn paying(line: &str) -> Script {
    let open = Script::new()
        .intend("~/usd", "view debit")
        .intend("/accounts/bob/usd", "view credit");
    open.transfer(0, 1, "1").log(line)
}

/// Follows a trail of keys of `/a` to its end, and waits at `line` in between.
fn following(line: &str) -> Script {
    let script = Script::new().intend("/a", "control");
    script.control(0, "follow", json!("0")).log(line)
}

/// Makes the trail longer: the next attempt comes one key further, to one that none before has touched; and that is
/// where another writes.
fn step_ahead(bench: &Bench, times: u32) {
    let (key, next) = (times.to_string(), (times + 1).to_string());
    let input = json!([key, next]).to_string();
    bench.control("/a", "set", &input).unwrap();
}

fn outcomes(report: &Report) -> Vec<Value> {
    let Ok(Answer::Output(output)) = &report.result else {
        panic!("{report:?}")
    };
    serde_json::from_str::<Value>(output).unwrap()["outcomes"]
        .as_array()
        .unwrap()
        .clone()
}

/// Calls `hook` when the line is written, with how often it was before.
fn at(bench: &Bench, line: &str, hook: impl Fn(u32) + Send + Sync + 'static) {
    let times = AtomicU32::new(0);
    bench.at(line, move || hook(times.fetch_add(1, Ordering::SeqCst)));
}

#[test]
fn a_run_whose_reads_have_changed_is_attempted_again() {
    let bench = Bench::with_dollars("10.00");
    let other = bench.again();
    at(&bench, "another pays too", move |times| {
        if times == 0 {
            other.ask("alice", pay("bob", "2")).unwrap();
        }
    });
    let report = bench.perform("alice", paying("another pays too").view(0).view(1).request());
    assert_eq!(report.attempts, 2);
    let outcomes = outcomes(&report);
    assert_eq!(
        (&outcomes[4]["ok"], &outcomes[5]["ok"]),
        (&json!("7.00"), &json!("3.00"))
    );
    assert_eq!(bench.dollars(["alice", "bob"]), ["7.00", "3.00"]);
}

#[test]
fn the_second_attempt_meets_what_the_first_did_not() {
    let bench = Bench::with_dollars("10.00");
    let other = bench.again();
    at(&bench, "the account is emptied", move |times| {
        if times == 0 {
            other.ask("alice", pay("carol", "10")).unwrap();
        }
    });
    let report = bench.perform("alice", paying("the account is emptied").request());
    assert_eq!(
        (report.result.unwrap_err().code(), report.attempts),
        (Code::InsufficientFunds, 2)
    );
    assert_eq!(
        bench.dollars(["alice", "bob", "carol"]),
        ["0.00", "0.00", "10.00"]
    );
}

#[test]
fn a_run_that_meets_a_conflict_each_time_gives_up() {
    let bench = Bench::new();
    bench.bind("/a", "probe-driver", "{}", "operator").unwrap();
    let other = bench.again();
    at(&bench, "the trail goes on", move |times| {
        step_ahead(&other, times)
    });
    let report = bench.perform("operator", following("the trail goes on").request());
    assert_eq!(
        (report.result.unwrap_err().code(), report.attempts),
        (Code::Conflict, ATTEMPTS_MAX)
    );
    assert_eq!(bench.control("/a", "get", r#""followed""#).unwrap(), "null");
}

#[test]
fn the_deadline_spans_all_attempts() {
    const DEADLINE: Duration = Duration::from_millis(400);
    let bench = Bench::new();
    bench.bind("/a", "probe-driver", "{}", "operator").unwrap();
    let other = bench.again();
    // Each attempt takes a share of the time, and meets a conflict. With a deadline of its own for each the run would
    // come to its last attempt.
    at(&bench, "a share of the time goes by", move |times| {
        let begun = Instant::now();
        while begun.elapsed() < DEADLINE / 4 {
            thread::yield_now();
        }
        step_ahead(&other, times);
    });
    let script = following("a share of the time goes by");
    let report = bench.perform("operator", script.request().deadline_ms(400));
    assert_eq!(report.result.unwrap_err().code(), Code::DeadlineExceeded);
    assert!(report.attempts < ATTEMPTS_MAX, "{}", report.attempts);
    assert_eq!(bench.control("/a", "get", r#""followed""#).unwrap(), "null");
}

#[test]
fn runs_that_touch_different_accounts_do_not_disturb_each_other() {
    let bench = Bench::with_dollars("10.00");
    bench.mint("/accounts/carol/usd", "10").unwrap();
    let other = bench.again();
    at(&bench, "carol pays dave", move |_| {
        other.ask("carol", pay("dave", "1")).unwrap();
    });
    let report = bench.perform("alice", paying("carol pays dave").request());
    assert!(report.result.is_ok());
    assert_eq!(report.attempts, 1);
}

#[test]
fn a_run_sees_one_moment_however_long_it_takes() {
    let bench = Bench::with_dollars("10.00");
    let other = bench.again();
    at(&bench, "money moves meanwhile", move |_| {
        other.ask("alice", pay("bob", "4")).unwrap();
    });
    let script = Script::new()
        .intend("~/usd", "view")
        .view(0)
        .log("money moves meanwhile");
    let script = script.view(0).intend("/accounts/bob/usd", "view").view(1);
    let report = bench.perform("alice", script.request());
    let outcomes = outcomes(&report);
    let seen = [&outcomes[1]["ok"], &outcomes[3]["ok"], &outcomes[5]["ok"]];
    assert_eq!(seen, ["10.00", "10.00", "0.00"]);
    // It wrote nothing: it stands at its snapshot, and is not attempted again.
    assert_eq!(report.attempts, 1);
    assert_eq!(bench.dollars(["alice", "bob"]), ["6.00", "4.00"]);
}

#[test]
fn what_a_failed_call_has_read_still_counts() {
    let bench = Bench::with_dollars("10.00");
    bench.bind("/done", "probe-driver", "{}", "alice").unwrap();
    let other = bench.again();
    at(&bench, "there is enough now", move |times| {
        if times == 0 {
            other.mint("/accounts/alice/usd", "90").unwrap();
        }
    });
    // It decides on a refusal, and writes: the refusal has to hold when it commits.
    let script = Script::new()
        .stubborn()
        .intend("~/usd", "debit")
        .intend("/accounts/bob/usd", "credit")
        .transfer(0, 1, "50")
        .intend("/done", "debit credit")
        .transfer(2, 2, "1")
        .log("there is enough now");
    let report = bench.perform("alice", script.request());
    assert_eq!(report.attempts, 2);
    assert_eq!(outcomes(&report)[2]["ok"], "final");
    assert_eq!(bench.dollars(["alice", "bob"]), ["50.00", "50.00"]);
}

#[test]
fn a_binding_that_appears_meanwhile_is_a_conflict() {
    let bench = Bench::new();
    bench.bind("/a", "probe-driver", "{}", "alice").unwrap();
    let other = bench.again();
    at(&bench, "a nearer binding appears", move |times| {
        if times == 0 {
            other
                .bind("/a/b", "ledger", r#"{"unit":"usd","scale":2}"#, "alice")
                .unwrap();
        }
    });
    let script = Script::new()
        .stubborn()
        .intend("/a/b/c", "view debit credit")
        .transfer(0, 0, "1");
    let report = bench.perform("alice", script.log("a nearer binding appears").request());
    assert_eq!(report.attempts, 2);
    // The ledger, which is asked the second time, has nothing to transfer.
    assert_eq!(outcomes(&report)[1]["error"], "insufficient-funds");
    assert_eq!(bench.control("/a", "get", r#""transfers""#).unwrap(), "null");
}

#[test]
fn a_binding_that_goes_meanwhile_is_a_conflict() {
    let bench = Bench::new();
    bench.bind("/a", "probe-driver", "{}", "alice").unwrap();
    let other = bench.again();
    at(&bench, "the binding goes", move |_| {
        other
            .ask("operator", airs_runtime::Request::unbind("/a"))
            .unwrap();
    });
    let script = Script::new()
        .intend("/a", "debit credit")
        .transfer(0, 0, "1")
        .log("the binding goes");
    let report = bench.perform("alice", script.request());
    assert_eq!(
        (report.result.unwrap_err().code(), report.attempts),
        (Code::Unbound, 2)
    );
}

#[test]
fn of_two_who_bind_above_each_other_at_once_one_is_refused() {
    let bench = Bench::new();
    bench.bind("/log", "probe-driver", "{}", "alice").unwrap();
    for round in 0..20 {
        let (upper, lower) = (format!("/x{round}"), format!("/x{round}/y/z"));
        let (one, two) = thread::scope(|scope| {
            let placing = |caller: &'static str, path: &str| {
                let (bench, path) = (bench.again(), path.to_owned());
                let placement =
                    airs_runtime::Placement::new(path, "probe-driver", "{}").controlled_by([caller]);
                scope.spawn(move || {
                    bench
                        .perform("operator", airs_runtime::Request::bind(placement))
                        .result
                })
            };
            let (one, two) = (placing("carol", &upper), placing("dave", &lower));
            (one.join().unwrap(), two.join().unwrap())
        });
        let refused: Vec<Code> = [one, two]
            .into_iter()
            .filter_map(Result::err)
            .map(|error| error.code())
            .collect();
        assert_eq!(refused, [Code::AlreadyBound], "round {round}");
    }
}

#[test]
fn clock_and_chance_are_the_same_in_every_attempt() {
    let bench = Bench::with_dollars("10.00");
    let other = bench.again();
    at(&bench, "once more, please", move |times| {
        if times == 0 {
            other.ask("alice", pay("bob", "1")).unwrap();
        }
    });
    let script = Script::new().act("chance");
    let script = script
        .intend("~/usd", "debit")
        .intend("/accounts/bob/usd", "credit")
        .transfer(0, 1, "1");
    let report = bench.perform("alice", script.log("once more, please").act("chance").request());
    let lines = bench.lines(&report);
    assert_eq!(lines.len(), 6, "{lines:?}");
    let (first, second): (Vec<&str>, Vec<&str>) = (0..3)
        .map(|line| {
            (
                lines[line].strip_prefix("probe#1: ").unwrap(),
                lines[line + 3].strip_prefix("probe#2: ").unwrap(),
            )
        })
        .unzip();
    assert_eq!(first, second);
    assert_ne!(first[0], first[2]);
}

#[test]
fn a_key_that_appears_meanwhile_where_a_driver_has_searched_is_a_conflict() {
    let bench = Bench::new();
    bench.bind("/a", "probe-driver", "{}", "operator").unwrap();
    bench.control("/a", "set", r#"["k/1","x"]"#).unwrap();
    let other = bench.again();
    at(&bench, "a key appears", move |times| {
        if times == 0 {
            other.control("/a", "set", r#"["k/2","x"]"#).unwrap();
            other.control("/a", "set", r#"["other","x"]"#).unwrap();
        }
    });
    let script = Script::new()
        .intend("/a", "control")
        .control(0, "scan", json!("k/"))
        .log("a key appears")
        .control(0, "set", json!(["found", "x"]));
    let report = bench.perform("operator", script.request());
    assert_eq!(report.attempts, 2);
    assert_eq!(outcomes(&report)[1]["ok"], json!(["k/1", "k/2"]));
}
