//! Random histories, on every backend and on a model that is too simple to be wrong.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use airs_platform::{
    Bytes, Check, Commit, CommitId, Committed, Entry, Key, Page, Range, Snapshot, Storage, StorageError,
    Stored, Version,
};
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

const MEMORY_HISTORIES: u32 = 400;
pub(crate) const SQLITE_HISTORIES: u32 = 40;
const HISTORY_STEPS: usize = 60;

#[test]
fn memory_does_what_the_model_does() {
    histories(MEMORY_HISTORIES, |steps| {
        crate::run(follow(&*crate::memory(), steps))
    });
}

#[test]
fn sqlite_does_what_the_model_does() {
    histories(SQLITE_HISTORIES, |steps| {
        let (_folder, storage) = crate::sqlite();
        crate::run(follow(&*storage, steps));
    });
}

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Commit {
        id: Option<u8>,
        epochs_ago: Option<u64>,
        depends_on: Vec<Dependence>,
        /// The room for what lies under `COUNTED`.
        room: Option<u64>,
        writes: Vec<(Key, Option<Vec<u8>>)>,
    },
    Acquire,
    /// Takes a new view in place of an older one.
    View(usize),
    Get(usize, Vec<Key>),
    Scan(usize, Range),
}

/// Something that a view shows, and that a commit depends on.
#[derive(Clone, Debug)]
pub(crate) enum Dependence {
    Key(usize, Key),
    Range(usize, Range),
}

/// The prefix whose bytes are counted.
const COUNTED: &[u8] = b"a";

/// Views kept at once.
const VIEWS: usize = 3;

pub(crate) fn histories(cases: u32, test: impl Fn(Vec<Step>)) {
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let steps = prop::collection::vec(step(), 1..HISTORY_STEPS);
    let mut runner = TestRunner::new_with_rng(config, random);
    runner
        .run(&steps, |steps| {
            test(steps);
            Ok(())
        })
        .unwrap();
}

fn step() -> impl Strategy<Value = Step> {
    let writes = prop::collection::vec((key(), prop::option::of(value())), 0..5);
    let depends_on = prop::collection::vec(dependence(), 0..3);
    let commit = (
        prop::option::of(0..6_u8),
        prop::option::weighted(0.3, 0..2_u64),
        depends_on,
        prop::option::of(0..60_u64),
        writes,
    )
        .prop_map(|(id, epochs_ago, depends_on, room, writes)| Step::Commit {
            id,
            epochs_ago,
            depends_on,
            room,
            writes,
        });
    prop_oneof![
        8 => commit,
        1 => Just(Step::Acquire),
        3 => (0..VIEWS).prop_map(Step::View),
        4 => (0..VIEWS, prop::collection::vec(key(), 0..8)).prop_map(|(view, keys)| Step::Get(view, keys)),
        3 => (0..VIEWS, range()).prop_map(|(view, range)| Step::Scan(view, range)),
    ]
}

fn dependence() -> impl Strategy<Value = Dependence> {
    prop_oneof![
        (0..VIEWS, key()).prop_map(|(view, key)| Dependence::Key(view, key)),
        (0..VIEWS, range()).prop_map(|(view, range)| Dependence::Range(view, range)),
    ]
}

/// Few bytes and short, so that keys meet each other and are each other's prefixes.
fn key() -> impl Strategy<Value = Key> {
    prop::collection::vec(prop::sample::select(vec![0, b'a', 255]), 0..4)
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        8 => prop::collection::vec(any::<u8>(), 0..4),
        1 => (4_000..9_000_usize).prop_map(|size| vec![7; size]),
        1 => (30_000..40_000_usize).prop_map(|size| vec![7; size]),
    ]
}

fn range() -> impl Strategy<Value = Range> {
    (key(), prop::option::of(key()), 0..6_u32).prop_map(|(prefix, after, limit)| Range {
        prefix,
        after,
        limit,
    })
}

type Map = BTreeMap<Key, Stored>;

#[derive(Default)]
struct Model {
    map: Map,
    newest: Version,
    epoch: u64,
    ids: HashMap<CommitId, Version>,
}

fn page(map: &Map, range: &Range) -> Page {
    let later = |key: &Key| range.after.as_ref().is_none_or(|after| key > after);
    let mut there = map
        .iter()
        .filter(|(key, _)| key.starts_with(&range.prefix) && later(key));
    let entries = there.by_ref().take(range.limit as usize);
    let entries = entries
        .map(|(key, stored)| Entry {
            key: key.clone(),
            stored: stored.clone(),
        })
        .collect();
    Page {
        entries,
        more: there.next().is_some(),
    }
}

fn version(map: &Map, key: &Key) -> Version {
    map.get(key).map_or(0, |stored| stored.version)
}

impl Dependence {
    fn check(&self, views: &[(Box<dyn Snapshot>, Map)]) -> Check {
        match self {
            Self::Key(view, key) => Check::Key {
                key: key.clone(),
                version: version(&views[*view].1, key),
            },
            Self::Range(view, range) => {
                let page = page(&views[*view].1, range);
                let seen = page
                    .entries
                    .into_iter()
                    .map(|entry| (entry.key, entry.stored.version))
                    .collect();
                Check::Range {
                    range: range.clone(),
                    seen,
                    more: page.more,
                }
            }
        }
    }
}

