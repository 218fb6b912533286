//! Writing JSON when the compiler runs it.

/// What is written goes here: into bytes, or, without room, only into a count.
#[derive(Debug)]
pub(super) struct Writer<'a> {
    room: &'a mut [u8],
    len: usize,
}

const HEX: &[u8; 16] = b"0123456789abcdef";

impl<'a> Writer<'a> {
    pub(super) const fn new(room: &'a mut [u8]) -> Self {
        Self { room, len: 0 }
    }

    /// The number of bytes that were written, or would have been with enough room.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    const fn bytes(&mut self, bytes: &[u8]) {
        let end = self.len + bytes.len();
        if end <= self.room.len() {
            let (room, _) = self.room.split_at_mut(end);
            let (_, room) = room.split_at_mut(self.len);
            room.copy_from_slice(bytes);
        }
        self.len = end;
    }

    const fn byte(&mut self, byte: u8) {
        self.bytes(&[byte]);
    }

    /// Text as it is.
    pub(super) const fn raw(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// Text as a JSON string.
    pub(super) const fn string(&mut self, text: &str) {
        self.byte(b'"');
        // Stretches that need no escape go as they are: the compiler interprets this, byte by byte.
        let mut rest = text.as_bytes();
        let mut plain = 0;
        while plain < rest.len() {
            let (stretch, after) = rest.split_at(plain);
            match after {
                [byte @ (b'"' | b'\\' | 0..0x20), after @ ..] => {
                    self.bytes(stretch);
                    self.escaped(*byte);
                    (rest, plain) = (after, 0);
                }
                _ => plain += 1,
            }
        }
        self.bytes(rest);
        self.byte(b'"');
    }

    #[expect(clippy::indexing_slicing, reason = "a nibble is below 16")]
    const fn escaped(&mut self, byte: u8) {
        match byte {
            b'"' | b'\\' => {
                self.byte(b'\\');
                self.byte(byte);
            }
            b'\n' => self.raw("\\n"),
            _ => {
                self.raw("\\u00");
                self.byte(HEX[(byte >> 4) as usize]);
                self.byte(HEX[(byte & 15) as usize]);
            }
        }
    }

    /// A number in decimal.
    pub(super) const fn number(&mut self, negative: bool, magnitude: u128) {
        if negative {
            self.byte(b'-');
        }
        let mut divisor = 1;
        while magnitude / divisor >= 10 {
            divisor *= 10;
        }
        while divisor > 0 {
            self.byte(b'0' + (magnitude / divisor % 10) as u8);
            divisor /= 10;
        }
    }

    /// A comma, unless it is the first time.
    pub(super) const fn separate(&mut self, first: &mut bool) {
        if !*first {
            self.byte(b',');
        }
        *first = false;
    }
}
