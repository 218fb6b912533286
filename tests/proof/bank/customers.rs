//! The bank's customers: what they ask for, what they have been told, and what that comes to.

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use airs_runtime::Runtime;
use tempfile::TempDir;

use super::desk::Desk;
use super::node::CENTS_EACH;
use super::payment::{Asked, Payment, balances, count};
use crate::proof::chance::Chance;
use crate::proof::verdict::{ensure, seed};

const HOLDERS: usize = 50;
const PAYEES_MAX: usize = 2;
const CENTS_MAX: usize = 500;
/// Once in so many requests somebody counts all the money.
const COUNT_IN: usize = 100;
/// And asks again for what was done already.
const AGAIN_IN: usize = 20;
/// Payments that are asked for again in the end, at most.
const REPEATED_MAX: usize = 2_000;

/// Who is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Payees {
    Any,
    /// All pay the first holder.
    One,
}

/// What customers do besides paying.
#[derive(Clone, Copy, Debug)]
pub(super) struct Habits {
    pub(super) payees: Payees,
    /// Now and then somebody counts all the money.
    pub(super) count: bool,
    /// Now and then somebody asks for a payment again, answered or not. After a kill everybody does.
    pub(super) repeat: bool,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) committed: usize,
    pub(super) conflicts: usize,
    pub(super) refused: usize,
    pub(super) replayed: usize,
    pub(super) counts: usize,
    pub(super) doubted: usize,
}

pub(super) struct Bank {
    folder: TempDir,
    guard: String,
    callers: usize,
    habits: Habits,
    chance: Chance,
    desk: Option<Desk>,
    /// What everybody has, as far as they have been told: who pays may be told before who was to get.
    cents: Vec<i64>,
    /// Acknowledged payments with their answers.
    done: HashMap<String, (Payment, String)>,
    /// Their ids, in the order in which they were acknowledged.
    ids: Vec<String>,
    /// Payments that were answered as done, and not as done before.
    carried_out: HashSet<String>,
    /// Asked for before a kill, and never answered.
    in_doubt: Vec<(String, Payment)>,
    pub(super) tally: Tally,
}

impl Bank {
    pub(super) fn new(guard: &str, callers: usize, habits: Habits) -> Result<Self, String> {
        Ok(Self {
            folder: tempfile::tempdir().map_err(|error| error.to_string())?,
            guard: guard.to_owned(),
            callers,
            habits,
            chance: Chance::of(seed(), callers as u64),
            desk: None,
            cents: vec![CENTS_EACH.into(); HOLDERS],
            done: HashMap::new(),
            ids: Vec::new(),
            carried_out: HashSet::new(),
            in_doubt: Vec::new(),
            tally: Tally::default(),
        })
    }

    /// Serves so many payments on average, and is killed in the midst of others.
    pub(super) fn serve_and_kill(&mut self, payments: usize) -> Result<(), String> {
        let upto = 1 + self.chance.below(2 * payments);
        self.serve_until(upto)?;
        let Some(mut desk) = self.desk.take() else {
            return Ok(());
        };
        desk.kill();
        // What it said before it died was said.
        while let Some(line) = desk.last_words()? {
            self.take(&mut desk, &line)?;
        }
        self.in_doubt.extend(desk.unanswered());
        self.tally.doubted += self.in_doubt.len();
        Ok(())
    }

    /// Serves so many payments, and answers how many seconds that took.
    pub(super) fn serve(&mut self, payments: usize) -> Result<f64, String> {
        self.serve_until(0)?;
        let started = Instant::now();
        self.serve_until(payments)?;
        Ok(started.elapsed().as_secs_f64())
    }

    /// Asks for payments, as many at once as there are callers, until so many more are committed.
    fn serve_until(&mut self, payments: usize) -> Result<(), String> {
        let mut desk = match self.desk.take() {
            Some(desk) => desk,
            None => self.open()?,
        };
        for (id, payment) in std::mem::take(&mut self.in_doubt) {
            desk.pay(&id, payment);
        }
        let wanted = self.tally.committed + payments;
        while self.tally.committed < wanted {
            while desk.waiting() < self.callers {
                self.ask(&mut desk);
            }
            let line = desk.hear()?;
            self.take(&mut desk, &line)?;
        }
        self.desk = Some(desk);
        Ok(())
    }

    /// Has everything answered, all money counted, and acknowledged payments asked for once more.
    pub(super) fn settle(&mut self) -> Result<(), String> {
        self.serve_until(0)?;
        let Some(mut desk) = self.desk.take() else {
            return Ok(());
        };
        self.finish(&mut desk)?;
        self.count_exactly(&mut desk)?;
        let step = self.ids.len() / REPEATED_MAX + 1;
        for id in self.ids.iter().step_by(step) {
            let (payment, _) = &self.done[id];
            desk.ask(id, &payment.input(), payment.payer, Asked::Again);
        }
        self.finish(&mut desk)?;
        self.count_exactly(&mut desk)
    }

