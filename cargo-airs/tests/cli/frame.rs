//! Help, versions, mistakes on the command line, and how output is switched.

use std::process::Command;

use crate::scene::Scene;

fn stdout(scene: &Scene, line: &str) -> String {
    let output = scene.command(line).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{line}");
    String::from_utf8(output.stdout).unwrap()
}

/// Every command, as help lists them.
fn commands(scene: &Scene) -> Vec<String> {
    let help = stdout(scene, "--help");
    let (_, after) = help.split_once("Commands:\n").unwrap();
    let (list, _) = after.split_once("\n\n").unwrap();
    let names = list.lines().filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

#[test]
fn help_is_the_same_in_every_way_of_asking() {
    let mut scene = Scene::new("help");
    let bare = |arguments: &[&str]| {
        let mut bare = Command::new(env!("CARGO_BIN_EXE_cargo-airs"));
        String::from_utf8(bare.args(arguments).output().unwrap().stdout).unwrap()
    };
    scene.run("--help");
    let commands = commands(&scene);
    assert!(commands.len() >= 15, "{commands:?}");
    for command in &commands {
        scene.run(&format!("{command} --help"));
        let help = stdout(&scene, &format!("{command} --help"));
        assert_eq!(stdout(&scene, &format!("help {command}")), help, "{command}");
        let with_options = stdout(
            &scene,
            &format!("help --color never {command} --message-format json"),
        );
        assert_eq!(with_options, help, "{command}");
        assert_eq!(bare(&[command, "--help"]), help, "{command}");
        assert_eq!(bare(&["help", command]), help, "{command}");
    }
    scene.check();
    assert_eq!(stdout(&scene, "help"), stdout(&scene, "--help"));
    assert_eq!(bare(&["--help"]), stdout(&scene, "--help"));
}

#[test]
fn the_version_is_told() {
    let scene = Scene::new("version");
    assert_eq!(
        stdout(&scene, "--version"),
        format!("cargo-airs {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn mistakes_on_the_command_line_are_named() {
    let mut scene = Scene::new("mistakes");
    for line in [
        "",
        "nwe driver ledger",
        "new driver",
        "new robot ledger",
        "new drivre ledger",
        "new driver ledger --sdk /nowhere",
        "new driver ledger --skd /nowhere",
        "build --release --profile small",
        "build --message-format yaml",
        "--message-format json",
        "new robot ledger --message-format json",
        "new driver ledger --skd x --message-format=json",
    ] {
        assert_eq!(scene.run(line).status.code(), Some(2), "{line}");
    }
    scene.check();
}

#[test]
fn colour_is_for_those_who_want_it() {
    let colored = |variables: &[(&str, &str)], line: &str| {
        let scene = Scene::new("colour");
        let mut command = scene.command(line);
        let output = command.envs(variables.iter().copied()).output().unwrap();
        String::from_utf8(output.stderr).unwrap().contains('\u{1b}')
    };
    for line in ["new driver fn", "nwe"] {
        assert!(!colored(&[], line));
        assert!(colored(&[], &format!("{line} --color always")));
        assert!(colored(&[("CARGO_TERM_COLOR", "always")], line));
        assert!(!colored(
            &[("CARGO_TERM_COLOR", "always")],
            &format!("{line} --color never")
        ));
        assert!(!colored(&[("NO_COLOR", "1")], line));
    }
}

#[cfg(unix)]
#[test]
fn every_kind_of_line_has_its_colour() {
    let mut scene = Scene::new("coloured");
    scene.run("new driver ledger --vcs none --color always");
    scene.enter("ledger").run("new driver ledger --color always");
    let trap = "(component (core module $m (func (export \"f\") unreachable)) (core instance $i (instantiate $m))\n\
                (func (export \"f\") (canon lift (core func $i \"f\"))))";
    scene.write("trap.wat", trap).write("cache/file", "");
    let cache = scene.path().join("cache");
    std::os::unix::fs::symlink(&cache, cache.join("code")).unwrap();
    scene.set("AIRS_CACHE_DIR", cache.to_string_lossy());
    scene.run("call trap.wat 'f()' --color always");
    scene.run("doctr --color always");
    scene.run("view --color always");
    scene.run("schema --help --color always");
    scene.check();
}

#[test]
fn quiet_is_quiet() {
    let scene = Scene::new("quiet");
    let output = scene.command("new driver ledger -q").output().unwrap();
    assert_eq!((output.stdout, output.stderr), (Vec::new(), Vec::new()));
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_cannot_be_written_is_a_failure() {
    let scene = Scene::new("full");
    for line in [
        "schema project",
        "completions bash",
        "--version",
        "doctor --message-format json",
    ] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let output = scene.command(line).stdout(full).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(3), "{line}: {said}");
        assert!(
            said.contains("error[unavailable]: cannot write to stdout"),
            "{line}: {said}"
        );
    }
    // Whoever reads has enough of it: that is no failure.
    let (reads, writes) = std::io::pipe().unwrap();
    drop(reads);
    let output = scene.command("schema project").stdout(writes).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{output:?}");
}
