//! The templates of cargo airs new, embedded.
