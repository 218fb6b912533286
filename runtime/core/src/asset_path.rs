//! Paths that name assets.

use std::fmt;
use std::sync::Arc;

use crate::{Caller, Code, Error, Result};

/// The path of an asset: absolute and normalised, such as `/accounts/alice/usd`.
///
/// One or more segments; a segment holds ASCII letters, digits, `-`, `_` and `.`, and is neither `.` nor
/// `..`. Equality is equality of bytes: there is one way to write a path.
///
/// ```
/// use airs_core::{AssetPath, Caller, Name};
///
/// let alice = Caller::local(&"alice".parse()?, &Name::local());
/// let path = AssetPath::parse("~/usd", &alice, "local")?;
/// assert_eq!(path.as_str(), "/accounts/alice/usd");
/// assert_eq!(path.segment_after("/accounts"), Some("alice"));
/// # Ok::<(), airs_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AssetPath(Arc<str>);

impl AssetPath {
    /// The longest path: it is part of every storage key, which has 1,024 bytes at most.
    pub const BYTES_MAX: usize = 512;
    /// The most segments: each one is a look-up when the path is resolved.
    pub const SEGMENTS_MAX: usize = 16;

    /// Reads a path. `~/usd` is the caller's own, `/accounts/<caller>/usd`, when the caller is at home in
    /// the context.
    ///
    /// # Errors
    /// [`Code::InvalidPath`] when it is not a path; [`Code::Denied`] for `~` of a caller from elsewhere.
    pub fn parse(text: &str, caller: &Caller, context: &str) -> Result<Self> {
        let Some(own) = text.strip_prefix("~/") else {
            return Self::absolute(text);
        };
        if *caller.home != *context {
            let message = format!("caller {} has no `~` in context {context}", caller.id);
            return Err(Error::new(Code::Denied, message).hint(format!(
                "`~` is for callers at home there; this one is at home in {}",
                caller.home
            )));
        }
        Self::absolute(&format!("/accounts/{}/{own}", caller.id))
    }

    /// Reads a path that begins with `/`.
    ///
    /// # Errors
    /// [`Code::InvalidPath`] when it is not a path.
    pub fn absolute(text: &str) -> Result<Self> {
        let fault = |why: &str| {
            let shown: String = text.chars().take(80).collect();
            Error::new(Code::InvalidPath, format!("{shown:?} is no asset path: {why}"))
                .hint("a path is absolute, such as /accounts/alice/usd, or one's own, such as ~/usd")
        };
        let Some(rest) = text.strip_prefix('/') else {
            return Err(fault("it does not begin with /"));
        };
        if text.len() > Self::BYTES_MAX {
            return Err(fault("it is longer than 512 bytes"));
        }
        let mut segments = 0;
        for segment in rest.split('/') {
            segments += 1;
            if segment.is_empty() {
                return Err(fault("a segment is empty"));
            }
            if segment == "." || segment == ".." {
                return Err(fault("a segment is . or .."));
            }
            if !segment
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
            {
                return Err(fault(
                    "a segment holds something else than letters, digits, `-`, `_` and `.`",
                ));
            }
        }
        if segments > Self::SEGMENTS_MAX {
            return Err(fault("it has more than 16 segments"));
        }
        Ok(Self(text.into()))
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path as text that is shared with it.
    pub fn shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }

    /// This path, then the one above it, up to the one of a single segment.
    pub fn upwards(&self) -> impl Iterator<Item = &str> {
        std::iter::successors(Some(self.as_str()), |path| {
            path.rsplit_once('/')
                .map(|(above, _)| above)
                .filter(|above| !above.is_empty())
        })
    }

    /// The segment of this path that follows `prefix`, when the prefix covers this path and more follows.
    pub fn segment_after(&self, prefix: &str) -> Option<&str> {
        self.0.strip_prefix(prefix)?.strip_prefix('/')?.split('/').next()
    }
}

impl fmt::Display for AssetPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::AssetPath;
    use crate::{Caller, Code, Name};

    #[test]
    fn a_path_is_written_in_one_way_only() {
        for good in ["/a", "/accounts/alice/usd", "/A/b_c/d-e/1.2"] {
            assert_eq!(AssetPath::absolute(good).unwrap().as_str(), good);
        }
        let long = format!("/{}", "a".repeat(512));
        let deep = "/a".repeat(17);
        for bad in [
            "", "/", "a", "/a/", "//a", "/a//b", "/a/../b", "/./a", "/a b", "/ä", "/a\0", &long, &deep,
        ] {
            assert_eq!(
                AssetPath::absolute(bad).unwrap_err().code(),
                Code::InvalidPath,
                "{bad:?}"
            );
        }
    }

    #[test]
    fn the_home_belongs_to_callers_of_the_context() {
        let alice = Caller::local(&"alice".parse().unwrap(), &Name::local());
        let path = AssetPath::parse("~/usd", &alice, "local").unwrap();
        assert_eq!(path.as_str(), "/accounts/alice/usd");
        assert_eq!(
            AssetPath::parse("~/usd", &alice, "other").unwrap_err().code(),
            Code::Denied
        );
        assert_eq!(
            AssetPath::parse("~/../bob", &alice, "local").unwrap_err().code(),
            Code::InvalidPath
        );
        assert_eq!(
            AssetPath::parse("~bob/usd", &alice, "local").unwrap_err().code(),
            Code::InvalidPath
        );
    }

    #[test]
    fn prefixes_end_at_whole_segments() {
        let path = AssetPath::absolute("/accounts/alice/usd").unwrap();
        assert_eq!(
            path.upwards().collect::<Vec<_>>(),
            ["/accounts/alice/usd", "/accounts/alice", "/accounts"]
        );
        assert_eq!(path.segment_after("/accounts"), Some("alice"));
        assert_eq!(path.segment_after("/acc"), None);
        assert_eq!(path.segment_after("/accounts/alice/usd"), None);
    }
}
