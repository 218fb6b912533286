//! Has something of everything that a test may want to fix.

use std::time::UNIX_EPOCH;

use airs::{Call, Error, Json, Receipt, Result, Rights, Value, clock, http, json, log, random, storage};

struct Watch;

#[airs::driver]
impl airs::Driver for Watch {
    type Asset = String;

    fn intend(call: &Call, _account: (), _rights: Rights) -> Result<String> {
        Ok(call.path.clone())
    }

    fn view(path: &String) -> Result<Value> {
        Ok(Value::Data(storage::get(path)?.unwrap_or_default()))
    }

    fn transfer(_from: &String, _to: &String, _value: Value) -> Result<Receipt> {
        Err(Error::unsupported("nothing to move"))
    }

    fn control(path: &String, operation: &str, _input: &Json) -> Result<Json> {
        Ok(match operation {
            "time" => json!(clock::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).into(),
            "number" => json!(random::u64()).into(),
            "count" => {
                let count = storage::get_json::<u32>(path)?.unwrap_or(0) + 1;
                storage::set_json(path, &count)?;
                log::info(format_args!("counted to {count}"));
                json!(count).into()
            }
            "rate" => Json::from(http::get("https://rates.example/usd").send()?.text()?),
            "head" => {
                let response = http::head("https://rates.example/usd").send()?;
                json!([response.header("age"), response.text()?]).into()
            }
            // Both are granted; one is set.
            "variables" => json!(["RATE", "HOME"].map(|name| std::env::var(name).ok())).into(),
            "file" => json!(std::fs::read_to_string("/rates/usd").map_err(|why| Error::rejected(why.to_string()))?).into(),
            "panic" => panic!("as it was told to"),
            _ => return Err(Error::unsupported("no such operation")),
        })
    }
}
