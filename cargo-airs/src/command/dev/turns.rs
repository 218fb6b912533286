//! The loop as a machine: an event goes in, actions come out. It touches nothing, and is told everything.
//!
//! Every change of contents is told once, and is in what is due until a turn has seen it through: no edit is lost,
//! whenever it happens.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use airs_core::Name;

use super::made::{Made, Trouble};
use again::{Chain, Restarts};

mod again;

/// What has to be built, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Due {
    /// These, because of their own inputs.
    pub(super) components: BTreeSet<Name>,
    /// All, and the project has to be read anew: what it says of itself was changed.
    pub(super) project: bool,
    /// What was changed.
    pub(super) files: BTreeSet<PathBuf>,
    /// A build that goes on need not be begun anew for it: the build may have changed it itself, and if it was
    /// somebody else, the next turn will do.
    pub(super) can_wait: bool,
}

impl Due {
    /// Everything.
    pub(super) fn all() -> Self {
        Self {
            project: true,
            ..Self::default()
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.components.is_empty() && !self.project
    }

    fn and(mut self, more: Self) -> Self {
        self.components.extend(more.components);
        self.project |= more.project;
        self.files.extend(more.files);
        self
    }
}

/// The number of a turn, from 1.
pub(super) type Turn = u64;

/// What happens to the loop.
#[derive(Debug)]
pub(super) enum Event {
    /// Contents are others than before, or somebody asks for a build.
    Change(Due),
    /// What was due is built and good; this of it is new.
    Built { turn: Turn, made: Made },
    /// It serves.
    Swapped { turn: Turn },
    /// A turn has come to nothing, or not to all that was due.
    Failed {
        turn: Turn,
        trouble: Trouble,
        /// What is still to be done when something else changes. What is to blame waits for its own inputs.
        owed: Due,
    },
    /// The end.
    Stop,
}

/// What is to be done.
#[derive(Debug)]
pub(super) enum Action {
    /// Build, after a pause.
    Build { turn: Turn, due: Due, after: Duration },
    /// End the build of a turn: it is out of date.
    Cancel { turn: Turn },
    /// Put into service.
    Swap { turn: Turn, made: Made },
    /// Say why a turn has failed.
    Tell { turn: Turn, trouble: Trouble },
    /// End.
    End,
}

/// Nothing goes on.
#[derive(Debug, Default)]
pub(super) struct Idle {
    /// What a failed turn left undone through no fault of its own.
    owed: Due,
}

/// A turn is compiled and checked.
#[derive(Debug)]
pub(super) struct Building {
    turn: Turn,
    due: Due,
    /// What came too late to begin anew.
    next: Due,
    restarts: Restarts,
    chain: Chain,
}

/// A turn is put into service.
#[derive(Debug)]
pub(super) struct Swapping {
    turn: Turn,
    next: Due,
    chain: Chain,
}

/// Where the loop stands.
#[derive(Debug)]
pub(super) enum State {
    Idle(Idle),
    Building(Building),
    Swapping(Swapping),
    Stopped,
}

/// The loop.
#[derive(Debug)]
pub(super) struct Turns {
    state: State,
    last: Turn,
}

impl Turns {
    pub(super) fn new() -> Self {
        Self {
            state: State::Idle(Idle::default()),
            last: 0,
        }
    }

    /// What follows from an event.
    pub(super) fn on(&mut self, event: Event) -> Vec<Action> {
        let state = std::mem::replace(&mut self.state, State::Stopped);
        let (state, actions) = match (state, event) {
            (State::Stopped, _) => (State::Stopped, Vec::new()),
            (State::Building(building), Event::Stop) => {
                let turn = building.turn;
                (State::Stopped, vec![Action::Cancel { turn }, Action::End])
            }
            (_, Event::Stop) => (State::Stopped, vec![Action::End]),
            (State::Idle(idle), event) => self.idle(idle, event),
            (State::Building(building), event) => self.building(building, event),
            (State::Swapping(swapping), event) => self.swapping(swapping, event),
        };
        self.state = state;
        actions
    }

    fn idle(&mut self, idle: Idle, event: Event) -> (State, Vec<Action>) {
        match event {
            Event::Change(due) if !due.is_empty() => {
                self.build(idle.owed.and(due), Restarts::default(), Chain::default())
            }
            _ => (State::Idle(idle), Vec::new()),
        }
    }

    fn building(&mut self, mut building: Building, event: Event) -> (State, Vec<Action>) {
        let this = building.turn;
        match event {
            Event::Change(more) if !more.can_wait && building.restarts.allow(&more) => {
                let due = building.due.and(building.next).and(more);
                let (state, mut actions) = self.build(due, building.restarts, building.chain);
                actions.insert(0, Action::Cancel { turn: this });
                (state, actions)
            }
            Event::Change(more) => {
                building.next = building.next.and(more);
                (State::Building(building), Vec::new())
            }
            Event::Built { turn, made } if turn == this => {
                let swapping = Swapping {
                    turn,
                    next: building.next,
                    chain: building.chain,
                };
                (State::Swapping(swapping), vec![Action::Swap { turn, made }])
            }
            Event::Failed { turn, trouble, owed } if turn == this => {
                let tell = Action::Tell { turn, trouble };
                self.after(owed, building.next, building.chain, tell)
            }
            _ => (State::Building(building), Vec::new()),
        }
    }

    fn swapping(&mut self, mut swapping: Swapping, event: Event) -> (State, Vec<Action>) {
        let this = swapping.turn;
        match event {
            Event::Change(more) => {
                swapping.next = swapping.next.and(more);
                (State::Swapping(swapping), Vec::new())
            }
            Event::Swapped { turn } if turn == this => {
                if swapping.next.is_empty() {
                    return (State::Idle(Idle::default()), Vec::new());
                }
                let chain = swapping.chain.and(&swapping.next);
                self.build(swapping.next, Restarts::default(), chain)
            }
            Event::Failed { turn, trouble, owed } if turn == this => {
                let tell = Action::Tell { turn, trouble };
                self.after(owed, swapping.next, swapping.chain, tell)
            }
            _ => (State::Swapping(swapping), Vec::new()),
        }
    }

    /// What follows a turn that has failed.
    fn after(&mut self, owed: Due, next: Due, chain: Chain, tell: Action) -> (State, Vec<Action>) {
        if next.is_empty() {
            return (State::Idle(Idle { owed }), vec![tell]);
        }
        let chain = chain.and(&next);
        let (state, mut actions) = self.build(owed.and(next), Restarts::default(), chain);
        actions.insert(0, tell);
        (state, actions)
    }

    fn build(&mut self, due: Due, restarts: Restarts, mut chain: Chain) -> (State, Vec<Action>) {
        chain.is_of(&due);
        self.last += 1;
        let turn = self.last;
        let build = Action::Build {
            turn,
            due: due.clone(),
            after: chain.pause(),
        };
        let building = Building {
            turn,
            due,
            next: Due::default(),
            restarts,
            chain,
        };
        (State::Building(building), vec![build])
    }
}

#[cfg(test)]
mod tests;
