//! Compiled code, kept on disk: used when it is as it was written, compiled again when not.

#[cfg(unix)]
mod private;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, SystemTime};

use airs_runtime::{CallConfig, CodeCache, CodeSource, Component, Event, Runtime};
use tempfile::TempDir;

/// A component that answers with a number, so that each number is another component.
fn component(number: u32) -> Component {
    let text = format!(
        r#"(component
          (core module $m (func (export "f") (result i32) i32.const {number}))
          (core instance $i (instantiate $m))
          (func (export "answer") (result u32) (canon lift (core func $i "f"))))"#
    );
    Component::from_text(&text).unwrap()
}

/// A folder that is private, within one that may not be.
fn folder() -> (TempDir, PathBuf) {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("cache/code");
    (parent, folder)
}

/// A new runtime with the cache, as a new process would have it.
struct Caching {
    runtime: Runtime,
    events: Receiver<String>,
}

impl Caching {
    fn new(cache: CodeCache) -> Self {
        let (sender, events) = channel();
        let runtime = Runtime::builder().code_cache(cache).on_event(move |event| {
            let text = match event {
                Event::Compiled { source, .. } => source.to_string(),
                Event::CodeCacheFault { message, .. } => format!("fault: {message}"),
                _ => return,
            };
            sender.send(text).unwrap();
        });
        Self {
            runtime: runtime.build().unwrap(),
            events,
        }
    }

    fn at(folder: &Path) -> Self {
        Self::new(CodeCache::open(folder).unwrap())
    }

    /// Loads the component, calls it, and says where its code was from.
    fn load(&self, number: u32) -> Vec<String> {
        let callable = self
            .runtime
            .callable(&component(number), &CallConfig::default())
            .unwrap();
        assert_eq!(callable.call_blocking::<_, u32>("answer", ()).unwrap(), number);
        self.events.try_iter().collect()
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut entries: Vec<_> = files
        .filter(|file| file.extension().is_some_and(|ending| ending == "cwasm"))
        .collect();
    entries.sort();
    entries
}

#[test]
fn a_component_is_compiled_once() {
    let (_parent, folder) = folder();
    let first = Caching::at(&folder);
    assert_eq!(first.load(1), ["here"]);
    assert_eq!(first.load(1), ["cache"]);
    assert_eq!(Caching::at(&folder).load(1), ["cache"]);
    assert_eq!(first.load(2), ["here"]);
    assert_eq!(entries(&folder).len(), 2);
    let kept: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    assert_eq!(
        kept.len(),
        3,
        "two entries and the key, nothing that was left over: {kept:?}"
    );
}

#[test]
fn an_entry_that_is_not_as_it_was_written_is_compiled_again() {
    let (_parent, folder) = folder();
    let caching = Caching::at(&folder);
    caching.load(1);
    let entry = entries(&folder)[0].clone();
    let whole = fs::read(&entry).unwrap();
    let flipped = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        bytes
    };
    let longer = |more: &[u8]| [whole.as_slice(), more].concat();
    let broken = [
        flipped(0),
        flipped(whole.len() / 2),
        flipped(whole.len() - 33),
        flipped(whole.len() - 1),
        whole[..whole.len() - 1].to_vec(),
        whole[..31].to_vec(),
        whole[1..].to_vec(),
        Vec::new(),
        vec![0; whole.len()],
        longer(&[0]),
        longer(&whole),
    ];
    for bytes in broken {
        fs::write(&entry, &bytes).unwrap();
        let events = Caching::at(&folder).load(1);
        assert_eq!(
            events,
            ["fault: it is not as it was written", "here"],
            "{} bytes",
            bytes.len()
        );
        assert_eq!(Caching::at(&folder).load(1), ["cache"], "it was replaced");
    }
}

#[test]
fn an_entry_of_another_component_or_of_another_cache_is_compiled_again() {
    let (_parent, folder) = folder();
    let caching = Caching::at(&folder);
    caching.load(1);
    let one = entries(&folder)[0].clone();
    caching.load(2);
    let two = entries(&folder).into_iter().find(|entry| *entry != one).unwrap();
    fs::copy(&one, &two).unwrap();
    assert_eq!(
        Caching::at(&folder).load(2),
        ["fault: it is not as it was written", "here"]
    );

    // Somebody else's cache, with the same component and the same engine.
    let (_others, other) = self::folder();
    Caching::at(&other).load(1);
    assert_eq!(entries(&other)[0].file_name(), one.file_name());
    fs::copy(&entries(&other)[0], &one).unwrap();
    assert_eq!(
        Caching::at(&folder).load(1),
        ["fault: it is not as it was written", "here"]
    );
}

