//! What could not be tested here, told to whoever ran the tests.
//!
//! It stands alone, so that tests of crates that this one is made of include it by its path.

#![allow(unreachable_pub, reason = "included, it is nobody else's to reach")]

use std::io::Write as _;
use std::panic::Location;

/// In the target folder; `./check` begins it anew, and shows it at its end.
const FILE: &str = "untested.txt";

/// Notes that a test proves nothing here, and why: a tool is not installed, or the system does not let a person do
/// something. The test returns then, and passes.
///
/// # Panics
/// When it cannot be noted: then nobody would know.
#[track_caller]
pub fn untested(why: &str) {
    let at = Location::caller();
    let line = format!("{}:{}: {why}\n", at.file(), at.line());
    let binary = std::env::current_exe().expect("a running program has a path");
    let target = binary.ancestors().nth(3).expect("target/<profile>/deps/<binary>");
    let file = std::fs::File::options()
        .create(true)
        .append(true)
        .open(target.join(FILE));
    let noted = file.and_then(|mut file| file.write_all(line.as_bytes()));
    noted.expect("what is not tested is noted");
    // Not by `eprintln!`, of which nothing is seen of a test that passes.
    let _ = std::io::stderr().write_all(format!("not tested: {line}").as_bytes());
}
