//! House rules: what no compiler checks.

mod codes;
mod edges;
mod files;
mod tree;
mod versions;
mod words;
