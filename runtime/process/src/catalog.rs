//! Programs that are in service, and the table of all that is.

use std::sync::Arc;

use airs_core::{Limits, Name};
use airs_driver::{Drivers, Effective};
use airs_engine::ProgramCode;
use rustc_hash::FxHashMap;

use crate::val::ProgramState;

/// One generation of a program.
///
/// ```
/// use std::sync::Arc;
/// use airs_core::{Limits, Name, Result};
/// use airs_driver::Effective;
/// use airs_engine::{Engine, ProgramCode};
/// use airs_process::{Program, ProgramState, Programs, Table};
///
/// fn table(engine: &Engine, name: Name, component: &[u8], may: Effective) -> Result<Table> {
///     let code = ProgramCode::<ProgramState>::link(engine, &engine.compile(component)?)?;
///     let digest = "the sha256 of the component".into();
///     let program = Arc::new(Program::new(name.clone(), 1, digest, code, Limits::default(), may));
///     let programs: Programs = [(name, program)].into_iter().collect();
///     Ok(Table { programs: Arc::new(programs), ..Table::default() })
/// }
/// ```
#[derive(Debug)]
pub struct Program {
    pub(crate) name: Arc<Name>,
    pub(crate) code: Arc<ProgramCode<ProgramState>>,
    pub(crate) limits: Limits,
    pub(crate) effective: Effective,
    generation: u64,
    digest: String,
}

impl Program {
    /// A generation of the program `name`: its linked code, the limits of its runs, and what it may use.
    pub fn new(
        name: Name,
        generation: u64,
        digest: String,
        code: impl Into<Arc<ProgramCode<ProgramState>>>,
        limits: Limits,
        effective: Effective,
    ) -> Self {
        Self {
            name: Arc::new(name),
            code: code.into(),
            limits,
            effective,
            generation,
            digest,
        }
    }

    /// The program's name.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// Which generation of that name it is, from 1.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The sha256 of the component, in hexadecimal.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// What it may use.
    pub fn effective(&self) -> &Effective {
        &self.effective
    }

    /// What its runs may use up.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
}

/// The programs in service, by name.
pub type Programs = FxHashMap<Name, Arc<Program>>;

/// What is in service, as one attempt of a run sees it: it never changes, a change is a new table.
///
/// An example is at [the crate](crate).
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// The drivers.
    pub drivers: Arc<Drivers>,
    /// The programs.
    pub programs: Arc<Programs>,
}

/// Where runs find what is in service.
///
/// An example is at [the crate](crate).
pub trait Routing: Sync {
    /// The table of the moment. Each attempt reads it once, and works with that to its end.
    fn table(&self) -> Arc<Table>;

    /// Waits until another table than this one is in place, while one is being made for what a migration has
    /// changed; false when none is. Unless said otherwise, none ever is.
    fn replaced(&self, table: &Arc<Table>) -> impl Future<Output = bool> + Send {
        let _ = table;
        std::future::ready(false)
    }
}
