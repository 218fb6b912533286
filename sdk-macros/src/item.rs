//! The item that an attribute is on, read as far as the attributes look at it.
//!
//! Bodies stay the author's tokens: what is wrong within them is for the compiler to say. So the macros
//! need only those parts of syn that derives need, and an author's first build compiles no others.

mod signature;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Attribute, Generics, Ident, Macro, MacroDelimiter, Path, Result, Token, Type, Visibility, braced,
    parse::{Parse, ParseStream},
};

pub(crate) use signature::{Parameter, Signature};

/// What an attribute was put on.
pub(crate) enum Item {
    Fn(Signature),
    Impl(Impl),
    /// A struct or an enum of this name.
    Type(Ident),
    /// Anything else, and where it is to be pointed at.
    Other(TokenStream),
}

/// An `impl`, of a trait or without one.
pub(crate) struct Impl {
    pub(crate) generics: Generics,
    pub(crate) trait_: Option<Path>,
    pub(crate) self_ty: Type,
    pub(crate) members: Vec<Member>,
}

/// What stands in an `impl`.
pub(crate) enum Member {
    Fn(Signature),
    Type(Ident),
    Const(Ident),
    Macro,
}

/// The item, free of the invisible brackets that a macro may have put around it.
pub(crate) fn plain(item: TokenStream) -> TokenStream {
    let mut trees = item.clone().into_iter();
    match (trees.next(), trees.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::None => {
            plain(group.stream())
        }
        _ => item,
    }
}

/// The `impl` with one more member.
pub(crate) fn with_member(item: TokenStream, member: TokenStream) -> TokenStream {
    let mut trees: Vec<TokenTree> = item.into_iter().collect();
    if let Some(TokenTree::Group(body)) = trees.last_mut() {
        let mut members = body.stream();
        members.extend(member);
        let span = body.span();
        *body = Group::new(body.delimiter(), members);
        body.set_span(span);
    }
    trees.into_iter().collect()
}

/// The tokens as an author writes them, for a message: the compiler's own form has spaces between all.
pub(crate) fn written(tokens: &impl ToTokens) -> String {
    let spaced = tokens.to_token_stream().to_string();
    [
        (" :: ", "::"),
        (":: ", "::"),
        (" < ", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" ,", ","),
        ("& ", "&"),
    ]
    .into_iter()
    .fold(spaced, |text, (from, to)| text.replace(from, to))
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let whole: TokenStream = input.fork().parse()?;
        let attributes = input.call(Attribute::parse_outer)?;
        let _: Visibility = input.parse()?;
        if Signature::is_next(input) {
            return Signature::with_body(attributes, input).map(Self::Fn);
        }
        let _: Option<Token![unsafe]> = input.parse()?;
        if input.peek(Token![impl]) {
            return input.parse().map(Self::Impl);
        }
        let is_type = input.peek(Token![struct]) || input.peek(Token![enum]);
        let is_named = is_type || input.peek(Token![mod]) || input.peek(Token![trait]);
        let _keyword: TokenTree = input.parse()?;
        let name: Option<Ident> = if is_named { Some(input.parse()?) } else { None };
        let _: TokenStream = input.parse()?;
        Ok(match name {
            Some(name) if is_type => Self::Type(name),
            Some(name) => Self::Other(name.into_token_stream()),
            None => Self::Other(whole),
        })
    }
}

impl Parse for Impl {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let _: Token![impl] = input.parse()?;
        // `impl <X as Trait>::Type` has no generics, but nobody writes it with an attribute of ours.
        let mut generics: Generics = input.parse()?;
        let trait_ = trait_before_for(input)?;
        let self_ty = input.parse()?;
        generics.where_clause = input.parse()?;
        let content;
        braced!(content in input);
        let _ = content.call(Attribute::parse_inner)?;
        let mut members = Vec::new();
        while !content.is_empty() {
            members.push(content.parse()?);
        }
        Ok(Self {
            generics,
            trait_,
            self_ty,
            members,
        })
    }
}

/// The trait of `impl Trait for Type`, with its `for`.
fn trait_before_for(input: ParseStream<'_>) -> Result<Option<Path>> {
    let ahead = input.fork();
    if ahead.parse::<Path>().is_err() || !ahead.peek(Token![for]) {
        return Ok(None);
    }
    let path = input.parse()?;
    let _: Token![for] = input.parse()?;
    Ok(Some(path))
}

impl Parse for Member {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let _: Visibility = input.parse()?;
        if Signature::is_next(input) {
            return Signature::with_body(attributes, input).map(Self::Fn);
        }
        if input.peek(Token![type]) {
            let _: Token![type] = input.parse()?;
            let name = input.parse()?;
            to_semicolon(input)?;
            return Ok(Self::Type(name));
        }
        if input.peek(Token![const]) {
            let _: Token![const] = input.parse()?;
            let name = input.parse()?;
            to_semicolon(input)?;
            return Ok(Self::Const(name));
        }
        let called: Macro = input.parse()?;
        if !matches!(called.delimiter, MacroDelimiter::Brace(_)) {
            let _: Token![;] = input.parse()?;
        }
        Ok(Self::Macro)
    }
}

fn to_semicolon(input: ParseStream<'_>) -> Result<()> {
    while !input.peek(Token![;]) {
        let _: TokenTree = input.parse()?;
    }
    let _: Token![;] = input.parse()?;
    Ok(())
}

#[cfg(test)]
mod tests;
