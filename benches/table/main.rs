//! The figures of airs, each beside its floor in the same process and the same minute.
//!
//! A floor depends on libraries alone, never on airs, uses their fastest settings and the same guests. Floor
//! and value are measured in turn, and the ratio is the median over the pairs: machines have fast and slow
//! phases, and a pair lies within one.

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark prints, and ends when it cannot run"
)]

mod bindings;
mod dev;
mod disk;
mod durable;
mod floor;
mod guests;
mod instance;
mod load;
mod pairs;
mod processors;
mod row;
mod run;
mod scale;
mod testing;
mod text;
mod tool;

use row::Row;

fn main() {
    // `cargo bench -- NAME` takes the rows whose name contains NAME.
    let wanted = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with('-'))
        .unwrap_or_default();
    let mut rows: Vec<Row> = Vec::new();
    for group in [
        run::rows,
        instance::rows,
        load::rows,
        text::rows,
        durable::rows,
        bindings::rows,
        scale::rows,
        tool::rows,
        testing::rows,
        dev::rows,
    ] {
        for row in group(&wanted) {
            println!("{row}");
            rows.push(row);
        }
    }
    let path = row::write(&rows, &wanted);
    println!(
        "\n{} of {} rows hold; written to {}",
        rows.iter().filter(|row| row.holds()).count(),
        rows.len(),
        path.display()
    );
}
