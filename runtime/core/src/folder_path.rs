//! Paths within a folder, as a component writes them.

use std::fmt;

use crate::FolderError;
use crate::device::is_device;

/// A path within a folder, relative to it: no `..`, nothing absolute, and nothing that an operating system would take
/// for something else than a name.
///
/// ```
/// use airs_core::FolderPath;
///
/// let here = FolderPath::root();
/// assert_eq!(here.join("rates/./usd.json")?.to_string(), "rates/usd.json");
/// assert!(here.join("rates/../../etc/passwd").is_err());
/// assert!(here.join("C:\\secrets").is_err());
/// # Ok::<(), airs_core::FolderError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct FolderPath {
    segments: Vec<String>,
    /// It was written with a slash at its end: it is a folder, or nothing.
    folder: bool,
}

impl FolderPath {
    /// The longest name of a file; the usual limit of file systems.
    const NAME_BYTES_MAX: usize = 255;
    /// The most folders within each other.
    const SEGMENTS_MAX: usize = 32;
    /// The longest path that is looked at.
    const BYTES_MAX: usize = 4 * 1024;

    /// The folder itself.
    pub fn root() -> Self {
        Self {
            segments: Vec::new(),
            folder: true,
        }
    }

    /// What `text` means to somebody who is at this path. `..` goes up, and not out of the folder.
    ///
    /// # Errors
    /// [`FolderError::Outside`], [`FolderError::Name`].
    pub fn join(&self, text: &str) -> Result<Self, FolderError> {
        if text.starts_with('/') {
            return Err(FolderError::Outside);
        }
        if text.is_empty() || text.len() > Self::BYTES_MAX {
            return Err(FolderError::Name);
        }
        let mut segments = self.segments.clone();
        let mut folder = self.folder;
        for segment in text.split('/') {
            folder = matches!(segment, "" | "." | "..");
            match segment {
                "" | "." => {}
                ".." => {
                    segments.pop().ok_or(FolderError::Outside)?;
                }
                name => {
                    check(name)?;
                    segments.push(name.to_owned());
                }
            }
            if segments.len() > Self::SEGMENTS_MAX {
                return Err(FolderError::Name);
            }
        }
        Ok(Self { segments, folder })
    }

    /// The path of what has a name in this folder; none, if that is a name that no path has.
    ///
    /// ```
    /// use airs_core::FolderPath;
    ///
    /// let here = FolderPath::root();
    /// assert_eq!(here.child("usd.json"), here.join("usd.json").ok());
    /// assert_eq!((here.child("nul"), here.child("a/b"), here.child("..")), (None, None, None));
    /// ```
    pub fn child(&self, name: &str) -> Option<Self> {
        let child = self.join(name).ok()?;
        let is_one_below = child.segments.len() == self.segments.len() + 1;
        let is_named = child.segments.last().is_some_and(|last| last == name);
        (is_one_below && is_named).then_some(child)
    }

    /// The names on the way.
    pub fn segments(&self) -> &[String] {
        &self.segments
    }

    /// Whether only a folder can be meant.
    pub fn is_folder(&self) -> bool {
        self.folder
    }
}

/// A name that means the same everywhere: Windows takes a colon for a drive or a stream, a backslash for a slash, drops
/// dots and spaces at the end, and has devices in every folder.
fn check(name: &str) -> Result<(), FolderError> {
    let stem = name.split('.').next().unwrap_or_default();
    let strange = |character: char| character.is_control() || "\\:*?\"<>|".contains(character);
    if name.len() > FolderPath::NAME_BYTES_MAX
        || name.ends_with(['.', ' '])
        || name.contains(strange)
        || is_device(&stem.trim_end().to_lowercase())
    {
        return Err(FolderError::Name);
    }
    Ok(())
}

/// With slashes between the names; `.` for the folder itself.
impl fmt::Display for FolderPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.segments.as_slice() {
            [] => f.write_str("."),
            segments => f.write_str(&segments.join("/")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FolderError, FolderPath};

    fn join(text: &str) -> Result<String, FolderError> {
        FolderPath::root().join(text).map(|path| path.to_string())
    }

    #[test]
    fn nothing_leads_out() {
        for out in [
            "/",
            "/etc/passwd",
            "//x",
            "..",
            "../x",
            "a/../..",
            "a/b/../../../c",
            "./..",
            "a/./../../a",
        ] {
            assert_eq!(join(out), Err(FolderError::Outside), "{out:?}");
        }
        let below = FolderPath::root().join("a").unwrap();
        assert_eq!(below.join("../b").unwrap().to_string(), "b");
        assert_eq!(below.join("../../b"), Err(FolderError::Outside));
        assert_eq!(below.join("/b"), Err(FolderError::Outside));
    }

    #[test]
    fn a_name_is_one_everywhere() {
        for bad in [
            "",
            "a\0b",
            "a\\b",
            "..\\..\\x",
            "C:",
            "C:\\x",
            "file:stream",
            "file::$DATA",
            "con",
            "CON",
            "Con.txt",
            "nul.tar.gz",
            "com1",
            "COM9.log",
            "lpt0",
            "com\u{b9}",
            "LPT\u{b3}.x",
            "conin$",
            "CONOUT$",
            "aux ",
            "aux .txt",
            "prn.",
            "a.",
            "a ",
            "...",
            "a?",
            "a*",
            "a\u{7f}",
            "a\nb",
            "a|b",
        ] {
            assert_eq!(join(bad), Err(FolderError::Name), "{bad:?}");
        }
        assert_eq!(join(&"a".repeat(256)), Err(FolderError::Name));
        assert_eq!(join(&"a/".repeat(33)), Err(FolderError::Name));
        for good in [
            "a",
            ".a",
            "a.b",
            "console",
            "com",
            "com10",
            "nul2",
            "über",
            "a b",
            "a-_~!#$%&'()+,;=@[]^`{}",
        ] {
            assert_eq!(join(good).as_deref(), Ok(good));
        }
    }

    #[test]
    fn a_slash_at_the_end_means_a_folder() {
        for (text, folder) in [
            ("a", false),
            ("a/", true),
            ("a/.", true),
            ("a/b/..", true),
            ("a//b", false),
            (".", true),
        ] {
            assert_eq!(
                FolderPath::root().join(text).unwrap().is_folder(),
                folder,
                "{text:?}"
            );
        }
        assert_eq!(join("a//b/"), Ok("a/b".into()));
    }
}
