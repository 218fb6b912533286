//! A compiled component.

use std::fmt;
use std::sync::Arc;

use airs_core::{Code, Error, Limits, Result};
use wasmtime::component::Component;

use crate::code_goal::CodeGoal;
use crate::lines::Lines;

const WASM_PAGE_BYTES: u64 = 64 << 10;

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
        let required = self.component.resources_required();
        let pages = required.and_then(|required| required.max_initial_memory_size);
        let bytes = pages.unwrap_or(0).saturating_mul(WASM_PAGE_BYTES);
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
}

impl fmt::Debug for Compiled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compiled").finish_non_exhaustive()
    }
}
