//! The same of what is made and kept: components, states, and what processes have left.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::{check, examined, is_found, made, mode, own_folders};
use crate::project::{accounts, succeed};

#[test]
fn a_damaged_component_is_found_and_removed() {
    let mut scene = made("doctor_built");
    scene.write("target/airs/debug/ledger.wasm", b"\0asm\x0d\0\x01");
    is_found(&scene, "built-components", "fault", true);
    assert!(!scene.path().join("target/airs/debug/ledger.wasm").exists());
}

#[test]
fn a_state_that_others_can_write_to_is_found_and_closed() {
    let scene = made("doctor_state");
    let state = scene.path().join(".airs/state");
    fs::create_dir_all(&state).unwrap();
    mode(&state, 0o777);
    is_found(&scene, "state-folder", "fault", true);
    mode(&state, 0o500);
    is_found(&scene, "state-folder", "fault", true);
    mode(&state, 0o755);
    is_found(&scene, "state-folder", "warning", true);
    let bits = std::os::unix::fs::PermissionsExt::mode(&state.metadata().unwrap().permissions());
    assert_eq!(bits & 0o777, 0o700);
}

#[test]
fn a_damaged_state_is_found_and_left_as_it_is() {
    let mut scene = made("doctor_damaged");
    scene.write(".airs/state/local.sqlite", "x".repeat(200));
    mode(&scene.path().join(".airs/state"), 0o700);
    is_found(&scene, "state-files", "fault", false);
    assert_eq!(scene.read(".airs/state/local.sqlite"), "x".repeat(200));
}

/// What is in the account is not what was put there.
#[test]
fn money_that_was_changed_in_the_file_is_found_and_is_nobodys() {
    let mut scene = accounts("doctor_money");
    own_folders(&mut scene);
    let (checks, _) = examined(&scene, "");
    assert_eq!(check(&checks, "state-files")["found"], "context local");
    let mut content = fs::read(scene.path().join(".airs/state/local.sqlite")).unwrap();
    let found: Vec<usize> = (0..content.len())
        .filter(|place| content[*place..].starts_with(b"100.00"))
        .collect();
    assert!(!found.is_empty());
    for place in found {
        content[place] ^= 8;
    }
    scene.write(".airs/state/local.sqlite", content);
    is_found(&scene, "state-files", "fault", false);
    let output = scene.command("view /accounts/alice/usd").output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        (output.status.code(), output.stdout),
        (Some(3), Vec::new()),
        "{stderr}"
    );
    assert!(
        stderr.starts_with("error[storage-corrupt]: the storage is damaged: "),
        "{stderr}"
    );
    assert!(stderr.contains("\nhelp: keep the file "), "{stderr}");
}

#[test]
fn a_state_that_was_emptied_is_found_and_left_as_it_is() {
    let mut scene = accounts("doctor_emptied");
    own_folders(&mut scene);
    scene.write(".airs/state/local.sqlite", "");
    is_found(&scene, "state-files", "fault", false);
    let output = scene.command("bindings").output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    assert!(stderr.starts_with("error[storage-corrupt]: "), "{stderr}");
    assert_eq!(scene.read(".airs/state/local.sqlite"), "");
}

#[test]
fn a_lock_of_the_state_that_is_none_is_found_and_removed() {
    let mut scene = accounts("doctor_owner");
    own_folders(&mut scene);
    let lock = scene.path().join(".airs/state/local.sqlite-owner");
    fs::remove_file(&lock).unwrap();
    fs::create_dir(&lock).unwrap();
    is_found(&scene, "state-owner", "fault", true);
    succeed(&scene, "view /accounts/alice/usd");
}

#[test]
fn a_record_of_denials_that_was_changed_is_found() {
    let mut scene = accounts("doctor_denials");
    own_folders(&mut scene);
    scene.write(".airs/state/local.denials.jsonl", "{\"not\":\"one\"}\n");
    is_found(&scene, "denials", "warning", false);
}

#[test]
fn the_place_of_a_loop_that_has_ended_is_found_and_removed() {
    let mut scene = made("doctor_loop");
    let socket = scene.path().join("../run/airs/dev-1.socket");
    fs::create_dir(socket.parent().unwrap()).unwrap();
    mode(socket.parent().unwrap(), 0o700);
    scene.write(".airs/dev.json", "{}");
    is_found(&scene, "dev-loop", "warning", true);
    // Nobody listens any more when what listened is gone.
    drop(std::os::unix::net::UnixListener::bind(&socket).unwrap());
    is_found(&scene, "stale-sockets", "warning", true);
    assert!(!socket.exists());
}

#[test]
fn a_loop_that_goes_on_is_left_alone() {
    let mut scene = made("doctor_live");
    scene.write(".airs/dev.json", "{}").write(".airs/dev.lock", "1");
    let lock = File::options()
        .write(true)
        .open(scene.path().join(".airs/dev.lock"))
        .unwrap();
    lock.lock().unwrap();
    let (checks, _) = examined(&scene, "--fix");
    assert_eq!(check(&checks, "dev-loop")["verdict"], "good");
    assert!(scene.path().join(".airs/dev.json").exists());
}

