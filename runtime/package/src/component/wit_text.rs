//! A component's imports and exports as WIT text.

use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};

use wit_component::{DecodedWasm, WitPrinter};

/// Prints the world of a component that was read, and the interfaces in it.
pub(super) fn print(bytes: &[u8]) -> String {
    let printed = guarded(|| {
        let decoded = wit_component::decode(bytes).map_err(|error| format!("{error:#}"))?;
        let DecodedWasm::Component(resolve, _) = &decoded else {
            return Err("it is a WIT package".to_owned());
        };
        let own = decoded.package();
        let packages = resolve.packages.iter().map(|(id, _)| id);
        let others: Vec<_> = packages.filter(|id| *id != own).collect();
        let mut printer = WitPrinter::default();
        let printed = printer.print(resolve, own, &others);
        printed.map_err(|error| format!("{error:#}"))?;
        Ok(printer.output.to_string())
    });
    printed.unwrap_or_else(|why| inexpressible(&why))
}

/// Whatever it is, a comment is WIT.
pub(super) fn inexpressible(why: &str) -> String {
    format!("// not expressible in WIT: {}\n", why.replace('\n', " "))
}

/// Runs what is written for the output of compilers, and asserts more of it than validation establishes: its
/// panic becomes an error.
pub(crate) fn guarded<T, E: Display>(work: impl FnOnce() -> Result<T, E>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(format!("{error:#}")),
        Err(_) => Err("it is of a form that no compiler makes".to_owned()),
    }
}
