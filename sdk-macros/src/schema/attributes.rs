//! serde's attributes, as far as they change the JSON form, and our own.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{
    Attribute, Expr, ExprLit, Lit, LitStr, Result, Token, Type, meta::ParseNestedMeta, parenthesized,
    token::Paren,
};

use super::case::Case;
use crate::{
    faults::{Faults, fault},
    nearest::did_you_mean,
};

/// What the attributes of a type, a variant or a field say.
#[derive(Default)]
pub(super) struct Attributes {
    pub(super) rename: Option<String>,
    pub(super) rename_all: Option<Case>,
    pub(super) rename_all_fields: Option<Case>,
    pub(super) default: bool,
    pub(super) deny_unknown_fields: bool,
    pub(super) transparent: bool,
    pub(super) untagged: bool,
    pub(super) other: bool,
    pub(super) tag: Option<String>,
    pub(super) content: Option<String>,
    /// It is not read.
    pub(super) skip_input: bool,
    /// It is not written.
    pub(super) skip_output: bool,
    /// It is written only when a condition holds.
    pub(super) skip_output_if: bool,
    /// A conversion of the author's: what the JSON form is, nobody can see.
    pub(super) with: Option<TokenStream>,
    /// The type that it is read as (`from`, `try_from`).
    pub(super) from: Option<Type>,
    /// The type that it is written as (`into`).
    pub(super) into: Option<Type>,
    /// The type whose JSON form it has.
    pub(super) same_as: Option<Type>,
}

impl Attributes {
    pub(super) fn read(attributes: &[Attribute], faults: &mut Faults) -> Self {
        let mut read = Self::default();
        for attribute in attributes {
            let outcome = if attribute.path().is_ident("serde") {
                attribute.parse_nested_meta(|meta| read.serde(&meta, faults))
            } else if attribute.path().is_ident("schema") {
                attribute.parse_nested_meta(|meta| read.schema(&meta))
            } else {
                Ok(())
            };
            if let Err(error) = outcome {
                faults.add(error);
            }
        }
        read
    }

    fn schema(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        if meta.path.is_ident("as") {
            self.same_as = Some(meta.value()?.parse()?);
            return Ok(());
        }
        let given = meta.path.to_token_stream().to_string();
        let help = did_you_mean(&given, &["as"]);
        let help = help.unwrap_or_else(|| "there is only `as = Type`".to_owned());
        let _: TokenStream = meta.input.parse()?;
        let what = format!("`#[schema(…)]` has no argument `{given}`");
        Err(fault(&meta.path, what, help))
    }

    fn serde(&mut self, meta: &ParseNestedMeta<'_>, faults: &mut Faults) -> Result<()> {
        let name = meta.path.to_token_stream().to_string();
        if meta.input.peek(Paren) {
            let inside;
            parenthesized!(inside in meta.input);
            let _: TokenStream = inside.parse()?;
            if name.starts_with("rename") {
                faults.at(
                    &meta.path,
                    "a schema has one name for both directions",
                    format!("write `#[serde({name} = \"…\")]`"),
                );
            }
            return Ok(());
        }
        let value = if meta.input.peek(Token![=]) {
            text(&meta.value()?.parse()?)
        } else {
            None
        };
        match name.as_str() {
            "rename" => self.rename = value.map(|value| value.value()),
            "rename_all" => self.rename_all = case(value, faults),
            "rename_all_fields" => self.rename_all_fields = case(value, faults),
            "default" => self.default = true,
            "deny_unknown_fields" => self.deny_unknown_fields = true,
            "transparent" => self.transparent = true,
            "untagged" => self.untagged = true,
            "other" => self.other = true,
            "tag" => self.tag = value.map(|value| value.value()),
            "content" => self.content = value.map(|value| value.value()),
            "skip" => (self.skip_input, self.skip_output) = (true, true),
            "skip_deserializing" => self.skip_input = true,
            "skip_serializing" => self.skip_output = true,
            "skip_serializing_if" => self.skip_output_if = true,
            "with" | "deserialize_with" | "serialize_with" => self.with = Some(meta.path.to_token_stream()),
            "from" | "try_from" => self.from = value.map(|value| value.parse()).transpose()?,
            "into" => self.into = value.map(|value| value.parse()).transpose()?,
            "flatten" => faults.at(
                &meta.path,
                "a schema cannot look into a flattened type",
                "write its fields here, or nest it without `flatten`",
            ),
            _ => {}
        }
        Ok(())
    }

    /// The name of a field, or of a variant, in JSON.
    pub(super) fn name(&self, rust: &str, rule: Option<Case>, apply: fn(Case, &str) -> String) -> String {
        match (&self.rename, rule) {
            (Some(name), _) => name.clone(),
            (None, Some(rule)) => apply(rule, rust),
            (None, None) => rust.to_owned(),
        }
    }

    /// Another type's form, when the attributes say so.
    pub(super) fn form_of(&self, faults: &mut Faults) -> Option<Type> {
        if self.same_as.is_some() {
            return self.same_as.clone();
        }
        match (&self.from, &self.into) {
            (Some(from), Some(into)) if written(from) != written(into) => {
                faults.at(
                    into,
                    "it is read as one type and written as another",
                    "write `#[schema(as = Type)]` with the type to describe",
                );
                None
            }
            (from, into) => from.clone().or_else(|| into.clone()),
        }
    }
}

fn written(ty: &Type) -> String {
    ty.to_token_stream().to_string()
}

fn text(value: &Expr) -> Option<LitStr> {
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text), ..
        }) => Some(text.clone()),
        _ => None,
    }
}

/// The rule; one that does not exist is reported by serde.
fn case(value: Option<LitStr>, faults: &mut Faults) -> Option<Case> {
    let value = value?;
    let case = Case::named(&value.value());
    if case.is_none() {
        faults.at(
            &value,
            "serde has no such case",
            "write `kebab-case`, `snake_case` or `camelCase`, for example",
        );
    }
    case
}
