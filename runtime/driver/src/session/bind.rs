//! Binding and unbinding.

use std::fmt;

use airs_core::{AssetPath, CallerId, Code, Error, Kind, Result};

use super::Session;
use crate::binding::{Binding, Owner};
use crate::catalog::unknown;
use crate::{namespace, resolver};

/// What is to be bound.
///
/// ```
/// use airs_core::Result;
/// use airs_driver::{Owner, Placement, Session};
///
/// async fn place(session: &mut Session) -> Result<()> {
///     let homes = Placement::new("/accounts", "ledger", r#"{"unit":"usd","scale":2}"#);
///     let (path, binding) = session.bind(&homes.owned_by(Owner::Each)).await?;
///     println!("{path} is bound, controlled by {}", binding.controllers.join(", "));
///     Ok(())
/// }
/// ```
#[derive(Clone)]
pub struct Placement {
    /// Where.
    pub path: String,
    /// Which driver.
    pub driver: String,
    /// Account data, JSON.
    pub account: String,
    /// Who owns what is bound; the caller, if nobody is named.
    pub owner: Option<Owner>,
    /// Who controls it; the caller, if nobody is named.
    pub controllers: Vec<String>,
}

impl Placement {
    /// A driver at a path, with account data in JSON; owned and controlled by the caller, unless more is said.
    pub fn new(path: impl Into<String>, driver: impl Into<String>, account: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            driver: driver.into(),
            account: account.into(),
            owner: None,
            controllers: Vec::new(),
        }
    }

    /// Says who owns what is bound.
    #[must_use]
    pub fn owned_by(self, owner: Owner) -> Self {
        Self {
            owner: Some(owner),
            ..self
        }
    }

    /// Says who controls it.
    #[must_use]
    pub fn controlled_by(self, controllers: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            controllers: controllers.into_iter().map(Into::into).collect(),
            ..self
        }
    }

    /// What nobody is called by could never be taken out of, or be controlled, again.
    fn check_callers(&self, context: &str) -> Result<()> {
        let owner = match &self.owner {
            Some(Owner::Caller(id)) => Some(id),
            Some(Owner::Each) | None => None,
        };
        let mut named = owner.into_iter().chain(&self.controllers);
        named.try_for_each(|id| id.parse::<CallerId>()?.check_in(context))
    }
}

/// Shows how long the account data is, and not what it says.
impl fmt::Debug for Placement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Placement")
            .field("path", &self.path)
            .field("driver", &self.driver)
            .field("account_bytes", &self.account.len())
            .field("owner", &self.owner)
            .field("controllers", &self.controllers)
            .finish()
    }
}

impl Session {
    /// Binds a driver to a path.
    ///
    /// # Errors
    /// [`Code::AlreadyBound`], [`Code::Denied`], [`Code::InvalidPath`], [`Code::InvalidName`] for an owner or a
    /// controller who is no caller, [`Code::NotFound`] for an unknown driver, and what the driver's `bind`
    /// answers.
    pub async fn bind(&mut self, placement: &Placement) -> Result<(AssetPath, Binding)> {
        let path = AssetPath::parse(&placement.path, &self.call.caller, self.call.context.as_str())?;
        placement.check_callers(self.call.context.as_str())?;
        let transaction = self.instances.transaction()?;
        resolver::check_may_bind(transaction, &self.call.caller, self.call.context.as_str(), &path).await?;
        let driver = self.drivers.get(placement.driver.as_str()).cloned();
        let driver = driver.ok_or_else(|| unknown(Kind::Driver, &placement.driver, self.drivers.keys()))?;
        let index = self.instances.of(&driver).await?;
        self.call.path = path;
        let account = self.instances.bind(index, &self.call, &placement.account).await?;
        let caller = &self.call.caller.id;
        let binding = Binding {
            driver: placement.driver.clone(),
            owner: placement
                .owner
                .clone()
                .unwrap_or_else(|| Owner::Caller(caller.to_string())),
            controllers: match placement.controllers.as_slice() {
                [] => vec![caller.to_string()],
                named => named.to_vec(),
            },
            account,
        };
        let key = namespace::binding(self.call.path.as_str());
        self.instances
            .transaction()?
            .put(key, Some(binding.to_bytes().into()))?;
        Ok((self.call.path.clone(), binding))
    }

    /// Removes the binding at a path.
    ///
    /// # Errors
    /// [`Code::Unbound`], [`Code::Denied`] for one who does not control it, and what the driver's `unbind`
    /// answers.
    pub async fn unbind(&mut self, path: &str) -> Result<AssetPath> {
        let path = AssetPath::parse(path, &self.call.caller, self.call.context.as_str())?;
        let binding = resolver::bound_at(self.instances.transaction()?, path.as_str()).await?;
        let binding = binding.ok_or_else(|| {
            Error::new(Code::Unbound, format!("nothing is bound exactly at {path}"))
                .hint("`cargo airs bindings` lists what is bound")
        })?;
        if !binding.is_controlled_by(&self.call.caller.id) {
            let message = format!("{} does not control the binding at {path}", self.call.caller.id);
            let hint = format!("it is controlled by {}", binding.controllers.join(", "));
            return Err(Error::new(Code::Denied, message).hint(hint));
        }
        let driver = self.driver(&binding.driver, path.as_str())?;
        let index = self.instances.of(&driver).await?;
        self.call.path = path;
        self.instances.unbind(index, &self.call, &binding.account).await?;
        self.instances
            .transaction()?
            .put(namespace::binding(self.call.path.as_str()), None)?;
        Ok(self.call.path.clone())
    }

    /// The binding that covers a path: the path in full, where it is bound, and the binding. No driver is asked.
    ///
    /// # Errors
    /// [`Code::InvalidPath`], [`Code::Unbound`].
    pub async fn resolve(&mut self, path: &str) -> Result<(AssetPath, String, Binding)> {
        let path = AssetPath::parse(path, &self.call.caller, self.call.context.as_str())?;
        let resolved = resolver::resolve(self.instances.transaction()?, &path).await?;
        let (prefix, binding) = (resolved.prefix.to_owned(), resolved.whole()?);
        Ok((path, prefix, binding))
    }

    /// Everything that is bound, in the order of the paths.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub async fn bindings(&mut self) -> Result<Vec<(String, Binding)>> {
        resolver::listed(self.instances.transaction()?, "").await
    }
}
