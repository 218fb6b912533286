//! The function that the attribute is on.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{
    FnArg, Item, ItemFn, LitStr, Result, ReturnType, Safety, Signature, Type, parse::Parser, spanned::Spanned,
};

use crate::{faults::Faults, nearest::did_you_mean, schema::documentation};

/// A function that is a program as far as can be told by looking at it.
pub(super) struct ProgramFn {
    pub(super) item: ItemFn,
    /// None for a program without input.
    pub(super) input: Option<Type>,
    /// The whole result.
    pub(super) output: Type,
    pub(super) name: String,
    pub(super) doc: String,
}

impl ProgramFn {
    pub(super) fn parse(arguments: TokenStream, item: TokenStream) -> Result<Self> {
        let item = match syn::parse2::<Item>(item)? {
            Item::Fn(item) => item,
            other => return Err(wrong_item(&other)),
        };
        let mut faults = Faults::default();
        let name = name(arguments, &mut faults).unwrap_or_else(|| item.sig.ident.to_string());
        check_modifiers(&item.sig, &mut faults);
        let input = input(&item.sig, &mut faults);
        let output = output(&item.sig, &mut faults);
        let doc = documentation(&item.attrs);
        faults.or(Self {
            item,
            input,
            output,
            name,
            doc,
        })
    }
}

fn wrong_item(item: &Item) -> syn::Error {
    let place = match item {
        Item::Struct(item) => item.ident.span(),
        Item::Enum(item) => item.ident.span(),
        Item::Mod(item) => item.ident.span(),
        Item::Impl(item) => item.self_ty.span(),
        other => other.span(),
    };
    syn::Error::new(
        place,
        "`#[airs::program]` goes on a function: write `#[airs::program] fn pay(order: Order) -> airs::Result<…>`",
    )
}

/// The name that the attribute's arguments give.
fn name(arguments: TokenStream, faults: &mut Faults) -> Option<String> {
    let mut name = None;
    let parsed = syn::meta::parser(|argument| {
        if argument.path.is_ident("name") {
            name = Some(argument.value()?.parse::<LitStr>()?.value());
            return Ok(());
        }
        let given = argument.path.to_token_stream().to_string();
        let nearest = match did_you_mean(&given, &["name"]) {
            nothing if nothing.is_empty() => ": there is only `name = \"…\"`".to_owned(),
            nearest => nearest,
        };
        // The value is of no interest, but has to be out of the way.
        let _: TokenStream = argument.input.parse()?;
        Err(syn::Error::new_spanned(
            argument.path,
            format!("`#[airs::program]` has no argument `{given}`{nearest}"),
        ))
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
            "a program is not async: remove `async`; what it calls answers at once",
        );
    }
    if let Safety::Unsafe(token) = &signature.safety {
        faults.at(token, "a program is safe to call: remove `unsafe`");
    }
    if let Some(abi) = &signature.abi {
        faults.at(
            abi,
            format!(
                "a program is an ordinary function: remove `{}`",
                abi.to_token_stream()
            ),
        );
    }
    if !signature.generics.params.is_empty() {
        faults.at(
            &signature.generics,
            "a program has no generics: its input is read as one certain type",
        );
    }
}

/// The type of the input.
fn input(signature: &Signature, faults: &mut Faults) -> Option<Type> {
    let mut inputs = signature.inputs.iter();
    let first = inputs.next();
    for more in inputs {
        faults.at(
            more,
            "a program has one input: put its fields into one struct with `#[derive(Deserialize, airs::Schema)]`",
        );
    }
    match first? {
        FnArg::Receiver(receiver) => {
            faults.at(
                receiver,
                "a program is a function of its own: move it out of the impl and remove `self`",
            );
            None
        }
        FnArg::Typed(argument) => match &*argument.ty {
            Type::Reference(lent) => {
                let owned = match lent.elem.to_token_stream().to_string().as_str() {
                    "str" => "String".to_owned(),
                    other => other.to_owned(),
                };
                faults.at(lent, format!("the input is handed over: write `{owned}`"));
                None
            }
            Type::ImplTrait(ty) => {
                faults.at(
                    ty,
                    "a program has no generics: its input is read as one certain type",
                );
                None
            }
            ty => Some(ty.clone()),
        },
    }
}

/// The type of the result.
fn output(signature: &Signature, faults: &mut Faults) -> Type {
    match &signature.output {
        ReturnType::Type(_, ty) => (**ty).clone(),
        ReturnType::Default => {
            faults.at(
                &signature.ident,
                "a program returns a result: write `-> airs::Result<()>`, or what it makes",
            );
            syn::parse_quote! { () }
        }
    }
}
