//! A page: its text, its fenced blocks, its links.

use std::fs;
use std::path::{Path, PathBuf};

/// A Markdown file of the checkout.
pub(crate) struct Page {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) blocks: Vec<Block>,
}

/// A fenced block.
pub(crate) struct Block {
    /// The number of its first line, where the fence is.
    pub(crate) line: usize,
    /// The words after the fence.
    words: Vec<String>,
    pub(crate) lines: Vec<String>,
}

pub(crate) fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The README and every page of the book.
pub(crate) fn names() -> Vec<String> {
    let mut names = vec!["README.md".to_owned()];
    let mut folders = vec!["docs".to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(checkout().join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                folders.push(name);
            } else if name.ends_with(".md") {
                names.push(name);
            }
        }
    }
    names
}

impl Page {
    pub(crate) fn read(name: &str) -> Self {
        let text =
            fs::read_to_string(checkout().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut blocks: Vec<Block> = Vec::new();
        let mut open = false;
        for (number, line) in (1..).zip(text.lines()) {
            match line.strip_prefix("```") {
                Some(_) if open => open = false,
                Some(words) => {
                    open = true;
                    blocks.push(Block {
                        line: number,
                        words: words.split_whitespace().map(str::to_owned).collect(),
                        lines: Vec::new(),
                    });
                }
                None if open => blocks.last_mut().unwrap().lines.push(line.to_owned()),
                None => {}
            }
        }
        assert!(!open, "{name}: a block has no end");
        for block in &blocks {
            let strange = block.words.iter().skip(1).find(|word| !known(word));
            assert!(strange.is_none(), "{name}:{}: what is {strange:?}?", block.line);
        }
        Self {
            name: name.to_owned(),
            text,
            blocks,
        }
    }

    /// Links to files that are not there, or are not in the book and on a page of it; those to elsewhere are taken on
    /// trust.
    pub(crate) fn dead_links(&self) -> Vec<String> {
        let folder = checkout().join(&self.name).parent().unwrap().to_owned();
        let is_of_the_book = self.name.starts_with("docs/");
        let book = checkout().join("docs").canonicalize().unwrap();
        let leads_somewhere = |target: &str| {
            let file = target.split('#').next().unwrap_or_default();
            let file = folder.join(file).canonicalize();
            file.is_ok_and(|file| !is_of_the_book || file.starts_with(&book))
        };
        let targets = self.text.split("](").skip(1);
        targets
            .filter_map(|rest| rest.split(')').next())
            .filter(|target| !target.contains("://") && !target.starts_with('#'))
            .filter(|target| !leads_somewhere(target))
            .map(|target| format!("{}: {target}", self.name))
            .collect()
    }
}

/// Whether a word after a fence and the language means something.
fn known(word: &str) -> bool {
    let values = ["shows=", "writes=", "edits=", "docs=", "needs="];
    ["one", "project", "manifest", "workflow"].contains(&word)
        || values.iter().any(|key| word.starts_with(key))
}

impl Block {
    /// Whether one of the words after the fence is this one.
    pub(crate) fn is(&self, word: &str) -> bool {
        self.words.iter().any(|other| other == word)
    }

    /// The value of `key=value` after the fence.
    pub(crate) fn value(&self, key: &str) -> Option<&str> {
        let pairs = self.words.iter().filter_map(|word| word.split_once('='));
        pairs
            .into_iter()
            .find(|(name, _)| *name == key)
            .map(|(_, value)| value)
    }

    pub(crate) fn text(&self) -> String {
        self.lines.iter().map(|line| format!("{line}\n")).collect()
    }
}
