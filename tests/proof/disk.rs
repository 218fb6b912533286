//! A disk whose power can be cut: it loses, tears and reorders what was not synced.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use super::chance::Chance;
use super::gate::Gate;

/// What a disk writes whole, if it writes it.
const SECTOR_BYTES: usize = 512;

/// What is asked of a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Open,
    Read,
    Write,
    Truncate,
    Sync,
    Delete,
    Share,
}

/// What the disk fails in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It does not do it.
    Refuse,
    /// It has no room.
    Full,
    /// A sync that fails, and that loses what it was to write: it is in the cache, and never on the disk.
    Forget,
}

impl Fault {
    pub(crate) fn is_possible_in(self, act: Act) -> bool {
        match self {
            Self::Refuse => true,
            Self::Full => act == Act::Write,
            Self::Forget => act == Act::Sync,
        }
    }
}

/// What is to happen when, counted from 1.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Plan {
    Nothing,
    /// The power goes at this act of those that change something: at another it would leave what it leaves there.
    Cut(usize),
    /// This act fails.
    Fail(usize, Fault),
}

/// The files of a disk, as far as they are a storage's.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    state: Mutex<State>,
    /// What syncs pass.
    pub(crate) gate: Gate,
}

#[derive(Debug, Default)]
struct State {
    files: BTreeMap<PathBuf, File>,
    acts: Vec<Act>,
    /// How many of them have changed something.
    changes: usize,
    plan: Option<Plan>,
    chance: Option<Chance>,
    cut: Option<Cut>,
    /// What callers have been told by now.
    told: Arc<Mutex<Vec<String>>>,
    /// What the plan was to make happen, once it has.
    hit: Option<Act>,
}

/// What is left by a cut.
#[derive(Debug)]
pub(crate) struct Cut {
    /// What is on the disk.
    pub(crate) images: Images,
    /// How much had been told to callers.
    pub(crate) told: usize,
}

pub(crate) type Images = BTreeMap<PathBuf, Vec<u8>>;

#[derive(Clone, Debug, Default)]
struct File {
    /// What was synced.
    durable: Vec<u8>,
    /// What was not, in order.
    pending: Vec<Change>,
    /// Whether the folder's entry was synced: without that the file may not be there at all.
    is_named: bool,
    is_deleted: bool,
    /// What stood under this name before, and may do so again.
    before: Option<Vec<u8>>,
}

#[derive(Clone, Debug)]
enum Change {
    Write(usize, Vec<u8>),
    Truncate(usize),
}

impl Disk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Begins anew with what is in a folder, opened yet or not, and waits for an act. `told` is where callers note
    /// what they have been told.
    pub(crate) fn plan(&self, folder: &Path, plan: Plan, chance: Chance, told: &Arc<Mutex<Vec<String>>>) {
        let there = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        *self.state() = State {
            files: there
                .map(|path| (path.clone(), File::on_disk(fs::read(path).ok())))
                .collect(),
            plan: Some(plan),
            chance: Some(chance),
            told: Arc::clone(told),
            ..State::default()
        };
    }

    /// Acts so far.
    pub(crate) fn acts(&self) -> Vec<Act> {
        self.state().acts.clone()
    }

    /// How many acts have changed something so far.
    pub(crate) fn changes(&self) -> usize {
        self.state().changes
    }

    /// Which act the plan met, if it met one.
    pub(crate) fn hit(&self) -> Option<Act> {
        self.state().hit
    }

    /// What is left when the power goes now, or when it went.
    pub(crate) fn cut(&self) -> Cut {
        let mut state = self.state();
        match state.cut.take() {
            Some(cut) => cut,
            None => state.cut(),
        }
    }

    pub(crate) fn opened(&self, path: &Path) -> Option<Fault> {
        let mut state = self.state();
        let fault = state.failure(Act::Open);
        let known = state.files.get(path).is_some_and(|file| !file.is_deleted);
        let is_new = fault.is_none() && !known;
        if is_new {
            let before = state
                .files
                .remove(path)
                .filter(|file| file.is_named)
                .map(|file| file.durable);
            let file = File {
                before,
                ..File::on_disk(fs::read(path).ok())
            };
            state.files.insert(path.to_owned(), file);
        }
        state.done(Act::Open, fault, is_new)
    }

    pub(crate) fn wrote(&self, path: &Path, offset: usize, bytes: &[u8]) -> Option<Fault> {
        let mut state = self.state();
        let fault = state.failure(Act::Write);
        if fault.is_none() {
            state.pend(path, Change::Write(offset, bytes.to_vec()));
        }
        state.done(Act::Write, fault, fault.is_none())
    }

    pub(crate) fn truncated(&self, path: &Path, length: usize) -> Option<Fault> {
        let mut state = self.state();
        let fault = state.failure(Act::Truncate);
        if fault.is_none() {
            state.pend(path, Change::Truncate(length));
        }
        state.done(Act::Truncate, fault, fault.is_none())
    }

    /// The power may go in the middle of it. It may make the folder's entries durable as well.
    pub(crate) fn synced(&self, path: &Path, and_folder: bool) -> Option<Fault> {
        self.gate.pass();
        let mut state = self.state();
        let fault = state.failure(Act::Sync);
        let fault = state.done(Act::Sync, fault, fault.is_none());
        match fault {
            None => state.settle(path, and_folder),
            Some(Fault::Forget) => state.forget(path),
            Some(_) => {}
        }
        fault
    }

    pub(crate) fn deleted(&self, path: &Path, and_synced: bool) -> Option<Fault> {
        let mut state = self.state();
        let fault = state.failure(Act::Delete);
        let file = state.files.get_mut(path).filter(|file| !file.is_deleted);
        let file = file.filter(|_| fault.is_none());
        let is_gone = file.is_some();
        if let Some(file) = file {
            file.is_deleted = true;
            if and_synced {
                state.name();
            }
        }
        state.done(Act::Delete, fault, is_gone)
    }

    /// An act that changes nothing.
    pub(crate) fn looked(&self, act: Act) -> Option<Fault> {
        let mut state = self.state();
        let fault = state.failure(act);
        state.done(act, fault, false)
    }
}

