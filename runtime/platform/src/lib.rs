//! Platform services of airs: a trait for each, a file for each backend.
//!
//! [`Storage`] keeps a context's state: [`Sqlite`] in a file, [`Memory`] for tests.

mod clock;
mod denials;
mod error;
mod folder;
mod http;
mod os;
mod storage;

pub use clock::{Clock, Random, SystemClock};
pub use denials::{Denial, DenialLog, Denials};
pub use error::StorageError;
pub use folder::LocalFolder;
pub use http::{Http, HttpError, HttpTimes, Network, Resolve, Room, SystemResolver, Trust};
pub use storage::{
    Bytes, COMMIT_IDS_KEPT, Check, Commit, CommitId, Committed, Entry, Key, KeyHash, Memory, PAGE_BYTES_MAX,
    Page, Range, Reading, Snapshot, Sqlite, Storage, Stored, Version,
};
