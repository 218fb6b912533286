//! A crate holds one driver or one program.
//!
//! Nothing that a macro can write has the compiler say so with a help: each of two expansions stands alone, the rules of
//! coherence keep impls of a crate's own types from ever overlapping, and what the compiler itself says of a name that is
//! there twice has no place for one. So the second expansion has to know of the first, by a static. That is sound where a
//! process compiles one crate and expands each attribute once, which holds for the compiler and for nothing else: an editor's
//! server expands for many crates, and each attribute again after every key. So only in a compiler is the static believed;
//! and an item that no crate can hold twice is written all the same, for whoever else compiles.

use std::sync::OnceLock;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Ident, spanned::Spanned};

use crate::faults::fault;

/// The processes that compile one crate, and end.
const COMPILERS: [&str; 4] = ["rustc", "rustdoc", "clippy-driver", "miri"];

/// The component of a crate, which is at this place; or why it cannot be that.
pub(crate) fn sole(place: &(impl ToTokens + Spanned), component: &TokenStream) -> TokenStream {
    static FIRST: OnceLock<String> = OnceLock::new();
    if is_in_a_compiler()
        && let Err(first) = claim(&FIRST, place.span())
    {
        return fault(
            place,
            "a crate holds one driver or one program, and this is another",
            format!(
                "the first is at {first}; move one of them to a crate of its own, which `cargo airs new` makes; a driver that \
                 is there for tests needs no attribute"
            ),
        )
        .into_compile_error();
    }
    let mark = mark(place.span());
    quote! { #mark #component }
}

fn is_in_a_compiler() -> bool {
    let this = std::env::current_exe();
    this.is_ok_and(|path| {
        COMPILERS
            .iter()
            .any(|name| path.file_stem().is_some_and(|stem| stem == *name))
    })
}

/// Takes the crate for the component at this place, or tells at which place the one is that has it.
fn claim(first: &OnceLock<String>, place: Span) -> Result<(), String> {
    let place = place.unwrap();
    let place = format!("{}:{}", place.file(), place.line());
    first
        .set(place)
        .map_err(|_| first.get().cloned().unwrap_or_default())
}

/// An item that no crate can hold twice, in whatever modules; the compiler shows both places.
///
/// Exported macros share one name space in a whole crate.
fn mark(place: Span) -> TokenStream {
    let name = Ident::new("a_crate_holds_one_driver_or_one_program", place);
    quote_spanned! { place=>
        #[doc(hidden)]
        #[allow(non_local_definitions)]
        #[macro_export]
        macro_rules! #name { () => {} }
    }
}
