//! A driver that does what its account data says: `{"on": {"transfer": "panic"}}`.

mod page;
mod storm;

use std::cell::Cell;
use std::collections::BTreeMap;

use airs::{Amount, Call, Error, Json, Receipt, Result, Rights, Value, storage};
use serde::{Deserialize, Serialize};
use serde_json::json;

struct Probe;

#[derive(Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct Account {
    /// Whether to note in which order descriptors are released.
    note: bool,
    /// Function → what goes wrong in it.
    on: BTreeMap<String, Fault>,
}

#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Fault {
    /// Answers with an error.
    Error,
    /// Answers that there is no right to this.
    Deny,
    Panic,
    Loop,
    Recurse,
    Hoard,
    /// Writes more than a run may, and says nothing of it.
    Flood,
    /// Hands over more than a call may.
    Shout,
}

struct Open {
    call: Call,
    account: Account,
}

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

#[airs::driver]
impl airs::Driver for Probe {
    type Account = Account;
    type Asset = Open;

    fn bind(_call: &Call, account: Account) -> Result<Account> {
        account.meet("bind")?;
        Ok(account)
    }

    fn unbind(_call: &Call, account: Account) -> Result<()> {
        account.meet("unbind")
    }

    fn intend(call: &Call, account: Account, _rights: Rights) -> Result<Open> {
        account.meet("intend")?;
        Ok(Open {
            call: call.clone(),
            account,
        })
    }

    /// How often this instance was looked at.
    fn view(open: &Open) -> Result<Value> {
        open.account.meet("view")?;
        COUNT.set(COUNT.get() + 1);
        Ok(Amount::new(COUNT.get().into(), 0)?.into())
    }

    /// Counts the transfer in storage.
    fn transfer(from: &Open, _to: &Open, _value: Value) -> Result<Receipt> {
        from.account.meet("transfer")?;
        let count: u32 = storage::get_json("transfers")?.unwrap_or_default();
        storage::set_json("transfers", &(count + 1))?;
        Ok(Receipt::Final)
    }

    fn control(open: &Open, operation: &str, input: &Json) -> Result<Json> {
        open.account.meet("control")?;
        match operation {
            "get" => Json::of(&storage::get(input.parse::<String>()?)?.map(|value| text(&value))),
            "set" => {
                let (key, value): (String, String) = input.parse()?;
                storage::set(key, value)?;
                Json::of(&())
            }
            // From a key to the one that it names, and so on to one that is not there.
            "follow" => {
                let mut key: String = input.parse()?;
                while let Some(next) = storage::get(&key)? {
                    key = String::from_utf8_lossy(&next).into_owned();
                }
                storage::set("followed", &key)?;
                Json::of(&key)
            }
            "fill" => {
                let (keys, bytes): (u32, usize) = input.parse()?;
                fill(0..keys, bytes)
            }
            "fill-from" => {
                let (first, keys, bytes): (u32, u32, usize) = input.parse()?;
                fill(first..first + keys, bytes)
            }
            "log" => {
                println!("{}", input.parse::<String>()?);
                Json::of(&())
            }
            // What a driver can learn of the world.
            "world" => Json::of(&json!({ "time": nanoseconds(), "chance": airs::random::u64().to_string() })),
            // What std finds of it, a hash table's seed too.
            "variable" => {
                let found: BTreeMap<String, String> = std::env::vars().collect();
                let unordered: std::collections::HashMap<_, _> = found.into_iter().collect();
                Json::of(&unordered.get(&input.parse::<String>()?))
            }
            "many" => {
                let keys: Vec<String> = input.parse()?;
                Json::of(
                    &storage::get_many(keys)?
                        .iter()
                        .map(Option::is_some)
                        .collect::<Vec<_>>(),
                )
            }
            // Takes so much memory.
            "hold" => Json::of(&std::hint::black_box(vec![1_u8; input.parse()?]).len()),
            "delete" => {
                storage::delete(input.parse::<String>()?)?;
                Json::of(&())
            }
            "values" => {
                let keys: Vec<String> = input.parse()?;
                let values = storage::get_many(keys)?;
                Json::of(
                    &values
                        .iter()
                        .map(|value| value.as_deref().map(text))
                        .collect::<Vec<_>>(),
                )
            }
            "set-and-fail" => {
                let (key, value): (String, String) = input.parse()?;
                storage::set(key, value)?;
                Err(Error::rejected("told to fail after it was set"))
            }
            "entries" => {
                let entries = storage::scan(input.parse::<String>()?).collect::<Result<Vec<_>>>()?;
                let entries = entries.iter().map(|entry| (text(&entry.key), text(&entry.value)));
                Json::of(&entries.collect::<Vec<_>>())
            }
            "page" => {
                let (prefix, after, limit): (String, String, u32) = input.parse()?;
                Json::of(&page::of(&prefix, &after, limit))
            }
            "keys" => {
                let (prefix, after, limit): (String, String, u32) = input.parse()?;
                Json::of(&page::of(&prefix, &after, limit).keys())
            }
            "storm" => {
                let (seed, calls): (u64, u32) = input.parse()?;
                Json::of(&storm::call(seed, calls)?)
            }
            "scan" => {
                let mut keys = Vec::new();
                for entry in storage::scan(input.parse::<String>()?) {
                    keys.push(text(&entry?.key));
                }
                Json::of(&keys)
            }
            "call" => Json::of(&json!({
                "run": open.call.run,
                "context": open.call.context,
                "path": open.call.path,
                "caller": open.call.caller.id,
                "home": open.call.caller.home,
                "roles": open.call.caller.roles,
            })),
            _ => Err(Error::unsupported(format!("no operation {operation:?}"))),
        }
    }

    fn done(open: Open) -> Result<()> {
        open.account.meet("done")?;
        if !open.account.note {
            return Ok(());
        }
        let mut released: Vec<String> = storage::get_json("released")?.unwrap_or_default();
        released.push(open.call.path);
        storage::set_json("released", &released)
    }
}

impl Account {
    /// Writes, and then goes wrong as it was told to.
    fn meet(&self, function: &str) -> Result<()> {
        let Some(fault) = self.on.get(function) else {
            return Ok(());
        };
        storage::set(format!("half-done/{function}"), "x")?;
        match fault {
            Fault::Error => {}
            Fault::Deny => return Err(Error::denied(format!("told to deny {function}"))),
            Fault::Panic => panic!("told to"),
            Fault::Loop => loop {
                std::hint::spin_loop();
            },
            Fault::Recurse => {
                recurse(1);
            }
            Fault::Hoard => hoard(),
            Fault::Flood => {
                return (0..100).try_for_each(|key| {
                    let _ = storage::set(format!("half-done/{key}"), vec![b'x'; 1 << 14]);
                    Ok(())
                });
            }
            Fault::Shout => storage::set("half-done/all", vec![b'x'; 2 << 20])?,
        }
        Err(Error::rejected(format!("told to refuse in {function}")))
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn fill(keys: std::ops::Range<u32>, bytes: usize) -> Result<Json> {
    for key in keys {
        storage::set(format!("fill/{key}"), vec![b'x'; bytes])?;
    }
    Json::of(&())
}

fn nanoseconds() -> String {
    let since = airs::clock::now().duration_since(std::time::UNIX_EPOCH);
    since.unwrap().as_nanos().to_string()
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

fn hoard() {
    let mut all = Vec::new();
    loop {
        all.push(vec![1_u8; 1 << 20]);
        std::hint::black_box(&all);
    }
}
