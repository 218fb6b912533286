//! The only place that calls into drivers.

use std::sync::Arc;

use airs_core::{Call, Code, Error, Interposed, Kind, Name, Receipt, Result, Rights, Value};
use airs_engine::{DriverAsset, DriverInstance, Environment, Failure, Guest};

use crate::catalog::Driver;
use crate::heard::Asking;
use crate::schema;
use crate::state::DriverState;
use crate::transaction::{Savepoint, Transaction};

/// Drivers that one run may use: each is an instance with memory of its own, kept until the run ends.
const DRIVERS_PER_RUN_MAX: usize = 8;

/// The instances of one attempt, one for each driver that it uses, and the transaction that they share.
///
/// The transaction is handed to the instance that is being called and taken back afterwards: who holds it,
/// and so who may write, is never in question.
#[derive(Debug)]
pub(super) struct Instances {
    placed: Vec<Placed>,
    transaction: Option<Box<Transaction>>,
    environment: Environment,
    context: Arc<Name>,
    asking: Asking,
    /// Whether a driver was to be used whose data a newer generation has migrated.
    outdated: bool,
}

#[derive(Debug)]
struct Placed {
    driver: Arc<Driver>,
    instance: DriverInstance<DriverState>,
}

impl Instances {
    pub(super) fn new(
        transaction: Box<Transaction>,
        environment: Environment,
        context: Arc<Name>,
        asking: Asking,
    ) -> Self {
        Self {
            placed: Vec::new(),
            transaction: Some(transaction),
            environment,
            context,
            asking,
            outdated: false,
        }
    }

    /// The transaction, between calls; the fault that doomed it, if one did.
    pub(super) fn transaction(&mut self) -> Result<&mut Transaction> {
        let transaction = self.transaction.as_deref_mut().ok_or_else(lost)?;
        match transaction.doom() {
            Some(fault) => Err(fault.clone()),
            None => Ok(transaction),
        }
    }

    /// Whether the transaction is more than it may be.
    pub(super) fn is_over_limit(&self) -> bool {
        self.transaction
            .as_deref()
            .is_some_and(Transaction::is_over_limit)
    }

    /// Gives all instances up.
    pub(super) fn into_transaction(mut self) -> Result<(Box<Transaction>, Environment)> {
        let transaction = self.transaction.take().ok_or_else(lost)?;
        Ok((transaction, self.environment.clone()))
    }

    pub(super) fn name(&self, index: usize) -> &str {
        self.placed
            .get(index)
            .map_or("", |placed| placed.driver.name().as_str())
    }

    /// The attempt's instance of a driver, made when it is first used.
    pub(super) async fn of(&mut self, driver: &Arc<Driver>) -> Result<usize> {
        if let Some(index) = self
            .placed
            .iter()
            .position(|placed| Arc::ptr_eq(&placed.driver, driver))
        {
            return Ok(index);
        }
        if self.placed.len() == DRIVERS_PER_RUN_MAX {
            let message = format!("the run uses more than {DRIVERS_PER_RUN_MAX} drivers");
            return Err(Error::new(Code::LimitExceeded, message));
        }
        // Where it was not granted what it needs nothing was migrated for it either, and it is told the former.
        if driver.works_in(&self.context) {
            self.check_version(driver).await?;
        }
        self.place(driver).await
    }

    /// Whether what is stored is as it was when the driver was put into service. That is part of what the run rests
    /// on; if it is not so, the run is doomed, and to be attempted again with the driver that is in service by then.
    async fn check_version(&mut self, driver: &Driver) -> Result<()> {
        let stored = schema::version(self.transaction()?, driver).await?;
        let known = driver.version_in(&self.context);
        if stored == known {
            return Ok(());
        }
        self.outdated = true;
        let outdated = schema::outdated(driver, known, stored);
        Err(self.transaction()?.doomed(outdated))
    }

    pub(super) fn is_outdated(&self) -> bool {
        self.outdated
    }

    /// A new instance of a driver.
    pub(super) async fn place(&mut self, driver: &Arc<Driver>) -> Result<usize> {
        let allowed = driver
            .effective
            .in_run(&self.context, &driver.name, &self.environment)?;
        let (environment, world) = (self.environment.clone(), Arc::clone(&allowed.world));
        // Its own limits: what its program's say of memory, handles and log is about the program.
        let guest = Guest::new(Arc::clone(&driver.name), environment, world, &driver.limits);
        let state = DriverState::new(
            guest,
            Arc::clone(&allowed.capabilities),
            Arc::clone(&driver.space),
            self.asking.again(),
        );
        // Boxed: it happens once for each driver, and would make the future of every `intend` twice as large.
        match Box::pin(driver.code.instantiate(state)).await {
            Ok(instance) => {
                self.placed.push(Placed {
                    driver: Arc::clone(driver),
                    instance,
                });
                Ok(self.placed.len() - 1)
            }
            Err(failure) => Err(self.transaction()?.doomed(failure.into_error())),
        }
    }

