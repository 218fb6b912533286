//! The JSON forms of types of the standard library, of serde_json and of the SDK.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    rc::Rc,
    sync::Arc,
};

use super::{Schema, Shape};
use crate::Amount;

macro_rules! plain {
    ($($type:ty => $shape:expr,)+) => {
        $(impl Schema for $type {
            const SCHEMA: Shape = $shape;
        })+
    };
}

const TEXT: Shape = Shape::Text { pattern: "" };

plain! {
    bool => Shape::Boolean,
    f32 => Shape::Number,
    f64 => Shape::Number,
    char => Shape::Text { pattern: "^.$" },
    str => TEXT,
    String => TEXT,
    () => Shape::Null,
    serde_json::Value => Shape::Any,
    Amount => Shape::Text { pattern: r"^(0|[1-9][0-9]*)(\.[0-9]{1,38})?$" },
}

macro_rules! integers {
    ($($type:ty)+) => {
        $(impl Schema for $type {
            #[allow(trivial_numeric_casts, clippy::cast_sign_loss, reason = "the largest number is positive")]
            const SCHEMA: Shape = Shape::Integer { minimum: Self::MIN as i128, maximum: Self::MAX as u128 };
        })+
    };
}

integers! { u8 u16 u32 u64 usize i8 i16 i32 i64 isize i128 }

impl Schema for u128 {
    const SCHEMA: Shape = Shape::Integer {
        minimum: 0,
        maximum: Self::MAX,
    };
}

impl<T: Schema> Schema for Option<T> {
    const SCHEMA: Shape = Shape::OneOf {
        shapes: &[T::SCHEMA, Shape::Null],
    };
    const OPTIONAL: bool = true;
}

macro_rules! transparent {
    ($($type:ident)+) => {
        $(impl<T: Schema + ?Sized> Schema for $type<T> {
            const SCHEMA: Shape = T::SCHEMA;
            const OPTIONAL: bool = T::OPTIONAL;
        })+
    };
}

transparent! { Box Rc Arc }

impl<T: Schema + ?Sized> Schema for &T {
    const SCHEMA: Shape = T::SCHEMA;
    const OPTIONAL: bool = T::OPTIONAL;
}

impl<T: Schema + ToOwned + ?Sized> Schema for Cow<'_, T> {
    const SCHEMA: Shape = T::SCHEMA;
    const OPTIONAL: bool = T::OPTIONAL;
}

impl<T: Schema> Schema for [T] {
    const SCHEMA: Shape = Shape::List {
        items: &T::SCHEMA,
        length: None,
    };
}

impl<T: Schema, const N: usize> Schema for [T; N] {
    const SCHEMA: Shape = Shape::List {
        items: &T::SCHEMA,
        length: Some(N),
    };
}

impl<T: Schema> Schema for Vec<T> {
    const SCHEMA: Shape = Shape::List {
        items: &T::SCHEMA,
        length: None,
    };
}

impl<T: Schema> Schema for BTreeSet<T> {
    const SCHEMA: Shape = Shape::List {
        items: &T::SCHEMA,
        length: None,
    };
}

impl<T: Schema, S> Schema for HashSet<T, S> {
    const SCHEMA: Shape = Shape::List {
        items: &T::SCHEMA,
        length: None,
    };
}

impl<T: Schema> Schema for BTreeMap<String, T> {
    const SCHEMA: Shape = Shape::Map { values: &T::SCHEMA };
}

impl<T: Schema, S> Schema for HashMap<String, T, S> {
    const SCHEMA: Shape = Shape::Map { values: &T::SCHEMA };
}

macro_rules! tuples {
    ($(($($item:ident)+))+) => {
        $(impl<$($item: Schema),+> Schema for ($($item,)+) {
            const SCHEMA: Shape = Shape::Tuple { items: &[$($item::SCHEMA),+] };
        })+
    };
}

tuples! { (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) }
