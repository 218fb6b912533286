//! From a component to code, the shortest way there is: what was kept, a process of its own, this process.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use airs_core::{Code, CodeSource, Error, Result};
use wasmtime::component::Component;

use crate::code_cache::{CodeName, fingerprint};
use crate::code_goal::CodeGoal;
use crate::compile::Compiled;
use crate::compile_process::Staying;
use crate::debugger::with_bases;
use crate::divided::Divided;
use crate::{CodeCache, CompileProcess};

/// How components become code. Without anything, this process compiles each whenever it is loaded.
///
/// ```
/// use airs_engine::{CodeCache, CompilerConfig};
///
/// fn cached(folder: &std::path::Path) -> airs_core::Result<CompilerConfig> {
///     let cache = CodeCache::open(folder)?;
///     Ok(CompilerConfig { cache: Some(cache), ..CompilerConfig::default() })
/// }
/// ```
#[derive(Clone, Debug, Default)]
pub struct CompilerConfig {
    /// Where code is kept.
    pub cache: Option<CodeCache>,
    /// What compiles, if not this process.
    pub process: Option<CompileProcess>,
    /// What the code is made for.
    pub code_goal: CodeGoal,
}

/// What happened on the way from a component to its code.
///
/// ```
/// use airs_engine::Compilation;
///
/// fn tell(what: &Compilation) {
///     match what {
///         Compilation::Done(source) => eprintln!("code from {source}"),
///         Compilation::CacheFault(why) => eprintln!("the code cache: {why}"),
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compilation {
    /// There is code, and it came from there.
    Done(CodeSource),
    /// Code that was kept is not taken, or cannot be kept; why. The component was compiled.
    CacheFault(String),
}

/// `(component)`.
const LEAST_COMPONENT: [u8; 8] = *b"\0asm\x0d\0\x01\0";

/// Makes code of components, for one engine.
pub(crate) struct Compiler {
    engine: wasmtime::Engine,
    fingerprint: [u8; 32],
    config: CompilerConfig,
    /// The process that compiles, if it stays.
    staying: Staying,
}

impl Compiler {
    pub(crate) fn new(engine: &wasmtime::Engine, config: CompilerConfig) -> Self {
        Self {
            engine: engine.clone(),
            fingerprint: fingerprint(engine),
            config,
            staying: Staying::default(),
        }
    }

    pub(crate) fn compile(
        &self,
        component: &Arc<[u8]>,
        digest: &[u8; 32],
        mut tell: impl FnMut(Compilation),
    ) -> Result<Compiled> {
        let name = CodeName {
            digest,
            engine: &self.fingerprint,
        };
        if let Some(cache) = &self.config.cache {
            match cache.load(&self.engine, &name) {
                Ok(Some(code)) => {
                    tell(Compilation::Done(CodeSource::Cache));
                    return self.compiled(code, component);
                }
                Ok(None) => {}
                Err(why) => tell(Compilation::CacheFault(why)),
            }
        }
        let (code, source) = match &self.config.process {
            Some(process) => {
                let code = process.compile(component, self.config.code_goal, &self.staying)?;
                let loaded = load(&self.engine, Origin::Process(&code));
                let loaded = loaded.map_err(|error| self.misfit(process, &error))?;
                self.keep(&name, &code, &mut tell);
                (loaded, CodeSource::Process)
            }
            None => {
                let compiled = self.here(component)?;
                if self.config.cache.is_some() {
                    match compiled.serialize() {
                        Ok(code) => self.keep(&name, &code, &mut tell),
                        Err(error) => tell(Compilation::CacheFault(format!("{error:#}"))),
                    }
                }
                (compiled, CodeSource::Here)
            }
        };
        tell(Compilation::Done(source));
        self.compiled(code, component)
    }

    /// Compiles in this process, and keeps nothing.
    pub(crate) fn compile_here(&self, component: &[u8]) -> Result<Compiled> {
        self.compiled(self.here(component)?, &component.into())
    }

    fn compiled(&self, code: Component, component: &Arc<[u8]>) -> Result<Compiled> {
        Compiled::new(code, component, self.config.code_goal)
    }

    fn here(&self, component: &[u8]) -> Result<Component> {
        let compile_here = |component: &[u8]| Component::from_binary(&self.engine, component);
        compile(component, self.config.code_goal, compile_here).map_err(|error| not_compiled(&error))
    }

    /// What a process has made does not fit here. Where the least of components does not, either, it is the process that is
    /// of another runtime; otherwise the component has more than there are places for.
    fn misfit(&self, process: &CompileProcess, error: &wasmtime::Error) -> Error {
        let least = Arc::from(LEAST_COMPONENT);
        let fits = process
            .compile(&least, self.config.code_goal, &self.staying)
            .is_ok_and(|code| load(&self.engine, Origin::Process(&code)).is_ok());
        if fits {
            return not_compiled(error);
        }
        let message = format!("{} compiles for another runtime", process.program.display());
        Error::new(Code::Internal, message).caused_by(format!("{error:#}"))
    }

    fn keep(&self, name: &CodeName<'_>, code: &[u8], tell: &mut impl FnMut(Compilation)) {
        let Some(cache) = &self.config.cache else { return };
        if let Err(error) = cache.store(name, code) {
            tell(Compilation::CacheFault(format!("it cannot be written: {error}")));
        }
    }
}

