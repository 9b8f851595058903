//! Backends: pure functions from the model to text.

pub mod rust;
