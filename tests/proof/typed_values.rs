//! Functions of types at random, called with values at random: what comes back is what was handed over, what does not
//! fit is refused, what a guest makes of random bytes is its own fault, and the host does not panic.

use std::fmt::Write as _;

use airs_runtime::{CallConfig, Callable, Code, Component, Runtime};
use arbitrary::Unstructured;
use serde_json::{Value as Json, json};

use super::chance::Chance;
use super::child;
use super::panics;
use super::random_type::Type;
use super::random_value::{self, Value};
use super::verdict::{Verdict, ensure, holds, misses, seed, size};

/// Types of one component.
const TYPES: usize = 8;
/// Values of each of them.
const VALUES_EACH: usize = 40;
/// What the choices of types are made from, and those of one value.
const TYPE_BYTES: usize = 4096;
const VALUE_BYTES: usize = 1024;

/// What answers with the same as it was handed.
const SAME: &str = "(local.get $count)";
/// What leaves out the last one.
const FEWER: &str = "(select (i32.sub (local.get $count) (i32.const 1)) (i32.const 0) (local.get $count))";

/// A component with two functions for each type: `same-N`, whose answer has as many items as `count` says, and `forged-N`,
/// which takes bytes and calls them items.
fn component(types: &[Type], count: &str) -> String {
    let mut text = format!(
        r#"(component
        (core module $m
            (memory (export "memory") 16)
            (global $free (mut i32) (i32.const 4096))
            (func (export "realloc") (param i32 i32 i32 i32) (result i32)
                (global.set $free (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
                (global.get $free)
                (global.set $free (i32.add (global.get $free) (local.get 3))))
            (func $answer (param $at i32) (param $count i32) (result i32)
                (i32.store (i32.const 8) (local.get $at)) (i32.store (i32.const 12) (local.get $count)) (i32.const 8))
            (func (export "same") (param $at i32) (param $count i32) (result i32)
                (call $answer (local.get $at) {count}))
            (func (export "forged") (param $at i32) (param $bytes i32) (result i32)
                (call $answer (local.get $at) (i32.shr_u (local.get $bytes) (i32.const 5)))))
        (core instance $i (instantiate $m))
        "#
    );
    let mut names = 0;
    for (number, ty) in types.iter().enumerate() {
        let ty = ty.declared(&mut text, &mut names);
        for (function, takes) in [("same", ty.as_str()), ("forged", "u8")] {
            let _ = writeln!(
                text,
                r#"(func (export "{function}-{number}") (param "all" (list {takes})) (result (list {ty}))
                (canon lift (core func $i "{function}") (memory (core memory $i "memory")) (realloc (core func $i "realloc"))))"#
            );
        }
    }
    text + ")"
}

/// What came of all calls.
#[derive(Default)]
struct Tally {
    types: usize,
    same: usize,
    refused: usize,
    trapped: usize,
    calls: usize,
}

impl Tally {
    /// Makes the calls for one value of a type.
    fn meet(
        &mut self,
        called: &Callable,
        number: usize,
        value: &Value,
        chance: &mut Chance,
    ) -> Result<(), String> {
        let function = format!("same-{number}");
        let wave = |text: &str| called.call_wave_blocking(&format!("{function}({text})"));
        let json = |text: &str| called.call_json_blocking(&function, &format!("[{text}]"));
        let sent = &value.wave;
        let failed = |error| format!("{function}({sent}): {error}");
        let back = wave(sent).map_err(failed)?;
        ensure!(
            unescaped(&back) == unescaped(sent),
            "{sent}\ncame back as\n{back}"
        );
        let again = wave(&back).map_err(failed)?;
        ensure!(again == back, "{back}\ncame back as\n{again}");
        let told = json(&value.json.to_string()).map_err(failed)?;
        let told: Json = serde_json::from_str(&told).unwrap();
        ensure!(told == value.json, "{}\ncame back as\n{told}", value.json);
        self.same += 3;

        let (damaged, answer) = if chance.one_in(2) {
            let damaged = damaged(sent, chance);
            let answer = wave(&damaged);
            (damaged, answer)
        } else {
            let damaged = damaged(&value.json.to_string(), chance);
            let answer = json(&damaged);
            (damaged, answer)
        };
        // It may be another value now.
        if let Err(error) = answer {
            ensure!(
                error.code() == Code::InvalidInput,
                "{function}, {damaged}: {error}"
            );
            self.refused += 1;
        }

        let count = chance.below(400);
        let bytes = random_value::choices(chance, count);
        let forged = format!("forged-{number}");
        if let Err(error) = called.call_json_blocking(&forged, &json!([bytes]).to_string()) {
            let is_its_own = matches!(error.code(), Code::Trap | Code::LimitExceeded);
            ensure!(is_its_own, "{forged}, {bytes:?}: {error}");
            self.trapped += 1;
        }
        self.calls += 5;
        Ok(())
    }
}

/// With one character left out, doubled, or in the place of another.
fn damaged(text: &str, chance: &mut Chance) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    let at = chance.below(characters.len());
    match chance.below(3) {
        0 => drop(characters.remove(at)),
        1 => characters.insert(at, characters[at]),
        _ => characters[at] = characters[chance.below(characters.len())],
    }
    characters.into_iter().collect()
}

