//! Requests to servers, most of which are not granted or none at all.

use airs::{Result, http};

use crate::chance::Chance;
use crate::values::bytes;
use crate::{ensure, text};

const GRANTED: &str = "http://127.0.0.1";
/// Others, and what only looks like the granted one.
const FOREIGN: [&str; 9] = [
    "https://127.0.0.1",
    "http://127.0.0.2",
    "http://127.0.0.1:81",
    "http://127.0.0.1.example",
    "http://127.0.0.1@somebody.example",
    "http://[::1]",
    "http://localhost",
    "ftp://127.0.0.1",
    "//127.0.0.1",
];
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "DELETE", "get", "", "GET /"];
const FIELDS: [&str; 8] = [
    "accept",
    "x-a",
    "host",
    "connection",
    "content-length",
    "a b",
    "",
    "é",
];

/// Sends one request; answers whether it was answered well.
pub fn call(chance: &mut Chance) -> Result<bool> {
    match chance.below(4) {
        0 => plain(chance),
        1 => {
            let url = format!("{}/{}", chance.pick(&FOREIGN), text(chance));
            let answer = request(chance, url).send();
            ensure(answer.is_err(), "http: allowed is false, and it was answered")?;
            Ok(false)
        }
        2 => {
            let url = format!("{GRANTED}{}", text(chance));
            Ok(request(chance, url).send().is_ok())
        }
        _ => {
            let url = text(chance);
            Ok(request(chance, url).send().is_ok())
        }
    }
}

/// What is granted and well-formed is answered, with its own path.
fn plain(chance: &mut Chance) -> Result<bool> {
    let path = format!("/{}", chance.below(1_000));
    let url = format!("{GRANTED}{path}");
    let answer = http::get(url).header("x-number", path.as_bytes()).send()?;
    ensure(
        answer.body == path.as_bytes(),
        "http: everybody has the answer to another question",
    )?;
    Ok(true)
}

fn request(chance: &mut Chance, url: String) -> http::Request {
    let mut request = http::Request::new(chance.pick(&METHODS), url);
    for _ in 0..chance.below(4) {
        let name = if chance.one_in(8) {
            text(chance)
        } else {
            chance.pick(&FIELDS).to_owned()
        };
        request = request.header(name, bytes(chance));
    }
    request
}
