//! What goes wrong in the storage service.

use std::error::Error as StdError;
use std::sync::Arc;

use airs_core::{Code, Error};

/// A failure of a [`Storage`](crate::Storage) backend.
///
/// The texts may name the file that an operator opens; they never hold a key, a value or a secret.
///
/// ```
/// use airs_core::{Code, Error};
/// use airs_platform::StorageError;
///
/// let error = Error::from(StorageError::Busy);
/// assert_eq!(error.code(), Code::Busy);
/// assert_eq!(error.hint_text(), Some("try again, or stop the other process"));
/// ```
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StorageError {
    /// The state cannot be reached. Nothing was changed.
    #[error("cannot {doing}")]
    Unavailable {
        /// What could not be done.
        doing: String,
        /// What the backend said.
        source: Arc<dyn StdError + Send + Sync>,
    },
    /// There is no space left. Nothing was changed.
    #[error("no space is left to {doing}")]
    Full {
        /// What could not be done.
        doing: String,
    },
    /// The state is damaged.
    #[error("the storage is damaged: {what}")]
    Corrupt {
        /// What is wrong with it.
        what: String,
    },
    /// The file is not one of airs.
    #[error("{file} is not a storage file of airs")]
    Foreign {
        /// Which file.
        file: String,
    },
    /// A newer airs wrote the file.
    #[error("{file} has storage format {found}; this airs knows formats up to {known}")]
    NewerFormat {
        /// Which file.
        file: String,
        /// The file's format.
        found: i64,
        /// The newest format that this version reads.
        known: i64,
    },
    /// Somebody else has taken the ownership. Nothing was changed.
    #[error("another process has taken over the storage")]
    Fenced,
    /// Another process kept the storage to itself for longer than is waited for. Nothing was changed.
    #[error("another process keeps the storage locked")]
    Busy,
    /// The commit's deadline came before it could be begun. Nothing was changed.
    #[error("the commit could not be begun by its deadline")]
    Late,
    /// Whether the commit was made durable could not be learned; the same commit id settles it.
    #[error("the commit may or may not have been made durable")]
    OutcomeUnknown {
        /// What the backend said.
        source: Arc<dyn StdError + Send + Sync>,
    },
}

impl StorageError {
    /// The code under which callers see this.
    pub fn code(&self) -> Code {
        match self {
            Self::Unavailable { .. } | Self::NewerFormat { .. } | Self::Fenced => Code::StorageUnavailable,
            Self::Full { .. } => Code::StorageFull,
            Self::Corrupt { .. } | Self::Foreign { .. } => Code::StorageCorrupt,
            Self::Busy => Code::Busy,
            Self::Late => Code::DeadlineExceeded,
            Self::OutcomeUnknown { .. } => Code::OutcomeUnknown,
        }
    }

    fn hint(&self) -> &'static str {
        match self {
            Self::Unavailable { .. } => {
                "see that its folder exists, can be written to, and is on a sound disk"
            }
            Self::Full { .. } => "free some space on the storage's disk; nothing was lost",
            Self::Corrupt { .. } => {
                "keep the file and what is beside it for examination, and restore the last backup as docs/reference/files.md \
                 says; nothing was repaired"
            }
            Self::Foreign { .. } => "name another file, or move this one away; it was left as it is",
            Self::NewerFormat { .. } => "use the version of airs that wrote it, or a newer one",
            Self::Fenced => "one process at a time may own a context's storage; stop one of the two",
            Self::Busy => "try again, or stop the other process",
            Self::Late => "nothing of it was committed; it can be tried again",
            Self::OutcomeUnknown { .. } => "send the same id again to learn what became of it",
        }
    }
}

impl From<StorageError> for Error {
    fn from(error: StorageError) -> Self {
        let converted = Self::new(error.code(), error.to_string()).hint(error.hint());
        match error {
            StorageError::Unavailable { source, .. } | StorageError::OutcomeUnknown { source } => {
                converted.caused_by(source)
            }
            _ => converted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_get_a_code_a_hint_and_the_cause() {
        let source =
            || Arc::new(std::io::Error::other("the disk is gone")) as Arc<dyn StdError + Send + Sync>;
        let file = || "state.db".to_owned();
        let errors = [
            (
                StorageError::Unavailable {
                    doing: "write".into(),
                    source: source(),
                },
                Code::StorageUnavailable,
            ),
            (
                StorageError::Full {
                    doing: "write".into(),
                },
                Code::StorageFull,
            ),
            (
                StorageError::Corrupt {
                    what: "page 2 is".into(),
                },
                Code::StorageCorrupt,
            ),
            (StorageError::Foreign { file: file() }, Code::StorageCorrupt),
            (
                StorageError::NewerFormat {
                    file: file(),
                    found: 2,
                    known: 1,
                },
                Code::StorageUnavailable,
            ),
            (StorageError::Fenced, Code::StorageUnavailable),
            (StorageError::Busy, Code::Busy),
            (StorageError::Late, Code::DeadlineExceeded),
            (
                StorageError::OutcomeUnknown { source: source() },
                Code::OutcomeUnknown,
            ),
        ];
        for (error, code) in errors {
            let (said, cause) = (error.to_string(), error.source().map(ToString::to_string));
            let error = Error::from(error);
            assert_eq!((error.code(), error.message()), (code, said.as_str()));
            assert!(error.hint_text().is_some_and(|hint| !hint.ends_with('.')) && !said.ends_with('.'));
            assert_eq!(error.source().map(ToString::to_string), cause);
        }
    }
}
