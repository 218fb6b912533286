//! What `dev` is to build and serve.

use super::{Node, Which};
use crate::args::DevArgs;
use crate::cargo::profile;

#[derive(Debug)]
pub(crate) struct Dev {
    pub(crate) which: Which,
    /// The program to run whenever something new serves, with the input as it was typed.
    pub(crate) run: Option<String>,
    pub(crate) input: Option<String>,
    /// Whether the state is removed first.
    pub(crate) fresh: bool,
    /// Whether to look for changes rather than to be told of them.
    pub(crate) poll: bool,
    pub(crate) node: Node,
}

impl Dev {
    pub(super) fn new(args: DevArgs, for_cargo: impl Iterator<Item = &'static str>) -> Self {
        let asked = &args.node.profile;
        let own = !asked.release && !asked.debug && asked.profile.is_none();
        let mut node = Node::new(args.node, for_cargo);
        if own {
            node.profile = profile::DEV.to_owned();
        }
        Self {
            which: Which::from(args.packages),
            run: args.run,
            input: args.input,
            fresh: args.fresh,
            poll: args.poll,
            node,
        }
    }
}
