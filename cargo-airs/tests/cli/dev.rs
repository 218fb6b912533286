//! The development loop, driven by what it tells: nothing here waits for time to pass.

#[cfg(unix)]
mod asked;
mod broken;
mod loops;
mod project;
mod saving;
mod starts;
