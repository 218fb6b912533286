//! What a program is: one function from an input to a result.

use serde::{Serialize, de::DeserializeOwned};

use crate::{Error, Result};

/// Runs a program: from the JSON form of its input to that of its output.
pub fn run<I, O>(program: impl FnOnce(I) -> Result<O>, input: &str) -> Result<String>
where
    I: DeserializeOwned,
    O: Serialize,
{
    let input = serde_json::from_str(input)
        .map_err(|error| Error::invalid_input(format!("the input does not fit: {error}")))?;
    let output = program(input)?;
    serde_json::to_string(&output)
        .map_err(|error| Error::internal(format!("the output has no JSON form: {error}")))
}
