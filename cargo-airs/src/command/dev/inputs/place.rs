//! Where a file really is, whichever way leads to it.

use std::path::{Component, Path, PathBuf};

/// A path without steps back, such as a compiler makes of `include_str!("../README.md")`.
pub(super) fn plain(path: PathBuf) -> PathBuf {
    match path.components().any(|part| part == Component::ParentDir) {
        true => of_entry(&path),
        false => path,
    }
}

/// The entry of a folder that a path names, by the folder's real place; it may be a link itself.
pub(super) fn of_entry(path: &Path) -> PathBuf {
    match (path.parent(), path.file_name()) {
        (Some(folder), Some(name)) => real(folder).join(name),
        _ => path.to_owned(),
    }
}

/// The real place of what a path leads to; as far as it is there.
pub(super) fn real(path: &Path) -> PathBuf {
    for above in path.ancestors() {
        if let (Ok(there), Ok(rest)) = (above.canonicalize(), path.strip_prefix(above)) {
            // With nothing left it would get a slash behind it.
            return if rest.as_os_str().is_empty() {
                there
            } else {
                there.join(rest)
            };
        }
    }
    path.to_owned()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{of_entry, plain, real};

    #[test]
    fn every_way_to_a_file_leads_to_one_place() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir_all(root.join("a/src")).unwrap();
        fs::write(root.join("note.txt"), "").unwrap();
        let back = root.join("a/src/../../note.txt");
        assert_eq!(plain(back.clone()), root.join("note.txt"));
        assert_eq!(real(&back), root.join("note.txt"));
        assert_eq!(plain(root.join("a/src/lib.rs")), root.join("a/src/lib.rs"));
        assert_eq!(of_entry(&root.join("a/../gone/lib.rs")), root.join("gone/lib.rs"));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(root.join("note.txt"), root.join("a/link.txt")).unwrap();
            assert_eq!(of_entry(&root.join("a/link.txt")), root.join("a/link.txt"));
            assert_eq!(real(&root.join("a/link.txt")), root.join("note.txt"));
        }
    }
}
