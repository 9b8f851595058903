//! Backends: pure functions from the model, or from the syntax, to text.

pub mod c;
pub mod format;
pub mod graph;
pub mod json;
pub mod lua;
pub mod rust;
