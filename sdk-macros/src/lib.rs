//! The attributes of airs-sdk: `#[airs::driver]`, `#[airs::program]`, `#[derive(airs::Schema)]`.
//!
//! Each is read into a model and written from it; what is wrong with the author's code is collected on
//! the way, and all of it is reported, each at its own place.

mod driver;
mod faults;
mod nearest;
mod program;
mod schema;
mod sole;

use proc_macro::TokenStream;

/// Makes a component of a driver: put it on `impl airs::Driver for …`.
///
/// It adds `type Account`, unless that is stated: the type of the second parameter of `intend`. A crate
/// holds one driver or one program; a second driver, for tests say, goes without the attribute.
///
/// ```ignore
/// #[airs::driver]
/// impl airs::Driver for Ledger {
///     type Asset = Account;
///
///     fn intend(call: &Call, account: Holder, rights: Rights) -> Result<Account> { … }
///     fn view(asset: &Account) -> Result<Value> { … }
///     fn transfer(from: &Account, to: &Account, value: Value) -> Result<Receipt> { … }
/// }
/// ```
#[proc_macro_attribute]
pub fn driver(arguments: TokenStream, item: TokenStream) -> TokenStream {
    driver::expand(arguments.into(), item.into())
        .unwrap_or_else(|error| error.into_compile_error())
        .into()
}

/// Makes a component of a program: put it on `fn name(input: T) -> airs::Result<O>`.
///
/// Input and output derive serde and `airs::Schema`; without a parameter, the program takes no input. The
/// name, the doc comment and both schemas travel in the component. `#[airs::program(name = "pay-order")]`
/// gives it another name than the function's.
///
/// ```ignore
/// /// Pays an order.
/// #[airs::program]
/// fn pay(order: Order) -> airs::Result<Receipt> { … }
/// ```
#[proc_macro_attribute]
pub fn program(arguments: TokenStream, item: TokenStream) -> TokenStream {
    program::expand(arguments.into(), item.into())
        .unwrap_or_else(|error| error.into_compile_error())
        .into()
}

/// Derives the JSON form of a type, as serde's attributes make it.
///
/// Doc comments become descriptions. `#[schema(as = Type)]`, on a field or on the type, says that its JSON
/// form is that of another type: for fields with serde's `with`, or of foreign types. Aliases are not
/// part of the schema; `flatten` and names that differ by direction are refused.
///
/// ```ignore
/// #[derive(Deserialize, airs::Schema)]
/// #[serde(rename_all = "kebab-case")]
/// struct Order {
///     /// The path of the asset that receives.
///     pay_to: String,
///     #[serde(default)]
///     urgent: bool,
/// }
/// ```
#[proc_macro_derive(Schema, attributes(schema, serde))]
pub fn schema(item: TokenStream) -> TokenStream {
    schema::expand(item.into())
        .unwrap_or_else(|error| error.into_compile_error())
        .into()
}
