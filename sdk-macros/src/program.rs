//! `#[airs::program]`.

mod model;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Result, Type, spanned::Spanned};

use self::model::ProgramFn;
use crate::sole;

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let program = ProgramFn::parse(arguments, item)?;
    let ProgramFn {
        item,
        input,
        output,
        name,
        doc,
    } = &program;
    let function = &item.sig.ident;
    let sole = sole::mark(function.span());
    let (input_schema, run) = match input {
        Some(input) => (
            schema_of(input),
            quote_spanned! { input.span()=> ::airs::__private::run },
        ),
        None => (
            quote! { ::airs::__private::NO_INPUT },
            quote_spanned! { function.span()=> ::airs::__private::run_without_input },
        ),
    };
    let output = quote_spanned! { output.span()=> <#output as ::airs::__private::ProgramResult>::Output };
    let output_schema = quote_spanned! { output.span()=> <#output as ::airs::Schema>::SCHEMA };
    Ok(quote! {
        #item
        #sole
        #[allow(dead_code)]
        const _: () = {
            const PROGRAM: ::airs::__private::Program = ::airs::__private::Program {
                name: #name,
                doc: #doc,
                input: #input_schema,
                output: #output_schema,
            };

            fn run(input: &str) -> ::airs::Result<::std::string::String> {
                #run(#function, input)
            }

            #[cfg(target_family = "wasm")]
            #[unsafe(link_section = "airs:program")]
            #[used]
            static SECTION: [u8; ::airs::__private::section_len(&PROGRAM)] =
                ::airs::__private::section_bytes(&PROGRAM);

            #[cfg(target_family = "wasm")]
            ::airs::__private::export_program!(run);
        };
    })
}

fn schema_of(ty: &Type) -> TokenStream {
    quote_spanned! { ty.span()=> <#ty as ::airs::Schema>::SCHEMA }
}
