//! What a run is called by.

use std::fmt;
use std::str::FromStr;

use ulid::Ulid;

use crate::{Code, Error};

/// The id of a run: a ULID, which begins with the time at which it was made.
///
/// ```
/// use airs_core::RunId;
///
/// let id: RunId = "01KAK3X0R0000000000000AB12".parse()?;
/// assert_eq!(id.to_string(), "01KAK3X0R0000000000000AB12");
/// assert_eq!(id, "01kak3x0r0000000000000ab12".parse()?);
/// assert!("81KAK3X0R0000000000000AB12".parse::<RunId>().is_err());
/// # Ok::<(), airs_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunId(Ulid);

impl RunId {
    /// An id of this time, in milliseconds since 1970, and these 80 bits of chance; what does not fit is cut off.
    pub const fn new(time_ms: u64, chance: u128) -> Self {
        Self(Ulid::from_parts(time_ms, chance))
    }

    /// When it was made, in milliseconds since 1970; as whoever made it says.
    pub const fn time_ms(self) -> u64 {
        self.0.timestamp_ms()
    }

    /// Its 16 bytes. Their order is that of time.
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.to_bytes()
    }

    /// The id with these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Ulid::from_bytes(bytes))
    }
}

impl FromStr for RunId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        // What overflows 128 bits would be read as another one.
        let read = Ulid::from_string(text).ok();
        let read = read.filter(|ulid| {
            ulid.array_to_str(&mut [0; ulid::ULID_LEN])
                .eq_ignore_ascii_case(text)
        });
        read.map(Self).ok_or_else(|| {
            let shown: String = text.chars().take(40).collect();
            Error::new(Code::InvalidInput, format!("{shown:?} is no run id"))
                .hint("a run id is a ULID: 26 letters and digits, such as 01KAK3X0R0000000000000AB12")
        })
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0.array_to_str(&mut [0; ulid::ULID_LEN]))
    }
}

impl fmt::Debug for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RunId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::RunId;
    use crate::Code;

    #[test]
    fn the_order_of_the_bytes_is_that_of_time() {
        let (older, newer) = (RunId::new(1_000, u128::MAX), RunId::new(1_001, 0));
        assert!(older.to_bytes() < newer.to_bytes() && older < newer);
        assert_eq!((older.time_ms(), newer.time_ms()), (1_000, 1_001));
        assert_eq!(RunId::from_bytes(older.to_bytes()), older);
    }

    #[test]
    fn what_is_no_ulid_is_no_run_id() {
        let bad = [
            "",
            "1",
            "01KAK3X0R0000000000000AB1",
            "01KAK3X0R0000000000000AB123",
            "8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
            "01KAK3X0R0000000000000AB1U",
            "01KAK3X0R0000000000000AB1-",
            "01KAK3X0R0000000000000AB\u{e4}",
        ];
        for text in bad {
            let error = text.parse::<RunId>().unwrap_err();
            assert_eq!(error.code(), Code::InvalidInput, "{text:?}");
        }
        for good in ["00000000000000000000000000", "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"] {
            assert_eq!(good.parse::<RunId>().unwrap().to_string(), good);
        }
    }
}
