//! What a refusal has to say.

use std::path::Path;

use airs_core::Code;
use airs_package::PackageError;

/// A message is about this many times as long as what it is about, at most, and then some words.
const LENGTHENING: usize = 16;
const WORDS_BYTES: usize = 4_096;

/// A message that a terminal shows as one line and as nothing else, and that is not much longer than what it is about.
pub(crate) fn expect_a_line(message: &str, about: &str) {
    assert!(!message.is_empty());
    assert!(!message.chars().any(char::is_control), "{message:?}");
    assert!(
        message.len() <= LENGTHENING * about.len() + WORDS_BYTES,
        "{message:?}"
    );
}

/// A refusal of a file says which, where in it, and what is wrong there.
pub(crate) fn expect_a_place(error: &PackageError, file: &Path, text: &str) {
    let PackageError::Config {
        path,
        line,
        column,
        message,
        ..
    } = error
    else {
        panic!("{error:?}");
    };
    assert_eq!((path.as_path(), error.code()), (file, Code::InvalidConfig));
    // The place may be the end: behind the last character of the last line.
    let there = text.split('\n').nth(line.checked_sub(1).unwrap());
    let there = there.unwrap_or_else(|| panic!("there is no line {line}"));
    assert!(
        (1..=there.chars().count() + 1).contains(column),
        "there is no column {column} in line {line}"
    );
    expect_a_line(message, text);
    expect_a_line(&error.hint().unwrap_or_else(|| "none".to_owned()), text);
    let shown = error.to_string();
    assert!(
        shown.starts_with(&format!("{}:{line}:{column}: ", file.display())),
        "{shown}"
    );
}
