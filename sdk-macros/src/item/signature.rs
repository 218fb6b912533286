//! The head of a function.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Abi, Attribute, Generics, Ident, Lifetime, Result, ReturnType, Token, Type, braced, parenthesized,
    parse::ParseStream,
};

/// A function without its body.
pub(crate) struct Signature {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) asyncness: Option<Token![async]>,
    pub(crate) unsafety: Option<Token![unsafe]>,
    pub(crate) abi: Option<Abi>,
    pub(crate) name: Ident,
    pub(crate) generics: Generics,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) output: ReturnType,
}

/// What a function takes.
pub(crate) enum Parameter {
    /// `self`, in whatever form.
    Receiver(TokenStream),
    Typed {
        /// All of it, the pattern and the type.
        tokens: TokenStream,
        ty: Box<Type>,
    },
}

impl Signature {
    /// Whether a function follows; its attributes and its visibility have been read.
    pub(crate) fn is_next(input: ParseStream<'_>) -> bool {
        let ahead = input.fork();
        Qualifiers::read(&ahead).is_ok() && ahead.peek(Token![fn])
    }

    /// The function that follows its attributes and its visibility. Its body is passed.
    pub(crate) fn with_body(attributes: Vec<Attribute>, input: ParseStream<'_>) -> Result<Self> {
        let signature = Self::read(attributes, input)?;
        let body;
        braced!(body in input);
        let _: TokenStream = body.parse()?;
        Ok(signature)
    }

    fn read(attributes: Vec<Attribute>, input: ParseStream<'_>) -> Result<Self> {
        let Qualifiers {
            asyncness,
            unsafety,
            abi,
        } = Qualifiers::read(input)?;
        let _: Token![fn] = input.parse()?;
        let name = input.parse()?;
        let mut generics: Generics = input.parse()?;
        let content;
        parenthesized!(content in input);
        let parameters = content.parse_terminated(Parameter::read, Token![,])?;
        let output = input.parse()?;
        generics.where_clause = input.parse()?;
        Ok(Self {
            attributes,
            asyncness,
            unsafety,
            abi,
            name,
            generics,
            parameters: parameters.into_iter().collect(),
            output,
        })
    }

    pub(crate) fn receiver(&self) -> Option<&TokenStream> {
        self.parameters.iter().find_map(|parameter| match parameter {
            Parameter::Receiver(tokens) => Some(tokens),
            Parameter::Typed { .. } => None,
        })
    }

    /// The types of the parameters that are no receiver.
    pub(crate) fn types(&self) -> impl Iterator<Item = &Type> {
        self.parameters.iter().filter_map(|parameter| match parameter {
            Parameter::Receiver(_) => None,
            Parameter::Typed { ty, .. } => Some(&**ty),
        })
    }
}

/// What stands before `fn`.
struct Qualifiers {
    asyncness: Option<Token![async]>,
    unsafety: Option<Token![unsafe]>,
    abi: Option<Abi>,
}

impl Qualifiers {
    fn read(input: ParseStream<'_>) -> Result<Self> {
        let _: Option<Token![const]> = input.parse()?;
        Ok(Self {
            asyncness: input.parse()?,
            unsafety: input.parse()?,
            abi: input.parse()?,
        })
    }
}

impl Parameter {
    /// All of it.
    pub(crate) fn tokens(&self) -> &TokenStream {
        match self {
            Self::Receiver(tokens) | Self::Typed { tokens, .. } => tokens,
        }
    }

    fn read(input: ParseStream<'_>) -> Result<Self> {
        let _ = input.call(Attribute::parse_outer)?;
        let is_receiver = receiver(&input.fork()).is_ok();
        let mut tokens = if is_receiver {
            receiver(input)?
        } else {
            pattern(input)?
        };
        if is_receiver && !input.peek(Token![:]) {
            return Ok(Self::Receiver(tokens));
        }
        let colon: Token![:] = input.parse()?;
        let ty: Box<Type> = input.parse()?;
        colon.to_tokens(&mut tokens);
        ty.to_tokens(&mut tokens);
        Ok(if is_receiver {
            Self::Receiver(tokens)
        } else {
            Self::Typed { tokens, ty }
        })
    }
}

/// `self`, `&mut self` and the like, without a type.
fn receiver(input: ParseStream<'_>) -> Result<TokenStream> {
    let lent: Option<Token![&]> = input.parse()?;
    let lifetime: Option<Lifetime> = input.peek(Lifetime).then(|| input.parse()).transpose()?;
    let mutability: Option<Token![mut]> = input.parse()?;
    let this: Token![self] = input.parse()?;
    // A pattern may begin with a path.
    if input.peek(Token![::]) {
        return Err(input.error("expected a parameter"));
    }
    let mut tokens = lent.into_token_stream();
    lifetime.to_tokens(&mut tokens);
    mutability.to_tokens(&mut tokens);
    this.to_tokens(&mut tokens);
    Ok(tokens)
}

/// What stands before the colon of a parameter's type.
fn pattern(input: ParseStream<'_>) -> Result<TokenStream> {
    let mut tokens = TokenStream::new();
    loop {
        if let Some(path) = input.parse::<Option<Token![::]>>()? {
            path.to_tokens(&mut tokens);
        } else if input.is_empty() || input.peek(Token![:]) {
            return Ok(tokens);
        } else {
            input.parse::<TokenTree>()?.to_tokens(&mut tokens);
        }
    }
}
