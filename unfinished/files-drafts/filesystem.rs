//! Files in the virtual WASI: the folders that were granted, to be looked into.
//!
//! What changes a file is refused: it could not be undone with the run.

use std::time::{SystemTime, UNIX_EPOCH};

use airs_core::{Capability, FileStat, FolderError};
use wasmtime::StoreContextMut;
use wasmtime::component::{ComponentNamedList, ComponentType, Lift, LinkerInstance, Lower, Resource, flags};

use super::error_code::ErrorCode;
use super::{Datetime, FileDescriptor, InputStream, Listing, stub};
use crate::files::{Fault, Open};
use crate::guest::{Guest, GuestState};

/// What a guest may read at once before it asks again.
const READ_BYTES_MAX: u64 = 64 << 10;

/// What changes something.
const CHANGES: [&str; 12] = [
    "append-via-stream",
    "create-directory-at",
    "link-at",
    "remove-directory-at",
    "rename-at",
    "set-size",
    "set-times",
    "set-times-at",
    "symlink-at",
    "unlink-file-at",
    "write",
    "write-via-stream",
];

#[derive(Clone, Copy, ComponentType, Lift, Lower)]
#[component(enum)]
#[repr(u8)]
enum Kind {
    #[component(name = "unknown")]
    Unknown,
    #[component(name = "block-device")]
    BlockDevice,
    #[component(name = "character-device")]
    CharacterDevice,
    #[component(name = "directory")]
    Directory,
    #[component(name = "fifo")]
    Fifo,
    #[component(name = "symbolic-link")]
    SymbolicLink,
    #[component(name = "regular-file")]
    RegularFile,
    #[component(name = "socket")]
    Socket,
}

#[derive(ComponentType, Lower)]
#[component(record)]
struct Stat {
    #[component(name = "type")]
    kind: Kind,
    #[component(name = "link-count")]
    link_count: u64,
    size: u64,
    #[component(name = "data-access-timestamp")]
    accessed: Option<Datetime>,
    #[component(name = "data-modification-timestamp")]
    modified: Option<Datetime>,
    #[component(name = "status-change-timestamp")]
    changed: Option<Datetime>,
}

#[derive(ComponentType, Lower)]
#[component(record)]
struct MetadataHash {
    lower: u64,
    upper: u64,
}

#[derive(ComponentType, Lower)]
#[component(record)]
struct DirectoryEntry {
    #[component(name = "type")]
    kind: Kind,
    name: String,
}

flags! {
    DescriptorFlags {
        #[component(name = "read")]
        const READ;
        #[component(name = "write")]
        const WRITE;
        #[component(name = "file-integrity-sync")]
        const FILE_INTEGRITY_SYNC;
        #[component(name = "data-integrity-sync")]
        const DATA_INTEGRITY_SYNC;
        #[component(name = "requested-write-sync")]
        const REQUESTED_WRITE_SYNC;
        #[component(name = "mutate-directory")]
        const MUTATE_DIRECTORY;
    }
}

flags! {
    PathFlags {
        #[component(name = "symlink-follow")]
        const SYMLINK_FOLLOW;
    }
}

flags! {
    OpenFlags {
        #[component(name = "create")]
        const CREATE;
        #[component(name = "directory")]
        const DIRECTORY;
        #[component(name = "exclusive")]
        const EXCLUSIVE;
        #[component(name = "truncate")]
        const TRUNCATE;
    }
}

type Descriptor = Resource<FileDescriptor>;
type Answer<T> = wasmtime::Result<(Result<T, ErrorCode>,)>;

fn kind(is_folder: bool) -> Kind {
    if is_folder { Kind::Directory } else { Kind::RegularFile }
}

impl From<FileStat> for Stat {
    fn from(stat: FileStat) -> Self {
        Self {
            kind: kind(stat.is_folder),
            link_count: 1,
            size: stat.bytes,
            accessed: None,
            modified: stat.modified.and_then(datetime),
            changed: None,
        }
    }
}

fn datetime(time: SystemTime) -> Option<Datetime> {
    let since = time.duration_since(UNIX_EPOCH).ok()?;
    Some(Datetime {
        seconds: since.as_secs(),
        nanoseconds: since.subsec_nanos(),
    })
}

