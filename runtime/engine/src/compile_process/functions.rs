//! The code of functions that a process has compiled, for the versions that come after.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use wasmtime::CacheStore;

/// Some forty components of a template's size, or versions of one in which all functions are other ones.
const BYTES_MAX: usize = 64 << 20;

/// An entry beside its key and its code: its place in the map, and two allocations.
const ENTRY_BYTES: usize = 128;

/// Code by function: of two versions of a component most functions are the same, and are not compiled twice.
///
/// The key is Cranelift's, a SHA-256 of all that it compiles a function from, so that the code is what it would be
/// without this. When there is no more room, all of it goes: the next version of each component is compiled as the first one was.
#[derive(Default)]
pub(super) struct Functions(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    code: HashMap<Box<[u8]>, Arc<[u8]>>,
    bytes: usize,
}

impl CacheStore for Functions {
    fn get(&self, key: &[u8]) -> Option<Cow<'_, [u8]>> {
        // Copied without the lock: as many threads as there are ask for it.
        let code = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .code
            .get(key)
            .cloned();
        code.map(|code| Cow::Owned(code.to_vec()))
    }

    fn insert(&self, key: &[u8], code: Vec<u8>) -> bool {
        let bytes = ENTRY_BYTES + key.len() + code.len();
        if bytes > BYTES_MAX {
            return false;
        }
        let code = Arc::from(code);
        // Before the lock, so that it is dropped after it.
        let mut _displaced = Kept::default();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.bytes + bytes > BYTES_MAX {
            _displaced = mem::take(&mut *kept);
        }
        if kept.code.insert(key.into(), code).is_none() {
            kept.bytes += bytes;
        }
        true
    }
}

#[cfg(test)]
impl Functions {
    pub(super) fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).code.len()
    }
}

impl fmt::Debug for Functions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Functions").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::code_goal::CodeGoal;
    use crate::settings::settings;

    /// A component with some functions, of which one returns this.
    fn component(number: u32) -> Vec<u8> {
        let text = format!(
            r#"(component (core module
                (memory 1)
                (func $twice (param i32) (result i32) (i32.mul (local.get 0) (i32.load (i32.const 8))))
                (func $count (param i32) (result i32) (loop $again (result i32)
                    (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
                    (br_if $again (i32.const 1) (local.get 0)) drop (call $twice (local.get 0))))
                (func (export "f") (result i32) (call $count (i32.const {number})))
                (data (i32.const 8) "\0{number}")))"#
        );
        wat::parse_str(text).unwrap()
    }

    /// Counts what was found.
    #[derive(Debug, Default)]
    struct Counted(Functions, AtomicUsize);

    impl CacheStore for Counted {
        fn get(&self, key: &[u8]) -> Option<Cow<'_, [u8]>> {
            let found = self.0.get(key)?;
            self.1.fetch_add(1, Ordering::Relaxed);
            Some(found)
        }

        fn insert(&self, key: &[u8], code: Vec<u8>) -> bool {
            self.0.insert(key, code)
        }
    }

    fn compile(goal: CodeGoal, component: &[u8], functions: Option<&Arc<Counted>>) -> Vec<u8> {
        let mut settings = settings(goal);
        if let Some(functions) = functions {
            settings
                .enable_incremental_compilation(Arc::clone(functions) as Arc<dyn CacheStore>)
                .unwrap();
        }
        let engine = wasmtime::Engine::new(&settings).unwrap();
        engine.precompile_component(component).unwrap()
    }

    #[test]
    fn the_code_is_what_it_would_be_without() {
        for goal in [CodeGoal::Speed, CodeGoal::Turnaround] {
            let functions = Arc::<Counted>::default();
            for number in [7, 8, 7] {
                let component = component(number);
                let plain = compile(goal, &component, None);
                assert!(
                    plain == compile(goal, &component, Some(&functions)),
                    "{goal:?}, {number}"
                );
            }
            // One function is another one in the second version, and none in the third. What the compiler adds itself it
            // sees as new at times, which costs no more than time.
            let (kept, found) = (functions.0.len(), functions.1.load(Ordering::Relaxed));
            assert!(kept >= 8 && found >= kept, "{goal:?}: {kept} kept, {found} found");
        }
    }

    #[test]
    fn what_is_kept_is_bounded() {
        const ONE: usize = 1 << 20;
        let functions = Functions::default();
        let bytes = || functions.0.lock().unwrap().bytes;
        for key in 0..2 * BYTES_MAX / ONE {
            assert!(functions.insert(&key.to_le_bytes(), vec![0; ONE]));
            assert_eq!(functions.get(&key.to_le_bytes()).unwrap().len(), ONE);
            assert!(bytes() <= BYTES_MAX);
        }
        let before = bytes();
        assert!(!functions.insert(b"too much", vec![0; BYTES_MAX]));
        assert_eq!(bytes(), before);
        // The same one once more is no more.
        let last = (2 * BYTES_MAX / ONE - 1).to_le_bytes();
        assert!(functions.insert(&last, vec![0; ONE]));
        assert_eq!(bytes(), before);
    }
}
