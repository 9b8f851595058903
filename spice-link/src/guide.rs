//! Manuals. These modules exist only in the documentation.
//!
//! The files are links to the folder `docs` of the repository, so that they are in the package. Links from one
//! manual to another are references. The definitions here come first, so that rustdoc ignores the definitions in
//! the files, which are paths in the repository.

/// [server]: server
#[doc = include_str!("guide/client.md")]
// A program is split over several blocks.
#[allow(rustdoc::invalid_rust_codeblocks)]
pub mod client {}

/// [client]: client
/// [client-channels]: client#channels
/// [client-passing-messages-on]: client#passing-messages-on
#[doc = include_str!("guide/server.md")]
// A program is split over several blocks.
#[allow(rustdoc::invalid_rust_codeblocks)]
pub mod server {}

#[doc = include_str!("guide/async.md")]
// A program is split over several blocks.
#[allow(rustdoc::invalid_rust_codeblocks)]
pub mod on_tokio {}
