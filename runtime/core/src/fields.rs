//! How the host writes down what it keeps: every field with its length before it.

/// Writes fields one after the other.
///
/// ```
/// use airs_core::{FieldReader, FieldWriter};
///
/// let mut writer = FieldWriter::new(1);
/// writer.field(b"ledger");
/// let bytes = writer.into_bytes();
///
/// let mut reader = FieldReader::new(&bytes);
/// assert_eq!(reader.byte(), Some(1));
/// assert_eq!(reader.text(), Some("ledger"));
/// assert!(reader.is_at_end());
/// ```
#[derive(Clone, Debug)]
pub struct FieldWriter(Vec<u8>);

impl FieldWriter {
    /// Begins with a byte: the version of a format, or what kind of thing follows.
    pub fn new(first: u8) -> Self {
        Self(vec![first])
    }

    /// One byte.
    pub fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    /// Bytes as they are: how many there are is known to the reader.
    pub fn plain(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// A number of things that follow.
    pub fn count(&mut self, count: usize) {
        // What is kept is bounded far below by the limits on names, paths and values.
        self.plain(&u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
    }

    /// Bytes, with their length before them.
    pub fn field(&mut self, field: &[u8]) {
        self.count(field.len());
        self.plain(field);
    }

    /// All that was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

/// Reads what a [`FieldWriter`] wrote; whatever else the bytes are, it never fails but with nothing.
///
/// An example is at [`FieldWriter`].
#[derive(Clone, Copy, Debug)]
pub struct FieldReader<'a>(&'a [u8]);

impl<'a> FieldReader<'a> {
    /// A reader of these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// One byte.
    pub fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// So many bytes as they are.
    pub fn plain(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    /// An array of bytes as they are.
    pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.plain(N)?.try_into().ok()
    }

    /// A number of things that follow.
    pub fn count(&mut self) -> Option<usize> {
        usize::try_from(u32::from_le_bytes(self.array()?)).ok()
    }

    /// Bytes with their length before them.
    pub fn field(&mut self) -> Option<&'a [u8]> {
        let length = self.count()?;
        self.plain(length)
    }

    /// A field that is text.
    pub fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.field()?).ok()
    }

    /// So many fields, each of them text, for another reader.
    pub fn texts(&mut self, count: usize) -> Option<Self> {
        let begin = self.0;
        for _ in 0..count {
            self.text()?;
        }
        begin.get(..begin.len() - self.0.len()).map(Self)
    }

    /// Whether everything was read.
    pub fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }
}
