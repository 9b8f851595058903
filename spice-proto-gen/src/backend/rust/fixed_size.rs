//! Implementations of `FixedSize`, for bodies whose values all have the same size.

use proc_macro2::Ident;

use super::body::{Body, is_stored};
use super::case::field_ident;
use super::context::Context;
use super::field_types::fixed_size_type;
use super::lines::Lines;
use crate::model::{Member, Part, Segment};

/// Emits the implementation for a body: the offset and type of each field, and the names of all fields
/// with their ends.
pub(super) fn implementation(
    context: &Context<'_>,
    body: Body<'_>,
    name: &Ident,
    lines: &mut Lines,
) {
    let empty = Segment::default();
    let segment = match body.body.parts.as_slice() {
        [] => &empty,
        [Part::Segment(segment)] => segment,
        _ => unreachable!("a body of fixed size is one segment"),
    };
    let fields = segment.fields.iter().filter_map(|found| {
        let (member, offset) = (body.member(found.position.member), found.offset);
        let Member::Field(field) = member else {
            unreachable!("a body of fixed size has no switch");
        };
        is_stored(member).then(|| {
            let ty = fixed_size_type(context, body.module, field);
            format!("{offset} {}: {ty}", field_ident(&field.name))
        })
    });
    let fields: Vec<_> = fields.collect();
    let ends = context.model.field_ends(body.body, segment);
    let ends = ends.iter().map(|end| format!("{} {:?}", end.end, end.path));
    let ends: Vec<_> = ends.collect();
    let padding = if body.body.contains.padding {
        "; padding: true"
    } else {
        ""
    };
    let size = segment.size;
    let id = body.message_id();
    let start = format!("wire::impl_fixed_size!({id}{name}: {size} bytes{padding}");
    let braced = if fields.is_empty() {
        "{}".to_owned()
    } else {
        format!("{{ {} }}", fields.join(", "))
    };
    let line = format!("{start} {braced} [{}]);", ends.join(", "));
    if lines.fits(&line) {
        lines.line(line);
        return;
    }
    lines.open(start);
    if lines.fits(&braced) {
        lines.line(braced);
    } else {
        lines.open("{");
        lines.lines(fields.iter().map(|field| format!("{field},")));
        lines.close("}");
    }
    lines.table("[", &ends, "]");
    lines.close(");");
}
