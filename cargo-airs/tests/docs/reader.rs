//! A reader who does what a page says, in a folder of their own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use airs_runtime::{Manifest, Project};
use tempfile::TempDir;

use crate::output::{fits, plain};
use crate::page::{Block, Page, checkout};
use crate::tools;
use crate::untested::untested;

/// What a person may have set, and would make a difference.
const SURROUNDINGS: [&str; 9] = [
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_INCREMENTAL",
    "CARGO_MANIFEST_DIR",
    "CARGO_TARGET_DIR",
    "CARGO_TERM_COLOR",
    "CLICOLOR_FORCE",
    "NO_COLOR",
    "RUST_BACKTRACE",
    "RUSTFLAGS",
];

/// Most pages make a ledger. In the folder that they build in, Cargo could not tell one from another.
static BUILDS: Mutex<()> = Mutex::new(());

/// Someone with a folder, who knows nothing but what a page says.
pub(crate) struct Reader {
    folder: TempDir,
    /// Where the reader is, below the folder.
    at: PathBuf,
}

impl Reader {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("tmp")).unwrap();
        fs::create_dir(folder.path().join("here")).unwrap();
        Self {
            folder,
            at: PathBuf::new(),
        }
    }

    pub(crate) fn follow(mut self, page: &Page) {
        let has_commands = page
            .blocks
            .iter()
            .any(|block| block.is("console") || block.is("workflow"));
        let _alone = has_commands.then(|| BUILDS.lock().unwrap_or_else(PoisonError::into_inner));
        for block in &page.blocks {
            let place = format!("{}:{}", page.name, block.line);
            if block.value("needs").is_some_and(|tool| !tools::works(tool)) {
                untested(&format!("{place} needs {}", block.value("needs").unwrap()));
            } else if block.is("console") {
                self.type_in(block, &place);
            } else if block.is("workflow") {
                self.work(block, &place);
            } else if block.is("sh") {
                block.lines.iter().for_each(|line| exists(line, &place));
            } else if let Some(file) = block.value("shows") {
                let text = self.content(file, &place);
                assert!(
                    holds(&text, &block.text()),
                    "{place}: {file} has no\n{}",
                    block.text()
                );
            } else if let Some(file) = block.value("writes") {
                fs::write(self.path(file), block.text()).unwrap();
            } else if let Some(file) = block.value("edits") {
                let text = self.content(file, &place);
                fs::write(self.path(file), edited(text, block, &place)).unwrap();
            } else if let Some(file) = block.value("docs") {
                let text = comments(&fs::read_to_string(checkout().join(file)).unwrap());
                assert!(
                    holds(&text, &block.text()),
                    "{place}: {file} does not say\n{}",
                    block.text()
                );
            } else if block.is("project") {
                Project::parse(Path::new(&place), &block.text()).unwrap();
            } else if block.is("manifest") {
                let manifest = Manifest::from_cargo_toml(Path::new(&place), &block.text()).unwrap();
                assert!(manifest.is_some(), "{place}: no component");
            }
        }
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join("here").join(file)
    }

    fn content(&self, file: &str, place: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap_or_else(|error| panic!("{place}: {file}: {error}"))
    }

    /// Runs the commands of a block, and compares what they print.
    fn type_in(&mut self, block: &Block, place: &str) {
        let mut lines = block.lines.iter().peekable();
        while let Some(line) = lines.next() {
            let typed = line.strip_prefix("$ ");
            let mut command = typed
                .unwrap_or_else(|| panic!("{place}: no command: {line}"))
                .to_owned();
            while command.ends_with('\\') {
                command = format!("{command}\n{}", lines.next().unwrap());
            }
            let mut expected = Vec::new();
            while let Some(line) = lines.next_if(|line| block.is("one") || !line.starts_with("$ ")) {
                expected.push(line.as_str());
            }
            self.run(&command, &expected, place);
        }
    }

    /// Runs the steps of a workflow, but for those that bring a machine to what this one has.
    fn work(&mut self, block: &Block, place: &str) {
        const INSTALLS: [&str; 2] = ["rustup toolchain install ", "cargo install "];
        let steps = block
            .lines
            .iter()
            .filter_map(|line| line.trim().strip_prefix("- run: "));
        let steps: Vec<&str> = steps
            .filter(|step| !INSTALLS.iter().any(|install| step.starts_with(install)))
            .collect();
        assert!(steps.len() > 3, "{place}: steps that are run: {steps:?}");
        steps.iter().for_each(|step| self.run(step, &[], place));
    }

    fn run(&mut self, command: &str, expected: &[&str], place: &str) {
        if let Some(folder) = command.strip_prefix("cd ") {
            self.at.push(folder);
            assert!(
                self.path("").join(&self.at).is_dir(),
                "{place}: no folder {folder}"
            );
            return;
        }
        let output = self.shell(&format!("exec 2>&1\n{command}")).output().unwrap();
        let text = self.moved(&String::from_utf8(output.stdout).unwrap());
        let exits = command
            .rsplit_once("# exits ")
            .map_or("0", |(_, code)| code.trim());
        let code = output.status.code().unwrap_or(-1).to_string();
        assert!(code == exits, "{place}: $ {command}\nexits {code}\n{text}");
        if !expected.is_empty() {
            let fit = fits(&plain(expected.iter().copied()), &plain(text.lines()));
            let expected = expected.join("\n");
            assert!(
                fit,
                "{place}: $ {command}\n--- on the page\n{expected}\n--- actually\n{text}"
            );
        }
    }

    fn shell(&self, line: &str) -> Command {
        let built = Path::new(env!("CARGO_BIN_EXE_cargo-airs")).parent().unwrap();
        let toolchain = Path::new(env!("CARGO")).parent().unwrap();
        let others = std::env::var_os("PATH").unwrap_or_default();
        let folders = [built.to_owned(), toolchain.to_owned()].into_iter();
        let path = std::env::join_paths(folders.chain(std::env::split_paths(&others))).unwrap();
        let mut command = Command::new("sh");
        command
            .args(["-c", line])
            .current_dir(self.path("").join(&self.at));
        for variable in SURROUNDINGS {
            command.env_remove(variable);
        }
        command
            .env("PATH", path)
            // A reader's own, as everybody has one.
            .env(
                "AIRS_CACHE_DIR",
                self.folder.path().canonicalize().unwrap().join("cache"),
            )
            .env("TMPDIR", self.folder.path().canonicalize().unwrap().join("tmp"))
            // What all components depend on is compiled once.
            .env("CARGO_BUILD_BUILD_DIR", made());
        command
    }

    /// The text as it would be had it happened where readers are.
    fn moved(&self, text: &str) -> String {
        let folder = self.folder.path().canonicalize().unwrap();
        let temporary = folder.join("tmp").display().to_string();
        text.replace(&temporary, "/tmp")
            .replace(&folder.join("here").display().to_string(), "/projects")
    }
}

