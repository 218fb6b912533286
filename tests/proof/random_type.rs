//! Types at random, and how the text form of a component declares them.

use std::fmt::Write as _;

use arbitrary::{Result, Unstructured};

/// How deep types nest.
const DEPTH_MAX: usize = 4;
/// Members of a tuple, a record or a variant.
const MEMBERS_MAX: usize = 5;
/// More than one byte tells apart.
const MANY_CASES: usize = 300;
/// More there cannot be.
const FLAGS_MAX: usize = 32;

/// Names of members; words of the notations are among them.
const NAMES: [&str; 12] = [
    "a",
    "some",
    "b-2",
    "true",
    "C-d",
    "none",
    "ok",
    "nan",
    "err",
    "false",
    "inf",
    "of-a-member",
];

/// A type of values that can be handed over.
pub(crate) enum Type {
    Plain(Plain),
    List(Box<Self>),
    Option(Box<Self>),
    Result(Option<Box<Self>>, Option<Box<Self>>),
    Tuple(Vec<Self>),
    Record(Vec<(String, Self)>),
    Variant(Vec<(String, Option<Self>)>),
    Enum(Vec<String>),
    Flags(Vec<String>),
}

/// A type without parts.
#[derive(Clone, Copy)]
pub(crate) enum Plain {
    Bool,
    S8,
    U8,
    S16,
    U16,
    S32,
    U32,
    S64,
    U64,
    F32,
    F64,
    Char,
    String,
}

const PLAIN: [(Plain, &str); 13] = [
    (Plain::Bool, "bool"),
    (Plain::S8, "s8"),
    (Plain::U8, "u8"),
    (Plain::S16, "s16"),
    (Plain::U16, "u16"),
    (Plain::S32, "s32"),
    (Plain::U32, "u32"),
    (Plain::S64, "s64"),
    (Plain::U64, "u64"),
    (Plain::F32, "f32"),
    (Plain::F64, "f64"),
    (Plain::Char, "char"),
    (Plain::String, "string"),
];

/// What the member with this number is called.
fn name(number: usize) -> String {
    NAMES
        .get(number)
        .map_or_else(|| format!("n{number}"), |name| (*name).to_owned())
}

impl Type {
    pub(crate) fn random(source: &mut Unstructured<'_>) -> Result<Self> {
        Self::within(source, DEPTH_MAX)
    }

    fn within(source: &mut Unstructured<'_>, depth: usize) -> Result<Self> {
        if depth == 0 || source.ratio(1, 4)? {
            return Ok(Self::Plain(source.choose(&PLAIN)?.0));
        }
        let part = |source: &mut Unstructured<'_>| Self::within(source, depth - 1);
        let maybe = |source: &mut Unstructured<'_>| match source.ratio(2, 3)? {
            true => part(source).map(Some),
            false => Ok(None),
        };
        Ok(match source.int_in_range(0..=7)? {
            0 => Self::List(part(source)?.into()),
            1 => Self::Option(part(source)?.into()),
            2 => Self::Result(maybe(source)?.map(Box::new), maybe(source)?.map(Box::new)),
            3 => Self::Tuple(several(source, part)?),
            4 => Self::Record(named(several(source, part)?)),
            5 => Self::Variant(named(several(source, maybe)?)),
            6 if source.ratio(1, 8)? => Self::Enum(names(MANY_CASES)),
            6 => Self::Enum(names(source.int_in_range(1..=MEMBERS_MAX)?)),
            _ => Self::Flags(names(source.int_in_range(1..=FLAGS_MAX)?)),
        })
    }

    /// Declares what has to have a name, with its number, and says how the type is written.
    pub(crate) fn declared(&self, text: &mut String, count: &mut usize) -> String {
        let mut part = |ty: &Self| ty.declared(text, count);
        let written = |names: &[String]| {
            names.iter().fold(String::new(), |mut all, name| {
                let _ = write!(all, " {name:?}");
                all
            })
        };
        let body = match self {
            Self::Plain(plain) => {
                let (_, written) = PLAIN[*plain as usize];
                return written.to_owned();
            }
            Self::List(item) => return format!("(list {})", part(item)),
            Self::Option(some) => return format!("(option {})", part(some)),
            Self::Result(ok, err) => {
                let ok = ok.as_ref().map(|ok| part(ok)).unwrap_or_default();
                let err = err.as_ref().map(|err| format!("(error {})", part(err)));
                return format!("(result {ok} {})", err.unwrap_or_default());
            }
            Self::Tuple(items) => {
                let items: Vec<String> = items.iter().map(part).collect();
                return format!("(tuple {})", items.join(" "));
            }
            Self::Record(fields) => {
                fields.iter().fold("(record".to_owned(), |all, (name, ty)| {
                    format!("{all} (field {name:?} {})", part(ty))
                }) + ")"
            }
            Self::Variant(cases) => {
                cases.iter().fold("(variant".to_owned(), |all, (name, payload)| {
                    format!(
                        "{all} (case {name:?} {})",
                        payload.as_ref().map(&mut part).unwrap_or_default()
                    )
                }) + ")"
            }
            Self::Enum(cases) => format!("(enum{})", written(cases)),
            Self::Flags(flags) => format!("(flags{})", written(flags)),
        };
        *count += 1;
        let _ = writeln!(
            text,
            r#"(type $t{count} {body}) (export $e{count} "t{count}" (type $t{count}))"#
        );
        format!("$e{count}")
    }
}

fn several<T>(
    source: &mut Unstructured<'_>,
    mut one: impl FnMut(&mut Unstructured<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let count = source.int_in_range(1..=MEMBERS_MAX)?;
    (0..count).map(|_| one(source)).collect()
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(name).collect()
}

fn named<T>(members: Vec<T>) -> Vec<(String, T)> {
    let numbered = members.into_iter().enumerate();
    numbered.map(|(number, member)| (name(number), member)).collect()
}
