//! The process layer of airs: it runs programs against the VAL, and makes each run a transaction.
//!
//! A [`Run`] says who runs what; [`Run::execute`] attempts it until it is committed, has failed, or has met
//! conflicts too often. Platform services are out of reach from here: what a program does, it does through
//! drivers.
//!
//! ```
//! use std::sync::Arc;
//! use std::time::{Instant, SystemTime};
//! use airs_core::{Caller, Limits};
//! use airs_driver::Context;
//! use airs_process::{Answer, Outcome, Progress, Routing, Run, Table, Work};
//!
//! /// One table for ever.
//! struct Fixed(Arc<Table>);
//!
//! impl Routing for Fixed {
//!     fn table(&self) -> Arc<Table> {
//!         Arc::clone(&self.0)
//!     }
//! }
//!
//! /// Lists what is bound. To be polled on the engine's executor, as everything that may call a guest.
//! async fn list(context: Context, table: Fixed, caller: Caller) {
//!     let run = Run {
//!         id: "01K5V8Q4ZC2R9T7M3XH6JWPBNE".into(),
//!         begun: Instant::now(),
//!         circumstances: SystemTime::now().into(),
//!         identity: None,
//!         context,
//!         caller,
//!         work: Work::Bindings,
//!         limits: Limits::default(),
//!         observer: Arc::new(|event| eprintln!("{event:?}")),
//!         progress: Progress::default(),
//!     };
//!     let Outcome { result, attempts, .. } = run.execute(&table).await;
//!     match result {
//!         Ok(Answer::Bindings(bound)) => println!("{} bindings, in {attempts} attempts", bound.len()),
//!         Ok(_) => unreachable!("that is not what was asked"),
//!         Err(error) => eprintln!("{}: {error}", error.code()),
//!     }
//! }
//! ```

mod answer;
mod catalog;
mod failed;
mod progress;
mod run;
mod start;
mod val;
mod work;

pub use answer::Answer;
pub use catalog::{Program, Programs, Routing, Table};
pub use progress::Progress;
pub use run::{ATTEMPTS_MAX, Outcome, Run};
pub use val::ProgramState;
pub use work::Work;