    pub(super) async fn bind(&mut self, index: usize, call: &Call, account: &str) -> Result<Vec<u8>> {
        let (savepoint, instance) = self.enter(index, "bind")?;
        let answer = instance.bind(call, account).await;
        self.leave(index, savepoint, answer)
    }

    pub(super) async fn unbind(&mut self, index: usize, call: &Call, account: &[u8]) -> Result<()> {
        let (savepoint, instance) = self.enter(index, "unbind")?;
        let answer = instance.unbind(call, account).await;
        self.leave(index, savepoint, answer)
    }

    pub(super) async fn intend(
        &mut self,
        index: usize,
        call: &Call,
        account: &[u8],
        rights: Rights,
    ) -> Result<DriverAsset> {
        let (savepoint, instance) = self.enter(index, "intend")?;
        let answer = instance.intend(call, account, rights).await;
        self.leave(index, savepoint, answer)
    }

    pub(super) async fn view(&mut self, index: usize, asset: DriverAsset) -> Result<Value> {
        let (savepoint, instance) = self.enter(index, "view")?;
        let answer = instance.view(asset).await;
        self.leave(index, savepoint, answer)
    }

    pub(super) async fn transfer(
        &mut self,
        index: usize,
        from: DriverAsset,
        to: DriverAsset,
        value: Value,
    ) -> Result<Receipt> {
        let (savepoint, instance) = self.enter(index, "transfer")?;
        let answer = instance.transfer(from, to, value).await;
        self.leave(index, savepoint, answer)
    }

    pub(super) async fn control(
        &mut self,
        index: usize,
        asset: DriverAsset,
        operation: &str,
        input: &str,
    ) -> Result<String> {
        let (savepoint, instance) = self.enter(index, "control")?;
        let answer = instance.control(asset, operation, input).await;
        self.leave(index, savepoint, answer)
    }

    pub(super) async fn done(&mut self, index: usize, asset: DriverAsset) -> Result<()> {
        let (savepoint, instance) = self.enter(index, "done")?;
        let answer = instance.done(asset).await;
        self.leave(index, savepoint, answer)
    }

    pub(super) async fn migrate(&mut self, index: usize, from: u32) -> Result<u32> {
        let (savepoint, instance) = self.enter(index, "migrate")?;
        let answer = instance.migrate(from).await;
        self.leave(index, savepoint, answer)
    }

    /// Hands the transaction to an instance. A doomed run enters none: a dead instance is never called.
    fn enter(
        &mut self,
        index: usize,
        function: &str,
    ) -> Result<(Savepoint, &mut DriverInstance<DriverState>)> {
        let savepoint = self.transaction()?.savepoint();
        match self.interposed(index, function) {
            Interposed::Passed => {}
            Interposed::Refused(error) => return Err(error),
            Interposed::Fault(error) => return Err(self.transaction()?.doomed(error)),
        }
        let placed = self.placed.get_mut(index).ok_or_else(lost)?;
        placed
            .instance
            .state()
            .lend(self.transaction.take().ok_or_else(lost)?);
        Ok((savepoint, &mut placed.instance))
    }

    fn interposed(&self, index: usize, function: &str) -> Interposed {
        match self.placed.get(index) {
            Some(placed) => self
                .environment
                .before(Kind::Driver, placed.driver.name(), function),
            None => Interposed::Fault(lost()),
        }
    }

    /// Takes the transaction back, and decides what the answer means for it.
    fn leave<T>(&mut self, index: usize, savepoint: Savepoint, answer: Result<T, Failure>) -> Result<T> {
        let placed = self.placed.get_mut(index).ok_or_else(lost)?;
        let mut transaction = placed.instance.state().give_back().ok_or_else(lost)?;
        if answer.is_err() {
            transaction.roll_back(savepoint);
        }
        let answer = match (answer, transaction.doom()) {
            (Err(Failure::Fault(fault)), _) => Err(transaction.doomed(fault)),
            (_, Some(doom)) => Err(doom.clone()),
            (Err(Failure::Refused(error)), None) => Err(error),
            (Ok(value), None) => Ok(value),
        };
        self.transaction = Some(transaction);
        answer
    }
}

/// What drivers wrote last is told however the attempt ends.
impl Drop for Instances {
    fn drop(&mut self) {
        // An observer that panics on top of another panic would abort the process.
        if std::thread::panicking() {
            return;
        }
        for placed in &mut self.placed {
            placed.instance.finish_log();
        }
    }
}

/// The transaction, or an instance, is not where it must be: a fault of ours.
fn lost() -> Error {
    Error::new(Code::Internal, "a run lost its transaction")
}
