//! What a failed call means.

use airs_core::{Code, Error};
use wasmtime::{PoolConcurrencyLimitError, Trap};

use crate::guest::Guest;
use crate::lines::Lines;
use crate::memory_budget::Full;
use crate::meter::Refusal;
use crate::os;
use crate::stack::Stack;

/// Why a call into a component has no result.
///
/// ```
/// use airs_core::{Code, Error};
/// use airs_engine::Failure;
///
/// let failure = Failure::Refused(Error::new(Code::InsufficientFunds, "alice has 2.50"));
/// let can_be_called_again = matches!(failure, Failure::Refused(_));
/// assert!(can_be_called_again);
/// assert_eq!(failure.into_error().code(), Code::InsufficientFunds);
/// ```
#[derive(Clone, Debug)]
pub enum Failure {
    /// The component answered with an error. It can be called again.
    Refused(Error),
    /// The component trapped, or ran into a limit or the deadline. It must not be called again.
    Fault(Error),
}

impl Failure {
    /// The error, whichever way it came about.
    pub fn into_error(self) -> Error {
        match self {
            Self::Refused(error) | Self::Fault(error) => error,
        }
    }
}

/// What wasmtime says, and nothing besides, when a Store has no room for a handle; it has no type for it.
const HANDLE_LIMIT_TEXTS: [&str; 2] = [
    "cannot allocate another handle: store handle limit exceeded",
    "cannot lend resource: store handle limit exceeded",
];
/// And when a guest passes more to a host function than it may.
const HOST_CALL_LIMIT_TEXT: &str = "too much data is being copied between the host and the guest: fuel allocated for hostcalls has been exhausted";

/// Turns wasmtime's error into ours; `who` is what failed, such as `driver "ledger"`.
pub(crate) fn fault(who: &str, error: &wasmtime::Error, guest: &mut Guest, lines: &Lines) -> Error {
    guest.finish_log();
    if let Some(ours) = error.downcast_ref::<Error>() {
        return ours.clone();
    }
    let stack = Stack::of(error, lines);
    let (code, message) = explain(who, error, guest, &stack);
    let is_outside = matches!(error.downcast_ref::<Trap>(), Some(Trap::MemoryOutOfBounds));
    let hint = (code == Code::Trap && is_outside && stack.goes_in_circles()).then_some(OWN_STACK_HINT);
    let fault = Error::new(code, message).caused_by(stack);
    match hint {
        Some(hint) => fault.hint(hint),
        None => fault,
    }
}

/// For a guest that has come to the end of the stack that it keeps in its own memory, of which the host knows nothing.
const OWN_STACK_HINT: &str = "its functions call each other deeply, and what it is compiled from may keep their variables on a \
    stack in its memory: 128 KiB of Rust, as `cargo airs build` links it, unless `-C link-arg=-zstack-size=BYTES` in RUSTFLAGS says \
    otherwise";

fn explain(who: &str, error: &wasmtime::Error, guest: &Guest, stack: &Stack) -> (Code, String) {
    let limit = |what: String| (Code::LimitExceeded, format!("{who} {what}"));
    if error.downcast_ref::<PoolConcurrencyLimitError>().is_some() {
        return (Code::Busy, format!("no place for another instance of {who}"));
    }
    let trap = error.downcast_ref::<Trap>();
    match trap {
        Some(Trap::Interrupt) if let Some(cpu_ms) = guest.exhausted_ms() => {
            return limit(format!(
                "went on computing after the {cpu_ms} ms of the run (cpu_ms)"
            ));
        }
        Some(Trap::Interrupt) => {
            return (
                Code::DeadlineExceeded,
                format!("{who} was still running at the deadline"),
            );
        }
        Some(Trap::StackOverflow) => {
            return limit(format!(
                "called too deep: its stack has {} bytes (stack_bytes)",
                guest.stack_bytes
            ));
        }
        _ => {}
    }
    match guest.meter.refusal() {
        Some(Refusal::Own(max)) => {
            return limit(format!("wanted more than {max} bytes of memory (memory_bytes)"));
        }
        Some(Refusal::Shared(full)) => {
            let Full {
                limit: name,
                whose,
                max_bytes,
            } = full;
            return limit(format!(
                "wanted memory when all of {whose} {max_bytes} bytes was taken ({name})"
            ));
        }
        None => {}
    }
    // The cause alone and all of it: what stands around it are names that the guest chose.
    let cause = error.root_cause().to_string();
    if HANDLE_LIMIT_TEXTS.contains(&cause.as_str()) {
        return limit(format!("holds more than {} handles (handles)", guest.handles));
    }
    if cause == HOST_CALL_LIMIT_TEXT {
        return limit(format!(
            "passed more than {} bytes to a host call (host_call_bytes)",
            guest.host_call_bytes
        ));
    }
    if os::is_error_of_the_system(error.root_cause()) {
        return (
            Code::Busy,
            format!("the system refuses what {who} needs: {cause}"),
        );
    }
    if let Some((place, said)) = guest.panic() {
        let within = stack.function_at(place).map_or_else(String::new, within);
        return (Code::Trap, format!("{who} panicked at {place}{within}: {said}"));
    }
    // Said already: it trapped.
    let what = cause.strip_prefix("wasm trap: ").unwrap_or(&cause);
    let place = stack.own_place().map_or_else(String::new, |(function, place)| {
        format!(" at {place}{}", within(function))
    });
    (Code::Trap, format!("{who} trapped{place}: {what}"))
}

fn within(function: String) -> String {
    format!(" in {function}")
}
