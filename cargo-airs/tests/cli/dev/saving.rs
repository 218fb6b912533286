//! The ways in which editors and tools save.

use std::fs;
use std::path::PathBuf;

use super::loops::{Dev, touch};
use super::project::tally;
use crate::scene::Scene;

fn word(word: &str) -> String {
    format!("pub(crate) const WORD: &str = \"{word}\";\n")
}

/// A project, and a loop in which its program has run.
struct Saving {
    scene: Scene,
    dev: Dev,
    count: u32,
}

impl Saving {
    fn path(&self, file: &str) -> PathBuf {
        self.scene.path().join(file)
    }

    /// Expects a build of these components and no others, whatever comes of it.
    fn builds(&mut self, components: &[&str]) {
        let building = self.dev.until("dev-building");
        let names: Vec<String> = components.iter().map(|name| format!("saving-{name}")).collect();
        assert_eq!(building["components"], serde_json::json!(names));
        let turn = self.dev.turn();
        assert_ne!(turn.outcome(), "failed", "{turn:?}");
        if turn.outcome() == "served" {
            self.dev.until("run-committed");
            self.count += 1;
        }
        let quiet = self.path("tally/src/lib.rs");
        self.dev.is_quiet(&quiet);
    }

    /// Expects one new version of these components, and the counter one further on.
    fn answers(&mut self, components: &[&str], rest: &str) {
        let (turn, answer) = self.dev.answer();
        self.count += 1;
        assert_eq!(answer, format!("{} {rest}", self.count), "{turn:?}");
        let names: Vec<String> = components.iter().map(|name| format!("saving-{name}")).collect();
        assert_eq!(turn.components(), names);
        // Nothing else is due, unless the builder has made it so.
        let quiet = self.path("tally/src/lib.rs");
        self.dev.is_quiet(&quiet);
    }
}

#[test]
fn every_way_to_save_serves_the_new_code_once_and_keeps_the_state() {
    let scene = tally("saving");
    let mut dev = Dev::start(&scene, "--run saving-bump");
    let (turn, answer) = dev.answer();
    assert_eq!(turn.components(), ["saving-tally", "saving-bump"]);
    assert_eq!(answer, "41 one note 7 words");
    let mut saving = Saving {
        scene,
        dev,
        count: 41,
    };
    in_place_and_not(&mut saving);
    by_other_names(&mut saving);
    several_files_at_once(&mut saving);
    elsewhere(&mut saving);
    during_a_build(&mut saving);
}

fn in_place_and_not(saving: &mut Saving) {
    saving.scene.edit("tally/src/lib.rs", "u32 = 41;", "u32 = 1;");
    saving.answers(&["tally"], "one note 7 words");
    // The same again, and a time without contents.
    let text = saving.scene.read("tally/src/lib.rs");
    saving.scene.write("tally/src/lib.rs", &text);
    saving.dev.until("dev-unchanged");
    touch(&saving.path("tally/src/word.rs"));
    saving.dev.until("dev-unchanged");
    // Two writes, the first of nothing.
    saving.scene.write("tally/src/word.rs", "");
    saving.scene.write("tally/src/word.rs", word("two"));
    saving.answers(&["tally"], "two note 7 words");
    // A formatter comes after the editor.
    saving
        .scene
        .write("tally/src/word.rs", word("three").replace(" = ", "="));
    saving.scene.write("tally/src/word.rs", word("three"));
    saving.answers(&["tally"], "three note 7 words");
}

fn by_other_names(saving: &mut Saving) {
    let file = saving.path("tally/src/word.rs");
    // A new file takes the name of the old one.
    let new = saving.path("tally/src/word.rs.new");
    fs::write(&new, word("four")).unwrap();
    fs::rename(&new, &file).unwrap();
    saving.answers(&["tally"], "four note 7 words");
    // The old one steps aside, beside a swap file.
    let (swap, backup) = (
        saving.path("tally/src/.word.rs.swp"),
        saving.path("tally/src/word.rs~"),
    );
    fs::write(&swap, "swap").unwrap();
    fs::rename(&file, &backup).unwrap();
    fs::write(&file, word("five")).unwrap();
    fs::remove_file(&backup).unwrap();
    fs::remove_file(&swap).unwrap();
    saving.answers(&["tally"], "five note 7 words");
    // It goes, and comes.
    fs::remove_file(&file).unwrap();
    fs::write(&file, word("six")).unwrap();
    saving.answers(&["tally"], "six note 7 words");
    #[cfg(unix)]
    {
        // A link takes its place, and what it leads to changes.
        let real = saving.path("real/word.rs");
        saving.scene.write("real/word.rs", word("seven"));
        fs::remove_file(&file).unwrap();
        std::os::unix::fs::symlink(&real, &file).unwrap();
        saving.answers(&["tally"], "seven note 7 words");
        fs::write(&real, word("eight")).unwrap();
        saving.answers(&["tally"], "eight note 7 words");
    }
    #[cfg(not(unix))]
    {
        saving.scene.write("tally/src/word.rs", word("eight"));
        saving.answers(&["tally"], "eight note 7 words");
    }
    // Another case of the same letters, and back.
    let other = saving.path("tally/src/Word.rs");
    fs::rename(&file, &other).unwrap();
    saving
        .scene
        .edit("tally/src/lib.rs", "mod word;", "#[path = \"Word.rs\"] mod word;");
    saving.builds(&["tally"]);
    fs::remove_file(&other).unwrap();
    saving.scene.write("tally/src/word.rs", word("nine"));
    saving
        .scene
        .edit("tally/src/lib.rs", "#[path = \"Word.rs\"] mod word;", "mod word;");
    saving.answers(&["tally"], "nine note 7 words");
}

