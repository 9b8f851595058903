//! Manuals. These modules exist only in the documentation.
//!
//! The files are links to the folder `docs` of the repository, so that they are in the package. Links from one
//! manual to another are references. The definitions here come first, so that rustdoc ignores the definitions in
//! the files, which are paths in the repository.

/// [diagnostics]: diagnostics
/// [W0004]: diagnostics#w0004
#[doc = include_str!("guide/language.md")]
// The tests read these attributes of code blocks.
#[allow(rustdoc::invalid_codeblock_attributes)]
pub mod language {}

#[doc = include_str!("guide/diagnostics.md")]
pub mod diagnostics {}
