//! The function that the attribute is on.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Ident, LitStr, Result, ReturnType, Type, ext::IdentExt, parse::Parser};

use crate::{
    faults::{Faults, fault},
    item::{Item, Parameter, Signature, written},
    nearest::did_you_mean,
    schema::documentation,
    well_known::WELL_KNOWN,
};

/// A function that is a program as far as can be told by looking at it.
pub(super) struct ProgramFn<'a> {
    pub(super) function: &'a Ident,
    /// None for a program without input.
    pub(super) input: Option<&'a Type>,
    /// The whole result.
    pub(super) output: Type,
    pub(super) name: String,
    pub(super) doc: String,
}

impl<'a> ProgramFn<'a> {
    pub(super) fn check(arguments: TokenStream, signature: &'a Signature) -> Result<Self> {
        let function = &signature.name;
        let mut faults = Faults::default();
        let name = name(arguments, &mut faults).unwrap_or_else(|| function.unraw().to_string());
        check_modifiers(signature, &mut faults);
        let input = input(signature, &mut faults);
        let output = output(signature, &mut faults);
        let doc = documentation(&signature.attributes);
        faults.or(Self {
            function,
            input,
            output,
            name,
            doc,
        })
    }
}

pub(super) fn wrong_item(item: Item) -> syn::Error {
    let place = match item {
        Item::Fn(item) => item.name.into_token_stream(),
        Item::Impl(item) => item.self_ty.into_token_stream(),
        Item::Type(name) => name.into_token_stream(),
        Item::Other(place) => place,
    };
    fault(
        place,
        "`#[airs::program]` goes on a function",
        "write `#[airs::program] fn pay(order: Order) -> airs::Result<…>`",
    )
}

/// The name that the attribute's arguments give.
fn name(arguments: TokenStream, faults: &mut Faults) -> Option<String> {
    let mut name = None;
    let parsed = syn::meta::parser(|argument| {
        if argument.path.is_ident("name") {
            let value = argument.value()?;
            if value.peek(LitStr) {
                name = Some(value.parse::<LitStr>()?.value());
                return Ok(());
            }
            let given: TokenStream = value.parse()?;
            let help = format!("write `name = \"{}\"`", written(&given));
            return Err(fault(given, "the name of a program is a text", help));
        }
        let given = argument.path.to_token_stream().to_string();
        let help = did_you_mean(&given, &["name"]);
        let help = help.unwrap_or_else(|| "there is only `name = \"…\"`".to_owned());
        // The value is of no interest, but has to be out of the way.
        let _: TokenStream = argument.input.parse()?;
        let what = format!("`#[airs::program]` has no argument `{given}`");
        Err(fault(argument.path, what, help))
    })
    .parse2(arguments);
    if let Err(error) = parsed {
        faults.add(error);
    }
    name
}

fn check_modifiers(signature: &Signature, faults: &mut Faults) {
    if let Some(token) = &signature.asyncness {
        faults.at(
            token,
            "a program is not async: what it calls answers at once",
            "remove `async`",
        );
    }
    if let Some(token) = &signature.unsafety {
        faults.at(token, "a program is safe to call", "remove `unsafe`");
    }
    if let Some(abi) = &signature.abi {
        faults.at(
            abi,
            "a program is an ordinary function",
            format!("remove `{}`", abi.to_token_stream()),
        );
    }
    if !signature.generics.params.is_empty() {
        faults.at(
            &signature.generics,
            "a program has no generics: its input is read as one certain type",
            "remove them, and name the type",
        );
    }
}

/// The type of the input.
fn input<'a>(signature: &'a Signature, faults: &mut Faults) -> Option<&'a Type> {
    let mut inputs = signature.parameters.iter();
    let first = inputs.next();
    for more in inputs {
        faults.at(
            more.tokens(),
            "a program has one input",
            "put its fields into one struct with `#[derive(Deserialize, airs::Schema)]`",
        );
    }
    match first? {
        Parameter::Receiver(receiver) => {
            faults.at(
                receiver,
                "a program is a function of its own",
                "move it out of the impl and remove `self`",
            );
            None
        }
        Parameter::Typed { ty, .. } => match &**ty {
            Type::Reference(lent) => {
                let owned = match written(&lent.elem).as_str() {
                    "str" => "String".to_owned(),
                    other => other.to_owned(),
                };
                faults.at(lent, "the input is handed over", format!("write `{owned}`"));
                None
            }
            Type::ImplTrait(ty) => {
                faults.at(
                    ty,
                    "a program has no generics: its input is read as one certain type",
                    "name the type",
                );
                None
            }
            ty => Some(ty),
        },
    }
}

/// The type of the result.
fn output(signature: &Signature, faults: &mut Faults) -> Type {
    let ty = match &signature.output {
        ReturnType::Type(_, ty) => &**ty,
        ReturnType::Default => {
            faults.at(
                &signature.name,
                "a program returns a result",
                "write `-> airs::Result<()>`, or what it makes",
            );
            return syn::parse_quote! { () };
        }
    };
    if is_plainly_no_result(ty) {
        faults.at(
            ty,
            "a program returns a result",
            format!("write `airs::Result<{}>`", written(ty)),
        );
    }
    ty.clone()
}

/// Whether its name, or its form, tells that a type is no result; other names may stand for one.
fn is_plainly_no_result(ty: &Type) -> bool {
    match ty {
        Type::Path(path) => {
            path.path.segments.last().is_some_and(|last| {
                last.ident != "Result" && WELL_KNOWN.iter().any(|known| last.ident == known)
            })
        }
        Type::Tuple(_) | Type::Reference(_) | Type::Array(_) | Type::Slice(_) => true,
        _ => false,
    }
}
