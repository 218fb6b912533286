//! A bank and its messages: booked as a whole and once, or refused with a reason.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what cannot be set up has failed"
)]

mod booking;
#[cfg(unix)]
mod command;
mod message;
mod opening;
mod readme;
mod refusal;
mod scene;
