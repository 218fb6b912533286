//! How `wasi:filesystem` says that something cannot be done.

use airs_core::FolderError;
use wasmtime::component::{ComponentType, Lift, Lower};

use crate::files::Fault;

macro_rules! errors {
    ($($variant:ident = $text:literal,)+) => {
        /// The codes, all of them: the type is compared with the component's when it is linked.
        #[derive(Clone, Copy, ComponentType, Lift, Lower)]
        #[component(enum)]
        #[repr(u8)]
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
            Fault::Folder(error) => match error {
                FolderError::Outside | FolderError::Name => Self::NotPermitted,
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
