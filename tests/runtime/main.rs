//! The runtime, with real guests.

mod binding;
mod cancel;
mod crowd;
mod descriptors;
mod driver_faults;
mod input;
mod isolation;
mod limits;
mod load;
mod overlap;
mod program_faults;
mod replace;
mod rights;
mod state;
mod storage;
mod transaction;
mod transfer;
