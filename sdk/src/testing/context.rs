//! A context in memory.

use std::{
    any::TypeId,
    cell::RefCell,
    mem,
    rc::Rc,
    time::{Duration, SystemTime},
};

use super::{
    Actor,
    active::{self, Run},
    binding::{Binding, Owner},
    driver_object::Of,
    path,
    servers::Servers,
    store::Store,
};
use crate::{
    Call, Caller, Code, Driver, Error, Json, Result, Rights, Value,
    http::{Request, Response},
    val,
};

/// 2026-01-01T00:00:00Z, the time of every run unless another is set.
const NOW: Duration = Duration::from_secs(1_767_225_600);

/// The caller that binds; it may bind anywhere, and otherwise nothing special.
pub(super) const OPERATOR: &str = "operator";

/// A named environment in memory, with its bindings and its state.
///
/// ```
/// use airs::{Result, testing::{Context, Owner, Purse}};
///
/// # fn main() -> Result<()> {
/// let context = Context::new();
/// context.bind::<Purse>("/accounts", "{}", Owner::Each, &["bank"])?;
/// context.caller("bank").control("/accounts/alice/usd", "mint", airs::json!({ "amount": "5" }))?;
/// assert_eq!(context.view("/accounts/alice/usd")?.amount()?.to_string(), "5");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Context {
    name: String,
    state: RefCell<State>,
}

#[derive(Debug)]
struct State {
    bindings: Rc<Vec<Binding>>,
    store: Store,
    servers: Servers,
    now: SystemTime,
    seed: u64,
    runs: u64,
}

impl Context {
    /// An empty context with the name `local`.
    pub fn new() -> Self {
        Self::named("local")
    }

    /// An empty context with a name.
    ///
    /// ```
    /// let context = airs::testing::Context::named("shop");
    /// assert_eq!(context.call("alice", "/accounts/alice/usd").context, "shop");
    /// ```
    pub fn named(name: &str) -> Self {
        let state = State {
            bindings: Rc::default(),
            store: Store::default(),
            servers: Servers::default(),
            now: SystemTime::UNIX_EPOCH + NOW,
            seed: 0,
            runs: 0,
        };
        Self {
            name: name.to_owned(),
            state: RefCell::new(state),
        }
    }

    /// Binds the driver `D` at a path, and below it: a run of its own. `account` is the account data,
    /// in JSON.
    ///
    /// # Errors
    /// [`Code::InvalidPath`]; [`Code::AlreadyBound`] when the path is bound already; and what the driver
    /// answers.
    pub fn bind<D: Driver>(
        &self,
        path: &str,
        account: impl Into<Json>,
        owner: impl Into<Owner>,
        controllers: &[&str],
    ) -> Result<()> {
        let path = path::absolute(path)?;
        if self
            .state
            .borrow()
            .bindings
            .iter()
            .any(|binding| binding.path == path)
        {
            return Err(Error::new(Code::AlreadyBound, format!("{path} is bound already")));
        }
        let driver = Of::<D>::rc();
        let account = account.into();
        let call = self.call(OPERATOR, &path);
        let account = self.transaction(call.clone(), || {
            active::ask(driver.id(), || driver.bind(&call, &account))
        })?;
        let controllers = controllers.iter().map(|&caller| caller.to_owned()).collect();
        let binding = Binding {
            path,
            driver,
            account,
            owner: owner.into(),
            controllers,
        };
        Rc::make_mut(&mut self.state.borrow_mut().bindings).push(binding);
        Ok(())
    }

    /// Removes the binding at a path: a run of its own.
    ///
    /// # Errors
    /// [`Code::Unbound`] when nothing is bound exactly there; and what the driver answers.
    pub fn unbind(&self, path: &str) -> Result<()> {
        let path = path::absolute(path)?;
        let found = self
            .state
            .borrow()
            .bindings
            .iter()
            .find(|binding| binding.path == path)
            .cloned();
        let Some(binding) = found else {
            return Err(Error::new(Code::Unbound, format!("nothing is bound at {path}")));
        };
        let call = self.call(OPERATOR, &path);
        let driver = binding.driver;
        self.transaction(call.clone(), || {
            active::ask(driver.id(), || driver.unbind(&call, &binding.account))
        })?;
        Rc::make_mut(&mut self.state.borrow_mut().bindings).retain(|binding| binding.path != path);
        Ok(())
    }

