//! An element, and what is asked of it.

use crate::refusal::Refusal;
use crate::shown::shown;

/// An element with what is in it.
#[derive(Debug)]
pub(crate) struct Element {
    pub(super) name: String,
    pub(super) line: u64,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) text: String,
    pub(super) children: Vec<Self>,
}

impl Element {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let mut pairs = self.attributes.iter();
        pairs
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// All elements of this name directly in this one.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The one element of this name, if there is any; a second one is a fault.
    pub(crate) fn optional(&self, name: &str) -> Result<Option<&Self>, Refusal> {
        let mut found = self.all(name);
        let first = found.next();
        found
            .next()
            .map_or(Ok(first), |second| Err(second.invalid("there are two of it")))
    }

    /// The one element at the end of this way of names.
    pub(crate) fn one(&self, way: &str) -> Result<&Self, Refusal> {
        way.split('/').try_fold(self, |element, name| {
            let child = element.optional(name)?;
            child.ok_or_else(|| element.invalid(format!("it has no {name}")))
        })
    }

    /// Nothing, unless there is an element of this name directly in it: that is a fault of that element.
    pub(crate) fn without(&self, name: &str, why: &str) -> Result<(), Refusal> {
        let mut found = self.all(name);
        found.next().map_or(Ok(()), |child| Err(child.invalid(why)))
    }

    /// Its text: something, without control characters, at most this many characters.
    pub(crate) fn text(&self, characters_max: usize) -> Result<&str, Refusal> {
        if !self.children.is_empty() {
            return Err(self.invalid("it holds elements, not text"));
        }
        if self.text.trim().is_empty() {
            return Err(self.invalid("it is empty"));
        }
        if self.text.chars().count() > characters_max {
            return Err(self.invalid(format!("it is longer than {characters_max} characters")));
        }
        if self.text.chars().any(char::is_control) {
            return Err(self.invalid("it holds a control character"));
        }
        Ok(&self.text)
    }

    /// A fault of this element.
    pub(crate) fn invalid(&self, fault: impl Into<String>) -> Refusal {
        Refusal::Invalid {
            line: self.line,
            element: shown(&self.name),
            fault: shown(&fault.into()),
        }
    }
}
