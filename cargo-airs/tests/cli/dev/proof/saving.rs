//! The ways in which editors and tools save: exactly the builds that are due, and nothing is lost.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use serde_json::json;

use super::super::loops::touch;
use super::super::verdict::{Verdict, ensure, holds, misses};
use super::builds::Builds;
use crate::scene::Scene;

const WORD: &str = "tally/src/word.rs";
const LIB: &str = "tally/src/lib.rs";

fn word(word: &str) -> String {
    format!("pub(crate) const WORD: &str = \"{word}\";\n")
}

fn found(saving: &Builds, before: u32, ways: usize) -> Verdict {
    Ok(json!({
        "ways": ways,
        "builds": saving.builds - before,
        "saves that the machine took apart": saving.taken_apart,
    }))
}

fn next_answer(saving: &mut Builds) -> Verdict {
    saving.counts_by(1);
    saving.one("in place", &["tally"], "one note 7 words", |scene| {
        scene.edit(LIB, "u32 = 41;", "u32 = 1;");
    })?;
    Ok(json!({ "before": 41, "the next": saving.count() }))
}

fn twelve_ways(saving: &mut Builds) -> Verdict {
    let before = saving.builds;
    let tally = &["tally"][..];
    saving.one("in place", tally, "two note 7 words", |scene| {
        scene.write(WORD, word("two"));
    })?;
    saving.one("renamed into place", tally, "three note 7 words", |scene| {
        scene.write("tally/src/word.rs.new", word("three"));
        renamed(scene, "tally/src/word.rs.new", WORD);
    })?;
    saving.one("beside swap files", tally, "four note 7 words", |scene| {
        scene
            .write("tally/src/.word.rs.swp", "swap")
            .write("tally/src/4913", "");
        renamed(scene, WORD, "tally/src/word.rs~");
        scene.write(WORD, word("four"));
        for passing in ["word.rs~", ".word.rs.swp", "4913"] {
            fs::remove_file(scene.path().join("tally/src").join(passing)).unwrap();
        }
    })?;
    saving.one("two writes", tally, "five note 7 words", |scene| {
        scene.write(WORD, "").write(WORD, word("five"));
    })?;
    checkout(saving)?;
    saving.one("deleted and created", tally, "six note 7 words", |scene| {
        fs::remove_file(scene.path().join(WORD)).unwrap();
        scene.write(WORD, word("six"));
    })?;
    saving.one("a link in its place", tally, "seven note 7 words", |scene| {
        scene.write("../real/word.rs", word("seven"));
        fs::remove_file(scene.path().join(WORD)).unwrap();
        std::os::unix::fs::symlink("../../../real/word.rs", scene.path().join(WORD)).unwrap();
    })?;
    saving.one("behind the link", tally, "eight note 7 words", |scene| {
        scene.write("../real/word.rs", word("eight"));
    })?;
    saving.alike("in another case", tally, |scene| {
        renamed(scene, WORD, "tally/src/Word.rs");
        scene.edit(LIB, "mod word;", "#[path = \"Word.rs\"] mod word;");
    })?;
    saving.one("and back", tally, "nine note 7 words", |scene| {
        fs::remove_file(scene.path().join("tally/src/Word.rs")).unwrap();
        scene
            .write(WORD, word("nine"))
            .edit(LIB, "#[path = \"Word.rs\"] mod word;", "mod word;");
    })?;
    saving.none("touched", |scene| touch(&scene.path().join(WORD)))?;
    saving.none("as it was", |scene| {
        scene.write(WORD, word("nine"));
    })?;
    saving.one("formatted on save", tally, "ten note 7 words", |scene| {
        scene
            .write(WORD, word("ten").replace(" = ", "="))
            .write(WORD, word("ten"));
    })?;
    saving.one(
        "what a build script writes",
        &["bump"],
        "ten note 7 more",
        |scene| {
            scene.write("bump/words.txt", "more\n");
        },
    )?;
    let first: &dyn Fn(&mut Scene) = &|scene| {
        scene.write("tally/src/note.txt", "first\n");
    };
    let second: &dyn Fn(&mut Scene) = &|scene| {
        scene.write("tally/src/note.txt", "second\n");
    };
    saving.during(tally, "ten second 7 more", [first, second])?;
    found(saving, before, 12)
}

