//! The thread that builds and swaps, one thing after the other.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant, SystemTime};

use airs_runtime::{Digest, Kind, Name};
use tokio::sync::RwLock;

use super::Happened;
use super::ahead::{Ahead, Awaited, Early, Linked};
use super::compile::{Cancel, Compiled, compile};
use super::inputs::earliest_as_told_by;
use super::made::{Made, One, Trouble};
use super::profile;
use super::serve::Serving;
use super::turns::{Due, Event, Turn};
use super::watch::{Shared, Watch};
use crate::command::build;
use crate::error::{Failure, Reason, Result};
use crate::files;
use crate::report::Report;
use crate::settings::Dev;
use crate::workspace::{Crate, Workspace};

/// The file whose time is that of the last build: where builds write, nothing is watched.
const CLOCK: &str = ".begun";

/// What the thread is to do.
#[derive(Debug)]
pub(super) enum Job {
    Build { turn: Turn, due: Due, after: Duration },
    Swap { turn: Turn, made: Made },
}

/// What the thread has.
pub(super) struct Worker {
    pub(super) settings: Arc<Dev>,
    pub(super) report: Report,
    pub(super) project: Project,
    pub(super) serving: Serving,
    pub(super) inputs: Shared,
    pub(super) watch: Watch,
    pub(super) linked: Linked,
    /// Held while the files of what serves are written.
    pub(super) writing: Arc<RwLock<()>>,
    pub(super) cancel: Arc<Cancel>,
    pub(super) happened: Sender<Happened>,
}

/// The project as it was read last.
pub(super) struct Project {
    pub(super) workspace: Workspace,
    pub(super) crates: Vec<Crate>,
}

impl Project {
    pub(super) fn read(settings: &Dev) -> Result<Self> {
        let workspace = profile::built_apart(Workspace::load(&settings.node.manifest)?);
        let crates = workspace.select(&settings.which)?;
        Ok(Self { workspace, crates })
    }

    pub(super) fn names(&self) -> Vec<Name> {
        self.crates.iter().map(|one| one.manifest.name.clone()).collect()
    }
}

impl Worker {
    pub(super) fn run(mut self, jobs: &std::sync::mpsc::Receiver<Job>) {
        while let Ok(job) = jobs.recv() {
            match job {
                Job::Build { turn, due, after } => self.build(turn, &due, after),
                Job::Swap { turn, mut made } => self.swap(turn, &mut made),
            }
        }
    }

    pub(super) fn tell(&self, event: Event) {
        // When nobody listens any more, that is the end.
        let _ = self.happened.send(Happened::Loop(Box::new(event)));
    }

    fn build(&mut self, turn: Turn, due: &Due, after: Duration) {
        self.cancel.pause(turn, after);
        if self.cancel.is_cancelled(turn) {
            return;
        }
        let shown: Vec<_> = due
            .files
            .iter()
            .map(|path| self.project.workspace.shown(path))
            .collect();
        let begun = earliest_as_told_by(&self.project.workspace.target().join(CLOCK));
        let event = match self.built(turn, due, begun) {
            Ok(None) => return,
            Ok(Some(Ok(mut made))) => {
                made.files = shown;
                Event::Built { turn, made }
            }
            Ok(Some(Err((mut trouble, owed)))) => {
                trouble.files = shown;
                Event::Failed { turn, trouble, owed }
            }
            Err(failure) => Event::Failed {
                turn,
                trouble: Trouble {
                    files: shown,
                    ..failure.into()
                },
                owed: due.clone(),
            },
        };
        self.tell(event);
        self.watch.other_inputs();
    }

