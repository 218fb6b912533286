//! Reading ranges: pages of the snapshot, with own writes in between.

use std::collections::BTreeMap;

use airs_core::Result;
use airs_platform::{Bytes, Check, Key, Page, Range};

use super::Transaction;

impl Transaction {
    /// At most `limit` entries with their keys, own writes included, and whether there are more. Fewer, when they
    /// would have more bytes than this; but one, if there is one.
    pub(crate) async fn scan(
        &mut self,
        prefix: Key,
        after: Option<Key>,
        limit: u32,
        bytes_max: usize,
    ) -> Result<(Vec<(Key, Bytes)>, bool)> {
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut found = Vec::new();
        let mut cursor = after;
        // One more than fits tells whether there is more. Own deletions may take a page away whole.
        while fitting(&found, wanted, bytes_max) == found.len() {
            let range = Range {
                prefix: prefix.clone(),
                after: cursor.take(),
                limit: limit.saturating_add(1),
            };
            let page = self.page(range.clone()).await?;
            let end = page
                .entries
                .last()
                .filter(|_| page.more)
                .map(|entry| entry.key.clone());
            self.merge(&range, page, end.as_ref(), &mut found);
            match end {
                Some(end) => cursor = Some(end),
                None => break,
            }
        }
        let kept = fitting(&found, wanted, bytes_max);
        let more = found.len() > kept;
        found.truncate(kept);
        Ok((found, more))
    }

    async fn page(&mut self, range: Range) -> Result<Page> {
        self.count_read(range.prefix.len() + range.after.as_ref().map_or(0, Vec::len))?;
        let page = match self.snapshot.scan(&range).await {
            Ok(page) => page,
            Err(error) => return Err(self.doomed(error.into())),
        };
        for entry in &page.entries {
            self.count_read(entry.key.len() + entry.stored.value.len())?;
        }
        let seen = page
            .entries
            .iter()
            .map(|entry| (entry.key.clone(), entry.stored.version))
            .collect();
        self.ranges.push(Check::Range {
            range,
            seen,
            more: page.more,
        });
        Ok(page)
    }

    /// Adds a page to what was found, with own writes in between, up to `end` or to the end of the prefix.
    fn merge(&self, range: &Range, page: Page, end: Option<&Key>, found: &mut Vec<(Key, Bytes)>) {
        let mut merged: BTreeMap<Key, Option<Bytes>> = page
            .entries
            .into_iter()
            .map(|entry| (entry.key, Some(entry.stored.value)))
            .collect();
        let own = self
            .writes
            .range(range.prefix.clone()..)
            .take_while(|(key, _)| key.starts_with(&range.prefix));
        for (key, value) in own {
            let begun = range.after.as_ref().is_none_or(|after| key > after);
            if begun && end.is_none_or(|end| key <= end) {
                merged.insert(key.clone(), value.clone());
            }
        }
        found.extend(merged.into_iter().filter_map(|(key, value)| Some((key, value?))));
    }
}

/// How many of these entries are no more than `wanted`, and have no more bytes than this; one always fits.
fn fitting(entries: &[(Key, Bytes)], wanted: usize, bytes_max: usize) -> usize {
    let mut bytes = 0;
    let fits = |(index, (key, value)): &(usize, &(Key, Bytes))| {
        bytes += key.len() + value.len();
        *index == 0 || bytes <= bytes_max
    };
    entries.iter().enumerate().take(wanted).take_while(fits).count()
}
