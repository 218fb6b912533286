//! One attempt of a run, as the driver layer sees it.

mod answer;
mod bind;
mod dispatch;
mod migrate;

use std::sync::{Arc, LazyLock};

use airs_core::{AssetPath, Call, Caller, Code, Error, Guard, Limits, Name, Receipt, Result, Rights, Value};
use airs_engine::{AssetHandle, DriverAsset, Environment};
use airs_platform::{Committed, StorageError};
use slab::Slab;

pub use bind::Placement;
use dispatch::Instances;
pub use migrate::{Migrated, Migration};

use crate::binding::Kept;
use crate::catalog::Drivers;
use crate::context::Context;
use crate::heard::{Asking, Heard};
use crate::line::{Footprint, Ticket};
use crate::resolver;

/// What a session begins with.
///
/// An example is at [the crate](crate).
#[derive(Debug)]
pub struct SessionStart {
    /// Where the run happens.
    pub context: Context,
    /// The run's id.
    pub run: Arc<str>,
    /// Who the run acts for.
    pub caller: Caller,
    /// The drivers of the routing table that the run pinned.
    pub drivers: Arc<Drivers>,
    /// The attempt's environment.
    pub environment: Environment,
    /// What servers told the run in its attempts before, and are to tell it in this one.
    pub heard: Heard,
    /// The run's limits.
    pub limits: Limits,
}

/// How a session's commit ended.
///
/// An example is at [the crate](crate).
#[derive(Clone, Debug)]
pub enum Ended {
    /// What the run wrote is durable, or it wrote nothing.
    Committed,
    /// Another run changed what this one read, or has waited for longer: nothing was written, and it can be
    /// attempted again, after it has waited in the context's line with what it touched.
    Conflict(Footprint),
    /// Whether what the run wrote is durable could not be learned, for this reason.
    Unknown(Error),
}

/// One attempt of a run: its transaction, its drivers' instances, its open descriptors.
///
/// Each verb is a savepoint: when it answers with an error, what it wrote is undone. A fault of a driver
/// dooms the session: from then on every verb, and [`finish`](Self::finish), answers with that fault.
///
/// An example is at [the crate](crate).
#[derive(Debug)]
pub struct Session {
    context: Context,
    /// What drivers are told; the path is that of the call going on.
    call: Call,
    drivers: Arc<Drivers>,
    instances: Instances,
    descriptors: Slab<Descriptor>,
    opened: u64,
    descriptors_max: u64,
    /// A release that failed with nobody to tell: the run fails with it.
    failed_release: Option<Error>,
}

#[derive(Debug)]
struct Descriptor {
    path: AssetPath,
    rights: Rights,
    /// Which of the session's instances made it.
    driver: usize,
    asset: DriverAsset,
    /// Descriptors are released in the opposite order of this.
    opened: u64,
}

impl Session {
    /// Begins an attempt: takes the snapshot that it reads.
    ///
    /// # Errors
    /// When the state cannot be reached.
    pub async fn begin(start: SessionStart) -> Result<Box<Self>> {
        let SessionStart {
            context,
            run,
            caller,
            drivers,
            environment,
            heard,
            limits,
        } = start;
        let (transaction, name) = (context.begin(&limits).await?, context.shared_name());
        let reached = context.http();
        // Replaced by the first call's; there is no path without one.
        static NONE: LazyLock<Result<AssetPath>> = LazyLock::new(|| AssetPath::absolute("/none"));
        let path = NONE.clone()?;
        Ok(Box::new(Self {
            call: Call {
                run,
                context: context.name().clone(),
                path,
                caller,
            },
            context,
            drivers,
            descriptors_max: limits.descriptors,
            instances: Instances::new(transaction, environment, name, Asking::new(reached, heard)),
            descriptors: Slab::new(),
            opened: 0,
            failed_release: None,
        }))
    }

    /// The context that the run happens in.
    pub fn context(&self) -> &Name {
        self.context.name()
    }

