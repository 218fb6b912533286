//! Every transition of the loop.

use std::time::Duration;

use super::super::made::{Made, Trouble};
use super::again::{RESTARTS_ALL_MAX, RESTARTS_MAX};
use super::{Action, Due, Event, State, Turns};
use crate::error::Failure;

fn due(components: &[&str]) -> Due {
    Due {
        components: components.iter().map(|name| name.parse().unwrap()).collect(),
        files: components
            .iter()
            .map(|name| format!("{name}.rs").into())
            .collect(),
        ..Due::default()
    }
}

fn change(components: &[&str]) -> Event {
    Event::Change(due(components))
}

fn changing(components: &[&str]) -> Event {
    Event::Changing(due(components))
}

fn project() -> Due {
    Due {
        project: true,
        ..Due::default()
    }
}

fn built(turn: u64) -> Event {
    Event::Built {
        turn,
        made: Made::default(),
    }
}

fn swapped(turn: u64) -> Event {
    Event::Swapped { turn }
}

fn failed(turn: u64, owed: &[&str]) -> Event {
    Event::Failed {
        turn,
        trouble: Trouble::from(Failure::usage("no good")),
        owed: due(owed),
    }
}

/// The actions, in a form that can be compared.
fn shown(actions: &[Action]) -> Vec<String> {
    let one = |action: &Action| match action {
        Action::Build { turn, due, ahead, .. } => {
            let names: Vec<_> = due.components.iter().map(|name| name.as_str()).collect();
            let all = if due.project { " project" } else { "" };
            let build = if *ahead { "build ahead" } else { "build" };
            format!("{build} {turn}: {}{all}", names.join(" "))
        }
        Action::Due { turn, .. } => format!("due {turn}"),
        Action::Cancel { turn, ahead: false } => format!("cancel {turn}"),
        Action::Cancel { turn, ahead: true } => format!("give up {turn}"),
        Action::Swap { turn, .. } => format!("swap {turn}"),
        Action::Tell { turn, .. } => format!("tell {turn}"),
        Action::End => "end".to_owned(),
    };
    actions.iter().map(one).collect()
}

fn is_idle(turns: &Turns) -> bool {
    matches!(turns.state, State::Idle(_))
}

/// Feeds events and expects what follows from each.
fn play(steps: impl IntoIterator<Item = (Event, &'static [&'static str])>) -> Turns {
    let mut turns = Turns::new();
    for (event, expected) in steps {
        let event_shown = format!("{event:?}");
        assert_eq!(shown(&turns.on(event)), expected, "after {event_shown}");
    }
    turns
}

#[test]
fn a_change_is_built_and_swapped() {
    let turns = play([
        (change(&["a"]), &["build 1: a"][..]),
        (built(1), &["swap 1"]),
        (swapped(1), &[]),
        (change(&["b"]), &["build 2: b"]),
    ]);
    assert!(!is_idle(&turns));
}

#[test]
fn a_change_of_nothing_starts_nothing() {
    let turns = play([(change(&[]), &[][..])]);
    assert!(is_idle(&turns));
}

#[test]
fn a_change_of_the_project_is_a_turn_without_components_of_its_own() {
    play([(Event::Change(project()), &["build 1:  project"][..])]);
}

#[test]
fn a_change_during_a_build_begins_it_anew_with_both() {
    play([
        (change(&["a"]), &["build 1: a"][..]),
        (change(&["b"]), &["cancel 1", "build 2: a b"]),
        // What the ended build had to say comes too late.
        (built(1), &[]),
        (failed(1, &["a"]), &[]),
        (built(2), &["swap 2"]),
        (swapped(1), &[]),
        (swapped(2), &[]),
    ]);
}

#[test]
fn what_a_build_may_have_changed_itself_does_not_end_it() {
    let lock = Event::Change(Due {
        can_wait: true,
        ..project()
    });
    play([
        (change(&["a"]), &["build 1: a"][..]),
        (lock, &[]),
        (built(1), &["swap 1"]),
        (swapped(1), &["build 2:  project"]),
    ]);
}

