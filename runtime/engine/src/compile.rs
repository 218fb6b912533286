//! A compiled component.

use std::fmt;
use std::sync::Arc;

use airs_core::{Code, Error, Limits, Result};
use wasmtime::component::Component;

use crate::code_goal::CodeGoal;
use crate::lines::Lines;
use crate::memory_budget::counted;

const WASM_PAGE_BYTES: u64 = 64 << 10;
/// The smallest stack of what is in service. A program or a driver that does hardly anything takes 1 to 3 KiB to be called.
const STACK_BYTES_MIN: u64 = 4 << 10;

/// A component turned into machine code, not yet linked.
///
/// An example is at [`Engine`](crate::Engine).
#[derive(Clone)]
pub struct Compiled {
    pub(crate) component: Component,
    pub(crate) lines: Lines,
}

impl Compiled {
    /// The code of a component, as it was made for this, ready to make instances of.
    pub(crate) fn new(code: Component, component: &Arc<[u8]>, goal: CodeGoal) -> Result<Self> {
        code.initialize_copy_on_write_image().map_err(|error| {
            Error::new(Code::Internal, "code has no room").caused_by(format!("{error:#}"))
        })?;
        Ok(Self {
            component: code,
            lines: Lines::of(component, goal),
        })
    }

    /// Whether an instance can exist at all under these limits. Of several memories the largest is looked at; all of
    /// them together are counted when an instance is made.
    ///
    /// # Errors
    /// [`Code::LimitExceeded`] when one memory alone is larger.
    pub fn check_limits(&self, limits: &Limits) -> Result<()> {
        let bytes = self.first_memory_bytes();
        if bytes > limits.memory_bytes {
            let message = format!(
                "it starts with {bytes} bytes of memory, over the limit of {}",
                limits.memory_bytes
            );
            return Err(Error::new(Code::LimitExceeded, message)
                .hint("raise memory_bytes: its own, and the runtime's where that is smaller"));
        }
        Ok(())
    }

    /// The same for a component in service, an instance of which takes of what all guests have together, and has a stack.
    ///
    /// # Errors
    /// As [`check_limits`](Self::check_limits), and [`Code::LimitExceeded`] when there is no room for one guest alone.
    pub fn check_limits_of_service(&self, limits: &Limits) -> Result<()> {
        self.check_limits(limits)?;
        let bytes = self.first_memory_bytes();
        let shared = [
            ("a context", "context_memory_bytes", limits.context_memory_bytes),
            ("the node", "node_memory_bytes", limits.node_memory_bytes),
        ];
        for (whose, limit, max) in shared {
            if counted(bytes) > max {
                let message = format!(
                    "it starts with {bytes} bytes of memory, counted in whole MiB, and all guests of {whose} have {max} together \
                     ({limit})"
                );
                return Err(too_little(message, limit));
            }
        }
        let stack_bytes = limits.stack_bytes;
        if stack_bytes < STACK_BYTES_MIN {
            let message = format!(
                "it cannot be called on a stack of {stack_bytes} bytes, less than {STACK_BYTES_MIN} (stack_bytes)"
            );
            return Err(too_little(message, "stack_bytes"));
        }
        Ok(())
    }

    /// The largest memory that an instance starts with.
    fn first_memory_bytes(&self) -> u64 {
        let required = self.component.resources_required();
        let pages = required.and_then(|required| required.max_initial_memory_size);
        pages.unwrap_or(0).saturating_mul(WASM_PAGE_BYTES)
    }
}

fn too_little(message: String, limit: &str) -> Error {
    Error::new(Code::LimitExceeded, message).hint(format!(
        "raise {limit}, which who operates the runtime sets: in a project under [runtime.limits] in airs.toml"
    ))
}

impl fmt::Debug for Compiled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compiled").finish_non_exhaustive()
    }
}
