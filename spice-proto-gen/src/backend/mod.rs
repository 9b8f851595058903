//! Backends: pure functions from the model, or from the syntax, to text.

pub mod format;
pub mod rust;
