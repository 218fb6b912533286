//! `cargo airs doctor`: each fault is made, found under its id, and, where it can be, repaired.

#![cfg(unix)]

mod kept;
mod locked;
mod silent;

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::project::{ledger, succeed};
use crate::scene::{Scene, checkout};

/// A driver that was made and not built, with folders of its own for what is otherwise the person's.
fn made(name: &'static str) -> Scene {
    let mut scene = Scene::new(name);
    succeed(&scene, "new driver ledger --vcs none");
    own_folders(&mut scene);
    scene.enter("ledger");
    scene
}

fn own_folders(scene: &mut Scene) {
    let root = scene.path();
    for folder in ["run", "cache"] {
        fs::create_dir(root.join(folder)).unwrap();
        mode(&root.join(folder), 0o700);
    }
    scene.set("XDG_RUNTIME_DIR", root.join("run").to_string_lossy());
    scene.set("AIRS_CACHE_DIR", root.join("cache").to_string_lossy());
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// What the checks have found, and the exit code.
fn examined(scene: &Scene, flags: &str) -> (Vec<Value>, Option<i32>) {
    let line = format!("doctor --message-format json {flags}");
    let output = scene.command(&line).output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    let first = stdout.lines().next().unwrap_or_else(|| panic!("{stderr}"));
    let examination: Value = serde_json::from_str(first).unwrap();
    assert_eq!(examination["reason"], "doctor-examined", "{first}");
    (
        examination["checks"].as_array().unwrap().clone(),
        output.status.code(),
    )
}

fn check<'a>(checks: &'a [Value], id: &str) -> &'a Value {
    let found = checks.iter().find(|check| check["id"] == id);
    found.unwrap_or_else(|| panic!("no check {id}"))
}

/// Whether it depends on the machine that the tests run on, and on what else it does.
fn of_the_machine(check: &Value) -> bool {
    ["disk-space", "file-watching", "clock"]
        .iter()
        .any(|id| check["id"] == *id)
}

/// The check finds what was made, says what repairs it, and nothing else is wrong for that. When it can be repaired it
/// is, once, and is good from then on.
fn is_found(scene: &Scene, id: &str, verdict: &str, fixable: bool) {
    let (checks, exit) = examined(scene, "");
    let found = check(&checks, id);
    assert_eq!(found["verdict"], verdict, "{found}");
    assert!(found["repair"].is_string(), "{found}");
    assert_eq!(found["fixable"], fixable, "{found}");
    assert_eq!(exit, Some(i32::from(verdict == "fault")), "{checks:?}");
    for other in checks.iter().filter(|check| !of_the_machine(check)) {
        let well = ["good", "skipped"].contains(&other["verdict"].as_str().unwrap());
        assert!(well || other["id"] == id, "{other}");
    }
    let (checks, exit) = examined(scene, "--fix");
    let fixed = check(&checks, id);
    assert_eq!(
        fixed["verdict"],
        if fixable { "fixed" } else { verdict },
        "{fixed}"
    );
    if fixable {
        assert_eq!(exit, Some(0));
        let (checks, _) = examined(scene, "");
        assert_ne!(check(&checks, id)["verdict"], verdict, "{checks:?}");
    }
}

#[test]
fn where_all_is_well_nothing_is_found() {
    let mut scene = ledger("doctor_well");
    own_folders(&mut scene);
    scene.write(".gitignore", "/target\n.airs/\n");
    let (checks, exit) = examined(&scene, "");
    assert_eq!(exit, Some(0), "{checks:?}");
    for check in checks.into_iter().filter(|check| !of_the_machine(check)) {
        let verdict = check["verdict"].as_str().unwrap();
        assert!(["good", "skipped"].contains(&verdict), "{check}");
    }
}

#[test]
fn outside_of_a_project_the_machine_alone_is_looked_at() {
    let mut scene = Scene::new("doctor_outside");
    own_folders(&mut scene);
    let (checks, exit) = examined(&scene, "");
    assert_eq!(exit, Some(0), "{checks:?}");
    assert_eq!(check(&checks, "rustc")["verdict"], "good");
    assert_eq!(check(&checks, "workspace")["verdict"], "skipped");
}

#[test]
fn the_page_has_every_check_and_no_other() {
    let mut scene = Scene::new("doctor_page");
    own_folders(&mut scene);
    let (checks, _) = examined(&scene, "");
    let ids: Vec<&str> = checks.iter().map(|check| check["id"].as_str().unwrap()).collect();
    let page = fs::read_to_string(checkout().join("docs/reference/doctor.md")).unwrap();
    let rows = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    assert_eq!(rows.map(|(id, _)| id).collect::<Vec<_>>(), ids);
}

#[test]
fn what_is_found_is_shown_to_people() {
    let mut scene = made("doctor_shown");
    scene.write("airs.toml", "version = 1\n[componets.ledger]\npath = \".\"\n");
    let output = scene.command("doctor").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let (stdout, stderr) = (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    );
    assert!(
        stdout.contains("fault    project-file       airs.toml:2:2: "),
        "{stdout}"
    );
    assert!(stdout.contains("repair: write components\n"), "{stdout}");
    // Of the machine there may be some, too.
    let warnings = stdout.lines().filter(|line| line.starts_with("warning ")).count();
    let plural = if warnings == 1 { "" } else { "s" };
    let sum = format!("25 checks: 1 fault, {warnings} warning{plural}\n");
    assert!(stdout.ends_with(&sum), "{stdout}");
    assert_eq!(stderr, "error[faults-found]: 1 of the checks found a fault\n");
}

