//! Paths of URLs, and what they mean to a server.

use super::HttpUrlError;

/// Characters of a path besides letters and digits that stand for themselves.
const PLAIN: &[u8] = b"-._~";
/// Those that may stand for more, to some servers.
const RESERVED: &[u8] = b"!$&'()*+,;=:@";

/// The path in the one form in which it is compared and sent: letters that were encoded for no reason are not, `.`
/// and `..` are gone.
pub(super) fn normalised(path: &str) -> Result<String, HttpUrlError> {
    let mut segments: Vec<String> = Vec::new();
    let mut rest = path.split('/').skip(1).peekable();
    while let Some(segment) = rest.next() {
        let segment = decoded(segment, &[])?;
        let last = rest.peek().is_none();
        match segment.as_str() {
            "." => {}
            ".." => drop(segments.pop()),
            _ => {
                segments.push(segment);
                continue;
            }
        }
        // `/a/.` is the folder `/a/`.
        if last {
            segments.push(String::new());
        }
    }
    Ok(format!("/{}", segments.join("/")))
}

/// The query, checked in the same way.
pub(super) fn query(query: &str) -> Result<String, HttpUrlError> {
    decoded(query, b"/?")
}

/// The text with what was encoded for no reason as itself. `also` are more characters that it may have.
fn decoded(text: &str, also: &[u8]) -> Result<String, HttpUrlError> {
    let mut out = String::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'%' => {
                let byte = hexadecimal(bytes.next(), bytes.next())
                    .ok_or(HttpUrlError::new("a % is not followed by two hexadecimal digits"))?;
                if is_plain(byte) {
                    out.push(char::from(byte));
                } else {
                    out.push_str(&format!("%{byte:02X}"));
                }
            }
            _ if is_plain(byte) || RESERVED.contains(&byte) || also.contains(&byte) => {
                out.push(char::from(byte))
            }
            _ => {
                return Err(
                    HttpUrlError::new("a character stands there that a URL does not have")
                        .hint("write it as % and its two hexadecimal digits"),
                );
            }
        }
    }
    Ok(out)
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || PLAIN.contains(&byte)
}

fn hexadecimal(high: Option<u8>, low: Option<u8>) -> Option<u8> {
    let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// Whether some server may take a normalised path for another one: it has an encoded slash, backslash, percent sign
/// or control character, an empty segment before its end, or a dot segment with parameters, `..;x`.
pub(super) fn is_ambiguous(path: &str) -> bool {
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let bare = segment.split(';').next().unwrap_or_default();
        let dots = segment.contains(';') && matches!(bare, "" | "." | "..");
        if dots || (segment.is_empty() && segments.peek().is_some()) || hides_something(segment) {
            return true;
        }
    }
    false
}

fn hides_something(segment: &str) -> bool {
    segment.split('%').skip(1).any(|after| {
        let mut digits = after.bytes();
        matches!(
            hexadecimal(digits.next(), digits.next()),
            None | Some(0..=0x1f | b'/' | b'\\' | b'%' | b';' | 0x7f)
        )
    })
}
