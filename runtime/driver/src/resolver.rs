//! Which binding covers a path, and who may bind where.

use airs_core::{AssetPath, Caller, Code, Error, Result};
use airs_platform::{Bytes, PAGE_BYTES_MAX};

use crate::binding::{Binding, Kept, unreadable};
use crate::namespace;
use crate::transaction::Transaction;

/// Bindings that one page of a listing holds.
const PAGE_ENTRIES: u32 = 256;

/// Where a path leads: the binding with the longest matching prefix, on whole segments.
#[derive(Debug)]
pub(crate) struct Resolved<'a> {
    pub(crate) prefix: &'a str,
    kept: Bytes,
}

impl Resolved<'_> {
    pub(crate) fn binding(&self) -> Result<Kept<'_>> {
        Kept::read(&self.kept)
    }

    pub(crate) fn whole(&self) -> Result<Binding> {
        Binding::from_bytes(&self.kept)
    }
}

/// Resolves a path. What is read on the way, absent bindings too, is part of what the run rests on.
pub(crate) async fn resolve<'a>(transaction: &mut Transaction, path: &'a AssetPath) -> Result<Resolved<'a>> {
    let mut key = namespace::binding(path.as_str());
    let above = key.len() - path.as_str().len();
    for prefix in path.upwards() {
        key.truncate(above + prefix.len());
        if let Some(kept) = transaction.get(key.as_slice()).await? {
            return Ok(Resolved { prefix, kept });
        }
    }
    Err(
        Error::new(Code::Unbound, format!("nothing is bound at or above {path}"))
            .hint("`cargo airs bindings` lists what is bound; `cargo airs bind` binds a driver to a path"),
    )
}

/// The binding exactly at a path.
pub(crate) async fn bound_at(transaction: &mut Transaction, path: &str) -> Result<Option<Binding>> {
    let kept = transaction.get(namespace::binding(path)).await?;
    kept.map(|bytes| Binding::from_bytes(&bytes)).transpose()
}

/// Everything that is bound at paths that begin with `beginning`, in the order of the paths.
pub(crate) async fn listed(transaction: &mut Transaction, beginning: &str) -> Result<Vec<(String, Binding)>> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let (entries, more) = transaction
            .scan(namespace::binding(beginning), after, PAGE_ENTRIES, PAGE_BYTES_MAX)
            .await?;
        for (key, bytes) in &entries {
            let path = namespace::binding_path(key).ok_or_else(|| unreadable("a binding's path"))?;
            all.push((path.to_owned(), Binding::from_bytes(bytes)?));
        }
        match entries.into_iter().last().filter(|_| more) {
            Some((key, _)) => after = Some(key),
            None => return Ok(all),
        }
    }
}

/// Whether `caller` may bind at `path`: nobody binds on, above or below what somebody else controls, and
/// outside of one's own home only an operator, or the controller of what is above, binds at all.
pub(crate) async fn check_may_bind(
    transaction: &mut Transaction,
    caller: &Caller,
    context: &str,
    path: &AssetPath,
) -> Result<()> {
    if bound_at(transaction, path.as_str()).await?.is_some() {
        return Err(Error::new(Code::AlreadyBound, format!("{path} is bound already"))
            .hint(format!("`cargo airs unbind {path}` frees it")));
    }
    let taken = |place: &str, other: &str| {
        let message = format!(
            "{path} lies {place} {other}, which {} does not control",
            caller.id
        );
        Error::new(Code::AlreadyBound, message).hint("bind at a path that lies neither above nor below it")
    };
    let mut controls_above = false;
    for prefix in path.upwards().skip(1) {
        if let Some(above) = bound_at(transaction, prefix).await? {
            if !above.is_controlled_by(&caller.id) {
                return Err(taken("below", prefix));
            }
            controls_above = true;
        }
    }
    for (below, binding) in listed(transaction, &format!("{path}/")).await? {
        if !binding.is_controlled_by(&caller.id) {
            return Err(taken("above", &below));
        }
    }
    let home = format!("/accounts/{}", caller.id);
    let at_home = *caller.home == *context && path.segment_after(&home).is_some();
    if controls_above || at_home || caller.is_operator() {
        return Ok(());
    }
    Err(
        Error::new(Code::Denied, format!("{} may not bind at {path}", caller.id))
            .hint(format!("a caller binds below {home}; elsewhere an operator does")),
    )
}
