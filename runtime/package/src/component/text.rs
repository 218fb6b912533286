//! Components in text form.

use std::path::Path;

use super::guarded;
use crate::PackageError;
use crate::in_short::in_short;

/// The longest text. The text form is for what a person writes; assembling takes many times its size.
const TEXT_BYTES_MAX: u64 = 4 << 20;

/// Whether a file of that name is in text form.
pub(super) fn is_name_of(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("wat"))
}

/// Turns the text form into bytes.
pub(super) fn assemble(text: &str) -> Result<Vec<u8>, PackageError> {
    let bytes = text.len() as u64;
    if bytes > TEXT_BYTES_MAX {
        return Err(PackageError::TextTooLarge {
            bytes,
            max: TEXT_BYTES_MAX,
        });
    }
    guarded(|| wat::parse_str(text)).map_err(|shown| PackageError::BadText {
        at: place(&shown),
        message: in_short(shown.lines().next().unwrap_or_default()),
    })
}

pub(super) fn not_utf8() -> PackageError {
    PackageError::BadText {
        at: None,
        message: "it is not UTF-8".to_owned(),
    }
}

/// The assembler's place, which it shows as `--> <anon>:3:14`.
fn place(shown: &str) -> Option<(usize, usize)> {
    let (_, place) = shown.split_once("<anon>:")?;
    let (line, column) = place.lines().next()?.split_once(':')?;
    Some((line.parse().ok()?, column.parse().ok()?))
}
