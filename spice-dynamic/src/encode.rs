//! Encoding: from a value to the bytes of a body.
//!
//! Blocks are appended to the body one after the other. A pointer is written as zero; its offset replaces
//! the zero when the pointee is written.

mod check;
mod value;

use std::collections::VecDeque;
use std::mem;

use spice_proto_gen::model::{
    Array, Field, Member, Model, Part, PointeeOrder, Pointer, Role, Segment, Struct, Switch, TypeId,
};
use spice_wire::ErrorKind as Wire;

use crate::MAX_DEPTH;
use crate::error::{Error, ErrorKind, Step};
use crate::scope::Scope;
use crate::value::Value;

/// Offset of pointees without bytes. Every body that contains a pointer has this byte.
const EMPTY_POINTEE: u32 = 1;

/// Encodes a value as the body of a message or struct. Pointees have the same order as in generated code.
///
/// The value must contain every field on the wire, including counts and discriminants, and they
/// must be consistent. As in generated code, a count is written as 0 if all its arrays are null and
/// nothing else depends on it.
///
/// # Errors
///
/// Returns an error if the value does not have this type or is inconsistent.
pub fn encode(model: &Model, body: TypeId, value: &Value<'_>) -> Result<Vec<u8>, Error> {
    let mut writer = Writer {
        model,
        body: Vec::new(),
        pointees: Vec::new(),
        breadth_first: VecDeque::new(),
        depth: 0,
        path: Vec::new(),
    };
    writer.structure(body, value)?;
    writer.finish_block()?;
    while let Some(pointee) = writer.breadth_first.pop_front() {
        writer.pointee(pointee)?;
    }
    let length = writer.body.len();
    if u32::try_from(length).is_err() {
        let kind = ErrorKind::Wire(Wire::MessageTooLarge { length });
        return Err(Error::new(kind, &[], 0));
    }
    Ok(writer.body)
}

type Result<T, E = Error> = std::result::Result<T, E>;

/// A pointee that is not written yet.
struct Pointee<'a, 'v> {
    /// Offset of the pointer in the body.
    pointer: usize,
    order: PointeeOrder,
    field: &'a Field,
    value: &'a Value<'v>,
    /// Path of the field.
    path: Vec<Step<'a>>,
    /// Number of structs that contain the pointer.
    depth: usize,
}

/// The body under construction.
struct Writer<'a, 'v> {
    model: &'a Model,
    body: Vec<u8>,
    /// The pointees of the current block, in the order of their pointers.
    pointees: Vec<Pointee<'a, 'v>>,
    /// The breadth-first pointees of finished blocks.
    breadth_first: VecDeque<Pointee<'a, 'v>>,
    /// Number of structs that contain the current field.
    depth: usize,
    /// Path of the current field.
    path: Vec<Step<'a>>,
}

impl<'a, 'v> Writer<'a, 'v> {
    /// Writes a field or an element.
    fn inside(
        &mut self,
        step: Step<'a>,
        write: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        self.path.push(step);
        write(self)?;
        self.path.pop();
        Ok(())
    }

    fn error(&self, kind: ErrorKind) -> Error {
        Error::new(kind, &self.path, self.body.len())
    }

    fn wire_error(&self, kind: Wire) -> Error {
        self.error(ErrorKind::Wire(kind))
    }

    fn wrong_value(&self, expected: &'static str) -> Error {
        self.error(ErrorKind::WrongValue { expected })
    }

    /// Writes the depth-first pointees of the block that ends here, and queues the others.
    fn finish_block(&mut self) -> Result<()> {
        for pointee in mem::take(&mut self.pointees) {
            match pointee.order {
                PointeeOrder::DepthFirst => self.pointee(pointee)?,
                PointeeOrder::BreadthFirst => self.breadth_first.push_back(pointee),
            }
        }
        Ok(())
    }

    /// Writes a pointee and its depth-first pointees, and sets the pointer.
    fn pointee(&mut self, pointee: Pointee<'a, 'v>) -> Result<()> {
        (self.path, self.depth) = (pointee.path, pointee.depth);
        let start = self.body.len();
        self.value(pointee.field, pointee.value)?;
        let offset = if self.body.len() == start {
            EMPTY_POINTEE
        } else {
            u32::try_from(start).unwrap_or(u32::MAX)
        };
        let pointer = self.body.get_mut(pointee.pointer..);
        if let Some(pointer) = pointer.and_then(<[u8]>::first_chunk_mut) {
            *pointer = offset.to_le_bytes();
        }
        self.finish_block()
    }

