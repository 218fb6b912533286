//! Integration tests of airs.
