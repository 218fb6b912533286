//! The command line: what the tool costs over Cargo.

use crate::row::Row;

pub(crate) fn rows(_wanted: &str) -> Vec<Row> {
    Vec::new()
}
