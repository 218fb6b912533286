//! Calls of the VAL, and what the host may answer to a caller who owns and controls a part of what is there.

use airs::{Amount, Code, Error, Item, Json, Result, Rights, Value, val};

use crate::chance::Chance;
use crate::text;
use crate::values::bytes;

/// What the caller may do there, as the test has bound it: view, debit, credit, or call operations. The driver
/// refuses nothing.
const PLACES: [(&str, Option<&str>); 10] = [
    ("/mine", Some("vdco")),
    ("/mine/below", Some("vdco")),
    ("/own", Some("vdc")),
    ("/own/below/it", Some("vdc")),
    ("/theirs", Some("vc")),
    ("/theirs/x", Some("vc")),
    ("/each", Some("vc")),
    ("/each/stormer/x", Some("vdc")),
    ("/each/somebody/x", Some("vc")),
    ("/nothing/here", None),
];
const RIGHTS: [(char, Rights); 4] = [
    ('v', Rights::VIEW),
    ('d', Rights::DEBIT),
    ('c', Rights::CREDIT),
    ('o', Rights::CONTROL),
];
/// Assets that are open at once, so that there is room for more.
const OPEN_MAX: usize = 40;

/// What is open, with its rights.
#[derive(Default)]
pub struct Storm {
    open: Vec<(val::Asset, Rights)>,
}

impl Storm {
    /// Makes one call; answers whether it was answered well.
    pub fn call(&mut self, chance: &mut Chance) -> Result<bool> {
        if self.open.is_empty() || (self.open.len() < OPEN_MAX && chance.one_in(4)) {
            return self.intend(chance);
        }
        let index = chance.below(self.open.len());
        let (asset, rights) = &self.open[index];
        match chance.below(6) {
            0 => expect("view", rights.contains(Rights::VIEW), &asset.view()),
            1 | 2 => {
                let (to, of_to) = &self.open[chance.below(self.open.len())];
                let may = rights.contains(Rights::DEBIT) && of_to.contains(Rights::CREDIT);
                expect("transfer", may, &asset.transfer(to, value(chance)))
            }
            3 => {
                let operation = match chance.below(3) {
                    0 => text(chance),
                    1 => "set".to_owned(),
                    _ => "get".to_owned(),
                };
                let answer = asset.control(&operation, Json::from(text(chance)));
                expect("control", rights.contains(Rights::CONTROL), &answer)
            }
            4 => expect("done", true, &self.open.swap_remove(index).0.done()),
            _ => {
                drop(self.open.swap_remove(index));
                Ok(true)
            }
        }
    }

    fn intend(&mut self, chance: &mut Chance) -> Result<bool> {
        let wanted = RIGHTS
            .iter()
            .filter(|_| chance.one_in(2))
            .fold(Rights::NONE, |all, (_, right)| all | *right);
        if chance.one_in(4) {
            return Ok(val::intend(&text(chance), wanted).is_ok());
        }
        let (path, allowed) = chance.pick(&PLACES);
        let answer = val::intend(path, wanted);
        let Some(allowed) = allowed else {
            return expect_code(path, Code::Unbound, &answer);
        };
        let held = RIGHTS.iter().filter(|(letter, _)| allowed.contains(*letter));
        let allowed = held.fold(Rights::NONE, |all, (_, right)| all | *right);
        let was_well = expect("intend", allowed.contains(wanted), &answer)?;
        self.open.extend(answer.ok().map(|asset| (asset, wanted)));
        Ok(was_well)
    }
}

/// Whoever may not is denied, and nobody else is.
fn expect<T>(what: &str, may: bool, answer: &Result<T>) -> Result<bool> {
    let denied = matches!(answer, Err(error) if error.code == Code::Denied);
    if denied == may {
        let message = format!("{what}: allowed is {may}, and denied was {denied}");
        return Err(Error::internal(message));
    }
    Ok(answer.is_ok())
}

fn expect_code<T>(what: &str, code: Code, answer: &Result<T>) -> Result<bool> {
    match answer {
        Err(error) if error.code == code => Ok(false),
        Err(error) => Err(Error::internal(format!("{what}: {error:?}"))),
        Ok(_) => Err(Error::internal(format!("{what}: no {code:?}"))),
    }
}

fn value(chance: &mut Chance) -> Value {
    match chance.below(3) {
        0 => {
            let units = (u128::from(chance.draw()) << 64) | u128::from(chance.draw());
            Amount::new(units >> chance.below(128), chance.below(39) as u8)
                .map_or(Value::Data(Vec::new()), Value::Amount)
        }
        1 => {
            let items = chance.below(20);
            Value::Items(
                (0..items)
                    .map(|_| Item::new(text(chance), bytes(chance)))
                    .collect(),
            )
        }
        _ => Value::Data(bytes(chance)),
    }
}
