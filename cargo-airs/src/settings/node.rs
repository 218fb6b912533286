//! On which state a command works, as whom, and what it does there.

use std::path::PathBuf;

use airs_runtime::{CallerId, Name, Owner, RunId};

use super::{Manifest, profile};
use crate::args::{
    BindArgs, BindingsArgs, ControlArgs, DemoArgs, ExplainArgs, IdArgs, NodeArgs, RunArgs, StatusArgs,
    UnbindArgs, ViewArgs,
};

/// What commands that use the runtime have in common.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) caller: CallerId,
    pub(crate) context: Name,
    pub(crate) state: StatePlace,
    /// Beside which state the folders of contexts are.
    pub(crate) files_beside: StatePlace,
    pub(crate) profile: String,
    pub(crate) timeout_ms: Option<u64>,
    /// What makes the command's run happen once.
    pub(crate) id: Option<RunId>,
    pub(crate) manifest: Manifest,
}

/// Where the state is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StatePlace {
    /// In the project's own folder for it.
    Project,
    Memory,
    Folder(PathBuf),
}

impl From<Option<PathBuf>> for StatePlace {
    fn from(typed: Option<PathBuf>) -> Self {
        match typed {
            None => Self::Project,
            Some(word) if word.as_os_str() == "memory" => Self::Memory,
            Some(folder) => Self::Folder(folder),
        }
    }
}

#[derive(Debug)]
pub(crate) struct Bind {
    pub(crate) path: String,
    pub(crate) driver: Name,
    pub(crate) account: String,
    pub(crate) owner: Option<Owner>,
    pub(crate) controllers: Vec<CallerId>,
    pub(crate) node: Node,
}

#[derive(Debug)]
pub(crate) struct Unbind {
    pub(crate) path: String,
    pub(crate) node: Node,
}

#[derive(Debug)]
pub(crate) struct Bindings {
    pub(crate) node: Node,
}

#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) program: String,
    pub(crate) input: Option<String>,
    pub(crate) node: Node,
}

#[derive(Debug)]
pub(crate) struct View {
    pub(crate) path: String,
    pub(crate) node: Node,
}

#[derive(Debug)]
pub(crate) struct Control {
    pub(crate) path: String,
    pub(crate) operation: String,
    pub(crate) input: Option<String>,
    pub(crate) node: Node,
}

#[derive(Debug)]
pub(crate) struct Explain {
    pub(crate) what: What,
    pub(crate) node: Node,
}

/// What is to be explained.
#[derive(Debug)]
pub(crate) enum What {
    Path(String),
    Component(String),
}

#[derive(Debug)]
pub(crate) struct Status {
    pub(crate) node: Node,
}

#[derive(Debug)]
pub(crate) struct Demo {
    pub(crate) folder: Option<PathBuf>,
    /// Whether a program is edited while it is called.
    pub(crate) dev: bool,
    /// How its commands are to report.
    pub(crate) flags: Vec<&'static str>,
}

impl Node {
    pub(super) fn new(args: NodeArgs, for_cargo: impl Iterator<Item = &'static str>) -> Self {
        let state = StatePlace::from(args.state);
        Self {
            caller: args.caller.unwrap_or_else(CallerId::operator),
            context: args.context.unwrap_or_else(Name::local),
            files_beside: state.clone(),
            state,
            profile: profile(args.profile),
            timeout_ms: None,
            id: None,
            manifest: Manifest::new(args.manifest, for_cargo),
        }
    }

    /// The same for a command whose run may have an id.
    fn identified(args: NodeArgs, id: &IdArgs, for_cargo: impl Iterator<Item = &'static str>) -> Self {
        Self {
            id: id.id,
            ..Self::new(args, for_cargo)
        }
    }
}

impl Bind {
    pub(super) fn new(args: BindArgs, for_cargo: impl Iterator<Item = &'static str>) -> Self {
        Self {
            path: args.path,
            driver: args.driver,
            account: args.account,
            owner: args.owner,
            controllers: args.controllers,
            node: Node::identified(args.node, &args.id, for_cargo),
        }
    }
}

impl Unbind {
    pub(super) fn new(args: UnbindArgs, for_cargo: impl Iterator<Item = &'static str>) -> Self {
        Self {
            path: args.path,
            node: Node::identified(args.node, &args.id, for_cargo),
        }
    }
}

impl Bindings {
    pub(super) fn new(args: BindingsArgs, for_cargo: impl Iterator<Item = &'static str>) -> Self {
        Self {
            node: Node::new(args.node, for_cargo),
        }
    }
}

impl Run {
    pub(super) fn new(args: RunArgs, for_cargo: impl Iterator<Item = &'static str>) -> Self {
        Self {
            program: args.program,
            input: args.input,
            node: Node {
                timeout_ms: args.timeout_ms,
                ..Node::identified(args.node, &args.id, for_cargo)
            },
        }
    }
}

impl View {
    pub(super) fn new(args: ViewArgs, for_cargo: impl Iterator<Item = &'static str>) -> Self {
        Self {
            path: args.path,
            node: Node::identified(args.node, &args.id, for_cargo),
        }
    }
}

impl Control {
    pub(super) fn new(args: ControlArgs, for_cargo: impl Iterator<Item = &'static str>) -> Self {
        Self {
            path: args.path,
            operation: args.operation,
            input: args.input,
            node: Node::identified(args.node, &args.id, for_cargo),
        }
    }
}

impl Explain {
    pub(super) fn new(args: ExplainArgs, for_cargo: impl Iterator<Item = &'static str>) -> Self {
        Self {
            // No component has such a name.
            what: if args.what.starts_with(['/', '~']) {
                What::Path(args.what)
            } else {
                What::Component(args.what)
            },
            node: Node::new(args.node, for_cargo),
        }
    }
}

impl Status {
    pub(super) fn new(args: StatusArgs, for_cargo: impl Iterator<Item = &'static str>) -> Self {
        Self {
            node: Node::new(args.node, for_cargo),
        }
    }
}

impl Demo {
    pub(super) fn new(args: DemoArgs, flags: Vec<&'static str>) -> Self {
        Self {
            folder: args.folder,
            dev: args.dev,
            flags,
        }
    }
}