    /// Opens an asset.
    ///
    /// # Errors
    /// [`Code::InvalidPath`], [`Code::Unbound`], [`Code::Denied`], [`Code::NotFound`] when the driver is not
    /// in service, [`Code::UngrantedCapability`] when it does not work in this context, [`Code::LimitExceeded`],
    /// and what the driver answers.
    pub async fn intend(&mut self, path: &str, rights: Rights) -> Result<AssetHandle> {
        self.check_room()?;
        let path = AssetPath::parse(path, &self.call.caller, self.call.context.as_str())?;
        let resolved = resolver::resolve(self.instances.transaction()?, &path).await?;
        let binding = resolved.binding()?;
        self.check_allowed(rights, &path, resolved.prefix, &binding)?;
        let driver = self.driver(binding.driver, resolved.prefix)?;
        let driver = self.instances.of(&driver).await?;
        self.call.path = path.clone();
        let account = binding.account.to_vec();
        let asset = self
            .instances
            .intend(driver, &self.call, &account, rights)
            .await?;
        self.opened += 1;
        let handle = self.descriptors.insert(Descriptor {
            path,
            rights,
            driver,
            asset,
            opened: self.opened,
        });
        u32::try_from(handle)
            .map(AssetHandle)
            .map_err(|_| bad_descriptor())
    }

    /// What an asset holds.
    ///
    /// # Errors
    /// [`Code::BadDescriptor`], [`Code::Denied`] without the right, and what the driver answers.
    pub async fn view(&mut self, asset: AssetHandle) -> Result<Value> {
        let (driver, asset) = self.open(asset, Rights::VIEW)?;
        self.instances.view(driver, asset).await
    }

    /// Moves value from one asset to another of the same driver.
    ///
    /// # Errors
    /// [`Code::BadDescriptor`], [`Code::Denied`] without the rights, [`Code::DifferentDrivers`], and what the
    /// driver answers.
    pub async fn transfer(&mut self, from: AssetHandle, to: AssetHandle, value: Value) -> Result<Receipt> {
        let (from_driver, from) = self.open(from, Rights::DEBIT)?;
        let (to_driver, to) = self.open(to, Rights::CREDIT)?;
        if from_driver != to_driver {
            let (from, to) = (self.instances.name(from_driver), self.instances.name(to_driver));
            let message = format!("a transfer from an asset of driver {from:?} to one of driver {to:?}");
            return Err(Error::new(Code::DifferentDrivers, message)
                .hint("value moves within one driver; a program can pay out of one and into another"));
        }
        self.instances.transfer(from_driver, from, to, value).await
    }

    /// Calls an operation of the asset's driver.
    ///
    /// # Errors
    /// [`Code::BadDescriptor`], [`Code::Denied`] without the right, and what the driver answers.
    pub async fn control(&mut self, asset: AssetHandle, operation: &str, input: &str) -> Result<String> {
        let (driver, asset) = self.open(asset, Rights::CONTROL)?;
        self.instances.control(driver, asset, operation, input).await
    }

    /// Releases a descriptor.
    ///
    /// # Errors
    /// [`Code::BadDescriptor`], and what the driver answers; it is released all the same.
    pub async fn done(&mut self, asset: AssetHandle) -> Result<()> {
        let key = usize::try_from(asset.0).unwrap_or(usize::MAX);
        let descriptor = self.descriptors.try_remove(key).ok_or_else(bad_descriptor)?;
        self.call.path = descriptor.path;
        self.instances.done(descriptor.driver, descriptor.asset).await
    }

    /// Releases a descriptor that its program dropped. There is nobody to tell of a failure: the run fails.
    pub async fn dropped(&mut self, asset: AssetHandle) {
        if let Err(error) = self.done(asset).await {
            self.failed_release.get_or_insert(error);
        }
    }

    /// Releases what is still open, the newest first, and says whether the run may be committed.
    ///
    /// # Errors
    /// The fault that doomed the run, or the failure of a release.
    pub async fn finish(&mut self) -> Result<()> {
        self.instances.transaction()?;
        let mut open: Vec<(u64, usize)> = self
            .descriptors
            .iter()
            .map(|(key, open)| (open.opened, key))
            .collect();
        open.sort_unstable_by(|one, other| other.cmp(one));
        for (_, key) in open {
            let Descriptor {
                path, driver, asset, ..
            } = self.descriptors.remove(key);
            let released = self.instances.done(driver, asset).await;
            released.map_err(|error| error.within(format!("releasing {path}")))?;
        }
        self.failed_release.take().map_or(Ok(()), Err)
    }

