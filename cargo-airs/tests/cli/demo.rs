//! `cargo airs demo`: what both templates make is scaffolded, built and run.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::scene::{Scene, blesses, checkout};

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

/// What `demo --dev` shows, line by line, and after how many seconds.
fn watched() -> Vec<(f64, String)> {
    let scene = Scene::new("demo_dev");
    let mut command = scene.command("demo --dev demonstration");
    let tool = Path::new(env!("CARGO_BIN_EXE_cargo-airs")).parent().unwrap();
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let paths = [tool.to_owned()].into_iter().chain(std::env::split_paths(&paths));
    command.env("PATH", std::env::join_paths(paths).unwrap());
    let (reader, writer) = std::io::pipe().unwrap();
    command.stdout(writer.try_clone().unwrap()).stderr(writer);
    let begun = Instant::now();
    let mut child = command.spawn().unwrap();
    // It holds the other ends of the pipe.
    drop(command);
    let root = scene.path().display().to_string();
    let root = root.trim_end_matches('/').to_owned();
    let line = |line: std::io::Result<String>| {
        (
            begun.elapsed().as_secs_f64(),
            line.unwrap().replace(&root, "/tmp"),
        )
    };
    let lines: Vec<_> = BufReader::new(reader).lines().map(line).collect();
    let status = child.wait().unwrap();
    assert!(status.success(), "{lines:#?}");
    lines
}

const CAST: &str = "docs/demo-dev.cast";

/// What a recording shows.
fn shown(cast: &str) -> Vec<String> {
    let event = |line| serde_json::from_str::<(f64, String, String)>(line).unwrap().2;
    let text: String = cast.lines().skip(1).map(event).collect();
    text.lines()
        .map(|line| line.trim_end_matches('\r').to_owned())
        .collect()
}

/// `AIRS_BLESS=1` records it, as <https://docs.asciinema.org/manual/asciicast/v2/> has it.
#[test]
fn an_edit_goes_live_under_traffic_and_a_broken_one_takes_nothing_down() {
    let lines = watched();
    let has = |part: &str| {
        assert!(
            lines.iter().any(|(_, line)| line.contains(part)),
            "{part}: {lines:#?}"
        )
    };
    for part in [
        "0 failed",
        " answered \"final\"",
        " answered [\"final\",\"and a good day\"]",
        "note: the new code answered ",
        "error[E0609]",
        "what served before serves on",
    ] {
        has(part);
    }
    let cast = checkout().join(CAST);
    if blesses() {
        let mut text =
            serde_json::json!({ "version": 2, "width": 120, "height": 40, "title": "cargo airs demo --dev" })
                .to_string();
        for (seconds, line) in &lines {
            let seconds = (seconds * 1e3).round() / 1e3;
            text += &format!("\n{}", serde_json::json!([seconds, "o", format!("{line}\r\n")]));
        }
        std::fs::write(&cast, text + "\n").unwrap();
    }
    let recorded = shown(&std::fs::read_to_string(&cast).unwrap());
    // Those that the demo says itself, and that are the same each time.
    let steps = |lines: &mut dyn Iterator<Item = String>| -> Vec<String> {
        lines
            .filter(|line| {
                ["# ", "$ ", "-", "+", "error["]
                    .iter()
                    .any(|mark| line.starts_with(mark))
            })
            .collect()
    };
    assert_eq!(
        steps(&mut recorded.clone().into_iter()),
        steps(&mut lines.into_iter().map(|(_, line)| line)),
        "AIRS_BLESS=1 records anew"
    );
    let from = recorded
        .iter()
        .position(|line| line.starts_with("# alice pays bob"))
        .unwrap();
    let to = recorded
        .iter()
        .position(|line| line.starts_with("# go on from here"))
        .unwrap();
    let part = recorded[from..to].join("\n");
    let readme = std::fs::read_to_string(checkout().join("README.md")).unwrap();
    assert!(
        readme.contains(&format!("```text\n{}\n```\n", part.trim_end())),
        "README.md embeds:\n{part}"
    );
}
