//! Platform services of airs: a trait for each, a file for each backend.
