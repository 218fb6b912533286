//! Which line of its author's source an instruction of a component came from.

mod place;

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use addr2line::Context;
use gimli::{Dwarf, EndianSlice, LittleEndian, SectionId};
use wasmparser::{Chunk, Parser, Payload};

use crate::code_goal::CodeGoal;
use crate::divided::{Divided, Places};
pub(crate) use place::{Place, readable};

/// How often the debug information of a component is searched, each time for at most the 20 frames of a stack; what
/// was found is remembered. One that fails often does so in a few places. One that fails in ever new ones shows no
/// lines any more: a search takes time on a thread that guests execute on.
const SEARCHES_MAX: u32 = 64;

/// Debug information of a core module that is looked into: five times what a std guest has, for which it takes
/// some milliseconds.
const DEBUG_BYTES_MAX: usize = 16 << 20;

/// The debug information of a component.
///
/// It is read when somebody asks for a line, or a trap is to say where it was. wasmtime does not do it by itself: it
/// would read all of it for each frame of each trap.
#[derive(Clone)]
pub(crate) struct Lines(Arc<Inner>);

/// Of a component without debug information.
impl Default for Lines {
    fn default() -> Self {
        Self(Arc::new(Inner {
            component: Arc::new([]),
            modules: Vec::new(),
            places: OnceLock::default(),
            known: Mutex::default(),
        }))
    }
}

struct Inner {
    component: Arc<[u8]>,
    modules: Vec<Module>,
    /// Where what was compiled stands in the component; found out when somebody asks.
    places: OnceLock<Places>,
    known: Mutex<Known>,
}

/// What was found so far.
#[derive(Default)]
struct Known {
    lines: HashMap<usize, Vec<Place>>,
    searches: u32,
}

/// A core module that carries debug information.
#[derive(Default)]
pub(crate) struct Module {
    /// Its code section, within the component, as the others.
    code: Range<usize>,
    sections: HashMap<&'static str, Range<usize>>,
}

impl Lines {
    /// Finds the debug information in a component, if it has some; the component is kept for it then.
    ///
    /// It passes over code and data, so that it costs little beside loading code that is compiled already.
    pub(crate) fn of(component: &Arc<[u8]>, goal: CodeGoal) -> Self {
        let mut modules = Module::all(component);
        let bytes = |module: &Module| {
            module
                .sections
                .values()
                .map(ExactSizeIterator::len)
                .sum::<usize>()
        };
        modules.retain(|module| bytes(module) <= DEBUG_BYTES_MAX);
        if modules.is_empty() {
            return Self::default();
        }
        Self(Arc::new(Inner {
            component: Arc::clone(component),
            modules,
            places: match goal.divides_copies() {
                true => OnceLock::new(),
                false => OnceLock::from(Places::default()),
            },
            known: Mutex::default(),
        }))
    }

