//! What is bound where, and how that is kept.

use std::fmt;

use airs_core::{AssetPath, Code, Error, FieldReader, FieldWriter, Result, Rights};

/// The first byte of a kept binding: the version of the format.
const FORMAT: u8 = 1;

/// A path prefix that belongs to a driver.
///
/// ```
/// use airs_core::AssetPath;
/// use airs_driver::{Binding, Owner};
///
/// let homes = Binding {
///     driver: "ledger".into(),
///     owner: Owner::Each,
///     controllers: vec!["operator".into()],
///     account: Vec::new(),
/// };
/// let path = AssetPath::absolute("/accounts/alice/usd")?;
/// assert_eq!(homes.owner_of("/accounts", &path), Some("alice"));
/// assert!(!homes.is_controlled_by("alice"));
/// # Ok::<(), airs_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The driver's name.
    pub driver: String,
    /// Who may take value out of what lies under the path.
    pub owner: Owner,
    /// Who may call the driver's operations there, and change the binding.
    pub controllers: Vec<String>,
    /// What the driver's `bind` made of the account data.
    pub account: Vec<u8>,
}

/// Who owns the assets of a binding.
///
/// An example is at [`Binding`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// One caller.
    Caller(String),
    /// The path's next segment names the owner: a home for every caller.
    Each,
}

impl Owner {
    /// How `each` is written.
    pub const EACH: &'static str = "each";
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Caller(id) => id,
            Self::Each => Self::EACH,
        })
    }
}

impl Binding {
    /// Who owns the asset at `path`, for a binding at `prefix`.
    pub fn owner_of<'a>(&'a self, prefix: &str, path: &'a AssetPath) -> Option<&'a str> {
        self.owner.of(prefix, path)
    }

    /// Whether a caller controls the binding.
    pub fn is_controlled_by(&self, caller: &str) -> bool {
        self.controllers.iter().any(|controller| controller == caller)
    }

    /// Whether a caller has these rights to the asset at `path`, for a binding at `prefix`.
    ///
    /// # Errors
    /// [`Code::Denied`] with who has what is lacking.
    pub fn check_rights(&self, prefix: &str, path: &AssetPath, caller: &str, wanted: Rights) -> Result<()> {
        Kept::read(&self.to_bytes())?.check_rights(prefix, path, caller, wanted)
    }

    /// The binding as it is kept: every field with its length before it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut fields = FieldWriter::new(FORMAT);
        fields.field(self.driver.as_bytes());
        match &self.owner {
            Owner::Each => fields.byte(0),
            Owner::Caller(id) => {
                fields.byte(1);
                fields.field(id.as_bytes());
            }
        }
        fields.count(self.controllers.len());
        for controller in &self.controllers {
            fields.field(controller.as_bytes());
        }
        fields.field(&self.account);
        fields.into_bytes()
    }

    /// Reads a kept binding.
    ///
    /// # Errors
    /// [`Code::StorageCorrupt`] when the bytes are none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let kept = Kept::read(bytes)?;
        Ok(Self {
            driver: kept.driver.to_owned(),
            owner: match kept.owner {
                None => Owner::Each,
                Some(id) => Owner::Caller(id.to_owned()),
            },
            controllers: kept.controllers().map(ToOwned::to_owned).collect(),
            account: kept.account.to_vec(),
        })
    }
}

impl Owner {
    fn of<'a>(&'a self, prefix: &str, path: &'a AssetPath) -> Option<&'a str> {
        match self {
            Self::Caller(id) => Some(id),
            Self::Each => path.segment_after(prefix),
        }
    }
}

/// A kept binding, read where it lies: nothing of it is copied for a look at it.
#[derive(Debug)]
pub(crate) struct Kept<'a> {
    pub(crate) driver: &'a str,
    /// One caller; none for [`Owner::Each`].
    owner: Option<&'a str>,
    controllers: FieldReader<'a>,
    pub(crate) account: &'a [u8],
}

impl<'a> Kept<'a> {
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self> {
        read(FieldReader::new(bytes)).ok_or_else(|| unreadable("a binding"))
    }

    pub(crate) fn owner_of(&self, prefix: &str, path: &'a AssetPath) -> Option<&'a str> {
        self.owner.or_else(|| path.segment_after(prefix))
    }

    pub(crate) fn controllers(&self) -> impl Iterator<Item = &'a str> {
        let mut rest = self.controllers;
        std::iter::from_fn(move || rest.text())
    }

