//! `#[derive(airs::Schema)]`.

mod attributes;
mod case;
mod shape;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, DeriveInput, Expr, ExprLit, Lit, Meta, Result};

use crate::faults::Faults;

pub(crate) fn expand(item: TokenStream) -> Result<TokenStream> {
    let mut input: DeriveInput = syn::parse2(item)?;
    let mut faults = Faults::default();
    let shape::Model { shape, optional } = shape::of_type(&input, &mut faults);
    let description = documentation(&input.attrs);
    let shape = described(&description, shape);
    for parameter in input.generics.type_params_mut() {
        parameter.bounds.push(syn::parse_quote! { ::airs::Schema });
    }
    let name = &input.ident;
    let (generics, arguments, bounds) = input.generics.split_for_impl();
    faults.or(quote! {
        #[automatically_derived]
        impl #generics ::airs::Schema for #name #arguments #bounds {
            const SCHEMA: ::airs::schema::Shape = #shape;
            const OPTIONAL: bool = #optional;
        }
    })
}

/// A shape with a description, unless that is empty.
fn described(description: &str, shape: TokenStream) -> TokenStream {
    if description.is_empty() {
        return shape;
    }
    quote! { ::airs::schema::Shape::Described { text: #description, shape: &#shape } }
}

/// The text of an item's doc comment, up to its first heading or code block: what follows is for those
/// who read the source.
pub(crate) fn documentation(attributes: &[Attribute]) -> String {
    let paragraphs = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text), ..
            }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    });
    let text = paragraphs.collect::<Vec<_>>().join("\n");
    let lines = text
        .lines()
        .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end());
    let lines = lines.take_while(|line| !line.starts_with("# ") && !line.starts_with("```"));
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}
