//! What the development loop answers: one answer a line, in JSON.

use std::fmt;

use airs_runtime::{
    Amount, Answer, AssetPath, Binding, Caller, CallerId, Code, Error, Item, Name, Report, Result, Value,
};
use serde::{Deserialize, Serialize};

use super::work::{FORM, owned_by};
use crate::error::Failure;

/// How a run has ended.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Told {
    form: u32,
    run: String,
    attempts: u32,
    replayed: bool,
    result: Ending,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Ending {
    Output(String),
    Amount(String),
    Items(Vec<(String, Vec<u8>)>),
    Data(Vec<u8>),
    Bound(String, Held),
    Unbound(String),
    Bindings(Vec<(String, Held)>),
    Failed(Failed),
}

/// What went wrong.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Failed {
    code: String,
    message: String,
    hint: Option<String>,
    causes: Vec<String>,
}

#[derive(Debug, Deserialize, Serialize)]
struct Held {
    driver: String,
    owner: String,
    controllers: Vec<String>,
}

impl From<Report> for Told {
    fn from(report: Report) -> Self {
        Self {
            form: FORM,
            run: report.run,
            attempts: report.attempts,
            replayed: report.replayed,
            result: report
                .result
                .map_or_else(|error| Ending::Failed(error.into()), Ending::from),
        }
    }
}

impl Told {
    /// The report that it was, unless it is not understood.
    pub(crate) fn report(self) -> Option<Report> {
        if self.form != FORM {
            return None;
        }
        Some(Report {
            run: self.run,
            attempts: self.attempts,
            replayed: self.replayed,
            result: self.result.result()?,
        })
    }
}

impl From<Answer> for Ending {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Output(output) => Self::Output(output),
            Answer::Value(Value::Amount(amount)) => Self::Amount(amount.to_string()),
            Answer::Value(Value::Items(items)) => {
                Self::Items(items.into_iter().map(|item| (item.id, item.data)).collect())
            }
            Answer::Value(Value::Data(data)) => Self::Data(data),
            Answer::Bound(path, binding) => Self::Bound(path.to_string(), binding.into()),
            Answer::Unbound(path) => Self::Unbound(path.to_string()),
            Answer::Bindings(all) => Self::Bindings(
                all.into_iter()
                    .map(|(path, binding)| (path, binding.into()))
                    .collect(),
            ),
            Answer::Resolved(..) => {
                let message = "a question was answered that nobody can ask";
                Self::Failed(Error::new(Code::Internal, message).into())
            }
        }
    }
}

impl Ending {
    fn result(self) -> Option<Result<Answer>> {
        Some(Ok(match self {
            Self::Output(output) => Answer::Output(output),
            Self::Amount(amount) => Answer::Value(Value::Amount(amount.parse::<Amount>().ok()?)),
            Self::Items(items) => {
                let item = |(id, data)| Item { id, data };
                Answer::Value(Value::Items(items.into_iter().map(item).collect()))
            }
            Self::Data(data) => Answer::Value(Value::Data(data)),
            Self::Bound(path, held) => Answer::Bound(in_full(&path)?, held.into()),
            Self::Unbound(path) => Answer::Unbound(in_full(&path)?),
            Self::Bindings(all) => {
                Answer::Bindings(all.into_iter().map(|(path, held)| (path, held.into())).collect())
            }
            Self::Failed(failed) => return failed.error().map(Err),
        }))
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::from(&Failure::from(error))
    }
}

impl From<&Failure> for Failed {
    fn from(failure: &Failure) -> Self {
        let hint = failure.hints().join("\n");
        Self {
            code: failure.reason().as_str().to_owned(),
            message: failure.message().to_owned(),
            hint: Some(hint).filter(|hint| !hint.is_empty()),
            causes: failure.causes().to_vec(),
        }
    }
}

