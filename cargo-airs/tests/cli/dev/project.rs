//! A project with a driver that counts and a program that has it do so.

use crate::project::{build, succeed};
use crate::scene::{Scene, checkout};

const DRIVER: &str = r#"//! Counts.

use airs::{Call, Error, Json, Receipt, Result, Rights, Value, storage};

mod word;

struct Tally;

/// How much is counted at once.
const STEP: u32 = 41;

#[airs::driver]
impl airs::Driver for Tally {
    type Asset = String;

    fn intend(call: &Call, _account: (), _rights: Rights) -> Result<String> {
        Ok(call.path.clone())
    }

    fn view(_path: &String) -> Result<Value> {
        Err(Error::unsupported("nothing to see"))
    }

    fn transfer(_from: &String, _to: &String, _value: Value) -> Result<Receipt> {
        Err(Error::unsupported("nothing to move"))
    }

    fn control(path: &String, _operation: &str, _input: &Json) -> Result<Json> {
        println!("counting");
        let count = storage::get_json::<u32>(path)?.unwrap_or(0) + STEP;
        storage::set_json(path, &count)?;
        let note = include_str!("note.txt").trim();
        Json::of(&format!("{count} {} {note} {}", word::WORD, outside::NUMBER))
    }
}
"#;

const PROGRAM: &str = r#"//! Has something counted.

use airs::{Result, Rights, val};

mod generated;

/// Counts once, and says how far it is.
#[airs::program]
fn bump(_input: ()) -> Result<String> {
    let answer: String = val::intend("/tally", Rights::CONTROL)?.control("bump", "")?.parse()?;
    Ok(format!("{answer} {}", generated::WORDS))
}
"#;

/// Writes into the sources, which is what a watcher has most trouble with.
const BUILD_SCRIPT: &str = r#"fn main() {
    println!("cargo::rerun-if-changed=words.txt");
    let words = std::fs::read_to_string("words.txt").unwrap();
    std::fs::write("src/generated.rs", format!("pub(crate) const WORDS: &str = {:?};\n", words.trim())).unwrap();
}
"#;

fn manifest(name: &str, kind: &str, more: &str) -> String {
    let sdk = checkout().join("sdk");
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[lib]\ncrate-type = [\"cdylib\"]\n\n\
         [features]\nmore = []\n\n[package.metadata.airs]\nkind = \"{kind}\"\n\n\
         [dependencies]\nairs = {{ package = \"airs-sdk\", path = {sdk:?} }}\nserde_json = \"1\"\n{more}"
    )
}

/// The same, built, with its driver bound to `/tally`.
pub(super) fn tally(name: &'static str) -> Scene {
    let scene = unbound(name);
    build(&scene);
    succeed(
        &scene,
        &format!("bind /tally --driver {name}-tally --account null"),
    );
    scene
}

/// Waits for the first turn of a loop, and has the driver bound.
#[cfg(unix)]
pub(super) fn bound_in_memory(scene: &Scene, dev: &mut super::loops::Dev, name: &str) {
    assert_eq!(dev.turn().outcome(), "served");
    bound(scene, name);
    // The lock file and a source were written by the first build, which starts nothing.
    dev.is_quiet(&scene.path().join("tally/src/lib.rs"));
}

/// Has the driver bound by the loop that serves.
#[cfg(unix)]
pub(super) fn bound(scene: &Scene, name: &str) {
    succeed(
        scene,
        &format!("bind /tally --driver {name}-tally --account null"),
    );
}

/// A build that does not end, not even when it is asked to: it tells that it has begun, and its end, by a connection.
#[cfg(unix)]
const STUBBORN: &str = r#"
use std::io::Read as _;
fn main() {
    let mut connection = std::net::TcpStream::connect(env!("PORT")).unwrap();
    let held = std::os::fd::OwnedFd::from(connection.try_clone().unwrap());
    std::process::Command::new("sh").args(["-c", "trap '' TERM; cat"]).stdin(held).spawn().unwrap();
    let _ = connection.read(&mut [0]);
}
"#;

/// A project whose build does not end.
#[cfg(unix)]
pub(super) fn endless(name: &'static str, port: &std::net::TcpListener) -> Scene {
    let mut scene = Scene::new(name);
    let manifest = format!(
        "[package]\nname = \"{name}-dev\"\nedition = \"2024\"\n[lib]\ncrate-type = [\"cdylib\"]\n\
         [package.metadata.airs]\nkind = \"program\"\n[workspace]\n"
    );
    let project = format!("version = 1\n[components.{name}-dev]\npath = \".\"\n");
    scene
        .write("Cargo.toml", manifest)
        .write("airs.toml", project)
        .write("src/lib.rs", "")
        .write("build.rs", STUBBORN)
        .set("PORT", port.local_addr().unwrap().to_string());
    scene
}

/// A scene in the folder of the project. Its crates are called after `name`, since all scenes are built in one folder.
pub(super) fn unbound(name: &'static str) -> Scene {
    let mut scene = Scene::new(name);
    let (driver, program, outside) = (
        format!("{name}-tally"),
        format!("{name}-bump"),
        format!("{name}-outside"),
    );
    scene
        .write(
            "outside/Cargo.toml",
            format!(
                "[package]\nname = \"{outside}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n"
            ),
        )
        .write("outside/src/lib.rs", "pub const NUMBER: u32 = 7;\n");
    scene.enter("project");
    let depends = format!("outside = {{ package = \"{outside}\", path = \"../../outside\" }}\n");
    let capable = format!("{depends}\n[package.metadata.airs.capabilities]\nstorage = true\n");
    scene
        .write(
            "Cargo.toml",
            "[workspace]\nresolver = \"3\"\nmembers = [\"tally\", \"bump\"]\n\n[profile.dev]\ndebug = \"line-tables-only\"\n",
        )
        // What the SDK depends on, as it is locked in the checkout: nothing is looked up.
        .write("Cargo.lock", std::fs::read(checkout().join("tests/guests/Cargo.lock")).unwrap())
        .set("CARGO_NET_OFFLINE", "true")
        .write("airs.toml", settings(name))
        .write("tally/Cargo.toml", manifest(&driver, "driver", &capable))
        .write("tally/src/lib.rs", DRIVER)
        .write("tally/src/word.rs", "pub(crate) const WORD: &str = \"one\";\n")
        .write("tally/src/note.txt", "note\n")
        .write("bump/Cargo.toml", manifest(&program, "program", ""))
        .write("bump/build.rs", BUILD_SCRIPT)
        .write("bump/words.txt", "words\n")
        .write("bump/src/lib.rs", PROGRAM);
    scene
}

/// Its `airs.toml`.
pub(super) fn settings(name: &str) -> String {
    format!(
        "version = 1\n\n[components.{name}-tally]\npath = \"tally\"\n\n[components.{name}-bump]\npath = \"bump\"\n\n\
         [grants.{name}-tally]\nstorage = true\n"
    )
}