    /// The path of what a descriptor is of, or of what was opened or released last.
    pub fn path_of(&self, asset: Option<AssetHandle>) -> Option<String> {
        let Some(asset) = asset else {
            return Some(self.call.path.to_string());
        };
        let key = usize::try_from(asset.0).unwrap_or(usize::MAX);
        self.descriptors.get(key).map(|open| open.path.to_string())
    }

    /// Whether the attempt was to use a driver whose data has been migrated for a newer generation: it cannot be
    /// committed, and is to be made again when that one is in service.
    pub fn is_outdated(&self) -> bool {
        self.instances.is_outdated()
    }

    /// The fault that doomed the run, if one did.
    pub fn doom(&mut self) -> Option<Error> {
        self.instances.transaction().err()
    }

    /// Commits what the attempt wrote, after [`finish`](Self::finish). When it answers, it is durable. `ticket` is
    /// what the attempt holds after a conflict of the one before.
    ///
    /// # Errors
    /// When the state cannot be written; then nothing was.
    pub async fn commit(self: Box<Self>, ticket: Option<&Ticket>) -> Result<Ended> {
        let Self {
            context, instances, ..
        } = *self;
        let (transaction, environment) = instances.into_transaction()?;
        let Some((commit, _memory)) = transaction.into_commit() else {
            return Ok(Ended::Committed);
        };
        let line = context.line();
        let mut footprint = (!line.is_empty()).then(|| line.footprint(&commit));
        if let Some(footprint) = footprint.take_if(|footprint| line.bars(footprint, ticket)) {
            return Ok(Ended::Conflict(footprint));
        }
        let waits = || environment.waits_for_owner();
        let (commit, committed) = context.commit(commit, environment.deadline(), waits).await;
        match committed {
            Ok(Committed::Applied(_) | Committed::AlreadyApplied(_)) => Ok(Ended::Committed),
            Ok(Committed::Conflict(_)) => Ok(Ended::Conflict(
                footprint.unwrap_or_else(|| line.footprint(&commit)),
            )),
            Err(error @ StorageError::OutcomeUnknown { .. }) => Ok(Ended::Unknown(error.into())),
            Err(error) => Err(error.into()),
        }
    }

    fn open(&self, asset: AssetHandle, right: Rights) -> Result<(usize, DriverAsset)> {
        let key = usize::try_from(asset.0).unwrap_or(usize::MAX);
        let descriptor = self.descriptors.get(key).ok_or_else(bad_descriptor)?;
        if !descriptor.rights.contains(right) && self.context.guards().has(Guard::DescriptorCheck) {
            let message = format!("the descriptor on {} has no right to {right}", descriptor.path);
            return Err(
                Error::new(Code::Denied, message).hint("ask for it when the asset is opened with intend")
            );
        }
        Ok((descriptor.driver, descriptor.asset))
    }

    fn check_room(&self) -> Result<()> {
        if self.descriptors.len() as u64 >= self.descriptors_max {
            let message = format!(
                "{} descriptors are open, which is the limit (descriptors)",
                self.descriptors_max
            );
            return Err(Error::new(Code::LimitExceeded, message).hint("release them with done, or drop them"));
        }
        Ok(())
    }

    fn check_allowed(
        &self,
        wanted: Rights,
        path: &AssetPath,
        prefix: &str,
        binding: &Kept<'_>,
    ) -> Result<()> {
        if self.context.guards().has(Guard::RightsCheck) {
            binding.check_rights(prefix, path, &self.call.caller.id, wanted)
        } else {
            Ok(())
        }
    }

    fn driver(&self, name: &str, prefix: &str) -> Result<Arc<crate::Driver>> {
        self.drivers.get(name).map(Arc::clone).ok_or_else(|| {
            Error::new(
                Code::NotFound,
                format!("driver {name:?}, bound at {prefix}, is not in service"),
            )
            .hint("`cargo airs status` says whether it is built, listed and granted")
        })
    }
}

fn bad_descriptor() -> Error {
    Error::new(
        Code::BadDescriptor,
        "the descriptor is not one of this run's open ones",
    )
}