fn not_compiled(error: &wasmtime::Error) -> Error {
    let message = format!("the component cannot be compiled: {error:#}");
    Error::new(Code::InvalidComponent, message)
}

/// Prepares a component, and compiles it by `by`. A panic is taken for a refusal: what becomes of debug information, which is
/// what a component says of itself, is not proof against everything.
pub(crate) fn compile<T>(
    component: &[u8],
    goal: CodeGoal,
    by: impl FnOnce(&[u8]) -> wasmtime::Result<T>,
) -> wasmtime::Result<T> {
    let compile = || match goal.divides_copies() {
        true => by(&Divided::of(component)?.bytes),
        false => by(&with_bases(component)),
    };
    catch_unwind(AssertUnwindSafe(compile))
        .unwrap_or_else(|_| Err(wasmtime::Error::msg("the compiler gives up on it")))
}

/// Code that was compiled already, and where it is from.
pub(crate) enum Origin<'c> {
    /// A file of the cache, after it was verified.
    Cache(&'c Path),
    /// What the process that compiles has answered.
    Process(&'c [u8]),
}

/// Loads code. The engine checks that it was compiled by its own version with its own settings, and believes the rest.
#[expect(
    unsafe_code,
    reason = "the one place that loads compiled code; the argument is inside"
)]
pub(crate) fn load(engine: &wasmtime::Engine, origin: Origin<'_>) -> wasmtime::Result<Component> {
    // SAFETY: What is loaded must be what `Component::serialize` or `Engine::precompile_component` made, as it will be
    // executed; and a file must not change while it is mapped. Both hold for whatever an attacker can reach.
    //
    // A file of the cache: its keyed hash, over all of it and over the digest and the engine in its name, was compared
    // before, by this process, and the file was not changed since. The key is in the same folder, in a file that only
    // the owner can read, so that who made the entry is the owner's own process, with code that it had just compiled.
    // Nor does the file change: the folder, and every folder above it, can be written to by the owner and by root
    // alone, and the cache, which is all that writes there, never writes into a file that has its name already; it
    // replaces and unlinks it, which a mapping survives. Who can act as the owner could change this process itself.
    //
    // The answer of a process: the embedder has named the program, this process has started it, and the answer came
    // through a pipe that nobody else has. It has compiled with the same library as this process would have; a
    // component that made it answer otherwise would have had this process in its hands instead.
    unsafe {
        match origin {
            Origin::Cache(file) => Component::deserialize_file(engine, file),
            Origin::Process(code) => Component::deserialize(engine, code),
        }
    }
}

#[cfg(test)]
mod tests {
    use wasmtime::Config;

    use super::{Origin, compile, fingerprint, load};
    use crate::code_goal::CodeGoal;
    use crate::settings::settings;

    const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

    #[test]
    fn code_that_was_compiled_with_other_settings_is_not_taken() {
        let engine = wasmtime::Engine::new(&settings(CodeGoal::Speed)).unwrap();
        let code = engine.precompile_component(EMPTY).unwrap();
        load(&engine, Origin::Process(&code)).unwrap();
        let changes: [fn(&mut Config) -> &mut Config; 4] = [
            |config| config.consume_fuel(true),
            |config| config.epoch_interruption(false),
            |config| config.debug_info(true),
            |config| config.memory_reservation(1 << 20),
        ];
        for change in changes {
            let other = wasmtime::Engine::new(change(&mut settings(CodeGoal::Speed))).unwrap();
            assert_ne!(fingerprint(&other), fingerprint(&engine));
            let foreign = other.precompile_component(EMPTY).unwrap();
            assert!(load(&engine, Origin::Process(&foreign)).is_err());
        }
        assert!(load(&engine, Origin::Process(&code[..code.len() / 2])).is_err());
        assert!(load(&engine, Origin::Process(b"not code")).is_err());
    }

    /// It would be executed all the same, only not as fast as was asked for.
    #[test]
    fn code_for_another_goal_is_kept_apart() {
        let of = |goal| fingerprint(&wasmtime::Engine::new(&settings(goal)).unwrap());
        assert_ne!(of(CodeGoal::Speed), of(CodeGoal::Turnaround));
        assert_ne!(of(CodeGoal::Turnaround), of(CodeGoal::Debugging));
    }

    #[test]
    fn the_pool_and_stacks_are_no_matter_of_the_code() {
        let pooled = crate::Engine::new(&crate::EngineConfig {
            instances_max: 4,
            threads: 1,
            stack_bytes: 1 << 20,
            ..Default::default()
        });
        let plain = wasmtime::Engine::new(&settings(CodeGoal::Speed)).unwrap();
        assert_eq!(fingerprint(pooled.unwrap().wasmtime()), fingerprint(&plain));
    }

    #[test]
    fn a_compiler_that_panics_refuses() {
        let refused = compile(EMPTY, CodeGoal::Debugging, |_| -> wasmtime::Result<()> {
            panic!("no such line")
        });
        assert_eq!(refused.unwrap_err().to_string(), "the compiler gives up on it");
        assert_eq!(
            compile(EMPTY, CodeGoal::Debugging, |component| Ok(component.len())).unwrap(),
            EMPTY.len()
        );
    }
}