impl Model {
    fn conflicts(&self, commit: &Commit) -> Vec<Key> {
        let mut conflicts = Vec::new();
        for check in &commit.checks {
            match check {
                Check::Key { key, version: seen } if version(&self.map, key) != *seen => {
                    conflicts.push(key.clone())
                }
                Check::Range { range, seen, more } => {
                    let page = page(&self.map, range);
                    let there = page
                        .entries
                        .into_iter()
                        .map(|entry| (entry.key, entry.stored.version));
                    if page.more != *more || !there.eq(seen.iter().cloned()) {
                        conflicts.push(range.prefix.clone());
                    }
                }
                Check::Room { prefix, bytes_max } => {
                    let mut after = self.map.clone();
                    write(&mut after, commit, 0);
                    let (before, after) = (counted(&self.map, prefix), counted(&after, prefix));
                    if after > before && after > *bytes_max {
                        conflicts.push(prefix.clone());
                    }
                }
                Check::Key { .. } => {}
            }
        }
        conflicts.sort();
        conflicts.dedup();
        conflicts
    }

    /// Compares what a backend answered with what it had to answer, and follows.
    fn expect(&mut self, commit: &Commit, answer: Result<Committed, StorageError>) {
        if commit.epoch.is_some_and(|epoch| epoch != self.epoch) {
            assert!(matches!(answer, Err(StorageError::Fenced)), "{answer:?}");
            return;
        }
        let answer = answer.unwrap();
        if let Some(version) = commit.id.and_then(|id| self.ids.get(&id)) {
            assert_eq!(answer, Committed::AlreadyApplied(*version));
            return;
        }
        let conflicts = self.conflicts(commit);
        if !conflicts.is_empty() {
            assert_eq!(answer, Committed::Conflict(conflicts));
            return;
        }
        let Committed::Applied(version) = answer else {
            panic!("{answer:?} instead of an application")
        };
        if commit.writes.is_empty() {
            assert_eq!(version, self.newest);
            return;
        }
        assert!(version > self.newest);
        self.newest = version;
        self.ids.extend(commit.id.map(|id| (id, version)));
        write(&mut self.map, commit, version);
    }
}

fn write(map: &mut Map, commit: &Commit, version: Version) {
    for (key, value) in &commit.writes {
        match value {
            Some(value) => map.insert(
                key.clone(),
                Stored {
                    value: Arc::clone(value),
                    version,
                },
            ),
            None => map.remove(key),
        };
    }
}

fn counted(map: &Map, prefix: &[u8]) -> u64 {
    let under = map.iter().filter(|(key, _)| key.starts_with(prefix));
    under
        .map(|(key, stored)| (key.len() - prefix.len() + stored.value.len()) as u64)
        .sum()
}

pub(crate) async fn follow(storage: &dyn Storage, steps: Vec<Step>) {
    let mut model = Model::default();
    let mut views = Vec::new();
    for _ in 0..VIEWS {
        views.push((storage.snapshot().await.unwrap(), Map::new()));
    }
    for step in steps {
        match step {
            Step::Commit {
                id,
                epochs_ago,
                depends_on,
                room,
                writes,
            } => {
                // Whoever writes there counts there.
                let counts = room.is_some() || writes.iter().any(|(key, _)| key.starts_with(COUNTED));
                let room = counts.then(|| Check::Room {
                    prefix: COUNTED.to_vec(),
                    bytes_max: room.unwrap_or(u64::MAX),
                });
                let writes = writes
                    .into_iter()
                    .map(|(key, value)| (key, value.map(Bytes::from)));
                let commit = Commit {
                    deadline: None,
                    id: id.map(|id| [id; 16]),
                    epoch: epochs_ago.map(|ago| model.epoch.saturating_sub(ago)),
                    checks: depends_on
                        .iter()
                        .map(|dependence| dependence.check(&views))
                        .chain(room)
                        .collect(),
                    writes: writes.collect(),
                };
                model.expect(&commit, storage.commit(commit.clone().into()).await);
            }
            Step::Acquire => {
                let epoch = storage.acquire().await.unwrap();
                assert!(epoch > model.epoch);
                model.epoch = epoch;
            }
            Step::View(view) => views[view] = (storage.snapshot().await.unwrap(), model.map.clone()),
            Step::Get(view, keys) => {
                let (snapshot, map) = &mut views[view];
                let expected: Vec<_> = keys.iter().map(|key| map.get(key).cloned()).collect();
                assert_eq!(snapshot.get_many(&keys).await.unwrap(), expected);
            }
            Step::Scan(view, range) => {
                let (snapshot, map) = &mut views[view];
                assert_eq!(snapshot.scan(&range).await.unwrap(), page(map, &range));
                let (keys, values): (Vec<Key>, Vec<_>) = map
                    .iter()
                    .map(|(key, stored)| (key.clone(), Some(stored.clone())))
                    .unzip();
                assert_eq!(snapshot.get_many(&keys).await.unwrap(), values);
                assert_eq!(
                    snapshot.counted_bytes(COUNTED).await.unwrap(),
                    counted(map, COUNTED)
                );
            }
        }
    }
    let everything = Range {
        prefix: Key::new(),
        after: None,
        limit: u32::MAX,
    };
    let there = storage.snapshot().await.unwrap().scan(&everything).await.unwrap();
    assert_eq!(there, page(&model.map, &everything));
}
