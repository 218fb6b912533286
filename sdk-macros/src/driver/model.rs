//! The `impl` that the attribute is on.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Ident, Result, Type};

use super::function::{FUNCTIONS, Function};
use crate::{
    faults::Faults,
    item::{Impl, Item, Member},
    nearest::did_you_mean,
};

/// An `impl airs::Driver for …` that is all right as far as can be told by looking at it.
pub(super) struct DriverImpl {
    /// The type that it is for.
    pub(super) driver: Type,
    /// The type of account data, when the author left it to be added.
    pub(super) account: Option<Type>,
}

impl DriverImpl {
    pub(super) fn check(arguments: &TokenStream, item: Impl) -> Result<Self> {
        let mut faults = Faults::default();
        if !arguments.is_empty() {
            faults.at(
                arguments,
                "`#[airs::driver]` has no arguments: write `#[airs::driver]`",
            );
        }
        check_header(&item, &mut faults);
        let mut present = Vec::new();
        for member in &item.members {
            check_member(member, &mut present, &mut faults);
        }
        report_missing(&item, &present, &mut faults);
        let account = account(&item, &present, &mut faults);
        faults.or(Self {
            driver: item.self_ty,
            account,
        })
    }
}

pub(super) fn wrong_item(item: Item) -> syn::Error {
    let message = |driver: &dyn Display| {
        format!(
            "`#[airs::driver]` goes on the impl: write `#[airs::driver] impl airs::Driver for {driver} {{ … }}`"
        )
    };
    match item {
        Item::Type(name) => syn::Error::new(name.span(), message(&name)),
        Item::Fn(item) => syn::Error::new(item.name.span(), message(&"…")),
        Item::Impl(item) => syn::Error::new_spanned(item.self_ty, message(&"…")),
        Item::Other(place) => syn::Error::new_spanned(place, message(&"…")),
    }
}

fn check_header(item: &Impl, faults: &mut Faults) {
    if !item.generics.params.is_empty() {
        faults.at(
            &item.generics,
            "a driver has no generics: a component is made of one certain type",
        );
    }
    let driver = item.self_ty.to_token_stream();
    match &item.trait_ {
        None => faults.at(&item.self_ty, format!("write `impl airs::Driver for {driver}`")),
        Some(path) => {
            if path.segments.last().is_none_or(|last| last.ident != "Driver") {
                faults.at(
                    path,
                    format!("a driver implements `airs::Driver`: write `impl airs::Driver for {driver}`"),
                );
            }
        }
    }
}

fn check_member(member: &Member, present: &mut Vec<String>, faults: &mut Faults) {
    match member {
        Member::Fn(signature) => {
            let name = &signature.name;
            match Function::named(&name.to_string()) {
                Some(function) => function.check(signature, faults),
                None => faults.at(name, stranger("function", name, &function_names())),
            }
            present.push(name.to_string());
        }
        Member::Type(name) => {
            let known = ["Account", "Asset"];
            if !known.iter().any(|known| name == known) {
                faults.at(name, stranger("type", name, &known));
            }
            present.push(name.to_string());
        }
        Member::Const(name) => faults.at(name, stranger("constant", name, &[])),
        Member::Macro => {}
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

fn report_missing(item: &Impl, present: &[String], faults: &mut Faults) {
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
fn account(item: &Impl, present: &[String], faults: &mut Faults) -> Option<Type> {
    if present.iter().any(|name| name == "Account") {
        return None;
    }
    let intend = item.members.iter().find_map(|member| match member {
        Member::Fn(signature) if signature.name == "intend" => Some(signature),
        _ => None,
    })?;
    let account = intend.types().nth(1)?;
    if account.to_token_stream().to_string().replace(' ', "") == "Self::Account" {
        faults.at(
            account,
            "name the type of the account data here, or write `type Account = …;`",
        );
        return None;
    }
    Some(account.clone())
}
