//! Reading ranges: pages of the snapshot, with own writes in between.

use std::cmp::Ordering;
use std::ops::Bound;

use airs_core::Result;
use airs_platform::{Bytes, Check, Key, Page, Range};

use super::{ENTRY_BYTES, Transaction};

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
        let mut found = Found {
            entries: Vec::new(),
            bytes: 0,
            wanted: usize::try_from(limit).unwrap_or(usize::MAX),
            bytes_max,
        };
        let mut cursor = after;
        // Own deletions may take a page away whole.
        while !found.is_over() {
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
        Ok(found.into_page())
    }

    async fn page(&mut self, range: Range) -> Result<Page> {
        self.count_read(range.prefix.len() + range.after.as_ref().map_or(0, Vec::len))?;
        let page = match self.snapshot.scan(&range).await {
            Ok(page) => page,
            Err(error) => return Err(self.doomed(error.into())),
        };
        for entry in &page.entries {
            self.count_read(entry.key.len() + entry.stored.value.len())?;
            self.hold(ENTRY_BYTES + entry.key.len())?;
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

    /// Adds a page to what was found, with own writes in between, up to `end` or to the end of the prefix; no more of
    /// either than is wanted: there may be any number of own ones.
    fn merge(&self, range: &Range, page: Page, end: Option<&Key>, found: &mut Found) {
        let from = match &range.after {
            Some(after) if *after >= range.prefix => Bound::Excluded(after),
            _ => Bound::Included(&range.prefix),
        };
        let own = self.writes.range::<Key, _>((from, Bound::Unbounded));
        let is_within = |key: &Key| key.starts_with(&range.prefix) && end.is_none_or(|end| key <= end);
        let mut own = own.take_while(|(key, _)| is_within(key)).peekable();
        let mut kept = page.entries.into_iter().peekable();
        while !found.is_over() {
            let order = match (own.peek(), kept.peek()) {
                (Some((own, _)), Some(kept)) => (*own).cmp(&kept.key),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => break,
            };
            // An own one takes the place of the one with its key.
            let replaced = order.is_ge().then(|| kept.next()).flatten();
            let next = match own.next_if(|_| order.is_le()) {
                Some((key, value)) => value.clone().map(|value| (key.clone(), value)),
                None => replaced.map(|entry| (entry.key, entry.stored.value)),
            };
            next.into_iter().for_each(|(key, value)| found.add(key, value));
        }
    }
}

/// What a scan has found so far.
struct Found {
    entries: Vec<(Key, Bytes)>,
    bytes: usize,
    wanted: usize,
    bytes_max: usize,
}

impl Found {
    fn add(&mut self, key: Key, value: Bytes) {
        self.bytes += key.len() + value.len();
        self.entries.push((key, value));
    }

    /// Whether the last one does not fit any more, which tells that there is more; the first one always fits.
    fn is_over(&self) -> bool {
        let count = self.entries.len();
        count > self.wanted || (count > 1 && self.bytes > self.bytes_max)
    }

    fn into_page(mut self) -> (Vec<(Key, Bytes)>, bool) {
        let more = self.is_over();
        if more {
            self.entries.pop();
        }
        (self.entries, more)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use airs_core::{Guards, Limits};
    use airs_engine::HeldMemory;
    use airs_platform::{Bytes, Commit, Key, Memory, Storage};
    use proptest::prelude::*;

    use super::Transaction;

    type Writes = Vec<(Key, Option<Bytes>)>;

    fn wait<T>(future: impl Future<Output = T>) -> T {
        let executor = tokio::runtime::Builder::new_current_thread().build().unwrap();
        executor.block_on(future)
    }

    /// A transaction that has written this over what was kept.
    fn transaction(kept: &Writes, own: &Writes) -> Transaction {
        let memory = Memory::new();
        let commit = Commit {
            writes: kept.clone(),
            ..Commit::default()
        };
        wait(memory.commit(Arc::new(commit))).unwrap();
        let snapshot = wait(memory.snapshot()).unwrap();
        let mut transaction = Transaction::new(
            snapshot,
            &Limits::default(),
            Guards::default(),
            HeldMemory::within(None),
        );
        for (key, value) in own {
            transaction.put(key.clone(), value.clone()).unwrap();
        }
        transaction
    }

    #[test]
    fn a_page_costs_no_more_when_much_was_written() {
        let key = |number: usize| Key::from(format!("{number:06}"));
        let own: Writes = (0..100_000)
            .map(|number| (key(number), Some([].into())))
            .collect();
        let mut transaction = transaction(&Vec::new(), &own);
        let began = std::time::Instant::now();
        let mut after = None;
        for number in 0..2_000 {
            let (page, more) = wait(transaction.scan(Key::new(), after.take(), 1, 1_000)).unwrap();
            assert_eq!((page.len(), &page[0].0, more), (1, &key(number), true));
            after = page.into_iter().next().map(|(key, _)| key);
        }
        // When each page goes through all that was written, that takes minutes.
        assert!(began.elapsed().as_secs() < 5);
    }

    fn key() -> impl Strategy<Value = Key> {
        prop::collection::vec(0..3_u8, 0..4)
    }

    fn writes(value: impl Strategy<Value = Option<usize>>) -> impl Strategy<Value = Writes> {
        let bytes = |value: Option<usize>| value.map(|length| vec![b'x'; length].into());
        prop::collection::vec((key(), value.prop_map(bytes)), 0..20)
    }

    proptest! {
        #[test]
        fn pages_are_what_was_kept_with_what_was_written_over_it(
            kept in writes((0..4_usize).prop_map(Some)),
            own in writes(prop::option::of(0..4_usize)),
            prefix in prop::collection::vec(0..3_u8, 0..2),
            after in prop::option::of(key()),
            limit in 1..6_u32,
            bytes_max in 0..20_usize,
        ) {
            let mut all = BTreeMap::new();
            for (key, value) in kept.iter().chain(&own) {
                match value {
                    Some(value) => all.insert(key.clone(), Bytes::clone(value)),
                    None => all.remove(key),
                };
            }
            all.retain(|key, _| key.starts_with(&prefix) && after.as_ref().is_none_or(|after| key > after));
            let kept: Writes = kept.into_iter().collect::<BTreeMap<_, _>>().into_iter().collect();
            let mut transaction = transaction(&kept, &own);
            let (page, more) = wait(transaction.scan(prefix, after, limit, bytes_max)).unwrap();
            let mut bytes = 0;
            let fits = |(at, (key, value)): &(usize, (&Key, &Bytes))| {
                bytes += key.len() + value.len();
                *at < limit as usize && (*at == 0 || bytes <= bytes_max)
            };
            let expected: Vec<_> = all.iter().enumerate().take_while(fits).map(|(_, (key, value))| (key.clone(), Bytes::clone(value))).collect();
            prop_assert_eq!(more, expected.len() < all.len());
            prop_assert_eq!(page, expected);
        }
    }
}
