//! What a component exports, made of a driver or a program.

mod conversion;
mod driver;

pub use driver::DriverComponent;
