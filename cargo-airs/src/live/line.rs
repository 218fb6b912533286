//! One value a line, in JSON, over a socket.

use std::io::{Error, ErrorKind, Result};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::os::socket::Stream;

/// More than a run's input becomes, which has 64 MiB at most, as a text in which each quote takes two bytes.
const LINE_BYTES_MAX: usize = 160 << 20;

/// Writes a value.
pub(crate) async fn write(stream: &Stream, value: &impl Serialize) -> Result<()> {
    let mut line = serde_json::to_vec(value)?;
    if line.len() > LINE_BYTES_MAX {
        return Err(Error::from(ErrorKind::FileTooLarge));
    }
    line.push(b'\n');
    let mut rest = line.as_slice();
    while !rest.is_empty() {
        stream.writable().await?;
        match stream.try_write(rest) {
            Ok(written) => rest = rest.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Reads values; what comes behind a line's end is kept for the next one.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    read: Vec<u8>,
    /// So much of it has no end of a line. A long line comes in many pieces, and is looked through once.
    searched: usize,
}

impl Reader {
    /// The next value; none when the other side has closed.
    pub(crate) async fn read<T: DeserializeOwned>(&mut self, stream: &Stream) -> Result<Option<T>> {
        loop {
            let new = self.read.get(self.searched..).unwrap_or_default();
            if let Some(end) = new.iter().position(|byte| *byte == b'\n') {
                let rest = self.read.split_off(self.searched + end + 1);
                let line = std::mem::replace(&mut self.read, rest);
                self.searched = 0;
                return Ok(Some(serde_json::from_slice(&line)?));
            }
            self.searched = self.read.len();
            if self.read.len() > LINE_BYTES_MAX {
                return Err(Error::from(ErrorKind::FileTooLarge));
            }
            stream.readable().await?;
            let mut some = [0; 16 << 10];
            match stream.try_read(&mut some) {
                Ok(0) => return Ok(None),
                Ok(read) => self.read.extend_from_slice(some.get(..read).unwrap_or_default()),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
    }
}
