//! The README, read as a reader reads it: every command is run, and answers what stands below it.

#![cfg(unix)]

use std::path::Path;
use std::process::Command;

use crate::scene::bank_folder;

const README: &str = include_str!("../README.md");

/// The commands of the blocks of kind `console`, each with the lines that it is to print.
fn commands() -> Vec<(&'static str, Vec<&'static str>)> {
    let mut commands: Vec<(&str, Vec<&str>)> = Vec::new();
    let blocks = README.split("```console\n").skip(1);
    for line in blocks
        .filter_map(|block| block.split("```").next())
        .flat_map(str::lines)
    {
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (Some(command), _) => commands.push((command, Vec::new())),
            (None, Some((_, printed))) => printed.push(line),
            (None, None) => panic!("{line:?} is printed by no command"),
        }
    }
    commands
}

/// Whether a line is what was expected, where `...` at the end is any text.
fn fits(expected: &str, printed: &str) -> bool {
    match expected.strip_suffix("...") {
        Some(beginning) => printed.starts_with(beginning) && printed.len() > beginning.len(),
        None => printed == expected,
    }
}

#[test]
fn the_readme_is_true() {
    let folder = tempfile::tempdir().unwrap();
    bank_folder(&folder.path().join("bank"));
    let program = Path::new(env!("CARGO_BIN_EXE_payments")).parent().unwrap();
    let path = std::env::var("PATH").unwrap();
    let commands = commands();
    assert!(commands.len() > 10, "the README has {} commands", commands.len());
    for (line, expected) in commands {
        let (command, code) = line.split_once(" # exits ").unwrap_or((line, "0"));
        let mut shell = Command::new("sh");
        shell.args(["-c", command]).current_dir(folder.path());
        let output = shell
            .env("PATH", format!("{}:{path}", program.display()))
            .output()
            .unwrap();
        let printed = [output.stdout, output.stderr].concat();
        let printed = String::from_utf8(printed).unwrap();
        assert_eq!(
            output.status.code().unwrap().to_string(),
            code,
            "{line}\n{printed}"
        );
        let printed: Vec<&str> = printed.lines().collect();
        let same = printed.len() == expected.len()
            && expected
                .iter()
                .zip(&printed)
                .all(|(expected, printed)| fits(expected, printed));
        assert!(same, "{line}\nprints {printed:#?}\nnot {expected:#?}");
    }
}

#[test]
fn what_the_readme_names_is_there() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let named = README
        .split_whitespace()
        .filter_map(|word| word.strip_prefix("examples/payments/"));
    for path in named.filter(|path| !path.contains('*')) {
        assert!(folder.join(path).exists(), "{path}");
    }
}
