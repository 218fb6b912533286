//! WAVE, the WebAssembly value encoding.

mod writer;

use std::str::FromStr;

use wasm_wave::ast::{Node, NodeType};
use wasm_wave::parser::ParserError;
use wasm_wave::untyped::UntypedFuncCall;
use wasmtime::component::types::{Flags, Record};
use wasmtime::component::{Type, Val};

use super::{Signature, known, one_of};

pub(super) use writer::write;

type Read<T = Val> = Result<T, String>;

/// Reads `(a, b)`; nothing at all stands for no arguments.
pub(super) fn read(text: &str, signature: &Signature) -> Read<Vec<Val>> {
    let text = text.trim();
    let call = if text.is_empty() {
        "f()".to_owned()
    } else {
        format!("f{text}")
    };
    let parsed = UntypedFuncCall::parse(&call).map_err(|error| located(&error, text))?;
    let reader = Reader(&call);
    let given: Vec<&Node> = match parsed.params_node() {
        Some(node) => reader.nodes(node.as_tuple())?.collect(),
        None => Vec::new(),
    };
    let parameters = &signature.parameters;
    if given.len() > parameters.len() {
        return Err(format!(
            "there are {} and it takes {}",
            given.len(),
            parameters.len()
        ));
    }
    let all = parameters.iter().enumerate().map(|(at, (name, ty))| {
        let value = match (given.get(at), ty) {
            (Some(node), _) => reader.value(node, ty),
            (None, Type::Option(_)) => Ok(Val::Option(None)),
            (None, _) => Err("it is missing".to_owned()),
        };
        value.map_err(|why| format!("{name}: {why}"))
    });
    all.collect()
}

/// What the parser says, with the place as the person counts it.
fn located(error: &ParserError, text: &str) -> String {
    let what = match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    };
    // The text was parsed with one letter before it.
    let start = error.span().start.saturating_sub(1);
    let at: String = text
        .get(start..)
        .unwrap_or_default()
        .chars()
        .take(EXCERPT_CHARACTERS)
        .collect();
    if at.is_empty() {
        format!("{what}, at the end")
    } else {
        format!("{what}, at `{at}`")
    }
}

/// How much of the text a message shows.
const EXCERPT_CHARACTERS: usize = 16;

/// Reads values out of nodes of this text.
struct Reader<'t>(&'t str);

impl<'t> Reader<'t> {
    /// What the parser made of a node, or that it is something else.
    fn nodes<T>(&self, parsed: Result<T, ParserError>) -> Read<T> {
        parsed.map_err(|error| located(&error, self.0.get(1..).unwrap_or_default()))
    }

    fn value(&self, node: &Node, ty: &Type) -> Read {
        match ty {
            Type::List(list) => {
                let nodes = node.as_list().map_err(|_| self.unlike(node, "a [list]"))?;
                let element = list.ty();
                let values = nodes.map(|node| self.value(node, &element));
                values.collect::<Read<_>>().map(Val::List)
            }
            Type::Tuple(tuple) => {
                let nodes = node.as_tuple().map_err(|_| self.unlike(node, "a (tuple)"))?;
                let types = tuple.types();
                if nodes.len() != types.len() {
                    return Err(format!("a tuple of {} has {}", types.len(), nodes.len()));
                }
                let values = nodes.zip(types).map(|(node, ty)| self.value(node, &ty));
                values.collect::<Read<_>>().map(Val::Tuple)
            }
            Type::Record(record) => self.record(node, record),
            Type::Variant(variant) => {
                let case = node.as_variant(self.0);
                let (name, payload) = case.map_err(|_| self.unlike(node, "a case"))?;
                let ty = one_of("case", name, variant.cases().map(|case| (case.name, case.ty)))?;
                Ok(Val::Variant(name.to_owned(), self.payload(name, payload, ty)?))
            }
            Type::Enum(cases) => {
                let name = node.as_enum(self.0).map_err(|_| self.unlike(node, "a case"))?;
                known("case", name, cases.names())?;
                Ok(Val::Enum(name.to_owned()))
            }
            Type::Flags(flags) => self.flags(node, flags),
            Type::Option(option) => match (node.as_option(), option.ty()) {
                (Ok(None), _) => Ok(Val::Option(None)),
                (Ok(Some(node)), ty) => Ok(Val::Option(Some(Box::new(self.value(node, &ty)?)))),
                (Err(_), Type::Option(_) | Type::Result(_)) => Err(self.unlike(node, "some(…) or none")),
                // WAVE lets some(…) be left out where nothing else can be meant.
                (Err(_), ty) => Ok(Val::Option(Some(Box::new(self.value(node, &ty)?)))),
            },
            Type::Result(result) => match (node.as_result(), result.ok()) {
                (Ok(Ok(payload)), ok) => Ok(Val::Result(Ok(self.payload("ok", payload, ok)?))),
                (Ok(Err(payload)), _) => Ok(Val::Result(Err(self.payload("err", payload, result.err())?))),
                (Err(_), None | Some(Type::Option(_) | Type::Result(_))) => {
                    Err(self.unlike(node, "ok(…) or err(…)"))
                }
                (Err(_), Some(ty)) => Ok(Val::Result(Ok(Some(Box::new(self.value(node, &ty)?))))),
            },
            ty => self.scalar(node, ty),
        }
    }

