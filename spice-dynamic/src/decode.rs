//! Decodes message bodies to values.

use std::borrow::Cow;

use spice_proto_gen::model::{
    Array, Field, Int, Member, Model, Pointer, Role, Size, Struct, Switch, Type, TypeId,
};
use spice_wire::{ErrorKind as Wire, MAX_EMPTY_ELEMENTS};

use crate::MAX_DEPTH;
use crate::error::{Error, ErrorKind, Step};
use crate::facts::{Facts, Scope, name, on_wire};
use crate::value::Value;

/// A decoded message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The decoded value.
    pub value: Value<'a>,
    /// The bytes after the message and all its pointees. Every message may have trailing bytes.
    pub trailing: &'a [u8],
}

/// Decodes the body of a message or struct.
///
/// # Errors
///
/// Returns the reason, field and offset if `bytes` is not a valid body of this type.
pub fn decode<'a>(model: &'a Model, body: TypeId, bytes: &'a [u8]) -> Result<Decoded<'a>, Error> {
    let mut reader = Reader {
        facts: Facts { model },
        bytes,
        furthest: 0,
        empty: 0,
        depth: 0,
        path: Vec::new(),
    };
    let (value, end) = reader.structure(body, 0)?;
    let end = end.max(reader.furthest);
    Ok(Decoded {
        value,
        trailing: bytes.get(end..).unwrap_or_default(),
    })
}

/// A value and the offset after it.
type Read<'a> = Result<(Value<'a>, usize), Error>;

struct Reader<'a> {
    facts: Facts<'a>,
    bytes: &'a [u8],
    /// Offset after the last byte of any pointee.
    furthest: usize,
    /// Number of zero-sized list elements so far.
    empty: u64,
    depth: usize,
    /// Path of the current field.
    path: Vec<Step<'a>>,
}

impl<'a> Reader<'a> {
    /// Runs `read` with `step` added to the field path.
    fn inside<T>(
        &mut self,
        step: Step<'a>,
        read: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.path.push(step);
        let result = read(self)?;
        self.path.pop();
        Ok(result)
    }

    fn error(&self, kind: ErrorKind, at: usize) -> Error {
        Error::new(kind, &self.path, at)
    }

    fn wire_error(&self, kind: Wire, at: usize) -> Error {
        self.error(ErrorKind::Wire(kind), at)
    }

    /// Number of bytes from `at` to the end of the body.
    const fn available(&self, at: usize) -> usize {
        self.bytes.len().saturating_sub(at)
    }

    /// Returns the offset after `needed` bytes, or an error if the body is shorter. `None` means
    /// that the size does not fit in 64 bits.
    fn present(&self, at: usize, needed: Option<u64>) -> Result<usize, Error> {
        let end = needed
            .and_then(|needed| usize::try_from(needed).ok())
            .and_then(|needed| at.checked_add(needed))
            .filter(|end| *end <= self.bytes.len());
        end.ok_or_else(|| {
            let kind = Wire::Truncated {
                needed: needed.unwrap_or(u64::MAX),
                available: self.available(at) as u64,
            };
            self.wire_error(kind, at)
        })
    }

    fn take(&self, at: usize, needed: Option<u64>) -> Result<(&'a [u8], usize), Error> {
        let end = self.present(at, needed)?;
        Ok((self.bytes.get(at..end).unwrap_or_default(), end))
    }

