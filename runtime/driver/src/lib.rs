//! The driver layer of airs: resolver, descriptors, transaction, dispatch.
