//! Segments: consecutive fields of fixed size, which a decoder checks once.

use super::types::{is_fixed_size, struct_of};
use super::{Array, Field, FieldRef, Member, Model, Role, Size, Struct, Type, TypeDef};

/// A part of a body's block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Consecutive fields of fixed size.
    Segment(Segment),
    /// The index of a member of variable size: a field or a switch.
    Member(usize),
}

/// Consecutive fields of fixed size. A decoder checks that all of them are present before it reads the
/// first one or follows a pointer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Segment {
    /// Fields in wire order.
    pub fields: Vec<SegmentField>,
    /// Size in bytes.
    pub size: u64,
}

/// A field of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentField {
    /// Position in the body.
    pub position: FieldRef,
    /// Offset in the segment, in bytes.
    pub offset: u64,
}

/// The end of a field in a segment. The fields of nested structs are listed one by one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldEnd {
    /// Path from the body, such as `base.box.top`.
    pub path: String,
    /// Offset of the first byte after the field.
    pub end: u64,
}

impl Segment {
    fn push(&mut self, position: FieldRef, field: &Field) {
        self.fields.push(SegmentField {
            position,
            offset: self.size,
        });
        self.size = self.size.saturating_add(field.size.min());
    }
}

/// Divides the block of every body into parts.
pub(crate) fn assign(types: &mut [TypeDef]) {
    for index in 0..types.len() {
        let (before, rest) = types.split_at_mut(index);
        if let Some(TypeDef::Struct(body)) = rest.first_mut() {
            assign_parts(before, body);
        }
    }
}

/// `before` has all types that the body refers to.
fn assign_parts(before: &[TypeDef], body: &mut Struct) {
    let mut segment = Segment::default();
    let mut parts = Vec::new();
    for (index, member) in body.members.iter_mut().enumerate() {
        match member {
            Member::Field(field) if !field.role.is_on_wire() => continue,
            Member::Field(field) if is_segment_field(before, field) => {
                segment.push(FieldRef::member(index), field);
                continue;
            }
            Member::Field(_) => {}
            Member::Switch(switch) => {
                for (case, found) in switch.cases.iter_mut().enumerate() {
                    found.segment = is_segment_field(before, &found.field).then(|| {
                        let mut segment = Segment::default();
                        segment.push(FieldRef::case(index, case), &found.field);
                        segment
                    });
                }
            }
        }
        finish(&mut parts, &mut segment);
        parts.push(Part::Member(index));
    }
    finish(&mut parts, &mut segment);
    body.parts = parts;
}

fn finish(parts: &mut Vec<Part>, segment: &mut Segment) {
    let segment = std::mem::take(segment);
    if !segment.fields.is_empty() {
        parts.push(Part::Segment(segment));
    }
}

/// Pointers, padding, and values of fixed size.
fn is_segment_field(types: &[TypeDef], field: &Field) -> bool {
    let is_inline = matches!(field.array, None | Some(Array::Fixed(_)));
    field.role == Role::Zero
        || field.pointer.is_some()
        || is_inline && is_fixed_size(types, field.ty.ty)
}

impl Model {
    /// Where the fields of a segment end.
    #[must_use]
    pub fn field_ends(&self, owner: &Struct, segment: &Segment) -> Vec<FieldEnd> {
        let mut ends = Vec::new();
        let mut end = 0;
        for field in &segment.fields {
            let Some(found) = owner.field(field.position) else {
                unreachable!("a segment holds positions of fields of its body");
            };
            let prefix = match (field.position.case, owner.switch(field.position.member)) {
                (Some(_), Some(switch)) => format!("{}.", switch.name),
                _ => String::new(),
            };
            self.push_field_ends(found, &prefix, &mut end, &mut ends);
        }
        ends
    }

    fn push_field_ends(
        &self,
        field: &Field,
        prefix: &str,
        end: &mut u64,
        ends: &mut Vec<FieldEnd>,
    ) {
        // Structs without bytes may be nested exponentially often.
        if field.size == Size::Static(0) {
            return;
        }
        let path = format!("{prefix}{}", field.name);
        match (field.ty.ty, field.array, field.pointer) {
            (Type::Struct(id), None, None) if field.role != Role::Zero => {
                let prefix = format!("{path}.");
                for member in &struct_of(&self.types, id).members {
                    if let Member::Field(inner) = member {
                        self.push_field_ends(inner, &prefix, end, ends);
                    }
                }
            }
            _ => {
                *end = end.saturating_add(field.size.min());
                ends.push(FieldEnd { path, end: *end });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Analysis;
    use crate::diagnostic::Levels;

    fn model(body: &str) -> Model {
        let text = format!(
            "struct Point {{ int32 x; int32 y; }};
             enum8 Kind {{ NUMBER, TEXT }};
             channel C {{ message {{ {body} }} m; }};
             protocol P {{ C c; }};"
        );
        match Analysis::new(text.as_bytes(), &Levels::default()) {
            Analysis {
                model: Some(model), ..
            } => model,
            Analysis { diagnostics, .. } => panic!("{diagnostics:?}"),
        }
    }

    /// The parts of the message: the ends of a segment's fields, or the name of a member.
    fn parts(body: &str) -> Vec<String> {
        let model = model(body);
        let message = model.body(model.channels[0].server[0].body).unwrap();
        let parts = message.parts.iter().map(|part| match part {
            Part::Segment(segment) => {
                let ends = model.field_ends(message, segment);
                let ends: Vec<_> = ends
                    .iter()
                    .map(|end| format!("{}:{}", end.path, end.end))
                    .collect();
                assert_eq!(
                    model.field_ends(message, segment).last().unwrap().end,
                    segment.size
                );
                ends.join(" ")
            }
            Part::Member(index) => format!("[{}]", message.members[*index].name()),
        });
        parts.collect()
    }

    #[test]
    fn fixed_size_fields_form_one_segment() {
        assert_eq!(
            parts("uint8 a; Point p; uint16 rest[3]; Point *q; uint8 big[1000];"),
            ["a:1 p.x:5 p.y:9 rest:15 q:19 big:1019"]
        );
    }

    #[test]
    fn variable_size_members_divide_segments() {
        assert_eq!(
            parts("uint8 n; uint8 data[n]; uint32 x; uint32 y @virtual(0); uint8 z; Point all[];"),
            ["n:1", "[data]", "x:4 z:5", "[all]"]
        );
    }

    #[test]
    fn case_of_fixed_size_is_a_segment() {
        let model = model(
            "Kind kind; switch (kind) { case NUMBER: Point p; case TEXT: uint8 s[cstring()]; } u;",
        );
        let message = model.body(model.channels[0].server[0].body).unwrap();
        assert_eq!(message.parts.len(), 2);
        let switch = message.switch(1).unwrap();
        let segment = switch.cases[0].segment.as_ref().unwrap();
        let paths = model.field_ends(message, segment);
        let paths: Vec<_> = paths
            .iter()
            .map(|end| (end.path.as_str(), end.end))
            .collect();
        assert_eq!(paths, [("u.p.x", 4), ("u.p.y", 8)]);
        assert_eq!(switch.cases[1].segment, None);
    }
}
