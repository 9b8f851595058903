//! Changes between two versions of a proto, judged by their effect on the wire.
//!
//! [`compare`] compares two models. `comparison` holds the state, `channels` pairs the messages of both, `bodies`, `fields` and
//! `switches` compare what they contain, `enums` the items. `same_bytes` decides whether two bodies
//! have one layout, `usage` who sends a body. [`render`] prints changes for people, [`to_json_lines`]
//! for tools.

mod bodies;
mod channels;
mod codes;
mod comparison;
mod enums;
mod fields;
mod pairs;
mod report;
mod same_bytes;
mod switches;
#[cfg(test)]
mod tests;
mod usage;

pub use self::codes::{ChangeCode, Impact, UnknownChangeCode};
use self::comparison::Comparison;
pub use self::report::{Text, render, to_json_lines};
use crate::diagnostic::Span;
use crate::model::{Model, Side};
use crate::span_index::SpanIndex;

/// A version of a proto.
#[derive(Clone, Copy, Debug)]
pub struct Version<'m> {
    /// The model.
    pub model: &'m Model,
    /// The spans of its names.
    pub spans: &'m SpanIndex,
}

/// A peer with one of the versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Peer {
    /// A peer with the old version.
    Old,
    /// A peer with the new version.
    New,
}

/// A reader that refuses or misreads messages of a peer with the other version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Break {
    /// The version of the reader.
    pub reader: Peer,
    /// The side that sends the messages.
    pub sender: Side,
}

/// A change between two versions of a proto.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Change {
    /// The stable code.
    pub code: ChangeCode,
    /// The change in one line.
    pub message: String,
    /// The place in the old version. `None` for additions.
    pub old: Option<Span>,
    /// The place in the new version. `None` for removals.
    pub new: Option<Span>,
    /// The readers that the change breaks. Empty unless the impact is [`Impact::Breaking`].
    pub breaks: Vec<Break>,
    /// A message with the change, such as `display.server.draw_copy`. `None` if all or none have it.
    pub example: Option<String>,
}

/// Compares two versions of a proto. Returns the changes in descending order of impact, then in the
/// order of the new version.
///
/// ```
/// use spice_proto_gen::diff::{ChangeCode, Version, compare};
/// use spice_proto_gen::{Analysis, diagnostic::Levels};
///
/// let versions = ["uint32", "uint16"].map(|ty| {
///     let text = format!("channel C {{ message {{ {ty} n; }} m; }}; protocol P {{ C c; }};");
///     Analysis::new(text.as_bytes(), &Levels::default())
/// });
/// let [old, new] = versions.each_ref().map(|analysis| Version {
///     model: analysis.model.as_ref().unwrap(),
///     spans: &analysis.spans,
/// });
/// let changes = compare(old, new);
/// assert_eq!(changes[0].code, ChangeCode::Width);
/// assert_eq!(changes[0].message, "field `C.server.m.n` takes 2 bytes instead of 4");
/// ```
#[must_use]
pub fn compare(old: Version<'_>, new: Version<'_>) -> Vec<Change> {
    Comparison::new(old, new).changes()
}
