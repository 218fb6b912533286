//! What a component exports, made of a driver or a program.

mod conversion;
mod driver;
mod program;
