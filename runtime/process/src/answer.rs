//! What a run answers, and how that is kept.

use airs_core::{Amount, AssetPath, FieldReader, FieldWriter, Item, Result, Value};
use airs_driver::{Binding, unreadable};

/// What a run that ended well answers.
///
/// An example is at [the crate](crate).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A program's, or an operation's, output: JSON.
    Output(String),
    /// What an asset holds.
    Value(Value),
    /// What was bound, and where.
    Bound(AssetPath, Binding),
    /// What is no longer bound.
    Unbound(AssetPath),
    /// Everything that is bound.
    Bindings(Vec<(String, Binding)>),
    /// A path in full, where the binding is that covers it, and that binding.
    Resolved(AssetPath, String, Binding),
}

impl Answer {
    /// The output, if that is what was answered.
    pub fn output(self) -> Option<String> {
        match self {
            Self::Output(output) => Some(output),
            _ => None,
        }
    }

    /// What the asset holds, if that is what was answered.
    pub fn value(self) -> Option<Value> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }

    /// What was bound and where, if that is what was answered.
    pub fn bound(self) -> Option<(AssetPath, Binding)> {
        match self {
            Self::Bound(path, binding) => Some((path, binding)),
            _ => None,
        }
    }

    /// What is no longer bound, if that is what was answered.
    pub fn unbound(self) -> Option<AssetPath> {
        match self {
            Self::Unbound(path) => Some(path),
            _ => None,
        }
    }

    /// Everything that is bound, if that is what was answered.
    pub fn bindings(self) -> Option<Vec<(String, Binding)>> {
        match self {
            Self::Bindings(bindings) => Some(bindings),
            _ => None,
        }
    }

    /// The answer as it is kept.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let kind = match self {
            Self::Output(_) => 0,
            Self::Value(_) => 1,
            Self::Bound(..) => 2,
            Self::Unbound(_) => 3,
            Self::Bindings(_) => 4,
            Self::Resolved(..) => 5,
        };
        let mut fields = FieldWriter::new(kind);
        match self {
            Self::Output(output) => fields.field(output.as_bytes()),
            Self::Value(value) => write_value(&mut fields, value),
            Self::Bound(path, binding) => write_binding(&mut fields, path.as_str(), binding),
            Self::Unbound(path) => fields.field(path.as_str().as_bytes()),
            Self::Bindings(all) => {
                fields.count(all.len());
                for (path, binding) in all {
                    write_binding(&mut fields, path, binding);
                }
            }
            Self::Resolved(path, at, binding) => {
                fields.field(path.as_str().as_bytes());
                write_binding(&mut fields, at, binding);
            }
        }
        fields.into_bytes()
    }

    /// Reads a kept answer.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut fields = FieldReader::new(bytes);
        let read = read(&mut fields).filter(|_| fields.is_at_end());
        read.ok_or_else(|| unreadable("a kept answer"))
    }
}

fn write_value(fields: &mut FieldWriter, value: &Value) {
    match value {
        Value::Amount(Amount { units, scale }) => {
            fields.byte(0);
            fields.plain(&units.to_le_bytes());
            fields.byte(*scale);
        }
        Value::Items(items) => {
            fields.byte(1);
            fields.count(items.len());
            for Item { id, data } in items {
                fields.field(id.as_bytes());
                fields.field(data);
            }
        }
        Value::Data(data) => {
            fields.byte(2);
            fields.field(data);
        }
    }
}

fn write_binding(fields: &mut FieldWriter, path: &str, binding: &Binding) {
    fields.field(path.as_bytes());
    fields.field(&binding.to_bytes());
}

fn read(fields: &mut FieldReader<'_>) -> Option<Answer> {
    Some(match fields.byte()? {
        0 => Answer::Output(fields.text()?.to_owned()),
        1 => Answer::Value(read_value(fields)?),
        2 => {
            let (path, binding) = read_binding(fields)?;
            Answer::Bound(AssetPath::absolute(&path).ok()?, binding)
        }
        3 => Answer::Unbound(AssetPath::absolute(fields.text()?).ok()?),
        4 => {
            let count = fields.count()?;
            Answer::Bindings((0..count).map(|_| read_binding(fields)).collect::<Option<_>>()?)
        }
        5 => {
            let path = AssetPath::absolute(fields.text()?).ok()?;
            let (at, binding) = read_binding(fields)?;
            Answer::Resolved(path, at, binding)
        }
        _ => return None,
    })
}

