//! Whether two types, of two sets of WIT packages, are the same.

use wit_parser::{Function, Handle, Resolve, Type, TypeDef, TypeDefKind, TypeId};

use super::render::{resource_name, signature, type_name};

/// Compares structure: names of fields, cases and resources count, names of types and parameters do not.
///
/// It walks along the expected type and stops at the first difference, so that a stranger's type, whatever
/// its form, cannot make it long.
#[derive(Clone, Copy)]
pub(super) struct Comparison<'c> {
    pub(super) expected: &'c Resolve,
    pub(super) found: &'c Resolve,
}

type Compared = Result<(), String>;

impl<'c> Comparison<'c> {
    /// Compares two functions of the same name.
    pub(super) fn function(&self, wanted: &Function, found: &Function) -> Compared {
        let parameters = wanted.params.iter().zip(&found.params);
        if wanted.params.len() != found.params.len()
            || wanted.result.is_some() != found.result.is_some()
            || wanted.kind.is_async() != found.kind.is_async()
        {
            let (found, wanted) = (signature(self.found, found), signature(self.expected, wanted));
            return Err(format!("it is {found} instead of {wanted}"));
        }
        for (wanted, found) in parameters {
            self.types(wanted.ty, found.ty)
                .map_err(|difference| format!("parameter {}: {difference}", wanted.name))?;
        }
        self.optional(wanted.result, found.result)
            .map_err(|difference| format!("result: {difference}"))
    }

    fn types(&self, wanted: Type, found: Type) -> Compared {
        let (wanted, found) = (resolved(self.expected, wanted), resolved(self.found, found));
        let differ = || {
            let (found, wanted) = (type_name(self.found, found), type_name(self.expected, wanted));
            if found == wanted {
                return Err(format!("another {wanted}"));
            }
            Err(format!("{found} instead of {wanted}"))
        };
        let (Type::Id(wanted_id), Type::Id(found_id)) = (wanted, found) else {
            return if wanted == found { Ok(()) } else { differ() };
        };
        let (Some(wanted), Some(found)) =
            (self.expected.types.get(wanted_id), self.found.types.get(found_id))
        else {
            return differ();
        };
        match (&wanted.kind, &found.kind) {
            (TypeDefKind::Handle(Handle::Own(wanted)), TypeDefKind::Handle(Handle::Own(found)))
            | (TypeDefKind::Handle(Handle::Borrow(wanted)), TypeDefKind::Handle(Handle::Borrow(found))) => {
                self.resources(*wanted, *found)
            }
            (TypeDefKind::List(wanted), TypeDefKind::List(found))
            | (TypeDefKind::Option(wanted), TypeDefKind::Option(found)) => self.types(*wanted, *found),
            (TypeDefKind::Result(wanted), TypeDefKind::Result(found)) => {
                if (wanted.ok.is_some(), wanted.err.is_some()) != (found.ok.is_some(), found.err.is_some()) {
                    return differ();
                }
                self.optional(wanted.ok, found.ok)?;
                self.optional(wanted.err, found.err)
            }
            (TypeDefKind::Tuple(wanted), TypeDefKind::Tuple(found)) => {
                if wanted.types.len() != found.types.len() {
                    return differ();
                }
                let mut pairs = wanted.types.iter().zip(&found.types);
                pairs.try_for_each(|(wanted, found)| self.types(*wanted, *found))
            }
            (TypeDefKind::Resource, TypeDefKind::Resource) => self.resources(wanted_id, found_id),
            _ => match (members(wanted), members(found)) {
                (Some(members), Some(others)) if wanted.kind.as_str() == found.kind.as_str() => {
                    self.members(wanted, &members, &others)
                }
                _ => differ(),
            },
        }
    }

    fn members(&self, of: &TypeDef, wanted: &[Member<'_>], found: &[Member<'_>]) -> Compared {
        let what = format!(
            "{} {}",
            of.kind.as_str(),
            of.name.as_deref().unwrap_or("without a name")
        );
        if let Some((missing, _)) = wanted
            .iter()
            .find(|(name, _)| found.iter().all(|(other, _)| other != name))
        {
            return Err(format!("{what} has no {missing}"));
        }
        if let Some((more, _)) = found
            .iter()
            .find(|(name, _)| wanted.iter().all(|(other, _)| other != name))
        {
            return Err(format!("{what} has {more}, which this airs does not know"));
        }
        for ((name, wanted), (other, found)) in wanted.iter().zip(found) {
            if name != other {
                return Err(format!("{what} has {other} where {name} should be"));
            }
            self.optional(*wanted, *found)
                .map_err(|difference| format!("{name} of {what}: {difference}"))?;
        }
        Ok(())
    }

    fn optional(&self, wanted: Option<Type>, found: Option<Type>) -> Compared {
        match (wanted, found) {
            (Some(wanted), Some(found)) => self.types(wanted, found),
            (None, None) => Ok(()),
            (Some(wanted), None) => Err(format!("nothing instead of {}", type_name(self.expected, wanted))),
            (None, Some(found)) => Err(format!("{} instead of nothing", type_name(self.found, found))),
        }
    }

    /// Resources have no structure: they are the same by name.
    fn resources(&self, wanted: TypeId, found: TypeId) -> Compared {
        let name = |resolve, id| match resolved(resolve, Type::Id(id)) {
            Type::Id(id) => resource_name(resolve, id),
            _ => String::new(),
        };
        let (wanted, found) = (name(self.expected, wanted), name(self.found, found));
        if wanted == found {
            return Ok(());
        }
        Err(format!("resource {found} instead of {wanted}"))
    }
}

type Member<'t> = (&'t str, Option<Type>);

/// Fields or cases by name, for the kinds of type that have them.
fn members(definition: &TypeDef) -> Option<Vec<Member<'_>>> {
    Some(match &definition.kind {
        TypeDefKind::Record(record) => {
            let fields = record.fields.iter();
            fields
                .map(|field| (field.name.as_str(), Some(field.ty)))
                .collect()
        }
        TypeDefKind::Variant(variant) => {
            let cases = variant.cases.iter();
            cases.map(|case| (case.name.as_str(), case.ty)).collect()
        }
        TypeDefKind::Enum(cases) => cases
            .cases
            .iter()
            .map(|case| (case.name.as_str(), None))
            .collect(),
        TypeDefKind::Flags(flags) => flags
            .flags
            .iter()
            .map(|flag| (flag.name.as_str(), None))
            .collect(),
        _ => return None,
    })
}

/// The type behind other names for it.
fn resolved(resolve: &Resolve, mut ty: Type) -> Type {
    while let Type::Id(id) = ty {
        match resolve.types.get(id).map(|definition| &definition.kind) {
            Some(TypeDefKind::Type(behind)) => ty = *behind,
            _ => break,
        }
    }
    ty
}
