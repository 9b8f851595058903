//! Backends: pure functions from the model to text.

pub mod c;
pub mod graph;
pub mod json;
pub mod rust;
