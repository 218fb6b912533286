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

    #[expect(clippy::indexing_slicing, reason = "compared with the length before")]
    const fn byte(&mut self, byte: u8) {
        if self.len < self.room.len() {
            self.room[self.len] = byte;
        }
        self.len += 1;
    }

    /// Text as it is.
    #[expect(
        clippy::indexing_slicing,
        reason = "below the length; const code has no iterators"
    )]
    pub(super) const fn raw(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            self.byte(bytes[at]);
            at += 1;
        }
    }

    /// Text as a JSON string.
    #[expect(
        clippy::indexing_slicing,
        reason = "below the length; const code has no iterators"
    )]
    pub(super) const fn string(&mut self, text: &str) {
        let bytes = text.as_bytes();
        self.byte(b'"');
        let mut at = 0;
        while at < bytes.len() {
            self.character(bytes[at]);
            at += 1;
        }
        self.byte(b'"');
    }

    #[expect(clippy::indexing_slicing, reason = "a nibble is below 16")]
    const fn character(&mut self, byte: u8) {
        match byte {
            b'"' | b'\\' => {
                self.byte(b'\\');
                self.byte(byte);
            }
            b'\n' => self.raw("\\n"),
            0..0x20 => {
                self.raw("\\u00");
                self.byte(HEX[(byte >> 4) as usize]);
                self.byte(HEX[(byte & 15) as usize]);
            }
            _ => self.byte(byte),
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
