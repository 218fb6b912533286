//! Who acts, and where.

/// Who a run acts for. The host fixes it; nothing in a request can change it.
///
/// ```
/// let caller = airs::Caller { id: "alice".into(), home: "local".into(), roles: vec!["teller".into()] };
/// assert!(caller.has_role("teller"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Caller {
    /// The caller's id: `alice`, or `home/alice` when another context is the caller's home.
    pub id: String,
    /// The context that the caller is at home in.
    pub home: String,
    /// Roles that the context's policy gives the caller, in alphabetical order.
    pub roles: Vec<String>,
}

impl Caller {
    /// Whether the context's policy gives the caller this role.
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|own| own == role)
    }
}

/// What a driver is told when a descriptor is made or something is bound. It holds for the descriptor's
/// whole life: what a driver needs later it keeps in its own descriptor.
///
/// ```
/// fn key(call: &airs::Call) -> String {
///     format!("balance{}", call.path)
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Call {
    /// The id of the run, a ULID.
    pub run: String,
    /// The context that the run happens in.
    pub context: String,
    /// The asset's path, normalised and absolute: `/accounts/alice/usd`.
    pub path: String,
    /// Who the run acts for.
    pub caller: Caller,
}
