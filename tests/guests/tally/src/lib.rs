//! A driver that counts what comes to each asset, and what goes. Its second version stores it in another form.

use airs::{Amount, Call, Error, Json, Receipt, Result, Rights, Value, storage};

struct Tally;

const NEXT: bool = cfg!(feature = "next");

/// What the keys begin with: the form of the first version has to be gone when that of the second is there.
const CAME: &str = if NEXT { "came-2" } else { "came" };
const WENT: &str = if NEXT { "went-2" } else { "went" };

#[airs::driver]
impl airs::Driver for Tally {
    type Asset = String;

    fn intend(call: &Call, _account: (), _rights: Rights) -> Result<String> {
        Ok(call.path.clone())
    }

    /// What came.
    fn view(path: &String) -> Result<Value> {
        Ok(Amount::new(read(CAME, path)?.into(), 0)?.into())
    }

    fn transfer(from: &String, to: &String, value: Value) -> Result<Receipt> {
        let count = u64::try_from(value.amount()?.units()).map_err(|_| Error::invalid_input("too much"))?;
        write(WENT, from, read(WENT, from)? + count)?;
        write(CAME, to, read(CAME, to)? + count)?;
        Ok(Receipt::Final)
    }

    fn control(_path: &String, operation: &str, input: &Json) -> Result<Json> {
        match operation {
            // How the next migration goes.
            "instruct" => {
                storage::set("how", input.parse::<String>()?)?;
                Json::of(&())
            }
            // What came and went everywhere, and how many keys of any form there are.
            "sums" => {
                let sum = |kind: &str| {
                    let mut sum = 0;
                    for entry in storage::scan(format!("{kind}/")) {
                        sum += count(&entry?.value)?;
                    }
                    Ok::<_, Error>(sum)
                };
                let keys = storage::scan("came").chain(storage::scan("went"));
                Json::of(&(sum(CAME)?, sum(WENT)?, keys.collect::<Result<Vec<_>>>()?.len()))
            }
            _ => Err(Error::unsupported(format!("no operation {operation:?}"))),
        }
    }

    fn migrate(from: u32) -> Result<u32> {
        println!("migrating from {from}");
        let how = storage::get("how")?.unwrap_or_default();
        if !NEXT || from >= 2 {
            // Older ones than the host is told of are refused by the host.
            return Ok(if NEXT { 2 } else { 1 });
        }
        for kind in ["came", "went"] {
            for entry in storage::scan(format!("{kind}/")) {
                let entry = entry?;
                let path = String::from_utf8_lossy(&entry.key[kind.len()..]).into_owned();
                storage::delete(&entry.key)?;
                write(&format!("{kind}-2"), &path, count(&entry.value)?)?;
            }
        }
        match how.as_slice() {
            b"refuse" => Err(Error::rejected("told to refuse")),
            b"panic" => panic!("told to"),
            b"loop" => loop {
                std::hint::spin_loop();
            },
            b"recurse" => Ok(recurse(1)),
            b"hoard" => Ok(std::hint::black_box(vec![1_u8; 1 << 30]).len() as u32),
            b"shout" => {
                storage::set("shout", vec![0; 9 << 20])?;
                Ok(2)
            }
            b"flood" => {
                let value = vec![0; 1 << 20];
                (0..64).try_for_each(|number| storage::set(format!("flood/{number}"), &value))?;
                Ok(2)
            }
            b"stay" => Ok(from),
            b"go back" => Ok(0),
            _ => Ok(2),
        }
    }
}

#[inline(never)]
fn recurse(depth: u32) -> u32 {
    if std::hint::black_box(true) {
        recurse(depth + 1) + 1
    } else {
        depth
    }
}

/// In the first version a number, in the second one with a name.
fn write(kind: &str, path: &str, count: u64) -> Result<()> {
    let value = if NEXT {
        serde_json::json!({ "count": count }).to_string()
    } else {
        count.to_string()
    };
    storage::set(format!("{kind}{path}"), value)
}

fn read(kind: &str, path: &str) -> Result<u64> {
    storage::get(format!("{kind}{path}"))?.map_or(Ok(0), |value| count(&value))
}

fn count(value: &[u8]) -> Result<u64> {
    let value: serde_json::Value =
        serde_json::from_slice(value).map_err(|error| Error::internal(error.to_string()))?;
    let count = value.as_u64().or_else(|| value["count"].as_u64());
    count.ok_or_else(|| Error::internal("no count"))
}
