//! Calling any component with Rust values.

use airs_runtime::{Absent, CallConfig, Callable, Code, Component, Error, Event, Request, Runtime, wit};
use airs_tests::{Bench, component, raw};

#[wit]
#[derive(Clone, Debug, PartialEq)]
struct Point {
    x: f64,
    y: f64,
    label: Option<String>,
}

#[wit]
#[derive(Debug, PartialEq, Eq)]
enum Side {
    Left,
    RightHand,
}

#[wit(flags)]
enum Access {
    Read,
    Write,
    Run,
}

#[wit]
#[derive(Clone, Debug, PartialEq)]
enum Shape {
    Circle(Point),
    Polygon(Vec<Point>),
    Nothing,
}

#[wit]
struct Everything {
    truth: bool,
    bytes: Vec<u8>,
    small: (i8, u8, i16, u16),
    large: (i32, u32, i64, u64),
    floats: (f32, f64),
    letter: char,
    text: String,
    shape: Shape,
    side: Side,
    access: Access,
    maybe: Option<Option<u32>>,
    outcome: Result<Side, String>,
    plain: Result<(), ()>,
}

pub(crate) fn shapes() -> Callable {
    shapes_in(&Runtime::builder().build().unwrap())
}

pub(crate) fn shapes_in(runtime: &Runtime) -> Callable {
    let component = Component::read(raw("shapes")).unwrap();
    runtime.callable(&component, &CallConfig::default()).unwrap()
}

fn point(x: f64, y: f64) -> Point {
    Point { x, y, label: None }
}

#[test]
fn a_function_of_the_world_is_called_with_rust_values() {
    let shapes = shapes();
    let greeting: String = shapes.call_blocking("greet", ("ada".to_owned(),)).unwrap();
    assert_eq!(greeting, "hello, ada");
    let () = shapes.call_blocking("nothing", ()).unwrap();
}

#[test]
fn a_function_of_an_interface_goes_by_several_names() {
    let shapes = shapes();
    for name in [
        "test:shapes/geometry@1.2.0.move-by",
        "test:shapes/geometry.move-by",
        "geometry.move-by",
        "move-by",
    ] {
        let moved: Point = shapes
            .call_blocking(name, (point(1.0, 2.0), (0.5, -1.0), Some(2_u32)))
            .unwrap();
        assert_eq!(moved, point(2.0, 0.0), "{name}");
    }
}

#[test]
fn a_name_that_several_interfaces_have_is_not_guessed() {
    let shapes = shapes();
    let error = shapes.call_wave_blocking("describe(nothing, {})").unwrap_err();
    assert_eq!(error.code(), Code::InvalidInput);
    let hint = error.hint_text().unwrap();
    assert!(
        hint.contains("test:shapes/geometry@1.2.0.describe, test:shapes/things@1.2.0.describe"),
        "{hint}"
    );
    assert_eq!(
        shapes.call_wave_blocking("things.describe()").unwrap(),
        "\"things\""
    );
}

#[test]
fn a_name_that_is_not_there_is_answered_with_the_nearest() {
    let shapes = shapes();
    let error = shapes.call_wave_blocking("great(\"ada\")").unwrap_err();
    assert_eq!(error.code(), Code::NotFound);
    assert!(
        error.hint_text().unwrap().starts_with("the nearest is greet"),
        "{error:?}"
    );
    let error = shapes.call_wave_blocking("geometry.zzz()").unwrap_err();
    assert!(error.hint_text().unwrap().starts_with("it exports "), "{error:?}");
    for name in [
        "",
        ".",
        "geometry.",
        "other.greet",
        "test:shapes/geometry@9.9.9.move-by",
        "xgreet",
    ] {
        assert_eq!(
            shapes.call_json_blocking(name, "[]").unwrap_err().code(),
            Code::NotFound,
            "{name:?}"
        );
    }
}

#[test]
fn every_type_of_value_crosses_both_ways() {
    let all = Everything {
        truth: true,
        bytes: vec![0, 255],
        small: (i8::MIN, u8::MAX, i16::MIN, u16::MAX),
        large: (i32::MIN, u32::MAX, i64::MIN, u64::MAX),
        floats: (f32::MIN_POSITIVE, f64::MAX),
        letter: '☃',
        text: "a \"text\"\n".to_owned(),
        shape: Shape::Polygon(vec![
            point(0.0, 1.0),
            Point {
                label: Some("b".to_owned()),
                ..point(2.0, 3.0)
            },
        ]),
        side: Side::RightHand,
        access: Access::READ | Access::RUN,
        maybe: Some(None),
        outcome: Err("no".to_owned()),
        plain: Ok(()),
    };
    let (shape, large, small) = (all.shape.clone(), all.large, all.small);
    let back: Everything = shapes().call_blocking("echo", (all,)).unwrap();
    assert!(back.truth && back.bytes == [0, 255] && back.letter == '☃' && back.text == "a \"text\"\n");
    assert_eq!((back.small, back.large), (small, large));
    assert_eq!(back.floats, (f32::MIN_POSITIVE, f64::MAX));
    assert_eq!(back.shape, shape);
    assert_eq!((back.side, back.maybe), (Side::RightHand, Some(None)));
    assert_eq!((back.outcome, back.plain), (Err("no".to_owned()), Ok(())));
    assert!(back.access == (Access::READ | Access::RUN) && !back.access.contains(Access::WRITE));
}

#[test]
fn an_error_of_the_component_s_own_is_a_value() {
    let shapes = shapes();
    let area: Result<f64, Side> = shapes
        .call_blocking("area", (Shape::Circle(point(2.0, 3.0)),))
        .unwrap();
    assert_eq!(area, Ok(6.0));
    let area: Result<f64, Side> = shapes.call_blocking("area", (Shape::Nothing,)).unwrap();
    assert_eq!(area, Err(Side::Left));
}

