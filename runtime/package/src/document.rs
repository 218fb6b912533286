//! TOML with positions: every complaint names file, line and column, and unknown keys the nearest one.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::str::EscapeDebug;

use airs_core::{LimitScope, Limits};
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use crate::PackageError;

/// The text of a TOML file.
#[derive(Clone, Copy)]
pub(crate) struct Document<'d> {
    path: &'d Path,
    text: &'d str,
}

/// A table of a document, and how it is called in messages.
pub(crate) struct Table<'d> {
    document: Document<'d>,
    place: String,
    span: Range<usize>,
    entries: &'d DeTable<'d>,
}

/// A key of a table with its value.
pub(crate) struct Entry<'d> {
    document: Document<'d>,
    place: String,
    key: &'d Spanned<DeString<'d>>,
    value: &'d Spanned<DeValue<'d>>,
}

impl<'d> Document<'d> {
    pub(crate) fn new(path: &'d Path, text: &'d str) -> Self {
        Self { path, text }
    }

    pub(crate) fn parse(&self) -> Result<Spanned<DeTable<'d>>, PackageError> {
        DeTable::parse(self.text).map_err(|error| {
            let message = error.message().replace('\n', ", ");
            self.error(error.span().unwrap_or_default(), message)
        })
    }

    pub(crate) fn root(self, parsed: &'d Spanned<DeTable<'d>>) -> Table<'d> {
        Table {
            document: self,
            place: String::new(),
            span: 0..0,
            entries: parsed.get_ref(),
        }
    }

    fn error(&self, span: Range<usize>, message: impl Into<String>) -> PackageError {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        PackageError::Config {
            path: self.path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
            message: message.into(),
            hint: None,
        }
    }
}

impl<'d> Table<'d> {
    pub(crate) fn iter(&self) -> impl Iterator<Item = Entry<'d>> {
        let (document, place) = (self.document, self.place.clone());
        self.entries.iter().map(move |(key, value)| {
            let shown = key.get_ref().escape_debug();
            let place = if place.is_empty() {
                shown.to_string()
            } else {
                format!("{place}.{shown}")
            };
            Entry {
                document,
                place,
                key,
                value,
            }
        })
    }

    pub(crate) fn get(&self, key: &str) -> Option<Entry<'d>> {
        self.iter().find(|entry| entry.key() == key)
    }

    pub(crate) fn required(&self, key: &str, example: &str) -> Result<Entry<'d>, PackageError> {
        self.get(key).ok_or_else(|| {
            self.error(format!("{} has no {key}", self.shown()))
                .with_hint(format!("write {example}"))
        })
    }

    /// Refuses every key that is not among `known`.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), PackageError> {
        match self.iter().find(|entry| !known.contains(&entry.key())) {
            Some(stranger) => Err(stranger.unknown(&format!("in {}", self.shown()), known)),
            None => Ok(()),
        }
    }

    pub(crate) fn error(&self, message: impl Into<String>) -> PackageError {
        self.document.error(self.span.clone(), message)
    }

    /// `{ memory_bytes = 33554432 }`, of the limits whose scope is one of those; what is not there is as in `unstated`.
    pub(crate) fn limits(
        &self,
        unstated: Limits,
        within: fn(LimitScope) -> bool,
    ) -> Result<Limits, PackageError> {
        let is_known = |name: &str| Limits::scope(name).is_some_and(within);
        let known = Limits::ALL.iter().filter(|(name, _)| is_known(name));
        let maxima: BTreeMap<_, _> = known.map(|(name, limit)| (*name, limit.max)).collect();
        let mut limits = unstated;
        for entry in self.iter() {
            let (Some(limit), Some(max)) = (limits.by_name_mut(entry.key()), maxima.get(entry.key())) else {
                let known: Vec<_> = maxima.keys().copied().collect();
                return Err(match Limits::scope(entry.key()) {
                    Some(_) => entry
                        .key_error(format!("{} is no limit of a component", entry.key()))
                        .with_hint("who operates the runtime sets it, in [runtime.limits] of airs.toml"),
                    None => entry.unknown("as a limit", &known),
                });
            };
            *limit = entry.natural(*max)?;
        }
        Ok(limits)
    }

    fn shown(&self) -> String {
        match self.place.as_str() {
            "" => "the file".to_owned(),
            place => format!("[{place}]"),
        }
    }
}