#[test]
fn a_build_that_is_begun_anew_too_often_ends_first() {
    let mut turns = play([(change(&["a"]), &["build 1: a"][..])]);
    let mut turn = 1;
    for _ in 0..RESTARTS_MAX {
        let actions = shown(&turns.on(change(&["a"])));
        assert_eq!(
            actions,
            [format!("cancel {turn}"), format!("build {}: a", turn + 1)]
        );
        turn += 1;
    }
    assert!(shown(&turns.on(change(&["a"]))).is_empty());
    // Another file is another matter.
    let expected = [format!("cancel {turn}"), format!("build {}: a b", turn + 1)];
    assert_eq!(shown(&turns.on(change(&["b"]))), expected);
    turn += 1;
    assert!(shown(&turns.on(change(&["a"]))).is_empty());
    assert_eq!(shown(&turns.on(built(turn))), [format!("swap {turn}")]);
    // And what came meanwhile is not lost.
    assert_eq!(
        shown(&turns.on(swapped(turn))),
        [format!("build {}: a", turn + 1)]
    );
}

#[test]
fn a_build_that_writes_ever_new_files_ends_all_the_same() {
    let mut turns = play([(change(&["a"]), &["build 1: a"][..])]);
    let anew = |turns: &mut Turns, file: u32| !turns.on(change(&[&format!("a{file}")])).is_empty();
    for file in 0..RESTARTS_ALL_MAX {
        assert!(anew(&mut turns, file), "{file}");
    }
    assert!(!anew(&mut turns, RESTARTS_ALL_MAX));
}

#[test]
fn a_person_who_saves_other_files_during_turns_never_waits() {
    let mut turns = Turns::new();
    let mut actions = turns.on(change(&["a0"]));
    for turn in 1..10 {
        match actions.as_slice() {
            [Action::Build { after, .. }] => assert!(after.is_zero(), "{turn}"),
            other => panic!("{other:?}"),
        }
        turns.on(built(turn));
        turns.on(change(&[&format!("a{turn}")]));
        actions = turns.on(swapped(turn));
    }
}

#[test]
fn a_change_during_a_swap_is_built_next() {
    play([
        (change(&["a"]), &["build 1: a"][..]),
        (built(1), &["swap 1"]),
        (change(&["b"]), &[]),
        (change(&["c"]), &[]),
        (swapped(1), &["build 2: b c"]),
    ]);
}

#[test]
fn a_failure_is_told_and_waits() {
    let turns = play([
        (change(&["a"]), &["build 1: a"][..]),
        (failed(1, &[]), &["tell 1"]),
    ]);
    assert!(is_idle(&turns));
}

#[test]
fn what_was_not_to_blame_is_built_with_the_next_change() {
    play([
        (change(&["a", "b"]), &["build 1: a b"][..]),
        (failed(1, &["b"]), &["tell 1"]),
        (change(&["c"]), &["build 2: b c"]),
        (built(2), &["swap 2"]),
        (swapped(2), &[]),
        (change(&["c"]), &["build 3: c"]),
    ]);
}

#[test]
fn a_swap_that_fails_is_told_and_what_came_meanwhile_is_built() {
    play([
        (change(&["a"]), &["build 1: a"][..]),
        (built(1), &["swap 1"]),
        (change(&["a"]), &[]),
        (failed(1, &[]), &["tell 1", "build 2: a"]),
        (built(2), &["swap 2"]),
        (failed(2, &["b"]), &["tell 2"]),
        (change(&["a"]), &["build 3: a b"]),
    ]);
}