    /// Waits for all answers.
    fn finish(&mut self, desk: &mut Desk) -> Result<(), String> {
        while desk.waiting() > 0 {
            let line = desk.hear()?;
            self.take(desk, &line)?;
        }
        Ok(())
    }

    /// Everybody has what they have been told, to the cent.
    fn count_exactly(&mut self, desk: &mut Desk) -> Result<(), String> {
        desk.ask("count", &count(HOLDERS), 0, Asked::Count);
        let line = desk.hear()?;
        desk.answered("count");
        let balances = balances(line.splitn(4, ' ').last().unwrap_or_default());
        for (holder, (told, there)) in self.cents.iter().zip(&balances).enumerate() {
            ensure!(
                told == there,
                "holder-{holder} has {there} cents, and by what was acknowledged {told}"
            );
        }
        Ok(())
    }

    fn open(&self) -> Result<Desk, String> {
        let folder = self.folder.path().display();
        let told = format!("{folder} {} {HOLDERS} {}", self.callers, self.guard);
        Desk::open(&told)
    }

    /// Somebody asks for something.
    fn ask(&mut self, desk: &mut Desk) {
        let Habits {
            count: counts,
            repeat,
            ..
        } = self.habits;
        if counts && self.chance.one_in(COUNT_IN) {
            return desk.ask("count", &count(HOLDERS), 0, Asked::Count);
        }
        if repeat && self.chance.one_in(AGAIN_IN) && !self.ids.is_empty() {
            let id = &self.ids[self.chance.below(self.ids.len())];
            let (payment, _) = &self.done[id];
            return desk.ask(id, &payment.input(), payment.payer, Asked::Again);
        }
        let (id, payment) = (Runtime::new_id().to_string(), self.payment());
        // Now and then the same again, before it was answered.
        if repeat && self.chance.one_in(AGAIN_IN) {
            desk.pay(&id, payment.clone());
        }
        desk.pay(&id, payment);
    }

    fn payment(&mut self) -> Payment {
        let chance = &mut self.chance;
        let payer = chance.below(HOLDERS);
        let to = match self.habits.payees {
            Payees::One => vec![(0, 1)],
            Payees::Any => (0..1 + chance.below(PAYEES_MAX))
                .map(|_| (chance.below(HOLDERS), 1 + chance.below(CENTS_MAX) as u32))
                .collect(),
        };
        Payment { payer, to }
    }

    /// Somebody is told something.
    fn take(&mut self, desk: &mut Desk, line: &str) -> Result<(), String> {
        let mut words = line.splitn(4, ' ');
        let mut word = || words.next().unwrap_or_default();
        let (id, told) = (word(), word());
        let (replayed, output) = (word() == "true", word());
        let asked = desk
            .answered(id)
            .ok_or_else(|| format!("nobody asked for {line}"))?;
        let is_first =
            replayed || told != "ok" || matches!(asked, Asked::Count) || self.carried_out.insert(id.into());
        ensure!(is_first, "{id} was carried out twice");
        match (asked, told) {
            (Asked::Count, "ok") => {
                let sum: i64 = balances(output).iter().sum();
                ensure!(
                    sum == i64::from(CENTS_EACH) * HOLDERS as i64,
                    "one run counts {sum} cents: {output}"
                );
                self.tally.counts += 1;
            }
            (Asked::Payment(_) | Asked::Again, "ok") if self.done.contains_key(id) => {
                let (_, first) = &self.done[id];
                ensure!(
                    first == output,
                    "{id} was answered with {first}, and with {output}"
                );
                self.tally.replayed += 1;
            }
            (Asked::Payment(payment), "ok") => self.done(id, payment, output),
            (Asked::Payment(_), "insufficient-funds") => self.tally.refused += 1,
            (Asked::Payment(_), "conflict") => self.tally.conflicts += 1,
            (asked, _) => return Err(format!("{asked:?}: {line}")),
        }
        Ok(())
    }

    fn done(&mut self, id: &str, payment: Payment, output: &str) {
        for (payee, cents) in &payment.to {
            self.cents[payment.payer] -= i64::from(*cents);
            self.cents[*payee] += i64::from(*cents);
        }
        self.done.insert(id.to_owned(), (payment, output.to_owned()));
        self.ids.push(id.to_owned());
        self.tally.committed += 1;
    }
}
