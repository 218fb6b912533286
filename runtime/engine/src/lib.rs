//! The engine of airs: everything that touches wasmtime.
