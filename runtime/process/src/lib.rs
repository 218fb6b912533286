//! The process layer of airs: it runs programs against the VAL, and makes each run a transaction.
//!
//! A [`Run`] says who runs what; [`Run::execute`] attempts it until it is committed, has failed, or has met
//! conflicts too often. Platform services are out of reach from here: what a program does, it does through
//! drivers.

mod catalog;
mod run;
mod val;
mod work;

pub use catalog::{Program, Programs};
pub use run::{ATTEMPTS_MAX, Outcome, Run};
pub use val::ProgramState;
pub use work::{Answer, Work};
