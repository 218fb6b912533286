//! How many processors a thread, and those that it starts, may use.

/// Whether this program can be kept on one.
pub(crate) const CAN_BE_FEW: bool = cfg!(target_os = "linux");

/// Keeps the calling thread on the first of the processors that it may use, with all threads that are started meanwhile.
pub(crate) fn on_one<T>(work: impl FnOnce() -> T) -> T {
    let all = os::allowed();
    os::allow(&os::first_of(&all));
    let done = work();
    os::allow(&all);
    done
}

#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "the C library's sets of processors are plain memory")]
mod os {
    use std::mem::{size_of, zeroed};

    use libc::{CPU_ISSET, CPU_SET, CPU_SETSIZE, cpu_set_t, sched_getaffinity, sched_setaffinity};

    pub(super) fn allowed() -> cpu_set_t {
        // SAFETY: All zeros are an empty set, and the call writes into one of the size that it is told.
        unsafe {
            let mut set = zeroed();
            assert_eq!(sched_getaffinity(0, size_of::<cpu_set_t>(), &mut set), 0);
            set
        }
    }

    pub(super) fn first_of(set: &cpu_set_t) -> cpu_set_t {
        let processors = 0..usize::try_from(CPU_SETSIZE).expect("a size");
        // SAFETY: The numbers are below the size of a set.
        unsafe {
            let mut one = zeroed();
            let first = processors.into_iter().find(|number| CPU_ISSET(*number, set));
            CPU_SET(first.expect("a processor"), &mut one);
            one
        }
    }

    pub(super) fn allow(set: &cpu_set_t) {
        // SAFETY: The call reads a set of the size that it is told.
        assert_eq!(unsafe { sched_setaffinity(0, size_of::<cpu_set_t>(), set) }, 0);
    }
}

#[cfg(not(target_os = "linux"))]
mod os {
    pub(super) fn allowed() {}

    pub(super) fn first_of((): &()) {}

    pub(super) fn allow((): &()) {}
}
