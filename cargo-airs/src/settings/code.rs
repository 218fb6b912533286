//! Where compiled code is kept.

use std::path::PathBuf;

use crate::os;

/// Names another folder than the system's own for what can be made again. Empty: none.
const VARIABLE: &str = "AIRS_CACHE_DIR";

/// The folder for compiled code; none when it is not to be kept, or nobody knows where.
pub(crate) fn code_folder() -> Option<PathBuf> {
    let base = match std::env::var_os(VARIABLE) {
        Some(folder) => PathBuf::from(folder),
        None => os::cache_folder()?.join("airs"),
    };
    (!base.as_os_str().is_empty()).then(|| base.join("code"))
}
