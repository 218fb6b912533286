//! What counts as a change of an input.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use airs_runtime::Name;
use tempfile::TempDir;

use super::Inputs;

struct Crate {
    folder: TempDir,
    name: Name,
}

impl Crate {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("src")).unwrap();
        let name = "counter".parse().unwrap();
        Self { folder, name }
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    fn write(&self, file: &str, text: &str) {
        fs::write(self.path(file), text).unwrap();
    }

    /// The compiler has read these, long ago.
    fn compiled(&self, files: &[&str]) -> Inputs {
        let mut inputs = Inputs::default();
        inputs.set(&self.name, files.iter().map(|file| self.path(file)), later());
        inputs
    }
}

/// So late that nothing was written since.
fn later() -> SystemTime {
    SystemTime::now() + Duration::from_secs(60)
}

/// The names of files that are other than they were.
fn changed(inputs: &mut Inputs) -> Vec<String> {
    let due = inputs.look();
    let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    assert_eq!(due.files.is_empty(), due.is_empty());
    due.files.iter().map(name).collect()
}

#[test]
fn a_change_of_contents_is_told_once() {
    let one = Crate::new();
    one.write("src/lib.rs", "a");
    let mut inputs = one.compiled(&["src/lib.rs", "src/gone.rs"]);
    assert!(inputs.look().is_empty());
    one.write("src/lib.rs", "a");
    assert!(inputs.look().is_empty(), "written as it was");
    one.write("src/lib.rs", "b");
    assert_eq!(changed(&mut inputs), ["lib.rs"]);
    assert!(inputs.look().is_empty());
    fs::remove_file(one.path("src/lib.rs")).unwrap();
    one.write("src/gone.rs", "");
    assert_eq!(changed(&mut inputs), ["gone.rs", "lib.rs"]);
}

#[test]
fn what_the_compiler_does_not_read_is_no_input() {
    let one = Crate::new();
    one.write("src/lib.rs", "a");
    let mut inputs = one.compiled(&["src/lib.rs"]);
    one.write("src/other.rs", "b");
    assert!(inputs.look().is_empty());
    let interest = inputs.interest();
    assert!(interest.concerns(&one.path("src/lib.rs")));
    assert!(interest.concerns(&one.path("src")), "a folder may come and go");
    assert!(!interest.concerns(&one.path("src/other.rs")));
    assert!(interest.folders.contains(&one.path("src")));
}

#[test]
fn what_was_written_during_a_build_may_not_be_what_was_built() {
    let one = Crate::new();
    one.write("src/lib.rs", "a");
    let mut inputs = Inputs::default();
    let begun = SystemTime::now() - Duration::from_secs(60);
    inputs.set(&one.name, [one.path("src/lib.rs")], begun);
    assert_eq!(changed(&mut inputs), ["lib.rs"]);
    assert!(inputs.look().is_empty());
}

#[test]
fn after_a_failure_every_file_of_the_crate_counts() {
    let one = Crate::new();
    one.write("src/lib.rs", "mod missing;");
    let mut inputs = one.compiled(&["src/lib.rs"]);
    inputs.set_outputs(vec![one.path("target")]);
    fs::create_dir(one.path("target")).unwrap();
    inputs.search(&one.name, vec![one.folder.path().to_owned()], later());
    assert!(inputs.look().is_empty());
    for passing in ["src/.lib.rs.swp", "src/lib.rs~", "src/4913", "target/x.rs"] {
        one.write(passing, "x");
        assert!(!inputs.interest().concerns(&one.path(passing)), "{passing}");
    }
    assert!(inputs.look().is_empty(), "what is there for a moment is no input");
    one.write("src/missing.rs", "");
    assert!(inputs.interest().concerns(&one.path("src/missing.rs")));
    assert_eq!(changed(&mut inputs), ["missing.rs"]);
    fs::remove_file(one.path("src/missing.rs")).unwrap();
    assert_eq!(changed(&mut inputs), ["missing.rs"]);
}

#[test]
fn what_a_file_says_of_the_project_concerns_all() {
    let one = Crate::new();
    one.write("airs.toml", "version = 1");
    let mut inputs = one.compiled(&[]);
    inputs.set_project([one.path("airs.toml"), one.path("rust-toolchain.toml")], later());
    one.write("airs.toml", "version = 1 # a comment");
    assert!(inputs.look().is_empty());
    one.write("airs.toml", "version = 2");
    let due = inputs.look();
    assert!(due.project && due.components.is_empty());
    one.write("rust-toolchain.toml", "[toolchain]");
    assert!(inputs.look().project);
}

