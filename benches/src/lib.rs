//! Benchmarks of airs, each beside its floor.