/// With all characters as they are, whichever of them were written as something else.
fn unescaped(wave: &str) -> String {
    let mut text = String::new();
    let mut rest = wave.chars();
    while let Some(char) = rest.next() {
        text.push(match (char, char == '\\') {
            (char, false) => char,
            (_, true) => match rest.next().unwrap() {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'u' => {
                    let digits: String = rest.by_ref().skip(1).take_while(|char| *char != '}').collect();
                    char::from_u32(u32::from_str_radix(&digits, 16).unwrap()).unwrap()
                }
                plain => plain,
            },
        });
    }
    text
}

fn all_come_back(count: &str, calls: usize) -> Verdict {
    let panics = panics::counted();
    let runtime = Runtime::builder().build().unwrap();
    let mut tally = Tally::default();
    for case in 0.. {
        if tally.calls >= calls {
            break;
        }
        let mut chance = Chance::of(seed(), case);
        let choices = random_value::choices(&mut chance, TYPE_BYTES);
        let mut source = Unstructured::new(&choices);
        let types = (0..TYPES).map(|_| Type::random(&mut source));
        let types: Vec<Type> = types.collect::<Result<_, _>>().unwrap();
        let text = component(&types, count);
        let called = Component::from_text(&text)
            .map_err(airs_runtime::Error::from)
            .and_then(|component| runtime.callable(&component, &CallConfig::default()))
            .map_err(|error| format!("component {case}: {error}\n{text}"))?;
        tally.types += types.len();
        for (number, ty) in types.iter().enumerate() {
            for _ in 0..VALUES_EACH {
                let choices = random_value::choices(&mut chance, VALUE_BYTES);
                let value = random_value::list(ty, &mut Unstructured::new(&choices)).unwrap();
                tally
                    .meet(&called, number, &value, &mut chance)
                    .map_err(|broken| format!("component {case}, {broken}"))?;
            }
        }
    }
    ensure!(runtime.is_idle(), "something is still held");
    let panics = panics();
    ensure!(panics == 0, "the host panicked {panics} times");
    Ok(json!({
        "types": tally.types,
        "calls": tally.calls,
        "came back as they were": tally.same,
        "refused": tally.refused,
        "the guest's fault": tally.trapped,
        "panics": panics,
    }))
}

const NAME: &str = "typed values";
const DAILY: usize = 50_000;

#[test]
fn whatever_value_of_whatever_type_comes_back_as_it_was() {
    holds(NAME, size(DAILY, 1_000_000), |calls| {
        child::verdict("typed_values::process", &calls.to_string())
    });
}

#[test]
fn a_component_that_answers_with_less_is_noticed() {
    misses(
        NAME,
        "where the last one is left out",
        &["came back as"],
        DAILY,
        |calls| child::verdict("typed_values::process", &format!("{calls} fewer")),
    );
}

#[test]
#[ignore = "the process of a proof"]
fn process() {
    child::answer(|told| match told.split_once(' ') {
        None => all_come_back(SAME, told.parse().unwrap()),
        Some((calls, _)) => all_come_back(FEWER, calls.parse().unwrap()),
    });
}
