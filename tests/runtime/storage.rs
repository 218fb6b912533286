//! What a driver keeps is its own, in its context, within limits.

use airs_runtime::{Code, Error};
use airs_tests::{Bench, Script, component_with};
use serde_json::{Value, json};

/// Two drivers with the same code, at `/one` and `/two`.
fn bench() -> Bench {
    let bench = Bench::new();
    bench.load(&component_with("probe-driver", |manifest| {
        manifest.name = "probe-driver-2".parse().unwrap()
    }));
    for (path, name) in [("/one", "probe-driver"), ("/two", "probe-driver-2")] {
        bench.bind(path, name, "{}", "operator").unwrap();
    }
    bench
}

fn control(bench: &Bench, path: &str, operation: &str, input: &Value) -> Result<String, Error> {
    bench.control(path, operation, &input.to_string())
}

#[test]
fn drivers_and_contexts_never_see_each_others_keys() {
    let bench = bench();
    // Keys that look like a neighbour's, with lengths and bytes as the host writes them before its own.
    let keys = [
        "key",
        "probe-driver-2key",
        "-2key",
        "\u{1}\u{c}probe-driverkey",
        "\u{0}b/two",
        "b/two",
        "2",
        "\u{7f}",
    ];
    for key in keys {
        control(&bench, "/one", "set", &json!([key, "one"])).unwrap();
        assert_eq!(
            control(&bench, "/two", "get", &json!(key)).unwrap(),
            "null",
            "{key:?}"
        );
    }
    assert_eq!(control(&bench, "/two", "scan", &json!("")).unwrap(), "[]");
    control(&bench, "/two", "set", &json!(["key", "two"])).unwrap();
    control(&bench, "/two", "delete", &json!("b/two")).unwrap();
    assert_eq!(control(&bench, "/one", "get", &json!("key")).unwrap(), r#""one""#);
    let all = control(&bench, "/one", "scan", &json!("")).unwrap();
    let all: Vec<String> = serde_json::from_str(&all).unwrap();
    let mut expected = keys.to_vec();
    expected.sort_by_key(|key| key.as_bytes().to_vec());
    assert_eq!(all, expected);
    let elsewhere = Bench::new();
    elsewhere.bind("/one", "probe-driver", "{}", "operator").unwrap();
    assert_eq!(control(&elsewhere, "/one", "scan", &json!("")).unwrap(), "[]");
}

#[test]
fn in_one_run_two_drivers_have_each_their_own() {
    let bench = bench();
    let script = Script::new()
        .intend("/one", "control")
        .intend("/two", "control")
        .control(0, "set", json!(["key", "one"]))
        .control(1, "set", json!(["key", "two"]))
        .control(0, "get", json!("key"))
        .control(1, "scan", json!(""));
    let outcomes = bench.play("operator", &script).unwrap();
    assert_eq!(
        (&outcomes[4]["ok"], &outcomes[5]["ok"]),
        (&json!("one"), &json!(["key"]))
    );
}

#[test]
fn a_scan_sees_own_writes_and_not_what_was_deleted() {
    let bench = Bench::new();
    bench.bind("/one", "probe-driver", "{}", "operator").unwrap();
    for key in ["k/1", "k/2", "k/3", "l", "k"] {
        control(&bench, "/one", "set", &json!([key, "x"])).unwrap();
    }
    let script = Script::new()
        .intend("/one", "control")
        .control(0, "set", json!(["k/25", "x"]))
        .control(0, "delete", json!("k/1"))
        .control(0, "delete", json!("k/4"))
        .control(0, "set", json!(["k/0", "x"]))
        .control(0, "scan", json!("k/"))
        .control(0, "many", json!(["k/1", "k/25", "l", "k/4"]));
    let outcomes = bench.play("operator", &script).unwrap();
    assert_eq!(outcomes[5]["ok"], json!(["k/0", "k/2", "k/25", "k/3"]));
    assert_eq!(outcomes[6]["ok"], json!([false, true, true, false]));
    assert_eq!(
        control(&bench, "/one", "scan", &json!("k/")).unwrap(),
        r#"["k/0","k/2","k/25","k/3"]"#
    );
}

#[test]
fn a_scan_goes_through_many_pages_with_own_writes_in_between() {
    let bench = Bench::new();
    bench.bind("/one", "probe-driver", "{}", "operator").unwrap();
    control(&bench, "/one", "fill", &json!([2_500, 1])).unwrap();
    let script = Script::new()
        .intend("/one", "control")
        .control(0, "set", json!(["fill/1500x", "x"]))
        .control(0, "delete", json!("fill/1501"))
        .control(0, "set", json!(["fill/zzz", "x"]))
        .control(0, "scan", json!("fill/"));
    let outcomes = bench.play("operator", &script).unwrap();
    let found: Vec<&str> = outcomes[4]["ok"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key.as_str().unwrap())
        .collect();
    assert_eq!(found.len(), 2_501);
    assert!(found.is_sorted(), "in the order of the keys' bytes");
    assert!(
        found.contains(&"fill/1500x") && !found.contains(&"fill/1501") && found.last() == Some(&"fill/zzz")
    );
}

#[test]
fn keys_and_values_have_a_size() {
    let bench = Bench::new();
    bench.bind("/one", "probe-driver", "{}", "operator").unwrap();
    let set = |key: &str| control(&bench, "/one", "set", &json!([key, "x"]));
    set(&"k".repeat(1024)).unwrap();
    assert_eq!(set(&"k".repeat(1025)).unwrap_err().code(), Code::LimitExceeded);
    assert_eq!(set("").unwrap_err().code(), Code::InvalidInput);
    control(&bench, "/one", "fill", &json!([1, 1 << 20])).unwrap();
    let error = control(&bench, "/one", "fill", &json!([1, (1 << 20) + 1])).unwrap_err();
    assert_eq!(error.code(), Code::LimitExceeded);
    for operation in ["get", "delete"] {
        let long = json!("k".repeat(1025));
        assert_eq!(
            control(&bench, "/one", operation, &long).unwrap_err().code(),
            Code::LimitExceeded
        );
        assert_eq!(
            control(&bench, "/one", operation, &json!("")).unwrap_err().code(),
            Code::InvalidInput
        );
    }
    let too_many: Vec<String> = (0..257).map(|key| key.to_string()).collect();
    assert_eq!(
        control(&bench, "/one", "many", &json!(too_many))
            .unwrap_err()
            .code(),
        Code::LimitExceeded
    );
}

#[test]
fn a_run_that_writes_too_much_is_doomed() {
    let bench = Bench::new();
    bench.bind("/one", "probe-driver", "{}", "operator").unwrap();
    let script = Script::new()
        .stubborn()
        .intend("/one", "control debit credit")
        .transfer(0, 0, "1")
        .control(0, "fill", json!([17, 1 << 20]))
        .control(0, "set", json!(["key", "x"]));
    let error = bench.play("operator", &script).unwrap_err();
    assert_eq!(error.code(), Code::LimitExceeded);
    assert!(error.message().contains("storage_write_bytes"), "{error}");
    assert_eq!(control(&bench, "/one", "scan", &json!("")).unwrap(), "[]");
}

#[test]
fn a_run_that_reads_too_much_is_doomed() {
    let bench = Bench::alone(&["probe", "probe-driver"], |builder| {
        let limits = airs_runtime::Limits {
            storage_read_bytes: 100_000,
            ..Default::default()
        };
        builder.limits(limits)
    });
    bench.bind("/one", "probe-driver", "{}", "operator").unwrap();
    control(&bench, "/one", "fill", &json!([11, 10_000])).unwrap();
    let script = Script::new()
        .stubborn()
        .intend("/one", "control")
        .control(0, "scan", json!("fill"));
    let error = bench.play("operator", &script).unwrap_err();
    assert_eq!(error.code(), Code::LimitExceeded);
    assert!(error.message().contains("storage_read_bytes"), "{error}");
    assert_eq!(
        control(&bench, "/one", "scan", &json!("fill/1")).unwrap(),
        r#"["fill/1","fill/10"]"#
    );
}

#[test]
fn what_is_small_counts_with_what_is_remembered_of_it() {
    let limits = airs_runtime::Limits {
        storage_read_bytes: 100_000,
        storage_write_bytes: 100_000,
        ..Default::default()
    };
    let bench = Bench::alone(&["probe", "probe-driver"], |builder| builder.limits(limits));
    bench.bind("/one", "probe-driver", "{}", "operator").unwrap();
    let times = |times: usize, operation: &str, input: Value| {
        let script = Script::new().stubborn().intend("/one", "control");
        let script = (0..times).fold(script, |script, _| script.control(0, operation, input.clone()));
        bench.play("operator", &script)
    };
    // A search that finds nothing, one and the same key that is written, keys that are not there.
    for (operation, input) in [("scan", json!("none/")), ("set", json!(["key", ""]))] {
        assert!(times(100, operation, input.clone()).is_ok(), "{operation}");
        let error = times(1_000, operation, input).unwrap_err();
        assert_eq!(error.code(), Code::LimitExceeded, "{operation}: {error}");
    }
    let many = |count: usize| json!((0..count).map(|key| format!("none/{key}")).collect::<Vec<_>>());
    assert!(control(&bench, "/one", "many", &many(250)).is_ok());
    let script = (0..4).fold(
        Script::new().stubborn().intend("/one", "control"),
        |script, call| {
            let keys: Vec<String> = (0..250).map(|key| format!("none/{call}/{key}")).collect();
            script.control(0, "many", json!(keys))
        },
    );
    let error = bench.play("operator", &script).unwrap_err();
    assert!(error.message().contains("storage_read_bytes"), "{error}");
}

#[test]
fn one_call_hands_over_so_much_and_no_more() {
    let bench = bench();
    let megabyte = json!([9, 1 << 20]);
    control(&bench, "/one", "fill", &megabyte).unwrap();
    let many = |count: usize| {
        json!(
            (0..count)
                .map(|number| format!("fill/{}", number % 9))
                .collect::<Vec<_>>()
        )
    };
    assert!(control(&bench, "/one", "many", &many(8)).is_ok());
    // Whether they are different ones, or one and the same again and again, read or written by the run itself.
    for too_many in [many(9), json!(vec!["fill/1"; 256])] {
        let error = control(&bench, "/one", "many", &too_many).unwrap_err();
        assert_eq!(error.code(), Code::LimitExceeded, "{error}");
        assert!(error.message().contains("host_call_bytes"), "{error}");
        let script = Script::new().stubborn().intend("/one", "control");
        let script = script
            .control(0, "fill", megabyte.clone())
            .control(0, "many", too_many);
        let outcomes = bench.play("operator", &script).unwrap();
        assert_eq!(outcomes[2], json!({ "error": "limit-exceeded" }));
    }
    // A search comes in more and shorter pages.
    let page = |after: &str| -> Value {
        let page = control(&bench, "/one", "keys", &json!(["fill/", after, 1_000])).unwrap();
        serde_json::from_str(&page).unwrap()
    };
    let first = page("");
    assert_eq!(
        (first["keys"].as_array().unwrap().len(), &first["more"]),
        (7, &json!(true))
    );
    let second = page("fill/6");
    assert_eq!(second, json!({ "keys": ["fill/7", "fill/8"], "more": false }));
    let all = control(&bench, "/one", "scan", &json!("fill/")).unwrap();
    assert_eq!(serde_json::from_str::<Vec<String>>(&all).unwrap().len(), 9);
}

#[test]
fn a_value_that_one_call_may_not_hand_over_is_not_handed_over() {
    let bench = Bench::alone(&["probe-driver"], |builder| builder);
    bench.bind("/one", "probe-driver", "{}", "operator").unwrap();
    control(&bench, "/one", "fill", &json!([1, 20_000])).unwrap();
    let ask = |operation: &str| control(&bench, "/one", operation, &json!("fill/0"));
    assert!(ask("get").is_ok() && ask("scan").is_ok());
    bench.load(&component_with("probe-driver", |manifest| {
        manifest.limits.host_call_bytes = 10_000;
    }));
    for operation in ["get", "scan"] {
        let error = ask(operation).unwrap_err();
        assert_eq!(error.code(), Code::LimitExceeded, "{operation}: {error}");
        let said = "a value of 20000 bytes is over the limit of 10000 (host_call_bytes)";
        assert!(error.message().contains(said), "{operation}: {error}");
    }
    assert_eq!(
        control(&bench, "/one", "keys", &json!(["none/", "", 1])).unwrap(),
        r#"{"keys":[],"more":false}"#
    );
}
