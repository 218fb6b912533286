//! What a program is: one function from an input to a result.

use serde::{Deserialize, Serialize};

use crate::{
    Error, Result, json,
    schema::{Schema, Shape},
};

/// Runs a program: from the JSON form of its input to that of its output.
pub fn run<I, R>(program: impl FnOnce(I) -> R, input: &str) -> Result<String>
where
    I: for<'de> Deserialize<'de>,
    R: ProgramResult,
{
    encode(&program(decode(input)?).into_result()?)
}

/// Runs a program that takes no input: nothing, `null` or `{}` is given.
pub fn run_without_input<R: ProgramResult>(program: impl FnOnce() -> R, input: &str) -> Result<String> {
    let nothing = match serde_json::from_str(input) {
        Ok(serde_json::Value::Object(fields)) => fields.is_empty(),
        Ok(other) => other.is_null(),
        Err(_) => input.trim().is_empty(),
    };
    if !nothing {
        return Err(Error::invalid_input("the program takes no input").hint("leave it out, or give `{}`"));
    }
    encode(&program().into_result()?)
}

pub(crate) fn decode<I: for<'de> Deserialize<'de>>(input: &str) -> Result<I> {
    json::read("the input", input)
}

pub(crate) fn encode(output: &impl Serialize) -> Result<String> {
    serde_json::to_string(output)
        .map_err(|error| Error::internal(format!("the output has no JSON form: {error}")))
}

/// The form of what [`run_without_input`] takes.
pub const NO_INPUT: Shape = Shape::OneOf {
    shapes: &[
        Shape::Null,
        Shape::Object {
            fields: &[],
            closed: true,
        },
    ],
};

/// What a program returns.
#[diagnostic::on_unimplemented(
    message = "a program returns `airs::Result<…>`, not `{Self}`",
    label = "no `airs::Result<…>`",
    note = "its error is `airs::Error`: turn others into one with `map_err`"
)]
pub trait ProgramResult {
    /// What it makes when all goes well.
    type Output: Schema + Serialize;

    /// What it made, or why not.
    ///
    /// # Errors
    /// The program's own.
    fn into_result(self) -> Result<Self::Output>;
}

impl<O: Schema + Serialize> ProgramResult for Result<O> {
    type Output = O;

    fn into_result(self) -> Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{run, run_without_input};
    use crate::Code;

    #[test]
    fn a_program_without_input_takes_nothing_null_or_an_empty_object() {
        for input in ["", " ", "null", "{}", " { } "] {
            assert_eq!(
                run_without_input(|| crate::Result::Ok(1), input).unwrap(),
                "1",
                "{input:?}"
            );
        }
        for input in ["1", "[]", r#"{"a": 1}"#, "{"] {
            assert_eq!(
                run_without_input(|| Ok(1), input).unwrap_err().code,
                Code::InvalidInput,
                "{input:?}"
            );
        }
    }

    #[test]
    fn input_that_does_not_fit_is_refused_with_its_place() {
        let error = run(|input: Vec<u8>| Ok(input.len()), "[1,\n 300]").unwrap_err();
        assert_eq!(error.code, Code::InvalidInput);
        assert!(error.message.contains("line 2 column 4"), "{error}");
    }
}