    /// What a caller may do with the asset at `path`: everybody may look and pay in; taking out is for the
    /// owner, and the driver's operations are for the controllers.
    pub(crate) fn rights_of(&self, caller: &str, prefix: &str, path: &'a AssetPath) -> Rights {
        let mut rights = Rights::VIEW | Rights::CREDIT;
        if self.owner_of(prefix, path) == Some(caller) {
            rights = rights | Rights::DEBIT;
        }
        if self.controllers().any(|controller| controller == caller) {
            rights = rights | Rights::CONTROL;
        }
        rights
    }

    pub(crate) fn check_rights(
        &self,
        prefix: &str,
        path: &'a AssetPath,
        caller: &str,
        wanted: Rights,
    ) -> Result<()> {
        let allowed = self.rights_of(caller, prefix, path);
        if allowed.contains(wanted) {
            return Ok(());
        }
        let denied = wanted.without(allowed);
        let message = format!("{caller} has no right to {denied} {path}");
        let hint = if denied.contains(Rights::DEBIT) {
            match self.owner_of(prefix, path) {
                Some(owner) => format!("only its owner, {owner}, may take value out of it"),
                None => "it has no owner: it is the root of a binding for each caller".to_owned(),
            }
        } else {
            let controllers: Vec<&str> = self.controllers().collect();
            format!(
                "the binding at {prefix} is controlled by {}",
                controllers.join(", ")
            )
        };
        Err(Error::new(Code::Denied, message).hint(hint))
    }
}

/// What is said when what the host itself keeps is not what it wrote.
///
/// ```
/// let error = airs_driver::unreadable("a binding");
/// assert_eq!(error.message(), "a binding in the state cannot be read");
/// ```
pub fn unreadable(what: &str) -> Error {
    let message = format!("{what} in the state cannot be read");
    Error::new(Code::StorageCorrupt, message).hint("the state was damaged, or written by a newer version")
}

fn read(mut fields: FieldReader<'_>) -> Option<Kept<'_>> {
    if fields.byte()? != FORMAT {
        return None;
    }
    let driver = fields.text()?;
    let owner = match fields.byte()? {
        0 => None,
        1 => Some(fields.text()?),
        _ => return None,
    };
    let count = fields.count()?;
    let controllers = fields.texts(count)?;
    let account = fields.field()?;
    fields.is_at_end().then_some(Kept {
        driver,
        owner,
        controllers,
        account,
    })
}

#[cfg(test)]
mod tests {
    use airs_core::{AssetPath, Rights};

    use super::{Binding, Kept, Owner};

    fn binding(owner: Owner) -> Binding {
        let controllers = vec!["operator".to_owned(), "carol".to_owned()];
        Binding {
            driver: "ledger".into(),
            owner,
            controllers,
            account: b"{}".to_vec(),
        }
    }

    #[test]
    fn a_binding_is_kept_whole() {
        for owner in [Owner::Each, Owner::Caller("alice".into())] {
            let bytes = binding(owner.clone()).to_bytes();
            assert_eq!(Binding::from_bytes(&bytes), Ok(binding(owner)));
            for cut in 0..bytes.len() {
                assert!(Binding::from_bytes(&bytes[..cut]).is_err(), "cut at {cut}");
            }
        }
    }

    #[test]
    fn the_format_of_version_1_is_read() {
        let kept =
            b"\x01\x01\x00\x00\x00d\x01\x01\x00\x00\x00a\x01\x00\x00\x00\x01\x00\x00\x00c\x02\x00\x00\x00{}";
        let read = Binding::from_bytes(kept).unwrap();
        assert_eq!(read.driver, "d");
        assert_eq!(read.owner, Owner::Caller("a".into()));
        assert_eq!(read.controllers, ["c"]);
        assert_eq!(read.account, b"{}");
    }

    #[test]
    fn only_the_owner_takes_out_and_only_controllers_control() {
        let path = AssetPath::absolute("/accounts/alice/usd").unwrap();
        let rights = |owner, caller| {
            let bytes = binding(owner).to_bytes();
            Kept::read(&bytes).unwrap().rights_of(caller, "/accounts", &path)
        };
        let all = Rights::VIEW | Rights::CREDIT;
        assert_eq!(rights(Owner::Each, "alice"), all | Rights::DEBIT);
        assert_eq!(rights(Owner::Each, "bob"), all);
        assert_eq!(rights(Owner::Caller("bob".into()), "bob"), all | Rights::DEBIT);
        assert_eq!(rights(Owner::Caller("bob".into()), "alice"), all);
        assert_eq!(rights(Owner::Each, "carol"), all | Rights::CONTROL);
    }
}
