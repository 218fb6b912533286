//! Every target over its corpus, and over mutations of it: the same ones each time.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what is not as it should be ends the test"
)]

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use airs_fuzz::{TARGETS, Target};

/// Mutations of each input.
const MUTATIONS: u64 = 200;
/// Inputs of each target; fewer would be no corpus.
const INPUTS_MIN: usize = 8;
/// The longest input: what is kept is small.
const INPUT_BYTES_MAX: u64 = 64 << 10;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

/// What is kept for a target: names and bytes.
fn corpus(target: &Target) -> Vec<(String, Vec<u8>)> {
    let folder = folder("corpus").join(target.name);
    let inputs: Vec<_> = names(&folder)
        .into_iter()
        .map(|name| {
            let file = folder.join(&name);
            let length = file.metadata().unwrap().len();
            assert!(
                length <= INPUT_BYTES_MAX,
                "{} is long: {length} bytes",
                file.display()
            );
            (name, fs::read(file).unwrap())
        })
        .collect();
    assert!(
        inputs.len() >= INPUTS_MIN,
        "{} has {} inputs",
        target.name,
        inputs.len()
    );
    inputs
}

/// What a target fails with, if it does.
fn failure(target: &Target, input: &str, data: &[u8]) -> Option<String> {
    let panic = catch_unwind(AssertUnwindSafe(|| (target.body)(data))).err()?;
    let said = panic.downcast_ref::<String>().cloned();
    let said = said.or_else(|| panic.downcast_ref::<&str>().map(|said| (*said).to_owned()));
    Some(format!(
        "{}, {input}: {}\n    {}",
        target.name,
        said.unwrap_or_default(),
        data.escape_ascii()
    ))
}

#[test]
fn every_target_has_an_entry_and_a_corpus() {
    let expected: BTreeSet<_> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    assert_eq!(names(&folder("corpus")), expected);
    let entries = names(&folder("fuzz_targets"));
    assert_eq!(
        entries,
        expected.iter().map(|name| format!("{name}.rs")).collect()
    );
    let manifest = fs::read_to_string(folder("Cargo.toml")).unwrap();
    for target in TARGETS {
        let entry = fs::read_to_string(folder("fuzz_targets").join(format!("{}.rs", target.name))).unwrap();
        assert!(
            entry.contains(&format!("airs_fuzz::{}.body", target.name.to_uppercase())),
            "{entry}"
        );
        assert!(
            manifest.contains(&format!("[[bin]]\nname = \"{}\"", target.name)),
            "{}",
            target.name
        );
    }
}

#[test]
fn no_target_fails_with_what_is_kept() {
    let failures = TARGETS.iter().flat_map(|target| {
        let inputs = corpus(target).into_iter();
        inputs.filter_map(|(name, data)| failure(target, &name, &data))
    });
    expect_none(failures);
}

#[test]
fn no_target_fails_with_mutations_of_what_is_kept() {
    let mut failures = Vec::new();
    for target in TARGETS {
        let inputs = corpus(target);
        for (number, (name, data)) in (0..).zip(&inputs) {
            let mut chance = Chance(number);
            failures.extend((0..MUTATIONS).filter_map(|_| {
                let other = &inputs[chance.below(inputs.len())].1;
                failure(
                    target,
                    &format!("{name}, mutated"),
                    &mutated(data, other, &mut chance),
                )
            }));
        }
    }
    expect_none(failures.into_iter());
}

fn expect_none(failures: impl Iterator<Item = String>) {
    let failures: Vec<String> = failures.collect();
    assert!(
        failures.is_empty(),
        "{} failures:\n  {}",
        failures.len(),
        failures.join("\n  ")
    );
}

/// Some small changes: bytes that are changed, taken out, doubled or put in, also from another input.
fn mutated(data: &[u8], other: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut data = data.to_vec();
    for _ in 0..=chance.below(3) {
        let start = chance.below(data.len() + 1);
        let end = start + chance.below((data.len() - start).min(16) + 1);
        let piece = match chance.below(5) {
            0 => Vec::new(),
            1 => data[start..end].repeat(2),
            2 => vec![chance.byte(); end - start],
            3 => vec![chance.byte()],
            _ => {
                let from = chance.below(other.len() + 1);
                other[from..(from + 16).min(other.len())].to_vec()
            }
        };
        data.splice(start..end, piece);
    }
    data
}

/// Numbers that look random (splitmix64).
struct Chance(u64);

impl Chance {
    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number below `end`, which is not 0.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.draw() % end as u64).unwrap()
    }

    /// Any byte, and often one that means something.
    fn byte(&mut self) -> u8 {
        const MEANING: &[u8] = b"\0\x01\x7f\x80\xff\n\"'.,=-/~[]{}0129 ";
        let any = self.draw().to_le_bytes()[0];
        if any.is_multiple_of(2) {
            any
        } else {
            MEANING[self.below(MEANING.len())]
        }
    }
}