#[test]
fn a_component_that_is_no_more_has_no_inputs() {
    let one = Crate::new();
    one.write("src/lib.rs", "a");
    let mut inputs = one.compiled(&["src/lib.rs"]);
    inputs.keep_only(&[].into());
    one.write("src/lib.rs", "b");
    assert!(inputs.look().is_empty());
    assert!(!inputs.interest().concerns(Path::new("src/lib.rs")));
}

#[cfg(unix)]
#[test]
fn what_a_link_leads_to_is_an_input() {
    let one = Crate::new();
    fs::create_dir(one.path("shared")).unwrap();
    one.write("shared/code.rs", "a");
    std::os::unix::fs::symlink(one.path("shared/code.rs"), one.path("src/lib.rs")).unwrap();
    let mut inputs = one.compiled(&["src/lib.rs"]);
    let interest = inputs.interest();
    assert!(interest.folders.contains(&one.path("shared")));
    assert!(interest.concerns(&one.path("shared/code.rs")));
    one.write("shared/code.rs", "b");
    assert_eq!(changed(&mut inputs), ["lib.rs"]);
}

#[test]
fn an_older_file_in_the_place_of_a_newer_one_says_that_it_is_new() {
    let one = Crate::new();
    one.write("src/lib.rs", "a");
    let mut inputs = one.compiled(&["src/lib.rs"]);
    one.write("src/lib.rs.bak", "b");
    let then = SystemTime::now() - Duration::from_secs(3600);
    let backup = fs::File::open(one.path("src/lib.rs.bak")).unwrap();
    backup.set_modified(then).unwrap();
    fs::rename(one.path("src/lib.rs.bak"), one.path("src/lib.rs")).unwrap();
    assert_eq!(changed(&mut inputs), ["lib.rs"]);
    let modified = one.path("src/lib.rs").metadata().unwrap().modified().unwrap();
    assert!(
        modified > then + Duration::from_secs(1800),
        "Cargo would not see it"
    );
    assert!(inputs.look().is_empty());
}

#[test]
fn everything_in_a_folder_counts_that_is_an_input() {
    let one = Crate::new();
    one.write("src/lib.rs", "a");
    fs::create_dir_all(one.path("words/target")).unwrap();
    one.write("words/a.txt", "a");
    one.write("words/target/CACHEDIR.TAG", "");
    let mut inputs = one.compiled(&["src/lib.rs", "words"]);
    assert!(inputs.look().is_empty());
    one.write("words/a.txt", "b");
    one.write("words/b.txt", "b");
    one.write("words/target/b.txt", "what can be made again");
    assert!(inputs.interest().concerns(&one.path("words/b.txt")));
    assert_eq!(changed(&mut inputs), ["a.txt", "b.txt"]);
    // Named as a file again, it is one.
    inputs.set(&one.name, [one.path("src/lib.rs")], later());
    one.write("words/c.txt", "c");
    assert!(inputs.look().is_empty());
}

#[test]
fn what_a_script_writes_is_in_the_build_that_goes_on_and_what_comes_later_is_not() {
    let one = Crate::new();
    one.write("src/lib.rs", "a");
    one.write("src/made.rs", "a");
    one.write("words.txt", "a");
    let mut inputs = one.compiled(&["src/lib.rs", "src/made.rs", "words.txt"]);
    let begun = SystemTime::now() - Duration::from_secs(1);
    inputs.begin_build(begun, [one.folder.path().to_owned()].into());
    one.write("src/made.rs", "b");
    one.write("words.txt", "b");
    assert_eq!(
        changed(&mut inputs),
        ["words.txt"],
        "the script may have read it before"
    );
    one.write("output", "cargo::rerun-if-changed=words.txt\n");
    inputs.script_ended(one.folder.path(), &one.path("output"));
    assert!(inputs.look().is_empty());
    one.write("src/made.rs", "c");
    // The clock of files is coarse.
    let later = fs::File::open(one.path("src/made.rs")).unwrap();
    later
        .set_modified(SystemTime::now() + Duration::from_secs(1))
        .unwrap();
    assert_eq!(changed(&mut inputs), ["made.rs"]);
    // A script that is ended is nobody's excuse.
    inputs.begin_build(begun, [one.folder.path().to_owned()].into());
    one.write("src/made.rs", "d");
    assert!(inputs.look().is_empty());
    inputs.end_build();
    assert_eq!(changed(&mut inputs), ["made.rs"]);
}

#[test]
fn what_has_to_be_where_it_is_is_watched_and_no_input() {
    let one = Crate::new();
    one.write("dev.lock", "");
    let mut inputs = one.compiled(&[]);
    inputs.set_anchor(one.path("dev.lock"));
    one.write("dev.lock", "1");
    assert!(inputs.look().is_empty());
    let interest = inputs.interest();
    for place in [&one.path("dev.lock"), one.folder.path(), Path::new("/")] {
        assert!(interest.concerns(place), "{}", place.display());
    }
}
