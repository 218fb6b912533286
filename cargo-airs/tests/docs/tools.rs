//! Tools that a page needs, and not every machine has.

use std::process::Command;

/// Whether a tool is there and does what it is for. A debugger may be there and not be let.
pub(crate) fn works(tool: &str) -> bool {
    let (arguments, said): (&[&str], _) = match tool {
        "gdb" => (
            &["-q", "-nx", "-batch", "-ex", "run", "--args", "true"],
            "exited normally",
        ),
        "lldb" => (&["-x", "-b", "-o", "run", "--", "true"], "exited with status = 0"),
        other => panic!("nobody knows how to try {other}"),
    };
    let output = Command::new(tool).args(arguments).output();
    output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(said))
}
