//! A loop whose builds are counted: what a save leads to, and nothing else.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::super::loops::{Dev, touch};
use super::super::project::unbound;
use super::super::verdict::ensure;
use crate::project::{build, succeed};
use crate::scene::Scene;

#[cfg(target_os = "linux")]
mod pieces;

/// What takes longer than this to be saved may be looked at in the middle, and is then built in the middle.
const IN_ONE_GO: Duration = Duration::from_millis(40);

/// A project, a loop in which its program has run, and what is known of both.
pub(super) struct Builds {
    pub(super) scene: Scene,
    dev: Dev,
    name: &'static str,
    /// What the driver counts.
    count: u32,
    step: u32,
    pub(super) builds: u32,
    pub(super) warnings: Vec<String>,
    /// Saves that the machine took apart.
    pub(super) taken_apart: u32,
}

/// What was heard until nothing was due any more.
#[derive(Default)]
struct Heard {
    /// The components of each build; none for the whole project.
    builds: Vec<Vec<String>>,
    cancelled: usize,
    /// The components that each turn has put into service; it failed, if there is no list.
    turns: Vec<Option<Vec<String>>>,
    answer: Option<String>,
    /// Something new serves, and has not answered yet.
    will_answer: bool,
}

impl Heard {
    fn is_over(&self) -> bool {
        self.builds.len() == self.cancelled + self.turns.len() && !self.will_answer
    }

    fn building(&mut self, said: &Value) {
        let names = said["components"].as_array().unwrap().iter();
        self.builds
            .push(names.map(|name| name.as_str().unwrap().to_owned()).collect());
    }

    fn turned(&mut self, said: &Value) {
        let served = said["components"].as_array().unwrap().iter();
        let served: Vec<String> = served
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect();
        self.will_answer |= !served.is_empty();
        self.turns.push((said["outcome"] != "failed").then_some(served));
    }
}

impl Builds {
    pub(super) fn of(name: &'static str, prepare: impl FnOnce(&mut Scene)) -> Self {
        let mut scene = unbound(name);
        prepare(&mut scene);
        build(&scene);
        succeed(
            &scene,
            &format!("bind /tally --driver {name}-tally --account null"),
        );
        let mut dev = Dev::start(&scene, &format!("--run {name}-bump"));
        let (_, answer) = dev.answer();
        assert!(answer.starts_with("41 "), "{answer}");
        let mut builds = Self {
            scene,
            dev,
            name,
            count: 41,
            step: 41,
            builds: 0,
            warnings: Vec::new(),
            taken_apart: 0,
        };
        // The first turn is the only one.
        let heard = builds.heard(None).unwrap();
        assert!(heard.builds.is_empty(), "{:?}", heard.builds);
        builds
    }

    pub(super) fn path(&self, file: &str) -> PathBuf {
        self.scene.path().join(file)
    }

    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// The driver counts in other steps from now on.
    pub(super) fn counts_by(&mut self, step: u32) {
        self.step = step;
    }

    /// Saves something, and expects one build of these components, which serve from then on and answer this.
    pub(super) fn one(
        &mut self,
        what: &str,
        components: &[&str],
        answer: &str,
        save: impl FnOnce(&mut Scene),
    ) -> Result<(), String> {
        self.due(what, components, Some(components), answer, save)
    }

    /// The same of a change that concerns the project as a whole, and of it these components.
    pub(super) fn project(
        &mut self,
        what: &str,
        served: &[&str],
        answer: &str,
        save: impl FnOnce(&mut Scene),
    ) -> Result<(), String> {
        self.due(what, &[], Some(served), answer, save)
    }

    /// The same of a change that a component may or may not be other by.
    pub(super) fn alike(
        &mut self,
        what: &str,
        components: &[&str],
        save: impl FnOnce(&mut Scene),
    ) -> Result<(), String> {
        self.due(what, components, None, "", save)
    }

    fn due(
        &mut self,
        what: &str,
        built: &[&str],
        served: Option<&[&str]>,
        answer: &str,
        save: impl FnOnce(&mut Scene),
    ) -> Result<(), String> {
        let begun = Instant::now();
        save(&mut self.scene);
        let in_one_go = begun.elapsed() < IN_ONE_GO;
        self.came_of(what, built, served, answer, in_one_go)
    }

