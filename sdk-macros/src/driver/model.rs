//! The `impl` that the attribute is on.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Ident, Result, Type};

use super::function::{FUNCTIONS, Function};
use crate::{
    faults::{Faults, fault},
    item::{Impl, Item, Member, written},
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
                "`#[airs::driver]` has no arguments",
                "write `#[airs::driver]`",
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
    let (place, driver) = match item {
        Item::Type(name) => (name.to_token_stream(), name.to_string()),
        Item::Fn(item) => (item.name.into_token_stream(), "…".to_owned()),
        Item::Impl(item) => (item.self_ty.into_token_stream(), "…".to_owned()),
        Item::Other(place) => (place, "…".to_owned()),
    };
    let help = format!("write `#[airs::driver] impl airs::Driver for {driver} {{ … }}`");
    fault(place, "`#[airs::driver]` goes on the impl", help)
}

fn check_header(item: &Impl, faults: &mut Faults) {
    if !item.generics.params.is_empty() {
        faults.at(
            &item.generics,
            "a driver has no generics: a component is made of one certain type",
            "remove them, and name the types",
        );
    }
    let driver = written(&item.self_ty);
    match &item.trait_ {
        None => faults.at(
            &item.self_ty,
            "a driver implements `airs::Driver`",
            format!("write `impl airs::Driver for {driver}`"),
        ),
        Some(path) => {
            if path.segments.last().is_none_or(|last| last.ident != "Driver") {
                faults.at(
                    path,
                    "a driver implements `airs::Driver`",
                    format!("write `impl airs::Driver for {driver}`"),
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
                None => report_stranger("function", name, &function_names(), faults),
            }
            present.push(name.to_string());
        }
        Member::Type(name) => {
            let known = ["Account", "Asset"];
            if !known.iter().any(|known| name == known) {
                report_stranger("type", name, &known, faults);
            }
            present.push(name.to_string());
        }
        Member::Const(name) => report_stranger("constant", name, &[], faults),
        Member::Macro => {}
    }
}

fn function_names() -> Vec<&'static str> {
    FUNCTIONS.iter().map(|function| function.name).collect()
}

fn report_stranger(kind: &str, name: &Ident, known: &[&str], faults: &mut Faults) {
    let help = did_you_mean(&name.to_string(), known);
    let help = help.unwrap_or_else(|| "move it to an `impl` of its own".to_owned());
    faults.at(name, format!("`airs::Driver` has no {kind} `{name}`"), help);
}

fn report_missing(item: &Impl, present: &[String], faults: &mut Faults) {
    if item.trait_.is_none() {
        return;
    }
    if !present.iter().any(|name| name == "Asset") {
        faults.at(
            &item.self_ty,
            "a driver needs a type of assets: one descriptor, as this driver sees it",
            "add `type Asset = …;`",
        );
    }
    for function in FUNCTIONS.iter().filter(|function| function.required) {
        if !present.iter().any(|name| name == function.name) {
            faults.at(
                &item.self_ty,
                format!("a driver needs `{}`", function.name),
                format!("add `{} {{ … }}`", function.written()),
            );
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
    if written(account) == "Self::Account" {
        faults.at(
            account,
            "the type of the account data is named nowhere",
            "name it here, or write `type Account = …;`",
        );
        return None;
    }
    Some(account.clone())
}
