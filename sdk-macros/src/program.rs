//! `#[airs::program]`.

mod model;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Type, spanned::Spanned};

use self::model::ProgramFn;
use crate::{
    item::{self, Item},
    sole::sole,
};

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let item = item::plain(item);
    let rest = match syn::parse2(item.clone()) {
        Ok(Item::Fn(function)) => {
            ProgramFn::check(arguments, &function).map_or_else(syn::Error::into_compile_error, component)
        }
        Ok(other) => model::wrong_item(other).into_compile_error(),
        Err(fault) => return fault.into_compile_error(),
    };
    // The item stays, faults or not: what refers to it is no mistake.
    quote! { #item #rest }
}

fn component(program: ProgramFn<'_>) -> TokenStream {
    let ProgramFn {
        function,
        input,
        output,
        name,
        doc,
    } = program;
    let (input_schema, run) = match input {
        Some(input) => (
            schema_of(input),
            quote_spanned! { input.span()=> ::airs::program::run::<#input, _>(#function, input) },
        ),
        None => (
            quote! { ::airs::program::NO_INPUT },
            quote_spanned! { function.span()=> ::airs::program::run_without_input(#function, input) },
        ),
    };
    let result = quote_spanned! { output.span()=> <#output as ::airs::program::ProgramResult>::Output };
    let output_schema = quote_spanned! { output.span()=> <#result as ::airs::Schema>::SCHEMA };
    let component = quote! {
        #[allow(dead_code, long_running_const_eval)]
        const _: () = {
            const PROGRAM: ::airs::__private::Program = ::airs::__private::Program {
                name: #name,
                doc: #doc,
                input: #input_schema,
                output: #output_schema,
            };

            fn run(input: &str) -> ::airs::Result<::std::string::String> {
                #run
            }

            #[cfg(target_family = "wasm")]
            #[unsafe(link_section = "airs:program")]
            #[used]
            static SECTION: [u8; ::airs::__private::section_len(&PROGRAM)] =
                ::airs::__private::section_bytes(&PROGRAM);

            #[cfg(target_family = "wasm")]
            ::airs::__private::export_program!(run);
        };
    };
    sole(function, &component)
}

fn schema_of(ty: &Type) -> TokenStream {
    quote_spanned! { ty.span()=> <#ty as ::airs::Schema>::SCHEMA }
}
