//! Where in a JSON text something is wrong: the field, as a person would name it.

/// What encloses a place in the text.
enum Frame {
    Object { key: Option<String> },
    Array { index: usize },
}

/// The field that the text is in at a line and a column, both counted from 1: `order.lines[2].amount`;
/// empty at the top.
pub(super) fn field_at(text: &str, line: usize, column: usize) -> String {
    let mut frames = Vec::new();
    let mut last_string = None;
    let mut rest = before(text, line, column).bytes();
    let mut last = 0;
    while let Some(byte) = rest.next() {
        match byte {
            b'"' => last_string = Some(string(&mut rest)),
            b'{' => frames.push(Frame::Object { key: None }),
            b'[' => frames.push(Frame::Array { index: 0 }),
            b'}' | b']' => drop(frames.pop()),
            b':' => {
                if let Some(Frame::Object { key }) = frames.last_mut() {
                    *key = last_string.take();
                }
            }
            b',' => match frames.last_mut() {
                Some(Frame::Object { key }) => *key = None,
                Some(Frame::Array { index }) => *index += 1,
                None => {}
            },
            _ => {}
        }
        last = byte;
    }
    if last == b'[' {
        // It is the array that is wrong, not what it holds.
        frames.pop();
    }
    written(&frames)
}

/// The text up to a place.
fn before(text: &str, line: usize, column: usize) -> &str {
    let start = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum::<usize>();
    text.get(..start + column).unwrap_or(text)
}

/// The rest of a string, without its quotes; escapes stay as they are.
fn string(rest: &mut impl Iterator<Item = u8>) -> String {
    let mut bytes = Vec::new();
    while let Some(byte) = rest.next() {
        match byte {
            b'"' => break,
            b'\\' => bytes.extend([byte].into_iter().chain(rest.next())),
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn written(frames: &[Frame]) -> String {
    let mut place = String::new();
    for frame in frames {
        match frame {
            Frame::Object { key: Some(key) } => {
                if !place.is_empty() {
                    place.push('.');
                }
                place.push_str(key);
            }
            Frame::Object { key: None } => {}
            Frame::Array { index } => place.push_str(&format!("[{index}]")),
        }
    }
    place
}

#[cfg(test)]
mod tests {
    use super::field_at;

    #[test]
    fn a_place_is_named_by_keys_and_positions() {
        let text = "{\"a\": {\"b\\\"\": [1, {\"c\": 2}, [\n 3, 4]]},\n \"d\": 5}";
        let at = |part: &str| {
            let offset = text.find(part).unwrap() + part.len();
            let line = text[..offset].matches('\n').count() + 1;
            let column = offset - text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
            field_at(text, line, column)
        };
        assert_eq!(at("{"), "");
        assert_eq!(at("\"a\""), "");
        assert_eq!(at("[1"), "a.b\\\"[0]");
        assert_eq!(at(": ["), "a.b\\\"");
        assert_eq!(at("\"c\": 2"), "a.b\\\"[1].c");
        assert_eq!(at("4"), "a.b\\\"[2][1]");
        assert_eq!(at("5"), "d");
        assert_eq!(field_at("ü", 7, 1), "");
    }
}
