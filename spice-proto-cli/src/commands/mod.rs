//! The subcommands: a file for each, with its arguments and its function `run`.

pub mod check;
pub mod completions;
pub mod doc;
pub mod explain;
pub mod graph;
pub mod header;
pub mod json;
pub mod man;
pub mod rust;
