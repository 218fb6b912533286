//! The attributes, with what there is to say about them.

/// Makes a component of a driver: put it on `impl airs::Driver for …`.
///
/// It adds `type Account`, unless that is stated: the type of the second parameter of `intend`. A crate
/// holds one driver or one program; a second driver, for a test say, goes without the attribute and states
/// `type Account`.
///
/// ```standalone_crate
/// use airs::{Call, Error, Receipt, Result, Rights, Value};
/// use serde::{Deserialize, Serialize};
///
/// /// Notices that everyone reads and no one moves.
/// struct Notices;
///
/// #[derive(Serialize, Deserialize)]
/// struct Notice {
///     text: String,
/// }
///
/// #[airs::driver]
/// impl airs::Driver for Notices {
///     type Asset = Notice;
///
///     fn intend(_call: &Call, notice: Notice, _rights: Rights) -> Result<Notice> {
///         Ok(notice)
///     }
///
///     fn view(notice: &Notice) -> Result<Value> {
///         Ok(Value::Data(notice.text.clone().into_bytes()))
///     }
///
///     fn transfer(_from: &Notice, _to: &Notice, _value: Value) -> Result<Receipt> {
///         Err(Error::unsupported("notices stay where they are"))
///     }
/// }
/// # fn main() {}
/// ```
pub use airs_macros::driver;

/// Makes a component of a program: put it on `fn name(input: T) -> airs::Result<O>`.
///
/// Input and output derive serde and [`Schema`](trait@crate::Schema). Without a parameter the program takes
/// no input: nothing, `null` or `{}`. The function's name, its doc comment and both schemas travel in the
/// component; `name = "…"` gives another name. The function stays what it is: a test calls it.
///
/// ```standalone_crate
/// #![forbid(unsafe_code)]
/// use std::time::UNIX_EPOCH;
///
/// /// Tells the time of the run, in seconds since 1970.
/// #[airs::program(name = "what-time")]
/// fn what_time() -> airs::Result<u64> {
///     let since = airs::clock::now().duration_since(UNIX_EPOCH);
///     Ok(since.map_err(|error| airs::Error::internal(error.to_string()))?.as_secs())
/// }
///
/// # fn main() -> airs::Result<()> {
/// let context = airs::testing::Context::new();
/// assert_eq!(context.caller("alice").run(what_time)?, 1_767_225_600);
/// # Ok(())
/// # }
/// ```
pub use airs_macros::program;

/// Derives [`Schema`](trait@crate::Schema): the JSON form of a type, as serde's attributes make it.
///
/// Doc comments become descriptions, up to their first heading or code block. `#[schema(as = Type)]`, on a
/// field or on the type, says that its JSON form is that of another type: for fields with serde's `with`,
/// and for types of other crates. Aliases are not part of the form. What a constant cannot tell is
/// refused: `flatten`, and names that differ by direction. A type that holds itself has no schema.
///
/// ```
/// use airs::Schema;
/// use serde::Serialize;
///
/// #[derive(Serialize, Schema)]
/// #[serde(rename_all = "kebab-case")]
/// enum Light {
///     Red,
///     DarkYellow,
/// }
///
/// let json = airs::schema::to_json(&Light::SCHEMA, airs::schema::Direction::Output);
/// assert_eq!(json, r#"{"enum":["red","dark-yellow"]}"#);
/// ```
pub use airs_macros::Schema;
