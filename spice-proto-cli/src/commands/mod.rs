//! The subcommands: a file for each, with its arguments and its function `run`.

pub mod check;
pub mod decode;
pub mod encode;
pub mod explain;
pub mod rust;
