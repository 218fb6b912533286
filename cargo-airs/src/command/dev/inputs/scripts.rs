//! What build scripts do to sources, which is what a watcher has most trouble with.
//!
//! A crate is compiled when its script has ended. So what was changed in its sources before that is in the build that goes
//! on, whoever it was, unless the script may have read it first.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::written;

/// The scripts of one build.
#[derive(Debug, Default)]
pub(super) struct Scripts {
    begun: Option<SystemTime>,
    /// The folders of crates whose scripts are still to end.
    running: BTreeSet<PathBuf>,
    ended: BTreeMap<PathBuf, Script>,
}

/// A script that has ended.
#[derive(Debug)]
struct Script {
    at: SystemTime,
    reads: Reads,
}

/// What a script says that it reads.
#[derive(Debug, PartialEq, Eq)]
enum Reads {
    /// It does not say: all of the crate, Cargo thinks.
    Everything,
    Only(Vec<PathBuf>),
}

impl Scripts {
    pub(super) fn of(begun: SystemTime, running: BTreeSet<PathBuf>) -> Self {
        Self {
            begun: Some(begun),
            running,
            ended: BTreeMap::new(),
        }
    }

    pub(super) fn ended(&mut self, folder: &Path, said: &Path) {
        self.running.remove(folder);
        // When Cargo had it written down, the script was over, and the crate not begun.
        if let (Some(at), Ok(text)) = (written::at(said), fs::read_to_string(said)) {
            let reads = Reads::of(&text, folder);
            self.ended.insert(folder.to_owned(), Script { at, reads });
        }
    }

    pub(super) fn stop(&mut self) {
        self.running.clear();
    }

    /// Whether a script that runs may write this.
    pub(super) fn may_write(&self, path: &Path) -> bool {
        self.running.iter().any(|folder| is_source(path, folder))
    }

    /// Whether what this is now was there before its crate was compiled, and is of no concern to the crate's script.
    pub(super) fn has_written(&self, path: &Path) -> bool {
        let of = |(folder, script): (&PathBuf, &Script)| {
            is_source(path, folder)
                && Some(script.at) >= self.begun
                && matches!(&script.reads, Reads::Only(these) if !these.iter().any(|one| path.starts_with(one)))
                && written::at(path).is_some_and(|written| written <= script.at)
        };
        self.ended.iter().any(of)
    }

    /// The folders of crates with some of these files whose scripts may read anything there.
    pub(super) fn take_everything_of(&self, files: &[PathBuf]) -> Vec<PathBuf> {
        let ended = self.ended.iter();
        let all = ended.filter(|(_, script)| script.reads == Reads::Everything);
        let folders = all.map(|(folder, _)| folder.clone());
        folders
            .filter(|folder| files.iter().any(|file| file.starts_with(folder)))
            .collect()
    }
}

impl Reads {
    /// Of what a script has said to Cargo.
    fn of(text: &str, folder: &Path) -> Self {
        let (mut these, mut says) = (Vec::new(), false);
        for line in text.lines() {
            let told = line
                .strip_prefix("cargo::")
                .or_else(|| line.strip_prefix("cargo:"));
            if let Some(path) = told.and_then(|told| told.strip_prefix("rerun-if-changed=")) {
                these.push(folder.join(path));
            }
            says |= told.is_some_and(|told| told.starts_with("rerun-if-"));
        }
        if says { Self::Only(these) } else { Self::Everything }
    }
}

fn is_source(path: &Path, folder: &Path) -> bool {
    path.strip_prefix(folder)
        .is_ok_and(|path| path.starts_with("src"))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::{Duration, SystemTime};

    use super::Scripts;

    /// What the script has said, whether a source that was there before counts as its work, and everything as its input.
    fn after(said: &str, begun: SystemTime) -> (bool, bool) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let (source, output) = (root.join("src/generated.rs"), root.join("output"));
        fs::create_dir(root.join("src")).unwrap();
        fs::write(&source, "").unwrap();
        let mut scripts = Scripts::of(begun, [root.to_owned()].into());
        assert!(scripts.may_write(&source) && !scripts.may_write(&root.join("build.rs")));
        assert!(!scripts.has_written(&source));
        fs::write(&output, said).unwrap();
        scripts.ended(root, &output);
        assert!(!scripts.may_write(&source));
        let everything = !scripts
            .take_everything_of(std::slice::from_ref(&source))
            .is_empty();
        assert!(
            scripts
                .take_everything_of(&["/elsewhere/lib.rs".into()])
                .is_empty()
        );
        (scripts.has_written(&source), everything)
    }

    #[test]
    fn what_was_there_when_the_script_had_ended_is_in_the_build() {
        let begun = SystemTime::now() - Duration::from_secs(1);
        assert_eq!(after("cargo::rerun-if-changed=words.txt\n", begun), (true, false));
        assert_eq!(after("cargo:rerun-if-env-changed=X\n", begun), (true, false));
    }

    #[test]
    fn what_the_script_may_have_read_before_is_not() {
        let begun = SystemTime::now() - Duration::from_secs(1);
        assert_eq!(after("cargo::rerun-if-changed=src\n", begun), (false, false));
        assert_eq!(after("cargo::rustc-cfg=x\n", begun), (false, true));
    }

    #[test]
    fn a_script_that_did_not_run_in_this_build_has_written_nothing() {
        let begun = SystemTime::now() + Duration::from_secs(60);
        assert_eq!(
            after("cargo::rerun-if-changed=words.txt\n", begun),
            (false, false)
        );
    }
}
