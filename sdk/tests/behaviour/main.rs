//! What authors rely on, tried as they would use it.
#![cfg(test)]

mod drivers;
mod programs;
mod runs;
mod schemas;
mod tickets;