    /// What is built of what is due, or what is wrong with it and what is not to blame for that; none when the turn was
    /// cancelled.
    #[allow(clippy::type_complexity, reason = "it is taken apart at once")]
    fn built(
        &mut self,
        turn: Turn,
        due: &Due,
        begun: SystemTime,
    ) -> Result<Option<std::result::Result<Made, (Trouble, Due)>>> {
        if due.project {
            self.read_project(turn, due, begun)?;
        }
        let Project { workspace, crates } = &self.project;
        let wanted = |one: &&Crate| due.project || due.components.contains(&one.manifest.name);
        let crates: Vec<&Crate> = crates.iter().filter(wanted).collect();
        let arguments: Vec<OsString> = profile::arguments(&self.settings, workspace);
        let calls = build::calls(&crates, &arguments)?;
        let colored = self.report.is_for_people();
        let manifest = &self.settings.node.manifest;
        self.begin(&crates, begun);
        let ahead = Ahead::begin(self.awaited(&crates), self.serving.runtime());
        let script_ended = |package: &_, out: &_| self.script_ended(package, out);
        let compiled = compile(&calls, manifest, (turn, &self.cancel), colored, &script_ended);
        self.end();
        let Some(compiled) = compiled? else {
            return Ok(None);
        };
        self.note_inputs(&crates, &compiled, begun);
        let failed = |failure: Failure, blamed: &BTreeSet<Name>| {
            let trouble = Trouble {
                diagnostics: compiled.diagnostics.clone(),
                cargo: compiled.took,
                ..failure.into()
            };
            let innocent = crates.iter().map(|one| one.manifest.name.clone());
            let owed = Due {
                components: innocent.filter(|name| !blamed.contains(name)).collect(),
                ..Due::default()
            };
            Ok(Some(Err((trouble, owed))))
        };
        if !compiled.succeeded {
            // The target may not be there at all.
            build::require_target(workspace, false, &self.report)?;
            let blamed = crates.iter().filter(|one| compiled.blames(one, &crates));
            let blamed = blamed.map(|one| one.manifest.name.clone()).collect();
            return failed(Failure::new(Reason::BuildFailed, "the build failed"), &blamed);
        }
        let mut made = Made::default();
        let mut early = ahead.end();
        for one in &crates {
            let early = early.remove(&one.manifest.name);
            match self.component(one, &compiled, early, &mut made) {
                Ok(()) => {}
                Err(failure) if failure.may_pass() => return failed(failure, &BTreeSet::new()),
                Err(failure) => return failed(failure, &[one.manifest.name.clone()].into()),
            }
        }
        made.components.sort_by_key(|one| one.kind == Kind::Program);
        let project = &self.project.crates;
        let these = project.iter().map(|one| (&one.manifest.name, one.manifest.kind));
        made.removed = self.serving.others(these);
        self.linked.keep(compiled.artifacts, workspace);
        made.diagnostics = compiled.diagnostics;
        made.cargo = compiled.took;
        Ok(Some(Ok(made)))
    }

    /// What this build is to make, as far as it is known where the linker puts it.
    fn awaited(&self, crates: &[&Crate]) -> Vec<Awaited> {
        let awaited = |one: &&Crate| {
            let manifest = &one.manifest;
            let serving = self.serving.of(&manifest.name);
            Some(Awaited {
                file: self.linked.file(one)?,
                manifest: manifest.clone(),
                grants: self.project.workspace.granted(&manifest.name),
                serves: serving.and_then(|serving| serving.made_of(manifest)),
            })
        };
        crates.iter().filter_map(awaited).collect()
    }

    /// Adds the component of a crate, unless it is the one that serves.
    fn component(
        &self,
        one: &Crate,
        compiled: &Compiled,
        early: Option<Early>,
        made: &mut Made,
    ) -> Result<()> {
        let (name, manifest) = (&one.manifest.name, &one.manifest);
        let missing = || {
            let message = format!("the compiler made no component of {name}");
            Failure::new(Reason::BuildFailed, message)
        };
        let file: &PathBuf = compiled.artifacts.get(&one.id).ok_or_else(missing)?;
        let begun = Instant::now();
        let bytes = files::bytes(file)?;
        let digest = Digest::of(&bytes);
        if let Some(early) = early.filter(|early| early.one.compiled == digest) {
            made.preparing.insert(name.clone(), early.preparing);
            made.components.push(One {
                making: begun.elapsed(),
                ..early.one
            });
            return Ok(());
        }
        let grants = self.project.workspace.granted(name);
        let serving = self.serving.of(name);
        let component = match serving.filter(|serving| serving.made_of(manifest) == Some(digest)) {
            Some(serving) if serving.grants == grants => return Ok(()),
            Some(serving) => serving.component.clone(),
            None => build::check(manifest, &bytes)?,
        };
        made.components.push(One {
            name: name.clone(),
            kind: manifest.kind,
            component,
            compiled: digest,
            manifest: manifest.clone(),
            grants,
            making: begun.elapsed(),
        });
        Ok(())
    }
}
