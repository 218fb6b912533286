//! Runs that leave marks: three each, and a payment in between, so that half of one shows.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use airs_driver::Context;
use airs_platform::{Commit, Committed, Memory, Snapshot, Sqlite, Storage, StorageError};
use airs_runtime::{Code, Owner, Placement, Request};
use airs_tests::{Bench, Script};
use futures_util::future::{BoxFuture, join_all};
use rusqlite::Connection;
use serde_json::json;

use super::disk::Images;
use super::state::{content, wait};
use super::verdict::ensure;

pub(crate) const CALLERS: usize = 4;
const CENTS_EACH: u64 = 10_000;
const MARKS: [&str; 3] = ["a", "b", "c"];

/// A storage that can be exchanged for another one, under a context that does not notice.
#[derive(Debug, Default)]
struct Exchanged(Mutex<Option<Arc<Sqlite>>>);

impl Exchanged {
    fn now(&self) -> Arc<Sqlite> {
        self.0.lock().unwrap().clone().unwrap()
    }
}

impl Storage for Exchanged {
    fn snapshot(&self) -> BoxFuture<'_, Result<Box<dyn Snapshot>, StorageError>> {
        let now = self.0.lock().unwrap().clone();
        // Before there is a file, drivers that are loaded look for what they have stored.
        Box::pin(async move {
            match now {
                Some(now) => now.snapshot().await,
                None => Memory::new().snapshot().await,
            }
        })
    }

    fn commit(&self, commit: Arc<Commit>) -> BoxFuture<'_, Result<Committed, StorageError>> {
        let now = self.now();
        // The owner of the file before is not this one's.
        let commit = Commit {
            epoch: None,
            ..(*commit).clone()
        };
        Box::pin(async move { now.commit(commit.into()).await })
    }

    fn acquire(&self) -> BoxFuture<'_, Result<u64, StorageError>> {
        let now = self.now();
        Box::pin(async move { now.acquire().await })
    }
}

/// A bench over one storage file after the other.
pub(crate) struct Marks {
    bench: Bench,
    storage: Arc<Exchanged>,
    /// The marks of runs that callers have been told are committed, in that order.
    pub(crate) told: Arc<Mutex<Vec<String>>>,
}

/// How a marking run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    Committed,
    /// Not committed: others were in its way.
    Conflict,
    /// Not committed: the storage failed.
    Failed,
    Unknown,
}

pub(crate) fn caller(number: usize) -> String {
    format!("caller-{}", number % CALLERS)
}

impl Marks {
    pub(crate) fn new() -> Self {
        let storage = Arc::new(Exchanged::default());
        let context = Context::new("marks".parse().unwrap(), Arc::clone(&storage) as _);
        let bench = Bench::alone(&["ledger", "probe", "probe-driver"], |builder| {
            builder.prepared(context)
        });
        Self {
            bench: bench.within("marks"),
            storage,
            told: Arc::default(),
        }
    }

    /// From now on runs are made on this file.
    pub(crate) fn put_on(&self, file: Option<Sqlite>) {
        let before = std::mem::replace(&mut *self.storage.0.lock().unwrap(), file.map(Arc::new));
        drop(before);
    }

    /// A view that lasts, of the file that runs are made on.
    pub(crate) fn snapshot(&self) -> Result<Box<dyn Snapshot>, StorageError> {
        wait(self.storage.snapshot())
    }

