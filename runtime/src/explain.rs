//! What applies to a path or a component, and why what is denied is denied.

use std::path::PathBuf;

use airs_core::{
    AssetPath, Caller, CallerId, Capabilities, Code, Error, Grants, Kind, Name, NameError, Result, Rights,
};
use airs_driver::{Binding, Effective};
use airs_package::Manifest;
use airs_process::Answer;

use crate::effective::{check_offered, decide};
use crate::load::Loaded;
use crate::perform::may_wait;
use crate::request::Request;
use crate::runtime::Runtime;

/// What applies to a path, for one caller in one context: [`Runtime::explain_path`].
///
/// ```
/// use airs_runtime::{PathExplained, Rights};
///
/// fn why_no_debit(explained: &PathExplained) -> Option<String> {
///     let (_, answer) = explained.rights.iter().find(|(right, _)| *right == Rights::DEBIT)?;
///     answer.as_ref().err().map(ToString::to_string)
/// }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PathExplained {
    /// The path in full: `~` has been resolved.
    pub path: AssetPath,
    /// The context.
    pub context: Name,
    /// Who asks for rights.
    pub caller: String,
    /// Where the binding is that covers the path.
    pub bound_at: String,
    /// That binding.
    pub binding: Binding,
    /// Who may take value out of what is at the path; nobody at the root of a binding for each caller.
    pub owner: Option<String>,
    /// Each right alone, and whether the caller would have it; if not, why not. The driver may still grant less.
    pub rights: Vec<(Rights, Result<()>)>,
    /// The driver, or why it is not there.
    pub driver: Result<ComponentExplained>,
}

/// What a component may use in one context: [`Runtime::explain_component`].
///
/// ```
/// use airs_runtime::{Capability, ComponentExplained};
///
/// fn may_keep_data(explained: &ComponentExplained) -> bool {
///     explained.effective.as_ref().is_ok_and(|may| may.contains(Capability::Storage))
/// }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ComponentExplained {
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: Name,
    /// The context.
    pub context: Name,
    /// Which generation is in service, if one is.
    pub service: Option<Loaded>,
    /// What it declares.
    pub declared: Capabilities,
    /// What it is granted in the context.
    pub granted: Capabilities,
    /// The table of `airs.toml` that says what it is granted there.
    pub table: String,
    /// What it may use there: what it declares and is granted. When that is less than it declares it does not work
    /// there, and this says why.
    pub effective: Result<Capabilities>,
    /// Where the folders are that it may look into there, once it is in service.
    pub folders: Vec<PathBuf>,
}

impl ComponentExplained {
    /// What would apply to a component in a context, were it put into service with these grants.
    ///
    /// ```
    /// use airs_runtime::{Capabilities, Code, ComponentExplained, Manifest, Name};
    ///
    /// # fn example(manifest: &Manifest) {
    /// // Of a component whose manifest has `capabilities = { storage = true }`.
    /// let explained = ComponentExplained::of(manifest, &Capabilities::default().into(), &Name::local());
    /// let why = explained.effective.expect_err("storage is not granted");
    /// assert_eq!(why.code(), Code::UngrantedCapability);
    /// # }
    /// ```
    pub fn of(manifest: &Manifest, granted: &Grants, context: &Name) -> Self {
        let decided = || decide(manifest, granted, context).map_err(|ungranted| ungranted.error);
        Self {
            kind: manifest.kind,
            name: manifest.name.clone(),
            context: context.clone(),
            service: None,
            declared: manifest.capabilities.clone(),
            granted: granted.of(context).clone(),
            table: granted.table(context, &manifest.name),
            effective: check_offered(&manifest.capabilities).and_then(|()| decided()),
            folders: Vec::new(),
        }
    }

    fn in_service(service: Loaded, effective: &Effective, context: &Name) -> Self {
        let allowed = effective.of(context);
        Self {
            kind: service.kind,
            name: service.name.clone(),
            context: context.clone(),
            declared: effective.declared().clone(),
            granted: effective.granted().of(context).clone(),
            table: effective.granted().table(context, &service.name),
            effective: allowed
                .map(|allowed| (*allowed.capabilities).clone())
                .map_err(|ungranted| ungranted.error),
            folders: Vec::new(),
            service: Some(service),
        }
    }
}

