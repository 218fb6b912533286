//! What the code needs that `#[airs_runtime::wit]` writes: the engine under another name.

pub use wasmtime::{Result, ValRaw, bail};

/// The traits of values that cross, and what implementing them takes.
pub mod component {
    pub use wasmtime::component::{__internal, ComponentType, Lift, Lower, flags};
}
