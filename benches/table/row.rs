//! One line of the table.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;
use serde_json::Value;

use crate::pairs::Pairs;

/// A figure beside its floor; it holds when `ratio <= goal`.
#[derive(Serialize)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    unit: &'static str,
    /// Medians, or another quantile if the name says so.
    floor: f64,
    value: f64,
    /// The median over the pairs, or that of the quantiles: of value ÷ floor, or with an allowance of (value − floor) ÷ allowance.
    ratio: f64,
    goal: f64,
    /// The quartiles of the pairs' ratios.
    spread: [f64; 2],
}

impl Row {
    pub(crate) fn ratio(name: &'static str, unit: &'static str, pairs: &Pairs, goal: f64) -> Self {
        Self::new(name, unit, pairs, goal, |value, floor| value / floor)
    }

    /// The value may be larger than the floor by `allowance`.
    pub(crate) fn allowance(name: &'static str, unit: &'static str, pairs: &Pairs, allowance: f64) -> Self {
        Self::new(name, unit, pairs, 1.0, |value, floor| (value - floor) / allowance)
    }

    /// The same at a quantile of both sides, instead of the medians of pairs.
    pub(crate) fn ratio_at(
        part: f64,
        name: &'static str,
        unit: &'static str,
        pairs: &Pairs,
        goal: f64,
    ) -> Self {
        Self::at(part, name, unit, pairs, goal, |value, floor| value / floor)
    }

    pub(crate) fn allowance_at(
        part: f64,
        name: &'static str,
        unit: &'static str,
        pairs: &Pairs,
        allowance: f64,
    ) -> Self {
        Self::at(part, name, unit, pairs, 1.0, |value, floor| {
            (value - floor) / allowance
        })
    }

    /// More is better: the value may be `part` of the floor.
    pub(crate) fn rate(name: &'static str, unit: &'static str, pairs: &Pairs, part: f64) -> Self {
        Self::new(name, unit, pairs, 1.0 / part, |value, floor| floor / value)
    }

    /// A value without a floor, beside what it may be.
    pub(crate) fn alone(name: &'static str, unit: &'static str, values: &[f64], allowance: f64) -> Self {
        let pairs = Pairs::without_floor(values);
        Self::new(name, unit, &pairs, 1.0, |value, _| value / allowance)
    }

    fn at(
        part: f64,
        name: &'static str,
        unit: &'static str,
        pairs: &Pairs,
        goal: f64,
        ratio: impl Fn(f64, f64) -> f64,
    ) -> Self {
        let (floor, value) = pairs.at(part);
        Self {
            floor,
            value,
            ratio: ratio(value, floor),
            ..Self::new(name, unit, pairs, goal, ratio)
        }
    }

    fn new(
        name: &'static str,
        unit: &'static str,
        pairs: &Pairs,
        goal: f64,
        ratio: impl Fn(f64, f64) -> f64,
    ) -> Self {
        let ratios = pairs.each(ratio);
        Self {
            name,
            unit,
            floor: pairs.at(0.5).0,
            value: pairs.at(0.5).1,
            ratio: ratios.quantile(0.5),
            goal,
            spread: [ratios.quantile(0.25), ratios.quantile(0.75)],
        }
    }

    pub(crate) fn holds(&self) -> bool {
        self.ratio <= self.goal
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            unit,
            floor,
            value,
            ratio,
            goal,
            spread: [low, high],
        } = self;
        let verdict = if self.holds() { "holds" } else { "missed" };
        write!(
            f,
            "{name:<48} {value:>10.2} {unit:<3} floor {floor:>10.2} {unit:<3} ratio {ratio:>5.2} ({low:.2}–{high:.2}) goal {goal:.2} {verdict}"
        )
    }
}

/// Writes the rows where other tools find them, in place of those of the same names. What was `wanted` now and not made
/// is made by nobody any more, and goes.
pub(crate) fn write(rows: &[Row], wanted: &str) -> PathBuf {
    let folder = crate::guests::target_folder().join("bench");
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    let path = folder.join("summary.json");
    let before = std::fs::read(&path).ok();
    let before: Option<Vec<Value>> = before.and_then(|text| serde_json::from_slice(&text).ok());
    let mut all = before.unwrap_or_default();
    all.retain(|old| {
        let name = old["name"].as_str().unwrap_or_default();
        !name.contains(wanted) || rows.iter().any(|row| row.name == name)
    });
    for row in rows {
        let new = serde_json::to_value(row).expect("rows are plain");
        match all.iter_mut().find(|one| one["name"] == row.name) {
            Some(old) => *old = new,
            None => all.push(new),
        }
    }
    let text = serde_json::to_string_pretty(&all).expect("rows are plain");
    std::fs::write(&path, text).expect("the target folder can be written");
    path
}
