//! What a component may be made of, before a compiler looks at it.
//!
//! Compiling takes longer than in proportion to what it is given, and these bound what it is given. They do not bound
//! what it takes in every case: for components of strangers there is the process that compiles.

use wasmparser::{
    BinaryReaderError, CompositeInnerType, FunctionBody, FunctionSectionReader, TypeSectionReader,
};

use crate::PackageError;

/// Functions of all modules, and those that stand between modules. The largest guests known, which carry an interpreter, have 30,000.
const FUNCTIONS_MAX: u64 = 100_000;
/// Parameters and results of one function type, which blocks have too. Compilers pass more through memory.
const PARAMETERS_MAX: u64 = 256;
/// The same over all functions: each gets code of its own to be called from outside.
const PARAMETERS_IN_ALL_MAX: u64 = 1 << 20;
/// The code of one function. The main loops of interpreters have 200 KiB.
const FUNCTION_BYTES_MAX: u64 = 1 << 20;
/// Local variables of one function, and of all. Five bytes are enough to declare very many.
const LOCALS_MAX: u64 = 20_000;
const LOCALS_IN_ALL_MAX: u64 = 4 << 20;

/// What has been counted so far.
#[derive(Default)]
pub(super) struct Complexity {
    functions: u64,
    parameters: u64,
    locals: u64,
    /// How many parameters and results each type has, of each module that is open.
    types: Vec<Vec<u64>>,
}

impl Complexity {
    pub(super) fn enter(&mut self) {
        self.types.push(Vec::new());
    }

    pub(super) fn leave(&mut self) {
        self.types.pop();
    }

    pub(super) fn types(&mut self, section: &TypeSectionReader<'_>) -> Result<(), Fault> {
        let Some(types) = self.types.last_mut() else {
            return Ok(());
        };
        for group in section.clone() {
            for ty in group?.types() {
                let parameters = match &ty.composite_type.inner {
                    CompositeInnerType::Func(ty) => ty.params().len() + ty.results().len(),
                    _ => 0,
                };
                types.push(within(
                    "parameters and results of a function",
                    parameters as u64,
                    PARAMETERS_MAX,
                )?);
            }
        }
        Ok(())
    }

    pub(super) fn functions(&mut self, section: &FunctionSectionReader<'_>) -> Result<(), Fault> {
        self.functions += u64::from(section.count());
        within("functions", self.functions, FUNCTIONS_MAX)?;
        for ty in section.clone() {
            let types = self.types.last();
            let ty = ty? as usize;
            // A type that is not there has been refused already.
            self.parameters += types.and_then(|types| types.get(ty).copied()).unwrap_or_default();
        }
        within(
            "parameters and results of all functions",
            self.parameters,
            PARAMETERS_IN_ALL_MAX,
        )?;
        Ok(())
    }

    /// Functions that pass values in and out of modules: for each of them code is made, too.
    pub(super) fn adapters(&mut self, count: u32) -> Result<(), Fault> {
        self.functions += u64::from(count);
        within("functions", self.functions, FUNCTIONS_MAX)?;
        Ok(())
    }

    pub(super) fn code(&mut self, body: &FunctionBody<'_>) -> Result<(), Fault> {
        within(
            "bytes of a function",
            body.range().len() as u64,
            FUNCTION_BYTES_MAX,
        )?;
        let mut locals = 0;
        for declared in body.get_locals_reader()? {
            locals += u64::from(declared?.0);
        }
        self.locals += within("local variables of a function", locals, LOCALS_MAX)?;
        within("local variables of all functions", self.locals, LOCALS_IN_ALL_MAX)?;
        Ok(())
    }
}

/// Why a component is not taken: it is malformed, or too complex.
pub(super) enum Fault {
    Malformed(BinaryReaderError),
    TooComplex(PackageError),
}

impl From<BinaryReaderError> for Fault {
    fn from(error: BinaryReaderError) -> Self {
        Self::Malformed(error)
    }
}

fn within(what: &'static str, found: u64, max: u64) -> Result<u64, Fault> {
    if found > max {
        return Err(Fault::TooComplex(PackageError::TooComplex { what, found, max }));
    }
    Ok(found)
}
