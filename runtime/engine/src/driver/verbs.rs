//! The functions of `wit/driver.wit`, by what they are called with and what they answer.

use wasmtime::component::ResourceAny;

use crate::abi::{self, Call, Receipt, Rights, Value};
use crate::export::Function;

type Answer<T> = (Result<T, abi::Error>,);

macro_rules! verbs {
    ($($name:ident: $params:ty => $answer:ty;)+) => {
        $(
            pub(super) struct $name;

            impl Function for $name {
                type Params<'a> = $params;
                type Answer = Answer<$answer>;
            }
        )+
    };
}

verbs! {
    Bind: (&'a Call<'a>, &'a str) => Vec<u8>;
    Unbind: (&'a Call<'a>, &'a [u8]) => ();
    Intend: (&'a Call<'a>, &'a [u8], Rights) => ResourceAny;
    View: (ResourceAny,) => Value;
    Transfer: (ResourceAny, ResourceAny, &'a Value) => Receipt;
    Control: (ResourceAny, &'a str, &'a str) => String;
    Done: (ResourceAny,) => ();
    Migrate: (u32,) => u32;
}
