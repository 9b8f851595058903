//! Checks whether Rust can be generated for a model: its names differ in Rust, and its values are neither too large
//! nor too deeply nested.

mod limits;
mod names;
#[cfg(test)]
mod tests;

use super::names::side_module;
use crate::SpanIndex;
use crate::diagnostic::Diagnostic;
use crate::model::{ChannelId, Model, Origin, Struct};
use crate::span::Span;

/// Reports the parts of a proto for which no Rust can be generated, at their places in the proto.
#[must_use]
pub fn check(model: &Model, spans: &SpanIndex) -> Vec<Diagnostic> {
    let mut diagnostics = names::check(model, spans);
    diagnostics.extend(limits::check(model, spans));
    diagnostics
}

/// The path of a struct or message body in the proto.
fn struct_path<'m>(model: &'m Model, body: &'m Struct) -> Vec<&'m str> {
    match body.origin {
        Origin::Body { channel, side, .. } => {
            vec![channel_name(model, channel), side_module(side), &body.name]
        }
        Origin::Struct | Origin::Inline | Origin::Message => vec![&body.name],
    }
}

fn channel_name(model: &Model, id: ChannelId) -> &str {
    match model.channels.get(id.0) {
        Some(channel) => &channel.name,
        None => unreachable!("channel ids are indexes of the model's channels"),
    }
}

/// The span of a part of the proto.
fn span_of<S: AsRef<str>>(spans: &SpanIndex, path: &[S]) -> Span {
    match spans.find(path) {
        Some(span) => span,
        None => unreachable!("the model is made of the indexed file, which has each of its names"),
    }
}