fn read_value(fields: &mut FieldReader<'_>) -> Option<Value> {
    Some(match fields.byte()? {
        0 => Value::Amount(Amount {
            units: u128::from_le_bytes(fields.array()?),
            scale: fields.byte().filter(|scale| *scale <= Amount::SCALE_MAX)?,
        }),
        1 => {
            let count = fields.count()?;
            let mut item = || {
                let (id, data) = (fields.text()?.to_owned(), fields.field()?.to_vec());
                Some(Item { id, data })
            };
            Value::Items((0..count).map(|_| item()).collect::<Option<_>>()?)
        }
        2 => Value::Data(fields.field()?.to_vec()),
        _ => return None,
    })
}

fn read_binding(fields: &mut FieldReader<'_>) -> Option<(String, Binding)> {
    Some((
        fields.text()?.to_owned(),
        Binding::from_bytes(fields.field()?).ok()?,
    ))
}

#[cfg(test)]
mod tests {
    use airs_core::{Amount, AssetPath, Code, Item, Value};
    use airs_driver::{Binding, Owner};

    use super::Answer;

    fn answers() -> Vec<Answer> {
        let path = AssetPath::absolute("/accounts/alice").unwrap();
        let binding = Binding {
            driver: "ledger".into(),
            owner: Owner::Each,
            controllers: vec!["operator".into()],
            account: vec![1, 2, 3],
        };
        let items = [("a", vec![]), ("b", vec![0, 255])].map(|(id, data)| Item { id: id.into(), data });
        vec![
            Answer::Output(r#"{"paid":"2.50"}"#.into()),
            Answer::Output(String::new()),
            Answer::Value(Value::Amount(Amount {
                units: u128::MAX,
                scale: 38,
            })),
            Answer::Value(Value::Items(items.into())),
            Answer::Value(Value::Data(vec![7; 300])),
            Answer::Bound(path.clone(), binding.clone()),
            Answer::Unbound(path.clone()),
            Answer::Bindings(Vec::new()),
            Answer::Resolved(path, "/accounts".into(), binding.clone()),
            Answer::Bindings(vec![("/a".into(), binding.clone()), ("/b".into(), binding)]),
        ]
    }

    #[test]
    fn every_answer_is_kept_whole() {
        for answer in answers() {
            let bytes = answer.to_bytes();
            assert_eq!(Answer::from_bytes(&bytes), Ok(answer));
        }
    }

    #[test]
    fn what_is_no_answer_is_refused_and_harms_nobody() {
        for answer in answers() {
            let bytes = answer.to_bytes();
            for cut in 0..bytes.len() {
                let error = Answer::from_bytes(&bytes[..cut]).unwrap_err();
                assert_eq!(error.code(), Code::StorageCorrupt, "{answer:?} cut at {cut}");
            }
            for at in 0..bytes.len() {
                for changed in [0, 1, 5, 0x7f, 0xff] {
                    let mut bytes = bytes.clone();
                    bytes[at] = changed;
                    // Another answer, or none.
                    let _ = Answer::from_bytes(&bytes);
                }
            }
            assert!(Answer::from_bytes(&[bytes, vec![0]].concat()).is_err());
        }
    }

    #[test]
    fn the_format_of_version_1_is_read() {
        let kept = b"\x01\x00\xfa\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x02";
        let value = Value::Amount(Amount { units: 250, scale: 2 });
        assert_eq!(Answer::from_bytes(kept), Ok(Answer::Value(value)));
        assert_eq!(
            Answer::from_bytes(b"\0\x02\0\0\0{}"),
            Ok(Answer::Output("{}".into()))
        );
    }
}