impl From<(u64, u64)> for MetadataHash {
    fn from((lower, upper): (u64, u64)) -> Self {
        Self { lower, upper }
    }
}

/// What became of it; who reached out of a folder is reported.
fn answer<T>(guest: &mut Guest, folder: u32, result: Result<T, Fault>) -> Answer<T> {
    if let Err(Fault::Folder(why @ (FolderError::Outside | FolderError::Name))) = &result {
        let (files, ..) = guest.files();
        let folder = files.get(folder).map(|open| open.folder_name().to_string());
        let message = format!(
            "component {} reached out of its folder {}: {why}",
            guest.name(),
            folder.unwrap_or_default()
        );
        guest.denied(Capability::Files, message);
    }
    Ok((result.map_err(ErrorCode::from),))
}

/// The folders that a guest was given, each as if it lay at the root: `/rates`.
pub(super) fn preopens<T: GuestState>(instance: &mut LinkerInstance<'_, T>) -> wasmtime::Result<()> {
    instance.func_wrap("get-directories", |mut store: StoreContextMut<'_, T>, ()| {
        let (files, _, world) = store.data_mut().guest().files();
        let folders = world.folders.iter().filter_map(|(name, folder)| {
            let number = files.enter(name, folder).ok()?;
            Some((Descriptor::new_own(number), format!("/{name}")))
        });
        Ok((folders.collect::<Vec<_>>(),))
    })
}

/// Defines a function that has a meaning here; answers whether it has.
pub(super) fn define<T: GuestState>(instance: &mut LinkerInstance<'_, T>, name: &str) -> wasmtime::Result<bool> {
    let method = name.strip_prefix("[method]descriptor.").unwrap_or_default();
    if CHANGES.contains(&method) {
        stub::refuse(instance, name, "read-only", deny_change)?;
        return Ok(true);
    }
    Ok(on_descriptors(instance, method, name)? || at_paths(instance, method, name)? || listing(instance, name)?)
}

fn deny_change(guest: &mut Guest) {
    let message = format!(
        "component {} would change files in a run, which could not be undone with it",
        guest.name()
    );
    guest.denied(Capability::Files, message);
}

/// What is asked of a file or a folder that is open.
fn on_descriptors<T: GuestState>(
    instance: &mut LinkerInstance<'_, T>,
    method: &str,
    name: &str,
) -> wasmtime::Result<bool> {
    match method {
        "get-flags" => instance.func_wrap(name, |_, (_,): (Descriptor,)| -> Answer<DescriptorFlags> {
            Ok((Ok(DescriptorFlags::READ),))
        })?,
        "get-type" => with_open(instance, name, |open| Ok(kind(open.stat().is_folder)))?,
        "stat" => with_open(instance, name, |open| Ok(Stat::from(open.stat())))?,
        "metadata-hash" => with_open(instance, name, |open| Ok(MetadataHash::from(open.hash())))?,
        // There is nothing that is not where it belongs.
        "sync" | "sync-data" => with_open(instance, name, |_| Ok(()))?,
        "is-same-object" => instance.func_wrap(
            name,
            |mut store: StoreContextMut<'_, T>, (one, other): (Descriptor, Descriptor)| {
                let (files, ..) = store.data_mut().guest().files();
                let both = files.get(one.rep()).ok().zip(files.get(other.rep()).ok());
                Ok((both.is_some_and(|(one, other)| one.is_same(other)),))
            },
        )?,
        "read" => instance.func_wrap(
            name,
            |mut store: StoreContextMut<'_, T>, (file, length, offset): (Descriptor, u64, u64)| {
                let (files, ..) = store.data_mut().guest().files();
                let read = files.get(file.rep()).and_then(|open| Ok(part(open.content()?, length, offset)));
                Ok((read.map_err(ErrorCode::from),))
            },
        )?,
        "read-via-stream" => instance.func_wrap(
            name,
            |mut store: StoreContextMut<'_, T>, (file, offset): (Descriptor, u64)| {
                let (files, ..) = store.data_mut().guest().files();
                let stream = files.stream(file.rep(), offset).map(Resource::<InputStream>::new_own);
                Ok((stream.map_err(ErrorCode::from),))
            },
        )?,
        "read-directory" => instance.func_wrap(name, |mut store: StoreContextMut<'_, T>, (folder,): (Descriptor,)| {
            let (files, meter, _) = store.data_mut().guest().files();
            let listing = files.list(folder.rep(), meter).map(Resource::<Listing>::new_own);
            Ok((listing.map_err(ErrorCode::from),))
        })?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// Bytes of a file, and whether it ends with them.
