//! SQLite's own way to the disk, with a [`Disk`] that is told of everything, and may refuse.
//!
//! Everything is handed on to the VFS that SQLite would use by itself, but for syncs: the disk that counts is the
//! one that is told.

#![expect(unsafe_code, reason = "SQLite calls a VFS through C; for tests only")]

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::mem::size_of;
use std::path::{Path, PathBuf};
use std::ptr;
use std::slice;

use rusqlite::ffi;
use rusqlite::ffi::{sqlite3_file, sqlite3_int64, sqlite3_io_methods, sqlite3_vfs};

use super::disk::{Act, Disk, Fault};

/// An open file, for SQLite. Behind it, in the same piece of memory, is that of the VFS below.
#[repr(C)]
struct File {
    /// SQLite looks for this first.
    base: sqlite3_file,
    disk: &'static Disk,
    /// None for a file that is nobody's, such as one to sort in.
    path: Option<Box<PathBuf>>,
    /// Whether its next sync makes the folder's entries durable as well: the first one of a log does, as by
    /// SQLite's own VFS for Unix.
    syncs_folder: bool,
}

/// Makes a VFS of this name for a disk. It lasts as long as the process.
pub(crate) fn register(name: &str, disk: &'static Disk) -> &'static str {
    let name: &'static CStr = Box::leak(CString::new(name).unwrap().into_boxed_c_str());
    // SAFETY: SQLite is initialised before it is asked for its VFS, which lives as long as the process.
    let below = unsafe {
        assert_eq!(ffi::sqlite3_initialize(), ffi::SQLITE_OK);
        &*ffi::sqlite3_vfs_find(ptr::null())
    };
    let vfs = sqlite3_vfs {
        iVersion: 2,
        szOsFile: c_int::try_from(size_of::<File>()).unwrap() + below.szOsFile,
        mxPathname: below.mxPathname,
        pNext: ptr::null_mut(),
        zName: name.as_ptr(),
        pAppData: ptr::from_ref(disk).cast_mut().cast(),
        xOpen: Some(open),
        xDelete: Some(delete),
        xAccess: Some(access),
        xFullPathname: Some(full_pathname),
        xDlOpen: None,
        xDlError: None,
        xDlSym: None,
        xDlClose: None,
        xRandomness: Some(randomness),
        xSleep: Some(sleep),
        xCurrentTime: Some(current_time),
        xGetLastError: Some(get_last_error),
        xCurrentTimeInt64: Some(current_time_int64),
        xSetSystemCall: None,
        xGetSystemCall: None,
        xNextSystemCall: None,
    };
    // SAFETY: what SQLite is given is never freed.
    let registered = unsafe { ffi::sqlite3_vfs_register(Box::leak(Box::new(vfs)), 0) };
    assert_eq!(registered, ffi::SQLITE_OK);
    name.to_str().unwrap()
}

/// The VFS below.
fn below() -> *mut sqlite3_vfs {
    // SAFETY: SQLite was initialised when this VFS was registered. Ours is never the default.
    unsafe { ffi::sqlite3_vfs_find(ptr::null()) }
}

/// What SQLite calls a failure.
fn code(act: Act, fault: Fault) -> c_int {
    match (act, fault) {
        (_, Fault::Full) => ffi::SQLITE_FULL,
        (Act::Open, _) => ffi::SQLITE_CANTOPEN,
        (Act::Read, _) => ffi::SQLITE_IOERR_READ,
        (Act::Write, _) => ffi::SQLITE_IOERR_WRITE,
        (Act::Truncate, _) => ffi::SQLITE_IOERR_TRUNCATE,
        (Act::Sync, _) => ffi::SQLITE_IOERR_FSYNC,
        (Act::Delete, _) => ffi::SQLITE_IOERR_DELETE,
        (Act::Share, _) => ffi::SQLITE_IOERR_SHMMAP,
    }
}

/// The path that a C string names.
///
/// # Safety
/// It is one, or null.
unsafe fn path_of(name: *const c_char) -> Option<PathBuf> {
    // SAFETY: the caller's.
    (!name.is_null()).then(|| unsafe { CStr::from_ptr(name) }.to_str().unwrap().into())
}

// A panic in one of these ends the process, as one behind any `extern "C"` does: nothing unwinds through SQLite.

unsafe extern "C" fn open(
    vfs: *mut sqlite3_vfs,
    name: *const c_char,
    file: *mut sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    const TOLD: c_int = ffi::SQLITE_OPEN_MAIN_DB | ffi::SQLITE_OPEN_MAIN_JOURNAL | ffi::SQLITE_OPEN_WAL;
    // SAFETY: SQLite gives `szOsFile` bytes, which hold a `File` and one of the VFS below; `pAppData` is the disk
    // that was registered. The methods are set only if the one below is open, as SQLite asks for.
    unsafe {
        let disk: &'static Disk = &*(*vfs).pAppData.cast();
        let ours = file.cast::<File>();
        ptr::write(
            ours,
            File {
                base: sqlite3_file {
                    pMethods: ptr::null(),
                },
                disk,
                path: path_of(name).filter(|_| flags & TOLD != 0).map(Box::new),
                syncs_folder: flags & ffi::SQLITE_OPEN_MAIN_DB == 0,
            },
        );
        if let Some(path) = &(*ours).path
            && let Some(fault) = disk.opened(path)
        {
            drop((*ours).path.take());
            return code(Act::Open, fault);
        }
        let real = real(file);
        let opened = ((*below()).xOpen.unwrap())(below(), name, real, flags, out_flags);
        if (*real).pMethods.is_null() {
            drop((*ours).path.take());
        } else {
            (*ours).base.pMethods = &raw const METHODS;
        }
        opened
    }
}

/// The file of the VFS below.
///
/// # Safety
/// It is a file that `open` was given.
unsafe fn real(file: *mut sqlite3_file) -> *mut sqlite3_file {
    // SAFETY: it lies behind ours, and is aligned as ours is, whose size is a multiple of its alignment.
    unsafe { file.cast::<File>().add(1).cast() }
}

/// Hands a call on to the file of the VFS below.
macro_rules! hand_on {
    ($file:expr, $method:ident $(, $argument:expr)*) => {{
        let real = real($file);
        ((*(*real).pMethods).$method.unwrap())(real $(, $argument)*)
    }};
}

/// Tells the disk of an act; ends it with the disk's refusal, if it refuses.
macro_rules! tell {
    ($file:expr, $act:expr, |$disk:ident, $path:ident| $told:expr) => {
        let File {
            disk: $disk, path, ..
        } = &*$file.cast::<File>();
        if let Some($path) = path
            && let Some(fault) = $told
        {
            return code($act, fault);
        }
    };
}

static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

// SAFETY, for all that follow: SQLite calls them with files that `open` has opened, with buffers as long as it
// says, and with the arguments that the methods below expect.

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    unsafe {
        let closed = hand_on!(file, xClose);
        drop((*file.cast::<File>()).path.take());
        closed
    }
}

