//! The shapes of structs and enums.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Data, DataEnum, DeriveInput, Field, Fields, Type, Variant, ext::IdentExt, spanned::Spanned};

use super::{attributes::Attributes, case::Case, described, documentation};
use crate::faults::Faults;

/// What there is to say of a type.
pub(super) struct Model {
    pub(super) shape: TokenStream,
    /// Whether a field of it may be left out.
    pub(super) optional: TokenStream,
}

pub(super) fn of_type(input: &DeriveInput, faults: &mut Faults) -> Model {
    let attributes = Attributes::read(&input.attrs, faults);
    let required = |shape| Model {
        shape,
        optional: quote!(false),
    };
    if let Some(form) = attributes.form_of(faults) {
        return required(of(&form));
    }
    match &input.data {
        Data::Struct(data) if attributes.transparent => transparent(&data.fields, faults),
        Data::Struct(data) => required(of_struct(&attributes, &data.fields, faults)),
        Data::Enum(data) => required(of_enum(&attributes, data, faults)),
        Data::Union(data) => {
            faults.at(
                data.union_token,
                "a union has no JSON form",
                "write a struct or an enum",
            );
            required(TokenStream::new())
        }
    }
}

fn of(ty: &Type) -> TokenStream {
    quote_spanned! { ty.span()=> <#ty as ::airs::Schema>::SCHEMA }
}

fn transparent(fields: &Fields, faults: &mut Faults) -> Model {
    for field in fields {
        let attributes = Attributes::read(&field.attrs, faults);
        if !attributes.skip_input {
            let ty = form_of_field(field, &attributes, faults);
            let optional = quote_spanned! { ty.span()=> <#ty as ::airs::Schema>::OPTIONAL };
            return Model {
                shape: of(&ty),
                optional,
            };
        }
    }
    // serde reports a transparent type without a field.
    Model {
        shape: quote! { ::airs::schema::Shape::Null },
        optional: quote!(false),
    }
}

fn of_struct(attributes: &Attributes, fields: &Fields, faults: &mut Faults) -> TokenStream {
    let tag = attributes.tag.as_deref().map(|tag| {
        let name = quote! { ::airs::schema::Shape::Text { pattern: "" } };
        tag_field(tag, &name)
    });
    let options = Options {
        case: attributes.rename_all,
        default: attributes.default,
        closed: attributes.deny_unknown_fields,
    };
    of_fields(fields, &options, tag, faults)
}

/// What a type says of all its fields.
struct Options {
    case: Option<Case>,
    default: bool,
    closed: bool,
}

fn of_fields(
    fields: &Fields,
    options: &Options,
    tag: Option<TokenStream>,
    faults: &mut Faults,
) -> TokenStream {
    match fields {
        Fields::Named(fields) => {
            let fields = fields
                .named
                .iter()
                .filter_map(|field| named_field(field, options, faults));
            let fields = tag.into_iter().chain(fields.collect::<Vec<_>>());
            object(fields, options.closed)
        }
        Fields::Unnamed(fields) if tag.is_none() => {
            let items: Vec<TokenStream> = fields
                .unnamed
                .iter()
                .filter_map(|field| item(field, faults))
                .collect();
            match items.as_slice() {
                [single] if fields.unnamed.len() == 1 => single.clone(),
                _ => quote! { ::airs::schema::Shape::Tuple { items: &[#(#items),*] } },
            }
        }
        Fields::Unnamed(_) | Fields::Unit => match tag {
            Some(tag) => object([tag], false),
            None => quote! { ::airs::schema::Shape::Null },
        },
    }
}

fn object(fields: impl IntoIterator<Item = TokenStream>, closed: bool) -> TokenStream {
    let fields = fields.into_iter();
    quote! { ::airs::schema::Shape::Object { fields: &[#(#fields),*], closed: #closed } }
}

/// The type whose form a field has.
fn form_of_field(field: &Field, attributes: &Attributes, faults: &mut Faults) -> Type {
    match (&attributes.same_as, &attributes.with) {
        (Some(ty), _) => return ty.clone(),
        (None, Some(with)) => faults.at(
            with,
            "what this makes of the field cannot be seen",
            "add `#[schema(as = Type)]`, with a type of the same JSON form",
        ),
        (None, None) => {}
    }
    field.ty.clone()
}

fn item(field: &Field, faults: &mut Faults) -> Option<TokenStream> {
    let attributes = Attributes::read(&field.attrs, faults);
    if attributes.skip_input && attributes.skip_output {
        return None;
    }
    if attributes.skip_input != attributes.skip_output {
        faults.at(
            field,
            "a field without a name is skipped in both directions",
            "write `#[serde(skip)]`, or name it",
        );
    }
    let ty = form_of_field(field, &attributes, faults);
    Some(described(&documentation(&field.attrs), of(&ty)))
}

fn named_field(field: &Field, options: &Options, faults: &mut Faults) -> Option<TokenStream> {
    let attributes = Attributes::read(&field.attrs, faults);
    if attributes.skip_input && attributes.skip_output {
        return None;
    }
    let rust = field.ident.as_ref()?.unraw().to_string();
    let name = attributes.name(&rust, options.case, Case::of_field);
    let description = documentation(&field.attrs);
    let ty = form_of_field(field, &attributes, faults);
    let presence = |presence| {
        let presence = syn::Ident::new(presence, proc_macro2::Span::call_site());
        quote! { ::airs::schema::Presence::#presence }
    };
    let input = if attributes.skip_input {
        presence("Absent")
    } else if attributes.default || options.default {
        presence("Optional")
    } else if attributes.with.is_some() {
        presence("Required")
    } else {
        quote_spanned! { ty.span()=> ::airs::__private::presence(<#ty as ::airs::Schema>::OPTIONAL) }
    };
    let output = match (attributes.skip_output, attributes.skip_output_if) {
        (true, _) => presence("Absent"),
        (false, true) => presence("Optional"),
        (false, false) => presence("Required"),
    };
    let shape = of(&ty);
    Some(quote! {
        ::airs::schema::Field {
            name: #name,
            description: #description,
            shape: &#shape,
            input: #input,
            output: #output,
        }
    })
}

/// A field that is always there.
fn tag_field(name: &str, shape: &TokenStream) -> TokenStream {
    quote! {
        ::airs::schema::Field {
            name: #name,
            description: "",
            shape: &#shape,
            input: ::airs::schema::Presence::Required,
            output: ::airs::schema::Presence::Required,
        }
    }
}

fn of_enum(attributes: &Attributes, data: &DataEnum, faults: &mut Faults) -> TokenStream {
    let variants = data
        .variants
        .iter()
        .filter_map(|variant| of_variant(attributes, variant, faults));
    let variants: Vec<TokenStream> = variants.collect();
    quote! { ::airs::schema::Shape::OneOf { shapes: &[#(#variants),*] } }
}

fn of_variant(container: &Attributes, variant: &Variant, faults: &mut Faults) -> Option<TokenStream> {
    let attributes = Attributes::read(&variant.attrs, faults);
    if attributes.skip_input && attributes.skip_output {
        return None;
    }
    let rust = variant.ident.unraw().to_string();
    let name = attributes.name(&rust, container.rename_all, Case::of_variant);
    let tag_value = if attributes.other {
        quote! { ::airs::schema::Shape::Text { pattern: "" } }
    } else {
        quote! { ::airs::schema::Shape::Constant { text: #name } }
    };
    let options = Options {
        case: attributes.rename_all.or(container.rename_all_fields),
        default: false,
        closed: container.deny_unknown_fields,
    };
    if let Some(with) = &attributes.with {
        faults.at(
            with,
            "what this makes of the variant cannot be seen",
            "convert the fields one by one instead",
        );
    }
    let body = |tag, faults: &mut Faults| of_fields(&variant.fields, &options, tag, faults);
    let unit = matches!(variant.fields, Fields::Unit);
    let shape = match (&container.tag, &container.content) {
        _ if container.untagged || attributes.untagged => body(None, faults),
        (None, _) if unit => tag_value,
        (None, _) => object([tag_field(&name, &body(None, faults))], true),
        (Some(tag), Some(_)) if unit => object([tag_field(tag, &tag_value)], options.closed),
        (Some(tag), Some(content)) => {
            let content = tag_field(content, &body(None, faults));
            object([tag_field(tag, &tag_value), content], options.closed)
        }
        (Some(tag), None) => {
            let tag = tag_field(tag, &tag_value);
            match &variant.fields {
                // The tag stands among the fields of the one type inside.
                Fields::Unnamed(_) => {
                    let (tag, inside) = (object([tag], false), body(None, faults));
                    quote! { ::airs::schema::Shape::AllOf { shapes: &[#tag, #inside] } }
                }
                _ => body(Some(tag), faults),
            }
        }
    };
    Some(directed(
        &attributes,
        described(&documentation(&variant.attrs), shape),
    ))
}

/// A variant that is only read, or only written.
fn directed(attributes: &Attributes, shape: TokenStream) -> TokenStream {
    let direction = match (attributes.skip_input, attributes.skip_output) {
        (false, true) => quote! { Input },
        (true, false) => quote! { Output },
        _ => return shape,
    };
    quote! { ::airs::schema::Shape::Only { direction: ::airs::schema::Direction::#direction, shape: &#shape } }
}
