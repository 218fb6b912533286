//! What machine code is made for.

use wasmtime::{Config, OptLevel, RegallocAlgorithm};

/// What the machine code of components is made for. What components do is the same with all of them.
///
/// ```
/// use airs_engine::{CodeGoal, CompilerConfig};
///
/// let quickly = CompilerConfig { code_goal: CodeGoal::Turnaround, ..CompilerConfig::default() };
/// assert_eq!(CompilerConfig::default().code_goal, CodeGoal::Speed);
/// # let _ = quickly;
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum CodeGoal {
    /// To be executed fast.
    #[default]
    Speed,
    /// To be there soon, in half the time: for what is soon replaced, as while it is being written. It executes more
    /// slowly.
    Turnaround,
    /// To be looked at: a debugger that looks at this process sees functions, lines and variables of components, as far as
    /// they have debug information. It executes more slowly, and takes longer to make.
    Debugging,
}

impl CodeGoal {
    /// Those there are, by the number that stands for each between processes.
    const ALL: [Self; 3] = [Self::Speed, Self::Turnaround, Self::Debugging];

    pub(crate) fn number(self) -> u64 {
        self as u64
    }

    pub(crate) fn of_number(number: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|goal| goal.number() == number)
    }

    /// Whether a guest is to be interrupted also while it copies much: not where nobody knows how long somebody looks at it.
    pub(crate) fn divides_copies(self) -> bool {
        self != Self::Debugging
    }

    pub(crate) fn set(self, config: &mut Config) {
        let (optimised, registers) = match self {
            Self::Speed => (OptLevel::Speed, RegallocAlgorithm::Backtracking),
            // Each of the two makes compiling shorter by a quarter.
            Self::Turnaround => (OptLevel::None, RegallocAlgorithm::SinglePass),
            // What is optimised away cannot be looked at.
            Self::Debugging => (OptLevel::None, RegallocAlgorithm::Backtracking),
        };
        config
            .cranelift_opt_level(optimised)
            .cranelift_regalloc_algorithm(registers)
            .debug_info(self == Self::Debugging);
    }
}

#[cfg(test)]
mod tests {
    use super::CodeGoal;

    #[test]
    fn each_has_a_number_of_its_own() {
        for goal in CodeGoal::ALL {
            assert_eq!(CodeGoal::of_number(goal.number()), Some(goal));
        }
        assert_eq!(CodeGoal::of_number(3), None);
    }
}
