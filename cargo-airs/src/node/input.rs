//! What a person gives a command as JSON, and what comes back as such.

use std::fs::File;
use std::io::{ErrorKind, Read, stdin};
use std::path::Path;

use airs_runtime::Code;
use serde_json::value::RawValue;

use crate::error::{Failure, Reason, Result};

/// As much as a component can be handed at once, whatever its limits are.
const BYTES_MAX: u64 = 64 << 20;

/// The input of a command, which may do without: it is null then.
pub(crate) fn input(text: Option<&str>) -> Result<String> {
    text.map_or_else(|| Ok("null".to_owned()), |text| json("the input", text))
}

/// Tells a person who gave no input, and should have, how it is given.
pub(crate) fn may_lack_input(failure: Failure, input: Option<&str>) -> Failure {
    if input.is_none() && failure.reason() == Reason::Airs(Code::InvalidInput) {
        return failure.hint("there was no --input: it takes JSON, @FILE, or - for standard input");
    }
    failure
}

/// What is typed as JSON: in place, `@FILE`, or `-` for standard input.
pub(crate) fn json(what: &str, text: &str) -> Result<String> {
    let (content, from) = match text.strip_prefix('@') {
        Some(file) => from_file(what, file)?,
        None if text == "-" => {
            let from = " on standard input".to_owned();
            (read(what, &from, stdin().lock())?, from)
        }
        None => (text.to_owned(), String::new()),
    };
    match serde_json::from_str::<serde::de::IgnoredAny>(&content) {
        Ok(_) => Ok(content),
        Err(cause) => Err(Failure::new(
            Reason::Airs(Code::InvalidInput),
            format!("{what}{from} is not JSON: {cause}"),
        )
        .hint("JSON has double quotes, as '{\"amount\":\"2.50\"}'; @FILE reads a file, - standard input")),
    }
}

fn missing(what: &str, file: &str) -> Failure {
    Failure::new(
        Reason::Airs(Code::NotFound),
        format!("{what}: there is no file {file}"),
    )
}

fn from_file(what: &str, file: &str) -> Result<(String, String)> {
    let opened = File::open(Path::new(file)).map_err(|cause| match cause.kind() {
        ErrorKind::NotFound => missing(what, file),
        _ => Failure::unavailable(format!("cannot read {file}")).caused_by(cause),
    })?;
    let from = format!(" in {file}");
    Ok((read(what, &from, opened)?, from))
}

/// All that there is, unless it is no text, or has no end.
fn read(what: &str, from: &str, there: impl Read) -> Result<String> {
    let mut bytes = Vec::new();
    let unreadable = |cause| Failure::unavailable(format!("cannot read {what}{from}")).caused_by(cause);
    there
        .take(BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    let refused = |why: &str| {
        let message = format!("{what}{from} {why}");
        Failure::new(Reason::Airs(Code::InvalidInput), message)
    };
    if bytes.len() as u64 > BYTES_MAX {
        return Err(refused(&format!("has more than {BYTES_MAX} bytes")));
    }
    String::from_utf8(bytes).map_err(|_| refused("is not UTF-8"))
}

/// JSON that goes out as it is. The runtime has it from a component, which may have written anything.
pub(crate) fn raw(text: &str) -> Box<RawValue> {
    let quoted = || serde_json::to_string(text).unwrap_or_default();
    let valid = |text: String| RawValue::from_string(text).ok();
    valid(text.to_owned())
        .or_else(|| valid(quoted()))
        .unwrap_or_default()
}
