//! The `impl` that the attribute is on.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Ident, ImplItem, Item, ItemImpl, Result, Type, spanned::Spanned};

use super::function::{FUNCTIONS, Function, second_parameter};
use crate::{faults::Faults, nearest::did_you_mean};

/// An `impl airs::Driver for …` that is all right as far as can be told by looking at it.
pub(super) struct DriverImpl {
    pub(super) item: ItemImpl,
    /// The type of account data, when the author left it to be added.
    pub(super) account: Option<Type>,
}

impl DriverImpl {
    pub(super) fn check(arguments: &TokenStream, item: ItemImpl) -> Result<Self> {
        let mut faults = Faults::default();
        if !arguments.is_empty() {
            faults.at(
                arguments,
                "`#[airs::driver]` has no arguments: write `#[airs::driver]`",
            );
        }
        check_header(&item, &mut faults);
        let mut present = Vec::new();
        for item in &item.items {
            check_item(item, &mut present, &mut faults);
        }
        report_missing(&item, &present, &mut faults);
        let account = account(&item, &present, &mut faults);
        faults.or(Self { item, account })
    }
}

pub(super) fn wrong_item(item: &Item) -> syn::Error {
    let message = "`#[airs::driver]` goes on an impl: write `#[airs::driver] impl airs::Driver for … { … }`";
    match item {
        Item::Struct(item) => syn::Error::new(
            item.ident.span(),
            format!(
                "`#[airs::driver]` goes on the impl: write `#[airs::driver] impl airs::Driver for {} {{ … }}`",
                item.ident
            ),
        ),
        Item::Enum(item) => syn::Error::new(item.ident.span(), message),
        Item::Fn(item) => syn::Error::new(item.sig.ident.span(), message),
        Item::Mod(item) => syn::Error::new(item.ident.span(), message),
        Item::Trait(item) => syn::Error::new(item.ident.span(), message),
        other => syn::Error::new(other.span(), message),
    }
}

fn check_header(item: &ItemImpl, faults: &mut Faults) {
    if !item.generics.params.is_empty() {
        faults.at(
            &item.generics,
            "a driver has no generics: a component is made of one certain type",
        );
    }
    let driver = item.self_ty.to_token_stream();
    match &item.trait_ {
        None => faults.at(&item.self_ty, format!("write `impl airs::Driver for {driver}`")),
        Some((path, _)) => {
            if path.segments.last().is_none_or(|last| last.ident != "Driver") {
                faults.at(
                    path,
                    format!("a driver implements `airs::Driver`: write `impl airs::Driver for {driver}`"),
                );
            }
        }
    }
}

fn check_item(item: &ImplItem, present: &mut Vec<String>, faults: &mut Faults) {
    match item {
        ImplItem::Fn(item) => {
            let name = item.sig.ident.to_string();
            match Function::named(&name) {
                Some(function) => function.check(item, faults),
                None => faults.at(
                    &item.sig.ident,
                    stranger("function", &item.sig.ident, &function_names()),
                ),
            }
            present.push(name);
        }
        ImplItem::Type(item) => {
            let known = ["Account", "Asset"];
            if !known.iter().any(|name| item.ident == name) {
                faults.at(&item.ident, stranger("type", &item.ident, &known));
            }
            present.push(item.ident.to_string());
        }
        ImplItem::Const(item) => faults.at(&item.ident, stranger("constant", &item.ident, &[])),
        _ => {}
    }
}

fn function_names() -> Vec<&'static str> {
    FUNCTIONS.iter().map(|function| function.name).collect()
}

fn stranger(kind: &str, name: &Ident, known: &[&str]) -> String {
    match did_you_mean(&name.to_string(), known) {
        nothing if nothing.is_empty() => {
            format!("`airs::Driver` has no {kind} `{name}`: move it to an `impl` of its own")
        }
        nearest => format!("`airs::Driver` has no {kind} `{name}`{nearest}"),
    }
}

fn report_missing(item: &ItemImpl, present: &[String], faults: &mut Faults) {
    if item.trait_.is_none() {
        return;
    }
    if !present.iter().any(|name| name == "Asset") {
        faults.at(
            &item.self_ty,
            "a driver needs `type Asset = …;`: one descriptor, as this driver sees it",
        );
    }
    for function in FUNCTIONS.iter().filter(|function| function.required) {
        if !present.iter().any(|name| name == function.name) {
            faults.at(&item.self_ty, format!("a driver needs `{}`", function.written()));
        }
    }
}

/// The type to add as `Account`: that of the second parameter of `intend`.
fn account(item: &ItemImpl, present: &[String], faults: &mut Faults) -> Option<Type> {
    if present.iter().any(|name| name == "Account") {
        return None;
    }
    let intend = item.items.iter().find_map(|item| match item {
        ImplItem::Fn(item) if item.sig.ident == "intend" => Some(item),
        _ => None,
    })?;
    let account = second_parameter(intend)?;
    if account.to_token_stream().to_string().replace(' ', "") == "Self::Account" {
        faults.at(
            account,
            "name the type of the account data here, or write `type Account = …;`",
        );
        return None;
    }
    Some(account.clone())
}