    fn structure(&mut self, id: TypeId, value: &'a Value<'v>) -> Result<()> {
        let Some(body) = self.model.body(id) else {
            return Err(self.error(ErrorKind::NotABody));
        };
        if self.depth >= MAX_DEPTH {
            return Err(self.error(ErrorKind::TooDeep));
        }
        self.depth = self.depth.saturating_add(1);
        let values = self.members(body, value)?;
        let scope = Scope {
            model: self.model,
            body,
            values: &|member| values.get(member).copied().flatten(),
        };
        self.check_counts(scope)?;
        for part in &body.parts {
            match part {
                Part::Segment(segment) => self.segment(scope, segment)?,
                Part::Member(index) => self.member(scope, *index)?,
            }
        }
        self.depth = self.depth.saturating_sub(1);
        Ok(())
    }

    /// The values of a body's members by index. Fails if fields are missing or unknown.
    fn members(
        &mut self,
        body: &'a Struct,
        value: &'a Value<'v>,
    ) -> Result<Vec<Option<&'a Value<'v>>>> {
        let Value::Struct(fields) = value else {
            return Err(self.wrong_value("a struct"));
        };
        let mut values = Vec::with_capacity(body.members.len());
        let mut found = 0_usize;
        for member in &body.members {
            if !member.is_on_wire() {
                values.push(None);
                continue;
            }
            // Fields are in the order of the proto, unless the value was built by hand.
            let name = member.name();
            let next = fields.get(found).filter(|(field, _)| field == name);
            let field = next.or_else(|| fields.iter().find(|(field, _)| field == name));
            let Some((_, value)) = field else {
                self.path.push(Step::Field(name));
                return Err(self.error(ErrorKind::MissingField));
            };
            values.push(Some(value));
            found = found.saturating_add(1);
        }
        if found == fields.len() {
            return Ok(values);
        }
        let is_known = |name: &str| {
            let mut members = body.members.iter().filter(|member| member.is_on_wire());
            members.any(|member| member.name() == name)
        };
        let mut unknown = fields.iter().filter(|(name, _)| !is_known(name));
        if let Some((name, _)) = unknown.next().or_else(|| fields.last()) {
            self.path.push(Step::Field(name));
        }
        Err(self.error(ErrorKind::UnexpectedField))
    }

    /// Writes a segment, then checks and queues its pointees.
    fn segment(&mut self, scope: Scope<'_, 'a, 'v>, segment: &'a Segment) -> Result<()> {
        let start = self.body.len();
        let fields = segment.fields.iter().map(|found| {
            let (position, offset) = (found.position, found.offset);
            match (scope.body.field(position), scope.value(position)) {
                (Some(field), Some(value)) => (position, offset, field, value),
                _ => unreachable!("a segment refers to fields of its body, which have values"),
            }
        });
        for (position, _, field, value) in fields.clone() {
            self.inside(Step::Field(&field.name), |writer| {
                match (&field.role, field.pointer) {
                    (_, Some(_)) | (Role::Zero, None) => {
                        writer.zeros(field.size.min());
                        Ok(())
                    }
                    (_, None) => match scope.computed_count(position) {
                        Some(count) => writer.number(field.ty.ty, count.into()),
                        None => writer.checked_value(scope, field, value),
                    },
                }
            })?;
        }
        for (_, offset, field, value) in fields {
            if let Some(pointer) = field.pointer {
                let offset = usize::try_from(offset).unwrap_or(usize::MAX);
                let offset = start.saturating_add(offset);
                self.inside(Step::Field(&field.name), |writer| {
                    writer.pointer(scope, field, pointer, value, offset)
                })?;
            }
        }
        Ok(())
    }

    fn zeros(&mut self, count: u64) {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let length = self.body.len().saturating_add(count);
        self.body.resize(length, 0);
    }

    /// Checks a pointee and queues it, unless the pointer is null.
    fn pointer(
        &mut self,
        scope: Scope<'_, 'a, 'v>,
        field: &'a Field,
        pointer: Pointer,
        value: &'a Value<'v>,
        offset: usize,
    ) -> Result<()> {
        let may_be_empty = !matches!(field.array, None | Some(Array::Fixed(_) | Array::CString));
        match value {
            Value::Null if pointer.nonnull => return Err(self.wire_error(Wire::NullPointer)),
            Value::Null => return Ok(()),
            // An empty array is written as a null pointer, whatever the count is.
            _ if !pointer.nonnull && may_be_empty && value.count() == Some(0) => return Ok(()),
            _ => self.check_length(scope, field, value)?,
        }
        self.pointees.push(Pointee {
            pointer: offset,
            order: pointer.order,
            field,
            value,
            path: self.path.clone(),
            depth: self.depth,
        });
        Ok(())
    }

    /// Writes a member of variable size.
    fn member(&mut self, scope: Scope<'_, 'a, 'v>, index: usize) -> Result<()> {
        let (Some(member), Some(value)) = (scope.body.members.get(index), (scope.values)(index))
        else {
            unreachable!("the parts of a body refer to its members, which have values");
        };
        self.inside(Step::Field(member.name()), |writer| match member {
            Member::Field(field) => writer.checked_value(scope, field, value),
            Member::Switch(switch) => writer.switch(scope, switch, value),
        })
    }

