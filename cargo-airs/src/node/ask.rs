//! Asking for a run: of the development loop, where one serves the project, or of a runtime of one's own.

use std::time::Instant;

use airs_runtime::{Answer, Code, Report as RunReport, Request};

use super::absent::Absent;
use super::{Needs, Node};
use crate::error::{Failure, Reason, Result};
use crate::interrupt;
use crate::live::{FORM, Live, Question, Work};
use crate::report::Report;
use crate::settings;

/// What a run has answered.
pub(crate) struct Answered<T> {
    pub(crate) run: String,
    /// Whether it did so before.
    pub(crate) replayed: bool,
    pub(crate) answer: T,
}

/// Makes a run, and hands out its answer, of which `pick` takes what this kind of work is answered with.
pub(crate) fn ask<T>(
    settings: &settings::Node,
    needs: Needs<'_>,
    report: &Report,
    work: Work,
    pick: fn(Answer) -> Option<T>,
) -> Result<Answered<T>> {
    let Some(live) = Live::of(settings)? else {
        return Node::open(settings, needs, report)?.ask(work, pick);
    };
    report.detail("`cargo airs dev` serves this project, and is asked");
    let begun = Instant::now();
    let named = work.component();
    let question = Question {
        form: FORM,
        caller: settings.caller.to_string(),
        id: settings.id.map(|id| id.to_string()),
        timeout_ms: settings.timeout_ms,
        work,
    };
    let told = live.perform(&question, |log| report.say(log))?;
    answered(told, begun, &[], report, pick).map_err(|failure| {
        let is_missed = named.is_some_and(|name| live.component(&name).is_none());
        match failure.reason() {
            Reason::Airs(Code::NotFound) if is_missed => failure.hint(
                "`cargo airs dev` serves what airs.toml lists; it says itself why something of that does not serve",
            ),
            _ => failure,
        }
    })
}

impl Node {
    /// Makes a run. Ctrl-C cancels it: nothing of it remains, unless it was being committed.
    fn perform(&self, work: Work) -> Result<RunReport> {
        let run = self.runtime.perform(self.request(work));
        interrupt::unless_pressed(run).map_err(|failure| {
            failure
                .hint("nothing of the run remains, unless it was being committed: look before you repeat it")
        })
    }

    /// Makes a run, and waits for it on this thread, whatever else happens.
    pub(crate) fn make(&self, work: Work) -> RunReport {
        self.runtime.perform_blocking(self.request(work))
    }

    fn request(&self, work: Work) -> Request {
        let request = Request::from(work)
            .caller(self.request.caller.clone())
            .context(self.request.context.clone());
        let request = match self.request.timeout_ms {
            Some(milliseconds) => request.deadline_ms(milliseconds),
            None => request,
        };
        match self.request.id {
            Some(id) => request.id(id),
            None => request,
        }
    }

    /// Makes a run, and hands out its answer, of which `pick` takes what this kind of request is answered with.
    pub(crate) fn ask<T>(&self, work: Work, pick: fn(Answer) -> Option<T>) -> Result<Answered<T>> {
        let begun = Instant::now();
        let told = self.perform(work)?;
        answered(told, begun, &self.absent, &self.report, pick)
    }
}

/// The answer of a run that has ended.
fn answered<T>(
    told: RunReport,
    begun: Instant,
    absent: &[Absent],
    report: &Report,
    pick: fn(Answer) -> Option<T>,
) -> Result<Answered<T>> {
    let RunReport {
        run,
        attempts,
        replayed,
        result,
    } = told;
    report.detail(&format!(
        "run {run}: attempts {attempts}, {} ms",
        begun.elapsed().as_millis()
    ));
    let answer = match result {
        // What was not found may be one of them: then it is told why that one is not there. A program hands on what it was told,
        // so that there is only the text to know it by; what is said of a component that is absent is true in any case.
        Err(error) if error.code() == Code::NotFound => {
            if let Some(one) = absent.iter().find(|one| one.is_missed_in(error.message())) {
                return Err(one.missed(error.message()));
            }
            let hinted = |failure: Failure, absent: &Absent| failure.hint(absent.to_string());
            return Err(absent.iter().fold(error.into(), hinted));
        }
        result => {
            absent.iter().for_each(|absent| report.warn(&absent.to_string()));
            result?
        }
    };
    if replayed {
        report.note(&format!(
            "run {run} was committed before: this is its answer, and nothing was done again"
        ));
    }
    let Some(answer) = pick(answer) else {
        let message = format!("run {run} answered what was not asked for");
        return Err(Failure::new(Reason::Airs(Code::Internal), message));
    };
    Ok(Answered {
        run,
        replayed,
        answer,
    })
}
