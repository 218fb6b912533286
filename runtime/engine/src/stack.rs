//! Where a guest was when it failed, and how it came there.

use std::error::Error as StdError;
use std::fmt;
use std::sync::OnceLock;

use airs_core::Error;
use wasmtime::{FrameInfo, StoreContextMut, WasmBacktrace};

use crate::divided;
use crate::guest::GuestState;
use crate::lines::{Lines, Place, readable};

/// Of the frames that wasmtime tells, some twenty, so many are of one function when two or three call each other without end, and
/// hardly ever otherwise.
const CIRCLES_MIN: usize = 6;

/// The functions that a guest was in, the innermost first, why it went no further, and which call led there.
#[derive(Debug)]
pub(crate) struct Stack {
    why: String,
    frames: Frames,
    /// Noted by who had called: the fault is known to others by then.
    called: OnceLock<Called>,
}

/// What a program asked for when a driver failed, and where it did.
#[derive(Debug)]
struct Called {
    what: String,
    frames: Frames,
}

/// Functions, the innermost first.
///
/// The lines of source are looked up when somebody reads it, and that is hardly ever on a guest's thread.
#[derive(Debug, Default)]
struct Frames {
    functions: Vec<Function>,
    lines: Lines,
}

#[derive(Debug)]
struct Function {
    name: String,
    /// Whether the component says what it is called, and not its number only.
    is_named: bool,
    /// Where its instruction stands in the component.
    at: Option<usize>,
}

impl Stack {
    pub(crate) fn of(error: &wasmtime::Error, lines: &Lines) -> Self {
        let trace = error.downcast_ref::<WasmBacktrace>();
        Self {
            why: error.root_cause().to_string(),
            frames: trace.map(|trace| Frames::of(trace, lines)).unwrap_or_default(),
            called: OnceLock::new(),
        }
    }

    /// The innermost place that is the author's, neither the standard library's nor a dependency's: the function, and
    /// the line in it.
    pub(crate) fn own_place(&self) -> Option<(String, Place)> {
        self.frames.own_places().next()
    }

    /// Whether a function is among those that led there again and again: they call each other, or one calls itself.
    pub(crate) fn goes_in_circles(&self) -> bool {
        let functions = &self.frames.functions;
        let times = |name: &str| functions.iter().filter(|one| one.name == name).count();
        functions.iter().any(|one| times(&one.name) >= CIRCLES_MIN)
    }

    /// The function in which somebody panicked there, `FILE:LINE:COLUMN` as the panic says it. The file may be named
    /// from elsewhere.
    pub(crate) fn function_at(&self, panicked: &str) -> Option<String> {
        let (place, _column) = panicked.rsplit_once(':')?;
        let mut own = self.frames.own_places();
        let (function, _) = own.find(|(_, own)| own.line_in_file().ends_with(place))?;
        Some(function)
    }
}

/// Notes on the fault of a driver, if the error is one, which call of the guest in this Store led there. The first one
/// counts: afterwards every call is answered with the same fault.
pub(crate) fn note_call<T: GuestState>(
    error: &Error,
    store: &mut StoreContextMut<'_, T>,
    what: impl FnOnce(&mut T) -> String,
) {
    let Some(stack) = error.source().and_then(|cause| cause.downcast_ref::<Stack>()) else {
        return;
    };
    stack.called.get_or_init(|| {
        let trace = WasmBacktrace::capture(&*store);
        let lines = store.data_mut().guest().lines.clone();
        Called {
            what: what(store.data_mut()),
            frames: Frames::of(&trace, &lines.unwrap_or_default()),
        }
    });
}

impl Frames {
    fn of(trace: &WasmBacktrace, lines: &Lines) -> Self {
        let function = |frame: &FrameInfo| {
            let name = frame.func_name().map(readable);
            Function {
                is_named: name.is_some(),
                name: name.unwrap_or_else(|| format!("function {}", frame.func_index())),
                at: frame.module_offset(),
            }
        };
        let is_own = |frame: &&FrameInfo| frame.func_name() != Some(divided::NAME);
        Self {
            functions: trace.frames().iter().filter(is_own).map(function).collect(),
            lines: lines.clone(),
        }
    }

    /// Each function with the places in it, those of what was inlined into it first.
    fn placed(&self) -> impl Iterator<Item = (&str, Vec<Place>)> {
        let instructions: Vec<usize> = self.functions.iter().filter_map(|function| function.at).collect();
        let mut all = self.lines.of_instructions(&instructions).into_iter();
        self.functions.iter().map(move |Function { name, is_named, at }| {
            let mut places = at.and_then(|_| all.next()).unwrap_or_default();
            // Lines alone have a function's own name at most, without its type and module.
            if let (true, Some(outermost)) = (is_named, places.last_mut()) {
                outermost.function = None;
            }
            (name.as_str(), places)
        })
    }

    fn own_places(&self) -> impl Iterator<Item = (String, Place)> {
        const OTHERS: [&str; 4] = ["/rustc/", "/registry/src/", "/library/", "wasisdk://"];
        let foreign = |file: &str| OTHERS.iter().any(|other| file.contains(other));
        let each = self.placed().flat_map(|(name, places)| {
            let named = move |place: Place| (place.function.as_deref().unwrap_or(name).to_owned(), place);
            places.into_iter().map(named)
        });
        each.filter(move |(_, place)| !foreign(&place.file))
    }
}

/// A line for each function, and one for each place.
impl fmt::Display for Frames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (name, places)) in self.placed().enumerate() {
            if places.is_empty() {
                write!(f, "\n{number:>4}: {name}")?;
            }
            for place in places {
                let name = place.function.as_deref().unwrap_or(name);
                write!(f, "\n{number:>4}: {name}\n        at {place}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.why, self.frames)
    }
}

impl StdError for Stack {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.called
            .get()
            .map(|called| called as &(dyn StdError + 'static))
    }
}

impl fmt::Display for Called {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.what, self.frames)
    }
}

impl StdError for Called {}
