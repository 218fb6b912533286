//! Which line of its author's source an instruction of a component came from.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use addr2line::Context;
use gimli::{Dwarf, EndianSlice, LittleEndian, SectionId};
use wasmparser::{Chunk, Parser, Payload};

/// Instructions whose lines are remembered for a component. One that traps often does so in a few places, and
/// a stack has at most 20 frames.
const INSTRUCTIONS_KEPT: usize = 256;

/// Debug information of a core module that is looked into: five times what a std guest has, for which it takes
/// some milliseconds.
const DEBUG_BYTES_MAX: usize = 16 << 20;

/// The debug information of a component.
///
/// It is read when somebody asks for a line. The engine does not do it by itself: it would read all of it for
/// each frame of each trap, on the threads that guests execute on.
#[derive(Clone)]
pub(crate) struct Lines(Arc<Inner>);

/// Of a component without debug information.
impl Default for Lines {
    fn default() -> Self {
        Self(Arc::new(Inner {
            component: Arc::new([]),
            modules: Vec::new(),
            known: Mutex::default(),
        }))
    }
}

struct Inner {
    component: Arc<[u8]>,
    modules: Vec<Module>,
    known: Mutex<HashMap<usize, Vec<Place>>>,
}

/// A core module that carries debug information.
#[derive(Default)]
struct Module {
    /// Its code section, within the component, as the others.
    code: Range<usize>,
    sections: HashMap<&'static str, Range<usize>>,
}

/// A place in the source, and the function that it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// None when only the component's own name for it is known.
    pub(crate) function: Option<String>,
    pub(crate) file: String,
    line: u32,
    column: u32,
}

impl Lines {
    /// Finds the debug information in a component, if it has some; the component is kept for it then.
    ///
    /// It passes over code and data, so that it costs little beside loading code that is compiled already.
    pub(crate) fn of(component: &Arc<[u8]>) -> Self {
        let mut modules = Vec::new();
        let mut open = vec![(Parser::new(0), Module::default())];
        let mut rest = &**component;
        // What the parser has nothing to say about has no lines: the compiler has its say elsewhere.
        while let Some((parser, module)) = open.last_mut() {
            let Ok(Chunk::Parsed { consumed, payload }) = parser.parse(rest, true) else {
                break;
            };
            rest = rest.get(consumed..).unwrap_or_default();
            match payload {
                Payload::ModuleSection { parser, .. } | Payload::ComponentSection { parser, .. } => {
                    open.push((parser, Module::default()));
                }
                Payload::CodeSectionStart { range, size, .. } => {
                    module.code = range;
                    parser.skip_section();
                    rest = rest.get(size as usize..).unwrap_or_default();
                }
                Payload::CustomSection(custom) => {
                    if let Some(name) = known(custom.name()) {
                        let start = custom.data_offset();
                        module.sections.insert(name, start..start + custom.data().len());
                    }
                }
                Payload::End(_) => modules.extend(open.pop().map(|(_, module)| module)),
                _ => {}
            }
        }
        let bytes = |module: &Module| {
            module
                .sections
                .values()
                .map(ExactSizeIterator::len)
                .sum::<usize>()
        };
        modules.retain(|module| !module.sections.is_empty() && bytes(module) <= DEBUG_BYTES_MAX);
        if modules.is_empty() {
            return Self::default();
        }
        Self(Arc::new(Inner {
            component: Arc::clone(component),
            modules,
            known: Mutex::default(),
        }))
    }

    /// The lines that instructions, known by their places in the component, came from. What was inlined has
    /// several: its own first, then those of the functions that it was inlined into.
    pub(crate) fn of_instructions(&self, instructions: &[usize]) -> Vec<Vec<Place>> {
        let Inner {
            component,
            modules,
            known,
        } = &*self.0;
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        for module in modules {
            let asked = |at: &&usize| module.code.contains(*at) && !known.contains_key(*at);
            let asked: Vec<usize> = instructions.iter().filter(asked).copied().collect();
            if known.len() + asked.len() > INSTRUCTIONS_KEPT {
                known.clear();
            }
            known.extend(module.lines(component, &asked));
        }
        let lines = instructions.iter().map(|at| known.get(at).cloned());
        lines.map(Option::unwrap_or_default).collect()
    }
}

impl Module {
    /// Nothing where the debug information is malformed: it is the component's own.
    fn lines(&self, component: &[u8], instructions: &[usize]) -> HashMap<usize, Vec<Place>> {
        let section = |id: SectionId| {
            let range = self.sections.get(id.name()).cloned().unwrap_or_default();
            let bytes = component.get(range).unwrap_or_default();
            Ok::<_, gimli::Error>(EndianSlice::new(bytes, LittleEndian))
        };
        if instructions.is_empty() {
            return HashMap::new();
        }
        let Ok(context) = Dwarf::load(section).and_then(Context::from_dwarf) else {
            return HashMap::new();
        };
        let lines = |at: &usize| (*at, self.lines_at(&context, *at).unwrap_or_default());
        instructions.iter().map(lines).collect()
    }

    fn lines_at<R: gimli::Reader>(&self, context: &Context<R>, instruction: usize) -> Option<Vec<Place>> {
        let address = u64::try_from(instruction.checked_sub(self.code.start)?).ok()?;
        let mut frames = context.find_frames(address).skip_all_loads().ok()?;
        let mut lines = Vec::new();
        while let Ok(Some(frame)) = frames.next() {
            let name = frame
                .function
                .as_ref()
                .and_then(|function| function.raw_name().ok());
            let function = name.map(|name| readable(&name));
            let location = frame
                .location
                .and_then(|at| Some((at.file?, at.line?, at.column?)));
            lines.extend(location.map(|(file, line, column)| Place {
                function,
                file: file.to_owned(),
                line,
                column,
            }));
        }
        Some(lines)
    }
}

/// The name of a function as its author knows it.
pub(crate) fn readable(name: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(name))
}

/// The name of a section that debug information is in.
fn known(name: &str) -> Option<&'static str> {
    const SECTIONS: [SectionId; 12] = [
        SectionId::DebugAbbrev,
        SectionId::DebugAddr,
        SectionId::DebugAranges,
        SectionId::DebugInfo,
        SectionId::DebugLine,
        SectionId::DebugLineStr,
        SectionId::DebugLoc,
        SectionId::DebugLocLists,
        SectionId::DebugRanges,
        SectionId::DebugRngLists,
        SectionId::DebugStr,
        SectionId::DebugStrOffsets,
    ];
    SECTIONS
        .into_iter()
        .map(SectionId::name)
        .find(|known| *known == name)
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

impl fmt::Debug for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lines")
            .field("modules", &self.0.modules.len())
            .finish()
    }
}
