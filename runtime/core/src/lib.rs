//! The vocabulary of airs: the words that its layers, its command line and its interfaces share.
//!
//! Everything here is pure: no input or output, no async, no dependency on another crate of airs.
//! Constructing a value validates it, so that a [`Name`] or an [`AssetPath`] that exists is a good one.

mod amount;
mod asset_path;
mod call;
mod capabilities;
mod capability;
mod code;
mod device;
mod error;
mod event;
mod fields;
mod folder;
mod folder_path;
mod grants;
mod guard;
mod harmless;
mod http;
mod interposer;
mod limits;
mod name;
mod rights;
mod run_id;
mod secret;
mod value;
mod variable_name;
mod wit_package;

pub use amount::Amount;
pub use asset_path::AssetPath;
pub use call::{Call, Caller};
pub use capabilities::{Access, Capabilities, StorageAccess};
pub use capability::Capability;
pub use code::Code;
pub use error::{Error, Result};
pub use event::{CodeSource, Event, Kind, Observer};
pub use fields::{FieldReader, FieldWriter};
pub use folder::{FileStat, Folder, FolderError};
pub use folder_path::FolderPath;
pub use grants::Grants;
pub use guard::{Guard, Guards};
pub use harmless::{harmless, harmless_json};
pub use http::{
    Host, HttpHeader, HttpMethod, HttpPattern, HttpRequest, HttpResponse, HttpUrl, HttpUrlError, Scheme,
};
pub use interposer::{GuestCall, Interposed, Interposer};
pub use limits::{Limit, LimitScope, Limits};
pub use name::{CallerId, Name, NameError};
pub use rights::Rights;
pub use run_id::RunId;
pub use secret::SECRET_BYTES_MIN;
pub use value::{Item, Receipt, Value};
pub use variable_name::{VariableName, VariableNameError};
pub use wit_package::{WitPackage, WitPackageError};
