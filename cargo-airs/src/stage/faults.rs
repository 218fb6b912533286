//! What is to go wrong.

use std::sync::{Arc, Mutex, PoisonError};

use airs_core::{Code, Error, GuestCall, Interposed, Interposer};
use serde::Deserialize;

/// Something that is to go wrong.
#[derive(Debug, Deserialize)]
pub(crate) struct Fault {
    place: Place,
    way: Way,
    /// How often it could happen before it does.
    after: u32,
    /// How often it happens.
    times: u32,
}

#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Place {
    /// Before a function of a component is called.
    Call { component: String, function: String },
    /// When something is read of the state.
    Read,
    /// When a run is committed.
    Commit,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Way {
    Trap,
    Refuse(Refusal),
    Unavailable,
    Full,
    Corrupt,
    Conflict,
    /// It is not carried out, and nobody learns of that.
    Lost,
    /// It is carried out, and nobody learns of that.
    AnswerLost,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(super) struct Refusal {
    code: String,
    message: String,
    hint: Option<String>,
}

/// What is to go wrong in a runtime, in the order in which it was asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Faults(Arc<Mutex<Vec<Fault>>>);

impl Faults {
    pub(super) fn add(&self, fault: Fault) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(fault);
    }

    /// What goes wrong here and now, if something does: the first fault that is due. The others count, too.
    pub(super) fn due(&self, place: impl Fn(&Place) -> bool) -> Option<Way> {
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut due = None;
        for fault in faults.iter_mut().filter(|fault| place(&fault.place)) {
            if fault.after > 0 {
                fault.after -= 1;
            } else if due.is_none() && fault.times > 0 {
                fault.times -= 1;
                due = Some(fault.way.clone());
            }
        }
        faults.retain(|fault| fault.times > 0);
        due
    }
}

impl Interposer for Faults {
    fn before(&self, call: &GuestCall<'_>) -> Interposed {
        let here = |place: &Place| {
            matches!(place, Place::Call { component, function }
                if component == call.component.as_str() && function == call.function)
        };
        match self.due(here) {
            None => Interposed::Passed,
            Some(Way::Refuse(refusal)) => Interposed::Refused(refusal.into()),
            Some(_) => Interposed::Fault(Error::new(
                Code::Trap,
                format!(
                    "{} {} trapped in {}, as its test wants",
                    call.kind, call.component, call.function
                ),
            )),
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let Refusal { code, message, hint } = refusal;
        let error = Self::new(code.parse().unwrap_or(Code::Rejected), message);
        match hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, Faults, Place, Way};

    fn fault(way: Way, after: u32, times: u32) -> Fault {
        Fault {
            place: Place::Read,
            way,
            after,
            times,
        }
    }

    #[test]
    fn faults_happen_when_they_are_due_and_as_often_as_they_are_to() {
        let faults = Faults::default();
        faults.add(fault(Way::Unavailable, 1, 2));
        faults.add(fault(Way::Corrupt, 0, 1));
        let read = || faults.due(|place| *place == Place::Read);
        assert_eq!(faults.due(|place| *place == Place::Commit), None);
        assert_eq!(read(), Some(Way::Corrupt));
        assert_eq!(
            [read(), read(), read()],
            [Some(Way::Unavailable), Some(Way::Unavailable), None]
        );
    }
}
