//! The types of `wasi:filesystem`: each is compared with the component's when it is linked.

use std::time::{SystemTime, UNIX_EPOCH};

use airs_core::{FileStat, FolderError};
use wasmtime::component::{ComponentType, Lift, Lower, flags};

use super::Datetime;
use crate::files::Fault;

#[derive(Clone, Copy, ComponentType, Lift, Lower)]
#[component(enum)]
#[repr(u8)]
#[expect(dead_code, reason = "all cases make the type, and most are never there")]
pub(super) enum Kind {
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
pub(super) struct Stat {
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
pub(super) struct MetadataHash {
    lower: u64,
    upper: u64,
}

#[derive(ComponentType, Lower)]
#[component(record)]
pub(super) struct DirectoryEntry {
    #[component(name = "type")]
    pub(super) kind: Kind,
    pub(super) name: String,
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

pub(super) fn kind(is_folder: bool) -> Kind {
    if is_folder {
        Kind::Directory
    } else {
        Kind::RegularFile
    }
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

macro_rules! errors {
    ($($variant:ident = $text:literal,)+) => {
        /// How it says that something cannot be done.
        #[derive(Clone, Copy, ComponentType, Lift, Lower)]
        #[component(enum)]
        #[repr(u8)]
        #[expect(dead_code, reason = "all cases make the type, and most are never said")]
        pub(super) enum ErrorCode {
            $(#[component(name = $text)] $variant,)+
        }
    };
}

errors! {
    Access = "access",
    WouldBlock = "would-block",
    Already = "already",
    BadDescriptor = "bad-descriptor",
    Busy = "busy",
    Deadlock = "deadlock",
    Quota = "quota",
    Exist = "exist",
    FileTooLarge = "file-too-large",
    IllegalByteSequence = "illegal-byte-sequence",
    InProgress = "in-progress",
    Interrupted = "interrupted",
    Invalid = "invalid",
    Io = "io",
    IsDirectory = "is-directory",
    Loop = "loop",
    TooManyLinks = "too-many-links",
    MessageSize = "message-size",
    NameTooLong = "name-too-long",
    NoDevice = "no-device",
    NoEntry = "no-entry",
    NoLock = "no-lock",
    InsufficientMemory = "insufficient-memory",
    InsufficientSpace = "insufficient-space",
    NotDirectory = "not-directory",
    NotEmpty = "not-empty",
    NotRecoverable = "not-recoverable",
    Unsupported = "unsupported",
    NoTty = "no-tty",
    NoSuchDevice = "no-such-device",
    Overflow = "overflow",
    NotPermitted = "not-permitted",
    Pipe = "pipe",
    ReadOnly = "read-only",
    InvalidSeek = "invalid-seek",
    TextFileBusy = "text-file-busy",
    CrossDevice = "cross-device",
}

impl From<Fault> for ErrorCode {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Handle => Self::BadDescriptor,
            Fault::Quota => Self::Quota,
            Fault::Memory => Self::InsufficientMemory,
            Fault::Late => Self::Interrupted,
            Fault::Folder(error) => match error {
                FolderError::Outside | FolderError::Name | FolderError::Linked => Self::NotPermitted,
                FolderError::NotFound => Self::NoEntry,
                FolderError::NotAFolder => Self::NotDirectory,
                FolderError::NotAFile => Self::IsDirectory,
                FolderError::Special => Self::Unsupported,
                FolderError::TooLarge => Self::FileTooLarge,
                _ => Self::Io,
            },
        }
    }
}
