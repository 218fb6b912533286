//! The JSON form of a type, as a constant.
//!
//! A program's input and output schema travel in its component, so that tools can show and check them
//! without running it. `#[derive(airs::Schema)]` makes the constant of a type and of its serde attributes;
//! this module is for those who write one by hand, or who read one.
//!
//! ```
//! use airs::schema::{Schema, Shape};
//!
//! /// A percentage, which has a `Deserialize` of its own.
//! struct Percent(u8);
//!
//! impl Schema for Percent {
//!     const SCHEMA: Shape = Shape::Integer { minimum: 0, maximum: 100 };
//! }
//!
//! let json = airs::schema::to_json(&Percent::SCHEMA, airs::schema::Direction::Input);
//! assert_eq!(json, r#"{"type":"integer","minimum":0,"maximum":100}"#);
//! ```

mod json;
mod library;
mod section;
mod writer;

pub use self::json::{Direction, to_json};
#[doc(hidden)]
pub use self::section::{Program, section_bytes, section_len};

/// A type whose JSON form is known.
///
/// Derive it beside serde's traits; doc comments become descriptions.
///
/// ```
/// use airs::{Amount, Schema};
/// use serde::Deserialize;
///
/// /// What is to be paid.
/// #[derive(Deserialize, Schema)]
/// #[serde(deny_unknown_fields)]
/// struct Order {
///     /// The path of the asset that receives.
///     to: String,
///     amount: Amount,
///     #[serde(default)]
///     urgent: bool,
/// }
///
/// let json = airs::schema::to_json(&Order::SCHEMA, airs::schema::Direction::Input);
/// assert!(json.contains(r#""required":["to","amount"]"#));
/// assert!(json.contains(r#""description":"What is to be paid.""#));
/// ```
#[diagnostic::on_unimplemented(
    message = "the JSON form of `{Self}` is not known",
    label = "no schema",
    note = "add `#[derive(airs::Schema)]` to `{Self}`",
    note = "for a type of another crate, put `#[schema(as = Type)]` on the field, naming a type of the same form"
)]
pub trait Schema {
    /// The JSON form.
    const SCHEMA: Shape;

    /// Whether a field of this type may be left out, as that of an `Option` may.
    const OPTIONAL: bool = false;
}

/// The JSON form of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Any JSON at all.
    Any,
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer {
        /// The smallest one.
        minimum: i128,
        /// The largest one.
        maximum: u128,
    },
    /// A number.
    Number,
    /// A string.
    Text {
        /// A regular expression that the whole string matches; empty for any string.
        pattern: &'static str,
    },
    /// One certain string.
    Constant {
        /// The string.
        text: &'static str,
    },
    /// An array of items of one form.
    List {
        /// The form of each item.
        items: &'static Self,
        /// The number of items, where it is fixed.
        length: Option<usize>,
    },
    /// An array with items of certain forms, in order.
    Tuple {
        /// The form of each item.
        items: &'static [Self],
    },
    /// An object with any keys.
    Map {
        /// The form of each value.
        values: &'static Self,
    },
    /// An object with certain fields.
    Object {
        /// The fields.
        fields: &'static [Field],
        /// Whether other fields are refused.
        closed: bool,
    },
    /// One of several forms.
    OneOf {
        /// The forms.
        shapes: &'static [Self],
    },
    /// All of several forms at once.
    AllOf {
        /// The forms.
        shapes: &'static [Self],
    },
    /// A form with a description for people.
    Described {
        /// The description.
        text: &'static str,
        /// The form.
        shape: &'static Self,
    },
    /// A form that occurs in one direction only, as a variant that is never written.
    Only {
        /// The direction.
        direction: Direction,
        /// The form.
        shape: &'static Self,
    },
}

/// A field of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The key.
    pub name: &'static str,
    /// A description for people; empty for none.
    pub description: &'static str,
    /// The form of the value.
    pub shape: &'static Shape,
    /// Whether it is there when the object is read.
    pub input: Presence,
    /// Whether it is there when the object is written.
    pub output: Presence,
}

/// Whether a field has to be there when it is read.
#[doc(hidden)]
pub const fn presence(optional: bool) -> Presence {
    if optional {
        Presence::Optional
    } else {
        Presence::Required
    }
}

/// Whether a field of an object is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Always.
    Required,
    /// Perhaps.
    Optional,
    /// Never.
    Absent,
}
