//! Where a file really is, whichever way leads to it.

use std::collections::{BTreeMap, BTreeSet};
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

/// The ways to files: every entry of a folder that something can be done to on the way.
#[derive(Debug, Default)]
pub(super) struct Ways {
    known: BTreeSet<PathBuf>,
    real: BTreeMap<PathBuf, PathBuf>,
}

impl Ways {
    /// Adds the way to what a path leads to: the entries that it names, each by its folder's real place, and where links lead.
    pub(super) fn to(&mut self, path: &Path, entries: &mut BTreeSet<PathBuf>) {
        let mut paths = vec![path.to_owned()];
        while let Some(path) = paths.pop() {
            for step in path.ancestors() {
                if !self.known.insert(step.to_owned()) {
                    break;
                }
                let (Some(folder), Some(name)) = (step.parent(), step.file_name()) else {
                    continue;
                };
                let place = self.real.entry(folder.to_owned()).or_insert_with(|| real(folder));
                let entry = place.join(name);
                if let Ok(target) = entry.read_link() {
                    let below = path.strip_prefix(step).unwrap_or_else(|_| Path::new(""));
                    // Joined with nothing it would get a slash behind it.
                    let mut next = place.join(target);
                    next.extend(below);
                    paths.push(plain(next));
                }
                if entry != step {
                    paths.push(place.clone());
                }
                entries.insert(entry);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::{Ways, of_entry, plain, real};

    #[cfg(unix)]
    #[test]
    fn a_way_has_every_link_on_it_and_what_is_above() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let link = |from: &str, to: &str| std::os::unix::fs::symlink(to, root.join(from)).unwrap();
        fs::create_dir_all(root.join("one/src")).unwrap();
        fs::write(root.join("one/src/lib.rs"), "").unwrap();
        link("now", "next");
        link("next", "one");
        link("round", "round");
        let mut entries = BTreeSet::new();
        let mut ways = Ways::default();
        ways.to(&root.join("now/src/lib.rs"), &mut entries);
        for there in ["now", "next", "one", "one/src", "one/src/lib.rs"] {
            assert!(entries.contains(&root.join(there)), "{there}: {entries:?}");
        }
        assert!(entries.contains(&root));
        // It ends, wherever it leads.
        ways.to(&root.join("round/lib.rs"), &mut entries);
        ways.to(&root.join("gone/lib.rs"), &mut entries);
        assert!(entries.contains(&root.join("gone")) && entries.contains(&root.join("round")));
    }

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
