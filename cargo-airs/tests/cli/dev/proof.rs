//! The promises of the loop, put to the proof: `AIRS_PROOF=full` makes them as large as they are stated. What they see is
//! in the summary of the other proofs.

mod builds;
mod elsewhere;
mod idle;
mod kills;
mod mistakes;
mod saving;
mod traffic;
