//! Disks that do not answer.

use std::io::Read;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::task::{Context, Waker};
use std::time::{Duration, Instant, SystemTime};

use airs_core::{FileStat, Folder, FolderError, FolderPath, Limits, Name};

use super::{Disk, open};
use crate::executor::Executor;
use crate::files::{Fault, FilePlaces};
use crate::guest::Guest;
use crate::{Allowance, Environment, MemoryBudget, World};

const MIB: u64 = 1 << 20;
const LONG: Duration = Duration::from_secs(60);

/// A file that says when it begins to be read, and is read when it is let.
#[derive(Clone, Debug)]
struct Slow {
    begun: SyncSender<()>,
    go_on: Arc<std::sync::Mutex<Receiver<()>>>,
}

impl Read for Slow {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        self.begun.send(()).unwrap();
        let _ = self.go_on.lock().unwrap().recv();
        Ok(0)
    }
}

impl Folder for Slow {
    fn stat(&self, _: &FolderPath) -> Result<FileStat, FolderError> {
        Ok(FileStat::FOLDER)
    }

    fn open(&self, _: &FolderPath) -> Result<(FileStat, Box<dyn Read + Send>), FolderError> {
        let stat = FileStat {
            is_folder: false,
            bytes: 4 * MIB,
            modified: None,
        };
        Ok((stat, Box::new(self.clone())))
    }

    fn list(&self, _: &FolderPath) -> Result<Vec<(String, bool)>, FolderError> {
        Ok(Vec::new())
    }
}

fn guest(folder: &Arc<dyn Folder>, memory: MemoryBudget) -> (Guest, u32) {
    let allowance = Allowance {
        memory: Some(memory),
        ..Allowance::until(Instant::now() + LONG)
    };
    let environment = Environment::new("run".into(), None, SystemTime::now(), allowance, Arc::new(|_| ()));
    let name = "data".parse().unwrap();
    let world = Arc::new(World::default());
    let mut guest = Guest::new(Arc::new(Name::unnamed()), environment, world, &Limits::default());
    let root = guest.files().0.enter(&name, folder).unwrap();
    (guest, root)
}

/// Has a future begin, and no more.
fn begin<F: Future + ?Sized>(future: &mut Pin<Box<F>>) {
    let mut context = Context::from_waker(Waker::noop());
    assert!(future.as_mut().poll(&mut context).is_pending());
}

#[test]
fn what_a_read_takes_is_kept_until_the_disk_has_answered() {
    let ((begun, has_begun), (go_on, let_go)) = (sync_channel(1), channel());
    let slow = Slow {
        begun,
        go_on: Arc::new(let_go.into()),
    };
    let folder: Arc<dyn Folder> = Arc::new(slow.clone());
    let executor = Executor::start(1, true).unwrap();
    let budget = MemoryBudget::of_node(64 * MIB);
    let (mut guest, root) = guest(&folder, budget.clone());
    let reading = executor
        .handle()
        .spawn(async move { open(&mut guest, root, "file", false).await });
    has_begun.recv().unwrap();
    assert_eq!(budget.used_bytes(), 4 * MIB);
    // The run is given up, and all that it had is gone.
    reading.abort();
    assert!(executor.handle().block_on(reading).unwrap_err().is_cancelled());
    assert_eq!(budget.used_bytes(), 4 * MIB);
    go_on.send(()).unwrap();
    while Arc::strong_count(&slow.go_on) > 2 || budget.used_bytes() > 0 {
        std::thread::yield_now();
    }
}

#[test]
fn a_disk_that_hangs_takes_its_own_places_and_not_those_of_others() {
    let executor = Executor::start(1, true).unwrap();
    let _within = executor.handle().enter();
    let node = FilePlaces::default();
    let until = Instant::now() + LONG;
    let of_another = || Disk {
        places: node.of_another(),
        until,
    };
    let (here, there) = (of_another(), of_another());
    let (begun, has_begun) = channel();
    let hanging = |disk: &Disk| -> (_, SyncSender<()>) {
        let (answer, hangs) = sync_channel(1);
        let begun = begun.clone();
        let disk = Disk {
            places: disk.places.clone(),
            until,
        };
        let asked = async move {
            let job = move || {
                begun.send(()).unwrap();
                let _ = hangs.recv();
                Ok(())
            };
            disk.ask(job).await
        };
        (Box::pin(asked) as Pin<Box<dyn Future<Output = _>>>, answer)
    };
    let mut all: Vec<_> = (0..8).map(|_| hanging(&here)).collect();
    all.iter_mut().for_each(|(asked, _)| begin(asked));
    (0..8).for_each(|_| has_begun.recv().unwrap());
    // Nobody waits for the answers any more; the disk is at them all the same.
    let answers: Vec<_> = all.into_iter().map(|(_, answer)| answer).collect();
    let late = Disk {
        until: Instant::now(),
        places: here.places.clone(),
    };
    let asked = late.ask(|| -> Result<(), _> { panic!("it has no place") });
    assert_eq!(executor.handle().block_on(asked), Err(Fault::Late));
    // Others have places.
    assert_eq!(executor.handle().block_on(there.ask(|| Ok(7))), Ok(7));
    // And so has it, when one is free.
    answers[0].send(()).unwrap();
    assert_eq!(executor.handle().block_on(here.ask(|| Ok(8))), Ok(8));
    // All of them together have as many as a node has.
    let more: Vec<_> = (0..3).map(|_| of_another()).collect();
    let mut all: Vec<_> = more
        .iter()
        .flat_map(|disk| [(); 8].map(|()| hanging(disk)))
        .collect();
    let (mut ninth, more_answer) = hanging(&here);
    begin(&mut ninth);
    all.iter_mut().for_each(|(asked, _)| begin(asked));
    (0..25).for_each(|_| has_begun.recv().unwrap());
    let late = Disk {
        until: Instant::now(),
        places: there.places.clone(),
    };
    let asked = late.ask(|| -> Result<(), _> { panic!("there is no place") });
    assert_eq!(executor.handle().block_on(asked), Err(Fault::Late));
    drop((answers, all, more_answer));
    assert_eq!(executor.handle().block_on(there.ask(|| Ok(9))), Ok(9));
}

#[test]
fn a_disk_that_hangs_is_waited_for_until_the_deadline() {
    let (answer, hangs) = channel::<()>();
    let executor = Executor::start(1, true).unwrap();
    let disk = Disk {
        places: FilePlaces::default(),
        until: Instant::now(),
    };
    let done = executor.handle().block_on(disk.ask(move || {
        let _ = hangs.recv();
        Ok(())
    }));
    assert_eq!(done, Err(Fault::Late));
    drop(answer);
}
