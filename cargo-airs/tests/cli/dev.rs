//! The development loop, driven by what it tells: nothing here waits for time to pass.

mod broken;
mod loops;
mod project;
mod saving;
mod starts;
