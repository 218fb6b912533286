//! Where the customers ask, and hear.

use std::collections::HashMap;
use std::time::Duration;

use super::node::{DEADLINE, READY};
use super::payment::{Asked, Payment};
use crate::proof::child::{self, Process};
use crate::proof::verdict::ensure;

/// Nobody waits longer for the next answer of all: every run ends by its deadline.
const PATIENCE: Duration = DEADLINE.saturating_mul(2);

/// A bank's process, and what it was asked.
pub(super) struct Desk {
    process: Process,
    asked: HashMap<String, Vec<Asked>>,
}

impl Desk {
    /// Starts a process, and waits until it is ready.
    pub(super) fn open(told: &str) -> Result<Self, String> {
        let desk = Self {
            process: child::start("bank::process", told),
            asked: HashMap::new(),
        };
        let ready = desk.hear()?;
        ensure!(ready == READY, "the bank says {ready}");
        Ok(desk)
    }

    pub(super) fn pay(&mut self, id: &str, payment: Payment) {
        let (input, payer) = (payment.input(), payment.payer);
        self.ask(id, &input, payer, Asked::Payment(payment));
    }

    pub(super) fn ask(&mut self, id: &str, input: &str, caller: usize, asked: Asked) {
        self.process.tell(format!("{id} holder-{caller} {input}"));
        self.asked.entry(id.to_owned()).or_default().push(asked);
    }

    /// What an answer is to.
    pub(super) fn answered(&mut self, id: &str) -> Option<Asked> {
        let waiting = self.asked.get_mut(id)?;
        let asked = waiting.pop();
        if waiting.is_empty() {
            self.asked.remove(id);
        }
        asked
    }

    pub(super) fn waiting(&self) -> usize {
        self.asked.values().map(Vec::len).sum()
    }

    pub(super) fn hear(&self) -> Result<String, String> {
        let waiting = self.waiting();
        let said = self
            .process
            .hear(PATIENCE)
            .map_err(|error| format!("{waiting} wait: {error}"))?;
        said.ok_or_else(|| format!("the bank has ended while {waiting} wait"))
    }

    /// Ends it in the midst of whatever it does.
    pub(super) fn kill(&mut self) {
        self.process.kill();
    }

    /// What it said before it was killed, line by line.
    pub(super) fn last_words(&self) -> Result<Option<String>, String> {
        self.process.hear(PATIENCE)
    }

    /// Payments that were asked for and never answered, by their ids.
    pub(super) fn unanswered(self) -> Vec<(String, Payment)> {
        let payment =
            |(id, asked): (String, Vec<Asked>)| Some((id, asked.into_iter().find_map(Asked::payment)?));
        let mut payments: Vec<_> = self.asked.into_iter().filter_map(payment).collect();
        payments.sort_by(|one, other| one.0.cmp(&other.0));
        payments
    }
}
