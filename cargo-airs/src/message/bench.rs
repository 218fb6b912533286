//! What `bench` reports.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Runs, and how long they took.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Measured {
    pub(crate) program: String,
    pub(crate) profile: String,
    pub(crate) runs: u64,
    pub(crate) at_once: u64,
    /// Of all runs together: more than there are runs when some met conflicts.
    pub(crate) attempts: u64,
    pub(crate) runs_per_second: f64,
    pub(crate) latency_us: Latency,
}

/// Latencies of runs in microseconds: the quickest, quantiles, the slowest.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Latency {
    min: f64,
    p50: f64,
    p90: f64,
    p99: f64,
    max: f64,
}

/// How many times what a baseline has: 1 is the same.
#[derive(Debug, Serialize)]
pub(crate) struct Against {
    baseline: String,
    /// What was otherwise when the baseline was measured, but for the components.
    differs: Vec<&'static str>,
    /// Whether the components were the same ones, byte by byte.
    same_components: bool,
    p50: f64,
    p90: f64,
    p99: f64,
    runs_per_second: f64,
}

/// With fewer runs the slowest one is the 99th percentile.
pub(crate) const RUNS_MIN_FOR_P99: u64 = 100;

impl Latency {
    /// Of latencies in order. A percentile is the smallest latency that at least so many are not above.
    pub(crate) fn of(sorted: &[Duration]) -> Self {
        let at = |thousandth: usize| {
            let rank = (sorted.len() * thousandth).div_ceil(1_000);
            let index = rank.saturating_sub(1);
            sorted
                .get(index)
                .map_or(0.0, |latency| latency.as_secs_f64() * 1e6)
        };
        Self {
            min: at(0),
            p50: at(500),
            p90: at(900),
            p99: at(990),
            max: at(1_000),
        }
    }
}

impl Measured {
    /// Whether something can be put in proportion to it.
    pub(crate) fn is_measurable(&self) -> bool {
        let Latency { p50, p90, p99, .. } = self.latency_us;
        let all = [p50, p90, p99, self.runs_per_second];
        all.iter().all(|figure| figure.is_finite() && *figure > 0.0)
    }

    /// How this is beside what was measured before, where these things were otherwise.
    pub(crate) fn against(
        &self,
        name: &str,
        before: &Self,
        differs: Vec<&'static str>,
        same_components: bool,
    ) -> Against {
        let (now, then) = (&self.latency_us, &before.latency_us);
        Against {
            baseline: name.to_owned(),
            differs,
            same_components,
            p50: now.p50 / then.p50,
            p90: now.p90 / then.p90,
            p99: now.p99 / then.p99,
            runs_per_second: self.runs_per_second / before.runs_per_second,
        }
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            program,
            profile,
            runs,
            at_once,
            attempts,
            runs_per_second,
            latency_us,
        } = self;
        write!(
            f,
            "{program}, profile {profile}: {runs} runs, {at_once} at once, {runs_per_second:.0} runs/s"
        )?;
        if attempts > runs {
            write!(f, ", {} more attempts after conflicts", attempts - runs)?;
        }
        let Latency {
            min,
            p50,
            p90,
            p99,
            max,
        } = latency_us;
        write!(
            f,
            "\n  min {}  p50 {}  p90 {}  p99 {}  max {}",
            time(*min),
            time(*p50),
            time(*p90),
            time(*p99),
            time(*max)
        )
    }
}

impl fmt::Display for Against {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "\n  against {}: p50 {}  p90 {}  p99 {}  runs/s {}",
            self.baseline,
            change(self.p50),
            change(self.p90),
            change(self.p99),
            change(self.runs_per_second)
        )?;
        match self.same_components {
            true => f.write_str("\n  the components are those of the baseline"),
            false => Ok(()),
        }
    }
}

/// A time for people.
fn time(microseconds: f64) -> String {
    match microseconds {
        0.0..1_000.0 => format!("{microseconds:.0} µs"),
        1_000.0..1_000_000.0 => format!("{:.2} ms", microseconds / 1e3),
        _ => format!("{:.2} s", microseconds / 1e6),
    }
}

fn change(ratio: f64) -> String {
    format!("{:+.1} %", (ratio - 1.0) * 100.0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Latency, change, time};

    #[test]
    fn quantiles_are_latencies_that_were_seen() {
        let sorted: Vec<Duration> = (1..=1_000).map(Duration::from_micros).collect();
        let of = |runs: usize| {
            let Latency {
                min,
                p50,
                p90,
                p99,
                max,
            } = Latency::of(&sorted[..runs]);
            [min, p50, p90, p99, max].map(f64::round)
        };
        assert_eq!(of(0), [0.0; 5]);
        assert_eq!(of(1), [1.0; 5]);
        assert_eq!(of(10), [1.0, 5.0, 9.0, 10.0, 10.0]);
        assert_eq!(of(99), [1.0, 50.0, 90.0, 99.0, 99.0]);
        assert_eq!(of(100), [1.0, 50.0, 90.0, 99.0, 100.0]);
        assert_eq!(of(1_000), [1.0, 500.0, 900.0, 990.0, 1_000.0]);
    }

    #[test]
    fn figures_are_for_people() {
        assert_eq!(
            [time(312.4), time(1_250.0), time(2_500_000.0)],
            ["312 µs", "1.25 ms", "2.50 s"]
        );
        assert_eq!([change(0.9), change(1.2)], ["-10.0 %", "+20.0 %"]);
    }
}
