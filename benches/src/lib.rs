//! Benchmarks of airs; they are in `table/`.
