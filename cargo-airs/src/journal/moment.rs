//! A moment, as a person types it.

use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;

/// A moment: so long ago, or a time with its offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Milliseconds since 1970.
    pub(crate) time_ms: u64,
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let at = match ago(text) {
            Some(ago) => SystemTime::now().checked_sub(ago),
            None => text.parse::<Timestamp>().ok().map(SystemTime::from),
        };
        let since = at.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        let time_ms = since.and_then(|since| u64::try_from(since.as_millis()).ok());
        time_ms.map(|time_ms| Self { time_ms }).ok_or_else(|| {
            "it is 30s, 10m, 2h or 1d for so long ago, or a time such as 2026-11-21T17:30:00Z".to_owned()
        })
    }
}

fn ago(text: &str) -> Option<Duration> {
    let unit = text.chars().next_back()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    let count: u64 = text.strip_suffix(unit)?.parse().ok()?;
    count.checked_mul(seconds).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Moment, ago};

    #[test]
    fn a_moment_is_so_long_ago_or_a_time() {
        assert_eq!(ago("10m"), Some(Duration::from_secs(600)));
        assert_eq!(ago("1d"), Some(Duration::from_secs(86_400)));
        let time: Moment = "1970-01-01T00:00:01.5Z".parse().unwrap();
        assert_eq!(time.time_ms, 1_500);
        for wrong in [
            "",
            "10",
            "m",
            "-1m",
            "yesterday",
            "2026-11-21",
            "1969-01-01T00:00:00Z",
            "99999999999999999999d",
        ] {
            assert!(wrong.parse::<Moment>().is_err(), "{wrong}");
        }
    }
}
