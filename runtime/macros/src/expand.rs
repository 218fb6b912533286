//! From a Rust type to its code.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::punctuated::Punctuated;
use syn::{Attribute, Error, Fields, Ident, Item, ItemEnum, ItemStruct, Path, Result, Token, parse2};

use crate::name;

/// What a Rust enum stands for, when it is not for a WIT `enum` or `variant`.
const FLAGS: &str = "flags";

/// Derives what a type needs to cross: a struct is a record, an enum is an enum, a variant or flags.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let argument: Option<Ident> = parse2(arguments)?;
    let item: Item = parse2(item)?;
    match (argument, item) {
        (None, Item::Struct(item)) => record(item),
        (None, Item::Enum(item)) => cases(item),
        (Some(argument), Item::Enum(item)) if argument == FLAGS => flags(item),
        (Some(argument), _) if argument == FLAGS => Err(Error::new(
            argument.span(),
            "flags are written as an enum of their names",
        )),
        (Some(argument), _) => Err(Error::new(argument.span(), "only `flags` is known here")),
        (None, other) => Err(Error::new_spanned(
            other,
            "records are structs; enums, variants and flags are enums",
        )),
    }
}

/// What makes `item` cross; its code names the engine, which nobody else does, by a path of the runtime's.
fn derive(style: &str, item: &impl quote::ToTokens) -> TokenStream {
    let style = format_ident!("{style}");
    let style = if style == "enum" {
        quote!(enum)
    } else {
        quote!(#style)
    };
    quote! {
        #[derive(
            ::airs_runtime::wit::component::ComponentType,
            ::airs_runtime::wit::component::Lift,
            ::airs_runtime::wit::component::Lower,
        )]
        #[component(#style)]
        #[component(wasmtime_crate = ::airs_runtime::wit)]
        #item
    }
}

fn rename(ident: &Ident, attributes: &mut Vec<Attribute>) -> Result<()> {
    let name = name::of(ident, attributes)?;
    attributes.push(syn::parse_quote!(#[component(name = #name)]));
    Ok(())
}

fn record(mut item: ItemStruct) -> Result<TokenStream> {
    let Fields::Named(fields) = &mut item.fields else {
        return Err(Error::new(item.ident.span(), "a record has fields with names"));
    };
    for field in &mut fields.named {
        if let Some(ident) = &field.ident {
            rename(ident, &mut field.attrs)?;
        }
    }
    Ok(derive("record", &item))
}

fn cases(mut item: ItemEnum) -> Result<TokenStream> {
    let mut carries = false;
    for case in &mut item.variants {
        match &case.fields {
            Fields::Unit => {}
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => carries = true,
            _ => {
                return Err(Error::new(
                    case.ident.span(),
                    "a case carries one value or none, as in `Some(T)`",
                ));
            }
        }
        rename(&case.ident, &mut case.attrs)?;
    }
    if carries {
        return Ok(derive("variant", &item));
    }
    let repr = match item.variants.len() {
        0..=0x100 => quote!(u8),
        0x101..=0x1_0000 => quote!(u16),
        _ => quote!(u32),
    };
    item.attrs.push(syn::parse_quote!(#[repr(#repr)]));
    // An enum without anything in it is copied where it crosses.
    if !is_copy(&item.attrs)? {
        item.attrs.push(syn::parse_quote!(#[derive(Clone, Copy)]));
    }
    Ok(derive("enum", &item))
}

/// Whether a `#[derive(…)]` below has `Copy` in it.
fn is_copy(attributes: &[Attribute]) -> Result<bool> {
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"))
    {
        let derived = attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated)?;
        if derived
            .iter()
            .any(|path| path.segments.last().is_some_and(|last| last.ident == "Copy"))
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn flags(item: ItemEnum) -> Result<TokenStream> {
    let ItemEnum {
        attrs,
        vis,
        ident,
        variants,
        ..
    } = item;
    if let Some(derive) = attrs.iter().find(|attribute| attribute.path().is_ident("derive")) {
        let why = "flags have Clone, Copy, Debug, Default, PartialEq, Eq and the operators of bits already";
        return Err(Error::new_spanned(derive, why));
    }
    let mut flags = Vec::new();
    for mut flag in variants {
        if !matches!(flag.fields, Fields::Unit) {
            return Err(Error::new(flag.ident.span(), "a flag carries nothing"));
        }
        let name = name::of(&flag.ident, &mut flag.attrs)?;
        let constant = name::constant(&flag.ident);
        flags.push(quote!(#[component(name = #name)] const #constant;));
    }
    let module = format_ident!("__wit_{ident}");
    Ok(quote! {
        #[doc(hidden)]
        #[allow(missing_docs, non_snake_case, unreachable_pub, missing_debug_implementations, reason = "generated")]
        mod #module {
            use ::airs_runtime::wit as wasmtime;
            wasmtime::component::flags! { #ident { #(#flags)* } }
        }
        #(#attrs)*
        #vis use #module::#ident;
    })
}
