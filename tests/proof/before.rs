//! Views of a storage before each of whose calls something happens.

use std::sync::Arc;

use airs_platform::{Key, Page, Range, Reading, Snapshot, Storage, StorageError, Stored};
use futures_util::future::{BoxFuture, Either};

/// What happens before a call.
pub(crate) trait Before: Send + Sync + 'static {
    /// The call comes afterwards; or not at all, and this is its error.
    fn before(&self) -> BoxFuture<'_, Result<(), StorageError>>;
}

struct View<B> {
    inner: Box<dyn Snapshot>,
    before: Arc<B>,
}

/// A view of a storage. To make it is a call as well.
pub(crate) async fn view(
    storage: &dyn Storage,
    before: Arc<impl Before>,
) -> Result<Box<dyn Snapshot>, StorageError> {
    before.before().await?;
    let inner = storage.snapshot().await?;
    Ok(Box::new(View { inner, before }))
}

impl<B: Before> Snapshot for View<B> {
    fn get<'a>(&'a mut self, key: &'a [u8]) -> Reading<'a, Option<Stored>> {
        Either::Right(Box::pin(async move {
            self.before.before().await?;
            self.inner.get(key).await
        }))
    }

    fn get_many<'a>(&'a mut self, keys: &'a [Key]) -> Reading<'a, Vec<Option<Stored>>> {
        Either::Right(Box::pin(async move {
            self.before.before().await?;
            self.inner.get_many(keys).await
        }))
    }

    fn value_bytes<'a>(&'a mut self, key: &'a [u8]) -> Reading<'a, Option<u64>> {
        Either::Right(Box::pin(async move {
            self.before.before().await?;
            self.inner.value_bytes(key).await
        }))
    }

    fn counted_bytes<'a>(&'a mut self, prefix: &'a [u8]) -> Reading<'a, u64> {
        Either::Right(Box::pin(async move {
            self.before.before().await?;
            self.inner.counted_bytes(prefix).await
        }))
    }

    fn scan<'a>(&'a mut self, range: &'a Range) -> Reading<'a, Page> {
        Either::Right(Box::pin(async move {
            self.before.before().await?;
            self.inner.scan(range).await
        }))
    }
}