#[test]
fn rust_types_that_do_not_fit_are_refused_with_the_function_s_type() {
    let shapes = shapes();
    let wrong: [Result<String, Error>; 3] = [
        shapes.call_blocking("greet", (7_u32,)),
        shapes.call_blocking("greet", ()),
        shapes.call_blocking("count", ()),
    ];
    for error in wrong.map(Result::unwrap_err) {
        assert_eq!(error.code(), Code::InvalidInput);
        let hint = error.hint_text().unwrap();
        assert!(
            hint.contains("func(name: string) -> string") || hint.contains("count: func() -> u32"),
            "{hint}"
        );
    }
    // What a function gives is not lost by accident.
    let dropped: Result<(), Error> = shapes.call_blocking("count", ());
    assert_eq!(dropped.unwrap_err().code(), Code::InvalidInput);
}

#[test]
fn a_function_of_resources_is_refused_and_says_so() {
    let shapes = shapes();
    for expression in [
        "make()",
        "things.[method]thing.name(1)",
        "[constructor]thing(\"a\")",
    ] {
        let error = shapes.call_wave_blocking(expression).unwrap_err();
        assert_eq!(error.code(), Code::Unsupported, "{expression}: {error}");
        assert!(error.message().contains("a resource"), "{error}");
    }
}

#[test]
fn each_call_has_an_instance_of_its_own() {
    let shapes = shapes();
    for _ in 0..3 {
        assert_eq!(shapes.call_blocking::<_, u32>("count", ()).unwrap(), 1);
    }
}

#[test]
fn the_exports_are_listed_with_their_types() {
    let exports = shapes().exports();
    let signature = |name: &str| {
        let export = exports.iter().find(|export| export.name == name);
        export.map(|export| export.signature.as_str())
    };
    assert_eq!(signature("greet"), Some("greet: func(name: string) -> string"));
    assert_eq!(signature("nothing"), Some("nothing: func()"));
    assert_eq!(
        signature("test:shapes/geometry@1.2.0.area"),
        Some(
            "area: func(shape: variant {circle(record {x: f64, y: f64, label: option<string>}), \
             polygon(list<record {x: f64, y: f64, label: option<string>}>), nothing}) -> \
             result<f64, enum {left, right-hand}>"
        )
    );
}

#[test]
fn calls_are_made_from_any_executor_and_many_at_once() {
    let shapes = shapes();
    let executor = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let greetings = executor.block_on(async {
        let names: Vec<String> = (0..40).map(|n| n.to_string()).collect();
        let calls = names
            .iter()
            .map(|name| shapes.call::<_, String>("greet", (name.clone(),)));
        let mut greetings = Vec::new();
        for call in calls {
            greetings.push(call.await.unwrap());
        }
        greetings
    });
    assert_eq!(greetings.len(), 40);
    assert_eq!(greetings[39], "hello, 39");
}

#[test]
fn waiting_within_an_asynchronous_context_is_an_error_and_no_panic() {
    let shapes = shapes();
    let executor = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let error = executor.block_on(async { shapes.call_wave_blocking("count()").unwrap_err() });
    assert_eq!(error.code(), Code::Unsupported);
}

#[test]
fn a_driver_called_directly_has_nothing_and_a_program_is_denied() {
    let bench = Bench::new();
    let strict = bench
        .runtime
        .callable(&component("payment"), &CallConfig::default());
    assert_eq!(strict.unwrap_err().code(), Code::WrongWorld);
    let config = CallConfig {
        absent: Absent::Denied,
        ..CallConfig::default()
    };
    let payment = bench.runtime.callable(&component("payment"), &config).unwrap();
    let input = r#"{"from":"~/usd","to":"/accounts/bob/usd","amount":"1.00"}"#;
    let output = payment
        .call_json_blocking("run", &serde_json::json!([input]).to_string())
        .unwrap();
    let output: serde_json::Value = serde_json::from_str(&output).unwrap();
    assert_eq!(output["err"]["code"], "denied");
    assert_eq!(
        output["err"]["message"],
        "airs:val/val@0.1.0.intend is not there for this component"
    );
}

#[test]
fn a_component_that_is_called_is_not_in_service() {
    let runtime = Runtime::builder().build().unwrap();
    let shapes = shapes_in(&runtime);
    assert!(runtime.components().is_empty());
    shapes.call_wave_blocking("count()").unwrap();
    let report = runtime.perform_blocking(Request::run("component", "null"));
    assert_eq!(report.result.unwrap_err().code(), Code::NotFound);
}

#[test]
fn a_call_and_what_it_logs_are_events() {
    let (sender, events) = std::sync::mpsc::channel();
    let runtime = Runtime::builder().on_event(move |event| {
        let text = match event {
            Event::Log {
                component,
                line,
                attempt,
                ..
            } => format!("{component}#{attempt} {line}"),
            Event::Called {
                component,
                function,
                failure,
                ..
            } => format!("{component} {function} {failure:?}"),
            _ => return,
        };
        sender.send(text).unwrap();
    });
    let runtime = runtime.build().unwrap();
    let component = Component::read(raw("shapes")).unwrap();
    let config = CallConfig {
        name: Some("shapes".parse().unwrap()),
        ..CallConfig::default()
    };
    let shapes = runtime.callable(&component, &config).unwrap();
    shapes.call_wave_blocking("greet(\"ada\")").unwrap();
    shapes.call_wave_blocking("act(\"panic\")").unwrap_err();
    let seen: Vec<String> = events.try_iter().collect();
    assert_eq!(seen[..2], ["shapes#1 greeting ada", "shapes greet None"]);
    assert_eq!(seen.last().unwrap(), "shapes act Some(Trap)");
}