impl<'d> Entry<'d> {
    pub(crate) fn key(&self) -> &'d str {
        self.key.get_ref().as_ref()
    }

    /// The key on one line: one in quotes may have any character.
    fn shown_key(&self) -> EscapeDebug<'d> {
        self.key().escape_debug()
    }

    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    pub(crate) fn table(&self) -> Result<Table<'d>, PackageError> {
        match self.value.get_ref() {
            DeValue::Table(entries) => Ok(Table {
                document: self.document,
                place: self.place.clone(),
                span: self.value.span(),
                entries,
            }),
            _ => Err(self.not_a("a table")),
        }
    }

    /// The items of a list, each as an entry of its own.
    pub(crate) fn list(&self) -> Result<impl Iterator<Item = Self>, PackageError> {
        let DeValue::Array(items) = self.value.get_ref() else {
            return Err(self.not_a("a list"));
        };
        let (document, key) = (self.document, self.key);
        Ok((1..).zip(items).map(move |(number, value)| Self {
            document,
            place: format!("{}, item {number}", self.place),
            key,
            value,
        }))
    }

    /// Whether the value is a table.
    pub(crate) fn is_table(&self) -> bool {
        matches!(self.value.get_ref(), DeValue::Table(_))
    }

    pub(crate) fn string(&self) -> Result<&'d str, PackageError> {
        self.value
            .get_ref()
            .as_str()
            .ok_or_else(|| self.not_a("a string"))
    }

    pub(crate) fn boolean(&self) -> Result<bool, PackageError> {
        let value = self.value.get_ref().as_bool();
        value.ok_or_else(|| self.not_a("true or false"))
    }

    /// An integer from 1 to `max`.
    pub(crate) fn natural(&self, max: u64) -> Result<u64, PackageError> {
        let integer = self.value.get_ref().as_integer();
        let integer = integer.ok_or_else(|| self.not_a("an integer"))?;
        match u64::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(number) if (1..=max).contains(&number) => Ok(number),
            _ => {
                // The parser leaves it to us to see whether all of it are digits.
                let found = integer.to_string();
                let found = found.escape_debug();
                Err(self.error(format!("{} is from 1 to {max}, not {found}", self.place)))
            }
        }
    }

    /// An error at the value.
    pub(crate) fn error(&self, message: impl Into<String>) -> PackageError {
        self.document.error(self.value.span(), message)
    }

    /// An error at the key.
    pub(crate) fn key_error(&self, message: impl Into<String>) -> PackageError {
        self.document.error(self.key.span(), message)
    }

    pub(crate) fn not_a(&self, wanted: &str) -> PackageError {
        let found = self.value.get_ref().type_str();
        self.error(format!("{} is {wanted}, not a value of type {found}", self.place))
    }

    pub(crate) fn unknown(&self, whereabouts: &str, known: &[&str]) -> PackageError {
        let error = self.key_error(format!("{} is not known {whereabouts}", self.shown_key()));
        match nearest(self.key(), known) {
            Some(near) => error.with_hint(format!("write {near}")),
            None => error.with_hint(format!("known are {}", known.join(", "))),
        }
    }
}

/// The one of `known` that `text` was probably meant to be.
pub(crate) fn nearest<'k>(text: &str, known: &[&'k str]) -> Option<&'k str> {
    let plain = text.to_lowercase().replace('-', "_");
    known
        .iter()
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&plain, &candidate.replace('-', "_")),
                *candidate,
            )
        })
        .filter(|(distance, candidate)| *distance <= candidate.len().max(3) / 3)
        .min()
        .map(|(_, candidate)| candidate)
}
