//! `cargo airs demo`: what both templates make is scaffolded, built and run.

use std::path::Path;
use std::process::Command;

use crate::scene::{Scene, checkout};

#[test]
fn the_demo_works_and_what_it_prints_works_too() {
    let scene = Scene::new("demo");
    let output = scene.command("demo demonstration").output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    let stdout = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = stdout.lines().collect();
    assert_eq!(
        lines,
        [
            "{\"balance\":\"100.00\"}",
            "\"final\"",
            "87.50",
            "12.50",
            "87.50",
            "12.50"
        ]
    );
    assert!(
        stderr.contains("error[insufficient-funds]: /accounts/alice/usd holds 87.50 usd, not 1000.00\n"),
        "{stderr}"
    );

    // From where the folder is entered on, every line can be pasted.
    let typed = stderr.lines().filter_map(|line| line.strip_prefix("$ "));
    let rest: Vec<&str> = typed.skip_while(|line| !line.starts_with("cd ")).collect();
    assert_eq!(rest.len(), 4, "{rest:?}");
    #[cfg(unix)]
    assert_eq!(shell(&scene, &rest.join(" && ")).code(), Some(0));
    #[cfg(unix)]
    for line in stderr
        .lines()
        .filter_map(|line| line.strip_prefix("$ "))
        .filter(|line| line.contains(" view "))
    {
        assert_eq!(
            shell(&scene, &format!("{} && {line}", rest[0])).code(),
            Some(0),
            "{line}"
        );
    }

    let again = scene.command("demo demonstration").output().unwrap();
    assert_eq!(again.status.code(), Some(2));
    assert_eq!(
        String::from_utf8(again.stderr).unwrap(),
        "error[usage]: demonstration exists already, and is not touched\nhelp: give the demo a folder that is not there yet\n"
    );
}

#[cfg(unix)]
fn shell(scene: &Scene, script: &str) -> std::process::ExitStatus {
    let mut command = Command::new("sh");
    command.args(["-c", script]).current_dir(scene.path());
    scene.surround(&mut command);
    command.output().unwrap().status
}

#[test]
fn the_demo_works_within_the_checkout_and_for_programs() {
    let scene = Scene::new("demo_json");
    let mut command = scene.command("demo --message-format json");
    let inside = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("demo-{}", std::process::id()));
    command.arg(&inside).current_dir(checkout());
    let manifest = || std::fs::read_to_string(checkout().join("Cargo.toml")).unwrap();
    let before = manifest();
    let output = command.output().unwrap();
    std::fs::remove_dir_all(&inside).unwrap();
    assert_eq!(manifest(), before, "the checkout's own workspace is left alone");
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let stdout = String::from_utf8(output.stdout).unwrap();
    let reasons: Vec<String> = stdout
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["reason"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    let pair = ["asset-viewed", "asset-viewed"];
    assert_eq!(
        reasons,
        [
            &["component-created"; 2][..],
            &["component-built"; 2],
            &["path-bound"; 2],
            &["asset-controlled", "run-committed"],
            &pair,
            &["error"],
            &pair
        ]
        .concat()
    );
}

#[test]
fn a_project_that_begins_within_a_workspace_leaves_it_alone() {
    let scene = Scene::new("begins_within");
    let outer = "[workspace]\nmembers = []\n";
    let project = scene.path().join("project");
    std::fs::create_dir_all(&project).unwrap();
    std::fs::write(scene.path().join("Cargo.toml"), outer).unwrap();
    std::fs::write(project.join("airs.toml"), "version = 1\n").unwrap();
    for name in ["ledger", "second"] {
        let mut command = scene.command(&format!("new driver {name} --vcs none"));
        assert!(command.current_dir(&project).output().unwrap().status.success());
    }
    assert_eq!(
        std::fs::read_to_string(scene.path().join("Cargo.toml")).unwrap(),
        outer
    );
    let own = std::fs::read_to_string(project.join("Cargo.toml")).unwrap();
    assert!(own.contains("ledger") && own.contains("second"), "{own}");
}
