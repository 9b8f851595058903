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
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// A position in the body of a message.
struct Reader<'a> {
    model: &'a Model,
    body: &'a [u8],
    /// The position.
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

    /// Reads the member with this index and adds its value to those of the members before.
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

    /// Checks a field of a segment for which too few bytes are left. The error is that of
    /// [`Model::field_ends`], but the search is limited to [`MAX_DEPTH`].
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

    /// Checks that a pointer may be null. A null pointer to an array stands for elements that the body
    /// must be long enough to hold.
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