impl Failed {
    /// The error that it was, unless its code is none of a run.
    fn error(self) -> Option<Error> {
        let mut error = Error::new(self.code.parse().ok()?, self.message);
        if let Some(hint) = self.hint {
            error = error.hint(hint);
        }
        let causes = self.causes.into_iter().rev();
        let chain = causes.fold(None, |inner, text| Some(Box::new(Cause { text, inner })));
        Some(match chain {
            Some(cause) => error.caused_by(cause),
            None => error,
        })
    }
}

/// What was underneath an error, elsewhere.
#[derive(Debug)]
struct Cause {
    text: String,
    inner: Option<Box<Self>>,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Cause {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let inner = self.inner.as_deref()?;
        Some(inner)
    }
}

impl From<Binding> for Held {
    fn from(binding: Binding) -> Self {
        Self {
            driver: binding.driver,
            owner: binding.owner.to_string(),
            controllers: binding.controllers,
        }
    }
}

impl From<Held> for Binding {
    /// What the driver made of the account data is nobody else's.
    fn from(held: Held) -> Self {
        Self {
            driver: held.driver,
            owner: owned_by(held.owner),
            controllers: held.controllers,
            account: Vec::new(),
        }
    }
}

/// A path that begins at the root: who says it, and where, makes no difference.
fn in_full(path: &str) -> Option<AssetPath> {
    let local = Name::local();
    AssetPath::parse(
        path,
        &Caller::local(&CallerId::operator(), &local),
        local.as_str(),
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use airs_runtime::{Amount, Answer, Binding, Code, Error, Item, Owner, Report, Value};

    use super::Told;

    /// The same after it has been said.
    fn said(result: airs_runtime::Result<Answer>) -> airs_runtime::Result<Answer> {
        let report = Report {
            run: "1".to_owned(),
            attempts: 2,
            replayed: true,
            result,
        };
        let line = serde_json::to_string(&Told::from(report)).unwrap();
        assert!(!line.contains('\n'));
        let told: Told = serde_json::from_str(&line).unwrap();
        let report = told.report().unwrap();
        assert_eq!(
            (report.run.as_str(), report.attempts, report.replayed),
            ("1", 2, true)
        );
        report.result
    }

    #[test]
    fn every_answer_is_the_same_after_it_was_said() {
        let binding = |owner| Binding {
            driver: "ledger".to_owned(),
            owner,
            controllers: vec!["carol".to_owned()],
            account: Vec::new(),
        };
        let item = Item {
            id: "a".to_owned(),
            data: vec![0, 255],
        };
        let path = || super::in_full("/accounts/alice").unwrap();
        for answer in [
            Answer::Output("{\"a\": 1}\n".to_owned()),
            Answer::Value(Value::Amount("12.50".parse::<Amount>().unwrap())),
            Answer::Value(Value::Items(vec![item])),
            Answer::Value(Value::Data(vec![1, 2])),
            Answer::Bound(path(), binding(Owner::Each)),
            Answer::Unbound(path()),
            Answer::Bindings(vec![("/a".to_owned(), binding(Owner::Caller("bob".to_owned())))]),
        ] {
            assert_eq!(said(Ok(answer.clone())).unwrap(), answer);
        }
    }

    #[test]
    fn an_error_keeps_its_code_its_hint_and_its_causes() {
        let error = Error::new(Code::InsufficientFunds, "too little").hint("earn more");
        let error = error.caused_by(std::io::Error::other("a cause"));
        let heard = said(Err(error)).unwrap_err();
        assert_eq!(
            (heard.code(), heard.message()),
            (Code::InsufficientFunds, "too little")
        );
        assert_eq!(heard.hint_text(), Some("earn more"));
        assert_eq!(std::error::Error::source(&heard).unwrap().to_string(), "a cause");
    }

    #[test]
    fn what_another_version_says_is_not_taken_for_an_answer() {
        let line =
            "{\"form\":1,\"run\":\"1\",\"attempts\":1,\"replayed\":false,\"result\":{\"output\":\"1\"}}";
        assert!(serde_json::from_str::<Told>(line).unwrap().report().is_none());
    }
}
