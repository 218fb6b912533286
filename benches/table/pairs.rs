//! Measuring two things in turn.

use std::time::Instant;

/// Floor and value of each pair.
pub(crate) struct Pairs(Vec<(f64, f64)>);

/// Sorted figures.
pub(crate) struct Figures(Vec<f64>);

impl Pairs {
    /// Measures `floor` and `value` in turn, `count` times after one round that does not count; which of the
    /// two comes first changes from pair to pair. Each answers with its figure.
    pub(crate) fn measure(
        count: usize,
        mut floor: impl FnMut() -> f64,
        mut value: impl FnMut() -> f64,
    ) -> Self {
        floor();
        value();
        let pair = |index: usize| {
            if index.is_multiple_of(2) {
                let floor = floor();
                (floor, value())
            } else {
                let value = value();
                (floor(), value)
            }
        };
        Self((0..count).map(pair).collect())
    }

    pub(crate) fn without_floor(values: &[f64]) -> Self {
        Self(values.iter().map(|value| (0.0, *value)).collect())
    }

    pub(crate) fn each(&self, ratio: impl Fn(f64, f64) -> f64) -> Figures {
        Figures::new(self.0.iter().map(|(floor, value)| ratio(*value, *floor)))
    }

    /// A quantile of the floors, and of the values.
    pub(crate) fn at(&self, part: f64) -> (f64, f64) {
        let floors = self.each(|_, floor| floor);
        (floors.quantile(part), self.each(|value, _| value).quantile(part))
    }
}

impl Figures {
    fn new(figures: impl Iterator<Item = f64>) -> Self {
        let mut figures: Vec<f64> = figures.collect();
        figures.sort_by(f64::total_cmp);
        Self(figures)
    }

    pub(crate) fn quantile(&self, part: f64) -> f64 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an index into a short list"
        )]
        let index = ((self.0.len() - 1) as f64 * part).round() as usize;
        self.0.get(index).copied().unwrap_or(f64::NAN)
    }
}

/// Microseconds that one of `times` repetitions takes.
pub(crate) fn micros_each(times: u32, mut repeated: impl FnMut()) -> f64 {
    let began = Instant::now();
    for _ in 0..times {
        repeated();
    }
    began.elapsed().as_secs_f64() * 1e6 / f64::from(times)
}
