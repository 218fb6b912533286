//! What a component's SQL may do, and how much.

use std::time::{Duration, Instant};

use airs_runtime::{Code, Limits};

use super::{catalogue, granted, runtime, wave};

#[test]
fn no_statement_leaves_the_component_s_own_database() {
    let (runtime, folder) = runtime(Limits::default());
    let catalogue = catalogue(&runtime, granted()).unwrap();
    let outside = folder.path().join("outside.sqlite");
    for sql in [
        format!("ATTACH '{}' AS other", outside.display()),
        format!("VACUUM INTO '{}'", outside.display()),
        "PRAGMA max_page_count = 1000000".to_owned(),
        "PRAGMA journal_mode = delete".to_owned(),
        "COMMIT".to_owned(),
        "SAVEPOINT mine".to_owned(),
        "SELECT load_extension('x')".to_owned(),
        "CREATE VIRTUAL TABLE t USING fts5(a)".to_owned(),
        "CREATE TEMP TABLE t (a)".to_owned(),
        "CREATE TABLE temp.t (a)".to_owned(),
        "CREATE TEMP TABLE t AS SELECT 1".to_owned(),
        "CREATE TEMP VIEW v AS SELECT 1".to_owned(),
        "CREATE VIEW temp.v AS SELECT 1".to_owned(),
        "not sql".to_owned(),
    ] {
        let told = catalogue
            .call_json_blocking("tell", &serde_json::json!([[sql]]).to_string())
            .unwrap();
        assert!(told.contains(r#"{"err":"refused: "#), "{sql}: {told}");
        let asked = catalogue
            .call_json_blocking("ask", &serde_json::json!([sql]).to_string())
            .unwrap();
        assert!(asked.contains(r#"{"err":"refused: "#), "{sql}: {asked}");
    }
    assert!(wave(&catalogue, "ask(\"DELETE FROM books\")").starts_with("err(\"refused: "));
    assert!(!outside.exists());
    assert_eq!(wave(&catalogue, "add(\"Emma\", 1)"), "ok(1)");
}

#[test]
fn tables_are_made_changed_and_dropped_as_sql_has_it() {
    let (runtime, _folder) = runtime(Limits::default());
    let catalogue = catalogue(&runtime, granted()).unwrap();
    for sql in [
        "CREATE TABLE a (id INTEGER PRIMARY KEY, name TEXT DEFAULT 'x' CHECK (length(name) < 99), n AS (id + 1))",
        "CREATE TABLE b (a INTEGER REFERENCES a ON DELETE CASCADE, at TEXT DEFAULT CURRENT_TIMESTAMP)",
        "CREATE TABLE c AS SELECT 1 AS one",
        "CREATE INDEX b_a ON b (a)",
        "CREATE UNIQUE INDEX a_name ON a (lower(name)) WHERE name <> 'x'",
        "CREATE VIEW all_a AS SELECT * FROM a LEFT JOIN b ON b.a = a.id",
        "CREATE TRIGGER added AFTER INSERT ON a BEGIN INSERT INTO b (a) VALUES (new.id); END",
        "INSERT INTO a (name) VALUES ('Emma'), ('Persuasion') RETURNING id",
        "WITH RECURSIVE n(i) AS (SELECT 9 UNION ALL SELECT i + 1 FROM n LIMIT 5) INSERT INTO a (id) SELECT i FROM n",
        "INSERT INTO a (id) VALUES (1) ON CONFLICT DO UPDATE SET name = upper(name)",
        "UPDATE a SET name = replace(name, 'E', 'e') WHERE id IN (SELECT max(a) FROM b GROUP BY at)",
        "DELETE FROM a WHERE id = 2",
        "ALTER TABLE c ADD COLUMN two DEFAULT 2",
        "ALTER TABLE c RENAME COLUMN one TO first",
        "ALTER TABLE c DROP COLUMN two",
        "ALTER TABLE c RENAME TO d",
        "REINDEX a_name",
        "ANALYZE",
        "DROP TRIGGER added",
        "DROP VIEW all_a",
        "DROP INDEX a_name",
        "DROP TABLE b",
    ] {
        let told = catalogue
            .call_json_blocking("tell", &serde_json::json!([[sql]]).to_string())
            .unwrap();
        // A statement with an answer is refused after everything that it is made of was allowed.
        let allowed = told.contains(r#"{"ok":"#) || told.contains("returned results");
        assert!(allowed, "{sql}: {told}");
    }
}

#[test]
fn what_would_be_too_much_is_refused() {
    let (runtime, _folder) = runtime(Limits {
        deadline_ms: 1_000,
        ..Limits::default()
    });
    let catalogue = catalogue(&runtime, granted()).unwrap();
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)";
    let rows = format!("ask(\"{endless} SELECT i FROM n\")");
    assert_eq!(wave(&catalogue, &rows), "err(\"too large\")");
    assert_eq!(
        wave(&catalogue, "ask(\"SELECT zeroblob(1000000000)\")"),
        "err(\"too large\")"
    );
    // A row is bounded before it is made: this one would be 400 MB.
    let wide = format!("SELECT 0{}", ", hex(zeroblob(500000))".repeat(400));
    let asked = catalogue
        .call_json_blocking("ask", &serde_json::json!([wide]).to_string())
        .unwrap();
    assert!(asked.contains("too many columns"), "{asked}");
    let begun = Instant::now();
    let counting = catalogue.call_wave_blocking(&format!("ask(\"{endless} SELECT count(*) FROM n\")"));
    // Whoever looks first: the statement or the host.
    match counting {
        Ok(answer) => assert_eq!(answer, "err(\"busy\")"),
        Err(error) => assert_eq!(error.code(), Code::DeadlineExceeded, "{error}"),
    }
    assert!(begun.elapsed() < Duration::from_secs(10), "it goes on for ever");
}
