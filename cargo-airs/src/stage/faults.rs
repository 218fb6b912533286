//! What is to go wrong.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use airs_runtime::{Code, Error, GuestCall, Interposed, Interposer, Kind, Loaded, Result};
use serde::Deserialize;

use super::fixed::parsed;

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
    /// When a driver reads what is stored: any, or this one.
    Read { driver: Option<String> },
    /// When a run is committed.
    Commit,
    /// When a URL is asked.
    Http { url: String },
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
    /// Of a server: nobody is there.
    Unreachable,
    Late,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(super) struct Refusal {
    code: String,
    message: String,
    hint: Option<String>,
}

/// What the host calls of a program, and of a driver while it serves.
const fn functions(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Program => &["run"],
        Kind::Driver => &["bind", "unbind", "intend", "view", "transfer", "control", "done"],
    }
}

impl Fault {
    /// Whether it can happen with these components in service: a test that rests on a fault that never comes proves
    /// nothing.
    fn check(&self, serving: &[Loaded]) -> Result<()> {
        if self.times == 0 {
            return Err(Error::new(
                Code::InvalidInput,
                "the fault is to happen no time at all",
            ));
        }
        let (name, function) = match &self.place {
            Place::Call { component, function } => (component, Some(function)),
            Place::Read { driver: Some(driver) } => (driver, None),
            Place::Read { driver: None } | Place::Commit => return Ok(()),
            Place::Http { url } => return parsed(url).map(drop),
        };
        let of_kind = |one: &&Loaded| function.is_some() || one.kind == Kind::Driver;
        let names = serving.iter().filter(of_kind).map(|one| one.name.as_str());
        let Some(found) = serving
            .iter()
            .filter(of_kind)
            .find(|one| one.name.as_str() == name)
        else {
            let what = function.map_or("driver", |_| "component");
            return Err(unknown(&format!("{what} {name:?} in service"), name, names));
        };
        let known = functions(found.kind);
        match function {
            Some(function) if !known.contains(&function.as_str()) => {
                let what = format!("function {function:?} that is called of {} {name}", found.kind);
                Err(unknown(&what, function, known.iter().copied()))
            }
            _ => Ok(()),
        }
    }
}

fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> Error {
    let error = Error::new(
        Code::NotFound,
        format!("there is no {what}: the fault could never happen"),
    );
    let distance = |known: &&str| strsim::damerau_levenshtein(known, name);
    match known.min_by_key(distance) {
        Some(nearest) => error.hint(format!("there is {nearest}")),
        None => error,
    }
}

/// What is to go wrong in a runtime, in the order in which it was asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Faults(Arc<Mutex<Vec<Fault>>>);

/// A fault that happens now.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Due {
    pub(super) way: Way,
    place: usize,
}

impl Faults {
    /// Has a fault happen from now on, with these components in service.
    pub(super) fn add(&self, fault: Fault, serving: &[Loaded]) -> Result<()> {
        fault.check(serving)?;
        self.all().push(fault);
        Ok(())
    }

    /// What goes wrong here and now, if something does: the first fault that is due. The others count, too.
    pub(super) fn due(&self, place: impl Fn(&Place) -> bool) -> Option<Due> {
        let mut faults = self.all();
        let mut due = None;
        for (index, fault) in faults.iter_mut().enumerate() {
            if !place(&fault.place) {
                continue;
            }
            if fault.after > 0 {
                fault.after -= 1;
            } else if due.is_none() && fault.times > 0 {
                fault.times -= 1;
                due = Some(Due {
                    way: fault.way.clone(),
                    place: index,
                });
            }
        }
        due
    }

    /// Puts off a fault that could not happen after all: it is due the next time.
    pub(super) fn put_off(&self, due: &Due) {
        // None is ever removed.
        if let Some(fault) = self.all().get_mut(due.place) {
            fault.times += 1;
        }
    }

    /// How often something is still to go wrong.
    pub(super) fn left(&self) -> u64 {
        self.all().iter().map(|fault| u64::from(fault.times)).sum()
    }

    fn all(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Interposer for Faults {
    fn before(&self, call: &GuestCall<'_>) -> Interposed {
        let here = |place: &Place| {
            matches!(place, Place::Call { component, function }
                if component == call.component.as_str() && function == call.function)
        };
        match self.due(here).map(|due| due.way) {
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
    use airs_runtime::{Code, Kind, Loaded};

    use super::{Fault, Faults, Place, Way};

    const ANY: Place = Place::Read { driver: None };

    fn fault(way: Way, after: u32, times: u32) -> Fault {
        Fault {
            place: ANY,
            way,
            after,
            times,
        }
    }

    #[test]
    fn faults_happen_when_they_are_due_and_as_often_as_they_are_to() {
        let faults = Faults::default();
        faults.add(fault(Way::Unavailable, 1, 2), &[]).unwrap();
        faults.add(fault(Way::Corrupt, 0, 1), &[]).unwrap();
        let read = || faults.due(|place| *place == ANY).map(|due| due.way);
        assert_eq!(faults.due(|place| *place == Place::Commit), None);
        assert_eq!(faults.left(), 3);
        assert_eq!(read(), Some(Way::Corrupt));
        assert_eq!(
            [read(), read(), read()],
            [Some(Way::Unavailable), Some(Way::Unavailable), None]
        );
        assert_eq!(faults.left(), 0);
    }

    #[test]
    fn a_fault_that_cannot_happen_is_refused() {
        let one = |kind, name: &str| Loaded {
            kind,
            name: name.parse().unwrap(),
            generation: 1,
            digest: String::new(),
        };
        let serving = [one(Kind::Driver, "watch"), one(Kind::Program, "bump")];
        let refused = |place, times| {
            let fault = Fault {
                place,
                way: Way::Trap,
                after: 0,
                times,
            };
            let error = Faults::default().add(fault, &serving).err()?;
            Some((error.code(), error.hint_text().unwrap_or_default().to_owned()))
        };
        let call = |component: &str, function: &str| Place::Call {
            component: component.to_owned(),
            function: function.to_owned(),
        };
        let read = |driver: &str| Place::Read {
            driver: Some(driver.to_owned()),
        };
        let near = |name: &str| Some((Code::NotFound, format!("there is {name}")));
        assert_eq!(refused(call("wacth", "control"), 1), near("watch"));
        assert_eq!(refused(call("watch", "contrl"), 1), near("control"));
        // Nothing is migrated once a runtime is there.
        assert!(refused(call("watch", "migrate"), 1).is_some());
        assert_eq!(refused(call("bump", "control"), 1), near("run"));
        assert_eq!(refused(read("bump"), 1), near("watch"));
        assert_eq!(
            refused(Place::Commit, 0),
            Some((Code::InvalidInput, String::new()))
        );
        for place in [
            call("watch", "done"),
            call("bump", "run"),
            read("watch"),
            ANY,
            Place::Commit,
        ] {
            assert_eq!(refused(place, 1), None);
        }
    }
}
