//! Whether two types are the same.

use super::render::{signature, type_name};
use super::shape::{Function, Shape, Type};

type Compared = Result<(), String>;

/// Compares two functions of the same name, and says what differs.
///
/// Structure counts, with the names of fields, cases and resources; names of types and parameters do not. It
/// walks along the expected type and stops at the first difference, so that a stranger's type, whatever its
/// form, cannot make it long.
pub(super) fn functions(wanted: &Function, found: &Function) -> Compared {
    if wanted.parameters.len() != found.parameters.len()
        || wanted.result.is_some() != found.result.is_some()
        || wanted.is_async != found.is_async
    {
        let (found, wanted) = (signature(found), signature(wanted));
        return Err(format!("it is {found} instead of {wanted}"));
    }
    for ((name, wanted), (_, found)) in wanted.parameters.iter().zip(&found.parameters) {
        types(wanted, found).map_err(|difference| format!("parameter {name}: {difference}"))?;
    }
    optional(wanted.result.as_ref(), found.result.as_ref())
        .map_err(|difference| format!("result: {difference}"))
}

fn types(wanted: &Type, found: &Type) -> Compared {
    let same = match (wanted.as_ref(), found.as_ref()) {
        (Shape::Primitive(wanted), Shape::Primitive(found)) => wanted == found,
        (Shape::Own(wanted), Shape::Own(found)) | (Shape::Borrow(wanted), Shape::Borrow(found)) => {
            wanted == found
        }
        (Shape::List(wanted), Shape::List(found)) | (Shape::Option(wanted), Shape::Option(found)) => {
            return types(wanted, found);
        }
        (Shape::Result(wanted_ok, wanted_err), Shape::Result(ok, err))
            if (wanted_ok.is_some(), wanted_err.is_some()) == (ok.is_some(), err.is_some()) =>
        {
            optional(wanted_ok.as_ref(), ok.as_ref())?;
            return optional(wanted_err.as_ref(), err.as_ref());
        }
        (Shape::Tuple(wanted), Shape::Tuple(found)) if wanted.len() == found.len() => {
            let mut pairs = wanted.iter().zip(found);
            return pairs.try_for_each(|(wanted, found)| types(wanted, found));
        }
        (
            Shape::Members { kind, name, members },
            Shape::Members {
                kind: found_kind,
                members: found,
                ..
            },
        ) if kind == found_kind => {
            let name = name.as_deref().unwrap_or("without a name");
            return self::members(&format!("{kind} {name}"), members, found);
        }
        _ => false,
    };
    if same {
        return Ok(());
    }
    let (found, wanted) = (type_name(found), type_name(wanted));
    Err(if found == wanted {
        format!("another {wanted}")
    } else {
        format!("{found} instead of {wanted}")
    })
}

fn members(what: &str, wanted: &[(String, Option<Type>)], found: &[(String, Option<Type>)]) -> Compared {
    let lacks =
        |members: &[(String, Option<Type>)], name: &str| members.iter().all(|(known, _)| known != name);
    if let Some((missing, _)) = wanted.iter().find(|(name, _)| lacks(found, name)) {
        return Err(format!("{what} has no {missing}"));
    }
    if let Some((more, _)) = found.iter().find(|(name, _)| lacks(wanted, name)) {
        return Err(format!("{what} has {more}, which this airs does not know"));
    }
    for ((name, wanted), (other, found)) in wanted.iter().zip(found) {
        if name != other {
            return Err(format!("{what} has {other} where {name} should be"));
        }
        optional(wanted.as_ref(), found.as_ref())
            .map_err(|difference| format!("{name} of {what}: {difference}"))?;
    }
    Ok(())
}

fn optional(wanted: Option<&Type>, found: Option<&Type>) -> Compared {
    match (wanted, found) {
        (Some(wanted), Some(found)) => types(wanted, found),
        (None, None) => Ok(()),
        (Some(wanted), None) => Err(format!("nothing instead of {}", type_name(wanted))),
        (None, Some(found)) => Err(format!("{} instead of nothing", type_name(found))),
    }
}
