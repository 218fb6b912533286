//! How long a request may take.

use std::time::Duration;

/// How long a request may take, beside the deadline of its run.
///
/// ```
/// use std::time::Duration;
/// use airs_platform::{HttpTimes, Network};
///
/// let hasty = HttpTimes { connect: Duration::from_millis(500), ..HttpTimes::MAX };
/// let network = Network::new().within(hasty);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpTimes {
    /// To connect to one address.
    pub connect: Duration,
    /// From the resolution of the name to the last byte.
    pub whole: Duration,
}

impl HttpTimes {
    /// The longest times, which are also those that hold unless said: a run that waits keeps its snapshot, and with it the
    /// state's log, and a place for guests.
    pub const MAX: Self = Self {
        connect: Duration::from_secs(5),
        whole: Duration::from_secs(30),
    };

    /// The same, and no longer than may be.
    pub(super) fn bounded(self) -> Self {
        Self {
            connect: self.connect.min(Self::MAX.connect),
            whole: self.whole.min(Self::MAX.whole),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, HttpTimes};

    #[test]
    fn no_request_takes_longer_than_may_be() {
        let hour = Duration::from_secs(3_600);
        let endless = HttpTimes {
            connect: hour,
            whole: hour,
        };
        assert_eq!(endless.bounded(), HttpTimes::MAX);
        let hasty = HttpTimes {
            connect: Duration::ZERO,
            whole: Duration::from_secs(1),
        };
        assert_eq!(hasty.bounded(), hasty);
    }
}
