//! Where the loop stands.

use super::again::{Chain, Restarts};
use super::{Action, Due, Event, Turn};

/// Nothing goes on.
#[derive(Debug, Default)]
pub(super) struct Idle {
    /// What a failed turn left undone through no fault of its own.
    pub(super) owed: Due,
}

/// A turn is compiled and checked.
#[derive(Debug)]
pub(super) struct Building {
    pub(super) turn: Turn,
    pub(super) due: Due,
    /// What came too late to begin anew.
    pub(super) next: Due,
    pub(super) restarts: Restarts,
    pub(super) chain: Chain,
    pub(super) ahead: Ahead,
}

/// Whether a build was begun before it was known that its inputs are whole.
#[derive(Debug)]
pub(super) enum Ahead {
    No,
    /// What came of it waits until they are.
    Yes(Option<Box<Event>>),
}

impl Ahead {
    pub(super) fn is(&self) -> bool {
        matches!(self, Self::Yes(_))
    }
}

impl Building {
    pub(super) fn cancel(&self) -> Action {
        Action::Cancel {
            turn: self.turn,
            ahead: self.ahead.is(),
        }
    }
}

/// A turn is put into service.
#[derive(Debug)]
pub(super) struct Swapping {
    pub(super) turn: Turn,
    pub(super) next: Due,
    pub(super) chain: Chain,
}

/// Where the loop stands.
#[derive(Debug)]
pub(super) enum State {
    Idle(Idle),
    Building(Building),
    Swapping(Swapping),
    Stopped,
}
