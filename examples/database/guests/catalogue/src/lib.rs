//! Keeps books in the database that it is given.

wit_bindgen::generate!({
    path: ["../../wit", "wit"],
    world: "example:catalogue/catalogue",
    generate_all,
});

use example::database::database::{Error, Rows, Statement, Value, query, transaction};

struct Catalogue;

export!(Catalogue);

const TABLES: [&str; 2] = [
    "CREATE TABLE IF NOT EXISTS books (title TEXT PRIMARY KEY, copies INTEGER NOT NULL CHECK (copies >= 0))",
    "CREATE TABLE IF NOT EXISTS loans (title TEXT NOT NULL, reader TEXT NOT NULL, PRIMARY KEY (title, reader))",
];

impl Guest for Catalogue {
    fn add(title: String, copies: u32) -> Result<u64, String> {
        let add = "INSERT INTO books VALUES (?1, ?2) ON CONFLICT DO UPDATE SET copies = copies + ?2";
        let changed = write([(add, vec![Value::Text(title), Value::Integer(copies.into())])])?;
        Ok(changed.last().copied().unwrap_or_default())
    }

    fn lend(title: String, reader: String) -> Result<(), String> {
        let title = Value::Text(title);
        // The second statement is refused for a reader who has the book: then the first one has no effect either.
        write([
            (
                "UPDATE books SET copies = copies - 1 WHERE title = ?",
                vec![title.clone()],
            ),
            (
                "INSERT INTO loans VALUES (?, ?)",
                vec![title, Value::Text(reader)],
            ),
        ])?;
        Ok(())
    }

    fn books() -> Result<Vec<(String, i64)>, String> {
        let Rows { rows, .. } = query("SELECT title, copies FROM books ORDER BY title", &[]).map_err(why)?;
        let book = |row: Vec<Value>| match row.as_slice() {
            [Value::Text(title), Value::Integer(copies)] => Ok((title.clone(), *copies)),
            other => Err(format!("{other:?} is no book")),
        };
        rows.into_iter().map(book).collect()
    }

    fn ask(sql: String) -> Result<String, String> {
        query(&sql, &[])
            .map(|rows| format!("{:?}", rows.rows))
            .map_err(why)
    }

    fn tell(sql: Vec<String>) -> Result<Vec<u64>, String> {
        let statements: Vec<Statement> = sql
            .into_iter()
            .map(|sql| Statement {
                sql,
                parameters: Vec::new(),
            })
            .collect();
        transaction(&statements).map_err(why)
    }
}

fn write<const N: usize>(statements: [(&str, Vec<Value>); N]) -> Result<Vec<u64>, String> {
    let tables = TABLES.map(|sql| (sql, Vec::new()));
    let all = tables.into_iter().chain(statements);
    let all: Vec<_> = all
        .map(|(sql, parameters)| Statement {
            sql: sql.to_owned(),
            parameters,
        })
        .collect();
    transaction(&all).map_err(why)
}

fn why(error: Error) -> String {
    match error {
        Error::Refused(why) => format!("refused: {why}"),
        Error::Constraint(what) => format!("constraint: {what}"),
        Error::Busy => "busy".to_owned(),
        Error::TooLarge => "too large".to_owned(),
    }
}
