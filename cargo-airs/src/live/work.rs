//! What commands ask the development loop for: one question a line, in JSON.

use airs_runtime::{Name, Owner, Placement, Request};
use serde::{Deserialize, Serialize};

/// The form of what is said. Whoever knows another one is another version of this tool.
pub(crate) const FORM: u32 = 3;

/// A run that is asked for.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Question {
    pub(crate) form: u32,
    pub(crate) caller: String,
    pub(crate) id: Option<String>,
    pub(crate) timeout_ms: Option<u64>,
    pub(crate) work: Work,
}

impl Question {
    /// Of a caller, who asks once and waits as long as it takes.
    pub(crate) fn of(caller: &str, work: Work) -> Self {
        Self {
            form: FORM,
            caller: caller.to_owned(),
            id: None,
            timeout_ms: None,
            work,
        }
    }

    /// The run, in whichever context.
    pub(crate) fn request(self) -> airs_runtime::Result<Request> {
        let request = Request::from(self.work).caller(self.caller.parse()?);
        let request = match self.timeout_ms {
            Some(milliseconds) => request.deadline_ms(milliseconds),
            None => request,
        };
        Ok(match self.id {
            Some(id) => request.id(id.parse()?),
            None => request,
        })
    }
}

/// What is to be done in a run.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Work {
    Run {
        program: String,
        input: String,
    },
    View {
        path: String,
    },
    Control {
        path: String,
        operation: String,
        input: String,
    },
    Bind {
        path: String,
        driver: String,
        account: String,
        owner: Option<String>,
        controllers: Vec<String>,
    },
    Unbind {
        path: String,
    },
    Bindings,
}

impl Work {
    /// The component that is named in it.
    pub(crate) fn component(&self) -> Option<Name> {
        match self {
            Self::Run { program: name, .. } | Self::Bind { driver: name, .. } => name.parse().ok(),
            Self::View { .. } | Self::Control { .. } | Self::Unbind { .. } | Self::Bindings => None,
        }
    }

    pub(crate) fn bind(placement: Placement) -> Self {
        let Placement {
            path,
            driver,
            account,
            owner,
            controllers,
        } = placement;
        Self::Bind {
            path,
            driver,
            account,
            owner: owner.map(|owner| owner.to_string()),
            controllers,
        }
    }
}

impl From<Work> for Request {
    fn from(work: Work) -> Self {
        match work {
            Work::Run { program, input } => Self::run(program, input),
            Work::View { path } => Self::view(path),
            Work::Control {
                path,
                operation,
                input,
            } => Self::control(path, operation, input),
            Work::Bind {
                path,
                driver,
                account,
                owner,
                controllers,
            } => Self::bind(Placement {
                path,
                driver,
                account,
                owner: owner.map(owned_by),
                controllers,
            }),
            Work::Unbind { path } => Self::unbind(path),
            Work::Bindings => Self::bindings(),
        }
    }
}

/// Who is meant by an owner's text form.
pub(super) fn owned_by(owner: String) -> Owner {
    match owner.as_str() {
        Owner::EACH => Owner::Each,
        _ => Owner::Caller(owner),
    }
}

#[cfg(test)]
mod tests {
    use airs_runtime::{Owner, Placement};

    use super::Work;

    #[test]
    fn a_binding_is_asked_for_as_it_was_typed() {
        let placement = Placement {
            controllers: vec!["carol".to_owned()],
            ..Placement::new("/a", "ledger", "null").owned_by(Owner::Each)
        };
        let work = Work::bind(placement);
        let line = serde_json::to_string(&work).unwrap();
        assert_eq!(serde_json::from_str::<Work>(&line).unwrap(), work);
        assert!(line.contains("\"owner\":\"each\""), "{line}");
    }
}
