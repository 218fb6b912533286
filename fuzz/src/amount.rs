//! Amounts. The input is an amount, or two with an operation between them: `12.50 + 0.005`, `12.50 - 3`, `12.50 x 3`,
//! `12.50 to 4`.

use std::hash::{DefaultHasher, Hash, Hasher};

use airs::Code;
use airs_core::Amount as Carried;

use crate::decimal::Decimal;
use crate::refusal;

type Calculated = airs::Amount;

pub(crate) fn body(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    read(text);
    let words: Vec<&str> = text.split(' ').collect();
    let &[left, operation, right] = words.as_slice() else {
        return;
    };
    let Some(left) = read(left) else { return };
    if operation == "to" {
        if let Ok(places) = right.parse() {
            rescale(&left, places);
        }
        return;
    }
    let Some(right) = read(right) else { return };
    compare(&left, &right);
    let (one, two) = (left.amount, right.amount);
    match operation {
        "+" => agree(one.plus(two), &left.exact.plus(&right.exact)),
        "-" if one < two => {
            assert_eq!(one.minus(two).unwrap_err().code, Code::InsufficientFunds);
        }
        "-" => minus(&left, &right),
        "x" if right.exact.places() == 0 => {
            agree(one.times(two.units()), &left.exact.times(&right.exact));
        }
        _ => {}
    }
}

struct Read {
    amount: Calculated,
    exact: Decimal,
}

/// Host and SDK read the same texts as the same amounts: those that are numbers of 128 bits with up to 38 places.
fn read(text: &str) -> Option<Read> {
    let exact = Decimal::read(text).filter(|exact| exact.places() <= 38 && exact.units().is_some());
    let carried = text.parse::<Carried>();
    let calculated = text.parse::<Calculated>();
    let Some(exact) = exact else {
        let (carried, calculated) = (carried.unwrap_err(), calculated.unwrap_err());
        assert_eq!(carried.code(), airs_core::Code::InvalidInput);
        assert_eq!(calculated.code, Code::InvalidInput);
        refusal::expect_a_line(carried.message(), text);
        refusal::expect_a_line(&calculated.message, text);
        return None;
    };
    let (carried, amount) = (carried.unwrap(), calculated.unwrap());
    let expected = (exact.units().unwrap(), exact.places());
    assert_eq!((carried.units, usize::from(carried.scale)), expected);
    assert_eq!((amount.units(), usize::from(amount.scale())), expected);
    // There is one way to write an amount of a scale.
    assert_eq!(carried.to_string(), text);
    assert_eq!(amount.to_string(), text);
    assert_eq!(serde_json::to_string(&amount).unwrap(), format!("\"{text}\""));
    let again: Calculated = serde_json::from_str(&format!("\"{text}\"")).unwrap();
    assert_eq!((again.units(), again.scale()), (amount.units(), amount.scale()));
    Some(Read { amount, exact })
}

fn compare(left: &Read, right: &Read) {
    assert_eq!(left.amount.cmp(&right.amount), left.exact.compare(&right.exact));
    let hash = |read: &Read| {
        let mut hasher = DefaultHasher::new();
        read.amount.hash(&mut hasher);
        hasher.finish()
    };
    if left.amount == right.amount {
        assert_eq!(hash(left), hash(right));
    }
}

/// The amount is the exact number, or that does not fit.
fn agree(amount: airs::Result<Calculated>, exact: &Decimal) {
    match (amount, exact.units()) {
        (Ok(amount), Some(units)) => {
            assert_eq!(
                (amount.units(), usize::from(amount.scale())),
                (units, exact.places())
            );
        }
        (Err(error), None) => assert_eq!(error.code, Code::Overflow),
        (amount, units) => panic!("{amount:?}, and exactly {units:?} units"),
    }
}

/// A difference may fit where what it is taken from does not, written with as many places: that is refused, too.
fn minus(left: &Read, right: &Read) {
    let places = left.exact.places().max(right.exact.places());
    let whole = left.exact.with_places(places).unwrap();
    match left.amount.minus(right.amount) {
        Err(error) if whole.units().is_none() => assert_eq!(error.code, Code::Overflow),
        difference => agree(difference, &left.exact.minus(&right.exact)),
    }
}

fn rescale(read: &Read, places: u8) {
    match (read.amount.rescale(places), read.exact.with_places(places.into())) {
        (Err(error), _) if places > Calculated::SCALE_MAX => assert_eq!(error.code, Code::InvalidInput),
        (Err(error), None) => assert_eq!(error.code, Code::InvalidInput),
        (rescaled, Some(exact)) => {
            if let Ok(rescaled) = &rescaled {
                assert_eq!(*rescaled, read.amount);
            }
            agree(rescaled, &exact);
        }
        (Ok(rescaled), None) => panic!("{rescaled} has lost digits"),
    }
}
