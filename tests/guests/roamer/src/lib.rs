//! A driver that reads files and asks servers, with whatever comes to mind, and minds the answers.

#[path = "../../../proof/chance.rs"]
mod chance;
mod files;
mod http;
mod laid_out;
#[path = "../../storm/src/values.rs"]
mod values;

use airs::{Call, Error, Json, Receipt, Result, Rights, Value};
use chance::Chance;

struct Roamer;

#[airs::driver]
impl airs::Driver for Roamer {
    type Asset = ();

    fn intend(_call: &Call, _account: (), _rights: Rights) -> Result<()> {
        Ok(())
    }

    fn view(_asset: &()) -> Result<Value> {
        Err(Error::unsupported("there is nothing to see"))
    }

    fn transfer(_from: &(), _to: &(), _value: Value) -> Result<Receipt> {
        Err(Error::unsupported("there is nothing to move"))
    }

    /// Makes so many calls; answers how many were answered well.
    fn control(_asset: &(), operation: &str, input: &Json) -> Result<Json> {
        let (seed, calls): (u64, u32) = input.parse()?;
        let mut chance = Chance::of(seed, 2);
        let mut files = files::Storm::new();
        let mut well = 0_u32;
        for _ in 0..calls {
            well += u32::from(match operation {
                "files" => files.call(&mut chance)?,
                "http" => http::call(&mut chance)?,
                _ => return Err(Error::unsupported(operation)),
            });
        }
        Json::of(&well)
    }
}

/// Says what is not as it should be.
fn ensure(holds: bool, what: &str) -> Result<()> {
    if holds {
        return Ok(());
    }
    Err(Error::internal(what))
}

/// Pieces of paths, one after the other.
fn text(chance: &mut Chance) -> String {
    const PIECES: [&str; 16] = [
        "a", "b", "c", "empty", "out", "/", "/", "..", ".", "\\", "\0", "é", "\u{202e}", "C:", "?", "%2e",
    ];
    let count = match chance.below(20) {
        0 => chance.below(5_000),
        _ => chance.below(8),
    };
    values::text(chance, &PIECES, count)
}

/// Numbers: those within a file, and those at the edges.
fn number(chance: &mut Chance) -> u64 {
    match chance.below(8) {
        0 => 0,
        1 => u64::MAX,
        2 => 1 << chance.below(64),
        3 => chance.draw(),
        4 => laid_out::LONG - chance.draw() % 3,
        _ => chance.draw() % laid_out::LONG,
    }
}
