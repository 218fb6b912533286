//! Worlds at random, as `wit-smith` makes them, in components that answer with anything: each is refused or can be
//! called, all that it exports is listed, its functions take values of their types, and the host does not panic.

mod answering;
mod random_world;

use std::collections::BTreeSet;

use airs_runtime::{Absent, CallConfig, Callable, Code, Component, Error, Runtime};
use arbitrary::Unstructured;
use serde_json::{Value as Json, json};
use wit_parser::Resolve;

use super::chance::Chance;
use super::child;
use super::panics;
use super::random_type::Type;
use super::random_value;
use super::verdict::{Verdict, ensure, holds, misses, seed, size};
use random_world::{Function, World};

/// Values for each function of a world.
const VALUES_EACH: usize = 6;
/// What the choices of a package are made from at most, and those of one argument.
const PACKAGE_BYTES: usize = 64 << 10;
const ARGUMENT_BYTES: usize = 256;

/// What becomes of a function's arguments on their way.
type Exchange = fn(Vec<String>) -> Vec<String>;

/// What came of all worlds.
#[derive(Default)]
struct Tally {
    worlds: usize,
    refused: usize,
    functions: usize,
    calls: usize,
    answered: usize,
    trapped: usize,
    unsupported: usize,
}

impl Tally {
    /// Calls all functions of a component.
    fn meet(
        &mut self,
        called: &Callable,
        world: &World,
        chance: &mut Chance,
        exchange: Exchange,
    ) -> Result<(), String> {
        let listed: BTreeSet<String> = called.exports().into_iter().map(|export| export.name).collect();
        let exported: BTreeSet<String> = world.functions.iter().map(|one| one.name.clone()).collect();
        ensure!(listed == exported, "{exported:?} are listed as {listed:?}");
        for function in &world.functions {
            self.functions += 1;
            for _ in 0..VALUES_EACH {
                self.call(called, function, chance, exchange)?;
            }
        }
        Ok(())
    }

    /// Calls a function in both notations.
    fn call(
        &mut self,
        called: &Callable,
        function: &Function,
        chance: &mut Chance,
        exchange: Exchange,
    ) -> Result<(), String> {
        let Function { name, takes } = function;
        let (mut wave, mut json) = (Vec::new(), Vec::new());
        for ty in takes.iter().flatten() {
            let choices = random_value::choices(chance, ARGUMENT_BYTES);
            let value = random_value::of(ty, &mut Unstructured::new(&choices)).unwrap();
            wave.push(value.wave);
            json.push(value.json.to_string());
        }
        let (wave, json) = (exchange(wave).join(", "), exchange(json).join(", "));
        let answer = called.call_wave_blocking(&format!("{name}({wave})"));
        self.judge(answer, takes.as_deref())
            .map_err(|broken| format!("{name}({wave}): {broken}"))?;
        let answer = called.call_json_blocking(name, &format!("[{json}]"));
        if let Some(answer) = self
            .judge(answer, takes.as_deref())
            .map_err(|broken| format!("{name}, [{json}]: {broken}"))?
        {
            let read: Result<Json, _> = serde_json::from_str(&answer);
            ensure!(read.is_ok(), "{name}, [{json}]: {answer} is no JSON");
        }
        Ok(())
    }

    /// What a guest makes of a call is its own fault; that it was called, or could not be, is the host's.
    fn judge(
        &mut self,
        answer: Result<String, Error>,
        takes: Option<&[Type]>,
    ) -> Result<Option<String>, String> {
        self.calls += 1;
        match (answer, takes) {
            (Ok(answer), Some(_)) => {
                self.answered += 1;
                return Ok(Some(answer));
            }
            (Err(error), Some(_)) if error.code() == Code::Trap => self.trapped += 1,
            (Err(error), None) if error.code() == Code::Unsupported => self.unsupported += 1,
            (Ok(answer), None) => {
                return Err(format!("what cannot be handed over was answered with {answer}"));
            }
            (Err(error), _) => return Err(error.to_string()),
        }
        Ok(None)
    }
}

/// What a component has is shown as text that is WIT.
fn is_read_again(wit: &str) -> Result<(), String> {
    let read = Resolve::default().push_str("shown.wit", wit);
    read.map_err(|error| format!("{error:#}, in\n{wit}"))?;
    Ok(())
}

fn all_are_met(exchange: Exchange, calls: usize) -> Verdict {
    let panics = panics::counted();
    let runtime = Runtime::builder().build().unwrap();
    // What it imports is there, and denies every call.
    let config = CallConfig {
        absent: Absent::Denied,
        ..CallConfig::default()
    };
    let mut tally = Tally::default();
    for case in 0.. {
        if tally.calls >= calls {
            break;
        }
        let mut chance = Chance::of(seed(), case);
        let length = chance.below(PACKAGE_BYTES);
        let choices = random_value::choices(&mut chance, length);
        for (number, world) in random_world::worlds(&choices, &mut chance).iter().enumerate() {
            let of_it = |broken| format!("world {number} of package {case}: {broken}");
            tally.worlds += 1;
            let component = Component::read(world.component.clone()).map_err(Error::from);
            let callable = |component| Ok((runtime.callable(&component, &config)?, component.wit()));
            match component.and_then(callable) {
                Ok((called, wit)) => is_read_again(&wit)
                    .and_then(|()| tally.meet(&called, world, &mut chance, exchange))
                    .map_err(of_it)?,
                Err(error) => {
                    // Of a proposal that the runtime does not have, and of nothing else.
                    let is_told =
                        error.code() == Code::InvalidComponent && error.message().contains(" feature");
                    ensure!(is_told, "{}", of_it(error.to_string()));
                    tally.refused += 1;
                }
            }
        }
    }
    ensure!(runtime.is_idle(), "something is still held");
    let panics = panics();
    ensure!(panics == 0, "the host panicked {panics} times");
    Ok(json!({
        "worlds": tally.worlds,
        "worlds refused": tally.refused,
        "functions": tally.functions,
        "calls": tally.calls,
        "answered": tally.answered,
        "the guest's fault": tally.trapped,
        "cannot be handed over": tally.unsupported,
        "panics": panics,
    }))
}

const NAME: &str = "worlds of wit-smith";
const DAILY: usize = 5_000;

#[test]
fn whatever_a_world_exports_can_be_called() {
    holds(NAME, size(DAILY, 200_000), |calls| {
        child::verdict("worlds::process", &calls.to_string())
    });
}

#[test]
fn a_function_that_is_handed_what_it_does_not_take_is_noticed() {
    misses(
        NAME,
        "with the last argument left out",
        &["the arguments do not fit"],
        DAILY,
        |calls| child::verdict("worlds::process", &format!("{calls} fewer")),
    );
}

/// Without the last argument. That of an option may be left out.
fn fewer(mut arguments: Vec<String>) -> Vec<String> {
    arguments.pop();
    arguments
}

#[test]
#[ignore = "the process of a proof"]
fn process() {
    child::answer(|told| match told.split_once(' ') {
        None => all_are_met(std::convert::identity, told.parse().unwrap()),
        Some((calls, _)) => all_are_met(fewer, calls.parse().unwrap()),
    });
}
