//! The functions that a component exports.

use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, Ordering};

use wasmtime::Store;
use wasmtime::component::{ComponentExportIndex, ComponentNamedList, Instance, Lift, Lower, TypedFunc};

/// What an exported function is called with, and what it answers.
pub(crate) trait Function {
    /// Borrowed, so that a call's future holds none of it more than once.
    type Params<'a>: ComponentNamedList + Lower + Send + Sync;
    type Answer: ComponentNamedList + Lift + Send + Sync + 'static;
}

/// An exported function of a component, whose type is compared in its first instance only: it is the
/// component's, the same in all of them, and comparing it costs as much as a short call.
pub(crate) struct Export<F> {
    index: ComponentExportIndex,
    compared: AtomicBool,
    of: PhantomData<fn() -> F>,
}

impl<F: Function> Export<F> {
    pub(crate) fn new(index: ComponentExportIndex) -> Self {
        Self {
            index,
            compared: AtomicBool::new(false),
            of: PhantomData,
        }
    }

    /// The function of an instance of the component that the export belongs to.
    pub(crate) fn of<'a, T>(
        &self,
        instance: &Instance,
        store: &mut Store<T>,
    ) -> wasmtime::Result<TypedFunc<F::Params<'a>, F::Answer>> {
        if self.compared.load(Ordering::Relaxed)
            && let Some(function) = instance.get_func(&mut *store, self.index)
        {
            #[expect(unsafe_code, reason = "see SAFETY")]
            // SAFETY: the type of this export was compared with that of `F`, which is the same for all lifetimes, in an
            // instance of the same component, and an export's type does not differ between instances: it has no resource
            // of the host's in it.
            return Ok(unsafe { TypedFunc::new_unchecked(function) });
        }
        let function = instance.get_typed_func(store, self.index)?;
        self.compared.store(true, Ordering::Relaxed);
        Ok(function)
    }
}
