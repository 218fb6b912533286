//! Completions, asked for as shells do, and pages of the manual.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::project::{accounts, succeed};
use crate::scene::Scene;
use crate::untested::untested;

/// What is offered for the last word.
fn offered(scene: &Scene, words: &[&str]) -> Vec<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-airs"));
    command
        .arg("__complete")
        .arg((words.len() - 1).to_string())
        .args(words);
    command.current_dir(scene.path());
    scene.surround(&mut command);
    let output = command.output().unwrap();
    assert!(output.status.success());
    let stdout = String::from_utf8(output.stdout).unwrap();
    let value = |line: &str| line.split_once('\t').unwrap().0.to_owned();
    stdout
        .lines()
        .map(value)
        .filter(|value| !value.starts_with('-'))
        .collect()
}

#[test]
fn what_the_project_and_its_state_have_is_offered() {
    let scene = accounts("completions");
    let offered = |words: &[&str]| offered(&scene, words);
    let commands = offered(&["airs", ""]);
    assert!(
        commands.contains(&"build".to_owned()) && commands.contains(&"doctor".to_owned()),
        "{commands:?}"
    );
    assert_eq!(offered(&["airs", "explai"]), ["explain"]);
    assert_eq!(offered(&["airs", "build", "-p", ""]), ["ledger", "payment"]);
    assert_eq!(offered(&["airs", "run", ""]), ["payment"]);
    assert_eq!(offered(&["airs", "dev", "--run", "p"]), ["payment"]);
    assert_eq!(offered(&["airs", "bind", "/x", "--driver", ""]), ["ledger"]);
    let paths = ["/accounts/alice/usd", "/accounts/bob/usd"];
    assert_eq!(offered(&["airs", "view", ""]), paths);
    assert_eq!(offered(&["airs", "view", "/accounts/b"]), paths[1..]);
    assert_eq!(offered(&["cargo-airs", "unbind", "/accounts/a"]), paths[..1]);
    assert_eq!(offered(&["airs", "explain", "l"]), ["ledger"]);
    assert_eq!(
        offered(&["airs", "control", "/accounts/alice/usd", ""]),
        ["burn", "mint"]
    );
    assert_eq!(offered(&["airs", "control", "/nowhere", ""]), [""; 0]);
    assert_eq!(offered(&["airs", "view", "", "--context", "other"]).len(), 0);
    assert_eq!(offered(&["airs", "completions", ""]), ["bash", "zsh", "fish"]);
    assert!(offered(&["airs", "inspect", "Cargo.t"]).contains(&"Cargo.toml".to_owned()));
}

#[test]
fn without_a_project_nothing_is_said_of_it() {
    let mut scene = Scene::new("completions_none");
    assert_eq!(offered(&scene, &["airs", "run", ""]), [""; 0]);
    scene.write("airs.toml", "version = ");
    assert_eq!(offered(&scene, &["airs", "view", ""]), [""; 0]);
    assert_eq!(scene.files(), ["airs.toml"]);
}

