//! The README and the book, read as a reader reads them: commands are run, edits made, code and links compared.
//!
//! A page is read from its beginning in a temporary folder of its own. What a fenced block is for stands in
//! its first line:
//!
//! | first line | what happens |
//! |---|---|
//! | `console` | a line that begins with `$ ` is run; the lines after it, if any, are what it prints |
//! | `console needs=TOOL` | nothing is run where there is no such tool; that is said |
//! | `console one` | the same, and only the first line is a command |
//! | `yaml workflow` | its steps are run, but for those that install something |
//! | `sh` | nothing is run; what the commands name exists |
//! | `… shows=FILE` | the text is in that file, below the page's folder |
//! | `… writes=FILE` | the file gets this content |
//! | `diff edits=FILE` | the lines with `-` are in the file, and give way to those with `+` |
//! | `… docs=FILE` | the text is in the doc comments of that file of the checkout |
//! | `toml project`, `toml manifest` | it is read as an `airs.toml`, or as a component's `Cargo.toml` |
//!
//! `...` is any text within a line, and any number of lines when it stands alone. A command that ends in
//! `# exits N` ends with that code, any other with 0. Sizes, times, digests and ids may differ.

#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a page that is not true has failed"
)]

mod output;
mod page;
mod reader;
mod reference;
mod tools;
#[path = "../../../tests/src/untested.rs"]
mod untested;

use page::Page;
use reader::Reader;

/// Pages that have commands; a test each, as they take their time.
const WITH_COMMANDS: [&str; 7] = [
    "README.md",
    "docs/guides/first-driver.md",
    "docs/guides/first-program.md",
    "docs/reference/command-line.md",
    "docs/guides/debugging.md",
    "docs/guides/testing.md",
    "docs/guides/continuous-integration.md",
];

#[test]
fn the_readme_is_true() {
    Reader::new().follow(&Page::read(WITH_COMMANDS[0]));
}

#[test]
fn the_guide_to_a_driver_is_true() {
    Reader::new().follow(&Page::read(WITH_COMMANDS[1]));
}

#[test]
fn the_guide_to_debugging_is_true() {
    Reader::new().follow(&Page::read(WITH_COMMANDS[4]));
}

#[test]
fn the_guide_to_a_program_is_true() {
    Reader::new().follow(&Page::read(WITH_COMMANDS[2]));
}

#[test]
fn the_reference_of_the_command_line_is_true() {
    Reader::new().follow(&Page::read(WITH_COMMANDS[3]));
}

#[test]
fn the_guide_to_testing_is_true() {
    Reader::new().follow(&Page::read(WITH_COMMANDS[5]));
}

#[test]
fn the_guide_to_continuous_integration_is_true() {
    Reader::new().follow(&Page::read(WITH_COMMANDS[6]));
}

#[test]
fn pages_without_commands_are_true() {
    for name in page::names() {
        if !WITH_COMMANDS.contains(&name.as_str()) {
            let page = Page::read(&name);
            let commands = page.blocks.iter().any(|block| block.is("console"));
            assert!(!commands, "{name} has commands, and no test runs them");
            Reader::new().follow(&page);
        }
    }
}

#[test]
fn links_lead_somewhere() {
    let of_examples = ["examples/payments/README.md".to_owned()];
    let names = page::names().into_iter().chain(of_examples);
    let dead: Vec<String> = names.flat_map(|name| Page::read(&name).dead_links()).collect();
    assert!(dead.is_empty(), "links that lead nowhere:\n{}", dead.join("\n"));
}

#[test]
fn the_summary_has_every_page() {
    let summary = Page::read("docs/SUMMARY.md").text;
    for name in page::names() {
        if let Some(page) = name.strip_prefix("docs/")
            && page != "SUMMARY.md"
        {
            assert!(
                summary.contains(&format!("({page})")),
                "{page} is not in the summary"
            );
        }
    }
}