impl State {
    /// How the act that is about to happen fails, if it does.
    fn failure(&mut self, act: Act) -> Option<Fault> {
        self.acts.push(act);
        match self.plan {
            Some(Plan::Fail(at, fault)) if at == self.acts.len() && fault.is_possible_in(act) => {
                self.hit = Some(act);
                Some(fault)
            }
            _ => None,
        }
    }

    /// The power may go now, if the act has changed something: that is pending.
    fn done(&mut self, act: Act, fault: Option<Fault>, has_changed: bool) -> Option<Fault> {
        self.changes += usize::from(has_changed);
        if has_changed && matches!(self.plan, Some(Plan::Cut(at)) if at == self.changes) {
            self.cut = Some(self.cut());
            self.hit = Some(act);
        }
        fault
    }

    fn pend(&mut self, path: &Path, change: Change) {
        self.files
            .entry(path.to_owned())
            .or_default()
            .pending
            .push(change);
    }

    fn settle(&mut self, path: &Path, and_folder: bool) {
        if let Some(file) = self.files.get_mut(path) {
            for change in file.pending.drain(..) {
                change.apply(&mut file.durable);
            }
        }
        if and_folder {
            self.name();
        }
    }

    /// What should have been written counts as written, and is not.
    fn forget(&mut self, path: &Path) {
        if let Some(file) = self.files.get_mut(path) {
            file.pending.clear();
        }
    }

    /// Makes the folder's entries durable.
    fn name(&mut self) {
        self.files.retain(|_, file| !file.is_deleted);
        for file in self.files.values_mut() {
            file.is_named = true;
            file.before = None;
        }
    }

    fn cut(&mut self) -> Cut {
        let told = self.told.lock().unwrap().len();
        let mut chance = self.chance.clone().unwrap_or_else(|| Chance::of(0, 0));
        let files = self.files.iter().filter_map(|(path, file)| {
            let is_there = match (file.is_deleted, file.is_named) {
                (false, true) => true,
                // Made, or removed, and the folder may not know.
                _ => chance.one_in(2),
            };
            match is_there {
                true => Some((path.clone(), file.image(&mut chance))),
                false => Some((path.clone(), file.before.clone()?)),
            }
        });
        let images = files.collect();
        self.chance = Some(chance);
        Cut { images, told }
    }
}

impl Change {
    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Self::Truncate(length) => content.resize(*length, 0),
            Self::Write(offset, bytes) => {
                let end = offset + bytes.len();
                if content.len() < end {
                    content.resize(end, 0);
                }
                content[*offset..end].copy_from_slice(bytes);
            }
        }
    }
}

impl File {
    /// A file as it was found, or one that is only made now.
    fn on_disk(content: Option<Vec<u8>>) -> Self {
        Self {
            is_named: content.is_some(),
            durable: content.unwrap_or_default(),
            ..Self::default()
        }
    }

    /// What a cut leaves of the file: of each sector any state that it has had since the last sync, as if the
    /// disk had written them in any order, and the last of them halfway.
    fn image(&self, chance: &mut Chance) -> Vec<u8> {
        let mut now = self.durable.clone();
        let mut states: BTreeMap<usize, Vec<Vec<u8>>> = BTreeMap::new();
        let mut lengths = vec![now.len()];
        // Now and then nothing is lost, or everything, or all after some point.
        let (lucky, upto) = (chance.below(4), chance.below(self.pending.len() + 1));
        let changes = if lucky == 1 {
            &self.pending[..upto]
        } else {
            &self.pending[..]
        };
        for change in changes {
            change.apply(&mut now);
            lengths.push(now.len());
            let touched = match change {
                Change::Write(offset, bytes) => *offset..offset + bytes.len(),
                Change::Truncate(length) => *length..*length,
            };
            for sector in touched.start / SECTOR_BYTES..touched.end.div_ceil(SECTOR_BYTES) {
                states
                    .entry(sector)
                    .or_default()
                    .push(sector_of(&now, sector).to_vec());
            }
        }
        match lucky {
            0 => return self.durable.clone(),
            1 | 2 => return now,
            _ => {}
        }
        let length = chance.pick(&lengths);
        let mut image = now.clone();
        // Behind a cut that did not reach the disk is what stood there.
        image.extend_from_slice(self.durable.get(image.len()..).unwrap_or_default());
        image.resize(length, 0);
        for (sector, states) in states {
            let kept = match chance.below(states.len() + 2) {
                0 => sector_of(&self.durable, sector).to_vec(),
                // Torn: the beginning is new, the rest is old.
                1 => {
                    let (old, new) = (sector_of(&self.durable, sector), states.last().unwrap());
                    let upto = chance.below(new.len() + 1);
                    [&new[..upto], old.get(upto..).unwrap_or_default()].concat()
                }
                state => states[state - 2].clone(),
            };
            let start = sector * SECTOR_BYTES;
            for (at, byte) in (start..start + SECTOR_BYTES).zip(kept.into_iter().chain(std::iter::repeat(0)))
            {
                if let Some(place) = image.get_mut(at) {
                    *place = byte;
                }
            }
        }
        image
    }
}

fn sector_of(content: &[u8], sector: usize) -> &[u8] {
    let start = (sector * SECTOR_BYTES).min(content.len());
    &content[start..(start + SECTOR_BYTES).min(content.len())]
}
