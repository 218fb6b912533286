//! Compiles a component within limits, for a runtime that has started it.

fn main() -> std::process::ExitCode {
    airs_runtime::serve_compilation()
}