unsafe extern "C" fn read(
    file: *mut sqlite3_file,
    to: *mut c_void,
    count: c_int,
    offset: sqlite3_int64,
) -> c_int {
    unsafe {
        tell!(file, Act::Read, |disk, _path| disk.looked(Act::Read));
        hand_on!(file, xRead, to, count, offset)
    }
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    from: *const c_void,
    count: c_int,
    offset: sqlite3_int64,
) -> c_int {
    unsafe {
        tell!(file, Act::Write, |disk, path| {
            let bytes = slice::from_raw_parts(from.cast(), usize::try_from(count).unwrap());
            disk.wrote(path, usize::try_from(offset).unwrap(), bytes)
        });
        hand_on!(file, xWrite, from, count, offset)
    }
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, size: sqlite3_int64) -> c_int {
    unsafe {
        tell!(file, Act::Truncate, |disk, path| disk
            .truncated(path, usize::try_from(size).unwrap()));
        hand_on!(file, xTruncate, size)
    }
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, _flags: c_int) -> c_int {
    unsafe {
        let syncs_folder = (*file.cast::<File>()).syncs_folder;
        tell!(file, Act::Sync, |disk, path| disk.synced(path, syncs_folder));
        (*file.cast::<File>()).syncs_folder = false;
        ffi::SQLITE_OK
    }
}

