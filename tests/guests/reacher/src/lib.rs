//! A driver that reaches out of its run as it is told.

use airs::{Call, Error, Json, Receipt, Result, Rights, Value, http, storage};
use serde_json::json;

struct Reacher;

#[airs::driver]
impl airs::Driver for Reacher {
    type Asset = ();

    fn intend(_call: &Call, _account: (), _rights: Rights) -> Result<()> {
        Ok(())
    }

    fn view(_asset: &()) -> Result<Value> {
        Err(Error::unsupported("there is nothing to see"))
    }

    fn transfer(_from: &(), _to: &(), _value: Value) -> Result<Receipt> {
        Err(Error::unsupported("there is nothing to move"))
    }

    fn control(_asset: &(), operation: &str, input: &Json) -> Result<Json> {
        match operation {
            // Method, URL, header fields.
            "ask" => {
                let (method, url, headers): (String, String, Vec<(String, String)>) = input.parse()?;
                let request = headers
                    .into_iter()
                    .fold(http::Request::new(method, url), |request, (name, value)| {
                        request.header(name, value)
                    });
                let answer = request.send()?;
                Json::of(&json!({ "status": answer.status, "body": String::from_utf8_lossy(&answer.body) }))
            }
            // So many different ones, whatever comes of those before; how many were answered.
            "ask-often" => {
                let (url, times): (String, u32) = input.parse()?;
                let answered = (0..times).filter(|time| http::get(format!("{url}?{time}")).send().is_ok());
                Json::of(&answered.count())
            }
            "set" => {
                let (key, value): (String, String) = input.parse()?;
                Json::of(&storage::set(key, value)?)
            }
            "get" => {
                let value = storage::get(input.parse::<String>()?)?;
                Json::of(&value.map(|value| String::from_utf8_lossy(&value).into_owned()))
            }
            "log" => {
                println!("{}", input.parse::<String>()?);
                Json::of(&())
            }
            _ => Err(Error::unsupported(format!("no operation {operation:?}"))),
        }
    }
}
