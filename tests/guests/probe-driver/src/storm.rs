//! Calls of storage with whatever comes to mind, compared with what a map would answer.

#[path = "../../../proof/chance.rs"]
mod chance;

use std::collections::BTreeMap;

use airs::{Code, Error, Result, storage};
use chance::Chance;

/// The longest key, and the longest value.
const KEY_BYTES_MAX: usize = 1_024;
const VALUE_BYTES_MAX: usize = 1 << 20;
const KEYS_PER_CALL_MAX: usize = 256;
/// What one call hands over at most.
const CALL_BYTES_MAX: usize = 8 << 20;
const BEGINNING: &[u8] = b"storm/";

/// Makes so many calls; answers how many were answered well.
pub fn call(seed: u64, calls: u32) -> Result<u32> {
    let mut chance = Chance::of(seed, 1);
    let mut map = BTreeMap::new();
    let mut well = 0;
    for _ in 0..calls {
        well += u32::from(one(&mut chance, &mut map)?);
    }
    // It is all undone.
    for key in map.into_keys() {
        storage::delete(key)?;
    }
    Ok(well)
}

fn one(chance: &mut Chance, map: &mut BTreeMap<Vec<u8>, Vec<u8>>) -> Result<bool> {
    let key = key(chance);
    let fits = key.len() <= KEY_BYTES_MAX;
    match chance.below(7) {
        0 | 1 => {
            let value = vec![chance.draw() as u8; length(chance, VALUE_BYTES_MAX)];
            let set = expect(fits && value.len() <= VALUE_BYTES_MAX, storage::set(&key, &value))?;
            if set.is_some() {
                map.insert(key, value);
            }
            Ok(set.is_some())
        }
        2 => {
            let deleted = expect(fits, storage::delete(&key))?;
            map.remove(&key);
            Ok(deleted.is_some())
        }
        3 => {
            let prefix = &key[..key.len().min(BEGINNING.len() + chance.below(3))];
            let found: Vec<_> = storage::scan(prefix)
                .map(|entry| Ok(entry?.key))
                .collect::<Result<_>>()?;
            same(found.iter().eq(map.keys().filter(|key| key.starts_with(prefix))))
        }
        4 => {
            let count = length(chance, KEYS_PER_CALL_MAX);
            let bytes = count * map.get(&key).map_or(0, Vec::len);
            let fits = count == 0 || (fits && count <= KEYS_PER_CALL_MAX && bytes <= CALL_BYTES_MAX);
            let Some(found) = expect(fits, storage::get_many(vec![&key; count]))? else {
                return Ok(false);
            };
            same(found.iter().all(|value| value.as_ref() == map.get(&key)))
        }
        _ => match expect(fits, storage::get(&key))? {
            Some(found) => same(found.as_ref() == map.get(&key)),
            None => Ok(false),
        },
    }
}

/// Few keys, so that they meet; now and then one that is as long as can be, or longer.
fn key(chance: &mut Chance) -> Vec<u8> {
    let count = if chance.one_in(10) {
        length(chance, KEY_BYTES_MAX - BEGINNING.len())
    } else {
        1 + chance.below(2)
    };
    let letter = chance.pick(b"abcd");
    [BEGINNING, &vec![letter; count]].concat()
}

/// A length around a limit, or far below it.
fn length(chance: &mut Chance, max: usize) -> usize {
    match chance.below(20) {
        0 => max,
        1 => max + 1,
        2 => max + chance.below(max),
        _ => chance.below(max.min(100)),
    }
}

/// What is within the limits is answered well, and what is not is `limit-exceeded`.
fn expect<T>(fits: bool, answer: Result<T>) -> Result<Option<T>> {
    match answer {
        Ok(answer) if fits => Ok(Some(answer)),
        Err(error) if !fits && error.code == Code::LimitExceeded => Ok(None),
        Ok(_) => Err(Error::internal("what is over the limits was accepted")),
        Err(error) => Err(error),
    }
}

fn same(is_same: bool) -> Result<bool> {
    if !is_same {
        return Err(Error::internal("storage does not answer as a map would"));
    }
    Ok(true)
}
