//! `#[airs::driver]`.

mod function;
mod model;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Item, spanned::Spanned};

use self::model::DriverImpl;
use crate::sole;

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    match syn::parse2::<Item>(item) {
        Ok(Item::Impl(item)) => match DriverImpl::check(&arguments, item) {
            Ok(driver) => component(driver),
            // What the compiler would say of the impl is said already.
            Err(faults) => faults.into_compile_error(),
        },
        Ok(other) => {
            let fault = model::wrong_item(&other).into_compile_error();
            quote! { #other #fault }
        }
        Err(fault) => fault.into_compile_error(),
    }
}

fn component(DriverImpl { mut item, account }: DriverImpl) -> TokenStream {
    if let Some(account) = account {
        let account = syn::parse_quote_spanned! { account.span()=> type Account = #account; };
        item.items.push(account);
    }
    let driver = &item.self_ty;
    let sole = sole::mark(driver.span());
    let component = quote_spanned! { driver.span()=> ::airs::__private::DriverComponent<#driver> };
    quote! {
        #item
        #sole
        #[allow(dead_code)]
        const _: () = {
            type Component = #component;
            #[cfg(target_family = "wasm")]
            ::airs::__private::driver::__export_driver!(Component with_types_in ::airs::__private::driver);
        };
    }
}