    fn scalar(&self, node: &Node, ty: &Type) -> Read {
        Ok(match ty {
            Type::Bool => Val::Bool(node.as_bool().map_err(|_| self.unlike(node, "a bool"))?),
            Type::S8 => Val::S8(self.number(node, "s8")?),
            Type::U8 => Val::U8(self.number(node, "u8")?),
            Type::S16 => Val::S16(self.number(node, "s16")?),
            Type::U16 => Val::U16(self.number(node, "u16")?),
            Type::S32 => Val::S32(self.number(node, "s32")?),
            Type::U32 => Val::U32(self.number(node, "u32")?),
            Type::S64 => Val::S64(self.number(node, "s64")?),
            Type::U64 => Val::U64(self.number(node, "u64")?),
            Type::Float32 => Val::Float32(self.finite(node, "f32", f32::is_infinite)?),
            Type::Float64 => Val::Float64(self.finite(node, "f64", f64::is_infinite)?),
            Type::Char => {
                let char = node.as_char(self.0);
                Val::Char(char.map_err(|_| self.unlike(node, "a 'character'"))?)
            }
            Type::String => {
                let string = node
                    .as_str(self.0)
                    .map_err(|_| self.unlike(node, "a \"string\""))?;
                Val::String(string.into_owned())
            }
            _ => return Err("its type has no text form".to_owned()),
        })
    }

    fn number<T: FromStr>(&self, node: &Node, ty: &str) -> Read<T> {
        node.as_number(self.0)
            .map_err(|_| self.unlike(node, &format!("a number of type {ty}")))
    }

    /// A float; digits that are too large for the type are not infinity.
    fn finite<T: FromStr + Copy>(&self, node: &Node, ty: &str, infinite: impl Fn(T) -> bool) -> Read<T> {
        let number = self.number(node, ty)?;
        let digits = self
            .0
            .get(node.span())
            .is_some_and(|text| text.ends_with(|c: char| c.is_ascii_digit()));
        if digits && infinite(number) {
            return Err(self.unlike(node, &format!("a number of type {ty}")));
        }
        Ok(number)
    }

    fn record(&self, node: &Node, record: &Record) -> Read {
        // A record without fields given looks like no flags.
        let given: Vec<(&str, &Node)> = match node.ty() {
            NodeType::Record => self.nodes(node.as_record(self.0))?.collect(),
            _ => return Err(self.unlike(node, "a {field: value} record")),
        };
        for (name, _) in &given {
            known("field", name, record.fields().map(|field| field.name))?;
        }
        let fields = record.fields().map(|field| {
            let value = match (given.iter().find(|(name, _)| *name == field.name), &field.ty) {
                (Some((_, node)), ty) => self.value(node, ty),
                (None, Type::Option(_)) => Ok(Val::Option(None)),
                (None, _) => Err("it is missing".to_owned()),
            };
            let value = value.map_err(|why| format!("{}: {why}", field.name))?;
            Ok((field.name.to_owned(), value))
        });
        Ok(Val::Record(fields.collect::<Read<_>>()?))
    }

    fn flags(&self, node: &Node, flags: &Flags) -> Read {
        let given = node.as_flags(self.0).map_err(|_| self.unlike(node, "{flags}"))?;
        let mut set: Vec<String> = Vec::new();
        for name in given {
            let name = name.strip_prefix('%').unwrap_or(name);
            known("flag", name, flags.names())?;
            set.push(name.to_owned());
        }
        Ok(Val::Flags(set))
    }

    fn payload(&self, case: &str, node: Option<&Node>, ty: Option<Type>) -> Read<Option<Box<Val>>> {
        match (node, ty) {
            (Some(node), Some(ty)) => Ok(Some(Box::new(self.value(node, &ty)?))),
            (None, None) => Ok(None),
            (Some(_), None) => Err(format!("{case} carries nothing")),
            (None, Some(_)) => Err(format!("{case} carries a value, as in {case}(…)")),
        }
    }

    fn unlike(&self, node: &Node, expected: &str) -> String {
        let given = self.0.get(node.span()).unwrap_or_default();
        let shown: String = given.chars().take(EXCERPT_CHARACTERS).collect();
        let more = if shown.len() < given.len() { "…" } else { "" };
        format!("`{shown}{more}` is not {expected}")
    }
}
