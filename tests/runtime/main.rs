//! The runtime, with real guests.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what is not as it should be ends the test"
)]

mod binding;
mod bombs;
mod call_limits;
mod call_text;
mod callable;
mod cancel;
mod capabilities;
mod code_cache;
mod compile_process;
mod crowd;
mod debug;
mod denials;
mod depth;
mod descriptors;
mod driver_faults;
mod events;
mod explain;
mod files;
mod given_up;
mod http;
mod http_memory;
mod ids;
mod input;
mod interfaces;
mod isolation;
mod kept_memory;
mod limits;
mod line;
mod load;
mod migrate;
mod named;
mod overlap;
mod owner;
mod place;
mod program_faults;
mod quota;
mod removal;
mod replace;
mod resources;
mod rights;
mod state;
mod storage;
mod surroundings;
mod swap;
mod threads;
mod together;
mod transaction;
mod transfer;
mod unknown;
