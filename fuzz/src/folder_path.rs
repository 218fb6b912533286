//! Paths within a folder, as a component writes them.

use std::path::{Component, Path};

use airs_core::{FolderError, FolderPath};

/// Where somebody is who asks.
const HERE: &str = "data/rates";

pub(crate) fn body(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let root = FolderPath::root();
    for here in [&root, &root.join(HERE).unwrap()] {
        read(here, text);
    }
}

fn read(here: &FolderPath, text: &str) {
    let read = here.join(text);
    match (&read, meaning(here, text)) {
        (Ok(path), Some(meant)) => {
            let is_good = |name: &&String| !is_name(name);
            assert_eq!(path.segments().iter().find(is_good), None, "{text:?}");
            assert_eq!(path.segments(), meant, "{text:?}");
            assert!(path.segments().len() <= 32 && text.len() <= 4_096);
            let end = text.rsplit('/').next().unwrap();
            assert_eq!(path.is_folder(), ["", ".", ".."].contains(&end), "{text:?}");
            good(path);
        }
        (Err(FolderError::Outside), None) => {}
        (Err(FolderError::Name), _) => assert!(is_bad(here, text), "{text:?}"),
        (read, meant) => panic!("{text:?} is {read:?}, and not {meant:?}"),
    }
    // What has this name here is one name further, or has a name that no path has.
    if let Some(child) = here.child(text) {
        assert_eq!(read.as_ref(), Ok(&child));
        assert!(!text.contains('/') && child.segments().starts_with(here.segments()));
        assert_eq!(child.segments().last().map(String::as_str), Some(text));
    } else {
        assert!(!is_name(text) || here.segments().len() == 32);
    }
}

/// Where the path leads as the standard library reads it; nowhere when that is outside.
fn meaning(here: &FolderPath, text: &str) -> Option<Vec<String>> {
    let mut names = here.segments().to_vec();
    for component in Path::new(text).components() {
        match component {
            Component::Normal(name) => names.push(name.to_str().unwrap().to_owned()),
            Component::ParentDir => drop(names.pop()?),
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(names)
}

/// Whether something about the path itself is not as it may be.
fn is_bad(here: &FolderPath, text: &str) -> bool {
    let names = text.split('/').filter(|name| !["", ".", ".."].contains(name));
    text.is_empty()
        || text.len() > 4_096
        || names.clone().any(|name| !is_name(name))
        || here.segments().len() + names.count() > 32
}

/// What a name is, said in another way than the reader does.
fn is_name(name: &str) -> bool {
    let devices = ["con", "prn", "aux", "nul", "conin$", "conout$"].map(str::to_owned);
    let numbers = "0123456789\u{b9}\u{b2}\u{b3}";
    let numbered = ["com", "lpt"].into_iter();
    let mut devices = numbered
        .flat_map(|device| numbers.chars().map(move |number| format!("{device}{number}")))
        .chain(devices);
    let stem = name
        .find('.')
        .map_or(name, |dot| &name[..dot])
        .trim_end()
        .to_lowercase();
    (1..=255).contains(&name.len())
        && !name
            .chars()
            .any(|c| c.is_control() || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|'))
        && !name.ends_with('.')
        && !name.ends_with(' ')
        && !devices.any(|device| device == stem)
}

fn good(path: &FolderPath) {
    let shown = path.to_string();
    assert!(!shown.starts_with('/') && !shown.contains("//"), "{shown:?}");
    let again = FolderPath::root().join(&shown).unwrap();
    assert_eq!(again.segments(), path.segments());
    // As it stands it is what it means.
    let names: Vec<String> = path.segments().to_vec();
    assert_eq!(meaning(&FolderPath::root(), &shown), Some(names));
}
