//! The attributes of airs-sdk: airs::driver, airs::program, derive(airs::Schema).

use proc_macro::TokenStream;

/// Makes a component of a driver.
#[proc_macro_attribute]
pub fn driver(_arguments: TokenStream, item: TokenStream) -> TokenStream {
    item
}

/// Makes a component of a program.
#[proc_macro_attribute]
pub fn program(_arguments: TokenStream, item: TokenStream) -> TokenStream {
    item
}

/// Derives the JSON form of a type.
#[proc_macro_derive(Schema, attributes(schema, serde))]
pub fn schema(_item: TokenStream) -> TokenStream {
    TokenStream::new()
}
