//! A program that does what its input says, step by step, and answers with what came of each step.

use std::cell::Cell;

use airs::{Amount, Code, Error, Json, Result, Rights, val};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Deserialize, airs::Schema)]
struct Script {
    steps: Vec<Step>,
    /// Goes on after an error, and ends well whatever happened.
    #[serde(default)]
    stubborn: bool,
}

/// Assets are numbered in the order in which they were opened.
#[derive(Deserialize, airs::Schema)]
#[serde(tag = "do", rename_all = "kebab-case")]
enum Step {
    Intend {
        path: String,
        rights: Vec<String>,
    },
    View {
        asset: usize,
    },
    Transfer {
        from: usize,
        to: usize,
        amount: Amount,
    },
    Control {
        asset: usize,
        operation: String,
        input: Value,
    },
    Done {
        asset: usize,
    },
    Drop {
        asset: usize,
    },
    Forget {
        asset: usize,
    },
    Log {
        text: String,
        times: u32,
    },
    /// Writes what it drew and what time it is.
    Chance,
    /// Calls the import itself, with a number that need not be a handle.
    Forge {
        call: String,
        handle: u32,
    },
    Count,
    /// Asks for so much memory, and goes on when there is none.
    Reserve {
        bytes: usize,
    },
    World,
    Fail,
    Panic,
    /// Traps without a word.
    Trap,
    Loop,
    Recurse,
    Hoard,
    Exit,
}

#[derive(Serialize, airs::Schema)]
struct Outcomes {
    outcomes: Vec<Value>,
}

thread_local! {
    static COUNT: Cell<u32> = const { Cell::new(0) };
}

/// Does what the script says.
#[airs::program]
fn probe(script: Script) -> Result<Outcomes> {
    let mut assets = Vec::new();
    let mut outcomes = Vec::new();
    for step in script.steps {
        match perform(step, &mut assets) {
            Ok(value) => outcomes.push(json!({ "ok": value })),
            Err(error) if script.stubborn => outcomes.push(json!({ "error": error.code.as_str() })),
            Err(error) => return Err(error),
        }
    }
    Ok(Outcomes { outcomes })
}

fn perform(step: Step, assets: &mut Vec<Option<val::Asset>>) -> Result<Value> {
    let at = |assets: &Vec<Option<val::Asset>>, index: usize| match assets.get(index) {
        Some(Some(_)) => Ok(index),
        _ => Err(Error::new(Code::BadDescriptor, "the script has no such asset")),
    };
    let open = |index: usize| -> Result<usize> { at(assets, index) };
    match step {
        Step::Intend { path, rights } => {
            assets.push(Some(val::intend(&path, named(&rights)?)?));
            Ok(json!(assets.len() - 1))
        }
        Step::View { asset } => {
            let value = assets[open(asset)?].as_ref().unwrap().view()?;
            Ok(json!(value.amount()?))
        }
        Step::Transfer { from, to, amount } => {
            let (from, to) = (open(from)?, open(to)?);
            let to = assets[to].as_ref().unwrap();
            Ok(json!(assets[from].as_ref().unwrap().transfer(to, amount)?))
        }
        Step::Control {
            asset,
            operation,
            input,
        } => {
            let output = assets[open(asset)?]
                .as_ref()
                .unwrap()
                .control(&operation, Json::of(&input)?)?;
            output.parse()
        }
        Step::Done { asset } => {
            let asset = open(asset)?;
            assets[asset].take().unwrap().done()?;
            Ok(Value::Null)
        }
        Step::Drop { asset } => {
            let asset = open(asset)?;
            drop(assets[asset].take());
            Ok(Value::Null)
        }
        Step::Forget { asset } => {
            let asset = open(asset)?;
            std::mem::forget(assets[asset].take());
            Ok(Value::Null)
        }
        other => misbehave(other),
    }
}

fn named(names: &[String]) -> Result<Rights> {
    names.iter().try_fold(Rights::NONE, |rights, name| {
        Ok(rights
            | match name.as_str() {
                "view" => Rights::VIEW,
                "debit" => Rights::DEBIT,
                "credit" => Rights::CREDIT,
                "control" => Rights::CONTROL,
                other => return Err(Error::invalid_input(format!("no right {other:?}"))),
            })
    })
}

fn misbehave(step: Step) -> Result<Value> {
    match step {
        Step::Log { text, times } => (0..times).for_each(|_| println!("{text}")),
        Step::Chance => println!("{} at {:?}", airs::random::u64(), airs::clock::now()),
        Step::Forge { call, handle } => forge(&call, handle),
        Step::Count => {
            COUNT.set(COUNT.get() + 1);
            return Ok(json!(COUNT.get()));
        }
        Step::Reserve { bytes } => return Ok(json!(Vec::<u8>::new().try_reserve_exact(bytes).is_ok())),
        Step::World => return Ok(world()),
        Step::Fail => return Err(Error::rejected("the script says so")),
        Step::Panic => panic!("the script says so"),
        Step::Trap => trap(),
        Step::Loop => loop {
            std::hint::spin_loop();
        },
        Step::Recurse => return Ok(json!(recurse(1))),
        Step::Hoard => return Ok(json!(hoard())),
        Step::Exit => std::process::exit(3),
        _ => {}
    }
    Ok(Value::Null)
}

#[link(wasm_import_module = "airs:val/val@0.1.0")]
unsafe extern "C" {
    #[link_name = "[method]asset.view"]
    fn forged_view(handle: u32, answer: *mut u64);
    #[link_name = "[resource-drop]asset"]
    fn forged_drop(handle: u32);
}

fn forge(call: &str, handle: u32) {
    // More than any answer takes.
    let mut answer = [0_u64; 32];
    match call {
        "view" => unsafe { forged_view(handle, answer.as_mut_ptr()) },
        _ => unsafe { forged_drop(handle) },
    }
}

/// What a component can learn of the world through std.
fn world() -> Value {
    let files = std::fs::read_dir("/").is_ok() || std::fs::write("x", "x").is_ok();
    let network = std::net::TcpStream::connect("127.0.0.1:1").is_ok();
    json!({
        "arguments": std::env::args().count(),
        "environment": std::env::vars().count(),
        "files": files,
        "network": network,
        "time": std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos().to_string(),
        "chance": airs::random::u64().to_string(),
    })
}

/// In a function of its own, or the compiler gives it the line of another one.
#[inline(never)]
fn trap() -> ! {
    core::arch::wasm32::unreachable()
}

#[inline(never)]
fn recurse(depth: u64) -> u64 {
    let below = if std::hint::black_box(true) {
        recurse(depth + 1)
    } else {
        0
    };
    std::hint::black_box(below + depth)
}

fn hoard() -> usize {
    let mut all = Vec::new();
    loop {
        all.push(vec![1_u8; 1 << 20]);
        std::hint::black_box(&all);
    }
}
