//! What the crate promises, through its public API.

#[cfg(test)]
mod bad_bytes;
#[cfg(test)]
mod complexity;
#[cfg(test)]
mod component;
#[cfg(test)]
mod componentize;
#[cfg(test)]
mod errors;
#[cfg(test)]
mod guests;
#[cfg(test)]
mod manifest;
#[cfg(test)]
mod project;
#[cfg(test)]
mod stamp;
#[cfg(test)]
mod world;
