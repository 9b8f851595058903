//! Compiler for the language of `spice.proto`: from a description of SPICE messages to Rust types
//! that decode and encode them.
//!
//! In a build script one line is enough:
//!
//! ```no_run
//! spice_proto_gen::compile("proto/spice.proto");
//! ```
//!
//! [`Config`] has the settings. [`Analysis`] is the front end alone, for tools: the
//! [model](model::Model) of a proto and all that is wrong with it.
//!
//! What goes through here is one value after another, never back:
//! text, [syntax tree](ast), [model], Rust.

mod analysis;
pub mod ast;
pub mod backend;
pub mod codes;
mod config;
pub mod diagnostic;
pub mod explain;
pub mod levels;
pub mod model;
mod processors;
pub mod render;
pub mod resolve;
pub mod span;
mod span_index;
mod spelling;
pub mod syntax;

pub use analysis::Analysis;
pub use config::{Config, Error, Generated, compile, compile_with, write_if_changed};
pub use span_index::SpanIndex;

#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct Readme;
