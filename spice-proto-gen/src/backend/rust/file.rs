//! The whole generated file.

use super::context::Context;
use super::lines::Lines;
use super::names::Place;
use super::{HEADER, channels, protocol_enums, structs};

/// Everything is in one private module, so that one attribute applies to all of it. No name of a proto
/// has two underscores, so none is the same.
const MODULE: [&str; 8] = [
    "pub use __generated::*;",
    "",
    "#[allow(",
    "    clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction,",
    "    missing_copy_implementations, single_use_lifetimes, unreachable_pub, unused,",
    "    unused_qualifications, variant_size_differences",
    ")]",
    "mod __generated {",
];

/// The first line of every module with types.
pub(super) const IMPORT: &str =
    "use ::spice_wire::__private::{self as wire, Decode as _, Encode as _, FixedSize as _};";

/// The text of the file.
pub(super) fn text(context: &Context<'_>) -> String {
    let mut lines = Lines::new(0);
    lines.lines(MODULE);
    let version = env!("CARGO_PKG_VERSION");
    lines.line(format!(
        "const _: () = ::spice_wire::__private::assert_generated_for({version:?});"
    ));
    protocol_enums::items(context, &mut lines);
    lines.docs(["Types of fields, and message bodies that several messages use."]);
    lines.open("pub mod types {");
    lines.line(IMPORT);
    for id in context.names.types_in(Place::Types) {
        structs::definition(context, *id, &mut lines);
    }
    lines.close("}");
    for channel in context.channels() {
        channels::module(context, channel, &mut lines);
    }
    lines.line("}");
    format!("{HEADER}\n{}", lines.into_text())
}
