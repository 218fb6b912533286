//! Streams in the virtual WASI: the guest's log, and the files that it reads.

use wasmtime::StoreContextMut;
use wasmtime::component::{ComponentType, Lift, LinkerInstance, Lower, Resource};

use super::{AT_ONCE_BYTES_MAX, Outcome, Pollable, check_at_once};
use crate::guest::GuestState;

pub(super) enum IoError {}
/// The content of a file, by its number; 0 is standard input, which is at its end.
pub(super) enum InputStream {}
/// The guest's log: there is no other.
pub(super) enum OutputStream {}

#[derive(ComponentType, Lift, Lower)]
#[component(variant)]
enum StreamError {
    #[component(name = "last-operation-failed")]
    LastOperationFailed(Resource<IoError>),
    #[component(name = "closed")]
    Closed,
}

type Streamed<T> = Outcome<Result<T, StreamError>>;

/// Defines a function that has a meaning here; answers whether it has.
pub(super) fn define<T: GuestState>(
    instance: &mut LinkerInstance<'_, T>,
    name: &str,
) -> wasmtime::Result<bool> {
    match name {
        "[method]output-stream.check-write" => {
            instance.func_wrap(name, |_, (_,): (Resource<OutputStream>,)| -> Streamed<u64> {
                Ok((Ok(AT_ONCE_BYTES_MAX),))
            })?;
        }
        "[method]output-stream.write" | "[method]output-stream.blocking-write-and-flush" => {
            instance.func_wrap(
                name,
                |mut store: StoreContextMut<'_, T>,
                 (_, bytes): (Resource<OutputStream>, Vec<u8>)|
                 -> Streamed<()> {
                    let guest = store.data_mut().guest();
                    check_at_once(guest, "wrote", bytes.len() as u64, "bytes")?;
                    guest.write_log(&bytes);
                    Ok((Ok(()),))
                },
            )?;
        }
        "[method]output-stream.flush" | "[method]output-stream.blocking-flush" => {
            instance.func_wrap(name, |_, (_,): (Resource<OutputStream>,)| -> Streamed<()> {
                Ok((Ok(()),))
            })?;
        }
        "[method]output-stream.subscribe" => {
            instance.func_wrap(name, |_, (_,): (Resource<OutputStream>,)| {
                Ok((Resource::<Pollable>::new_own(0),))
            })?;
        }
        "[method]input-stream.read" | "[method]input-stream.blocking-read" => {
            instance.func_wrap(
                name,
                |mut store: StoreContextMut<'_, T>,
                 (stream, length): (Resource<InputStream>, u64)|
                 -> Streamed<Vec<u8>> {
                    let (files, _) = store.data_mut().guest().files();
                    let read = files.read(stream.rep(), length.min(AT_ONCE_BYTES_MAX));
                    Ok((read.map(<[u8]>::to_vec).ok_or(StreamError::Closed),))
                },
            )?;
        }
        "[method]input-stream.skip" | "[method]input-stream.blocking-skip" => {
            instance.func_wrap(
                name,
                |mut store: StoreContextMut<'_, T>,
                 (stream, length): (Resource<InputStream>, u64)|
                 -> Streamed<u64> {
                    let (files, _) = store.data_mut().guest().files();
                    let skipped = files.read(stream.rep(), length);
                    Ok((skipped.map(|bytes| bytes.len() as u64).ok_or(StreamError::Closed),))
                },
            )?;
        }
        "[method]input-stream.subscribe" => {
            instance.func_wrap(name, |_, (_,): (Resource<InputStream>,)| {
                Ok((Resource::<Pollable>::new_own(0),))
            })?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}
