//! The subcommands: a file for each, with its arguments and its function `run`.

pub mod check;
pub mod diff;
pub mod explain;
pub mod fmt;
pub mod rust;
