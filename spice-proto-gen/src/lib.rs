//! A compiler for the language of `spice.proto`. It generates Rust types that decode and encode
//! SPICE messages.
//!
//! A build script needs one line:
//!
//! ```no_run
//! spice_proto_gen::compile("proto/spice.proto");
//! ```
//!
//! The crate includes the generated file with `spice_wire::include_proto!("spice");`. If `spice-wire` or a feature
//! of it is missing, the import of the runtime is the only error in the generated file.
//!
//! [`Config`] has the settings. Tools use [`Analysis`], which returns the [model] and the
//! [diagnostics](diagnostic) of a proto without generating code.
//!
//! # Stability
//!
//! Everything in this documentation follows semantic versioning, including the codes and the JSON form of
//! diagnostics. The texts of messages may change in any release, and so may the hidden modules `ast`,
//! `syntax` and `resolve`. Generated code works only with the version of `spice-wire` that belongs to this
//! version of the compiler.

mod analysis;
#[doc(hidden)]
pub mod ast;
pub mod backend;
mod config;
pub mod diagnostic;
pub mod diff;
mod error;
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
pub use config::{Config, Generated, compile, compile_protos, compile_with, write_if_changed};
pub use error::Error;
pub use span_index::SpanIndex;
pub use syntax::MAX_FILE_SIZE;

#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct Readme;
