//! No network but what a command needs: shown where there is none, and by what the system is asked for.

#![cfg(target_os = "linux")]

use std::process::{Command, Output};

use crate::project::{DOLLARS, accounts};
use crate::scene::{Scene, checkout};
use crate::untested::untested;

const ORDER: &str = "'{\"from\":\"~/usd\",\"to\":\"/accounts/bob/usd\",\"amount\":\"1\"}'";

/// Notes every socket that is made or connected, and holds a program up at nothing else. A pair of sockets is a pipe: nobody else has
/// an end of it.
const TRACED: [&str; 8] = [
    "strace",
    "-f",
    "--seccomp-bpf",
    "-qq",
    "-e",
    "trace=socket,connect",
    "-o",
    "trace",
];

/// A command line of this program, started by another one.
fn started(scene: &Scene, by: &[&str], line: &str) -> Option<Output> {
    let itself = scene.command(line);
    let mut command = Command::new(by[0]);
    command
        .args(&by[1..])
        .arg(itself.get_program())
        .args(itself.get_args());
    command.current_dir(scene.path());
    scene.surround(&mut command);
    command.output().ok()
}

/// Every command that works on a project, in an order in which all succeed.
fn commands() -> Vec<String> {
    [
        "build",
        "check",
        "inspect ledger",
        "call payment 'run(\"null\")'",
        &format!("bench payment --as alice --runs 2 --input {ORDER}"),
        "status",
        "bindings",
        "view /accounts/alice/usd",
        "control /accounts/alice/usd mint --input '{\"amount\":\"1\"}'",
        &format!("run payment --as alice --input {ORDER}"),
        &format!("bind /treasury --driver ledger --account {DOLLARS}"),
        "unbind /treasury",
        "explain ledger",
        "explain /accounts/alice/usd",
    ]
    .map(str::to_owned)
    .to_vec()
}

#[test]
fn a_project_is_built_and_used_where_there_is_no_network() {
    let scene = accounts("no_network");
    let without = ["unshare", "--user", "--map-root-user", "--net"];
    let possible = started(&scene, &without, "--version").is_some_and(|output| output.status.success());
    if !possible {
        return untested("this machine lets nobody be without a network (unshare)");
    }
    for flag in ["--offline", "--locked", "--frozen", ""] {
        for line in commands() {
            let output = started(&scene, &without, &format!("{line} {flag}")).unwrap();
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(0), "{line} {flag}: {stderr}");
        }
    }
}

/// The sockets that a command, and what it starts, have made or connected; it succeeds.
fn opened(scene: &Scene, line: &str) -> Vec<String> {
    let output = started(scene, &TRACED, line).unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{line}: {stderr}");
    let trace = scene.read("trace");
    let opens = |call: &&str| call.contains("socket(") || call.contains("connect(");
    trace.lines().filter(opens).map(str::to_owned).collect()
}

#[test]
fn no_command_opens_a_socket_that_it_does_not_need() {
    let mut scene = accounts("no_sockets");
    let run = scene.path().join("run");
    std::fs::create_dir(&run).unwrap();
    std::fs::set_permissions(&run, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    scene.set("XDG_RUNTIME_DIR", run.to_string_lossy());
    if started(&scene, &TRACED, "--version").is_none_or(|output| !output.status.success()) {
        return untested("strace is not installed, or may not trace here");
    }
    let template = checkout().join("templates/program");
    let mut lines = commands();
    lines.extend(
        [
            "doctor",
            "events",
            "logs",
            "completions bash",
            "schema project",
            "man manual",
            "new program another --vcs none",
            &format!("new program third --vcs none --template '{}'", template.display()),
            // It builds, too.
            "demo demonstration",
        ]
        .map(str::to_owned),
    );
    for line in lines {
        let opened = opened(&scene, &line);
        assert!(opened.is_empty(), "{line}: {opened:?}");
    }
    // Tests and who serves them talk over one socket, in a folder that is this user's alone.
    let own = format!("sun_path=\"{}/", run.display());
    let opened = opened(&scene, "test --offline -p ledger");
    let is_own = |call: &String| {
        call.contains(" socket(AF_UNIX, ")
            || call.contains(" connect(") && call.contains("{sa_family=AF_UNIX, ") && call.contains(&own)
    };
    assert!(opened.iter().all(is_own), "{opened:#?}");
    assert!(opened.iter().any(|call| call.contains(&own)), "{opened:#?}");
    // It would be seen.
    let mut other = Command::new("strace");
    let sending = other
        .args(&TRACED[1..])
        .arg("bash")
        .args(["-c", "exec 3<>/dev/udp/127.0.0.1/9"]);
    sending.current_dir(scene.path()).output().unwrap();
    assert!(
        scene.read("trace").contains("socket(AF_INET"),
        "{}",
        scene.read("trace")
    );
}
