//! A database for components: an interface of the embedder's own, over SQLite.
//!
//! `wit/database.wit` is what components import. [`Database`] is what stands behind it: a file for each component and
//! context, and one for each component that is called outside of contexts. A component has it when it declares the
//! package, in the `interfaces` of its capabilities, and is granted it.
//!
//! Components are told apart by their names. In a runtime's contexts no two have the same; a component that is called
//! outside of them has the name that its own manifest says, if any. Who calls components of others gives each a name,
//! [`CallConfig::name`](airs_runtime::CallConfig::name): otherwise one can have the name of another, and its database.
//!
//! What a component writes here is its own: no part of a run, which may fail afterwards or be attempted again. The
//! driver in `guests/stock` only reads.

mod session;
mod value;

use std::path::PathBuf;

use airs_runtime::{Code, HostCaller, HostFunctions, HostInterface, Result};

pub use session::Session;
pub use value::{Error, Rows, Statement, Value};

/// Gives each component a database of its own in each context.
#[derive(Debug)]
pub struct Database {
    folder: PathBuf,
}

impl Database {
    /// Databases in a folder, which is made when it is not there: `contexts/<context>/<component>.sqlite`, and
    /// `calls/<component>.sqlite` for what is called outside of contexts.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }
}

impl HostInterface for Database {
    const NAME: &'static str = "example:database/database@0.1.0";
    type Session = Session;

    fn session(&self, caller: &HostCaller<'_>) -> Result<Session> {
        // Names of contexts and components are safe in a path.
        let folder = match caller.context() {
            Some(context) => self.folder.join("contexts").join(context.as_str()),
            None => self.folder.join("calls"),
        };
        let file = folder.join(format!("{}.sqlite", caller.component()));
        let unavailable = |cause: Box<dyn std::error::Error + Send + Sync>| {
            airs_runtime::Error::new(Code::StorageUnavailable, "the database cannot be opened")
                .caused_by(cause)
        };
        std::fs::create_dir_all(folder).map_err(|cause| unavailable(cause.into()))?;
        Session::open(&file, caller.deadline()).map_err(|cause| unavailable(cause.into()))
    }

    fn define(functions: &mut impl HostFunctions<Session>) {
        functions.blocking("query", |session, (sql, parameters): (String, Vec<Value>)| {
            Ok(session.query(&sql, &parameters))
        });
        functions.blocking("transaction", |session, (statements,): (Vec<Statement>,)| {
            Ok(session.transaction(&statements))
        });
    }
}
