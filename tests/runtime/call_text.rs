//! Calling any component with text: WAVE and JSON.

use airs_runtime::{CallConfig, Callable, Code, Component, Runtime};

use crate::callable::shapes;

fn wave(shapes: &Callable, expression: &str) -> String {
    shapes
        .call_wave_blocking(expression)
        .unwrap_or_else(|error| panic!("{expression}: {error}"))
}

#[test]
fn values_are_written_as_they_are_read() {
    let shapes = shapes();
    let all = "{truth: true, bytes: [0, 255], small: (-128, 255, -32768, 65535), \
               large: (-2147483648, 4294967295, -9223372036854775808, 18446744073709551615), \
               floats: (0.1, -inf), letter: '\\'', text: \"a \\\"text\\\" ☃\\n\\u{202e}\", \
               shape: polygon([{x: 1, y: -2.5}, {x: 0, y: nan, label: some(\"b\")}]), side: right-hand, \
               access: {read, run}, maybe: some(none), outcome: err(\"no\"), plain: ok}";
    assert_eq!(wave(&shapes, &format!("echo({all})")), all);
    assert_eq!(wave(&shapes, "nothing()"), "");
    assert_eq!(wave(&shapes, " greet ( \"ada\" ) "), "\"hello, ada\"");
}

#[test]
fn options_may_be_left_out() {
    let shapes = shapes();
    assert_eq!(wave(&shapes, "move-by({x: 1, y: 1}, (1, 1))"), "{x: 2, y: 2}");
    assert_eq!(
        wave(&shapes, "move-by({x: 1, y: 1, label: \"a\"}, (1, 1), 3)"),
        "{x: 4, y: 4, label: some(\"a\")}"
    );
    let json = r#"{"point": {"x": 1, "y": 1}, "by": [1, 1]}"#;
    let moved = shapes.call_json_blocking("move-by", json).unwrap();
    assert_eq!(moved, r#"{"label":null,"x":2.0,"y":2.0}"#);
    // To its last digit.
    let json = r#"[{"x": 4.6384114578297044e-94, "y": 1}, [0, 0]]"#;
    let moved = shapes.call_json_blocking("move-by", json).unwrap();
    assert_eq!(moved, r#"{"label":null,"x":4.6384114578297044e-94,"y":1.0}"#);
}

#[test]
fn arguments_that_do_not_fit_are_refused_before_anything_runs() {
    let shapes = shapes();
    for (expression, why) in [
        ("greet()", "name: it is missing"),
        ("greet", "name: it is missing"),
        ("greet(\"a\", \"b\")", "there are 2 and it takes 1"),
        ("greet(7)", "name: `7` is not a \"string\""),
        ("greet(\"a\"", "at the end"),
        ("greet(\"a\") and more", "at `and more`"),
        ("act(what)", "name"),
        ("move-by({x: 1}, (1, 1))", "point: y: it is missing"),
        (
            "move-by({x: 1, y: 1, z: 1}, (1, 1))",
            "there is no field \"z\"; there is x, y, label",
        ),
        ("move-by({x: 1, y: 1, y: 2}, (1, 1))", "duplicate field"),
        ("move-by({x: 1, y: 1}, (1, 1, 1))", "a tuple of 2 has 3"),
        (
            "move-by({x: 1, y: 1}, (1, 1), -1)",
            "times: `-1` is not a number of type u32",
        ),
        (
            "move-by({x: 1, y: 1}, (1, 1), 1.5)",
            "times: `1.5` is not a number of type u32",
        ),
        (
            "move-by({x: 1e999, y: 1}, (1, 1))",
            "x: `1e999` is not a number of type f64",
        ),
        (
            "area(square)",
            "there is no case \"square\"; there is circle, polygon, nothing",
        ),
        ("area(circle)", "circle carries a value"),
        ("area(nothing(1))", "nothing carries nothing"),
        (
            "geometry.describe(nothing, {fly})",
            "there is no flag \"fly\"; there is read, write, run",
        ),
    ] {
        let error = shapes.call_wave_blocking(expression).unwrap_err();
        assert_eq!(error.code(), Code::InvalidInput, "{expression}");
        if expression != "act(what)" {
            assert!(error.message().contains(why), "{expression}: {error}");
        }
        assert!(error.hint_text().unwrap().contains(": func("), "{error:?}");
    }
}

#[test]
fn json_says_the_same() {
    let shapes = shapes();
    let all = r#"{"access":["read","run"],"bytes":[0,255],"floats":[0.1,"-inf"],
        "large":[-2147483648,4294967295,-9223372036854775808,18446744073709551615],"letter":"☃",
        "maybe":{"some":null},"outcome":{"err":"no"},"plain":"ok",
        "shape":{"polygon":[{"label":null,"x":1.0,"y":"nan"}]},"side":"right-hand",
        "small":[-128,255,-32768,65535],"text":"a\n","truth":true}"#;
    let expected: serde_json::Value = serde_json::from_str(all).unwrap();
    let echo = shapes.call_json_blocking("echo", &format!("[{all}]")).unwrap();
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&echo).unwrap(),
        expected
    );
    assert_eq!(shapes.call_json_blocking("nothing", "").unwrap(), "null");
    assert_eq!(
        shapes.call_json_blocking("area", r#"["nothing"]"#).unwrap(),
        r#"{"err":"left"}"#
    );
    for (function, arguments, why) in [
        ("greet", "[", "not JSON"),
        ("greet", "7", "they are an array"),
        ("greet", "[]", "name: it is missing"),
        (
            "greet",
            r#"{"nom":"a"}"#,
            "there is no parameter \"nom\"; there is name",
        ),
        ("greet", r#"["a","b"]"#, "there are 2 and it takes 1"),
        ("greet", "[null]", "null is not a string"),
        ("area", r#"[{"circle":1,"nothing":2}]"#, "is not a case"),
        ("area", r#"["circle"]"#, "circle carries a value"),
        ("area", r#"[{"nothing":1}]"#, "nothing carries nothing"),
        (
            "move-by",
            r#"[{"x":1,"y":1,"z":1},[1,1]]"#,
            "there is no field \"z\"",
        ),
        (
            "move-by",
            r#"[{"x":1,"y":1},[1,1],4294967296]"#,
            "is not a number of type u32",
        ),
    ] {
        let error = shapes.call_json_blocking(function, arguments).unwrap_err();
        assert_eq!(error.code(), Code::InvalidInput, "{arguments}");
        assert!(error.message().contains(why), "{arguments}: {error}");
    }
}

#[test]
fn text_that_nests_deeply_is_refused_and_no_stack_overflows() {
    let shapes = shapes();
    for open in ["[", "(", "{x: ", "some(", "ok("] {
        let error = shapes
            .call_wave_blocking(&format!("greet({})", open.repeat(100_000)))
            .unwrap_err();
        assert_eq!(error.code(), Code::InvalidInput, "{open}");
    }
    for open in ["[", r#"{"x":"#] {
        let error = shapes
            .call_json_blocking("greet", &open.repeat(100_000))
            .unwrap_err();
        assert_eq!(error.code(), Code::InvalidInput, "{open}");
    }
    let parens = "(".repeat(100_000);
    assert_eq!(
        Component::from_text(&parens).unwrap_err().code(),
        Code::InvalidComponent
    );
}

/// Types that share parts are exponentially longer when they are written out.
#[test]
fn a_type_that_is_endless_when_written_out_is_shown_in_part() {
    let mut text = String::from("(component (type $t0 (tuple u8 u8))");
    for level in 1..16 {
        text.push_str(&format!(
            "(type $t{level} (tuple $t{} $t{}))",
            level - 1,
            level - 1
        ));
    }
    text.push_str(
        r#"(core module $m (memory (export "m") 1) (func (export "f") (param i32) unreachable)
           (func (export "r") (param i32 i32 i32 i32) (result i32) i32.const 0))
           (core instance $i (instantiate $m))
           (func (export "f") (param "a" $t15) (canon lift (core func $i "f") (memory (core memory $i "m"))
           (realloc (core func $i "r")))))"#,
    );
    let component = Component::from_text(&text).unwrap();
    let runtime = Runtime::builder().build().unwrap();
    let bomb = runtime.callable(&component, &CallConfig::default()).unwrap();
    let exports = bomb.exports();
    assert!(exports[0].signature.starts_with("f: func(a: tuple<tuple<"));
    assert!(exports[0].signature.ends_with('…') && exports[0].signature.len() < 3_000);
    assert_eq!(
        bomb.call_wave_blocking("f(1)").unwrap_err().code(),
        Code::InvalidInput
    );
}
