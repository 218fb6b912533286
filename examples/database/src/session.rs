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
/// The longest text, blob or row. A function such as `zeroblob` makes them out of nothing, and one such as `instr`
/// takes time by the square of it, in one step: some 40 ms for as much as this, 15 s for 1 MiB.
const VALUE_BYTES_MAX: i32 = 64 << 10;
/// Columns of a table or an answer: a row is in memory as a whole, here 4 MiB at most, before it is looked at.
const COLUMNS_MAX: i32 = 64;
/// The longest statement; those of people have a hundredth of it.
const SQL_BYTES_MAX: i32 = 64 << 10;
/// The largest database of one component: 16,384 pages of 4 KiB.
const PAGES_MAX: u32 = 16_384;
/// After how many steps a statement is asked whether it is late: a step may be a function of long values. SQLite asks
/// where a statement goes on to another row, so that one row is made to its end.
const STEPS_PER_CHECK: i32 = 100;

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
            (Limit::SQLITE_LIMIT_COLUMN, COLUMNS_MAX),
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
            if is_harmless(&asked) || host.load(Ordering::Relaxed) {
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
                if bytes > ANSWER_BYTES_MAX {
                    return Err(Error::TooLarge);
                }
                values.push(value);
            }
            bytes += size_of::<Vec<Value>>();
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

/// Tables and what is in them, and no more: no other files, no settings, no transactions of its own, no code from
/// elsewhere, and no temporary tables, which would count for no limit.
fn is_harmless(asked: &AuthContext<'_>) -> bool {
    match asked.action {
        // Written as `temp.t` a temporary table is asked for as any other.
        AuthAction::CreateTable { .. }
        | AuthAction::CreateView { .. }
        | AuthAction::CreateTrigger { .. }
        | AuthAction::CreateIndex { .. } => asked.database_name != Some("temp"),
        AuthAction::Select
        | AuthAction::Recursive
        | AuthAction::Read { .. }
        | AuthAction::Insert { .. }
        | AuthAction::Update { .. }
        | AuthAction::Delete { .. }
        | AuthAction::AlterTable { .. }
        | AuthAction::DropTable { .. }
        | AuthAction::DropView { .. }
        | AuthAction::DropTrigger { .. }
        | AuthAction::DropIndex { .. }
        // What fills an index, also a new one.
        | AuthAction::Reindex { .. }
        | AuthAction::Analyze { .. } => true,
        AuthAction::Function { function_name } => function_name != "load_extension",
        _ => false,
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Instant;

    use super::{COLUMNS_MAX, Session, VALUE_BYTES_MAX};
    use crate::value::Error;

    fn ask(deadline: Instant, sql: &str) -> Result<usize, Error> {
        let session = Session::open(Path::new(":memory:"), deadline).unwrap();
        session.query(sql, &[]).map(|answer| answer.rows.len())
    }

    #[test]
    fn a_statement_that_is_late_ends_after_a_few_rows() {
        let rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 50) SELECT i FROM n";
        let late = Instant::now();
        assert_eq!(ask(late, rows), Err(Error::Busy));
        assert_eq!(ask(late + std::time::Duration::from_secs(3_600), rows), Ok(50));
    }

    #[test]
    fn one_row_is_bounded() {
        let far = Instant::now() + std::time::Duration::from_secs(3_600);
        let value = |bytes: i32| format!("zeroblob({bytes})");
        assert_eq!(ask(far, &format!("SELECT {}", value(VALUE_BYTES_MAX))), Ok(1));
        assert_eq!(
            ask(far, &format!("SELECT {}", value(VALUE_BYTES_MAX + 1))),
            Err(Error::TooLarge)
        );
        let columns = |count: i32, value: &str| {
            let all: Vec<&str> = (0..count).map(|_| value).collect();
            format!("SELECT {}", all.join(", "))
        };
        assert_eq!(ask(far, &columns(COLUMNS_MAX, "1")), Ok(1));
        let wide = ask(far, &columns(COLUMNS_MAX + 1, "1"));
        assert!(
            matches!(&wide, Err(Error::Refused(why)) if why.contains("columns")),
            "{wide:?}"
        );
        let largest = columns(COLUMNS_MAX, &value(VALUE_BYTES_MAX));
        assert_eq!(ask(far, &largest), Err(Error::TooLarge));
    }
}