/// A script in place of a tool of the toolchain.
fn stand_in(scene: &mut Scene, tool: &'static str, variable: &'static str, script: &str) {
    scene.write(tool, format!("#!/bin/sh\n{script}\n"));
    let path = scene.path().join(tool);
    mode(&path, 0o755);
    scene.set(variable, path.to_string_lossy());
}

#[test]
fn an_old_compiler_is_found() {
    let mut scene = made("doctor_rustc");
    let script = "[ \"$1\" = --version ] && echo 'rustc 1.70.0 (90c541806 2023-05-31)' || exec rustc \"$@\"";
    stand_in(&mut scene, "old-rustc", "RUSTC", script);
    is_found(&scene, "rustc", "fault", false);
}

#[test]
fn a_missing_target_is_found_and_installed() {
    let mut scene = made("doctor_target");
    let script = "[ \"$1\" = --version ] || [ -e installed ] || { echo /nowhere; exit; }\nexec rustc \"$@\"";
    stand_in(&mut scene, "bin/rustc", "RUSTC", script);
    stand_in(&mut scene, "bin/rustup", "UNUSED", "echo \"$@\" > installed");
    let (bin, path) = (scene.path().join("bin"), std::env::var("PATH").unwrap());
    // The compiler of that name in the folder would call itself.
    let script = script.replace("exec rustc", &format!("PATH='{path}' exec rustc"));
    stand_in(&mut scene, "bin/rustc", "RUSTC", &script);
    scene.set("PATH", format!("{}:{path}", bin.display()));
    is_found(&scene, "wasm-target", "fault", true);
    assert_eq!(scene.read("installed"), "target add wasm32-wasip2\n");
}

#[test]
fn a_cache_that_others_could_change_is_found_and_closed() {
    let scene = made("doctor_cache");
    let code = scene.path().join("../cache/code");
    fs::create_dir(&code).unwrap();
    mode(&code, 0o777);
    is_found(&scene, "code-cache", "warning", true);
    fs::remove_dir_all(&code).unwrap();
    symlink(scene.path(), &code).unwrap();
    is_found(&scene, "code-cache", "warning", false);
}

#[test]
fn a_folder_for_sockets_that_others_can_enter_is_found_and_closed() {
    let scene = made("doctor_sockets");
    let folder = scene.path().join("../run/airs");
    fs::create_dir(&folder).unwrap();
    mode(&folder, 0o755);
    is_found(&scene, "socket-folder", "warning", true);
}

#[test]
fn a_folder_that_is_too_deep_for_sockets_is_found() {
    let mut scene = made("doctor_deep");
    let deep = scene.path().join("x".repeat(90));
    fs::create_dir(&deep).unwrap();
    mode(&deep, 0o700);
    scene.set("XDG_RUNTIME_DIR", deep.to_string_lossy());
    // There is another place.
    let (checks, _) = examined(&scene, "");
    assert_eq!(check(&checks, "socket-folder")["verdict"], "good");
    scene.set("TMPDIR", deep.to_string_lossy());
    is_found(&scene, "socket-folder", "warning", false);
}

#[test]
fn a_malformed_project_is_found() {
    let mut scene = made("doctor_project");
    scene.edit("airs.toml", "version = 1", "version = 2");
    is_found(&scene, "project-file", "fault", false);
}

#[test]
fn a_workspace_that_cargo_cannot_read_is_found() {
    let mut scene = made("doctor_workspace");
    scene.edit("Cargo.toml", "[lib]", "[[[lib]");
    is_found(&scene, "workspace", "fault", false);
}

#[test]
fn a_component_that_is_not_there_is_found() {
    let mut scene = made("doctor_component");
    scene.edit("airs.toml", "path = \".\"", "path = \"gone\"");
    is_found(&scene, "components", "fault", false);
}

#[test]
fn a_grant_that_is_missing_is_found() {
    let mut scene = made("doctor_grants");
    scene.edit("airs.toml", "storage = true", "storage = false");
    is_found(&scene, "grants", "warning", false);
}

#[test]
fn a_state_that_git_would_take_is_found_and_ignored() {
    let mut scene = made("doctor_git");
    let git = |arguments: &[&str]| {
        let mut git = std::process::Command::new("git");
        assert!(
            git.args(arguments)
                .current_dir(scene.path())
                .status()
                .unwrap()
                .success()
        );
    };
    git(&["init", "--quiet"]);
    git(&["add", "src"]);
    scene.write(".gitignore", "/target");
    is_found(&scene, "version-control", "warning", true);
    assert_eq!(scene.read(".gitignore"), "/target\n.airs/\n");
}

#[test]
fn a_file_from_the_future_is_found_and_touched() {
    let scene = made("doctor_times");
    let file = File::options()
        .append(true)
        .open(scene.path().join("src/lib.rs"))
        .unwrap();
    file.set_modified(SystemTime::now() + Duration::from_secs(86_400))
        .unwrap();
    is_found(&scene, "file-times", "warning", true);
}
