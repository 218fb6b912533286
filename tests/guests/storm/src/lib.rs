//! A program that calls everything that there is, with whatever comes to mind, and minds the answers.

#[path = "../../../proof/chance.rs"]
mod chance;
mod val;
mod values;
mod wasi;

use airs::Result;
use chance::Chance;
use serde::{Deserialize, Serialize};

#[derive(Deserialize, airs::Schema)]
struct Task {
    /// `val` or `wasi`.
    area: String,
    seed: u64,
    calls: u32,
}

#[derive(Serialize, airs::Schema)]
struct Done {
    calls: u32,
    /// How many of them were answered with something else than an error.
    well: u32,
}

/// Makes calls, and counts them. An answer that should not have been given is an error.
#[airs::program]
fn storm(task: Task) -> Result<Done> {
    let mut chance = Chance::of(task.seed, 0);
    let mut well = 0;
    let mut val = val::Storm::default();
    for call in 0..task.calls {
        let was_well = match task.area.as_str() {
            "val" => val.call(&mut chance)?,
            // What may end the run comes last.
            _ => wasi::call(&mut chance, call + 1 == task.calls),
        };
        well += u32::from(was_well);
    }
    Ok(Done {
        calls: task.calls,
        well,
    })
}

/// Texts: short, long, empty, of all languages and of none.
fn text(chance: &mut Chance) -> String {
    const PIECES: [&str; 12] = [
        "a", "/", "..", "~", "\0", "é", "𝄞", "\u{202e}", "\"", "{}", " ", "accounts",
    ];
    let count = match chance.below(20) {
        0 => 0,
        1 => chance.below(20_000),
        _ => chance.below(12),
    };
    values::text(chance, &PIECES, count)
}

/// Numbers: small ones, and those at the edges.
fn number(chance: &mut Chance) -> u64 {
    match chance.below(6) {
        0 => 0,
        1 => u64::MAX,
        2 => 1 << chance.below(64),
        3 => chance.draw(),
        _ => chance.draw() % 1_000,
    }
}
