//! One component's connection, and what SQL may do there.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::{Connection, params_from_iter};

use crate::value::{Error, Rows, Statement, Value};

/// The most that one answer holds; the guest takes it into its memory at once.
const ANSWER_BYTES_MAX: usize = 1 << 20;
/// The longest text or blob: a function such as `zeroblob` makes them out of nothing.
const VALUE_BYTES_MAX: i32 = 1 << 20;
/// The longest statement; those of people have a hundredth of it.
const SQL_BYTES_MAX: i32 = 64 << 10;
/// The largest database of one component: 16,384 pages of 4 KiB.
const PAGES_MAX: u32 = 16_384;
/// How often a statement that runs is asked whether it is late: some ten thousand times a second.
const STEPS_PER_CHECK: i32 = 10_000;

/// A connection that a component's SQL is run on.
pub struct Session {
    connection: Connection,
    /// Set while the host itself begins or ends a transaction, which a component's SQL cannot.
    trusted: Arc<AtomicBool>,
}

impl Session {
    /// Opens, or makes, a component's database; nothing that it does goes on after the deadline.
    pub(crate) fn open(file: &Path, deadline: Instant) -> rusqlite::Result<Self> {
        let mut connection = Connection::open(file)?;
        connection.busy_timeout(deadline.saturating_duration_since(Instant::now()).min(BUSY_MAX))?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "max_page_count", PAGES_MAX)?;
        connection.pragma_update(None, "trusted_schema", false)?;
        for (limit, value) in [
            (Limit::SQLITE_LIMIT_LENGTH, VALUE_BYTES_MAX),
            (Limit::SQLITE_LIMIT_SQL_LENGTH, SQL_BYTES_MAX),
            // Another file is another component's, or nobody's.
            (Limit::SQLITE_LIMIT_ATTACHED, 0),
            (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
        ] {
            connection.set_limit(limit, value)?;
        }
        connection.progress_handler(STEPS_PER_CHECK, Some(move || Instant::now() >= deadline))?;
        let trusted = Arc::new(AtomicBool::new(false));
        let host = Arc::clone(&trusted);
        connection.authorizer(Some(move |asked: AuthContext<'_>| {
            if is_harmless(&asked.action) || host.load(Ordering::Relaxed) {
                Authorization::Allow
            } else {
                Authorization::Deny
            }
        }))?;
        Ok(Self { connection, trusted })
    }

    pub(crate) fn query(&self, sql: &str, parameters: &[Value]) -> Result<Rows, Error> {
        let mut statement = self.connection.prepare(sql)?;
        if !statement.readonly() {
            return Err(Error::Refused("a query only reads; use a transaction".to_owned()));
        }
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut found = statement.query(params_from_iter(parameters))?;
        let (mut rows, mut bytes) = (Vec::new(), 0);
        while let Some(row) = found.next()? {
            let mut values = Vec::with_capacity(columns.len());
            for column in 0..columns.len() {
                let value = Value::from(row.get_ref(column)?);
                bytes += value.size();
                values.push(value);
            }
            bytes += size_of::<Vec<Value>>();
            if bytes > ANSWER_BYTES_MAX {
                return Err(Error::TooLarge);
            }
            rows.push(values);
        }
        Ok(Rows { columns, rows })
    }

    pub(crate) fn transaction(&self, statements: &[Statement]) -> Result<Vec<u64>, Error> {
        self.as_host("BEGIN IMMEDIATE")?;
        let changed = statements
            .iter()
            .map(|statement| self.execute(statement))
            .collect();
        let ended = match changed {
            Ok(_) => self.as_host("COMMIT"),
            Err(_) => Ok(()),
        };
        // A failed commit may leave the transaction open as well.
        if !self.connection.is_autocommit() {
            self.as_host("ROLLBACK")?;
        }
        ended.and(changed)
    }

    fn execute(&self, statement: &Statement) -> Result<u64, Error> {
        let changed = self
            .connection
            .execute(&statement.sql, params_from_iter(&statement.parameters))?;
        Ok(u64::try_from(changed).unwrap_or(u64::MAX))
    }

    fn as_host(&self, sql: &str) -> Result<(), Error> {
        self.trusted.store(true, Ordering::Relaxed);
        let done = self.connection.execute_batch(sql);
        self.trusted.store(false, Ordering::Relaxed);
        done.map_err(Error::from)
    }
}

/// A component that waits longer for another one has no chance any more.
const BUSY_MAX: Duration = Duration::from_secs(1);

/// Tables and what is in them. No other files, no settings, no transactions of its own, no code from elsewhere.
fn is_harmless(action: &AuthAction<'_>) -> bool {
    !matches!(
        action,
        AuthAction::Attach { .. }
            | AuthAction::Detach { .. }
            | AuthAction::Pragma { .. }
            | AuthAction::Transaction { .. }
            | AuthAction::Savepoint { .. }
            | AuthAction::CreateVtable { .. }
            | AuthAction::DropVtable { .. }
            | AuthAction::Function {
                function_name: "load_extension"
            }
            | AuthAction::Unknown { .. }
    )
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}
