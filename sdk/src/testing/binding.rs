//! What is bound where, and who may do what with it.

use std::{fmt, rc::Rc};

use super::{driver_object::DriverObject, path};
use crate::{Caller, Code, Error, Result, Rights};

/// Who owns what a binding covers: only the owner takes value out.
///
/// ```
/// use airs::testing::Owner;
///
/// assert_eq!(Owner::from("alice"), Owner::Caller("alice".to_owned()));
/// assert_eq!(Owner::from("each"), Owner::Each);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// One caller.
    Caller(String),
    /// Each caller what lies below the caller's own name: the path's next segment after the binding's.
    Each,
}

impl From<&str> for Owner {
    fn from(text: &str) -> Self {
        match text {
            "each" => Self::Each,
            caller => Self::Caller(caller.to_owned()),
        }
    }
}

/// A path prefix, with the driver that answers below it.
#[derive(Clone)]
pub(super) struct Binding {
    pub(super) path: String,
    pub(super) driver: Rc<dyn DriverObject>,
    pub(super) account: Vec<u8>,
    pub(super) owner: Owner,
    pub(super) controllers: Vec<String>,
}

impl fmt::Debug for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} → {}", self.path, self.driver.name())
    }
}

impl Binding {
    /// Refuses rights that the caller may not have on the asset at `path`.
    pub(super) fn check(&self, caller: &Caller, path: &str, rights: Rights) -> Result<()> {
        let owner = match &self.owner {
            Owner::Caller(owner) => Some(owner.as_str()),
            Owner::Each => path::segment_after(&self.path, path),
        };
        if rights.contains(Rights::DEBIT) && owner != Some(caller.id.as_str()) {
            let hint = owner.map_or_else(
                || "the path names no owner".to_owned(),
                |owner| format!("only its owner, {owner}, may"),
            );
            return Err(Error::denied(format!("{} may not debit {path}", caller.id)).hint(hint));
        }
        if rights.contains(Rights::CONTROL) && !self.controllers.contains(&caller.id) {
            let hint = format!("only the controllers of {} may", self.path);
            return Err(Error::denied(format!("{} may not control {path}", caller.id)).hint(hint));
        }
        Ok(())
    }
}

/// The binding with the longest prefix that covers `path`.
pub(super) fn resolve<'a>(bindings: &'a [Binding], path: &str) -> Result<&'a Binding> {
    bindings
        .iter()
        .filter(|binding| path::covers(&binding.path, path))
        .max_by_key(|binding| binding.path.len())
        .ok_or_else(|| Error::new(Code::Unbound, format!("nothing is bound at or above {path}")))
}
