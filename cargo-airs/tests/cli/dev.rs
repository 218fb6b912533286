//! The development loop, driven by what it tells: nothing here waits for time to pass, but for what is to last.

#[cfg(unix)]
mod asked;
mod broken;
#[cfg(target_os = "linux")]
mod early;
mod loops;
#[cfg(unix)]
mod members;
mod project;
#[cfg(unix)]
mod proof;
#[cfg(unix)]
mod served;
mod starts;
#[cfg(target_os = "linux")]
mod terminal;
#[cfg(unix)]
#[path = "../../../tests/proof/verdict.rs"]
mod verdict;
