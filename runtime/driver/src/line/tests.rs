//! The line, without runs.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use airs_platform::{Check, Commit, Range};
use proptest::prelude::*;
use tokio::sync::oneshot;

use super::{Footprint, Line, TURN_MAX, Ticket};

/// Reads, ranges and writes, as texts.
fn commit(reads: &[&str], ranges: &[&str], writes: &[&str]) -> Commit {
    let keys = reads.iter().map(|key| Check::Key {
        key: (*key).into(),
        version: 1,
    });
    let ranges = ranges.iter().map(|prefix| Check::Range {
        range: Range {
            prefix: (*prefix).into(),
            after: None,
            limit: 1,
        },
        seen: Vec::new(),
        more: false,
    });
    Commit {
        checks: keys.chain(ranges).collect(),
        writes: writes.iter().map(|key| ((*key).into(), None)).collect(),
        ..Commit::default()
    }
}

type Turn = Option<oneshot::Receiver<()>>;

fn join(line: &Arc<Line>, commit: &Commit) -> (Ticket, Turn) {
    line.join(line.footprint(commit), TURN_MAX)
}

fn bars(line: &Line, commit: &Commit, ticket: Option<&Ticket>) -> bool {
    line.bars(&line.footprint(commit), ticket)
}

fn has_turn(turn: &mut Turn) -> bool {
    turn.as_mut().is_none_or(|turn| turn.try_recv().is_ok())
}

#[test]
fn who_writes_what_another_touches_waits_for_it() {
    let pay = commit(&["a", "bindings"], &[], &["a"]);
    for (other, waits) in [
        (commit(&["a", "bindings"], &[], &["a"]), true),
        (commit(&["a"], &[], &["b"]), true),
        (commit(&["b", "bindings"], &[], &["b"]), false),
        (commit(&[], &[], &["bindings"]), true),
        (commit(&[], &[""], &["z"]), true),
        (commit(&[], &["b"], &["z"]), false),
        (commit(&["bindings"], &[], &[]), false),
    ] {
        let line = Arc::new(Line::default());
        let (first, mut turn) = join(&line, &pay);
        assert!(has_turn(&mut turn));
        let (_second, mut turn) = join(&line, &other);
        assert_eq!(!has_turn(&mut turn), waits, "{other:?}");
        drop(first);
        if waits {
            assert!(has_turn(&mut turn), "{other:?}");
        }
    }
}

#[test]
fn the_first_in_the_line_is_the_first_to_come_through() {
    let line = Arc::new(Line::default());
    let pay = commit(&["a"], &[], &["a"]);
    let mut all: Vec<_> = (0..5).map(|_| join(&line, &pay)).collect();
    while !all.is_empty() {
        let turns: Vec<bool> = all.iter_mut().map(|(_, turn)| has_turn(turn)).collect();
        assert!(turns[0] && !turns[1..].contains(&true), "{turns:?}");
        // It was told already: what it was told with is gone.
        let (ticket, _) = all.remove(0);
        if let Some((_, turn)) = all.first_mut() {
            drop(ticket);
            assert!(has_turn(turn));
            *turn = None;
        }
    }
}

#[test]
fn who_leaves_early_is_not_waited_for() {
    let line = Arc::new(Line::default());
    let (first, _) = join(&line, &commit(&["a"], &[], &["a"]));
    let (second, _) = join(&line, &commit(&["a", "b"], &[], &["a", "b"]));
    let (_third, mut turn) = join(&line, &commit(&["b"], &[], &["b"]));
    assert!(!has_turn(&mut turn));
    drop(second);
    assert!(has_turn(&mut turn));
    drop(first);
}

#[test]
fn who_met_no_conflict_stands_back_for_all_and_a_ticket_for_those_before_it() {
    let line = Arc::new(Line::default());
    let pay = commit(&["a"], &[], &["a"]);
    assert!(!bars(&line, &pay, None));
    let (first, _) = join(&line, &pay);
    let (second, _) = join(&line, &commit(&["b"], &[], &["b"]));
    let (third, _) = join(&line, &pay);
    assert!(bars(&line, &pay, None) && bars(&line, &commit(&[], &[], &["b"]), None));
    assert!(!bars(&line, &commit(&["a"], &[], &["c"]), None));
    assert!(!bars(&line, &pay, Some(&first)));
    // It writes more than it stands in the line with, and that is another's already.
    assert!(bars(&line, &commit(&["a"], &[], &["a", "b"]), Some(&first)));
    drop(second);
    assert!(!bars(&line, &commit(&["a"], &[], &["a", "b"]), Some(&first)));
    drop(first);
    assert!(!bars(&line, &pay, Some(&third)));
    drop(third);
    assert!(!bars(&line, &pay, None));
}

#[test]
fn who_has_its_turn_too_long_is_not_waited_for_any_more() {
    let executor = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    executor.block_on(async {
        let line = Arc::new(Line::default());
        let pay = commit(&["a"], &[], &["a"]);
        let slow = line.queue(line.footprint(&pay), None).await;
        let began = std::time::Instant::now();
        let quick = line.queue(line.footprint(&pay), None).await;
        assert!(began.elapsed() >= TURN_MAX);
        // From now on it is as one that never met a conflict.
        assert!(bars(&line, &pay, Some(&slow)) && !bars(&line, &pay, Some(&quick)));
        drop(quick);
        assert!(!bars(&line, &pay, Some(&slow)));
    });
}

