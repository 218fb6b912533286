//! Files in the virtual WASI: the folders that were granted, to be looked into.
//!
//! What changes a file is refused: it could not be undone with the run.

use airs_core::{Capability, Code, Error, FolderError};
use wasmtime::StoreContextMut;
use wasmtime::component::{ComponentNamedList, LinkerInstance, Lower, Resource, Val};

use super::filesystem_types::{
    DescriptorFlags, DirectoryEntry, ErrorCode, MetadataHash, OpenFlags, PathFlags, Stat, kind,
};
use super::streams::InputStream;
use super::{AT_ONCE_BYTES_MAX, give_back};
use crate::files::{self, Fault, Open};
use crate::guest::{Guest, GuestState};

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

/// A file or a folder that is open, by its number.
pub(super) enum Descriptor {}
/// What is left of a listing, by its number.
pub(super) enum Listing {}

type Handle = Resource<Descriptor>;
type Answer<T> = wasmtime::Result<(Result<T, ErrorCode>,)>;

/// What became of it. Who reached out of a folder is reported; who waited until the deadline ends there.
fn answer<T>(guest: &mut Guest, folder: u32, result: Result<T, Fault>) -> Answer<T> {
    match &result {
        Err(Fault::Folder(why @ (FolderError::Outside | FolderError::Name | FolderError::Linked))) => {
            let folder = guest.files().0.get(folder).map(|open| open.folder_name().clone());
            let folder = folder.map_or_else(|_| "none".to_owned(), |name| name.to_string());
            let message = format!(
                "component \"{}\" looked into its folder {folder}: {why}",
                guest.name()
            );
            guest.denied(Capability::Files, message);
        }
        Err(Fault::Late) => {
            let message = format!(
                "component \"{}\" waited for a file until the deadline",
                guest.name()
            );
            return Err(wasmtime::Error::new(Error::new(Code::DeadlineExceeded, message)));
        }
        _ => {}
    }
    Ok((result.map_err(ErrorCode::from),))
}

/// The folders that a guest was given, each as if it lay at the root: `/rates`.
pub(super) fn preopens<T: GuestState>(instance: &mut LinkerInstance<'_, T>) -> wasmtime::Result<bool> {
    instance.func_wrap("get-directories", |mut store: StoreContextMut<'_, T>, ()| {
        let guest = store.data_mut().guest();
        let world = guest.shared_world();
        let (files, _) = guest.files();
        let folders = world.folders.iter().map(|(name, folder)| {
            let number = files.enter(name, folder)?;
            Ok((Handle::new_own(number), format!("/{name}")))
        });
        // One that is left out would not be there, and nobody would say why.
        let folders = folders.collect::<Result<Vec<_>, Fault>>();
        let folders = folders.map_err(|_| {
            let message = format!(
                "component \"{}\" has no numbers left for its folders",
                guest.name()
            );
            wasmtime::Error::new(Error::new(Code::LimitExceeded, message))
        })?;
        Ok((folders,))
    })?;
    Ok(true)
}

/// Defines a function that has a meaning here; answers whether it has.
pub(super) fn define<T: GuestState>(
    instance: &mut LinkerInstance<'_, T>,
    name: &str,
) -> wasmtime::Result<bool> {
    let method = name.strip_prefix("[method]descriptor.").unwrap_or_default();
    if CHANGES.contains(&method) {
        refuse_change(instance, name)?;
        return Ok(true);
    }
    Ok(on_handles(instance, method, name)? || at_paths(instance, method, name)? || listing(instance, name)?)
}

/// All of them answer with a result of one of the codes.
fn refuse_change<T: GuestState>(instance: &mut LinkerInstance<'_, T>, name: &str) -> wasmtime::Result<()> {
    instance.func_new(name, |mut store, _, params, results| {
        give_back(&mut store, params)?;
        deny_change(store.data_mut().guest());
        if let [answer] = results {
            *answer = Val::Result(Err(Some(Box::new(Val::Enum("read-only".to_owned())))));
        }
        Ok(())
    })
}

fn deny_change(guest: &mut Guest) {
    let message = format!(
        "component \"{}\" would change files in a run, which could not be undone with it",
        guest.name()
    );
    guest.denied(Capability::Files, message);
}

