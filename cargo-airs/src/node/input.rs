//! What a person gives a command as JSON, and what comes back as such.

use std::path::Path;

use airs_runtime::Code;
use serde_json::value::RawValue;

use crate::error::{Failure, Reason, Result};
use crate::files;

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
        Some(file) => (
            files::text(Path::new(file))?.ok_or_else(|| missing(what, file))?,
            format!(" in {file}"),
        ),
        None if text == "-" => (standard_input(what)?, " on standard input".to_owned()),
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

fn standard_input(what: &str) -> Result<String> {
    std::io::read_to_string(std::io::stdin()).map_err(|cause| {
        Failure::unavailable(format!("cannot read {what} from standard input")).caused_by(cause)
    })
}

/// JSON that goes out as it is. The runtime has it from a component, which may have written anything.
pub(crate) fn raw(text: &str) -> Box<RawValue> {
    let quoted = || serde_json::to_string(text).unwrap_or_default();
    let valid = |text: String| RawValue::from_string(text).ok();
    valid(text.to_owned())
        .or_else(|| valid(quoted()))
        .unwrap_or_default()
}
