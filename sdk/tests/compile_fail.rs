//! Mistakes with the attributes: each error sits on the author's own token and says what to write.
//!
//! `TRYBUILD=overwrite cargo test -p airs-sdk --test compile_fail` writes the expected messages anew.

#[test]
fn mistakes_are_reported_where_they_were_made() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