#[test]
fn changes_that_every_turn_causes_are_built_ever_more_seldom() {
    let mut turns = Turns::new();
    let mut pauses = Vec::new();
    let mut actions = turns.on(change(&["a"]));
    for turn in 1..20 {
        match actions.as_slice() {
            [Action::Build { after, .. }] => pauses.push(*after),
            other => panic!("{other:?}"),
        }
        turns.on(built(turn));
        turns.on(change(&["a"]));
        actions = turns.on(swapped(turn));
    }
    assert!(pauses[..3].iter().all(Duration::is_zero), "{pauses:?}");
    assert!(pauses.is_sorted(), "{pauses:?}");
    assert_eq!(pauses.last(), Some(&Duration::from_secs(8)));
}

#[test]
fn a_person_who_saves_when_nothing_goes_on_never_waits() {
    let mut turns = Turns::new();
    for turn in 1..20 {
        match turns.on(change(&["a"])).as_slice() {
            [Action::Build { after, .. }] => assert!(after.is_zero()),
            other => panic!("{other:?}"),
        }
        turns.on(built(turn));
        turns.on(swapped(turn));
    }
}

#[test]
fn the_end_ends_a_build_and_everything_else() {
    play([
        (change(&["a"]), &["build 1: a"][..]),
        (Event::Stop, &["cancel 1", "end"]),
        (built(1), &[]),
        (change(&["a"]), &[]),
        (Event::Stop, &[]),
    ]);
    play([(Event::Stop, &["end"][..])]);
    play([
        (change(&["a"]), &["build 1: a"][..]),
        (built(1), &["swap 1"]),
        (Event::Stop, &["end"]),
    ]);
}

#[test]
fn what_is_built_ahead_comes_to_something_when_it_is_whole() {
    play([
        (changing(&["a"]), &["build ahead 1: a"][..]),
        (change(&[]), &["due 1"]),
        (built(1), &["swap 1"]),
        (swapped(1), &[]),
        // Also what is there before.
        (changing(&["a"]), &["build ahead 2: a"]),
        (failed(2, &[]), &[]),
        (change(&[]), &["due 2", "tell 2"]),
        (changing(&["a"]), &["build ahead 3: a"]),
        (built(3), &[]),
        (change(&[]), &["due 3", "swap 3"]),
    ]);
}

#[test]
fn what_was_not_whole_is_given_up_and_built_with_the_rest() {
    play([
        (changing(&["a"]), &["build ahead 1: a"][..]),
        (failed(1, &["a"]), &[]),
        (change(&["a", "b"]), &["give up 1", "build 2: a b"]),
        (failed(1, &["a"]), &[]),
        // The next save comes at once.
        (changing(&["c"]), &["cancel 2", "build ahead 3: a b c"]),
        (change(&["d"]), &["give up 3", "build 4: a b c d"]),
        (change(&[]), &[]),
        (built(4), &["swap 4"]),
    ]);
}

#[test]
fn the_project_is_taken_in_when_it_is_whole() {
    let changing = |components| {
        Event::Changing(Due {
            project: true,
            ..due(components)
        })
    };
    play([
        (changing(&["a"]), &[][..]),
        (change(&[]), &["build 1: a project"]),
        (changing(&["b"]), &[]),
        (change(&[]), &["cancel 1", "build 2: a b project"]),
        (built(2), &["swap 2"]),
        (changing(&["c"]), &[]),
        (swapped(2), &[]),
        (change(&["d"]), &["build 3: c d project"]),
    ]);
}

#[test]
fn a_wish_is_no_end_of_what_is_changing() {
    play([
        (changing(&["a"]), &["build ahead 1: a"][..]),
        (Event::Change(project()), &["give up 1", "build 2: a project"]),
        (change(&[]), &[]),
        (built(2), &["swap 2"]),
        (changing(&["b"]), &[]),
        (swapped(2), &[]),
        (change(&[]), &["build 3: b"]),
        (changing(&["b"]), &["cancel 3", "build ahead 4: b"]),
        (Event::Stop, &["give up 4", "end"]),
    ]);
}
