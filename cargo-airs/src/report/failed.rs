//! Why a command has failed, for people.

use std::path::Path;

use airs_core::harmless;

use super::{ERROR, NOTE};
use crate::error::Failure;
use crate::settings::Verbosity;

pub(super) fn shown(failure: &Failure, verbosity: Verbosity) -> String {
    let code = failure.reason().as_str();
    // What a guest says is in here. No line but the first begins as one of this command's own.
    let piece = |text: &str, indent: &str| harmless(text.trim_end()).replace('\n', &format!("\n{indent}"));
    let message = piece(failure.message(), "  ");
    let mut text = format!("{ERROR}error[{code}]{ERROR:#}: {message}");
    for cause in failure.causes() {
        text.push_str("\n  caused by: ");
        let cause = match verbosity {
            Verbosity::Verbose => cause.clone(),
            _ => without_foreign_frames(cause),
        };
        text.push_str(&piece(&cause, "    "));
    }
    for hint in failure.hints() {
        text.push_str(&format!("\n{NOTE}help{NOTE:#}: {}", piece(hint, "      ")));
    }
    text
}

/// A guest's stack without the frames of the standard library and of C's, of what Cargo has downloaded, and of the SDK: those that a
/// person has written are left.
fn without_foreign_frames(cause: &str) -> String {
    let mut lines = cause.lines();
    let mut kept: Vec<&str> = lines.next().into_iter().collect();
    let lines: Vec<&str> = lines.collect();
    for frame in lines.windows(2) {
        if let [name, place] = frame
            && let Some(file) = place.trim_start().strip_prefix("at ")
            && !is_foreign(file)
        {
            kept.extend([*name, *place]);
        }
    }
    if kept.len() < 2 {
        return cause.to_owned();
    }
    kept.join("\n")
}

fn is_foreign(file: &str) -> bool {
    // That of the checkout that this tool was built from.
    let sdk = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("sdk");
    let others = ["/rustc/", "/registry/src/", "/git/checkouts/", "wasisdk://"];
    Path::new(file).starts_with(sdk) || others.iter().any(|other| file.contains(other))
}
