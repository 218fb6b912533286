//! What `bench` is to measure.

use airs_runtime::Name;

use super::Node;
use crate::args::BenchArgs;

#[derive(Debug)]
pub(crate) struct Bench {
    pub(crate) program: String,
    pub(crate) input: Option<String>,
    pub(crate) runs: u64,
    pub(crate) at_once: u32,
    pub(crate) save_baseline: Option<Name>,
    pub(crate) baseline: Option<Name>,
    pub(crate) node: Node,
}

impl Bench {
    pub(super) fn new(args: BenchArgs, for_cargo: impl Iterator<Item = &'static str>) -> Self {
        Self {
            program: args.program,
            input: args.input,
            runs: args.runs,
            at_once: args.at_once,
            save_baseline: args.save_baseline,
            baseline: args.baseline,
            node: Node::new(args.node, for_cargo),
        }
    }
}
