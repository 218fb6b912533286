//! Who acts, and where.

use crate::{AssetPath, CallerId};

/// Who a run acts for. Fixed by the host, never by a request's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The caller's id.
    pub id: String,
    /// The context that the caller is at home in.
    pub home: String,
    /// Roles that the context's policy gives the caller, in alphabetical order.
    pub roles: Vec<String>,
}

impl Caller {
    /// The role that may bind anywhere.
    pub const OPERATOR_ROLE: &'static str = "operator";

    /// A caller as a context's own command line knows it: at home in `context` unless the id names
    /// another home, and an operator when it is [`CallerId::OPERATOR`].
    pub fn local(id: CallerId, context: &str) -> Self {
        let home = id.foreign_home().unwrap_or(context).to_owned();
        let operator = id.as_str() == CallerId::OPERATOR;
        let roles = if operator {
            vec![Self::OPERATOR_ROLE.to_owned()]
        } else {
            Vec::new()
        };
        Self {
            id: id.as_str().to_owned(),
            home,
            roles,
        }
    }

    /// Whether the caller may bind anywhere.
    pub fn is_operator(&self) -> bool {
        self.roles.iter().any(|role| role == Self::OPERATOR_ROLE)
    }
}

/// What a driver is told when a descriptor is made or something is bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The id of the run, a ULID.
    pub run: String,
    /// The context that the run happens in.
    pub context: String,
    /// The asset's path.
    pub path: AssetPath,
    /// Who the run acts for.
    pub caller: Caller,
}
