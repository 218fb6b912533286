//! What a component may use, where, and what it meets when it uses more.

use airs_runtime::{
    Access, Capabilities, Capability, Code, Component, Event, Grants, Manifest, Name, RuntimeBuilder,
    StorageAccess,
};
use airs_tests::{Bench, Notes, Script, component, component_with, two_contexts};
use serde_json::json;

/// A runtime with the probe in it, and what its components were denied.
fn watched() -> (Bench, Notes) {
    let set_up = |builder: RuntimeBuilder| {
        two_contexts(builder)
            .variable("RATES_KEY".parse().unwrap(), "s3cret")
            .variable("OTHER".parse().unwrap(), "other")
    };
    Bench::noting(&["probe"], set_up, |event| match event {
        Event::Denied {
            component,
            attempt,
            capability,
            message,
            ..
        } => Some(format!("{component}#{attempt} {capability}: {message}")),
        _ => None,
    })
}

fn driver(change: impl FnOnce(&mut Capabilities)) -> Component {
    component_with("probe-driver", |manifest: &mut Manifest| {
        change(&mut manifest.capabilities)
    })
}

fn reading() -> Option<StorageAccess> {
    Some(StorageAccess {
        access: Access::Read,
        ..StorageAccess::DEFAULT
    })
}

#[test]
fn who_may_read_only_does_not_write() {
    let (bench, denials) = watched();
    bench.load(&component("probe-driver"));
    bench.bind("/one", "probe-driver", "{}", "operator").unwrap();
    bench.control("/one", "set", r#"["key","value"]"#).unwrap();
    bench.load(&driver(|declared| declared.storage = reading()));
    let script = Script::new()
        .stubborn()
        .intend("/one", "control")
        .control(0, "get", json!("key"))
        .control(0, "set", json!(["key", "other"]))
        .control(0, "delete", json!("key"))
        .control(0, "scan", json!(""));
    let outcomes = bench.play("operator", &script).unwrap();
    assert_eq!(outcomes[1], json!({ "ok": "value" }));
    assert_eq!(
        (&outcomes[2], &outcomes[3]),
        (&json!({ "error": "denied" }), &json!({ "error": "denied" }))
    );
    assert_eq!(outcomes[4], json!({ "ok": ["key"] }));
    let denial = "probe-driver#1 storage: driver probe-driver may read its storage, and not write to it";
    assert_eq!(*denials.lock().unwrap(), [denial, denial]);
    assert_eq!(bench.control("/one", "get", r#""key""#).unwrap(), r#""value""#);
}

#[test]
fn who_is_denied_things_in_a_loop_is_told_of_a_number_of_times() {
    let (bench, denials) = watched();
    bench.load(&driver(|declared| declared.storage = reading()));
    bench.bind("/one", "probe-driver", "{}", "operator").unwrap();
    let script = Script::new().stubborn().intend("/one", "control");
    let script = (0..100).fold(script, |script, _| script.control(0, "delete", json!("key")));
    let outcomes = bench.play("operator", &script).unwrap();
    assert_eq!(outcomes[1..], vec![json!({ "error": "denied" }); 100]);
    let denials = denials.lock().unwrap();
    let (more, first) = denials.split_last().unwrap();
    let denial = "probe-driver#1 storage: driver probe-driver may read its storage, and not write to it";
    assert_eq!(*first, [denial; 64]);
    assert_eq!(
        more,
        "probe-driver#1 storage: component \"probe-driver\" was denied storage 36 more times"
    );
}

#[test]
fn who_declares_writing_and_is_granted_reading_is_refused_with_what_to_write() {
    let (bench, _) = watched();
    let granted = Capabilities {
        storage: reading(),
        ..Capabilities::default()
    };
    let error = bench
        .runtime
        .load(&component("probe-driver"), &granted.into())
        .unwrap_err();
    assert_eq!(error.code(), Code::UngrantedCapability);
    assert_eq!(
        error.message(),
        "driver probe-driver: it needs storage, which is not granted to it"
    );
    let hint = error.hint_text().unwrap();
    assert!(
        hint.contains("write `storage = true` under [grants.probe-driver] in airs.toml"),
        "{hint}"
    );
}

#[test]
fn a_line_that_is_there_is_to_be_written_anew() {
    let (bench, _) = watched();
    let [guests, local]: [Name; 2] = ["guests", "local"].map(|name| name.parse().unwrap());
    let nothing = || Grants::default().refusing(None, [Capability::Storage]);
    let verb = |granted: &Grants| {
        let error = bench
            .runtime
            .load(&component("probe-driver"), granted)
            .unwrap_err();
        let hint = error.hint_text().unwrap().to_owned();
        hint.split_once(" `storage = true` under ").unwrap().0.to_owned()
    };
    assert_eq!(verb(&Grants::default()), "add");
    assert_eq!(verb(&nothing()), "write");
    // The table that counts is another one, and has no such line.
    let elsewhere = |grants: Grants| {
        let none = Capabilities::default;
        grants
            .in_context(guests.clone(), none())
            .in_context(local.clone(), none())
    };
    assert_eq!(verb(&elsewhere(nothing())), "add");
    let both = [guests.clone(), local.clone()].into_iter();
    let here = both.fold(elsewhere(Grants::default()), |grants, context| {
        grants.refusing(Some(context), [Capability::Storage])
    });
    assert_eq!(verb(&here), "write");
}

#[test]
fn the_line_to_add_grants_what_was_granted_too() {
    let (bench, _) = watched();
    let greedy = driver(|declared| {
        *declared = declared.clone().with_http(["https://a.example".parse().unwrap()]);
        *declared = declared.clone().with_environment(["RATES_KEY".parse().unwrap()]);
    });
    let granted = Capabilities::from([Capability::Storage]).with_http(["*.b.example".parse().unwrap()]);
    let error = bench.runtime.load(&greedy, &granted.into()).unwrap_err();
    assert_eq!(
        error.message(),
        "driver probe-driver: it needs http to https://a.example and the environment's RATES_KEY, which is not granted to it"
    );
    let line = r#"`http = ["https://a.example", "https://*.b.example"]` and `environment = ["RATES_KEY"]`"#;
    assert!(error.hint_text().unwrap().contains(line), "{error:?}");
}

#[test]
fn a_driver_works_in_the_contexts_that_grant_it_what_it_declares() {
    let (bench, denials) = watched();
    let local = "local".parse().unwrap();
    let granted = Grants::from([Capability::Storage]).in_context(local, Capabilities::default());
    bench.runtime.load(&component("probe-driver"), &granted).unwrap();
    let error = bench.bind("/one", "probe-driver", "{}", "operator").unwrap_err();
    assert_eq!(error.code(), Code::UngrantedCapability);
    let hint = error.hint_text().unwrap();
    assert!(
        hint.contains("add `storage = true` under [contexts.local.grants.probe-driver] in airs.toml"),
        "{hint}"
    );
    assert_eq!(
        *denials.lock().unwrap(),
        ["probe-driver#1 storage: it needs storage, which is not granted to it"]
    );
    let there = bench.within("guests");
    there.bind("/one", "probe-driver", "{}", "operator").unwrap();
    there.control("/one", "set", r#"["key","value"]"#).unwrap();
}

#[test]
fn only_the_variables_that_were_granted_by_name_are_there() {
    let (bench, _) = watched();
    let named = |names: &[&str]| {
        Capabilities::from([Capability::Storage])
            .with_environment(names.iter().map(|name| name.parse().unwrap()))
    };
    let declaring = |names: &[&str]| {
        let wanted = named(names);
        driver(|declared| *declared = wanted)
    };
    bench
        .runtime
        .load(
            &declaring(&["RATES_KEY", "UNSET"]),
            &named(&["RATES_KEY", "UNSET", "OTHER"]).into(),
        )
        .unwrap();
    bench.bind("/one", "probe-driver", "{}", "operator").unwrap();
    let variable = |name: &str| {
        bench
            .control("/one", "variable", &json!(name).to_string())
            .unwrap()
    };
    assert_eq!(variable("RATES_KEY"), r#""s3cret""#);
    assert_eq!(
        (variable("OTHER"), variable("UNSET"), variable("PATH")),
        ("null".into(), "null".into(), "null".into())
    );
    bench.load(&component("probe-driver"));
    assert_eq!(variable("RATES_KEY"), "null");
}

#[test]
fn clock_and_chance_can_be_taken_away() {
    let (bench, denials) = watched();
    bench.load(&driver(|declared| declared.clock = false));
    bench.bind("/one", "probe-driver", "{}", "operator").unwrap();
    let world = || bench.control("/one", "world", "null").unwrap_err();
    let error = world();
    assert_eq!(
        (error.code(), error.message()),
        (Code::Denied, r#"component "probe-driver" has no clock"#)
    );
    bench.load(&driver(|declared| declared.random = false));
    let error = world();
    assert_eq!(
        (error.code(), error.message()),
        (Code::Denied, r#"component "probe-driver" has no randomness"#)
    );
    // A hash table still has its seed.
    assert_eq!(bench.control("/one", "variable", r#""X""#).unwrap(), "null");
    assert_eq!(denials.lock().unwrap().len(), 2);
    // A program, too: by the operator.
    let stern = Capabilities {
        clock: false,
        ..Capabilities::default()
    };
    let timeless = component_with("probe", |manifest| manifest.capabilities = stern.clone());
    bench.runtime.load(&timeless, &stern.clone().into()).unwrap();
    assert_eq!(
        bench
            .play("alice", &Script::new().act("world"))
            .unwrap_err()
            .code(),
        Code::Denied
    );
    let refused = bench
        .runtime
        .load(&component("probe"), &stern.into())
        .unwrap_err();
    assert_eq!(refused.code(), Code::UngrantedCapability);
    assert!(
        refused
            .hint_text()
            .unwrap()
            .contains("`clock = true` under [grants.probe]"),
        "{refused:?}"
    );
}

#[test]
fn without_a_log_nothing_is_heard_but_where_a_panic_was() {
    let bench = Bench::alone(&[], |builder| builder);
    let mute = Capabilities {
        log: false,
        ..Capabilities::default()
    };
    let silent = component_with("probe", |manifest| manifest.capabilities = mute.clone());
    bench.runtime.load(&silent, &mute.into()).unwrap();
    let report = bench.perform("alice", Script::new().log("hear, hear").act("panic").request());
    assert_eq!(bench.lines(&report), Vec::<String>::new());
    let error = report.result.unwrap_err();
    assert!(
        error.code() == Code::Trap && error.message().contains("src/lib.rs"),
        "{error}"
    );
}