/// As another branch has them: each is removed, and written.
fn several_files_at_once(saving: &mut Saving) {
    let modules: Vec<String> = (0..50)
        .map(|number| format!("tally/src/word/part_{number}.rs"))
        .collect();
    let rewrite = |saving: &mut Saving, part: &str| {
        for (number, module) in modules.iter().enumerate() {
            let _ = fs::remove_file(saving.path(module));
            saving.scene.write(
                module,
                format!("pub(super) const PART: &str = \"{part}{number}\";\n"),
            );
        }
    };
    rewrite(saving, "a");
    let parts: String = (0..50).map(|number| format!("mod part_{number};\n")).collect();
    let sum = "pub(crate) const WORD: &str = part_49::PART;\n#[allow(dead_code)] const ALL: [&str; 50] = [";
    let all: String = (0..50).map(|number| format!("part_{number}::PART, ")).collect();
    fs::remove_file(saving.path("tally/src/word.rs")).unwrap();
    saving
        .scene
        .write("tally/src/word.rs", format!("{parts}{sum}{all}];\n"));
    saving.answers(&["tally"], "a49 note 7 words");
    rewrite(saving, "b");
    saving.answers(&["tally"], "b49 note 7 words");
}

/// Exactly the components that a change concerns.
fn elsewhere(saving: &mut Saving) {
    saving.scene.write("tally/src/note.txt", "letter\n");
    saving.answers(&["tally"], "b49 letter 7 words");
    saving
        .scene
        .write("../outside/src/lib.rs", "pub const NUMBER: u32 = 8;\n");
    saving.answers(&["tally"], "b49 letter 8 words");
    saving.scene.write("bump/words.txt", "more words\n");
    saving.answers(&["bump"], "b49 letter 8 more words");
    saving
        .scene
        .edit("bump/src/lib.rs", "{answer} {}", "{answer}, {}");
    saving.answers(&["bump"], "b49 letter 8, more words");
    // A comment says nothing; the default features do.
    saving
        .scene
        .edit("tally/Cargo.toml", "[features]", "# why\n[features]");
    saving.dev.until("dev-unchanged");
    saving
        .scene
        .edit("tally/src/lib.rs", "{count} {}", "{count} {}{}");
    saving.scene.edit(
        "tally/src/lib.rs",
        "word::WORD,",
        "if cfg!(feature = \"more\") { \"more \" } else { \"\" }, word::WORD,",
    );
    saving.answers(&["tally"], "b49 letter 8, more words");
    saving
        .scene
        .edit("tally/Cargo.toml", "more = []", "default = [\"more\"]\nmore = []");
    saving.answers(&["tally"], "more b49 letter 8, more words");
    // What is granted is in force at once, and is a generation of its own.
    saving
        .scene
        .edit("airs.toml", "storage = true", "storage = true\nenvironment = []");
    let turn = saving.dev.turn();
    assert_eq!((turn.outcome(), turn.files()), ("unchanged", vec!["airs.toml"]));
}

fn during_a_build(saving: &mut Saving) {
    saving.scene.write("tally/src/note.txt", "first\n");
    saving.dev.until("dev-building");
    saving.scene.write("tally/src/note.txt", "second\n");
    loop {
        let (_, answer) = saving.dev.answer();
        saving.count += 1;
        if answer == format!("{} more b49 second 8, more words", saving.count) {
            break;
        }
        assert_eq!(answer, format!("{} more b49 first 8, more words", saving.count));
    }
    let quiet = saving.path("tally/src/lib.rs");
    saving.dev.is_quiet(&quiet);
}
