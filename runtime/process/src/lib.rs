//! The process layer of airs: programs, runs, the host side of the VAL.
