//! What the guest `probe` is told to do.

use airs_runtime::Request;
use serde_json::{Value, json};

/// Steps for the guest `probe`. Assets are numbered in the order in which they are opened.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Script {
    steps: Vec<Value>,
    stubborn: bool,
}

impl Script {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Goes on after an error, and ends well whatever happened.
    pub fn stubborn(mut self) -> Self {
        self.stubborn = true;
        self
    }

    /// Opens an asset with rights, separated by spaces.
    pub fn intend(self, path: &str, rights: &str) -> Self {
        let rights: Vec<&str> = rights.split_whitespace().collect();
        self.step(json!({ "do": "intend", "path": path, "rights": rights }))
    }

    /// Looks at an asset.
    pub fn view(self, asset: usize) -> Self {
        self.step(json!({ "do": "view", "asset": asset }))
    }

    /// Moves an amount.
    pub fn transfer(self, from: usize, to: usize, amount: &str) -> Self {
        self.step(json!({ "do": "transfer", "from": from, "to": to, "amount": amount }))
    }

    /// Calls an operation.
    pub fn control(self, asset: usize, operation: &str, input: Value) -> Self {
        self.step(json!({ "do": "control", "asset": asset, "operation": operation, "input": input }))
    }

    /// Releases an asset in one of the ways: `done`, `drop`, or not at all, with `forget`.
    pub fn release(self, how: &str, asset: usize) -> Self {
        self.step(json!({ "do": how, "asset": asset }))
    }

    /// Writes a line.
    pub fn log(self, text: &str) -> Self {
        self.flood(text, 1)
    }

    /// Writes a line many times.
    pub fn flood(self, text: &str, times: u32) -> Self {
        self.step(json!({ "do": "log", "text": text, "times": times }))
    }

    /// A step without parameters, such as `panic`.
    pub fn act(self, what: &str) -> Self {
        self.step(json!({ "do": what }))
    }

    /// Any step.
    pub fn step(mut self, step: Value) -> Self {
        self.steps.push(step);
        self
    }

    /// The script as input for the program.
    pub fn input(&self) -> String {
        json!({ "steps": self.steps, "stubborn": self.stubborn }).to_string()
    }

    /// A request to run it.
    pub fn request(&self) -> Request {
        Request::run("probe", self.input())
    }
}
