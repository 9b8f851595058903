//! A compiler for the language of `spice.proto`, for build scripts and tools.
//!
//! [language]: guide::language
//! [`spice-wire`]: https://docs.rs/spice-wire
#![doc = include_str!("../README.md")]
//! ## Modules
//!
//! | module | content |
//! |---|---|
//! | [`compile`], [`compile_protos`], [`compile_with`], [`Config`] | for build scripts: from a proto to a file |
//! | [`Analysis`], [`SpanIndex`] | for tools: the model and the diagnostics of a proto, without generated code |
//! | [`model`] | what a proto means |
//! | [`diagnostic`] | findings with a code: levels, reports, explanations |
//! | [`diff`] | what changed between two models |
//! | [`backend`] | Rust, C, a dissector, JSON, graphs, and the canonical layout |
//! | [`guide`] | manuals: the language, and every diagnostic |
//!
//! ## Stability
//!
//! Everything in this documentation follows semantic versioning, including the codes and the JSON form of
//! diagnostics. The texts of messages may change in any release, and so may the hidden modules `ast`,
//! `syntax` and `resolve`. Generated code works only with the version of `spice-wire` that belongs to this
//! version of the compiler. If `spice-wire` or a feature of it is missing, the import of the runtime is the only error
//! in the generated file.

mod analysis;
#[doc(hidden)]
pub mod ast;
pub mod backend;
mod code_enum;
mod compile;
mod config;
pub mod diagnostic;
pub mod diff;
mod error;
#[cfg(all(doc, not(doctest)))]
pub mod guide;
mod json_text;
pub mod model;
mod outputs;
#[doc(hidden)]
pub mod resolve;
mod span;
mod span_index;
mod spelling;
#[doc(hidden)]
pub mod syntax;

pub use analysis::Analysis;
pub use compile::{compile, compile_protos, compile_with, write_if_changed};
pub use config::{Config, Generated};
pub use error::Error;
pub use span_index::SpanIndex;
pub use syntax::MAX_FILE_SIZE;