#[test]
fn code_of_another_engine_is_not_even_looked_at() {
    let (_parent, folder) = folder();
    Caching::at(&folder).load(1);
    let entry = entries(&folder)[0].clone();
    let name = entry.file_name().unwrap().to_str().unwrap();
    // The digest of the component, and what tells engines apart: its version, its settings, the processor.
    let (component, engine) = name.trim_end_matches(".cwasm").split_once('-').unwrap();
    assert_eq!((component.len(), engine.len()), (64, 64));
    let other = folder.join(format!("{component}-{}.cwasm", "0".repeat(64)));
    fs::rename(&entry, &other).unwrap();
    assert_eq!(Caching::at(&folder).load(1), ["here"]);
    assert_eq!(entries(&folder).len(), 2);
    // In the place of this engine's it is seen for what it is: its name is part of what was hashed.
    fs::write(&other, "code of an engine that has gone").unwrap();
    fs::rename(&other, &entry).unwrap();
    assert_eq!(
        Caching::at(&folder).load(1),
        ["fault: it is not as it was written", "here"]
    );
}

#[test]
fn a_key_that_is_damaged_or_known_to_others_is_replaced() {
    let (_parent, folder) = folder();
    Caching::at(&folder).load(1);
    fs::write(folder.join("key"), "short").unwrap();
    assert_eq!(
        Caching::at(&folder).load(1),
        ["fault: it is not as it was written", "here"]
    );
    assert_eq!(fs::read(folder.join("key")).unwrap().len(), 32);
    assert_eq!(Caching::at(&folder).load(1), ["cache"]);
}

#[test]
fn what_was_not_used_for_longest_makes_room() {
    let (_parent, folder) = folder();
    let caching = Caching::at(&folder);
    for number in 0..3 {
        caching.load(number);
    }
    let bytes: u64 = entries(&folder)
        .iter()
        .map(|entry| entry.metadata().unwrap().len())
        .sum();
    let hours_ago = |hours: u64| SystemTime::now() - Duration::from_secs(3_600 * hours);
    for entry in entries(&folder) {
        let file = fs::File::options().append(true).open(entry).unwrap();
        file.set_modified(hours_ago(5)).unwrap();
    }
    // Using it keeps it.
    assert_eq!(caching.load(1), ["cache"]);
    let left_behind = folder.join("writing-1-1");
    fs::write(&left_behind, "half").unwrap();
    fs::File::options()
        .append(true)
        .open(&left_behind)
        .unwrap()
        .set_modified(hours_ago(2))
        .unwrap();

    let small = Caching::new(CodeCache::open(&folder).unwrap().bytes_max(bytes * 2 / 3 + 100));
    assert_eq!(small.load(7), ["here"]);
    assert_eq!(entries(&folder).len(), 2);
    assert_eq!(small.load(1), ["cache"]);
    assert_eq!(small.load(7), ["cache"]);
    assert!(!left_behind.exists());

    let none = Caching::new(CodeCache::open(&folder).unwrap().bytes_max(100));
    assert_eq!(none.load(8), ["here"]);
    assert_eq!(none.load(8), ["here"], "it is too large to be kept");
}

#[test]
fn a_cache_that_cannot_be_written_costs_time_and_nothing_else() {
    let (_parent, folder) = folder();
    let caching = Caching::at(&folder);
    fs::remove_dir_all(&folder).unwrap();
    let events = caching.load(1);
    assert!(
        events[0].starts_with("fault: it cannot be written: "),
        "{events:?}"
    );
    assert_eq!(events[1], CodeSource::Here.as_str());
}

#[test]
fn many_at_once_share_it() {
    let (_parent, folder) = folder();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let caching = Caching::at(&folder);
                for number in 0..4 {
                    let events = caching.load(number);
                    assert!(
                        events.iter().all(|event| !event.starts_with("fault")),
                        "{events:?}"
                    );
                }
            });
        }
    });
    assert_eq!(entries(&folder).len(), 4);
    assert_eq!(Caching::at(&folder).load(3), ["cache"]);
}

#[test]
fn what_another_process_with_the_same_number_writes_is_left_alone() {
    let (_folder, code) = folder();
    drop(CodeCache::open(&code).unwrap());
    // In another container, say.
    let others: Vec<PathBuf> = (0..64)
        .map(|number| code.join(format!("writing-{}-{number}", std::process::id())))
        .collect();
    for other in &others {
        fs::write(other, "half").unwrap();
    }
    Caching::at(&code).load(1);
    assert_eq!(entries(&code).len(), 1);
    for other in &others {
        assert_eq!(fs::read(other).unwrap(), b"half");
    }
}
