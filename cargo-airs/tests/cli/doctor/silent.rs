//! What never answers is named and ended, and waited for no longer than a while.

use std::process::Command;

use rustix::process::{Pid, test_kill_process};

use super::{check, examined, made, mode, stand_in};

/// Says who it is, and never ends by itself, nor when it is asked to.
const HANGS: &str = "echo $$ >> \"$STARTED\"; trap '' TERM; exec tail -f /dev/null";

#[test]
fn a_tool_that_hangs_and_a_pipe_in_the_place_of_a_file_are_named() {
    let mut scene = made("doctor_silent");
    stand_in(&mut scene, "bin/rustc", "UNUSED", HANGS);
    let (bin, path) = (scene.path().join("bin"), std::env::var("PATH").unwrap());
    scene.set("PATH", format!("{}:{path}", bin.display()));
    let started = scene.path().join("started");
    scene.set("STARTED", started.to_string_lossy());
    scene.write(".airs/state/local.sqlite", "");
    mode(&scene.path().join(".airs/state"), 0o700);
    let lock = scene.path().join(".airs/state/local.sqlite-owner");
    assert!(Command::new("mkfifo").arg(lock).status().unwrap().success());

    let (checks, exit) = examined(&scene, "");
    assert_eq!(exit, Some(1));
    for id in ["rustc", "wasm-target", "state-owner"] {
        let silent = check(&checks, id);
        assert_eq!(silent["verdict"], "fault", "{silent}");
        assert_eq!(silent["found"], "no answer within 10 s", "{silent}");
        assert!(silent["repair"].is_string());
    }
    for id in ["project-file", "clock", "components", "state-files"] {
        assert_eq!(check(&checks, id)["verdict"], "good", "{checks:?}");
    }
    // Nothing of it goes on: each was ended, and is no more or is only still to be taken note of.
    let started = scene.read("started");
    assert!(started.lines().count() >= 2, "{started}");
    for process in started.lines().map(|line| line.parse::<i32>().unwrap()) {
        let is_there = test_kill_process(Pid::from_raw(process).unwrap()).is_ok();
        let state = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        assert!(!is_there || state.contains(") Z "), "{process}: {state}");
    }
}
