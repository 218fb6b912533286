//! What is said of what serves, and of what does not.

use super::loops::Dev;
use super::project::unbound;
use crate::project::succeed;
use crate::scene::Scene;

/// The exit code of a command, and what it writes to stderr.
fn fail(scene: &Scene, line: &str) -> (Option<i32>, String) {
    let output = scene.command(line).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn what_serves_is_told_beside_what_was_built() {
    let scene = unbound("served");
    let mut dev = Dev::start(&scene, "--state memory");
    dev.turn();
    // The files of the beginning were made by the loop, and nobody has touched them.
    assert!(
        dev.heard()
            .iter()
            .all(|message| message["reason"] != "dev-unchanged"),
        "{:#?}",
        dev.heard()
    );
    dev.kill();

    // What an earlier loop has left does not serve.
    let mut dev = Dev::start(&scene, "--state memory -p served-tally");
    dev.turn();
    let said = succeed(&scene, "status");
    let process = format!(
        "serving  `cargo airs dev`, process {}, which builds apart\n",
        dev.id()
    );
    assert!(said.contains(&process), "{said}");
    let line = |name: &str| said.lines().find(|line| line.contains(name)).unwrap();
    assert!(line("served-tally").contains(": serves, "), "{said}");
    assert!(
        line("served-tally").ends_with("; `cargo airs build` of it: not built"),
        "{said}"
    );
    assert!(
        line("served-bump").ends_with(": does not serve; `cargo airs build` of it: not built"),
        "{said}"
    );
    let object = crate::schema::message(succeed(&scene, "status --message-format json").trim_end());
    assert_eq!(object["dev_process"], dev.id());
    let of = |name: &str| {
        let mut components = object["components"].as_array().unwrap().iter();
        components.find(|one| one["name"] == name).unwrap()["serving"].clone()
    };
    assert!(of("served-tally")["size_bytes"].as_u64().unwrap() > 0, "{object}");
    assert!(of("served-bump").is_null(), "{object}");

    let (code, said) = fail(&scene, "run served-bump");
    assert_eq!(code, Some(2), "{said}");
    assert!(
        said.contains("`cargo airs dev` serves what airs.toml lists"),
        "{said}"
    );
    assert!(!said.contains("cargo airs build"), "{said}");
}

#[test]
fn a_program_to_run_that_is_not_there_is_a_mistake_at_once() {
    let scene = unbound("unknown");
    for (line, says) in [
        ("--run nosuch", "there is no program \"nosuch\" here"),
        ("--run unknown-tally", "unknown-tally is a driver"),
        ("-p unknown-tally --run unknown-bump", "`-p unknown-bump` adds it"),
    ] {
        let (code, said) = fail(&scene, &format!("dev --state memory {line}"));
        assert_eq!(code, Some(2), "{line}: {said}");
        assert!(said.contains(says), "{line}: {said}");
        assert!(!scene.path().join(".airs/dev.json").exists(), "{line}");
    }
}
