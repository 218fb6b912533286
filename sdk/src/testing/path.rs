//! Paths that name assets, by the runtime's rules.

use crate::{Caller, Code, Error, Result};

const BYTES_MAX: usize = 512;
const SEGMENTS_MAX: usize = 16;

/// Reads a path; `~/usd` is the caller's own when the caller is at home in the context.
pub(super) fn parse(text: &str, caller: &Caller, context: &str) -> Result<String> {
    let Some(own) = text.strip_prefix("~/") else {
        return absolute(text);
    };
    if caller.home != context {
        let message = format!("caller {} has no `~` in context {context}", caller.id);
        let hint = format!(
            "`~` is for callers at home there; this one is at home in {}",
            caller.home
        );
        return Err(Error::denied(message).hint(hint));
    }
    absolute(&format!("/accounts/{}/{own}", caller.id))
}

/// Reads a path that begins with `/`.
pub(super) fn absolute(text: &str) -> Result<String> {
    match fault(text) {
        None => Ok(text.to_owned()),
        Some(why) => {
            let shown: String = text.chars().take(80).collect();
            Err(
                Error::new(Code::InvalidPath, format!("{shown:?} is no asset path: {why}"))
                    .hint("a path is absolute, such as /accounts/alice/usd, or one's own, such as ~/usd"),
            )
        }
    }
}

fn fault(text: &str) -> Option<&'static str> {
    let Some(rest) = text.strip_prefix('/') else {
        return Some("it does not begin with /");
    };
    if text.len() > BYTES_MAX {
        return Some("it is longer than 512 bytes");
    }
    if rest.split('/').count() > SEGMENTS_MAX {
        return Some("it has more than 16 segments");
    }
    rest.split('/').find_map(segment_fault)
}

fn segment_fault(segment: &str) -> Option<&'static str> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    match segment {
        "" => Some("a segment is empty"),
        "." | ".." => Some("a segment is . or .."),
        _ if !segment.bytes().all(fits) => {
            Some("a segment holds something else than letters, digits, `-`, `_` and `.`")
        }
        _ => None,
    }
}

/// Whether `prefix` covers `path`, on whole segments.
pub(super) fn covers(prefix: &str, path: &str) -> bool {
    path.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The segment of `path` that follows `prefix`.
pub(super) fn segment_after<'a>(prefix: &str, path: &'a str) -> Option<&'a str> {
    path.strip_prefix(prefix)?.strip_prefix('/')?.split('/').next()
}

#[cfg(test)]
mod tests {
    use super::{absolute, covers, segment_after};

    #[test]
    fn a_path_is_written_in_one_way_only() {
        for good in ["/a", "/accounts/alice/usd", "/A/b_c/d-e/1.2"] {
            assert_eq!(absolute(good).unwrap(), good);
        }
        for bad in [
            "",
            "/",
            "a",
            "/a/",
            "//a",
            "/a/../b",
            "/./a",
            "/a b",
            "/ä",
            &"/a".repeat(17),
        ] {
            assert!(absolute(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn prefixes_end_at_whole_segments() {
        assert!(covers("/accounts", "/accounts") && covers("/accounts", "/accounts/alice"));
        assert!(!covers("/acc", "/accounts"));
        assert_eq!(segment_after("/accounts", "/accounts/alice/usd"), Some("alice"));
        assert_eq!(segment_after("/accounts", "/accounts"), None);
    }
}
