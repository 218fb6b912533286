//! Links, names that are none, and what changes while it is looked at.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use super::{SECRET, Scene, found};

#[test]
fn no_link_leads_out_of_a_folder_and_nothing_but_files_is_opened() {
    let scene = Scene::new();
    let folder = scene.folder();
    let link = |target: &Path, name: &str| symlink(target, folder.join(name)).unwrap();
    link("eur/now.json".as_ref(), "inside");
    link("eur".as_ref(), "folder-inside");
    link("../secret".as_ref(), "out");
    link("eur/../../secret".as_ref(), "winding");
    link(&scene.place.path().join("secret"), "absolute");
    link(&folder.join("usd.json"), "absolute-inside");
    link("..".as_ref(), "folder-out");
    link("out".as_ref(), "chain");
    link("/proc/self/root".as_ref(), "magic");
    link("loop".as_ref(), "loop");
    link("/dev/zero".as_ref(), "device");
    fs::hard_link(scene.place.path().join("secret"), folder.join("hard")).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(folder.join("pipe"))
        .status();
    assert!(made.unwrap().success());
    let _listener = UnixListener::bind(folder.join("socket")).unwrap();

    assert_eq!(scene.ask("read", &json!("/rates/inside")), found("1.10"));
    assert_eq!(
        scene.ask("read", &json!("/rates/folder-inside/now.json")),
        found("1.10")
    );
    for path in [
        "out",
        "out/",
        "winding",
        "absolute",
        "absolute-inside",
        "folder-out/secret",
        "folder-out/rates/usd.json",
        "folder-inside/../folder-out/secret",
        "chain",
        "magic/etc/passwd",
        "device",
        "hard",
    ] {
        let why = scene.refused(&format!("/rates/{path}"));
        assert!(why.starts_with("Operation not permitted"), "{path}: {why}");
        let denials = scene.denials();
        assert_eq!(denials.len(), 1, "{path}: {denials:?}");
        assert!(!denials[0].contains(SECRET), "{denials:?}");
    }
    for path in ["pipe", "socket"] {
        let why = scene.refused(&format!("/rates/{path}"));
        assert!(why.starts_with("Not supported"), "{path}: {why}");
    }
    scene.refused("/rates/loop");
    let listed = json!(["empty", "eur/", "usd.json"]);
    assert_eq!(scene.ask("list", &json!("/rates")), found(listed));
    assert!(
        scene
            .ask("list", &json!("/rates/folder-out"))
            .get("refused")
            .is_some()
    );
    assert_eq!(scene.denials().len(), 1);
}

/// What it says of a file whose other name is outside belongs to who is there.
#[test]
fn a_file_with_another_name_is_not_even_looked_at() {
    let scene = Scene::new();
    let hard = scene.folder().join("hard");
    fs::hard_link(scene.place.path().join("secret"), &hard).unwrap();
    for operation in ["size", "read"] {
        let looked = scene.ask(operation, &json!("/rates/hard"));
        let why = looked.get("refused").and_then(Value::as_str).unwrap_or_default();
        assert!(
            why.starts_with("Operation not permitted"),
            "{operation}: {looked}"
        );
    }
    let denials = scene.denials();
    assert!(
        denials.len() == 2
            && denials
                .iter()
                .all(|denial| denial.ends_with("which may be outside")),
        "{denials:?}"
    );
    // When the other name is gone it is a file as any.
    fs::remove_file(scene.place.path().join("secret")).unwrap();
    assert_eq!(scene.ask("size", &json!("/rates/hard")), found(SECRET.len()));
}

#[test]
fn only_what_can_be_opened_is_listed() {
    let scene = Scene::new();
    let folder = scene.folder().join("odd");
    fs::create_dir(&folder).unwrap();
    for name in [
        "nul",
        "CON.txt",
        "com1",
        "a:b",
        "a\\b",
        "end.",
        "end ",
        "line\nbreak",
        "bell\u{7}",
        "fine",
    ] {
        fs::write(folder.join(name), "").unwrap();
    }
    fs::write(folder.join(OsStr::from_bytes(b"no\xfftext")), "").unwrap();
    fs::create_dir(folder.join("aux")).unwrap();
    fs::create_dir(folder.join("below")).unwrap();
    symlink("fine", folder.join("link")).unwrap();
    let listed = scene.ask("list", &json!("/rates/odd"));
    assert_eq!(listed, found(json!(["below/", "fine"])));
    for name in ["below", "fine"] {
        let looked = scene.ask("size", &json!(format!("/rates/odd/{name}")));
        assert!(looked.get("found").is_some(), "{name}: {looked}");
    }
    // As deep as a path goes.
    let deepest = (0..31).fold(folder.clone(), |folder, _| folder.join("d"));
    fs::create_dir_all(deepest.join("too-deep")).unwrap();
    let path = format!("/rates/odd{}", "/d".repeat(31));
    assert_eq!(scene.ask("list", &json!(path)), found(json!([])));
    assert_eq!(scene.denials(), Vec::<String>::new());
}

/// Somebody who changes what a path leads to while it is followed, as fast as can be: a file and a folder that belong
/// there, and links to others, which do not. What is outside is never seen, whenever it happens.
#[test]
fn nothing_outside_is_seen_while_links_are_swapped() {
    const OFTEN: usize = 200;
    let scene = Scene::new();
    let (folder, outside) = (scene.folder(), scene.place.path().join("local/other"));
    fs::write(outside.join("now.json"), SECRET).unwrap();
    let (beside, secret) = (scene.place.path().join("beside"), outside.join("secret"));
    fs::create_dir(&beside).unwrap();
    let stop = AtomicBool::new(false);
    let swap = || {
        let put = |make: &dyn Fn(&Path), name: &str| {
            make(&beside.join(name));
            fs::rename(beside.join(name), folder.join(name)).unwrap();
        };
        let good = |path: &Path| fs::write(path, "good").unwrap();
        while !stop.load(Ordering::Relaxed) {
            put(&|path| symlink(&secret, path).unwrap(), "absolute");
            put(&|path| symlink("../other/secret", path).unwrap(), "relative");
            put(&|path| fs::hard_link(&secret, path).unwrap(), "hard");
            for name in ["absolute", "relative", "hard"] {
                put(&good, name);
            }
            // What is at the end of a path, and what is on its way.
            fs::rename(folder.join("eur"), beside.join("eur")).unwrap();
            symlink(&outside, folder.join("eur")).unwrap();
            fs::remove_file(folder.join("eur")).unwrap();
            fs::rename(beside.join("eur"), folder.join("eur")).unwrap();
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(swap);
        let _stop = Stop(&stop);
        for path in ["absolute", "relative", "hard", "eur/now.json"] {
            let (mut good, mut other) = (0, 0);
            // Until both were met often enough, however busy the machine is.
            while good < OFTEN || other < OFTEN {
                let answer = scene.ask("often", &json!([format!("/rates/{path}"), OFTEN]));
                let seen: BTreeMap<String, usize> = serde_json::from_value(answer).unwrap();
                for (text, times) in seen {
                    assert!(!text.contains(SECRET), "{path}: {text}");
                    *(if ["good", "1.10"].contains(&&*text) {
                        &mut good
                    } else {
                        &mut other
                    }) += times;
                }
            }
        }
    });
}

/// Has the other thread end, also when this one fails.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
