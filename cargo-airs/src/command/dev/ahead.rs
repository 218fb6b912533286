//! Getting ready what the linker has made while the build that had it made comes to its end. The compiler then puts away what
//! it keeps for the next one, and Cargo takes note: a third of the time that compiling for the processor takes.
//!
//! Nothing is believed of it: what Cargo answers with is compared with what was got ready, and if it is something else, that
//! is got ready.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use airs_runtime::{Digest, Name, Prepared, Runtime};
use cargo_metadata::PackageId;
use notify::event::{AccessKind, AccessMode};
use notify::{Config, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::made::One;
use super::watch::Means;
use crate::command::build;
use crate::error::Result;
use crate::files;
use crate::workspace::{Crate, Workspace};

/// A component that is being prepared.
pub(super) type Preparing = JoinHandle<airs_runtime::Result<Prepared>>;

/// Where the linker has put what builds have made.
pub(super) struct Linked {
    files: BTreeMap<PackageId, PathBuf>,
    means: Means,
}

impl Linked {
    pub(super) fn as_told_by(means: Means) -> Self {
        let files = BTreeMap::new();
        Self { files, means }
    }

    /// Takes in what Cargo has answered with.
    pub(super) fn keep(&mut self, artifacts: BTreeMap<PackageId, PathBuf>, workspace: &Workspace) {
        if self.means == Means::Native {
            let linked = |(of, artifact): (PackageId, PathBuf)| Some((of, workspace.linked(&artifact)?));
            self.files.extend(artifacts.into_iter().filter_map(linked));
        }
    }

    /// The file of a crate, if it is known and is going to be told of.
    pub(super) fn file(&self, one: &Crate) -> Option<PathBuf> {
        self.files.get(&one.id).cloned()
    }
}

/// A component that a build is to make.
pub(super) struct Awaited {
    /// Where the linker puts it.
    pub(super) file: PathBuf,
    pub(super) manifest: airs_runtime::Manifest,
    pub(super) grants: airs_runtime::Grants,
    /// What the linker has made of what serves, with the same manifest.
    pub(super) serves: Option<Digest>,
}

/// What is got ready during one build.
pub(super) struct Ahead {
    /// Tells where the system tells that a file has been written; elsewhere nothing is got ready.
    _watcher: Option<RecommendedWatcher>,
    found: Found,
}

/// None when the build is over.
type Found = Arc<Mutex<Option<BTreeMap<Name, Early>>>>;

/// A component that is got ready.
pub(super) struct Early {
    pub(super) one: One,
    pub(super) preparing: Preparing,
}

impl Ahead {
    /// Begins with a build.
    pub(super) fn begin(awaited: Vec<Awaited>, runtime: Runtime) -> Self {
        let found = Found::new(Mutex::new(Some(BTreeMap::new())));
        let folders: Vec<_> = awaited
            .iter()
            .filter_map(|one| Some(one.file.parent()?.to_owned()))
            .collect();
        let keep = Arc::clone(&found);
        let tell = move |event: notify::Result<notify::Event>| {
            let Ok(event) = event else { return };
            if event.kind != EventKind::Access(AccessKind::Close(AccessMode::Write)) {
                return;
            }
            for one in awaited.iter().filter(|one| event.paths.contains(&one.file)) {
                // Held meanwhile: a build that ends now waits for what was begun.
                if let Some(found) = &mut *lock(&keep) {
                    found.extend(one.early(&runtime).map(|early| (early.one.name.clone(), early)));
                }
            }
        };
        let watch = || {
            let mut watcher = RecommendedWatcher::new(tell, Config::default())?;
            for folder in folders {
                watcher.watch(&folder, RecursiveMode::NonRecursive)?;
            }
            notify::Result::Ok(watcher)
        };
        let _watcher = watch().ok();
        Self { _watcher, found }
    }

    /// What was got ready until the build has ended, or is about to be.
    pub(super) fn end(self) -> BTreeMap<Name, Early> {
        lock(&self.found).take().unwrap_or_default()
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        lock(&self.found).take();
    }
}

fn lock<T>(found: &Mutex<T>) -> MutexGuard<'_, T> {
    found.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Awaited {
    /// None when it is what serves, or is no good: what is wrong with it is told when the build has ended.
    fn early(&self, runtime: &Runtime) -> Option<Early> {
        let one = self.made().ok()??;
        let preparing = prepare(&one, runtime.clone()).ok()?;
        Some(Early { one, preparing })
    }

    fn made(&self) -> Result<Option<One>> {
        let bytes = files::bytes(&self.file)?;
        let compiled = Digest::of(&bytes);
        if self.serves == Some(compiled) {
            return Ok(None);
        }
        Ok(Some(One {
            name: self.manifest.name.clone(),
            kind: self.manifest.kind,
            component: build::check(&self.manifest, &bytes)?,
            compiled,
            manifest: self.manifest.clone(),
            grants: self.grants.clone(),
            making: Duration::ZERO,
        }))
    }
}

fn prepare(one: &One, runtime: Runtime) -> std::io::Result<Preparing> {
    let (component, grants) = (one.component.clone(), one.grants.clone());
    let thread = thread::Builder::new().name("airs-ahead".into());
    thread.spawn(move || runtime.prepare(&component, &grants))
}
