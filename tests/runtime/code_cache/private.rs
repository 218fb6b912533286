//! What is not its owner's alone is not used.

use std::os::unix::fs::{PermissionsExt as _, symlink};

use airs_runtime::Code;

use super::*;

fn allow(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn refused(folder: &Path, why: &str) {
    let error = CodeCache::open(folder).unwrap_err();
    assert_eq!(error.code(), Code::InvalidConfig, "{error}");
    assert!(error.message().contains(why), "{error}");
}

#[test]
fn a_folder_that_is_open_to_others_is_refused() {
    let (_parent, folder) = folder();
    CodeCache::open(&folder).unwrap();
    assert_eq!(folder.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(
        folder.join("key").metadata().unwrap().permissions().mode() & 0o777,
        0o600
    );
    for mode in [0o777, 0o770, 0o750, 0o755, 0o701] {
        allow(&folder, mode);
        refused(&folder, "not 700");
    }
    allow(&folder, 0o700);
    CodeCache::open(&folder).unwrap();
    // Whoever can write above it can put another one in its place.
    let above = folder.parent().unwrap();
    allow(above, 0o777);
    refused(&folder, "others can write to");
    allow(above, 0o1777);
    CodeCache::open(&folder).unwrap();
}

#[test]
fn a_link_and_a_file_are_refused() {
    let (parent, folder) = folder();
    CodeCache::open(&folder).unwrap();
    let link = parent.path().join("link");
    symlink(&folder, &link).unwrap();
    refused(&link, "it is a link");
    let file = parent.path().join("file");
    fs::write(&file, "").unwrap();
    assert_eq!(
        CodeCache::open(&file).unwrap_err().code(),
        Code::StorageUnavailable
    );
}

#[test]
fn a_link_in_the_place_of_an_entry_is_not_followed() {
    let (parent, folder) = folder();
    Caching::at(&folder).load(1);
    let entry = entries(&folder)[0].clone();
    let elsewhere = parent.path().join("elsewhere");
    fs::rename(&entry, &elsewhere).unwrap();
    symlink(&elsewhere, &entry).unwrap();
    assert_eq!(
        Caching::at(&folder).load(1),
        ["fault: it is no file of the cache's", "here"]
    );
    assert!(elsewhere.exists());
    assert!(!entries(&folder)[0].is_symlink(), "it was replaced");
}

#[test]
fn a_folder_or_a_pipe_in_the_place_of_an_entry_is_not_read() {
    let (_parent, folder) = folder();
    Caching::at(&folder).load(1);
    let entry = entries(&folder)[0].clone();
    fs::remove_file(&entry).unwrap();
    fs::create_dir(&entry).unwrap();
    let events = Caching::at(&folder).load(1);
    assert_eq!(events[0], "fault: it is no file of the cache's");
    assert_eq!(events.last().unwrap(), "here");
    fs::remove_dir(&entry).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&entry).status().unwrap();
    assert!(made.success());
    allow(&entry, 0o600);
    assert_eq!(
        Caching::at(&folder).load(1),
        ["fault: it is no file of the cache's", "here"]
    );
}

#[test]
fn a_file_that_others_can_read_is_not_taken() {
    let (_parent, folder) = folder();
    Caching::at(&folder).load(1);
    allow(&entries(&folder)[0], 0o644);
    assert_eq!(
        Caching::at(&folder).load(1),
        ["fault: it is no file of the cache's", "here"]
    );
    allow(&folder.join("key"), 0o644);
    assert_eq!(
        Caching::at(&folder).load(1),
        ["fault: it is not as it was written", "here"]
    );
}

#[test]
fn a_folder_of_somebody_else_is_refused() {
    let (_parent, folder) = folder();
    CodeCache::open(&folder).unwrap();
    // Only root can give a folder away; for everybody else this cannot be arranged.
    if std::os::unix::fs::chown(&folder, Some(65_533), None).is_ok() {
        refused(&folder, "or its owner 65533");
    }
}
