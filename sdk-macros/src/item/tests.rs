//! Items as authors write them, and what is read of them.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::{Impl, Item, Member, Signature, plain, with_member};

fn function(tokens: TokenStream) -> Signature {
    match syn::parse2(tokens) {
        Ok(Item::Fn(function)) => function,
        Ok(_) => panic!("not read as a function"),
        Err(error) => panic!("{error}"),
    }
}

fn implementation(tokens: TokenStream) -> Impl {
    match syn::parse2(tokens) {
        Ok(Item::Impl(item)) => item,
        Ok(_) => panic!("not read as an impl"),
        Err(error) => panic!("{error}"),
    }
}

fn written(tokens: impl ToTokens) -> String {
    tokens.to_token_stream().to_string()
}

#[test]
fn a_function_is_read_with_all_that_may_stand_before_it() {
    let read = function(quote! {
        /// Pays.
        #[inline]
        pub(crate) const async unsafe extern "C" fn pay<'a, T: Copy>(order: &'a T) -> Result<()>
        where
            T: Send,
        {
            order
        }
    });
    assert_eq!(read.attributes.len(), 2);
    assert!(read.asyncness.is_some() && read.unsafety.is_some() && read.abi.is_some());
    assert_eq!(read.name, "pay");
    assert_eq!(read.generics.params.len(), 2);
    assert!(read.generics.where_clause.is_some());
    assert_eq!(written(&read.output), written(quote! { -> Result<()> }));
}

#[test]
fn patterns_may_hold_colons_and_commas() {
    let read = function(quote! {
        fn pay(
            #[expect(unused)] mut order: Order,
            self::Pair::<A, B>(a, b): Pair<A, B>,
            Wide { x: [first, ..], y: _ }: Wide,
        ) {}
    });
    let types: Vec<String> = read.types().map(written).collect();
    assert_eq!(types, ["Order", "Pair < A , B >", "Wide"]);
    assert!(read.receiver().is_none());
    let whole = written(read.parameters[0].tokens());
    assert_eq!(whole, "mut order : Order");
}

#[test]
fn a_receiver_is_known_in_every_form() {
    for receiver in [
        quote! { self },
        quote! { mut self },
        quote! { &self },
        quote! { &'a mut self },
        quote! { self: Box<Self> },
    ] {
        let read = function(quote! { fn view(#receiver, asset: u8) {} });
        assert_eq!(read.receiver().map(written), Some(written(&receiver)));
        assert_eq!(read.types().count(), 1, "{receiver}");
    }
}

#[test]
fn a_parameter_without_a_type_is_an_error() {
    assert!(syn::parse2::<Item>(quote! { fn pay(order) {} }).is_err());
}

#[test]
fn bodies_are_left_to_the_compiler() {
    let read = implementation(quote! {
        impl Driver for Ledger {
            fn view(asset: &Asset) -> Result<Value> { asset. }
        }
    });
    assert_eq!(read.members.len(), 1);
}

#[test]
fn an_impl_is_read_member_by_member() {
    let read = implementation(quote! {
        unsafe impl<T> airs::Driver for some::Ledger<T> where T: Copy {
            #![allow(unused)]
            type Asset = Account<{ 1 + 1 }>;
            pub const SCALE: u8 = { 2 };
            const fn view() {}
            made! { up }
            made!(up);
        }
    });
    assert_eq!(read.generics.params.len(), 1);
    assert_eq!(read.trait_.map(written).as_deref(), Some("airs :: Driver"));
    assert_eq!(written(&read.self_ty), "some :: Ledger < T >");
    let members: Vec<String> = read
        .members
        .iter()
        .map(|member| match member {
            Member::Fn(signature) => format!("fn {}", signature.name),
            Member::Type(name) => format!("type {name}"),
            Member::Const(name) => format!("const {name}"),
            Member::Macro => "macro".to_owned(),
        })
        .collect();
    assert_eq!(
        members,
        ["type Asset", "const SCALE", "fn view", "macro", "macro"]
    );
}

#[test]
fn an_impl_without_a_trait_has_none() {
    let read = implementation(quote! { impl Ledger {} });
    assert!(read.trait_.is_none());
    assert_eq!(written(&read.self_ty), "Ledger");
}

#[test]
fn other_items_are_pointed_at_by_their_names() {
    let place = |tokens: TokenStream| match syn::parse2(tokens) {
        Ok(Item::Type(name)) => format!("type {name}"),
        Ok(Item::Other(place)) => place.to_string(),
        _ => panic!("read as something else"),
    };
    assert_eq!(place(quote! { pub struct Ledger(u8); }), "type Ledger");
    assert_eq!(place(quote! { #[derive(Clone)] enum Ledger {} }), "type Ledger");
    assert_eq!(place(quote! { unsafe trait Ledger {} }), "Ledger");
    assert_eq!(place(quote! { pub mod ledger; }), "ledger");
    assert_eq!(place(quote! { use a::b; }), "use a :: b ;");
    assert_eq!(place(quote! { const A: u8 = 1; }), "const A : u8 = 1 ;");
}

#[test]
fn a_member_is_added_within_the_braces() {
    let item = quote! { impl Driver for Ledger { type Asset = (); } };
    let more = with_member(item, quote! { type Account = u8; });
    let expected = quote! { impl Driver for Ledger { type Asset = (); type Account = u8; } };
    assert_eq!(more.to_string(), expected.to_string());
}

#[test]
fn messages_show_types_as_authors_write_them() {
    let as_written = |tokens: TokenStream| super::written(&tokens);
    assert_eq!(
        as_written(quote! { Option<Vec<(u8, &'a str)>> }),
        "Option<Vec<(u8, &'a str)>>"
    );
    assert_eq!(
        as_written(quote! { ::std::vec::Vec<&mut T> }),
        "::std::vec::Vec<&mut T>"
    );
    assert_eq!(as_written(quote! { dyn Fn(u8) -> bool }), "dyn Fn (u8) -> bool");
}

#[test]
fn brackets_that_a_macro_put_around_are_invisible() {
    let item = quote! { struct Ledger; };
    let group = |stream| proc_macro2::Group::new(proc_macro2::Delimiter::None, stream).into_token_stream();
    assert_eq!(plain(group(group(item.clone()))).to_string(), item.to_string());
}