fn renamed(scene: &Scene, from: &str, to: &str) {
    fs::rename(scene.path().join(from), scene.path().join(to)).unwrap();
}

fn git(scene: &Scene, line: &str) {
    let mut command = Command::new("git");
    command.args([
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@b",
        "-c",
        "core.hooksPath=",
    ]);
    command
        .args(line.split(' '))
        .current_dir(scene.path())
        .env("GIT_CONFIG_GLOBAL", "/dev/null");
    let done = command.output().unwrap();
    assert!(
        done.status.success(),
        "{line}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
}

/// Another branch, with 50 other files.
fn checkout(saving: &mut Builds) -> Result<(), String> {
    let write = |scene: &mut Scene, part: &str| {
        for number in 0..50 {
            let text = format!("pub(super) const PART: &str = \"{part}{number}\";\n");
            scene.write(&format!("tally/src/word/part_{number}.rs"), text);
        }
    };
    let modules: String = (0..50).map(|number| format!("mod part_{number};\n")).collect();
    let all: String = (0..50).map(|number| format!("part_{number}::PART, ")).collect();
    let sum = format!(
        "{modules}pub(crate) const WORD: &str = part_49::PART;\n#[allow(dead_code)] const ALL: [&str; 50] = [{all}];\n"
    );
    // What is not named yet is no input.
    saving.none("files of nobody", |scene| {
        write(scene, "a");
        git(scene, "init -q -b one");
    })?;
    saving.one("50 modules", &["tally"], "a49 note 7 words", |scene| {
        scene.write(WORD, &sum);
    })?;
    saving.none("a commit", |scene| {
        scene.write(".gitignore", "target\n.airs\n");
        git(scene, "add -A");
        git(scene, "commit -q -m one");
        git(scene, "branch two");
    })?;
    saving.alike("50 files of the other branch", &["tally"], |scene| {
        write(scene, "b")
    })?;
    saving.none("another commit", |scene| {
        git(scene, "checkout -q two");
        git(scene, "commit -q -a -m two");
    })?;
    saving.one("checkout", &["tally"], "a49 note 7 words", |scene| {
        git(scene, "checkout -q one")
    })?;
    saving.one("and back", &["tally"], "b49 note 7 words", |scene| {
        git(scene, "checkout -q two")
    })
}

/// What is not in the list of the twelve, and happens as well.
fn more_ways(saving: &mut Builds) -> Verdict {
    let before = saving.builds;
    let tally = &["tally"][..];
    saving.one(
        "an older file in its place",
        tally,
        "old second 7 more",
        |scene| {
            older(scene, "tally/src/word.rs.bak", &word("old"));
            renamed(scene, "tally/src/word.rs.bak", WORD);
        },
    )?;
    saving.one("a copy with its time", tally, "older second 7 more", |scene| {
        older(scene, WORD, &word("older"));
    })?;
    saving.one("a folder that is a link", tally, "older second 1 more", |scene| {
        // The two are versions of one crate, of which the link says the present one.
        copied(&scene.path().join("../outside"), &scene.path().join("../v2"));
        scene.write("../v2/src/lib.rs", "pub const NUMBER: u32 = 1;\n");
        renamed(scene, "../outside", "../v1");
        std::os::unix::fs::symlink("v2", scene.path().join("../outside")).unwrap();
    })?;
    saving.one("where the link leads", tally, "older second 2 more", |scene| {
        scene.write("../v2/src/lib.rs", "pub const NUMBER: u32 = 2;\n");
    })?;
    saving.one(
        "a link that leads elsewhere",
        tally,
        "older second 7 more",
        |scene| {
            std::os::unix::fs::symlink("v1", scene.path().join("../now")).unwrap();
            renamed(scene, "../now", "../outside");
        },
    )?;
    saving.one(
        "a folder that a script reads",
        &["bump"],
        "older second 7 a",
        |scene| {
            scene
                .write("bump/words/a.txt", "a")
                .write("bump/build.rs", FOLDER);
        },
    )?;
    saving.one("a file in that folder", &["bump"], "older second 7 ab", |scene| {
        scene.write("bump/words/b.txt", "b");
    })?;
    saving.alike("a script that names nothing", &["bump"], |scene| {
        let line = FOLDER.lines().rfind(|line| line.contains("fs::write")).unwrap();
        scene
            .write(
                "bump/build.rs",
                FOLDER.replace(line, "println!(\"cargo::rustc-env=WORDS={words}\");"),
            )
            .edit(
                "bump/build.rs",
                "println!(\"cargo::rerun-if-changed=words\");",
                "",
            )
            .edit("bump/src/lib.rs", "mod generated;\n", "")
            .edit("bump/src/lib.rs", "generated::WORDS", "env!(\"WORDS\")");
    })?;
    saving.one(
        "what it may have read",
        &["bump"],
        "older second 7 abc",
        |scene| {
            scene.write("bump/words/c.txt", "c");
        },
    )?;
    found(saving, before, 9)
}

const FOLDER: &str = r#"fn main() {
    println!("cargo::rerun-if-changed=words");
    let mut words: Vec<_> = std::fs::read_dir("words").unwrap().map(|one| one.unwrap().path()).collect();
    words.sort();
    let words: String = words.iter().map(|one| std::fs::read_to_string(one).unwrap()).collect();
    std::fs::write("src/generated.rs", format!("pub(crate) const WORDS: &str = {words:?};\n")).unwrap();
}
"#;