#[test]
fn who_stops_waiting_leaves_the_line() {
    let line = Arc::new(Line::default());
    let pay = commit(&["a"], &[], &["a"]);
    let (first, _) = join(&line, &pay);
    let executor = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let _entered = executor.enter();
    let mut waiting = Box::pin(line.queue(line.footprint(&pay), None));
    let mut context = Context::from_waker(Waker::noop());
    assert!(matches!(waiting.as_mut().poll(&mut context), Poll::Pending));
    assert_eq!(line.tickets().by_number.len(), 2);
    drop(waiting);
    assert_eq!(line.tickets().by_number.len(), 1);
    drop(first);
    assert!(!bars(&line, &pay, None));
}

/// Of one who searched these ranges, and one who wrote these keys.
fn searcher_and_writer(ranges: &[String], keys: &[String]) -> (Footprint, Footprint) {
    let line = Line::default();
    let [ranges, keys] = [ranges, keys].map(|all| all.iter().map(String::as_str).collect::<Vec<_>>());
    (
        line.footprint(&commit(&[], &ranges, &[])),
        line.footprint(&commit(&[], &[], &keys)),
    )
}

#[test]
fn many_ranges_and_many_keys_keep_nobody_waiting_for_long() {
    // A digit more in each of the others' keys: none is in a range.
    let many = |width| -> Vec<String> { (0..30_000).map(|key| format!("{key:0width$}/")).collect() };
    let (searching, writing) = searcher_and_writer(&many(6), &many(7));
    let began = std::time::Instant::now();
    assert!(!searching.clashes(&writing) && !writing.clashes(&searching));
    // Each with each they are looked at a thousand million times, which takes minutes.
    assert!(began.elapsed().as_secs() < 5);
}

/// A few keys, so that they meet.
fn keys() -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(prop::sample::select(vec!["a1", "a2", "b1", "b2", "c"]), 0..4)
}

fn footprints() -> impl Strategy<Value = Commit> {
    let ranges = prop::collection::vec(prop::sample::select(vec!["a", "b", "c", ""]), 0..2);
    (keys(), ranges, keys()).prop_map(|(reads, ranges, writes)| commit(&reads, &ranges, &writes))
}

fn short_keys() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[a-c]{0,3}", 0..6)
}

proptest! {
    #[test]
    fn a_range_is_searched_when_a_key_begins_as_it_does(ranges in short_keys(), keys in short_keys()) {
        let (searching, writing) = searcher_and_writer(&ranges, &keys);
        let begins = |range: &String| keys.iter().any(|key| key.starts_with(range));
        prop_assert_eq!(searching.clashes(&writing), ranges.iter().any(begins));
        prop_assert_eq!(writing.clashes(&searching), ranges.iter().any(begins));
    }

    #[test]
    fn no_two_have_their_turn_that_clash_and_everybody_gets_one(
        commits in prop::collection::vec(footprints(), 1..24),
        leaving in prop::collection::vec(any::<prop::sample::Index>(), 64),
    ) {
        let line = Arc::new(Line::default());
        let mut waiting: Vec<(Ticket, Turn)> = commits.iter().map(|commit| join(&line, commit)).collect();
        let mut having: Vec<Ticket> = Vec::new();
        let mut leaving = leaving.into_iter();
        loop {
            let (turn, rest): (Vec<_>, Vec<_>) = waiting.into_iter().partition_map(|(ticket, mut turn)| {
                match has_turn(&mut turn) {
                    true => Ok(ticket),
                    false => Err((ticket, turn)),
                }
            });
            waiting = rest;
            having.extend(turn);
            for (at, one) in having.iter().enumerate() {
                for other in &having[..at] {
                    prop_assert!(!one.footprint.clashes(&other.footprint));
                }
                // Whoever waits does so for somebody before it.
                prop_assert!(waiting.iter().all(|(late, _)| !late.footprint.clashes(&one.footprint)
                    || late.number > one.number));
            }
            let Some(next) = leaving.next() else { break };
            if having.is_empty() {
                prop_assert!(waiting.is_empty(), "somebody waits for nobody");
                break;
            }
            drop(having.remove(next.index(having.len())));
        }
        drop((waiting, having));
        prop_assert!(line.tickets().by_number.is_empty());
        prop_assert_eq!(line.length.load(std::sync::atomic::Ordering::Relaxed), 0);
    }
}

/// Divides in two by what a function says.
trait PartitionMap: Iterator + Sized {
    fn partition_map<A, B>(self, divide: impl FnMut(Self::Item) -> Result<A, B>) -> (Vec<A>, Vec<B>) {
        let (mut left, mut right) = (Vec::new(), Vec::new());
        for divided in self.map(divide) {
            match divided {
                Ok(one) => left.push(one),
                Err(other) => right.push(other),
            }
        }
        (left, right)
    }
}

impl<I: Iterator> PartitionMap for I {}
