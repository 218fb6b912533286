//! `cargo airs bench`.

use serde_json::Value;

use crate::project::{accounts, succeed};
use crate::scene::Scene;

const ORDER: &str = "'{\"from\":\"~/usd\",\"to\":\"/accounts/bob/usd\",\"amount\":\"0.01\"}'";

fn measured(scene: &Scene, more: &str) -> Value {
    let line = format!("bench payment --as alice --input {ORDER} --message-format json {more}");
    let text = succeed(scene, &line);
    crate::schema::message(text.lines().last().unwrap())
}

#[test]
fn runs_are_measured_on_a_copy_and_compared_with_a_baseline() {
    let scene = accounts("bench");
    let first = measured(&scene, "--runs 40 --save-baseline first");
    assert_eq!(first["reason"], "bench-measured");
    assert_eq!((&first["runs"], &first["at_once"]), (&40.into(), &1.into()));
    assert_eq!(
        (&first["attempts"], &first["against"]),
        (&40.into(), &Value::Null)
    );
    let latency = |name: &str| first["latency_us"][name].as_f64().unwrap();
    let [min, p50, p90, p99, max] = ["min", "p50", "p90", "p99", "max"].map(latency);
    assert!(0.0 < min && min <= p50 && p50 <= p90 && p90 <= p99 && p99 <= max);
    assert!(first["runs_per_second"].as_f64().unwrap() <= 1e6 / min);

    // Nothing of it remains.
    assert_eq!(succeed(&scene, "view /accounts/alice/usd").trim(), "100.00");
    let left = std::fs::read_dir(scene.path().join(".airs")).unwrap();
    let left: Vec<_> = left
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(left.iter().all(|name| !name.contains("bench-state")), "{left:?}");

    let second = measured(&scene, "--runs 20 --at-once 4 --baseline first");
    assert_eq!(second["against"]["baseline"], "first");
    let ratio = |name: &str| second["latency_us"][name].as_f64().unwrap() / latency(name);
    for name in ["p50", "p90", "p99"] {
        let said = second["against"][name].as_f64().unwrap();
        assert!((said - ratio(name)).abs() < 1e-6, "{name}: {said}");
    }
    let line = format!("bench payment --as alice --input {ORDER} --runs 10 --baseline first");
    let text = succeed(&scene, &line);
    assert!(
        text.starts_with("payment, profile dev: 10 runs, 1 at once, "),
        "{text}"
    );
    assert!(text.contains("\n  against first: p50 "), "{text}");
    assert!(
        text.contains("the components are those of the baseline"),
        "{text}"
    );

    // What differs is named.
    let nothing: [&str; 0] = [];
    assert_eq!(
        second["against"]["differs"],
        serde_json::json!(["number of runs at once"])
    );
    let same = measured(&scene, "--runs 10 --baseline first");
    assert_eq!(same["against"]["differs"], serde_json::json!(nothing));
    let other = ORDER.replace("0.01", "0.02");
    let line = format!("bench payment --as alice --input {other} --runs 10 --baseline first");
    let output = scene.command(&line).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        stderr.contains("baseline first was measured with another input"),
        "{stderr}"
    );

    // Nothing is in proportion to nothing.
    let kept = scene.read(".airs/bench/first.json");
    let mut kept: Value = serde_json::from_str(&kept).unwrap();
    kept["measured"]["latency_us"]["p50"] = 0.0.into();
    std::fs::write(scene.path().join(".airs/bench/zero.json"), kept.to_string()).unwrap();
    let output = scene.command("bench payment --baseline zero").output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("it has figures that are not above 0"), "{stderr}");
}

#[test]
fn what_cannot_be_measured_is_named() {
    let mut scene = accounts("bench_bad");
    scene.run("bench paymnet");
    scene.run(&format!("bench payment --as bob --runs 10 --input {ORDER}"));
    scene.run("bench payment --baseline none");
    scene.write(".airs/bench/bad.json", "{\"version\": 7}");
    scene.run("bench payment --baseline bad");
    scene.run("bench payment --runs 0");
    scene.run("bench payment --save-baseline ../out");
    let owner = std::fs::File::create(scene.path().join(".airs/state/local.sqlite-owner")).unwrap();
    owner.lock().unwrap();
    scene.run(&format!("bench payment --as alice --runs 10 --input {ORDER}"));
    scene.check();
}
