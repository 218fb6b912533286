//! The loop as a machine: an event goes in, actions come out. It touches nothing, and is told everything.
//!
//! Every change of contents is told once, and is in what is due until a turn has seen it through: no edit is lost,
//! whenever it happens.
//!
//! A change that may not be whole yet is built ahead, while it settles: nobody hears of that, and nothing comes of it before.

use std::time::Duration;

use super::made::{Made, Trouble};
use again::{Chain, Restarts};
pub(super) use due::Due;
use state::{Ahead, Building, Idle, State, Swapping};

mod again;
mod due;
mod state;

/// The number of a turn, from 1.
pub(super) type Turn = u64;

/// What happens to the loop.
#[derive(Debug)]
pub(super) enum Event {
    /// Contents are others than before, and may soon be others again: a change of what else there is, if anything, follows.
    Changing(Due),
    /// Contents are others than before, or somebody asks for a build. What was changing is whole.
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
    Build {
        turn: Turn,
        due: Due,
        after: Duration,
        ahead: bool,
    },
    /// What is built ahead is what was due.
    Due { turn: Turn, due: Due },
    /// End the build of a turn: it is out of date.
    Cancel { turn: Turn, ahead: bool },
    /// Put into service.
    Swap { turn: Turn, made: Made },
    /// Say why a turn has failed.
    Tell { turn: Turn, trouble: Trouble },
    /// End.
    End,
}

/// The loop.
#[derive(Debug)]
pub(super) struct Turns {
    state: State,
    last: Turn,
    /// What is changing.
    settling: Option<Due>,
}

impl Turns {
    pub(super) fn new() -> Self {
        Self {
            state: State::Idle(Idle::default()),
            last: 0,
            settling: None,
        }
    }

    /// What follows from an event.
    pub(super) fn on(&mut self, event: Event) -> Vec<Action> {
        let event = self.settled(event);
        let state = std::mem::replace(&mut self.state, State::Stopped);
        let (state, actions) = match (state, event) {
            (State::Stopped, _) => (State::Stopped, Vec::new()),
            (State::Building(building), Event::Stop) => {
                (State::Stopped, vec![building.cancel(), Action::End])
            }
            (_, Event::Stop) => (State::Stopped, vec![Action::End]),
            (State::Idle(idle), event) => self.idle(idle, event),
            (State::Building(building), event) => self.building(building, event),
            (State::Swapping(swapping), event) => self.swapping(swapping, event),
        };
        self.state = state;
        actions
    }

    /// A change with all that was changing before.
    fn settled(&mut self, event: Event) -> Event {
        let with = |before: &Option<Due>, due: Due| match before {
            Some(before) => before.clone().and(due),
            None => due,
        };
        match event {
            Event::Changing(due) => {
                self.settling = Some(with(&self.settling, due.clone()));
                Event::Changing(due)
            }
            // Of what is built ahead there is nothing to begin anew.
            Event::Change(due) if due.is_empty() && self.is_ahead() => {
                self.settling = None;
                Event::Change(due)
            }
            Event::Change(due) => Event::Change(with(&self.settling.take(), due)),
            event => event,
        }
    }

    fn is_ahead(&self) -> bool {
        matches!(&self.state, State::Building(building) if building.ahead.is())
    }

    fn idle(&mut self, idle: Idle, event: Event) -> (State, Vec<Action>) {
        match event {
            Event::Changing(due) if due.may_be_built_ahead() => {
                let due = idle.owed.and(due);
                self.build(due, Restarts::default(), Chain::default(), Ahead::Yes(None))
            }
            Event::Change(due) if !due.is_empty() => self.build(
                idle.owed.and(due),
                Restarts::default(),
                Chain::default(),
                Ahead::No,
            ),
            _ => (State::Idle(idle), Vec::new()),
        }
    }

    fn building(&mut self, mut building: Building, event: Event) -> (State, Vec<Action>) {
        let this = building.turn;
        match event {
            Event::Changing(more) if more.may_be_built_ahead() && building.restarts.allow(&more) => {
                self.anew(building, more, Ahead::Yes(None))
            }
            Event::Change(more) if !more.is_empty() && !more.can_wait && building.restarts.allow(&more) => {
                self.anew(building, more, Ahead::No)
            }
            Event::Change(more) => {
                building.next = building.next.and(more);
                self.whole(building)
            }
            Event::Built { turn, .. } | Event::Failed { turn, .. } if turn != this => {
                (State::Building(building), Vec::new())
            }
            outcome @ (Event::Built { .. } | Event::Failed { .. }) if building.ahead.is() => {
                building.ahead = Ahead::Yes(Some(Box::new(outcome)));
                (State::Building(building), Vec::new())
            }
            Event::Built { turn, made } => {
                let swapping = Swapping {
                    turn,
                    next: building.next,
                    chain: building.chain,
                };
                (State::Swapping(swapping), vec![Action::Swap { turn, made }])
            }
            Event::Failed { turn, trouble, owed } => {
                let tell = Action::Tell { turn, trouble };
                self.after(owed, building.next, building.chain, tell)
            }
            _ => (State::Building(building), Vec::new()),
        }
    }

    /// A build ends, and begins anew with more.
    fn anew(&mut self, building: Building, more: Due, ahead: Ahead) -> (State, Vec<Action>) {
        let cancel = building.cancel();
        let due = building.due.and(building.next).and(more);
        let (state, mut actions) = self.build(due, building.restarts, building.chain, ahead);
        actions.insert(0, cancel);
        (state, actions)
    }

    /// What a build is made of is whole: whatever came of it counts.
    fn whole(&mut self, mut building: Building) -> (State, Vec<Action>) {
        let Ahead::Yes(outcome) = std::mem::replace(&mut building.ahead, Ahead::No) else {
            return (State::Building(building), Vec::new());
        };
        let (turn, due) = (building.turn, building.due.clone());
        let mut actions = vec![Action::Due { turn, due }];
        let Some(outcome) = outcome else {
            return (State::Building(building), actions);
        };
        let (state, more) = self.building(building, *outcome);
        actions.extend(more);
        (state, actions)
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
                self.build(swapping.next, Restarts::default(), chain, Ahead::No)
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
        let (state, mut actions) = self.build(owed.and(next), Restarts::default(), chain, Ahead::No);
        actions.insert(0, tell);
        (state, actions)
    }

    fn build(
        &mut self,
        due: Due,
        restarts: Restarts,
        mut chain: Chain,
        ahead: Ahead,
    ) -> (State, Vec<Action>) {
        chain.is_of(&due);
        self.last += 1;
        let turn = self.last;
        let build = Action::Build {
            turn,
            due: due.clone(),
            after: chain.pause(),
            ahead: ahead.is(),
        };
        let building = Building {
            turn,
            due,
            next: Due::default(),
            restarts,
            chain,
            ahead,
        };
        (State::Building(building), vec![build])
    }
}

#[cfg(test)]
mod tests;
