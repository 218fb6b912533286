//! Commands whose runs have an id.

use airs_runtime::Runtime;
use serde_json::Value;

use crate::project::{DOLLARS, accounts, succeed};
use crate::scene::Scene;

const ORDER: &str = r#"{"from":"~/usd","to":"/accounts/bob/usd","amount":"1"}"#;

/// What a command says of its run.
fn said(scene: &Scene, line: &str) -> Value {
    let output = succeed(scene, &format!("{line} --message-format json"));
    serde_json::from_str(&output).unwrap()
}

#[test]
fn a_command_with_an_id_is_done_once() {
    let scene = accounts("ids");
    for line in [
        format!("run payment --as alice --input '{ORDER}'"),
        "control /accounts/bob/usd mint --input '{\"amount\":\"5\"}'".to_owned(),
        format!("bind /treasury --driver ledger --account {DOLLARS}"),
        "view /accounts/bob/usd".to_owned(),
        "unbind /treasury".to_owned(),
    ] {
        let id = Runtime::new_id().to_string();
        let line = format!("{line} --id {id}");
        let first = said(&scene, &line);
        assert_eq!(
            (&first["run"], &first["replayed"]),
            (&Value::from(id), &Value::from(false))
        );
        let mut again = said(&scene, &line);
        assert_eq!(again["replayed"], true, "{line}");
        again["replayed"] = false.into();
        assert_eq!(first, again, "{line}");
    }
    assert_eq!(succeed(&scene, "view /accounts/bob/usd"), "6.00\n");
}

#[test]
fn who_asks_again_is_told_that_nothing_was_done() {
    let mut scene = accounts("ids_said");
    let id = Runtime::new_id();
    let line = format!("run payment --as alice --input '{ORDER}' --id {id}");
    for told in [false, true] {
        let output = scene.run(&line);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{stderr}");
        assert_eq!(stderr.contains("was committed before"), told, "{stderr}");
    }
    // Without an id it is another run.
    succeed(&scene, &format!("run payment --as alice --input '{ORDER}'"));
    let other = ORDER.replace("\"1\"", "\"2\"");
    let output = scene.run(&format!("run payment --as alice --input '{other}' --id {id}"));
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.starts_with("error[id-reused]: "), "{stderr}");
    assert_eq!(succeed(&scene, "view /accounts/bob/usd"), "2.00\n");
}

#[test]
fn an_id_that_is_none_or_too_old_is_named() {
    let mut scene = accounts("ids_bad");
    for (id, exit) in [
        ("01K5V8Q4ZC2R9T7M3XH6JWPBN", 2),
        ("01K5V8Q4ZC2R9T7M3XH6JWPBNU", 2),
        ("81K5V8Q4ZC2R9T7M3XH6JWPBNE", 2),
        ("01H5V8Q4ZC2R9T7M3XH6JWPBNE", 1),
        ("7ZZZZZZZZZZZZZZZZZZZZZZZZZ", 2),
    ] {
        let output = scene.run(&format!("run payment --as alice --input '{ORDER}' --id {id}"));
        assert_eq!(output.status.code(), Some(exit), "{id}");
    }
    scene.check();
    assert_eq!(succeed(&scene, "view /accounts/bob/usd"), "0.00\n");
}
