//! Decoding: from the bytes of a body to a value.

mod array;

use std::borrow::Cow;

use spice_proto_gen::model::{
    Field, Int, Member, Model, Part, Pointer, Role, Segment, Struct, Switch, Type, TypeId,
};
use spice_wire::ErrorKind as Wire;

use crate::MAX_DEPTH;
use crate::error::{Error, ErrorKind, Step};
use crate::scope::Scope;
use crate::value::Value;

/// A decoded message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Decoded<'a> {
    /// The value.
    pub value: Value<'a>,
    /// The bytes after everything that was read, pointees included. Every message may have them.
    pub trailing: &'a [u8],
}

/// Decodes the body of a message or struct.
///
/// # Errors
///
/// Returns an error if the bytes are not such a body, or if the type is not a struct of the model.
pub fn decode<'a>(model: &'a Model, body: TypeId, bytes: &'a [u8]) -> Result<Decoded<'a>, Error> {
    let mut reader = Reader {
        model,
        body: bytes,
        offset: 0,
        pointees_end: 0,
        empty_elements: 0,
        depth: 0,
        path: Vec::new(),
    };
    let value = reader.structure(body)?;
    let end = reader.offset.max(reader.pointees_end);
    let trailing = bytes.get(end..).unwrap_or_default();
    Ok(Decoded { value, trailing })
}

type Result<T, E = Error> = std::result::Result<T, E>;

/// A position in the body of a message, and the state of decoding.
struct Reader<'a> {
    model: &'a Model,
    body: &'a [u8],
    /// Number of bytes before the position.
    offset: usize,
    /// Offset of the byte after the last byte of any pointee.
    pointees_end: usize,
    /// Number of list elements without bytes.
    empty_elements: u64,
    /// Number of structs that contain the position.
    depth: usize,
    /// Path of the field at the position.
    path: Vec<Step<'a>>,
}

impl<'a> Reader<'a> {
    /// Reads a field or an element.
    fn inside<T>(
        &mut self,
        step: Step<'a>,
        read: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        self.path.push(step);
        let result = read(self)?;
        self.path.pop();
        Ok(result)
    }

    fn error(&self, kind: ErrorKind) -> Error {
        Error::new(kind, &self.path, self.offset)
    }

    fn wire_error(&self, kind: Wire) -> Error {
        self.error(ErrorKind::Wire(kind))
    }

