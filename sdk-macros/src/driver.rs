//! `#[airs::driver]`.

mod function;
mod model;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Result, spanned::Spanned};

use self::model::DriverImpl;
use crate::sole;

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let DriverImpl { mut item, account } = DriverImpl::parse(arguments, item)?;
    if let Some(account) = account {
        item.items
            .push(syn::parse_quote_spanned! { account.span()=> type Account = #account; });
    }
    let driver = &item.self_ty;
    let sole = sole::mark(driver.span());
    let component = quote_spanned! { driver.span()=> ::airs::__private::DriverComponent<#driver> };
    Ok(quote! {
        #item
        #sole
        #[allow(dead_code)]
        const _: () = {
            type Component = #component;
            #[cfg(target_family = "wasm")]
            ::airs::__private::driver::__export_driver!(Component with_types_in ::airs::__private::driver);
        };
    })
}
