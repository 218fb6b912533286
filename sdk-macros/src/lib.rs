//! The attributes of airs-sdk: `#[airs::driver]`, `#[airs::program]`, `#[derive(airs::Schema)]`.
//!
//! Each is read into a model and written from it; what is wrong with the author's code is collected on
//! the way, and all of it is reported, each at its own place.

mod driver;
mod faults;
mod item;
mod nearest;
mod program;
mod schema;
mod sole;
mod well_known;

use proc_macro::TokenStream;

/// Part of airs-sdk, as `airs::driver`.
#[proc_macro_attribute]
pub fn driver(arguments: TokenStream, item: TokenStream) -> TokenStream {
    driver::expand(arguments.into(), item.into()).into()
}

/// Part of airs-sdk, as `airs::program`.
#[proc_macro_attribute]
pub fn program(arguments: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(arguments.into(), item.into()).into()
}

/// Part of airs-sdk, as `airs::Schema`.
#[proc_macro_derive(Schema, attributes(schema, serde))]
pub fn schema(item: TokenStream) -> TokenStream {
    schema::expand(item.into())
        .unwrap_or_else(|error| error.into_compile_error())
        .into()
}