/// What is asked of a file or a folder that is open.
fn on_handles<T: GuestState>(
    instance: &mut LinkerInstance<'_, T>,
    method: &str,
    name: &str,
) -> wasmtime::Result<bool> {
    match method {
        "get-flags" => instance.func_wrap(name, |_, (_,): (Handle,)| -> Answer<DescriptorFlags> {
            Ok((Ok(DescriptorFlags::READ),))
        })?,
        "get-type" => with_open(instance, name, |open| kind(open.stat().is_folder))?,
        "stat" => with_open(instance, name, |open| Stat::from(open.stat()))?,
        "metadata-hash" => with_open(instance, name, |open| MetadataHash::from(open.hash()))?,
        // There is nothing that is not where it belongs, and advice is not needed.
        "sync" | "sync-data" => with_open(instance, name, |_| ())?,
        "is-same-object" => instance.func_wrap(
            name,
            |mut store: StoreContextMut<'_, T>, (one, other): (Handle, Handle)| {
                let (files, _) = store.data_mut().guest().files();
                let both = files.get(one.rep()).ok().zip(files.get(other.rep()).ok());
                Ok((both.is_some_and(|(one, other)| one.is_same(other)),))
            },
        )?,
        "read" => instance.func_wrap(
            name,
            |mut store: StoreContextMut<'_, T>, (file, length, offset): (Handle, u64, u64)| {
                let (files, _) = store.data_mut().guest().files();
                let open = files.get(file.rep());
                let read = open.and_then(|open| Ok(part(open.content()?, length, offset)));
                Ok((read.map_err(ErrorCode::from),))
            },
        )?,
        "read-via-stream" => instance.func_wrap(
            name,
            |mut store: StoreContextMut<'_, T>, (file, offset): (Handle, u64)| {
                let (files, _) = store.data_mut().guest().files();
                let stream = files.stream(file.rep(), offset);
                Ok((stream
                    .map(Resource::<InputStream>::new_own)
                    .map_err(ErrorCode::from),))
            },
        )?,
        "read-directory" => {
            instance.func_wrap_async(name, |mut store: StoreContextMut<'_, T>, (folder,): (Handle,)| {
                Box::new(async move {
                    let guest = store.data_mut().guest();
                    let listing = files::list(guest, folder.rep()).await;
                    answer(guest, folder.rep(), listing.map(Resource::<Listing>::new_own))
                })
            })?
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Bytes of a file, and whether it ends with them.
fn part(content: &[u8], length: u64, offset: u64) -> (Vec<u8>, bool) {
    let place = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let rest = content.get(place(offset)..).unwrap_or_default();
    let length = place(length.min(AT_ONCE_BYTES_MAX)).min(rest.len());
    let (bytes, after) = rest.split_at(length);
    (bytes.to_vec(), after.is_empty())
}

/// Defines a question about what is open under a handle.
fn with_open<T: GuestState, R>(
    instance: &mut LinkerInstance<'_, T>,
    name: &str,
    ask: impl Fn(&Open) -> R + Send + Sync + 'static,
) -> wasmtime::Result<()>
where
    (Result<R, ErrorCode>,): ComponentNamedList + Lower + 'static,
{
    instance.func_wrap(
        name,
        move |mut store: StoreContextMut<'_, T>, (open,): (Handle,)| {
            let (files, _) = store.data_mut().guest().files();
            let result = files.get(open.rep()).map(&ask);
            Ok((result.map_err(ErrorCode::from),))
        },
    )
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
        "open-at" => instance.func_wrap_async(
            name,
            |mut store: StoreContextMut<'_, T>,
             (folder, _, path, how, flags): (Handle, PathFlags, String, OpenFlags, DescriptorFlags)| {
                Box::new(async move {
                    let guest = store.data_mut().guest();
                    let changes = OpenFlags::CREATE | OpenFlags::EXCLUSIVE | OpenFlags::TRUNCATE;
                    if how & changes != OpenFlags::default()
                        || flags & DescriptorFlags::WRITE != DescriptorFlags::default()
                    {
                        deny_change(guest);
                        return Ok((Err(ErrorCode::ReadOnly),));
                    }
                    let wants_folder = how & OpenFlags::DIRECTORY != OpenFlags::default();
                    let opened = files::open(guest, folder.rep(), &path, wants_folder).await;
                    answer(guest, folder.rep(), opened.map(Handle::new_own))
                })
            },
        )?,
        _ => return Ok(false),
    }
    Ok(true)
}

fn with_path<T: GuestState, R: Send>(
    instance: &mut LinkerInstance<'_, T>,
    name: &str,
    ask: fn(&Open) -> R,
) -> wasmtime::Result<()>
where
    (Result<R, ErrorCode>,): ComponentNamedList + Lower + 'static,
{
    instance.func_wrap_async(
        name,
        move |mut store: StoreContextMut<'_, T>, (folder, _, path): (Handle, PathFlags, String)| {
            Box::new(async move {
                let guest = store.data_mut().guest();
                let found = files::look(guest, folder.rep(), &path).await;
                answer(guest, folder.rep(), found.map(|open| ask(&open)))
            })
        },
    )
}

fn listing<T: GuestState>(instance: &mut LinkerInstance<'_, T>, name: &str) -> wasmtime::Result<bool> {
    if name != "[method]directory-entry-stream.read-directory-entry" {
        return Ok(false);
    }
    instance.func_wrap(
        name,
        |mut store: StoreContextMut<'_, T>, (listing,): (Resource<Listing>,)| {
            let entry = store.data_mut().guest().files().0.next(listing.rep());
            let shown = |(name, is_folder)| DirectoryEntry {
                kind: kind(is_folder),
                name,
            };
            Ok((entry.map(|entry| entry.map(shown)).map_err(ErrorCode::from),))
        },
    )?;
    Ok(true)
}
