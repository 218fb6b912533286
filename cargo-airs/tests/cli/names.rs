//! Names of new components: which are refused, with what to take instead, and that nothing is written.

use crate::scene::Scene;

/// What is typed, and the name that is offered instead; none for a good name.
const TABLE: [(&str, Option<&str>); 34] = [
    ("a", None),
    ("ledger", None),
    ("my-ledger-2", None),
    ("x9", None),
    ("", Some("my-driver")),
    (" ", Some("my-driver")),
    (".", Some("my-driver")),
    ("..", Some("my-driver")),
    ("../ledger", Some("ledger")),
    ("/etc/passwd", Some("etc-passwd")),
    ("a/b", Some("a-b")),
    ("a\\b", Some("a-b")),
    ("My Driver", Some("my-driver")),
    ("MyDriver", Some("my-driver")),
    ("Ledger", Some("ledger")),
    ("my_ledger", Some("my-ledger")),
    ("my.ledger", Some("my-ledger")),
    ("my--ledger", Some("my-ledger")),
    ("ledger-", Some("ledger")),
    ("1st", Some("driver-1st")),
    ("2-fast", Some("driver-2-fast")),
    ("größe", Some("gr-e")),
    ("日本", Some("my-driver")),
    ("💰", Some("my-driver")),
    ("fn", Some("fn-driver")),
    ("async", Some("async-driver")),
    ("type", Some("type-driver")),
    ("Self", Some("self-driver")),
    ("test", Some("test-driver")),
    ("core", Some("core-driver")),
    ("serde", Some("serde-driver")),
    ("airs", Some("airs-driver")),
    ("con", Some("con-driver")),
    ("a\nb", Some("a-b")),
];

#[test]
fn a_bad_name_is_refused_before_anything_is_written() {
    for (name, instead) in TABLE {
        let scene = Scene::new("names");
        let mut command = scene.command("new driver --vcs none --message-format json");
        let output = command.arg("--").arg(name).output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        let message: serde_json::Value = serde_json::from_str(&stdout).unwrap();
        let Some(instead) = instead else {
            assert_eq!(output.status.code(), Some(0), "{name:?}: {stdout}");
            assert_eq!(message["reason"], "component-created");
            continue;
        };
        assert_eq!(output.status.code(), Some(2), "{name:?}: {stdout}");
        assert_eq!(message["code"], "invalid-name", "{name:?}");
        let hint = message["hint"].as_str().unwrap();
        assert!(
            hint.ends_with(&format!("cargo airs new driver {instead}")),
            "{name:?}: {hint}"
        );
        assert_eq!(scene.files(), Vec::<String>::new(), "{name:?}");
    }
}

#[test]
fn a_name_that_is_too_long_is_cut() {
    let mut scene = Scene::new("name_too_long");
    let long = "x".repeat(65);
    let output = scene.run(&format!("new program {long}"));
    assert_eq!(output.status.code(), Some(2));
    scene.check();
}
