//! Names of components and contexts, ids of callers.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::device::is_device;
use crate::{Code, Error};

/// The name of a component or of a context: lower-case ASCII letters, digits and single hyphens,
/// beginning with a letter, at most [`Name::BYTES_MAX`] bytes. It is none that Windows has a device for: files and
/// folders are called after components and contexts.
///
/// ```
/// use airs_core::{Name, NameError};
///
/// assert_eq!("my-driver".parse::<Name>()?.as_str(), "my-driver");
/// assert_eq!("My driver".parse::<Name>(), Err(NameError::Character('M')));
/// assert_eq!("aux".parse::<Name>(), Err(NameError::Device));
/// # Ok::<(), NameError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(Arc<str>);

/// What is wrong with a would-be name.
///
/// An example is at [`Name`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing was given.
    #[error("it is empty")]
    Empty,
    /// It is longer than [`Name::BYTES_MAX`].
    #[error("it is longer than 64 bytes")]
    TooLong,
    /// It begins with something else than a lower-case letter.
    #[error("it does not begin with a lower-case letter")]
    Beginning,
    /// It holds something else than lower-case letters, digits and hyphens.
    #[error("it holds {0:?}; only lower-case letters, digits and hyphens are possible")]
    Character(char),
    /// It ends with a hyphen or has two in a row.
    #[error("a hyphen stands between letters or digits only")]
    Hyphen,
    /// It names a device on Windows, where no file can have that name.
    #[error("it is a device on Windows")]
    Device,
}

impl Name {
    /// The longest name: as long as a DNS label may be, plus one.
    pub const BYTES_MAX: usize = 64;

    /// The context that there is when nobody named another.
    pub fn local() -> Self {
        Self("local".into())
    }

    /// What a component is called that brought no name along.
    pub fn unnamed() -> Self {
        Self("component".into())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as text that is shared with it.
    pub fn shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }

    fn check(text: &str) -> Result<(), NameError> {
        Self::check_spelling(text)?;
        if is_device(text) {
            return Err(NameError::Device);
        }
        Ok(())
    }

    fn check_spelling(text: &str) -> Result<(), NameError> {
        let first = text.chars().next().ok_or(NameError::Empty)?;
        if text.len() > Self::BYTES_MAX {
            return Err(NameError::TooLong);
        }
        let fits = |c: &char| c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '-';
        if let Some(stranger) = text.chars().find(|c| !fits(c)) {
            return Err(NameError::Character(stranger));
        }
        if !first.is_ascii_lowercase() {
            return Err(NameError::Beginning);
        }
        if text.ends_with('-') || text.contains("--") {
            return Err(NameError::Hyphen);
        }
        Ok(())
    }
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::check(text)?;
        Ok(Self(text.into()))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl std::borrow::Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// Who a caller is: `alice`, or `home/alice` for one who is at home in another context.
///
/// ```
/// use airs_core::CallerId;
///
/// assert_eq!("acme/alice".parse::<CallerId>()?.foreign_home(), Some("acme"));
/// # Ok::<(), airs_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallerId(Arc<str>);

impl CallerId {
    /// Who acts when nobody else is named: the person at the command line of a context of their own.
    pub const OPERATOR: &'static str = "operator";

    /// [`CallerId::OPERATOR`].
    pub fn operator() -> Self {
        Self(Self::OPERATOR.into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id as text that is shared with it.
    pub fn shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }

    /// The context that the caller is at home in, when it is another one.
    pub fn foreign_home(&self) -> Option<&str> {
        self.0.split_once('/').map(|(home, _)| home)
    }

    /// Checks that `context` knows the caller by this id: it calls those who are at home there by their names
    /// alone, so that everybody has one id.
    ///
    /// # Errors
    /// [`Code::InvalidName`] when the id names the context as the caller's home.
    pub fn check_in(&self, context: &str) -> Result<(), Error> {
        match self.0.split_once('/') {
            Some((home, id)) if home == context => {
                let message = format!("{:?} is no caller of context {context}", self.0);
                Err(Error::new(Code::InvalidName, message).hint(format!("the caller's id there is {id:?}")))
            }
            _ => Ok(()),
        }
    }
}

impl FromStr for CallerId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let fault = |why: NameError| {
            Error::new(Code::InvalidName, format!("{text:?} is no caller: {why}"))
                .hint("a caller is a name such as `alice`, or `home/alice` from another context")
        };
        let (home, id) = match text.split_once('/') {
            Some((home, id)) => (Some(home), id),
            None => (None, text),
        };
        home.map_or(Ok(()), Name::check).map_err(fault)?;
        // No file is called after a caller.
        Name::check_spelling(id).map_err(fault)?;
        Ok(Self(text.into()))
    }
}

impl fmt::Display for CallerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{CallerId, Name, NameError};

    #[test]
    fn names_are_lower_case_letters_digits_and_hyphens() {
        for good in [
            "a",
            "ledger",
            "my-driver2",
            "a1-b2",
            "com",
            "com10",
            "nul-1",
            "lpt",
        ] {
            assert_eq!(good.parse::<Name>().unwrap().as_str(), good);
        }
        for (bad, why) in [
            ("", NameError::Empty),
            ("My", NameError::Character('M')),
            ("a b", NameError::Character(' ')),
            ("..", NameError::Character('.')),
            ("1a", NameError::Beginning),
            ("-a", NameError::Beginning),
            ("a-", NameError::Hyphen),
            ("a--b", NameError::Hyphen),
            ("con", NameError::Device),
            ("prn", NameError::Device),
            ("aux", NameError::Device),
            ("nul", NameError::Device),
            ("com0", NameError::Device),
            ("com1", NameError::Device),
            ("lpt9", NameError::Device),
        ] {
            assert_eq!(bad.parse::<Name>(), Err(why), "{bad:?}");
        }
        assert_eq!("a".repeat(65).parse::<Name>(), Err(NameError::TooLong));
    }

    #[test]
    fn a_caller_from_elsewhere_carries_its_home() {
        assert_eq!("alice".parse::<CallerId>().unwrap().foreign_home(), None);
        assert_eq!(
            "acme/alice".parse::<CallerId>().unwrap().foreign_home(),
            Some("acme")
        );
        assert!(
            "acme/alice"
                .parse::<CallerId>()
                .unwrap()
                .check_in("local")
                .is_ok()
        );
        assert!(
            "local/alice"
                .parse::<CallerId>()
                .unwrap()
                .check_in("local")
                .is_err()
        );
        for bad in ["", "/", "a/b/c", "a/", "/a", "../a", "Alice"] {
            assert!(bad.parse::<CallerId>().is_err(), "{bad:?}");
        }
    }
}
