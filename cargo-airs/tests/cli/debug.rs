//! `--debug`, wherever components are built: the profile that a debugger looks into, and no limits of time.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use crate::scene::Scene;

/// Its variable has a name where there is all debug information, and nowhere else.
const VARIABLE: &str = "running_total";
const PROGRAM: &str = "\
//! Takes its time.

/// Counts.
#[airs::program]
fn count(to: u32) -> airs::Result<u64> {
    let mut running_total = 0_u64;
    for one in 0..to {
        running_total = std::hint::black_box(running_total + u64::from(one));
    }
    Ok(running_total)
}
";
const TESTS: &str = "\
//! As it is built.

#[test]
fn whoever_looks_on_has_made_nothing_late() -> airs::Result<()> {
    let total = airs_testing::Runtime::new()?.caller(\"alice\").run(\"lasting\", airs::json!(5_000_000))?;
    assert_eq!(total.to_string(), \"12499997500000\");
    Ok(())
}
";

/// A program that computes for longer than it may.
fn lasting() -> Scene {
    let mut scene = Scene::new("debug");
    let cache = scene.path().join("cache");
    scene.set("AIRS_CACHE_DIR", cache.to_string_lossy());
    assert_eq!(scene.run("new program lasting --vcs none").status.code(), Some(0));
    scene.enter("lasting");
    scene
        .edit(
            "Cargo.toml",
            "kind = \"program\"",
            "kind = \"program\"\nlimits = { deadline_ms = 10 }",
        )
        .write("src/lib.rs", PROGRAM)
        .write("tests/as_built.rs", TESTS);
    scene
}

/// Whether what the compiler made in a profile tells of its variables.
fn tells_of_variables(scene: &Scene, profile: &str) -> bool {
    let file = scene
        .path()
        .join(format!("target/wasm32-wasip2/{profile}/lasting.wasm"));
    let bytes = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    bytes
        .windows(VARIABLE.len())
        .any(|part| part == VARIABLE.as_bytes())
}

/// What the loop's run of it answers first.
fn answered_by_the_loop(scene: &Scene) -> serde_json::Value {
    let line = "dev --debug --state memory --run lasting --input 5000000 --message-format json";
    let mut dev = scene
        .command(line)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(dev.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok);
    let mut messages = lines.map(|line| crate::schema::message(&line));
    let ended = messages.find(|message| message["reason"] == "run-committed" || message["reason"] == "error");
    dev.kill().unwrap();
    dev.wait().unwrap();
    ended.unwrap()
}

#[test]
fn what_is_built_to_be_looked_into_is_checked_tested_and_served() {
    let scene = lasting();
    let run = |line: &str| {
        let output = scene.command(line).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&said).into_owned())
    };
    let built = |profile: &str| scene.path().join(format!("target/airs/{profile}")).exists();

    let (code, said) = run("check --debug --locked");
    assert_eq!(code, Some(0), "{said}");
    assert!(tells_of_variables(&scene, "airs-debug"));
    assert!(!scene.path().join("target/airs").exists());

    let (code, said) = run("test --debug --locked");
    assert_eq!(code, Some(0), "{said}");
    assert!(built("airs-debug") && !built("debug"));

    let answer = answered_by_the_loop(&scene);
    assert_eq!(answer["output"], 12_499_997_500_000_u64, "{answer}");
    let served = scene.path().join("target/airs/dev/wasm32-wasip2");
    assert!(served.join("airs-debug").is_dir() && !served.join("airs-dev").exists());

    // Without the flag it is late.
    let (code, said) = run("test --locked");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("DeadlineExceeded"), "{said}");
    assert!(!tells_of_variables(&scene, "debug"));
}