/// Where Cargo keeps what it makes on the way to a component: where it does for those of the command line's tests.
fn made() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("scenes")
}

/// Whether a text has the parts of another one, which are apart where it has `...`, in their order.
fn holds(text: &str, parts: &str) -> bool {
    let mut rest = text;
    let mut lines = parts.lines().peekable();
    while lines.peek().is_some() {
        let part: Vec<&str> = lines.by_ref().take_while(|line| line.trim() != "...").collect();
        match rest.split_once(part.join("\n").trim_matches('\n')) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    true
}

/// A text with the changes of a block; a line `...` is between two of them.
fn edited(mut text: String, block: &Block, place: &str) -> String {
    for change in block.lines.split(|line| line.trim() == "...") {
        let side = |mark: char| -> String {
            let lines = change.iter().filter(|line| !line.starts_with(mark));
            lines
                .map(|line| format!("{}\n", line.get(1..).unwrap_or_default()))
                .collect()
        };
        let (old, new) = (side('+'), side('-'));
        assert!(
            text.matches(&old).count() == 1,
            "{place}: not once in the file:\n{old}"
        );
        text = text.replace(&old, &new);
    }
    text
}

/// The doc comments of a file, without the lines that rustdoc hides.
fn comments(text: &str) -> String {
    let lines = text
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("//!"));
    let lines = lines.map(|line| line.strip_prefix(' ').unwrap_or(line));
    let shown = lines.filter(|line| !line.starts_with("# ") && *line != "#");
    shown.map(|line| format!("{line}\n")).collect()
}

/// What takes too long to run here, or would change the machine, must at least be there.
fn exists(command: &str, place: &str) {
    let words: Vec<&str> = command.split_whitespace().collect();
    let has = |file: &str, text: &str| fs::read_to_string(checkout().join(file)).unwrap().contains(text);
    let there = match words.as_slice() {
        ["git", "clone", ..] | ["cd", "airs"] => true,
        ["rustup", "target", "add", target] => has("rust-toolchain.toml", target),
        ["cargo", "airs", ..] => has(".cargo/config.toml", "airs = \"run "),
        ["cargo", "install", "--path", folder, "--locked"] => {
            checkout().join(folder).join("Cargo.toml").exists()
        }
        ["cargo", "bench" | "test", "-p", package] => has("Cargo.lock", &format!("name = \"{package}\"\n")),
        [script] => script.starts_with("./") && checkout().join(script).exists(),
        _ => false,
    };
    assert!(there, "{place}: there is nothing to run as {command}");
}
