//! What guests write to their standard output and error.

use airs_core::harmless;

/// The longest line that is kept; the rest of it is dropped.
const LINE_BYTES_MAX: usize = 8 * 1024;

/// Turns a guest's bytes into whole, harmless lines, up to a limit.
#[derive(Debug)]
pub(crate) struct Log {
    line: Vec<u8>,
    remaining: u64,
    /// Bytes for which there was no room any more, and those of lines that were too long.
    dropped: u64,
    cut: u64,
    panic: Panic,
}

/// What a panicking guest says about it, picked out of its standard error: where, and the message.
#[derive(Debug, Default)]
enum Panic {
    #[default]
    None,
    At(String),
    Said(String, String),
}

impl Log {
    pub(crate) fn new(bytes_max: u64) -> Self {
        Self {
            line: Vec::new(),
            remaining: bytes_max,
            dropped: 0,
            cut: 0,
            panic: Panic::None,
        }
    }

    /// Takes bytes, and hands every line that they complete to `emit`.
    pub(crate) fn write(&mut self, bytes: &[u8], mut emit: impl FnMut(&str)) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let (text, ends) = match piece.split_last() {
                Some((b'\n', text)) => (text, true),
                _ => (piece, false),
            };
            self.take(text);
            if ends {
                self.flush(&mut emit);
            }
        }
    }

    /// Hands out what is left, and how much was dropped.
    pub(crate) fn finish(&mut self, mut emit: impl FnMut(&str)) {
        if !self.line.is_empty() {
            self.flush(&mut emit);
        }
        if self.cut > 0 {
            emit(&format!(
                "[warn] {} bytes of lines of more than {LINE_BYTES_MAX} bytes were dropped",
                self.cut
            ));
            self.cut = 0;
        }
        if self.dropped > 0 {
            emit(&format!(
                "[warn] {} bytes of log over the limit were dropped (log_bytes)",
                self.dropped
            ));
            self.dropped = 0;
        }
    }

    /// Where the guest panicked and what it said, if it did.
    pub(crate) fn panic(&self) -> Option<(&str, &str)> {
        match &self.panic {
            Panic::None => None,
            Panic::At(place) => Some((place, "")),
            Panic::Said(place, message) => Some((place, message)),
        }
    }

    fn take(&mut self, text: &[u8]) {
        let room = LINE_BYTES_MAX - self.line.len().min(LINE_BYTES_MAX);
        let (line, cut) = text.split_at(text.len().min(room));
        let left = usize::try_from(self.remaining).unwrap_or(usize::MAX);
        let (kept, dropped) = line.split_at(line.len().min(left));
        self.line.extend_from_slice(kept);
        self.remaining -= kept.len() as u64;
        self.cut += cut.len() as u64;
        self.dropped += dropped.len() as u64;
    }

    fn flush(&mut self, emit: &mut impl FnMut(&str)) {
        // Without its end it has no newline: a guest cannot forge a line of somebody else's.
        let line = String::from_utf8_lossy(&self.line);
        let line = harmless(line.trim_end_matches('\r')).into_owned();
        if line.is_empty() {
            if self.remaining == 0 {
                return;
            }
            // An empty line counts as one byte, or there would be no end of them.
            self.remaining -= u64::from(self.line.is_empty());
        }
        self.line.clear();
        self.notice_panic(&line);
        emit(&line);
    }

    fn notice_panic(&mut self, line: &str) {
        self.panic = match std::mem::take(&mut self.panic) {
            Panic::At(place) if !line.is_empty() => Panic::Said(place, line.to_owned()),
            other => match line.split_once("panicked at ") {
                Some((_, place)) => Panic::At(place.trim_end_matches(':').to_owned()),
                None => other,
            },
        };
    }
}

#[cfg(test)]
mod tests {
    use super::Log;

    fn lines(limit: u64, writes: &[&str]) -> Vec<String> {
        let mut log = Log::new(limit);
        let mut lines = Vec::new();
        for write in writes {
            log.write(write.as_bytes(), |line| lines.push(line.to_owned()));
        }
        log.finish(|line| lines.push(line.to_owned()));
        lines
    }

    #[test]
    fn bytes_become_whole_lines() {
        assert_eq!(lines(100, &["a", "b\nc\r\n", "d"]), ["ab", "c", "d"]);
    }

    #[test]
    fn a_flood_is_cut_and_counted() {
        assert_eq!(
            lines(4, &["abcdef\ngh\n"]),
            [
                "abcd",
                "[warn] 4 bytes of log over the limit were dropped (log_bytes)"
            ]
        );
        let long = lines(1 << 20, &["short\n", &"x".repeat(50_000)]);
        assert_eq!(long[1].len(), super::LINE_BYTES_MAX);
        assert_eq!(
            long[2],
            "[warn] 41808 bytes of lines of more than 8192 bytes were dropped"
        );
    }

    #[test]
    fn empty_lines_come_to_an_end_too() {
        assert_eq!(lines(3, &["\n\n", &"\n".repeat(1_000)]), ["", "", ""]);
        assert_eq!(lines(4, &["a\n\nb\n\n\n\n"]), ["a", "", "b", ""]);
    }

    #[test]
    fn a_line_cannot_drive_a_terminal() {
        assert_eq!(
            lines(100, &["\x1b[2Jgone\u{202e}\n"]),
            ["\\u{1b}[2Jgone\\u{202e}"]
        );
    }

    #[test]
    fn a_panic_is_remembered_with_its_place() {
        let mut log = Log::new(1000);
        log.write(
            b"\nthread '<unnamed>' (1) panicked at src/lib.rs:9:5:\nboom\nnote: x\n",
            |_| {},
        );
        assert_eq!(log.panic(), Some(("src/lib.rs:9:5", "boom")));
    }
}