fn part(content: &[u8], length: u64, offset: u64) -> (Vec<u8>, bool) {
    let place = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let rest = content.get(place(offset)..).unwrap_or_default();
    let length = place(length.min(READ_BYTES_MAX)).min(rest.len());
    let (bytes, after) = rest.split_at(length);
    (bytes.to_vec(), after.is_empty())
}

/// Defines a question about what is open under a handle.
fn with_open<T: GuestState, R>(
    instance: &mut LinkerInstance<'_, T>,
    name: &str,
    ask: impl Fn(&Open) -> Result<R, Fault> + Send + Sync + 'static,
) -> wasmtime::Result<()>
where
    (Result<R, ErrorCode>,): ComponentNamedList + Lower + 'static,
{
    instance.func_wrap(name, move |mut store: StoreContextMut<'_, T>, (open,): (Descriptor,)| {
        let (files, ..) = store.data_mut().guest().files();
        let result = files.get(open.rep()).and_then(&ask);
        Ok((result.map_err(ErrorCode::from),))
    })
}

/// What is asked of a path below a folder that is open.
fn at_paths<T: GuestState>(
    instance: &mut LinkerInstance<'_, T>,
    method: &str,
    name: &str,
) -> wasmtime::Result<bool> {
    match method {
        "stat-at" => with_path(instance, name, |open| Stat::from(open.stat()))?,
        "metadata-hash-at" => with_path(instance, name, |open| MetadataHash::from(open.hash()))?,
        "open-at" => instance.func_wrap(
            name,
            |mut store: StoreContextMut<'_, T>,
             (folder, _, path, how, flags): (Descriptor, PathFlags, String, OpenFlags, DescriptorFlags)| {
                let guest = store.data_mut().guest();
                let changes = OpenFlags::CREATE | OpenFlags::EXCLUSIVE | OpenFlags::TRUNCATE;
                if how & changes != OpenFlags::default() || flags & DescriptorFlags::WRITE == DescriptorFlags::WRITE {
                    deny_change(guest);
                    return Ok((Err(ErrorCode::ReadOnly),));
                }
                let (files, meter, _) = guest.files();
                let opened = files.open(folder.rep(), &path, meter);
                let wants_folder = how & OpenFlags::DIRECTORY == OpenFlags::DIRECTORY;
                let opened = opened.and_then(|number| {
                    if wants_folder && !files.get(number)?.stat().is_folder {
                        files.close(number, meter);
                        return Err(FolderError::NotAFolder.into());
                    }
                    Ok(Descriptor::new_own(number))
                });
                answer(guest, folder.rep(), opened)
            },
        )?,
        _ => return Ok(false),
    }
    Ok(true)
}

fn with_path<T: GuestState, R>(
    instance: &mut LinkerInstance<'_, T>,
    name: &str,
    ask: impl Fn(&Open) -> R + Send + Sync + 'static,
) -> wasmtime::Result<()>
where
    (Result<R, ErrorCode>,): ComponentNamedList + Lower + 'static,
{
    instance.func_wrap(
        name,
        move |mut store: StoreContextMut<'_, T>, (folder, _, path): (Descriptor, PathFlags, String)| {
            let guest = store.data_mut().guest();
            let (files, ..) = guest.files();
            let result = files.get(folder.rep()).and_then(|open| Ok(ask(&open.at(&path)?)));
            answer(guest, folder.rep(), result)
        },
    )
}

fn listing<T: GuestState>(instance: &mut LinkerInstance<'_, T>, name: &str) -> wasmtime::Result<bool> {
    if name != "[method]directory-entry-stream.read-directory-entry" {
        return Ok(false);
    }
    instance.func_wrap(name, |mut store: StoreContextMut<'_, T>, (listing,): (Resource<Listing>,)| {
        let (files, ..) = store.data_mut().guest().files();
        let entry = files.next(listing.rep());
        let entry = entry.map(|entry| entry.map(|(name, is_folder)| DirectoryEntry { kind: kind(is_folder), name }));
        Ok((entry.map_err(ErrorCode::from),))
    })?;
    Ok(true)
}
