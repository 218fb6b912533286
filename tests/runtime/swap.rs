//! Several components change places in one step, or none does.

use airs_runtime::{Capability, Code, Component, Event, Kind, Prepared, Runtime, Swapped};
use airs_tests::{Bench, component, component_with};

fn prepared(runtime: &Runtime, component: &Component) -> Prepared {
    runtime.prepare(component, &[Capability::Storage].into()).unwrap()
}

/// The second version of the driver `tally`.
fn next_tally() -> Component {
    component_with("tally-next", |manifest| manifest.name = "tally".parse().unwrap())
}

#[test]
fn components_change_places_together_or_not_at_all() {
    let bench = Bench::alone(&["payment", "probe", "tally"], |builder| builder);
    bench.bind("/accounts", "tally", "null", "each").unwrap();
    let instruct = |how: &str| {
        let input = format!("{how:?}");
        bench.control("/accounts", "instruct", &input).unwrap();
    };
    instruct("refuse");
    let before = bench.runtime.components();
    let next = [
        prepared(&bench.runtime, &component("payment")),
        prepared(&bench.runtime, &next_tally()),
    ];
    assert_eq!(
        (next[0].name().as_str(), next[1].kind()),
        ("payment", Kind::Driver)
    );
    let probe = "probe".parse().unwrap();
    let refused = bench.runtime.swap(&next, [&probe]).unwrap_err();
    assert_eq!(refused.component.as_str(), "tally");
    assert_eq!(refused.error.code(), Code::Rejected);
    assert!(refused.to_string().contains("driver tally"), "{refused}");
    assert_eq!(bench.runtime.components(), before);
    // It can be tried again: what was prepared is not used up.
    instruct("go on");
    let Swapped { loaded, unloaded } = bench.runtime.swap(&next, [&probe]).unwrap();
    let names: Vec<_> = loaded
        .iter()
        .map(|one| (one.name.as_str(), one.generation))
        .collect();
    assert_eq!(names, [("payment", 2), ("tally", 2)]);
    assert_eq!(unloaded[0].name, probe);
    assert_eq!(bench.runtime.components(), loaded);
    assert_eq!(
        bench.runtime.swap(&next[..1], []).unwrap().loaded[0].generation,
        3
    );
}

#[test]
fn who_is_refused_is_told() {
    let note = |event: &Event<'_>| match event {
        Event::Refused {
            kind,
            name,
            digest,
            failure,
            message,
        } => Some(format!("{kind} {name} {} {failure}: {message}", digest.len())),
        _ => None,
    };
    let (bench, refusals) = Bench::noting(&["tally"], |builder| builder, note);
    bench.bind("/accounts", "tally", "null", "each").unwrap();
    bench.control("/accounts", "instruct", "\"refuse\"").unwrap();
    let next = prepared(&bench.runtime, &next_tally());
    let refused = bench.runtime.swap([&next], []).unwrap_err();
    // Nobody is, of whom nothing was to be put into service.
    bench.runtime.swap([], [&"nobody".parse().unwrap()]).unwrap_err();
    assert_eq!(
        *refusals.lock().unwrap(),
        [format!("driver tally 64 rejected: {}", refused.error.message())]
    );
}

#[test]
fn what_cannot_be_swapped_is_named_and_changes_nothing() {
    let bench = Bench::alone(&["probe"], |builder| builder);
    let runtime = &bench.runtime;
    let before = runtime.components();
    let (payment, tally) = (
        prepared(runtime, &component("payment")),
        prepared(runtime, &component("tally")),
    );
    let refused = runtime.swap([&payment, &tally, &payment], []).unwrap_err();
    assert_eq!(refused.component.as_str(), "payment");
    assert_eq!(refused.error.code(), Code::Rejected);
    let missing = "missing".parse().unwrap();
    let refused = runtime.swap([&tally], [&missing]).unwrap_err();
    assert_eq!(
        (refused.component, refused.error.code()),
        (missing, Code::NotFound)
    );
    let foreign = prepared(&Bench::new().runtime, &component("payment"));
    let refused = runtime.swap([&tally, &foreign], []).unwrap_err();
    assert!(refused.error.message().contains("another runtime"), "{refused}");
    assert_eq!(runtime.components(), before);
}

#[test]
fn a_name_can_get_another_kind_when_the_one_that_has_it_goes() {
    let bench = Bench::alone(&["probe"], |builder| builder);
    let driver = component_with("probe-driver", |manifest| {
        manifest.name = "probe".parse().unwrap()
    });
    let driver = prepared(&bench.runtime, &driver);
    let refused = bench.runtime.swap([&driver], []).unwrap_err();
    assert_eq!(refused.error.code(), Code::Rejected);
    let swapped = bench
        .runtime
        .swap([&driver], [&"probe".parse().unwrap()])
        .unwrap();
    assert_eq!(
        (swapped.loaded[0].kind, swapped.loaded[0].generation),
        (Kind::Driver, 2)
    );
    assert_eq!(bench.runtime.components(), swapped.loaded);
}