/// Writes a file that says that it was written an hour ago.
fn older(scene: &mut Scene, file: &str, text: &str) {
    scene.write(file, text);
    let then = SystemTime::now() - Duration::from_secs(3600);
    let file = fs::File::options()
        .append(true)
        .open(scene.path().join(file))
        .unwrap();
    file.set_modified(then).unwrap();
}

fn copied(from: &Path, to: &Path) {
    for file in ["Cargo.toml", "src/lib.rs"] {
        fs::create_dir_all(to.join(file).parent().unwrap()).unwrap();
        fs::copy(from.join(file), to.join(file)).unwrap();
    }
}

const TWELVE: &str = "ways in which editors and tools save";

#[test]
fn every_way_to_save_is_built_once_and_keeps_the_state() {
    let mut saving = Builds::of("saving", |_| {});
    holds("a counter at 41, and its body edited: the next answer", 1, |_| {
        let found = next_answer(&mut saving)?;
        ensure!(found["the next"] == 42, "{found}");
        Ok(found)
    });
    holds(TWELVE, 12, |_| twelve_ways(&mut saving));
    holds("more ways to save", 9, |_| more_ways(&mut saving));
    #[cfg(target_os = "linux")]
    holds("a file in two pieces", 1, |_| saving.in_two_pieces());
    misses(
        TWELVE,
        "and an edit of another component",
        &["not due", "2 builds"],
        1,
        |_| {
            saving.one("in place", &["tally"], "older second 7 abc", |scene| {
                scene.write(WORD, word("missed")).write("bump/words/d.txt", "d");
            })?;
            Ok(json!(null))
        },
    );
    misses(
        TWELVE,
        "of which the loop knows nothing",
        &["it is lost"],
        1,
        |_| {
            // A look is provoked that finds nothing.
            saving.one("nowhere", &["tally"], "", |scene| {
                scene.write("tally/src/nobody.rs", "");
                touch(&scene.path().join(WORD));
            })?;
            Ok(json!(null))
        },
    );
}
