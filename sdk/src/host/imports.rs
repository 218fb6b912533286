//! The runtime, reached through the component's imports.

use std::{
    io::{self, Write},
    time::SystemTime,
};

use crate::{
    Receipt, Result, Rights, Value,
    bindings::{http as wire, storage, val, wasi_random},
    http,
    storage::Entry,
};

/// An open descriptor of a program.
#[derive(Debug)]
pub(crate) struct Descriptor(val::Asset);

pub(crate) fn intend(path: &str, rights: Rights) -> Result<Descriptor> {
    Ok(Descriptor(val::intend(path, rights.into())?))
}

impl Descriptor {
    pub(crate) fn view(&self) -> Result<Value> {
        self.0.view()?.try_into()
    }

    pub(crate) fn transfer(&self, to: &Self, value: Value) -> Result<Receipt> {
        Ok(self.0.transfer(&to.0, &value.into())?.into())
    }

    pub(crate) fn control(&self, operation: &str, input: &str) -> Result<String> {
        Ok(self.0.control(operation, input)?)
    }

    pub(crate) fn done(self) -> Result<()> {
        Ok(val::done(self.0)?)
    }
}

pub(crate) fn storage_get(key: &[u8]) -> Result<Option<Vec<u8>>> {
    Ok(storage::get(key)?)
}

pub(crate) fn storage_get_many(keys: &[Vec<u8>]) -> Result<Vec<Option<Vec<u8>>>> {
    Ok(storage::get_many(keys)?)
}

pub(crate) fn storage_set(key: &[u8], value: &[u8]) -> Result<()> {
    Ok(storage::set(key, value)?)
}

pub(crate) fn storage_delete(key: &[u8]) -> Result<()> {
    Ok(storage::delete(key)?)
}

/// A page of the entries under `prefix`, and whether there are more.
pub(crate) fn storage_scan(prefix: &[u8], after: Option<&[u8]>, limit: u32) -> Result<(Vec<Entry>, bool)> {
    let page = storage::scan(prefix, after, limit)?;
    let entries = page.entries.into_iter().map(|entry| Entry {
        key: entry.key,
        value: entry.value,
    });
    Ok((entries.collect(), page.more))
}

pub(crate) fn http_send(request: http::Request) -> Result<http::Response> {
    let headers = request.headers().iter();
    let answer = wire::send(&wire::Request {
        method: request.method().to_owned(),
        url: request.url().to_owned(),
        headers: headers
            .map(|(name, value)| wire::Header {
                name: name.clone(),
                value: value.clone(),
            })
            .collect(),
        body: None,
    })?;
    let headers = answer.headers.into_iter();
    Ok(http::Response {
        status: answer.status,
        headers: headers.map(|header| (header.name, header.value)).collect(),
        body: answer.body,
    })
}

pub(crate) fn random_u64() -> u64 {
    wasi_random::get_random_u64()
}

pub(crate) fn now() -> SystemTime {
    SystemTime::now()
}

/// Writes a line, whole and at once. What the host does not take is lost: a log never fails a run.
pub(crate) fn write_line(line: &str) {
    let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
}
