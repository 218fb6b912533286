//! Mistakes: the last good version serves, and the loop waits.

use super::loops::Dev;
use super::project::{settings, tally, unbound};

#[test]
fn no_mistake_ends_the_loop_or_takes_anything_down() {
    let mut scene = tally("broken");
    let lib = scene.read("tally/src/lib.rs").replace("u32 = 41;", "u32 = 1;");
    scene.write("tally/src/lib.rs", lib.replace("struct Tally;", "struct Tally"));
    let mut dev = Dev::start(&scene, "--run broken-bump");
    // The first build fails, and is waited for, too.
    assert_eq!(dev.failure(), "build-failed");
    let is_said = |message: &serde_json::Value| message["reason"] == "dev-diagnostics";
    assert!(dev.heard().iter().any(is_said), "{:#?}", dev.heard());
    scene.write("tally/src/lib.rs", &lib);
    let (turn, answer) = dev.answer();
    // The program was not to blame, and is there with the driver.
    assert_eq!(turn.components(), ["broken-tally", "broken-bump"]);
    assert_eq!(answer, "1 one note 7 words");
    let mistakes = [
        ("struct Tally;", "struct Tally", "build-failed"),
        ("u32 = 1;", "u32 = \"1\";", "build-failed"),
        ("mod word;", "mod word; mod missing;", "build-failed"),
        ("note.txt", "no.txt", "build-failed"),
        (
            "    type Asset",
            "    fn migrate(_from: u32) -> Result<u32> { Err(Error::rejected(\"not today\")) }\n    type Asset",
            "rejected",
        ),
        (
            "    type Asset",
            "    fn migrate(_from: u32) -> Result<u32> { panic!(\"at once\") }\n    type Asset",
            "trap",
        ),
    ];
    let (mut count, mut version) = (1, String::new());
    for (from, to, code) in mistakes {
        scene.write("tally/src/lib.rs", lib.replacen(from, to, 1));
        assert_eq!(dev.failure(), code, "{to}");
        // Who asks meanwhile is answered by the last good version.
        #[cfg(unix)]
        {
            count += 1;
            let answer = crate::project::succeed(&scene, "run broken-bump");
            assert_eq!(answer, format!("\"{count} {version}one note 7 words\"\n"), "{to}");
        }
        // What is there again is not built again, but for what else is new.
        count += 1;
        let good = lib.replace(
            "const STEP",
            &format!("#[allow(dead_code)] const N{count}: u32 = {count};\n#[doc(hidden)] const STEP"),
        );
        let good = good.replace("{count} {}", &format!("{{count}} v{count} {{}}"));
        scene.write("tally/src/lib.rs", good);
        let (turn, answer) = dev.answer();
        assert_eq!(turn.components(), ["broken-tally"]);
        version = format!("v{count} ");
        assert_eq!(answer, format!("{count} {version}one note 7 words"));
    }
    // A missing file that comes is what was waited for.
    scene.edit("tally/src/lib.rs", "mod word;", "mod word; mod later;");
    assert_eq!(dev.failure(), "build-failed");
    scene.write("tally/src/later.rs", "");
    assert_ne!(dev.turn().outcome(), "failed");
    of_the_project(&mut scene, &mut dev);
}

#[test]
fn a_project_that_cannot_be_read_at_first_is_waited_for() {
    let mut scene = unbound("unreadable");
    let (good, manifest) = (settings("unreadable"), scene.read("Cargo.toml"));
    scene.write("airs.toml", format!("{good}\n[runtime"));
    let mut dev = Dev::start(&scene, "-p unreadable-bump --state memory");
    assert_eq!(dev.failure(), "invalid-config");
    dev.while_stopped(|| {
        scene
            .write("Cargo.toml", format!("{manifest}\n[profile"))
            .write("airs.toml", &good);
    });
    assert_eq!(dev.failure(), "invalid-config");
    scene.write("Cargo.toml", &manifest);
    assert_eq!(dev.turn().components(), ["unreadable-bump"]);
    dev.kill();
    // What nobody can mend by saving is refused at once.
    let refused = scene.command("dev -p missing").output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn a_loop_without_an_airs_toml_is_found_by_others() {
    let scene = unbound("bare");
    std::fs::remove_file(scene.path().join("airs.toml")).unwrap();
    let mut dev = Dev::start(&scene, "-p bare-bump --state memory");
    assert_eq!(dev.turn().components(), ["bare-bump"]);
    assert_eq!(crate::project::succeed(&scene, "bindings"), "nothing is bound\n");
    // One that is made counts, whatever is in it.
    std::fs::write(scene.path().join("airs.toml"), "[runtime").unwrap();
    assert_eq!(dev.failure(), "invalid-config");
}

#[test]
fn what_is_nobodys_fault_is_made_good_with_the_next_change() {
    let mut scene = tally("spare");
    // As a disk that is full is: nothing that the component is made of.
    let full = scene.path().join("../full");
    let script = scene.read("bump/build.rs").replacen(
        "fn main() {\n",
        &format!("fn main() {{\n    assert!(!std::path::Path::new({full:?}).exists());\n"),
        1,
    );
    scene.write("bump/build.rs", script);
    let mut dev = Dev::start(&scene, "--run spare-bump");
    assert_eq!(dev.answer().1, "41 one note 7 words");
    std::fs::write(&full, "").unwrap();
    scene.write("bump/words.txt", "other words\n");
    assert_eq!(dev.failure(), "build-failed");
    std::fs::remove_file(&full).unwrap();
    scene.edit("tally/src/word.rs", "one", "two");
    let (turn, answer) = dev.answer();
    assert_eq!(turn.components(), ["spare-tally", "spare-bump"]);
    assert_eq!(answer, "82 two note 7 other words");
}

fn of_the_project(scene: &mut crate::scene::Scene, dev: &mut Dev) {
    let good = settings("broken");
    scene.write("airs.toml", format!("{good}\n[runtime"));
    assert_eq!(dev.failure(), "invalid-config");
    #[cfg(unix)]
    for line in ["bindings", "run broken-bump", "inspect broken-tally"] {
        crate::project::succeed(scene, line);
    }
    scene.write("airs.toml", &good);
    assert_eq!(dev.turn().outcome(), "unchanged");
    // It may be away for a while.
    std::fs::remove_file(scene.path().join("airs.toml")).unwrap();
    assert_eq!(dev.failure(), "ungranted-capability");
    scene.write("airs.toml", &good);
    assert_eq!(dev.turn().outcome(), "unchanged");
    scene.write("airs.toml", good.replace("storage = true", "storage = false"));
    assert_eq!(dev.failure(), "ungranted-capability");
    scene.write(
        "airs.toml",
        format!("{good}\n[runtime.limits]\ndeadline_ms = 4000\n"),
    );
    let warning = dev.until("warning");
    let message = warning["message"].as_str().unwrap();
    assert!(message.contains("from the next start"), "{message}");
    assert_eq!(dev.turn().outcome(), "unchanged");
    scene.edit("tally/Cargo.toml", "storage = true", "storage = false");
    assert_eq!(dev.failure(), "undeclared-capability");
    scene.edit("tally/Cargo.toml", "storage = false", "storage = true");
    assert_eq!(dev.turn().outcome(), "unchanged");
    let quiet = scene.path().join("tally/src/lib.rs");
    dev.is_quiet(&quiet);
}
