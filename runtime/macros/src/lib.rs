//! The attribute of airs-runtime: `#[airs_runtime::wit]`.

mod expand;
mod name;

use proc_macro::TokenStream;

/// Part of airs-runtime, as `airs_runtime::wit`.
#[proc_macro_attribute]
pub fn wit(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::expand(arguments.into(), item.into())
        .unwrap_or_else(|error| error.into_compile_error())
        .into()
}