/// What a shell has to offer for a line; none where there is no such shell.
fn shell(scene: &Scene, shell: &str, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new(shell);
    command.args(arguments).current_dir(scene.path());
    scene.surround(&mut command);
    let here = Path::new(env!("CARGO_BIN_EXE_cargo-airs")).parent().unwrap();
    command.env(
        "PATH",
        format!("{}:{}", here.display(), std::env::var("PATH").unwrap()),
    );
    let Ok(output) = command.output() else {
        untested(&format!("{shell} is not installed"));
        return None;
    };
    assert!(
        output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(String::from_utf8(output.stdout).unwrap())
}

#[cfg(unix)]
#[test]
fn bash_offers_it_and_leaves_what_is_cargos_to_cargo() {
    let scene = accounts("completions_bash");
    let script = r#"
        _of_cargo() { COMPREPLY=(of cargo); }
        complete -F _of_cargo cargo
        eval "$(cargo-airs completions bash)"
        eval "$(cargo-airs completions bash)"
        try() {
            COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
            local function=$(complete -p "$1"); function=${function##* -F }
            ${function%% *} "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
            echo "${COMPREPLY[*]}"
        }
        try cargo airs run ''
        try cargo airs control /accounts/alice/usd m
        try cargo-airs airs view /accounts/b
        try cargo-airs view /accounts/b
        try cargo b
        try cargo airs
    "#;
    let said = shell(&scene, "bash", &["--norc", "-c", script]);
    assert_eq!(
        said.unwrap(),
        "payment\nmint\n/accounts/bob/usd\n/accounts/bob/usd\nof cargo\nof cargo\n"
    );
}

#[cfg(unix)]
#[test]
fn fish_offers_it() {
    let scene = accounts("completions_fish");
    let script = "cargo-airs completions fish | source; complete --do-complete 'cargo airs run '; \
                  complete --do-complete 'cargo-airs view /accounts/b'";
    if let Some(said) = shell(&scene, "fish", &["--no-config", "-c", script]) {
        assert!(said.starts_with("payment\tprogram\n"), "{said}");
        assert!(said.contains("/accounts/bob/usd\tbound to ledger\n"), "{said}");
    }
}

/// A zsh on a terminal of its own, as it offers on none: it shows the line that the tab key has made of another.
#[cfg(unix)]
const ZSH: &str = r#"
    zmodload zsh/zpty
    zpty shell zsh -f -i
    zpty -w shell 'PS1= PS2=; autoload -U compinit; compinit -u -D; source <(cargo-airs completions zsh)'
    zpty -w shell 'shown() { print -r -- "<$BUFFER>"; BUFFER= }; zle -N shown'
    zpty -w shell 'bindkey "^I" expand-or-complete; bindkey "^X" shown; echo re""ady'
    zpty -r shell line '*ready*'
    offered() {
        zpty -w -n shell "$1"$'\t\x18'
        zpty -r shell line '*<*>*'
        print -r -- "${${line##*<}%%>*}"
    }
    offered 'cargo-airs run '
    offered 'cargo airs run p'
    offered 'cargo-airs airs view /accounts/b'
    offered 'cargo airs control /accounts/alice/usd m'
    zpty -d shell
"#;

#[cfg(unix)]
#[test]
fn zsh_offers_it() {
    let scene = accounts("completions_zsh");
    if let Some(said) = shell(&scene, "zsh", &["-f", "-c", ZSH]) {
        let lines: Vec<&str> = said.lines().collect();
        let expected = [
            "cargo-airs run payment ",
            "cargo airs run payment ",
            "cargo-airs airs view /accounts/bob/usd ",
            "cargo airs control /accounts/alice/usd mint ",
        ];
        assert_eq!(lines, expected);
    }
}

#[test]
fn every_command_has_a_page_of_the_manual() {
    let scene = Scene::new("manual");
    succeed(&scene, "man pages");
    let page = |name: &str| fs::read_to_string(scene.path().join("pages").join(name)).unwrap();
    let help = succeed(&scene, "--help");
    let (_, after) = help.split_once("Commands:\n").unwrap();
    let lines = after.split("\n\n").next().unwrap().lines();
    let commands: Vec<&str> = lines.filter_map(|line| line.split_whitespace().next()).collect();
    for command in commands.iter().filter(|command| **command != "help") {
        assert!(
            page("cargo-airs.1").contains(&format!("cargo\\-airs\\-{command}(1)")),
            "{command}"
        );
        let text = page(&format!("cargo-airs-{command}.1"));
        assert!(text.contains(&format!(".TH cargo-airs-{command} 1")), "{text}");
        assert!(text.contains("Exit codes:"), "{command}");
    }
    assert!(page("cargo-airs-run.1").contains("\\fIPROGRAM\\fR"));
}