unsafe extern "C" fn file_size(file: *mut sqlite3_file, size: *mut sqlite3_int64) -> c_int {
    unsafe { hand_on!(file, xFileSize, size) }
}

unsafe extern "C" fn lock(file: *mut sqlite3_file, level: c_int) -> c_int {
    unsafe { hand_on!(file, xLock, level) }
}

unsafe extern "C" fn unlock(file: *mut sqlite3_file, level: c_int) -> c_int {
    unsafe { hand_on!(file, xUnlock, level) }
}

unsafe extern "C" fn check_reserved_lock(file: *mut sqlite3_file, result: *mut c_int) -> c_int {
    unsafe { hand_on!(file, xCheckReservedLock, result) }
}

unsafe extern "C" fn file_control(file: *mut sqlite3_file, operation: c_int, argument: *mut c_void) -> c_int {
    unsafe { hand_on!(file, xFileControl, operation, argument) }
}

unsafe extern "C" fn sector_size(file: *mut sqlite3_file) -> c_int {
    unsafe { hand_on!(file, xSectorSize) }
}

unsafe extern "C" fn device_characteristics(file: *mut sqlite3_file) -> c_int {
    unsafe { hand_on!(file, xDeviceCharacteristics) }
}

unsafe extern "C" fn shm_map(
    file: *mut sqlite3_file,
    region: c_int,
    size: c_int,
    extend: c_int,
    to: *mut *mut c_void,
) -> c_int {
    unsafe {
        tell!(file, Act::Share, |disk, _path| disk.looked(Act::Share));
        hand_on!(file, xShmMap, region, size, extend, to)
    }
}

unsafe extern "C" fn shm_lock(file: *mut sqlite3_file, offset: c_int, count: c_int, flags: c_int) -> c_int {
    unsafe { hand_on!(file, xShmLock, offset, count, flags) }
}

unsafe extern "C" fn shm_barrier(file: *mut sqlite3_file) {
    unsafe { hand_on!(file, xShmBarrier) }
}

unsafe extern "C" fn shm_unmap(file: *mut sqlite3_file, and_delete: c_int) -> c_int {
    unsafe { hand_on!(file, xShmUnmap, and_delete) }
}

unsafe extern "C" fn delete(vfs: *mut sqlite3_vfs, name: *const c_char, and_sync: c_int) -> c_int {
    unsafe {
        let disk: &Disk = &*(*vfs).pAppData.cast();
        if let Some(path) = path_of(name)
            && let Some(fault) = disk.deleted(Path::new(&path), and_sync != 0)
        {
            return code(Act::Delete, fault);
        }
        ((*below()).xDelete.unwrap())(below(), name, 0)
    }
}

unsafe extern "C" fn access(
    _: *mut sqlite3_vfs,
    name: *const c_char,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    unsafe { ((*below()).xAccess.unwrap())(below(), name, flags, out) }
}

unsafe extern "C" fn full_pathname(
    _: *mut sqlite3_vfs,
    name: *const c_char,
    count: c_int,
    out: *mut c_char,
) -> c_int {
    unsafe { ((*below()).xFullPathname.unwrap())(below(), name, count, out) }
}

unsafe extern "C" fn randomness(_: *mut sqlite3_vfs, count: c_int, out: *mut c_char) -> c_int {
    unsafe { ((*below()).xRandomness.unwrap())(below(), count, out) }
}

unsafe extern "C" fn sleep(_: *mut sqlite3_vfs, microseconds: c_int) -> c_int {
    unsafe { ((*below()).xSleep.unwrap())(below(), microseconds) }
}

unsafe extern "C" fn current_time(_: *mut sqlite3_vfs, out: *mut f64) -> c_int {
    unsafe { ((*below()).xCurrentTime.unwrap())(below(), out) }
}

unsafe extern "C" fn get_last_error(_: *mut sqlite3_vfs, count: c_int, out: *mut c_char) -> c_int {
    unsafe { ((*below()).xGetLastError.unwrap())(below(), count, out) }
}

unsafe extern "C" fn current_time_int64(_: *mut sqlite3_vfs, out: *mut sqlite3_int64) -> c_int {
    unsafe { ((*below()).xCurrentTimeInt64.unwrap())(below(), out) }
}
