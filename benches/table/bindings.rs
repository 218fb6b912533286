//! What must not depend on how many bindings there are, in memory and in a file.

use std::path::Path;
use std::sync::Arc;

use airs_platform::Sqlite;
use airs_runtime::storage::{Commit, Committed, Memory, Range, Snapshot, Storage, StorageError};
use airs_runtime::{EngineConfig, Name, Owner, Placement, Request, Runtime, RuntimeBuilder};
use futures_util::future::BoxFuture;
use tokio::runtime::Builder;

use crate::pairs::{Pairs, micros_each};
use crate::row::Row;
use crate::run::{self, AT_ONCE};

const PAIRS: usize = 30;
const RUNS: u32 = 2_000;

const FEW: u32 = 100;
const MANY: u32 = 1_000_000;
/// As much as 10,000 drivers with ten assets each keep.
const MANY_ASSETS: u32 = 100_000;

const IN_MEMORY: &str = "run among 1,000,000 bindings, in memory";
const IN_FILE: &str = "run among 1,000,000 bindings, in a file";

pub(crate) fn rows(wanted: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    let (in_memory, in_file) = (IN_MEMORY.contains(wanted), IN_FILE.contains(wanted));
    if in_memory || in_file {
        let (few, many) = (Filled::new(FEW, FEW), Filled::new(MANY, MANY_ASSETS));
        if in_memory {
            rows.push(among(IN_MEMORY, &few.runtime, &many.runtime, |_| run::pay()));
        }
        if in_file {
            let folder = tempfile::tempdir().expect("a folder");
            let few = few.in_file(&folder.path().join("few.sqlite"));
            let many = many.in_file(&folder.path().join("many.sqlite"));
            // Of accounts of their own: while one commits to a file, others would change what it has read.
            rows.push(among(IN_FILE, &few, &many, run::pay_own));
        }
    }
    rows
}

fn among(name: &'static str, few: &Runtime, many: &Runtime, pay: fn(u32) -> Request) -> Row {
    let floor = || micros_each(1, || pay_many(few, pay)) / f64::from(RUNS);
    let value = || micros_each(1, || pay_many(many, pay)) / f64::from(RUNS);
    Row::ratio(name, "µs", &Pairs::measure(PAIRS, floor, value), 1.3)
}

fn pay_many(runtime: &Runtime, pay: fn(u32) -> Request) {
    let client = Builder::new_current_thread().build().expect("a client");
    for _ in 0..RUNS / AT_ONCE {
        let batch = (0..AT_ONCE).map(pay).collect();
        client
            .block_on(runtime.perform_all(batch))
            .into_iter()
            .for_each(run::must);
    }
}

/// A runtime, and the memory that its state is in.
struct Filled {
    runtime: Runtime,
    memory: Arc<Memory>,
}

impl Filled {
    fn new(bindings: u32, assets: u32) -> Self {
        let memory = Arc::new(Memory::new());
        let runtime = run::rich(on(Shared(Arc::clone(&memory))), "payment");
        (0..AT_ONCE).for_each(|caller| run::fund(&runtime, caller));
        fill(&runtime, bindings, assets);
        Self { runtime, memory }
    }

    /// A runtime on a file with the same rows. They are copied: to bind them there would take a commit for each.
    fn in_file(self, file: &Path) -> Runtime {
        let storage = Sqlite::open(file).expect("a storage file");
        let client = Builder::new_current_thread().build().expect("a client");
        client
            .block_on(copy(&*self.memory, &storage))
            .expect("the rows are copied");
        drop(self.runtime);
        run::loaded(on(storage), "payment")
    }
}

/// A context of this state, and one thread for guests, as run rows have.
fn on(storage: impl Storage + 'static) -> RuntimeBuilder {
    let engine = EngineConfig {
        threads: 1,
        ..EngineConfig::default()
    };
    Runtime::builder()
        .engine(engine)
        .context_in(Name::local(), storage)
}

/// Binds as many paths, and puts money into some of them.
fn fill(runtime: &Runtime, bindings: u32, assets: u32) {
    let client = Builder::new_current_thread().build().expect("a client");
    let path = |number: u32| format!("/funds/{}/f{number}", number % 1_000);
    let bind = |number| {
        Request::bind(
            Placement::new(path(number), "ledger", r#"{"unit":"usd","scale":2}"#).owned_by(Owner::Each),
        )
    };
    let mint = |number| Request::control(path(number), "mint", r#"{"amount":"1.00"}"#);
    let perform = |requests: Vec<Request>| {
        client
            .block_on(runtime.perform_all(requests))
            .into_iter()
            .for_each(run::must);
    };
    for start in (0..bindings).step_by(AT_ONCE as usize) {
        perform((start..bindings.min(start + AT_ONCE)).map(bind).collect());
    }
    for start in (0..assets).step_by(AT_ONCE as usize) {
        perform((start..assets.min(start + AT_ONCE)).map(mint).collect());
    }
}

/// Writes all that is in one storage to another, a page with each commit.
async fn copy(from: &dyn Storage, to: &dyn Storage) -> Result<(), StorageError> {
    let mut snapshot = from.snapshot().await?;
    let mut rest = Range {
        prefix: Vec::new(),
        after: None,
        limit: u32::MAX,
    };
    loop {
        let page = snapshot.scan(&rest).await?;
        rest.after = page.entries.last().map(|entry| entry.key.clone());
        let entries = page.entries.into_iter();
        let writes = entries.map(|entry| (entry.key, Some(entry.stored.value)));
        let commit = Commit {
            writes: writes.collect(),
            ..Commit::default()
        };
        to.commit(Arc::new(commit)).await?;
        if !page.more {
            return Ok(());
        }
    }
}

/// A storage that a runtime has, and that can be read beside it.
#[derive(Debug)]
struct Shared(Arc<Memory>);

impl Storage for Shared {
    fn snapshot(&self) -> BoxFuture<'_, Result<Box<dyn Snapshot>, StorageError>> {
        self.0.snapshot()
    }

    fn commit(&self, commit: Arc<Commit>) -> BoxFuture<'_, Result<Committed, StorageError>> {
        self.0.commit(commit)
    }

    fn acquire(&self) -> BoxFuture<'_, Result<u64, StorageError>> {
        self.0.acquire()
    }
}
