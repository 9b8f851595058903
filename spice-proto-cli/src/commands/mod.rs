//! The subcommands: a file for each, with its arguments and its function `run`.

pub mod check;
pub mod dissector;
pub mod explain;
pub mod rust;
