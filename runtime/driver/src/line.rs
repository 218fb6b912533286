//! The line of those who met a conflict: so that a hot account makes progress, and everybody comes through.
//!
//! Whoever meets a conflict joins with all the keys of the attempt, and is attempted again when nobody before it in
//! the line touches them in a way that clashes. Keys are taken all at once, and everybody waits for earlier ones only:
//! there is no deadlock. Who has met no conflict does not wait, but what it wrote is not committed when somebody in the
//! line has read it: it joins.

mod footprint;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use airs_platform::Commit;
use tokio::sync::oneshot;
use tokio::time::timeout;

pub use footprint::Footprint;
use footprint::Marks;

/// How long an attempt keeps others away from its keys. It is some fifty times what an attempt and its sync take;
/// one that takes longer must not stop everybody else, and goes on as one that never met a conflict.
const TURN_MAX: Duration = Duration::from_millis(250);

/// The line of one context.
#[derive(Debug)]
pub(crate) struct Line {
    turn_max: Duration,
    tickets: Mutex<Tickets>,
    /// How many are in the line; who sees 0 does not touch the lock.
    length: AtomicUsize,
    marks: Marks,
}

#[derive(Debug, Default)]
struct Tickets {
    by_number: BTreeMap<u64, Place>,
    newest: u64,
}

#[derive(Debug)]
struct Place {
    footprint: Arc<Footprint>,
    /// How many earlier ones it waits for.
    waits_for: usize,
    /// Later ones that wait for it.
    awaited_by: Vec<u64>,
    /// Told when its turn comes.
    admit: Option<oneshot::Sender<()>>,
    /// How long its turn lasts at most.
    turn_max: Duration,
    /// When its turn came.
    admitted: Option<Instant>,
}

/// A place in the line of a context; dropping it leaves the line.
///
/// ```
/// use airs_core::Result;
/// use airs_driver::{Context, Ended, Footprint, Session, Ticket};
///
/// /// Commits an attempt; with a conflict, what the next one is to hold until it is committed.
/// async fn commit(context: &Context, session: Box<Session>, held: Option<Ticket>) -> Result<Option<Ticket>> {
///     let Ended::Conflict(touched) = session.commit(held.as_ref()).await? else { return Ok(None) };
///     let before = held.map(|ticket| ticket.footprint().clone());
///     let touched: Footprint = touched.and(&before.unwrap_or_default());
///     Ok(Some(context.queue(touched).await))
/// }
/// ```
#[derive(Debug)]
pub struct Ticket {
    line: Arc<Line>,
    number: u64,
    footprint: Arc<Footprint>,
}

impl Default for Line {
    fn default() -> Self {
        Self::with_turns_of(TURN_MAX)
    }
}

impl Line {
    /// A line in which a turn lasts so long at most.
    pub(crate) fn with_turns_of(turn_max: Duration) -> Self {
        Self {
            turn_max,
            tickets: Mutex::default(),
            length: AtomicUsize::new(0),
            marks: Marks::default(),
        }
    }

    /// What a commit reads and writes, to join the line with.
    pub(crate) fn footprint(&self, commit: &Commit) -> Footprint {
        Footprint::of(commit, &self.marks)
    }

    /// Whether nobody is in the line.
    pub(crate) fn is_empty(&self) -> bool {
        self.length.load(Ordering::Acquire) == 0
    }

    /// Whether a commit with this footprint has to stand back for somebody in the line: for anybody, or, with a
    /// ticket, for who is before it or has its turn already.
    pub(crate) fn bars(&self, footprint: &Footprint, ticket: Option<&Ticket>) -> bool {
        let tickets = self.tickets();
        // One that was kept too long has left the line.
        let own = ticket.map(|ticket| ticket.number);
        let own = own.filter(|number| tickets.by_number.contains_key(number));
        let mut others = tickets.by_number.iter().filter(|(number, place)| {
            own.is_none_or(|own| **number < own || (**number > own && place.admitted.is_some()))
        });
        others.any(|(_, place)| place.footprint.is_touched_by(footprint))
    }

    /// Joins the line, and waits for its turn, which lasts as long as others' at most unless said.
    pub(crate) async fn queue(self: &Arc<Self>, footprint: Footprint, turn_max: Option<Duration>) -> Ticket {
        let (ticket, turn) = self.join(footprint, turn_max.unwrap_or(self.turn_max));
        let Some(mut turn) = turn else { return ticket };
        while timeout(self.turn_max, &mut turn).await.is_err() {
            self.change(Tickets::leave_overdue);
        }
        ticket
    }

    /// A place at the end, and what tells when its turn comes, unless that is at once.
    fn join(
        self: &Arc<Self>,
        footprint: Footprint,
        turn_max: Duration,
    ) -> (Ticket, Option<oneshot::Receiver<()>>) {
        let footprint = Arc::new(footprint);
        let (number, turn) = self.change(|tickets| tickets.join(Arc::clone(&footprint), turn_max));
        let ticket = Ticket {
            line: Arc::clone(self),
            number,
            footprint,
        };
        (ticket, turn)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Tickets) -> T) -> T {
        let mut tickets = self.tickets();
        let result = change(&mut tickets);
        self.length.store(tickets.by_number.len(), Ordering::Release);
        result
    }

    fn tickets(&self) -> MutexGuard<'_, Tickets> {
        // Nothing panics while it is held.
        self.tickets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tickets {
    fn join(
        &mut self,
        footprint: Arc<Footprint>,
        turn_max: Duration,
    ) -> (u64, Option<oneshot::Receiver<()>>) {
        self.newest += 1;
        let number = self.newest;
        let mut waits_for = 0;
        for earlier in self.by_number.values_mut() {
            if earlier.footprint.clashes(&footprint) {
                earlier.awaited_by.push(number);
                waits_for += 1;
            }
        }
        let (admit, turn) = match waits_for {
            0 => (None, None),
            _ => {
                let (admit, turn) = oneshot::channel();
                (Some(admit), Some(turn))
            }
        };
        let place = Place {
            footprint,
            waits_for,
            awaited_by: Vec::new(),
            turn_max,
            admitted: admit.is_none().then(Instant::now),
            admit,
        };
        self.by_number.insert(number, place);
        (number, turn)
    }

    fn leave(&mut self, number: u64) {
        let Some(place) = self.by_number.remove(&number) else {
            return;
        };
        for later in place.awaited_by {
            let Some(later) = self.by_number.get_mut(&later) else {
                continue;
            };
            later.waits_for -= 1;
            if later.waits_for == 0 {
                later.admitted = Some(Instant::now());
                if let Some(admit) = later.admit.take() {
                    // Who does not wait any more leaves the line by itself.
                    let _ = admit.send(());
                }
            }
        }
    }

    /// Has those leave whose turn has lasted too long.
    fn leave_overdue(&mut self) {
        let overdue = |(number, place): (&u64, &Place)| {
            let lasts = place.admitted?.elapsed();
            (lasts >= place.turn_max).then_some(*number)
        };
        let overdue: Vec<u64> = self.by_number.iter().filter_map(overdue).collect();
        overdue.into_iter().for_each(|number| self.leave(number));
    }
}

impl Ticket {
    /// What it stands in the line with.
    pub fn footprint(&self) -> &Footprint {
        &self.footprint
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.line.change(|tickets| tickets.leave(self.number));
    }
}
