//! The subcommands: a file for each, with its arguments and its function `run`.

pub mod c;
pub mod check;
pub mod completions;
pub mod decode;
pub mod diff;
pub mod dissector;
pub mod doc;
pub mod encode;
pub mod explain;
pub mod fmt;
pub mod graph;
pub mod header;
pub mod json;
pub mod man;
pub mod rust;