    /// The bytes from the position to the end of the body.
    fn rest(&self) -> &'a [u8] {
        self.body.get(self.offset..).unwrap_or_default()
    }

    /// Number of bytes from the position to the end of the body.
    fn available(&self) -> u64 {
        self.rest().len() as u64
    }

    /// Checks that `size` bytes are left. A size of `None` exceeds 64 bits.
    fn check(&self, size: Option<u64>) -> Result<()> {
        match size {
            Some(size) if size <= self.available() => Ok(()),
            _ => Err(self.wire_error(Wire::Truncated {
                needed: size.unwrap_or(u64::MAX),
                available: self.available(),
            })),
        }
    }

    /// Takes `size` bytes.
    fn take(&mut self, size: u64) -> Result<&'a [u8]> {
        self.check(Some(size))?;
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let bytes = self.rest().get(..size).unwrap_or_default();
        self.offset = self.offset.saturating_add(bytes.len());
        Ok(bytes)
    }

    fn structure(&mut self, id: TypeId) -> Result<Value<'a>> {
        let Some(body) = self.model.body(id) else {
            return Err(self.error(ErrorKind::NotABody));
        };
        if self.depth >= MAX_DEPTH {
            return Err(self.error(ErrorKind::TooDeep));
        }
        self.depth = self.depth.saturating_add(1);
        let value = self.members(body)?;
        self.depth = self.depth.saturating_sub(1);
        Ok(value)
    }

    fn members(&mut self, body: &'a Struct) -> Result<Value<'a>> {
        let mut values: Vec<Option<Value<'a>>> = vec![None; body.members.len()];
        for part in &body.parts {
            match part {
                Part::Segment(segment) => {
                    self.check_segment(body, segment)?;
                    for field in &segment.fields {
                        self.member(body, field.position.member, &mut values)?;
                    }
                }
                Part::Member(index) => self.member(body, *index, &mut values)?,
            }
        }
        let members = body.members.iter().zip(values);
        let fields = members.filter_map(|(member, value)| {
            let name = Cow::Borrowed(member.name());
            Some((name, value?))
        });
        Ok(Value::Struct(fields.collect()))
    }

    /// Reads the member with this index into `values`.
    fn member(
        &mut self,
        body: &'a Struct,
        index: usize,
        values: &mut [Option<Value<'a>>],
    ) -> Result<()> {
        let Some(member) = body.members.get(index) else {
            unreachable!("the parts of a body refer to its members");
        };
        let scope = Scope {
            model: self.model,
            body,
            values: &|member| values.get(member)?.as_ref(),
        };
        let value = self.inside(Step::Field(member.name()), |reader| match member {
            Member::Field(field) => reader.field(scope, field),
            Member::Switch(switch) => reader.switch(scope, body, switch),
        })?;
        if let Some(place) = values.get_mut(index) {
            *place = Some(value);
        }
        Ok(())
    }

    /// Checks that all fields of a segment are present.
    fn check_segment(&mut self, body: &'a Struct, segment: &'a Segment) -> Result<()> {
        let available = self.available();
        if segment.size <= available {
            return Ok(());
        }
        let start = self.offset;
        for found in &segment.fields {
            let Some(field) = body.field(found.position) else {
                unreachable!("a segment refers to fields of its body");
            };
            let end = found.offset.saturating_add(field.size.min());
            if end > available {
                let offset = usize::try_from(found.offset).unwrap_or(usize::MAX);
                self.offset = start.saturating_add(offset);
                return self.inside(Step::Field(&field.name), |reader| reader.check_field(field));
            }
        }
        self.check(Some(segment.size))
    }

    /// Fails at a field of a segment for which too few bytes are left. This names the same nested field as
    /// [`Model::field_ends`], and stops at [`MAX_DEPTH`] if a struct contains itself.
    fn check_field(&mut self, field: &'a Field) -> Result<()> {
        match (field.ty.ty, field.array, field.pointer) {
            // A nested struct checks its own segment.
            (Type::Struct(id), None, None) if field.role != Role::Zero => {
                self.structure(id).map(drop)
            }
            _ => self.check(Some(field.size.min())),
        }
    }

    fn switch(
        &mut self,
        scope: Scope<'_, '_, 'a>,
        body: &'a Struct,
        switch: &'a Switch,
    ) -> Result<Value<'a>> {
        let selected = scope.selected(switch).map(|(index, _)| index);
        let Some(case) = selected.and_then(|index| switch.cases.get(index)) else {
            return Ok(Value::Null);
        };
        if let Some(segment) = &case.segment {
            self.check_segment(body, segment)?;
        }
        let name = case.field.name.as_str();
        let value = self.inside(Step::Field(name), |reader| reader.field(scope, &case.field))?;
        Ok(Value::Struct(vec![(Cow::Borrowed(name), value)]))
    }

    fn field(&mut self, scope: Scope<'_, '_, 'a>, field: &'a Field) -> Result<Value<'a>> {
        match (&field.role, field.pointer) {
            (Role::Zero, _) => {
                self.take(field.size.min())?;
                Ok(Value::Integer(0))
            }
            (_, Some(pointer)) => self.pointer(scope, field, pointer),
            (_, None) => self.value(scope, field),
        }
    }

    fn pointer(
        &mut self,
        scope: Scope<'_, '_, 'a>,
        field: &'a Field,
        pointer: Pointer,
    ) -> Result<Value<'a>> {
        let bytes = self.rest().first_chunk().copied();
        let target = u32::from_le_bytes(bytes.unwrap_or_default());
        if target == 0 {
            self.check_null(scope, field, pointer)?;
            self.take(4)?;
            return Ok(Value::Null);
        }
        let length = self.body.len();
        let start = usize::try_from(target).unwrap_or(usize::MAX);
        if start >= length {
            return Err(self.wire_error(Wire::PointerOutOfRange { target, length }));
        }
        self.take(4)?;
        let next = std::mem::replace(&mut self.offset, start);
        let value = self.value(scope, field)?;
        let end = std::mem::replace(&mut self.offset, next);
        self.pointees_end = self.pointees_end.max(end);
        Ok(value)
    }

    /// Checks that a pointer may be null. A null pointer to an array is valid only if the body is long
    /// enough to hold the elements.
    fn check_null(
        &self,
        scope: Scope<'_, '_, 'a>,
        field: &'a Field,
        pointer: Pointer,
    ) -> Result<()> {
        if pointer.nonnull {
            return Err(self.wire_error(Wire::NullPointer));
        }
        let Some(count) = field.array.and_then(|array| scope.elements(array)) else {
            return Ok(());
        };
        let size = self.model.size(field.ty.ty).min();
        match count.and_then(|count| count.checked_mul(size)) {
            Some(bytes) if bytes <= self.body.len() as u64 => Ok(()),
            _ => {
                let count = count.unwrap_or(u64::MAX);
                Err(self.wire_error(Wire::NullArray { count }))
            }
        }
    }

    /// Reads one value of a type.
    fn one(&mut self, ty: Type) -> Result<Value<'a>> {
        match (ty, self.model.int(ty)) {
            (_, Some(int)) => self.integer(int).map(Value::Integer),
            (Type::Struct(id), None) => self.structure(id),
            (_, None) => Ok(Value::Descriptor),
        }
    }

    fn integer(&mut self, int: Int) -> Result<i128> {
        let bytes = self.take(int.bytes.into())?;
        let is_negative = int.signed && bytes.last().is_some_and(|byte| *byte >= 0x80);
        let mut wide = if is_negative { [0xff; 16] } else { [0; 16] };
        for (wide, byte) in wide.iter_mut().zip(bytes) {
            *wide = *byte;
        }
        Ok(i128::from_le_bytes(wide))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_error, compile, decoding_error};
    use spice_proto_gen::model::TypeDef;

    #[test]
    fn errors_have_field_and_offset() {
        let definitions = "struct Point { uint16 x; uint16 y; }; struct Box { Point *p; };";
        let error = decoding_error(definitions, "uint8 n; Point points[n];", &[2, 0, 0, 0]);
        let kind = Wire::Truncated {
            needed: 8,
            available: 3,
        };
        assert_error(&error, kind, "points", 1);
        let error = decoding_error(definitions, "Point p;", &[2, 0, 0]);
        let kind = Wire::Truncated {
            needed: 2,
            available: 1,
        };
        assert_error(&error, kind, "p.y", 2);
        let error = decoding_error(definitions, "Box boxes[2];", &[0, 0, 0, 0, 6, 0, 0, 0]);
        let kind = Wire::Truncated {
            needed: 2,
            available: 0,
        };
        assert_error(&error, kind, "boxes[1].p.y", 8);
        let error = decoding_error(definitions, "Point *p @nonnull;", &[4, 0, 0, 0]);
        let kind = Wire::PointerOutOfRange {
            target: 4,
            length: 4,
        };
        assert_error(&error, kind, "p", 0);
        // A missing fixed-size field is reported before pointers are followed.
        let error = decoding_error(definitions, "Point *p @nonnull; uint8 n;", &[0; 4]);
        let kind = Wire::Truncated {
            needed: 1,
            available: 0,
        };
        assert_error(&error, kind, "n", 4);
    }

    #[test]
    fn truncated_segment_fails_at_the_field_that_the_model_names() {
        let (model, body) = compile(
            "struct Point { int32 x; int32 y; }; struct Box { Point *p; Point size; };",
            "uint8 a; Box box; uint16 b[3]; uint16 c @zero; Point *p; Point q[2];",
        );
        let found = model.body(body).unwrap();
        let [Part::Segment(segment), Part::Member(1), Part::Segment(last)] = &found.parts[..]
        else {
            panic!("{:?}", found.parts);
        };
        assert_eq!(segment.size, 1);
        // The nested struct contains a pointer and is decoded on its own.
        let start = 1 + 12;
        for length in 0..last.size {
            let error = decode(&model, body, &vec![0; start + length as usize]).unwrap_err();
            let ends = model.field_ends(found, last);
            let index = ends.iter().position(|end| end.end > length).unwrap();
            let before = index.checked_sub(1).map_or(0, |index| ends[index].end);
            let kind = Wire::Truncated {
                needed: ends[index].end - before,
                available: length - before,
            };
            assert_error(&error, kind, &ends[index].path, start + before as usize);
        }
        assert!(decode(&model, body, &vec![0; start + last.size as usize]).is_ok());
    }

    #[test]
    fn truncated_case_names_the_nested_field() {
        let error = decoding_error(
            "enum8 Kind { NUMBER, POINT }; struct Point { int32 x; int32 y; };",
            "Kind kind; switch (kind) { case POINT: Point p; } u;",
            &[1, 0, 0, 0, 0, 7],
        );
        let kind = Wire::Truncated {
            needed: 4,
            available: 1,
        };
        assert_error(&error, kind, "u.p.y", 5);
    }

    #[test]
    fn trailing_bytes_follow_the_last_pointee() {
        let (model, body) = compile("struct Leaf { uint8 n; };", "Leaf *leaf; uint8 n;");
        let decoded = decode(&model, body, &[6, 0, 0, 0, 1, 9, 2, 3, 4]).unwrap();
        assert_eq!(decoded.value.to_json(), r#"{"leaf":{"n":2},"n":1}"#);
        assert_eq!(decoded.trailing, [3, 4]);
    }

    #[test]
    fn type_that_is_not_a_struct_is_rejected() {
        let (model, _) = compile("enum8 Kind { A };", "Kind kind;");
        for id in [TypeId(0), TypeId(usize::MAX)] {
            let error = decode(&model, id, &[0]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotABody);
            assert_eq!(
                error.to_string(),
                "byte 0: the type is not a struct or message"
            );
        }
    }

    #[test]
    fn recursive_models_are_rejected() {
        let chain = |depth: usize| {
            let mut text = "struct S0 { uint8 n; };\n".to_owned();
            for level in 1..depth {
                let inner = level - 1;
                text += &format!("struct S{level} {{ S{inner} s; }};\n");
            }
            compile(&text, &format!("S{} s;", depth - 1))
        };
        // The deepest nesting that the compiler accepts.
        let (mut model, body) = chain(40);
        assert!(decode(&model, body, &[7]).is_ok());
        let deep = decode(&model, body, &[]).unwrap_err();
        assert_eq!(deep.kind().name(), "truncated");
        // No proto can express this: the first struct contains itself.
        let Some(TypeDef::Struct(first)) = model.types.first_mut() else {
            panic!("{:?}", model.types);
        };
        let Some(Member::Field(field)) = first.members.first_mut() else {
            panic!("{first:?}");
        };
        field.ty.ty = Type::Struct(TypeId(0));
        for bytes in [[7].as_slice(), &[]] {
            let error = decode(&model, body, bytes).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TooDeep);
        }
    }
}