    fn structure(&mut self, id: TypeId, at: usize) -> Read<'a> {
        let Some(body) = self.facts.model.body(id) else {
            return Err(self.error(ErrorKind::NotABody, at));
        };
        self.deeper(at, |reader| reader.members(body, at))
    }

    /// Runs `read` one level deeper and checks the nesting limit.
    fn deeper<T>(
        &mut self,
        at: usize,
        read: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if self.depth >= MAX_DEPTH {
            return Err(self.error(ErrorKind::TooDeep, at));
        }
        self.depth = self.depth.saturating_add(1);
        let result = read(self)?;
        self.depth = self.depth.saturating_sub(1);
        Ok(result)
    }

    fn members(&mut self, body: &'a Struct, at: usize) -> Read<'a> {
        let mut values: Vec<Option<Value<'a>>> = Vec::with_capacity(body.members.len());
        let mut at = at;
        let mut checked = 0;
        for (index, member) in body.members.iter().enumerate() {
            if index >= checked {
                let rest = body.members.get(index..).unwrap_or_default();
                checked = index.saturating_add(self.check_run(rest, at)?);
            }
            if !on_wire(member) {
                values.push(None);
                continue;
            }
            let earlier = |member: usize| values.get(member).and_then(Option::as_ref);
            let scope = Scope {
                body,
                values: &earlier,
            };
            let step = Step::Field(name(member));
            let (value, end) = self.inside(step, |reader| reader.member(scope, member, at))?;
            values.push(Some(value));
            at = end;
        }
        Ok((named(body, values), at))
    }

    /// Checks the segment of fixed-size fields that starts here. Returns the number of members in
    /// it.
    fn check_run(&mut self, members: &'a [Member], at: usize) -> Result<usize, Error> {
        let facts = self.facts;
        let run = members.iter().map_while(move |member| match member {
            Member::Field(field) if !on_wire(member) || in_segment(facts.model, field) => {
                Some(field)
            }
            _ => None,
        });
        self.check_fields(run.clone(), at)?;
        Ok(run.count())
    }

    /// Checks that all `fields` fit in the body. The error names the first field that does not.
    fn check_fields(
        &mut self,
        fields: impl Iterator<Item = &'a Field> + Clone,
        at: usize,
    ) -> Result<(), Error> {
        let sizes = fields.clone().map(|field| field.size.min());
        let total = sizes.fold(0, u64::saturating_add);
        if total <= self.available(at) as u64 {
            return Ok(());
        }
        let mut at = at;
        for field in fields {
            at = self.inside(Step::Field(&field.name), |reader| {
                reader.check_field(field, at)
            })?;
        }
        Ok(())
    }

    fn check_field(&mut self, field: &'a Field, at: usize) -> Result<usize, Error> {
        let size = field.size.min();
        let single = field.pointer.is_none() && field.array.is_none() && field.role != Role::Zero;
        if let (Type::Struct(id), true) = (field.ty.ty, single)
            && size > self.available(at) as u64
            && let Some(body) = self.facts.model.body(id)
        {
            let inner = body.members.iter().filter_map(|member| match member {
                Member::Field(field) => Some(field),
                Member::Switch(_) => None,
            });
            self.deeper(at, |reader| reader.check_fields(inner, at))?;
        }
        self.present(at, Some(size))
    }

    fn member(&mut self, scope: Scope<'_, 'a, 'a>, member: &'a Member, at: usize) -> Read<'a> {
        match member {
            Member::Field(field) => self.field(scope, field, at),
            Member::Switch(switch) => self.switch(scope, switch, at),
        }
    }

    fn switch(&mut self, scope: Scope<'_, 'a, 'a>, switch: &'a Switch, at: usize) -> Read<'a> {
        let chosen = self.facts.chosen(scope, switch);
        let Some(case) = chosen.and_then(|case| switch.cases.get(case)) else {
            return Ok((Value::Null, at));
        };
        let field = &case.field;
        if in_segment(self.facts.model, field) {
            self.check_fields(std::iter::once(field), at)?;
        }
        let step = Step::Field(&field.name);
        let (value, end) = self.inside(step, |reader| reader.field(scope, field, at))?;
        let field = (Cow::Borrowed(field.name.as_str()), value);
        Ok((Value::Struct(vec![field]), end))
    }

    fn field(&mut self, scope: Scope<'_, 'a, 'a>, field: &'a Field, at: usize) -> Read<'a> {
        if field.role == Role::Zero {
            let end = self.present(at, Some(field.size.min()))?;
            return Ok((Value::Integer(0), end));
        }
        match field.pointer {
            Some(pointer) => self.pointer(scope, field, pointer, at),
            None => self.value(scope, field, at),
        }
    }

    fn pointer(
        &mut self,
        scope: Scope<'_, 'a, 'a>,
        field: &'a Field,
        pointer: Pointer,
        at: usize,
    ) -> Read<'a> {
        const OFFSET: Int = Int {
            bytes: 4,
            signed: false,
        };
        let (offset, end) = self.number(OFFSET, at)?;
        let target = u32::try_from(offset).unwrap_or(u32::MAX);
        if target == 0 {
            self.check_null(scope, field, pointer, at)?;
            return Ok((Value::Null, end));
        }
        let length = self.bytes.len();
        let start = usize::try_from(target).unwrap_or(usize::MAX);
        if start >= length {
            return Err(self.wire_error(Wire::PointerOutOfRange { target, length }, at));
        }
        let (value, pointee_end) = self.value(scope, field, start)?;
        self.furthest = self.furthest.max(pointee_end);
        Ok((value, end))
    }

    /// Checks whether a null pointer is valid. Null means an empty array, but its count must still
    /// be plausible: an array of that size must fit in the message.
    fn check_null(
        &self,
        scope: Scope<'_, 'a, 'a>,
        field: &Field,
        pointer: Pointer,
        at: usize,
    ) -> Result<(), Error> {
        if pointer.nonnull {
            return Err(self.wire_error(Wire::NullPointer, at));
        }
        let Some((count, size)) = self.counted(scope, field) else {
            return Ok(());
        };
        match count.and_then(|count| count.checked_mul(size)) {
            Some(bytes) if bytes <= self.bytes.len() as u64 => Ok(()),
            _ => {
                let count = count.unwrap_or(u64::MAX);
                Err(self.wire_error(Wire::NullArray { count }, at))
            }
        }
    }

    /// Returns the number of elements according to other fields, and the size of each. The number
    /// is `None` if it does not fit in 64 bits.
    fn counted(&self, scope: Scope<'_, 'a, 'a>, field: &Field) -> Option<(Option<u64>, u64)> {
        let size = self.facts.size(field.ty.ty).min();
        match field.array? {
            Array::Count(count) => Some((Some(self.facts.count(scope, count)), size)),
            Array::ImageSize { bits, width, rows } => {
                Some((self.facts.image_size(scope, bits, width, rows), size))
            }
            Array::Fixed(_) | Array::CString | Array::Remaining => None,
        }
    }

    /// Decodes the value of a field at `at`, which is the offset of the field or of its pointee.
    fn value(&mut self, scope: Scope<'_, 'a, 'a>, field: &'a Field, at: usize) -> Read<'a> {
        let ty = field.ty.ty;
        match field.array {
            None => self.one(ty, at),
            Some(Array::Fixed(count)) => self.fixed(ty, count, at),
            Some(Array::CString) => self.cstring(at),
            Some(Array::Remaining) => self.remaining(ty, at),
            Some(Array::Count(_) | Array::ImageSize { .. }) => {
                let count = self.counted(scope, field).and_then(|(count, _)| count);
                self.elements(ty, count, at)
            }
        }
    }

    fn one(&mut self, ty: Type, at: usize) -> Read<'a> {
        match (ty, self.facts.number(ty)) {
            (_, Some(int)) => {
                let (number, end) = self.number(int, at)?;
                Ok((Value::Integer(number), end))
            }
            (Type::Struct(id), None) => self.structure(id, at),
            (_, None) => Ok((Value::Descriptor, at)),
        }
    }

    fn number(&self, int: Int, at: usize) -> Result<(i128, usize), Error> {
        let (bytes, end) = self.take(at, Some(u64::from(int.bytes)))?;
        let mut wide = [0; 16];
        for (wide, byte) in wide.iter_mut().zip(bytes) {
            *wide = *byte;
        }
        let negative = int.signed && bytes.last().is_some_and(|byte| *byte >= 0x80);
        if negative {
            for wide in wide.iter_mut().skip(bytes.len()) {
                *wide = 0xff;
            }
        }
        Ok((i128::from_le_bytes(wide), end))
    }

    fn fixed(&mut self, ty: Type, count: u64, at: usize) -> Read<'a> {
        match self.facts.size(ty) {
            Size::Static(0) => self.repeated(ty, count, at),
            Size::Static(size) if self.facts.model.is_fixed_size(ty) => {
                self.present(at, count.checked_mul(size))?;
                self.each(ty, count, at)
            }
            _ => self.each(ty, count, at),
        }
    }

    fn elements(&mut self, ty: Type, count: Option<u64>, at: usize) -> Read<'a> {
        let known = count.unwrap_or(u64::MAX);
        match self.facts.size(ty) {
            Size::Static(0) => {
                self.empty = self.empty.saturating_add(known);
                match self.empty > MAX_EMPTY_ELEMENTS {
                    true => Err(self.wire_error(Wire::TooManyEmptyElements { count: known }, at)),
                    false => self.repeated(ty, known, at),
                }
            }
            Size::Static(size) if !self.facts.has_fds(ty) => {
                self.present(at, count.and_then(|count| count.checked_mul(size)))?;
                self.each(ty, known, at)
            }
            _ => self.each(ty, known, at),
        }
    }

    /// Decodes an array of zero-sized elements.
    fn repeated(&mut self, ty: Type, count: u64, at: usize) -> Read<'a> {
        let (value, _) = self.one(ty, at)?;
        let value = Value::Repeated {
            value: Box::new(value),
            count: usize::try_from(count).unwrap_or(usize::MAX),
        };
        Ok((value, at))
    }

    /// Decodes consecutive elements. The list grows as elements are decoded; nothing is reserved
    /// from `count`.
    fn each(&mut self, ty: Type, count: u64, at: usize) -> Read<'a> {
        if self.facts.is_byte(ty) {
            let (bytes, end) = self.take(at, Some(count))?;
            return Ok((Value::Bytes(Cow::Borrowed(bytes)), end));
        }
        let (mut values, mut at) = (Vec::new(), at);
        for index in 0..count {
            let (value, end) = self.element(ty, index, at)?;
            values.push(value);
            at = end;
        }
        Ok((Value::List(values), at))
    }

    fn element(&mut self, ty: Type, index: u64, at: usize) -> Read<'a> {
        let step = Step::Element(usize::try_from(index).unwrap_or(usize::MAX));
        self.inside(step, |reader| reader.one(ty, at))
    }

    fn cstring(&self, at: usize) -> Read<'a> {
        let rest = self.bytes.get(at..).unwrap_or_default();
        let text = rest.split_inclusive(|byte| *byte == 0).next();
        match text.filter(|text| text.last() == Some(&0)) {
            Some(text) => Ok((
                Value::Bytes(Cow::Borrowed(text)),
                at.saturating_add(text.len()),
            )),
            None => Err(self.wire_error(Wire::Unterminated, at)),
        }
    }

    /// Decodes all elements up to the end of the body. If elements have a fixed size, an incomplete
    /// element at the end is ignored.
    fn remaining(&mut self, ty: Type, at: usize) -> Read<'a> {
        let available = self.available(at) as u64;
        if let Some(size @ 1..) = self.facts.size(ty).exact() {
            let count = available.checked_div(size).unwrap_or(0);
            return self.each(ty, count, at);
        }
        let (mut values, mut at) = (Vec::new(), at);
        while self.available(at) > 0 {
            let (value, end) = self.element(ty, values.len() as u64, at)?;
            values.push(value);
            if end == at {
                break;
            }
            at = end;
        }
        Ok((Value::List(values), at))
    }
}

/// Pairs the values of a body's members with their names.
fn named<'a>(body: &'a Struct, values: Vec<Option<Value<'a>>>) -> Value<'a> {
    let members = body.members.iter().zip(values);
    let fields = members.filter_map(|(member, value)| {
        let name = Cow::Borrowed(name(member));
        Some((name, value?))
    });
    Value::Struct(fields.collect())
}

/// Whether a field belongs to a segment.
fn in_segment(model: &Model, field: &Field) -> bool {
    field.pointer.is_some()
        || field.role == Role::Zero
        || (matches!(field.array, None | Some(Array::Fixed(_))) && model.is_fixed_size(field.ty.ty))
}
