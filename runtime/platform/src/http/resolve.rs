//! From names to addresses.

use std::fmt;
use std::io;
use std::net::IpAddr;

use futures_util::future::BoxFuture;

/// Finds the addresses of a host.
///
/// What it answers is not trusted: whoever has a name says where it leads, and says something else the next time. A
/// name is resolved once for a request, and the addresses are looked at before one of them is connected to.
///
/// So many names are resolved at once, and of them so many for one component in one context. A resolver is asked to the
/// end, also when nobody waits for its answer any more: until then the name keeps its place.
///
/// ```
/// use std::io;
/// use std::net::IpAddr;
/// use airs_platform::{Network, Resolve, Trust};
/// use futures_util::future::BoxFuture;
///
/// /// Knows one name.
/// #[derive(Debug)]
/// struct One;
///
/// impl Resolve for One {
///     fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
///         let known = name == "api.example";
///         Box::pin(async move { Ok(known.then_some([93, 184, 215, 14].into()).into_iter().collect()) })
///     }
/// }
///
/// let network = Network::with(One, Trust::OperatingSystem);
/// ```
pub trait Resolve: Send + Sync + fmt::Debug {
    /// The addresses of a name, in the order in which they are to be tried; none when it has none.
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>>;
}

/// As the operating system resolves names.
///
/// ```
/// use airs_platform::{Network, SystemResolver, Trust};
///
/// // Names as the operating system has them, and nobody trusted: requests in the clear only.
/// let network = Network::with(SystemResolver, Trust::Only(Vec::new()));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}