#[test]
fn what_was_half_written_is_found_and_removed_when_who_wrote_has_ended() {
    let mut scene = made("doctor_left");
    let ended = {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        child.wait().unwrap();
        child.id()
    };
    let (gone, live) = (
        format!(".airs.toml.{ended}.part"),
        format!(".airs.toml.{}.part", std::process::id()),
    );
    scene.write(&gone, "").write(&live, "");
    is_found(&scene, "leftovers", "warning", true);
    assert!(!scene.path().join(gone).exists() && scene.path().join(live).exists());
}

#[test]
fn what_only_looks_left_behind_stays() {
    let mut scene = crate::project::ledger("doctor_not_left");
    own_folders(&mut scene);
    scene.write(".gitignore", "/target\n.airs/\n");
    // No process has that number.
    scene
        .write("probe-2147483646/src/lib.rs", "mine")
        .write("probe-2147483645", "mine");
    let (checks, _) = examined(&scene, "--fix");
    assert_eq!(check(&checks, "leftovers")["verdict"], "good");
    assert_eq!(scene.read("probe-2147483646/src/lib.rs"), "mine");
    assert_eq!(scene.read("probe-2147483645"), "mine");
}

#[test]
fn a_state_elsewhere_is_judged_where_it_is_and_opened_to_nobody() {
    let mut scene = crate::project::ledger("doctor_linked");
    own_folders(&mut scene);
    scene.write(".gitignore", "/target\n.airs/\n");
    let elsewhere = scene.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    mode(&elsewhere, 0o700);
    fs::create_dir_all(scene.path().join(".airs")).unwrap();
    std::os::unix::fs::symlink(&elsewhere, scene.path().join(".airs/state")).unwrap();
    let (checks, _) = examined(&scene, "--fix");
    assert_eq!(check(&checks, "state-folder")["verdict"], "good", "{checks:?}");
    let bits = std::os::unix::fs::PermissionsExt::mode(&elsewhere.metadata().unwrap().permissions());
    assert_eq!(bits & 0o777, 0o700);
}

#[test]
fn all_that_is_wrong_of_a_kind_is_found_and_repaired() {
    let mut scene = made("doctor_all");
    let own = scene.path().join(".airs");
    for context in ["one", "two"] {
        let state = own.join("state").join(context);
        scene.write(&format!(".airs/state/{context}.sqlite"), "x".repeat(200));
        fs::create_dir(state.with_extension("sqlite-owner")).unwrap();
    }
    for folder in [own.clone(), own.join("state")] {
        mode(&folder, 0o777);
    }
    let lines = |id: &str, flags: &str| {
        let (checks, _) = examined(&scene, flags);
        let check = check(&checks, id);
        let found = check["found"].as_str().unwrap().to_owned();
        (check["verdict"].as_str().unwrap().to_owned(), found)
    };
    for id in ["state-folder", "state-files", "state-owner"] {
        let (verdict, found) = lines(id, "");
        assert_eq!(verdict, "fault");
        assert_eq!(found.lines().count(), 2, "{found}");
    }
    for id in ["state-folder", "state-owner"] {
        let (verdict, found) = lines(id, "--fix");
        assert!(["fixed", "good"].contains(&&*verdict), "{id}: {verdict}: {found}");
    }
    assert_eq!(lines("state-files", "").0, "fault");
}

/// What is in a folder, byte by byte.
fn kept(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = fs::read_dir(folder).unwrap();
    let mut all: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all.into_iter()
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect()
}

#[test]
fn looking_leaves_a_state_as_it_is_whosever_it_is() {
    let mut scene = accounts("doctor_untouched");
    own_folders(&mut scene);
    let good = fs::read(scene.path().join(".airs/state/local.sqlite")).unwrap();
    let mut newer = good.clone();
    // SQLite's user version, which is the format.
    newer[60..64].copy_from_slice(&99u32.to_be_bytes());
    scene
        .write("newer/local.sqlite", newer)
        .write("foreign/local.sqlite", "x".repeat(200))
        .write("cut/local.sqlite", &good[..good.len() / 2]);
    let other = airs_runtime::Runtime::builder()
        .state(airs_runtime::State::folder(scene.path().join(".airs/state")))
        .build()
        .unwrap();
    let run = airs_runtime::Request::bindings().id(airs_runtime::Runtime::new_id());
    other.perform_blocking(run).result.unwrap();
    for (state, verdict) in [
        ("newer", "fault"),
        ("foreign", "fault"),
        ("cut", "fault"),
        (".airs/state", "good"),
    ] {
        let folder = scene.path().join(state);
        let before = kept(&folder);
        let (checks, _) = examined(&scene, &format!("--state {state}"));
        assert_eq!(check(&checks, "state-files")["verdict"], verdict, "{state}");
        assert!(kept(&folder) == before, "{state} is not as it was");
    }
    drop(other);
}

#[test]
fn looking_makes_no_state() {
    let mut scene = crate::project::ledger("doctor_looks");
    own_folders(&mut scene);
    scene.write(".airs/state/local.sqlite", "");
    let _ = examined(&scene, "");
    assert_eq!(scene.read(".airs/state/local.sqlite"), "");
}