    /// The lines that instructions, known by their places in what was compiled, came from. What was inlined has
    /// several: its own first, then those of the functions that it was inlined into.
    pub(crate) fn of_instructions(&self, instructions: &[usize]) -> Vec<Vec<Place>> {
        let Inner {
            component, modules, ..
        } = &*self.0;
        if modules.is_empty() {
            return vec![Vec::new(); instructions.len()];
        }
        let places = self.0.places.get_or_init(|| divided_places(component));
        let originals: Vec<Option<usize>> = instructions.iter().map(|at| places.original(*at)).collect();
        let in_component: Vec<usize> = originals.iter().copied().flatten().collect();
        for module in modules {
            let unknown = self.known().begin_search(module, &in_component);
            // Nobody waits for it who asks for what is known already.
            let found = unknown.map(|unknown| module.lines(component, &unknown));
            self.known().lines.extend(found.unwrap_or_default());
        }
        let known = self.known();
        let lines = |original: &Option<usize>| original.and_then(|at| known.lines.get(&at).cloned());
        originals.iter().map(|at| lines(at).unwrap_or_default()).collect()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// As it was when it was compiled: then it was no error.
fn divided_places(component: &[u8]) -> Places {
    Divided::of(component)
        .map(|divided| divided.places)
        .unwrap_or_default()
}

impl Known {
    /// Those instructions of a module that nobody has searched for, if there are some and it may be searched for them.
    fn begin_search(&mut self, module: &Module, instructions: &[usize]) -> Option<Vec<usize>> {
        let is_unknown = |at: &&usize| module.code.contains(*at) && !self.lines.contains_key(*at);
        let unknown: Vec<usize> = instructions.iter().filter(is_unknown).copied().collect();
        if unknown.is_empty() || self.searches == SEARCHES_MAX {
            return None;
        }
        self.searches += 1;
        Some(unknown)
    }
}

impl Module {
    /// The modules of a component that carry debug information.
    pub(crate) fn all(component: &[u8]) -> Vec<Self> {
        let mut modules = Vec::new();
        let mut open = vec![(Parser::new(0), Self::default())];
        let mut rest = component;
        // What the parser has nothing to say about has no lines: the compiler has its say elsewhere.
        while let Some((parser, module)) = open.last_mut() {
            let Ok(Chunk::Parsed { consumed, payload }) = parser.parse(rest, true) else {
                break;
            };
            rest = rest.get(consumed..).unwrap_or_default();
            match payload {
                Payload::ModuleSection { parser, .. } | Payload::ComponentSection { parser, .. } => {
                    open.push((parser, Self::default()));
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
        modules.retain(|module| !module.sections.is_empty());
        modules
    }

    /// Where a section of debug information is, within the component; nowhere, if there is none.
    pub(crate) fn section(&self, id: SectionId) -> Range<usize> {
        self.sections.get(id.name()).cloned().unwrap_or_default()
    }

    /// Nothing where the debug information is malformed: it is the component's own.
    fn lines(&self, component: &[u8], instructions: &[usize]) -> HashMap<usize, Vec<Place>> {
        let section = |id: SectionId| {
            let bytes = component.get(self.section(id)).unwrap_or_default();
            Ok::<_, gimli::Error>(EndianSlice::new(bytes, LittleEndian))
        };
        let context = Dwarf::load(section).and_then(Context::from_dwarf).ok();
        let lines = |at: &usize| {
            let found = context.as_ref().and_then(|context| self.lines_at(context, *at));
            (*at, found.unwrap_or_default())
        };
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

impl fmt::Debug for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lines")
            .field("modules", &self.0.modules.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{CodeGoal, Lines, SEARCHES_MAX};

    fn section(id: u8, content: &[u8]) -> Vec<u8> {
        let size = content.len();
        let size = [(size % 128) as u8 | 0x80, (size / 128) as u8];
        [&[id], size.as_slice(), content].concat()
    }

    /// A component of one module: a function of 300 instructions, and something that is no debug information.
    fn component() -> Arc<[u8]> {
        let body = [[0].as_slice(), &[1; 300], &[0x0b]].concat();
        let body = section(1, &body);
        let code = section(10, &body);
        let custom = section(0, b"\x0b.debug_info\xff\xff");
        let functions = section(3, &[1, 0]);
        let module = [b"\0asm\x01\0\0\0".as_slice(), &functions, &code, &custom].concat();
        [b"\0asm\x0d\0\x01\0".as_slice(), &section(1, &module)]
            .concat()
            .into()
    }

    #[test]
    fn one_that_fails_in_ever_new_places_is_searched_so_often_and_no_more() {
        let lines = Lines::of(&component(), CodeGoal::Speed);
        let code = lines.0.modules[0].code.clone();
        assert!(code.len() > 300, "{code:?}");
        for at in code {
            for _ in 0..2 {
                assert_eq!(lines.of_instructions(&[at]), [[]]);
            }
            assert!(lines.known().searches <= SEARCHES_MAX);
        }
        // What was looked for is remembered, also where nothing was found.
        let known = lines.known();
        assert_eq!((known.searches, known.lines.len()), (SEARCHES_MAX, 64));
    }
}
