//! What small programs did at the same time, and whether one after the other would have come to the same.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use airs_tests::Script;
use serde_json::{Value, json};

use super::chance::Chance;

const KEYS: [&str; 6] = ["k/0", "k/1", "k/2", "r/0", "r/1", "r/2"];
const PREFIXES: [&str; 4] = ["k/", "r/", "", "k/1"];
const CALLERS_MAX: usize = 5;
const RUNS_PER_CALLER_MAX: usize = 4;
const CALLS_PER_RUN_MAX: usize = 5;

/// One call of a driver. Every value that is set is set once in a history.
#[derive(Clone, Debug)]
pub(crate) enum Call {
    Get(&'static str),
    Values(Vec<&'static str>),
    Set(&'static str, String),
    SetAndFail(&'static str, String),
    Delete(&'static str),
    Entries(&'static str),
    Page(&'static str, &'static str, u32),
}

/// The keys of a driver, as a person would keep them.
pub(crate) type Model = BTreeMap<String, String>;

impl Call {
    fn any(chance: &mut Chance, value: impl FnOnce() -> String) -> Self {
        let key = chance.pick(&KEYS);
        match chance.below(13) {
            0..=2 => Self::Get(key),
            3 => Self::Values(vec![key, chance.pick(&KEYS)]),
            4..=7 => Self::Set(key, value()),
            8 => Self::SetAndFail(key, value()),
            9 => Self::Delete(key),
            10 | 11 => Self::Entries(chance.pick(&PREFIXES)),
            _ => {
                let after = if chance.one_in(2) { "" } else { key };
                Self::Page(
                    chance.pick(&PREFIXES),
                    after,
                    u32::try_from(chance.below(3)).unwrap(),
                )
            }
        }
    }

    /// The call, on the asset that a script has opened first.
    fn add_to(&self, script: Script) -> Script {
        let (operation, input) = match self {
            Self::Get(key) => ("get", json!(key)),
            Self::Values(keys) => ("values", json!(keys)),
            Self::Set(key, value) => ("set", json!([key, value])),
            Self::SetAndFail(key, value) => ("set-and-fail", json!([key, value])),
            Self::Delete(key) => ("delete", json!(key)),
            Self::Entries(prefix) => ("entries", json!(prefix)),
            Self::Page(prefix, after, limit) => ("page", json!([prefix, after, limit])),
        };
        script.control(0, operation, input)
    }

    /// What it answers when nobody else is there.
    fn alone(&self, model: &mut Model) -> Value {
        let under = |model: &Model, prefix: &str, after: &str| -> Vec<(String, String)> {
            let entries = model
                .iter()
                .filter(|(key, _)| key.starts_with(prefix) && key.as_str() > after);
            entries.map(|(key, value)| (key.clone(), value.clone())).collect()
        };
        let answer = match self {
            Self::Get(key) => json!(model.get(*key)),
            Self::Values(keys) => json!(keys.iter().map(|key| model.get(*key)).collect::<Vec<_>>()),
            Self::Set(key, value) => {
                model.insert((*key).to_owned(), value.clone());
                Value::Null
            }
            Self::SetAndFail(..) => return json!({ "error": "rejected" }),
            Self::Delete(key) => {
                model.remove(*key);
                Value::Null
            }
            Self::Entries(prefix) => json!(under(model, prefix, "")),
            Self::Page(prefix, after, limit) => {
                let mut entries = under(model, prefix, after);
                let more = entries.len() > *limit as usize;
                entries.truncate(*limit as usize);
                json!({ "entries": entries, "more": more })
            }
        };
        json!({ "ok": answer })
    }
}

/// What one run did, what it saw, and when it was asked for and answered.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) calls: Vec<Call>,
    pub(crate) answers: Vec<Value>,
    pub(crate) asked: u64,
    pub(crate) answered: u64,
}

/// Runs of several callers; each waits for its own.
#[derive(Clone, Debug, Default)]
pub(crate) struct History(pub(crate) Vec<Vec<Seen>>);

/// The calls that each caller's runs make.
pub(crate) fn plan(chance: &mut Chance) -> Vec<Vec<Vec<Call>>> {
    let mut values = 0;
    let mut call = |chance: &mut Chance| {
        Call::any(chance, || {
            values += 1;
            format!("v{values}")
        })
    };
    let mut run = |chance: &mut Chance| {
        let calls = 1 + chance.below(CALLS_PER_RUN_MAX);
        (0..calls).map(|_| call(chance)).collect::<Vec<_>>()
    };
    let callers = 2 + chance.below(CALLERS_MAX - 1);
    let mut caller = |chance: &mut Chance| {
        let runs = 1 + chance.below(RUNS_PER_CALLER_MAX);
        (0..runs).map(|_| run(chance)).collect()
    };
    (0..callers).map(|_| caller(chance)).collect()
}

/// A run that makes these calls, whatever comes of each.
pub(crate) fn script(calls: &[Call]) -> Script {
    let script = Script::new().stubborn().intend("/kv", "control");
    calls.iter().fold(script, |script, call| call.add_to(script))
}

impl History {
    /// Looks for an order in which the runs, one after the other, give these answers, and in which a run that
    /// was answered before another was asked for comes before it.
    pub(crate) fn is_serializable(&self) -> bool {
        let mut tried = HashSet::new();
        self.search(&mut vec![0; self.0.len()], &Model::new(), &mut tried)
    }

    fn search(
        &self,
        placed: &mut Vec<usize>,
        model: &Model,
        tried: &mut HashSet<(Vec<usize>, Model)>,
    ) -> bool {
        let next: Vec<(usize, &Seen)> = self
            .0
            .iter()
            .enumerate()
            .filter_map(|(caller, runs)| Some((caller, runs.get(placed[caller])?)))
            .collect();
        if next.is_empty() {
            return true;
        }
        if !tried.insert((placed.clone(), model.clone())) {
            return false;
        }
        let first_answered = next
            .iter()
            .map(|(_, seen)| seen.answered)
            .min()
            .unwrap_or_default();
        for (caller, seen) in next {
            let mut then = model.clone();
            let possible = seen.asked < first_answered
                && seen
                    .calls
                    .iter()
                    .zip(&seen.answers)
                    .all(|(call, answer)| call.alone(&mut then) == *answer);
            if possible {
                placed[caller] += 1;
                if self.search(placed, &then, tried) {
                    return true;
                }
                placed[caller] -= 1;
            }
        }
        false
    }
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (caller, runs) in self.0.iter().enumerate() {
            for seen in runs {
                writeln!(f, "  caller {caller}, from {} to {}:", seen.asked, seen.answered)?;
                for (call, answer) in seen.calls.iter().zip(&seen.answers) {
                    writeln!(f, "    {call:?} -> {answer}")?;
                }
            }
        }
        Ok(())
    }
}
