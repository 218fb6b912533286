//! The runtime, with real guests.

mod transfer;