    fn came_of(
        &mut self,
        what: &str,
        built: &[&str],
        served: Option<&[&str]>,
        answer: &str,
        in_one_go: bool,
    ) -> Result<(), String> {
        self.taken_apart += u32::from(!in_one_go);
        let first = self.awaited(what)?;
        let heard = self.heard(Some(first))?;
        let (built, served) = (self.names(built), served.map(|served| self.names(served)));
        let wrong = heard.builds.iter().find(|one| **one != built);
        ensure!(wrong.is_none(), "{what}: a build of {wrong:?} that is not due");
        let builds = heard.builds.len();
        ensure!(builds == 1 || !in_one_go, "{what}: {builds} builds instead of 1");
        let last = heard.turns.last().cloned().flatten();
        let last = last.ok_or_else(|| format!("{what}: the build failed"))?;
        let Some(served) = served else { return Ok(()) };
        ensure!(
            last == served,
            "{what}: {last:?} are new in service, and not {served:?}"
        );
        if served.is_empty() {
            return Ok(());
        }
        let expected = format!("{} {answer}", self.count);
        ensure!(
            heard.answer.as_ref() == Some(&expected),
            "{what}: the answer is {:?}, and not {expected:?}",
            heard.answer
        );
        Ok(())
    }

    /// Saves something, and expects no build.
    pub(super) fn none(&mut self, what: &str, save: impl FnOnce(&mut Scene)) -> Result<(), String> {
        save(&mut self.scene);
        let heard = self.heard(None)?;
        ensure!(heard.builds.is_empty(), "{what}: a build that is not due");
        Ok(())
    }

    /// Saves something, and something else when its build has begun: two builds, of which the first may be ended.
    pub(super) fn during(
        &mut self,
        components: &[&str],
        answer: &str,
        saves: [&dyn Fn(&mut Scene); 2],
    ) -> Result<(), String> {
        saves[0](&mut self.scene);
        let first = self.awaited("the first edit")?;
        saves[1](&mut self.scene);
        let mut heard = self.heard(Some(first))?;
        heard.builds.retain(|one| *one == self.names(components));
        let builds = heard.builds.len();
        ensure!(
            builds == 2,
            "an edit during a build: {builds} builds instead of 2"
        );
        let expected = format!("{} {answer}", self.count);
        ensure!(
            heard.answer.as_ref() == Some(&expected),
            "an edit during a build: the answer is {:?}, and not {expected:?}",
            heard.answer
        );
        Ok(())
    }

    fn names(&self, components: &[&str]) -> Vec<String> {
        components
            .iter()
            .map(|one| format!("{}-{one}", self.name))
            .collect()
    }

    /// Listens until a build begins. A loop that looks, and says again that nothing has changed, has lost what was saved.
    fn awaited(&mut self, what: &str) -> Result<Value, String> {
        for _ in 0..3 {
            let said = self.dev.next();
            if said["reason"] == "dev-building" {
                return Ok(said);
            }
            ensure!(said["reason"] == "dev-unchanged", "{what}: {said}");
            touch(&self.path("tally/src/lib.rs"));
        }
        Err(format!("{what}: it is lost"))
    }

    /// Listens until nothing is due any more.
    fn heard(&mut self, first: Option<Value>) -> Result<Heard, String> {
        let mut heard = Heard::default();
        let mut next = first;
        let mut asked = false;
        loop {
            if next.is_none() && heard.is_over() && !asked {
                touch(&self.path("tally/src/lib.rs"));
                asked = true;
            }
            let said = next.take().unwrap_or_else(|| self.dev.next());
            match said["reason"].as_str().unwrap() {
                "dev-building" => {
                    heard.building(&said);
                    self.builds += 1;
                    asked = false;
                }
                "dev-cancelled" => heard.cancelled += 1,
                "dev-turn" => heard.turned(&said),
                "run-committed" => {
                    heard.answer = said["output"].as_str().map(str::to_owned);
                    heard.will_answer = false;
                    self.count += self.step;
                }
                "dev-unchanged" if asked => return Ok(heard),
                "warning" => self.warnings.extend(said["message"].as_str().map(str::to_owned)),
                "dev-unchanged" | "dev-diagnostics" | "error" | "log" => {}
                _ => return Err(format!("it says {said}")),
            }
        }
    }
}
