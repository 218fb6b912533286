//! What a program is: one function from an input to a result.

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Error, Result,
    schema::{Schema, Shape},
};

/// Runs a program: from the JSON form of its input to that of its output.
pub fn run<I, O>(program: impl FnOnce(I) -> Result<O>, input: &str) -> Result<String>
where
    I: DeserializeOwned,
    O: Serialize,
{
    let input = serde_json::from_str(input)
        .map_err(|error| Error::invalid_input(format!("the input does not fit: {error}")))?;
    answer(program(input)?)
}

/// Runs a program that takes no input: nothing, `null` or `{}` is given.
pub fn run_without_input<O: Serialize>(program: impl FnOnce() -> Result<O>, input: &str) -> Result<String> {
    let nothing = match serde_json::from_str(input) {
        Ok(serde_json::Value::Object(fields)) => fields.is_empty(),
        Ok(other) => other.is_null(),
        Err(_) => input.trim().is_empty(),
    };
    if !nothing {
        return Err(Error::invalid_input("the program takes no input").hint("leave it out, or give `{}`"));
    }
    answer(program()?)
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

fn answer(output: impl Serialize) -> Result<String> {
    serde_json::to_string(&output)
        .map_err(|error| Error::internal(format!("the output has no JSON form: {error}")))
}

/// What a program returns.
#[diagnostic::on_unimplemented(
    message = "a program returns `airs::Result<…>`, not `{Self}`",
    label = "write `airs::Result<{Self}>`"
)]
pub trait ProgramResult {
    /// What it makes when all goes well.
    type Output: Schema + Serialize;
}

impl<O: Schema + Serialize> ProgramResult for Result<O> {
    type Output = O;
}

#[cfg(test)]
mod tests {
    use super::{run, run_without_input};
    use crate::Code;

    #[test]
    fn a_program_without_input_takes_nothing_null_or_an_empty_object() {
        for input in ["", " ", "null", "{}", " { } "] {
            assert_eq!(run_without_input(|| Ok(1), input).unwrap(), "1", "{input:?}");
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
