//! What the generator makes of the WIT packages; `tests/bindings.rs` keeps it true to them.

macro_rules! generated {
    ($($module:ident)+) => {
        $(
            #[rustfmt::skip]
            #[allow(
                missing_docs,
                missing_debug_implementations,
                unreachable_pub,
                unsafe_code,
                unused,
                clippy::all,
                clippy::allow_attributes_without_reason,
                clippy::expect_used,
                clippy::indexing_slicing,
                clippy::or_fun_call,
                clippy::panic,
                clippy::too_many_lines,
                clippy::unwrap_used,
                clippy::use_self,
                reason = "generated code"
            )]
            pub mod $module;
        )+
    };
}

generated! { driver program random }

pub(crate) use driver::airs::{http::http, storage::storage, types::types};
pub(crate) use program::airs::val::val;
pub(crate) use random::wasi::random::random as wasi_random;