    /// Binds what the runs need, and gives each caller money.
    pub(crate) fn set_up(&self) {
        let place = |path: &str, driver: &str, account: &str| {
            Placement::new(path, driver, account)
                .owned_by(Owner::Each)
                .controlled_by((0..CALLERS).map(caller).chain(["operator".into()]))
        };
        for placement in [
            place("/accounts", "ledger", r#"{"unit":"usd","scale":2}"#),
            place("/marks", "probe-driver", "{}"),
        ] {
            self.bench
                .perform("operator", Request::bind(placement))
                .result
                .unwrap();
        }
        for number in 0..CALLERS {
            let dollars = format!("{}.00", CENTS_EACH / 100);
            self.bench.mint(&account(number), &dollars).unwrap();
        }
    }

    /// A run for one caller, which leaves the mark.
    pub(crate) async fn make(&self, number: usize, mark: String) -> Result<Told, String> {
        let set =
            |script: Script, which: &str| script.control(0, "set", json!([format!("{mark}/{which}"), "x"]));
        let script = Script::new().intend("/marks", "control");
        let script = set(set(script, MARKS[0]), MARKS[1]);
        let script = script
            .intend("~/usd", "debit")
            .intend(&account(number + 1), "credit");
        let script = set(script.transfer(1, 2, "0.01"), MARKS[2]);
        let request = self.bench.addressed(&caller(number), script.request());
        match self.bench.runtime.perform(request).await.result {
            Ok(_) => {
                self.told.lock().unwrap().push(mark);
                Ok(Told::Committed)
            }
            Err(error) => match error.code() {
                Code::OutcomeUnknown => Ok(Told::Unknown),
                Code::Conflict => Ok(Told::Conflict),
                Code::StorageUnavailable | Code::StorageFull | Code::StorageCorrupt => Ok(Told::Failed),
                code => Err(format!("{mark}: {code}: {error}")),
            },
        }
    }

    /// So many runs of every caller, all callers at once, on a storage that does not fail; answers how many were
    /// committed.
    pub(crate) fn make_many(&self, name: &str, each: usize) -> Result<usize, String> {
        let caller = |number: usize| async move {
            let mut committed = 0;
            for run in 0..each {
                let mark = format!("{name}-{number}-{run}");
                match self.make(number, mark.clone()).await? {
                    Told::Committed => committed += 1,
                    Told::Conflict => {}
                    told => return Err(format!("{mark} was {told:?}, and nothing had failed")),
                }
            }
            Ok(committed)
        };
        wait(join_all((0..CALLERS).map(caller))).into_iter().sum()
    }
}

fn account(number: usize) -> String {
    format!("/accounts/{}/usd", caller(number))
}

/// Writes what a cut has left to a folder of its own; answers where the storage file is.
pub(crate) fn write(images: &Images, folder: &Path) -> PathBuf {
    fs::create_dir_all(folder).unwrap();
    for (path, image) in images {
        fs::write(folder.join(path.file_name().unwrap()), image).unwrap();
    }
    folder.join("state.db")
}

/// What [`whole`] says when something is not.
pub(crate) const LOST: [&str; 4] = [
    "cannot be opened",
    "half of its marks",
    " cents",
    "SQLite finds that",
];

/// Opens what a cut has left, and answers whose marks are there, after it has seen that each has all of them, that
/// no money was made or lost, and that SQLite finds nothing wrong.
pub(crate) fn whole(images: &Images, folder: &Path) -> Result<BTreeSet<String>, String> {
    let file = write(images, folder);
    let storage = Sqlite::open(&file).map_err(|error| format!("it cannot be opened: {error:?}"))?;
    let content = content(&storage);
    drop(storage);
    let texts = content
        .iter()
        .map(|(key, value)| (String::from_utf8_lossy(key), String::from_utf8_lossy(value)));
    let (mut marks, mut cents, mut set) = (BTreeSet::new(), 0, 0);
    for (key, value) in texts {
        if let Some((_, mark)) = key.split_once("probe-driver")
            && let Some((mark, _)) = mark.rsplit_once('/')
        {
            marks.insert(mark.to_owned());
            set += 1;
        }
        if key.contains("ledger/accounts/") {
            let digits: String = value.chars().filter(char::is_ascii_digit).collect();
            cents += digits
                .parse::<u64>()
                .map_err(|error| format!("{key} holds {value}: {error}"))?;
        }
    }
    ensure!(
        set == marks.len() * MARKS.len(),
        "a run left half of its marks: {marks:?}"
    );
    ensure!(cents == CENTS_EACH * CALLERS as u64, "there are {cents} cents");
    let connection = Connection::open(&file).unwrap();
    let sound: String = connection
        .query_row("PRAGMA integrity_check", (), |row| row.get(0))
        .unwrap();
    ensure!(sound == "ok", "SQLite finds that {sound}");
    fs::remove_dir_all(folder).unwrap();
    Ok(marks)
}