    /// Someone who acts in this context: at home in it, unless the id names another home, as in
    /// `shop/alice`.
    pub fn caller(&self, id: &str) -> Actor<'_> {
        let home = id.split_once('/').map_or(self.name.as_str(), |(home, _)| home);
        let caller = Caller {
            id: id.to_owned(),
            home: home.to_owned(),
            roles: Vec::new(),
        };
        Actor::new(self, caller)
    }

    /// What the asset at a path holds: a run of its own, by someone without any right but to view.
    ///
    /// # Errors
    /// [`Code::InvalidPath`], [`Code::Unbound`], and what the driver answers.
    pub fn view(&self, path: &str) -> Result<Value> {
        let call = self.call(OPERATOR, path);
        self.transaction(call, || val::intend(path, Rights::VIEW)?.view())
    }

    /// What a driver would be told of a caller and a path: to call the functions of a driver one by one.
    pub fn call(&self, caller: &str, path: &str) -> Call {
        self.call_of(self.caller(caller).into_caller(), path)
    }

    /// Runs a closure as if the host had called the driver `D`: [`storage`](crate::storage) is the
    /// driver's. It is a run of its own: after an error nothing remains.
    ///
    /// # Errors
    /// What the closure answers.
    ///
    /// ```
    /// use airs::{Result, storage, testing::{Context, Purse}};
    ///
    /// # fn main() -> Result<()> {
    /// let context = Context::new();
    /// context.inside::<Purse, _>(|| storage::set("a", "1"))?;
    /// let kept = context.inside::<Purse, _>(|| storage::get("a"))?;
    /// assert_eq!(kept.as_deref(), Some(&b"1"[..]));
    /// # Ok(())
    /// # }
    /// ```
    pub fn inside<D: Driver, T>(&self, body: impl FnOnce() -> Result<T>) -> Result<T> {
        self.transaction(self.call(OPERATOR, "/"), || active::ask(TypeId::of::<D>(), body))
    }

    /// Answers what drivers ask servers in the runs to come, in place of the world; until then they are denied. An
    /// example is at [`http`](crate::http).
    pub fn answer_http(&self, answer: impl Fn(&Request) -> Result<Response> + 'static) {
        self.state.borrow_mut().servers = Servers::new(answer);
    }

    /// Sets the time of the runs to come.
    ///
    /// ```
    /// use std::time::{Duration, UNIX_EPOCH};
    ///
    /// let context = airs::testing::Context::new();
    /// context.set_now(UNIX_EPOCH + Duration::from_secs(60));
    /// let now = context.caller("alice").run(|| Ok(airs::clock::now()))?;
    /// assert_eq!(now, UNIX_EPOCH + Duration::from_secs(60));
    /// # Ok::<(), airs::Error>(())
    /// ```
    pub fn set_now(&self, now: SystemTime) {
        self.state.borrow_mut().now = now;
    }

    /// Sets the seed that the random numbers of the runs to come are made of; 0 unless set.
    pub fn set_seed(&self, seed: u64) {
        self.state.borrow_mut().seed = seed;
    }

    pub(super) fn call_of(&self, caller: Caller, path: &str) -> Call {
        let run = format!("{:026}", self.state.borrow().runs + 1);
        Call {
            run,
            context: self.name.clone(),
            path: path.to_owned(),
            caller,
        }
    }

    /// One run, all or nothing.
    pub(super) fn transaction<T>(&self, call: Call, body: impl FnOnce() -> Result<T>) -> Result<T> {
        let transaction = Transaction::begin(self, call)?;
        let outcome = body().and_then(|output| {
            active::release_all()?;
            active::take_failure().map_or(Ok(output), Err)
        });
        transaction.end(outcome.is_ok());
        outcome
    }
}

impl Default for Context {
    fn default() -> Self {
        Self::new()
    }
}

/// The state of a context, lent to the active run; it comes back whatever happens.
struct Transaction<'a>(&'a Context);

impl<'a> Transaction<'a> {
    fn begin(context: &'a Context, call: Call) -> Result<Self> {
        if active::is_active() {
            return Err(Error::unsupported("a run inside a run").hint("let the first one return before"));
        }
        let state = &mut *context.state.borrow_mut();
        state.runs += 1;
        let random = state
            .seed
            .wrapping_add(state.runs.wrapping_mul(0x2545_f491_4f6c_dd1d));
        let store = mem::take(&mut state.store);
        active::begin(Run::new(
            call,
            state.now,
            random,
            Rc::clone(&state.bindings),
            store,
            state.servers.clone(),
        ));
        Ok(Self(context))
    }

    fn end(self, commit: bool) {
        if commit && let Some(mut run) = active::end() {
            run.store.commit();
            self.0.state.borrow_mut().store = run.store;
        }
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if let Some(mut run) = active::end() {
            run.store.abort();
            self.0.state.borrow_mut().store = run.store;
        }
    }
}