    fn switch(
        &mut self,
        scope: Scope<'_, 'a, 'v>,
        switch: &'a Switch,
        value: &'a Value<'v>,
    ) -> Result<()> {
        let (case, value) = match (scope.selected(switch), value) {
            (None, Value::Null) => return Ok(()),
            (Some((_, case)), Value::Struct(fields)) => match fields.as_slice() {
                [(name, value)] if *name == case.field.name => (case, value),
                _ => return Err(self.wire_error(Wire::VariantMismatch)),
            },
            (None, Value::Struct(_)) | (Some(_), Value::Null) => {
                return Err(self.wire_error(Wire::VariantMismatch));
            }
            _ => return Err(self.wrong_value("the field of a case, or null")),
        };
        match &case.segment {
            Some(segment) => self.segment(scope, segment),
            None => self.inside(Step::Field(&case.field.name), |writer| {
                writer.checked_value(scope, &case.field, value)
            }),
        }
    }

    /// Writes the value of a field in its block.
    fn checked_value(
        &mut self,
        scope: Scope<'_, 'a, 'v>,
        field: &'a Field,
        value: &'a Value<'v>,
    ) -> Result<()> {
        self.check_length(scope, field, value)?;
        self.value(field, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode;
    use crate::testing::{assert_codes, assert_error, compile, encoding_error};

    #[test]
    fn virtual_fields_are_not_part_of_the_value() {
        assert_codes(
            "",
            "uint8 a @virtual(7); uint16 b @zero; unix_fd c; uint8 d;",
            &[0, 0, 9],
            r#"{"b":0,"c":-1,"d":9}"#,
        );
    }

    #[test]
    fn zero_fields_are_ignored_and_written_as_zero() {
        let (model, body) = compile("", "uint16 b @zero;");
        let decoded = decode(&model, body, &[1, 2]).unwrap();
        assert_eq!(decoded.value.to_json(), r#"{"b":0}"#);
        assert_eq!(encode(&model, body, &decoded.value).unwrap(), [0, 0]);
    }

    #[test]
    fn depth_first_pointees_precede_breadth_first_pointees() {
        let definitions =
            "struct Leaf { uint8 n; }; struct Node { uint8 n; Leaf *leaf @marshall; };
                           struct Late { uint8 n; Leaf *leaf; };";
        let body = "Late *a; Node *b @marshall; Leaf *c @marshall; Leaf *d;";
        // Order: the root, b, b.leaf, c, a, d, a.leaf.
        let bytes = [
            &[23, 0, 0, 0, 16, 0, 0, 0, 22, 0, 0, 0, 28, 0, 0, 0][..],
            &[1, 21, 0, 0, 0],
            &[2, 3],
            &[4, 29, 0, 0, 0],
            &[5, 6],
        ]
        .concat();
        let json =
            r#"{"a":{"n":4,"leaf":{"n":6}},"b":{"n":1,"leaf":{"n":2}},"c":{"n":3},"d":{"n":5}}"#;
        assert_codes(definitions, body, &bytes, json);
    }

    #[test]
    fn breadth_first_pointees_have_the_order_of_their_fields() {
        let definitions = "struct Leaf { uint8 n; }; struct Node { Leaf *leaf; };";
        // Order: the root, a, a.leaf, b.
        let bytes = [8, 0, 0, 0, 13, 0, 0, 0, 12, 0, 0, 0, 1, 2];
        let json = r#"{"a":{"leaf":{"n":1}},"b":{"n":2}}"#;
        assert_codes(definitions, "Node *a @marshall; Leaf *b;", &bytes, json);
    }

    #[test]
    fn pointer_to_an_empty_array_is_null_unless_nonnull() {
        let (model, body) = compile("", "uint8 n; uint8 *x[n]; uint8 *y[n] @nonnull;");
        let bytes = [0, 1, 0, 0, 0, 1, 0, 0, 0];
        let decoded = decode(&model, body, &bytes).unwrap();
        assert_eq!(decoded.value.to_json(), r#"{"n":0,"x":"","y":""}"#);
        let encoded = encode(&model, body, &decoded.value).unwrap();
        assert_eq!(encoded, [0, 0, 0, 0, 0, 1, 0, 0, 0]);
    }

    #[test]
    fn fields_can_be_in_any_order() {
        let (model, body) = compile("", "uint8 a; uint8 b;");
        let value = Value::from_json(r#"{"b":2,"a":1}"#).unwrap();
        assert_eq!(encode(&model, body, &value).unwrap(), [1, 2]);
    }

    #[test]
    fn null_is_rejected_after_the_segment_of_the_pointer() {
        let error = encoding_error(
            "struct Leaf { uint8 n; };",
            "Leaf *leaf @nonnull; uint16 n;",
            r#"{"leaf":null,"n":1}"#,
        );
        assert_error(&error, Wire::NullPointer, "leaf", 6);
    }
}
