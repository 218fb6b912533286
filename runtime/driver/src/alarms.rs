//! Waiting with an end that hardly ever comes.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::Poll;
use std::time::Instant;

use tokio::time::{Sleep, sleep_until};

/// Alarms that stay set when they were not needed, for the next one who waits: to set one, and to take it back, wakes a
/// thread of the executor each time, which then looks at the clock.
///
/// There are as many as ever waited at once. Nobody sets them again when nobody waits, so that they go off once and rest.
#[derive(Debug, Default)]
pub(crate) struct Alarms(Mutex<Vec<Pin<Box<Sleep>>>>);

impl Alarms {
    /// What a future answers, or nothing when that takes longer than until `end`.
    pub(crate) async fn before<F: Future>(&self, end: Instant, mut future: Pin<&mut F>) -> Option<F::Output> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut alarm = kept.unwrap_or_else(|| Box::pin(sleep_until(end.into())));
        let answer = poll_fn(|context| {
            if let Poll::Ready(answer) = future.as_mut().poll(context) {
                return Poll::Ready(Some(answer));
            }
            // It was set for somebody before, and goes off early for this one.
            while alarm.as_mut().poll(context).is_ready() {
                if alarm.deadline() >= end.into() {
                    return Poll::Ready(None);
                }
                alarm.as_mut().reset(end.into());
            }
            Poll::Pending
        })
        .await;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(alarm);
        answer
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::time::Duration;

    use futures_util::future::{pending, poll_immediate, ready};

    use super::*;

    #[test]
    fn an_alarm_of_somebody_before_neither_ends_the_next_wait_early_nor_lets_it_go_on() {
        let executor = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        executor.block_on(async {
            let alarms = Alarms::default();
            let soon = Instant::now() + Duration::from_millis(5);
            let later = soon + Duration::from_millis(20);
            assert_eq!(alarms.before(soon, pin!(ready(1))).await, Some(1));
            // Who gives up takes its alarm along.
            assert_eq!(
                poll_immediate(pin!(alarms.before(soon, pin!(pending::<()>())))).await,
                None
            );
            assert_eq!(alarms.before(soon, pin!(ready(2))).await, Some(2));
            assert_eq!(alarms.before(later, pin!(pending::<()>())).await, None);
            assert!(Instant::now() >= later);
            assert_eq!(alarms.0.lock().unwrap().len(), 1);
            // One that went off is set again.
            let again = Instant::now() + Duration::from_millis(5);
            assert_eq!(alarms.before(again, pin!(pending::<()>())).await, None);
            assert!(Instant::now() >= again);
        });
    }
}
