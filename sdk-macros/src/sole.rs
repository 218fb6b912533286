//! A crate holds one driver or one program.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::Ident;

/// An item that no crate can hold twice, in whatever modules; the compiler shows both places.
///
/// Exported macros share one name space in a whole crate.
pub(crate) fn mark(place: Span) -> TokenStream {
    let name = Ident::new("a_crate_holds_one_driver_or_one_program", place);
    quote_spanned! { place=>
        #[doc(hidden)]
        #[allow(non_local_definitions)]
        #[macro_export]
        macro_rules! #name { () => {} }
    }
}
