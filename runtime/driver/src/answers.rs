//! Answers of runs that were given an id: kept with what the runs did, and forgotten in time.
//!
//! An answer is a row of the host, written in the commit of its run. Rows are in the order of the ids, which is
//! that of time, so that the old ones are found at the front.

use std::time::{Duration, Instant};

use airs_core::{Code, Error, FieldReader, FieldWriter, Result, RunId};
use airs_platform::{Bytes, Check, Commit, Committed, Entry, Key, Range, Stored};

use crate::binding::unreadable;
use crate::context::Context;
use crate::namespace;
use crate::transaction::Transaction;

/// The first byte of a kept answer: the version of the format.
const FORMAT: u8 = 1;

/// The longest answer that is kept. It bounds what a page of rows takes of memory when they are removed.
pub const ANSWER_BYTES_MAX: usize = 256 << 10;

/// Answers that are removed with one commit: so few that runs hardly wait for it.
const FORGOTTEN_AT_ONCE: u32 = 64;

/// How long a commit that removes answers waits for others at most. It can be made another time.
const FORGETTING_MAX: Duration = Duration::from_secs(5);

/// The id that a caller gave a run, and what for.
///
/// ```
/// use airs_core::{Result, RunId};
/// use airs_driver::{Identity, Session};
///
/// /// What is done once, however often it is asked for.
/// async fn once(session: &mut Session, id: RunId, request: [u8; 32]) -> Result<Vec<u8>> {
///     let identity = Identity { id, request };
///     if let Some(answer) = session.kept_answer(&identity).await? {
///         return Ok(answer);
///     }
///     let answer = b"done".to_vec();
///     session.keep_answer(&identity, &answer)?;
///     Ok(answer)
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The id.
    pub id: RunId,
    /// The sha256 of what was asked for.
    pub request: [u8; 32],
}

/// The answer that was kept for a caller's run of this id, if it was committed.
pub(crate) async fn kept(
    transaction: &mut Transaction,
    identity: &Identity,
    caller: &str,
) -> Result<Option<Vec<u8>>> {
    let id = identity.id;
    // Both are part of what the run rests on: of two with one id, one commits, and none after it was forgotten.
    let row = transaction.get(namespace::answer(id, caller)).await?;
    let forgotten_before_ms = read_mark(transaction.get(namespace::FORGOTTEN.as_slice()).await?.as_ref())?;
    let Some(row) = row else {
        if id.time_ms() < forgotten_before_ms {
            return Err(expired(id));
        }
        return Ok(None);
    };
    let (request, answer) = read(&row).ok_or_else(|| unreadable("a kept answer"))?;
    if request != identity.request {
        let message = format!("{caller} gave the run id {id} to another request before");
        return Err(
            Error::new(Code::IdReused, message).hint("an id belongs to one request; make a new one for this")
        );
    }
    Ok(Some(answer.to_vec()))
}

/// Keeps an answer with what the run writes.
pub(crate) fn keep(
    transaction: &mut Transaction,
    identity: &Identity,
    caller: &str,
    answer: &[u8],
) -> Result<()> {
    if answer.len() > ANSWER_BYTES_MAX {
        let message = format!(
            "an answer of {} bytes cannot be kept for its run id: the limit is {ANSWER_BYTES_MAX}",
            answer.len()
        );
        return Err(Error::new(Code::LimitExceeded, message)
            .hint("nothing was committed; have it answer with less, or run it without an id"));
    }
    let mut fields = FieldWriter::new(FORMAT);
    fields.plain(&identity.request);
    fields.field(answer);
    let row = fields.into_bytes().into();
    transaction.put(namespace::answer(identity.id, caller), Some(row))
}

/// What is said of an id that is too old.
///
/// ```
/// use airs_core::{Code, RunId};
///
/// assert_eq!(airs_driver::expired(RunId::new(0, 1)).code(), Code::IdExpired);
/// ```
pub fn expired(id: RunId) -> Error {
    let message = format!("run id {id} is older than answers are kept");
    Error::new(Code::IdExpired, message).hint(
        "whether it was committed is not known any more; look at what it was to change, and make a new id",
    )
}

impl Context {
    /// Removes some of the answers whose ids were made before `time_ms`, milliseconds since 1970; returns how
    /// many: 0 when none is left, or when somebody else is at it. Once one was removed no older id is accepted,
    /// whatever the clock says.
    ///
    /// # Errors
    /// When the state cannot be read or written.
    pub async fn forget_answers(&self, time_ms: u64) -> Result<usize> {
        let mut snapshot = self.storage().snapshot().await?;
        let range = Range {
            prefix: namespace::ANSWERS.into(),
            after: None,
            limit: FORGOTTEN_AT_ONCE,
        };
        let page = snapshot.scan(&range).await?;
        let mark = snapshot.get(&namespace::FORGOTTEN).await?;
        drop(snapshot);
        let is_old = |key: &Key| namespace::answer_time_ms(key).is_some_and(|made| made < time_ms);
        let old = page.entries.into_iter().map(|Entry { key, .. }| key);
        let old: Vec<Key> = old.take_while(is_old).collect();
        let count = old.len();
        if count == 0 {
            return Ok(0);
        }
        let mut commit = Commit {
            writes: old.into_iter().map(|key| (key, None)).collect(),
            ..Commit::default()
        };
        if read_mark(mark.as_ref().map(|mark| &mark.value))? < time_ms {
            raise_mark(&mut commit, mark, time_ms);
        }
        let deadline = Instant::now() + FORGETTING_MAX;
        match self.commit(commit, deadline, || ()).await.1? {
            Committed::Applied(_) | Committed::AlreadyApplied(_) => Ok(count),
            // Somebody else has raised the mark, and goes on.
            Committed::Conflict(_) => Ok(0),
        }
    }
}

/// Notes with the removal that no older id is accepted from now on.
fn raise_mark(commit: &mut Commit, mark: Option<Stored>, time_ms: u64) {
    commit.checks.push(Check::Key {
        key: namespace::FORGOTTEN.into(),
        version: mark.map_or(0, |mark| mark.version),
    });
    let value: Bytes = time_ms.to_le_bytes().into();
    commit.writes.push((namespace::FORGOTTEN.into(), Some(value)));
}

fn read_mark(kept: Option<&Bytes>) -> Result<u64> {
    let Some(kept) = kept else { return Ok(0) };
    let bytes = <[u8; 8]>::try_from(&**kept).map_err(|_| unreadable("a kept answer"))?;
    Ok(u64::from_le_bytes(bytes))
}

/// What was asked for, and the answer.
fn read(row: &[u8]) -> Option<([u8; 32], &[u8])> {
    let mut fields = FieldReader::new(row);
    if fields.byte()? != FORMAT {
        return None;
    }
    let (request, answer) = (fields.array()?, fields.field()?);
    fields.is_at_end().then_some((request, answer))
}
