//! `#[airs::driver]`.

mod function;
mod model;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use self::model::DriverImpl;
use crate::{
    item::{self, Item},
    sole::sole,
};

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let item = item::plain(item);
    match syn::parse2(item.clone()) {
        Ok(Item::Impl(read)) => match DriverImpl::check(&arguments, read) {
            Ok(driver) => component(driver, item),
            // What the compiler would say of the impl is said already.
            Err(faults) => faults.into_compile_error(),
        },
        Ok(other) => {
            let fault = model::wrong_item(other).into_compile_error();
            quote! { #item #fault }
        }
        Err(fault) => fault.into_compile_error(),
    }
}

fn component(DriverImpl { driver, account }: DriverImpl, mut item: TokenStream) -> TokenStream {
    if let Some(account) = account {
        let account = quote_spanned! { account.span()=> type Account = #account; };
        item = item::with_member(item, account);
    }
    let component = quote_spanned! { driver.span()=> ::airs::__private::DriverComponent<#driver> };
    let component = quote! {
        #[allow(dead_code)]
        const _: () = {
            type Component = #component;
            #[cfg(target_family = "wasm")]
            ::airs::__private::driver::__export_driver!(Component with_types_in ::airs::__private::driver);
        };
    };
    let component = sole(&driver, &component);
    quote! { #item #component }
}
