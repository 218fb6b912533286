//! What stands in for the servers of the world.

use std::{fmt, rc::Rc};

use crate::{
    Code, Error, Result,
    http::{Request, Response},
};

type Answer = dyn Fn(&Request) -> Result<Response>;

/// Who answers what drivers ask servers, if anybody does.
#[derive(Clone, Default)]
pub(super) struct Servers(Option<Rc<Answer>>);

impl Servers {
    pub(super) fn new(answer: impl Fn(&Request) -> Result<Response> + 'static) -> Self {
        Self(Some(Rc::new(answer)))
    }

    pub(super) fn answer(&self, request: &Request) -> Result<Response> {
        if !["GET", "HEAD"].contains(&request.method()) {
            let message = format!("a {} request may have an effect", request.method());
            return Err(Error::new(Code::EffectInRun, message).hint("within a run there are GET and HEAD"));
        }
        match &self.0 {
            Some(answer) => answer(request),
            None => Err(Error::denied(format!("nobody answers for {}", request.url()))
                .hint("`Context::answer_http` says who does in a test")),
        }
    }
}

impl fmt::Debug for Servers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Servers").field(&self.0.is_some()).finish()
    }
}
