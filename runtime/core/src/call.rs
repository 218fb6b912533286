//! Who acts, and where.

use std::sync::Arc;

use crate::{AssetPath, CallerId, Name};

/// Who a run acts for. Fixed by the host, never by a request's body.
///
/// ```
/// use airs_core::{Caller, Name};
///
/// let alice = Caller::local(&"alice".parse()?, &Name::local());
/// assert_eq!((&*alice.home, alice.is_operator()), ("local", false));
/// let guest = Caller::local(&"acme/bob".parse()?, &Name::local());
/// assert_eq!(&*guest.home, "acme");
/// assert!(Caller::local(&"operator".parse()?, &Name::local()).is_operator());
/// # Ok::<(), airs_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The caller's id.
    pub id: Arc<str>,
    /// The context that the caller is at home in.
    pub home: Arc<str>,
    /// Roles that the context's policy gives the caller, in alphabetical order.
    pub roles: Arc<[String]>,
}

impl Caller {
    /// The role that may bind anywhere.
    pub const OPERATOR_ROLE: &'static str = "operator";

    /// A caller as a context's own command line knows it: at home in `context` unless the id names
    /// another home, and an operator when it is [`CallerId::OPERATOR`].
    pub fn local(id: &CallerId, context: &Name) -> Self {
        let operator = id.as_str() == CallerId::OPERATOR;
        Self {
            id: id.shared(),
            home: id.foreign_home().map_or_else(|| context.shared(), Arc::from),
            roles: if operator {
                [Self::OPERATOR_ROLE.to_owned()].into()
            } else {
                Arc::default()
            },
        }
    }

    /// Whether the caller may bind anywhere.
    pub fn is_operator(&self) -> bool {
        self.roles.iter().any(|role| role == Self::OPERATOR_ROLE)
    }
}

/// What a driver is told when a descriptor is made or something is bound.
///
/// ```
/// use airs_core::{AssetPath, Call, Caller, Name};
///
/// let call = Call {
///     run: "01K5V8Q4ZC2R9T7M3XH6JWPBNE".into(),
///     context: Name::local(),
///     path: AssetPath::absolute("/accounts/alice/usd")?,
///     caller: Caller::local(&"alice".parse()?, &Name::local()),
/// };
/// # Ok::<(), airs_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The id of the run, a ULID.
    pub run: Arc<str>,
    /// The context that the run happens in.
    pub context: Name,
    /// The asset's path.
    pub path: AssetPath,
    /// Who the run acts for.
    pub caller: Caller,
}
