//! A bank in a process that is killed again and again: no money is made or lost, and every payment that was
//! acknowledged happens exactly once.

mod customers;
mod desk;
mod node;
mod payment;

use serde_json::json;

use customers::{Bank, Habits, Payees};

use super::child;
use super::verdict::{Verdict, at_most, ensure, holds, misses, size};

/// Of so many payments in a row one may end in `conflict`.
const CONFLICT_IN: usize = 1_000;
const CALLERS: usize = 64;
/// How many times as fast one caller may be as all of them at one account.
const ONE_TO_MANY_MAX: f64 = 2.0;

const HABITS: Habits = Habits {
    payees: Payees::Any,
    count: true,
    repeat: true,
};

fn killed_again_and_again(guard: &str, habits: Habits, kills: usize, payments: usize) -> Verdict {
    let mut bank = Bank::new(guard, CALLERS, habits)?;
    for kill in 1..=kills {
        bank.serve_and_kill(payments / kills)
            .map_err(|error| format!("before kill {kill}: {error}"))?;
    }
    bank.serve(payments.saturating_sub(bank.tally.committed))?;
    bank.settle()?;
    let tally = bank.tally;
    ensure!(
        tally.conflicts * CONFLICT_IN <= tally.committed,
        "{} payments of {} ended in a conflict",
        tally.conflicts,
        tally.committed
    );
    Ok(json!({
        "committed": tally.committed,
        "kills": kills,
        "in doubt after a kill": tally.doubted,
        "conflicts": tally.conflicts,
        "refused": tally.refused,
        "counts of all the money": tally.counts,
        "replayed": tally.replayed,
    }))
}

/// All pay one account.
fn crowd_at_one_account(payments: usize) -> Verdict {
    let per_second = |callers, payments: usize| -> Result<f64, String> {
        let habits = Habits {
            payees: Payees::One,
            count: false,
            repeat: false,
        };
        let mut bank = Bank::new("", callers, habits)?;
        let seconds = bank.serve(payments)?;
        bank.settle()?;
        ensure!(bank.tally.conflicts == 0, "{} conflicts", bank.tally.conflicts);
        Ok(payments as f64 / seconds)
    };
    let (one, many) = (per_second(1, payments / 4)?, per_second(CALLERS, payments)?);
    at_most(
        "payments a second of one caller to those of 64",
        one / many,
        ONE_TO_MANY_MAX,
    )?;
    Ok(json!({
        "payments a second, one caller": one.round(),
        "payments a second, 64 callers": many.round(),
        "ratio": (many / one * 100.0).round() / 100.0,
    }))
}

const NAME: &str = "bank";
const DAILY: usize = 20_000;
const KILLS: usize = 20;
/// For what only the count in the end may notice.
const FEW: usize = 1_000;
const FEW_KILLS: usize = 5;

#[test]
fn a_bank_that_is_killed_makes_and_loses_no_money() {
    holds(NAME, size(DAILY, 1_000_000), |payments| {
        killed_again_and_again("", HABITS, size(KILLS, 200), payments)
    });
}

#[test]
fn payments_happen_twice_when_ids_are_not_looked_up() {
    let heard = ["was carried out twice"];
    misses(NAME, "without the rows of ids", &heard, DAILY, |payments| {
        killed_again_and_again("id-row", HABITS, KILLS, payments)
    });
}

/// Only what was in doubt after a kill is asked for again: a payment that was committed and not acknowledged.
#[test]
fn payments_in_doubt_happen_twice_when_ids_are_not_looked_up() {
    let habits = Habits {
        repeat: false,
        ..HABITS
    };
    let how = "without the rows of ids, asked again after a kill only";
    misses(NAME, how, &["by what was acknowledged"], FEW, |payments| {
        killed_again_and_again("id-row", habits, FEW_KILLS, payments)
    });
}

/// Nobody asks for anything again: the row of an id is a key, too, and two at once would be noticed by that.
#[test]
fn money_is_made_when_what_was_read_is_not_checked() {
    let habits = Habits {
        repeat: false,
        ..HABITS
    };
    let how = "without the check of keys";
    misses(NAME, how, &["one run counts"], DAILY, |payments| {
        killed_again_and_again("key-check", habits, KILLS, payments)
    });
}

#[test]
fn money_is_missed_in_the_end_when_nobody_counts_before() {
    let habits = Habits {
        count: false,
        repeat: false,
        ..HABITS
    };
    let how = "without the check of keys, counted in the end";
    misses(NAME, how, &["by what was acknowledged"], FEW, |payments| {
        killed_again_and_again("key-check", habits, FEW_KILLS, payments)
    });
}

#[test]
fn a_crowd_at_one_account_comes_through() {
    holds(
        "bank, all at one account",
        size(2_000, 50_000),
        crowd_at_one_account,
    );
}

#[test]
#[ignore = "the process of a proof"]
fn process() {
    if let Some(told) = child::told() {
        node::serve(&told);
    }
}
