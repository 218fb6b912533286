//! The functions that a component exports.

use std::sync::atomic::{AtomicBool, Ordering};

use wasmtime::Store;
use wasmtime::component::{ComponentExportIndex, ComponentNamedList, Instance, Lift, Lower, TypedFunc};

/// An exported function of a component, whose type is compared in its first instance only: it is the
/// component's, the same in all of them, and comparing it costs as much as a short call.
pub(crate) struct Export<P, R> {
    index: ComponentExportIndex,
    compared: AtomicBool,
    of: std::marker::PhantomData<fn(P) -> R>,
}

impl<P, R> Export<P, R>
where
    P: ComponentNamedList + Lower,
    R: ComponentNamedList + Lift,
{
    pub(crate) fn new(index: ComponentExportIndex) -> Self {
        Self {
            index,
            compared: AtomicBool::new(false),
            of: std::marker::PhantomData,
        }
    }

    /// The function of an instance of the component that the export belongs to.
    pub(crate) fn of<T>(
        &self,
        instance: &Instance,
        store: &mut Store<T>,
    ) -> wasmtime::Result<TypedFunc<P, R>> {
        if self.compared.load(Ordering::Relaxed)
            && let Some(function) = instance.get_func(&mut *store, self.index)
        {
            #[expect(unsafe_code, reason = "see SAFETY")]
            // SAFETY: the type of this export was compared with `P` and `R` in an instance of the same component,
            // and an export's type does not differ between instances: it has no resource of the host's in it.
            return Ok(unsafe { TypedFunc::new_unchecked(function) });
        }
        let function = instance.get_typed_func(store, self.index)?;
        self.compared.store(true, Ordering::Relaxed);
        Ok(function)
    }
}