impl Runtime {
    /// Where a folder of a context is that components may be granted, from the root; none when this runtime has no
    /// folders. It need not be there.
    ///
    /// ```
    /// use airs_runtime::{Name, Runtime};
    ///
    /// let runtime = Runtime::builder().files("place").build()?;
    /// let folder = runtime.folder(&Name::local(), &"rates".parse()?);
    /// assert_eq!(folder, Some(std::env::current_dir()?.join("place/local/rates")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn folder(&self, context: &Name, name: &Name) -> Option<PathBuf> {
        self.inner.folder(context, name)
    }

    /// Explains what a component in service may use in a context, the runtime's first one unless said.
    ///
    /// ```no_run
    /// use airs_runtime::Runtime;
    ///
    /// # fn example(runtime: &Runtime) -> Result<(), Box<dyn std::error::Error>> {
    /// let explained = runtime.explain_component(&"feed".parse()?, None)?;
    /// match explained.effective {
    ///     Ok(may) => println!("it may ask {} hosts", may.http.len()),
    ///     Err(why) => println!("it does not work in {}: {why}", explained.context),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Code::NotFound`] when nothing of that name is in service, or there is no such context.
    pub fn explain_component(&self, name: &Name, context: Option<&Name>) -> Result<ComponentExplained> {
        let held = self.inner.contexts.find(context)?;
        let routes = self.inner.routes();
        let missing = || Error::new(Code::NotFound, format!("nothing named {name} is in service"));
        let service = routes.loaded(name).ok_or_else(missing)?;
        let driver = routes.table.drivers.get(name).map(|driver| driver.effective());
        let program = || routes.table.programs.get(name).map(|program| program.effective());
        let effective = driver.or_else(program).ok_or_else(missing)?;
        let context = held.context.name();
        let mut explained = ComponentExplained::in_service(service, effective, context);
        if let Ok(may) = &explained.effective {
            let folder = |name| self.inner.folder(context, name);
            explained.folders = may.files.keys().filter_map(folder).collect();
        }
        Ok(explained)
    }

    /// Explains what applies to a path for a caller in a context, the runtime's first one unless said: which binding
    /// covers it, which driver is behind it, which rights the caller has, and why not the others. No driver is asked.
    ///
    /// It makes a run that reads the binding, under the runtime's limits. What it says holds for the moment.
    ///
    /// ```
    /// use airs_runtime::{Code, Runtime};
    ///
    /// let runtime = Runtime::builder().build()?;
    /// let alice = "alice".parse()?;
    /// let why = runtime.explain_path_blocking("~/usd", &alice, None).unwrap_err();
    /// assert_eq!((why.code(), why.message()), (Code::Unbound, "nothing is bound at or above /accounts/alice/usd"));
    /// # Ok::<(), airs_runtime::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Code::InvalidPath`], [`Code::Unbound`], and what a run may end in.
    pub async fn explain_path(
        &self,
        path: &str,
        caller: &CallerId,
        context: Option<&Name>,
    ) -> Result<PathExplained> {
        let context = self.inner.contexts.find(context)?.context.name().clone();
        let request = Request::resolve(path)
            .caller(caller.clone())
            .context(context.clone());
        let Answer::Resolved(path, bound_at, binding) = self.perform(request).await.result? else {
            return Err(Error::new(
                Code::Internal,
                "a path was asked for, and another answer came",
            ));
        };
        let caller = Caller::local(caller, &context);
        let right = |right| (right, binding.check_rights(&bound_at, &path, &caller.id, right));
        let no_name = |why: NameError| Error::new(Code::InvalidName, why.to_string());
        let driver = binding.driver.parse().map_err(no_name);
        Ok(PathExplained {
            rights: Rights::EACH.into_iter().map(right).collect(),
            owner: binding.owner_of(&bound_at, &path).map(ToOwned::to_owned),
            driver: driver.and_then(|name| self.explain_component(&name, Some(&context))),
            path,
            context,
            caller: caller.id.to_string(),
            bound_at,
            binding,
        })
    }

    /// The same, waited for on the calling thread. Not from within an asynchronous context.
    ///
    /// # Errors
    /// As [`explain_path`](Self::explain_path).
    pub fn explain_path_blocking(
        &self,
        path: &str,
        caller: &CallerId,
        context: Option<&Name>,
    ) -> Result<PathExplained> {
        may_wait()?;
        let executor = self.inner.engine.executor();
        executor.block_on(self.explain_path(path, caller, context))
    }
}
