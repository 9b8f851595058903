//! Backends: pure functions from the model to text.

pub mod lua;
pub mod rust;
