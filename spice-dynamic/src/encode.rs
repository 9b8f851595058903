//! Encodes values as message bodies.

use std::collections::VecDeque;

use spice_proto_gen::model::{
    Array, CountRef, Field, Int, Member, Model, Pointer, Role, Struct, Switch, Type, TypeId,
};
use spice_wire::ErrorKind as Wire;

use crate::MAX_DEPTH;
use crate::error::{Error, ErrorKind, Step};
use crate::facts::{Facts, Scope, name, on_wire, only_field};
use crate::value::Value;

/// Pointer value for pointees that take no bytes. It is not null and is in range of every body that
/// contains a pointer.
const EMPTY_POINTEE: u32 = 1;

/// Encodes a value as the body of a message or struct. Pointees are laid out as in generated code.
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
        facts: Facts { model },
        blocks: Vec::new(),
        links: Vec::new(),
        later: VecDeque::new(),
        path: Vec::new(),
        depth: 0,
        finished: 0,
    };
    let mut root = writer.begin();
    writer.structure(&mut root, body, value)?;
    writer.finish(root);
    while let Some(pending) = writer.later.pop_front() {
        writer.path = pending.path;
        writer.depth = pending.depth;
        let target = writer.pointee(pending.field, pending.value)?;
        writer.links.push(Link {
            target,
            ..pending.link
        });
    }
    writer.join()
}

/// A pointer whose pointee is already written.
#[derive(Clone, Copy)]
struct Link {
    /// The block that holds the pointer.
    block: usize,
    /// Offset of the pointer in that block.
    slot: usize,
    /// The block of the pointee.
    target: usize,
}

/// A pointer whose pointee is written later, breadth-first.
struct Pending<'a, 'v> {
    link: Link,
    field: &'a Field,
    value: &'a Value<'v>,
    path: Vec<Step<'a>>,
    depth: usize,
}

/// A block under construction.
struct Block {
    index: usize,
    bytes: Vec<u8>,
}

struct Writer<'a, 'v> {
    facts: Facts<'a>,
    /// All blocks, in the order of [`Writer::begin`]. A block is empty until it is finished.
    blocks: Vec<Vec<u8>>,
    links: Vec<Link>,
    later: VecDeque<Pending<'a, 'v>>,
    /// Path of the current field.
    path: Vec<Step<'a>>,
    depth: usize,
    /// Total length of the finished blocks.
    finished: usize,
}

type Written = Result<(), Error>;

impl<'a, 'v> Writer<'a, 'v> {
    fn begin(&mut self) -> Block {
        let index = self.blocks.len();
        self.blocks.push(Vec::new());
        Block {
            index,
            bytes: Vec::new(),
        }
    }

    fn finish(&mut self, block: Block) {
        self.finished = self.finished.saturating_add(block.bytes.len());
        if let Some(place) = self.blocks.get_mut(block.index) {
            *place = block.bytes;
        }
    }

    /// Concatenates the blocks and fills in the pointers.
    fn join(mut self) -> Result<Vec<u8>, Error> {
        let mut places = Vec::with_capacity(self.blocks.len());
        let mut length = 0_usize;
        for block in &self.blocks {
            let offset = match block.is_empty() {
                true => EMPTY_POINTEE,
                false => u32::try_from(length).unwrap_or(u32::MAX),
            };
            places.push(offset);
            length = length.saturating_add(block.len());
        }
        if u32::try_from(length).is_err() {
            self.path.clear();
            let kind = ErrorKind::Wire(Wire::MessageTooLarge { length });
            return Err(Error::new(kind, &self.path, 0));
        }
        for link in &self.links {
            let block = self.blocks.get_mut(link.block);
            let slot = block.and_then(|block| block.get_mut(link.slot..)?.first_chunk_mut());
            if let (Some(slot), Some(place)) = (slot, places.get(link.target)) {
                *slot = place.to_le_bytes();
            }
        }
        Ok(self.blocks.concat())
    }

    /// Runs `write` with `step` added to the field path.
    fn inside(&mut self, step: Step<'a>, write: impl FnOnce(&mut Self) -> Written) -> Written {
        self.path.push(step);
        write(self)?;
        self.path.pop();
        Ok(())
    }

    fn error(&self, kind: ErrorKind, block: &Block) -> Error {
        let offset = self.finished.saturating_add(block.bytes.len());
        Error::new(kind, &self.path, offset)
    }

    fn wire_error(&self, kind: Wire, block: &Block) -> Error {
        self.error(ErrorKind::Wire(kind), block)
    }

    fn wrong(&self, expected: &'static str, block: &Block) -> Error {
        self.error(ErrorKind::WrongValue { expected }, block)
    }

    fn structure(&mut self, block: &mut Block, id: TypeId, value: &'a Value<'v>) -> Written {
        let Some(body) = self.facts.model.body(id) else {
            return Err(self.error(ErrorKind::NotABody, block));
        };
        if self.depth >= MAX_DEPTH {
            return Err(self.error(ErrorKind::TooDeep, block));
        }
        self.depth = self.depth.saturating_add(1);
        let values = self.members(block, body, value)?;
        let scope = Scope {
            body,
            values: &|member| values.get(member).copied().flatten(),
        };
        for (index, member) in body.members.iter().enumerate() {
            if let Some(value) = values.get(index).copied().flatten() {
                self.inside(Step::Field(name(member)), |writer| match member {
                    Member::Field(field) => {
                        let place = CountRef {
                            member: index,
                            case: None,
                        };
                        writer.field(block, scope, place, field, value)
                    }
                    Member::Switch(switch) => writer.switch(block, scope, index, switch, value),
                })?;
            }
        }
        self.depth = self.depth.saturating_sub(1);
        Ok(())
    }

    /// Returns the values of a body's members by index. Rejects missing and unknown fields.
    fn members(
        &mut self,
        block: &Block,
        body: &'a Struct,
        value: &'a Value<'v>,
    ) -> Result<Vec<Option<&'a Value<'v>>>, Error> {
        let Value::Struct(fields) = value else {
            return Err(self.wrong("a struct", block));
        };
        let mut values = Vec::with_capacity(body.members.len());
        let mut found = 0_usize;
        for member in &body.members {
            if !on_wire(member) {
                values.push(None);
                continue;
            }
            // Decoded values have the order of the proto; values built by hand may have another.
            let name = name(member);
            let here = fields.get(found).filter(|(field, _)| field == name);
            let here = here.or_else(|| fields.iter().find(|(field, _)| field == name));
            let Some((_, value)) = here else {
                self.path.push(Step::Field(name));
                return Err(self.error(ErrorKind::MissingField, block));
            };
            values.push(Some(value));
            found = found.saturating_add(1);
        }
        if found == fields.len() {
            return Ok(values);
        }
        let known = |name: &str| {
            let mut members = body.members.iter();
            members.any(|member| on_wire(member) && crate::facts::name(member) == name)
        };
        let mut others = fields.iter().filter(|(name, _)| !known(name));
        if let Some((name, _)) = others.next().or_else(|| fields.last()) {
            self.path.push(Step::Field(name));
        }
        Err(self.error(ErrorKind::UnexpectedField, block))
    }

    fn switch(
        &mut self,
        block: &mut Block,
        scope: Scope<'_, 'a, 'v>,
        member: usize,
        switch: &'a Switch,
        value: &'a Value<'v>,
    ) -> Written {
        let chosen = self.facts.chosen(scope, switch);
        let case = chosen.and_then(|case| switch.cases.get(case));
        let (field, value) = match (case, value) {
            (None, Value::Null) => return Ok(()),
            (Some(case), Value::Struct(fields)) => match fields.as_slice() {
                [(name, value)] if *name == case.field.name => (&case.field, value),
                _ => return Err(self.wire_error(Wire::VariantMismatch, block)),
            },
            (None, Value::Struct(_)) | (Some(_), Value::Null) => {
                return Err(self.wire_error(Wire::VariantMismatch, block));
            }
            _ => return Err(self.wrong("the field of a case, or null", block)),
        };
        let place = CountRef {
            member,
            case: chosen,
        };
        self.inside(Step::Field(&field.name), |writer| {
            writer.field(block, scope, place, field, value)
        })
    }

    fn field(
        &mut self,
        block: &mut Block,
        scope: Scope<'_, 'a, 'v>,
        place: CountRef,
        field: &'a Field,
        value: &'a Value<'v>,
    ) -> Written {
        match (&field.role, field.pointer) {
            (Role::Zero, _) => {
                let size = usize::try_from(field.size.min()).unwrap_or(usize::MAX);
                let end = block.bytes.len().saturating_add(size);
                block.bytes.resize(end, 0);
                Ok(())
            }
            (Role::ComputedCount | Role::CarriedCount { .. }, _) => {
                let number = match counted(self.facts, scope, place) {
                    Some(count) => count as i128,
                    None => self.integer(block, value)?,
                };
                self.number(block, field.ty.ty, number)
            }
            (_, Some(pointer)) => self.pointer(block, scope, field, pointer, value),
            (_, None) => {
                self.check_length(block, scope, field, value)?;
                self.value(block, field, value)
            }
        }
    }

    fn pointer(
        &mut self,
        block: &mut Block,
        scope: Scope<'_, 'a, 'v>,
        field: &'a Field,
        pointer: Pointer,
        value: &'a Value<'v>,
    ) -> Written {
        let slot = block.bytes.len();
        let sized = matches!(
            field.array,
            Some(Array::Count(_) | Array::ImageSize { .. } | Array::Remaining)
        );
        let empty = sized && value.count() == Some(0);
        let null = *value == Value::Null;
        if null && pointer.nonnull {
            return Err(self.wire_error(Wire::NullPointer, block));
        }
        if !null && (pointer.nonnull || !empty) {
            self.check_length(block, scope, field, value)?;
        }
        let offset = if empty && pointer.nonnull {
            EMPTY_POINTEE
        } else {
            0
        };
        block.bytes.extend_from_slice(&offset.to_le_bytes());
        if null || empty {
            return Ok(());
        }
        let link = Link {
            block: block.index,
            slot,
            target: 0,
        };
        if pointer.order == spice_proto_gen::model::PointeeOrder::DepthFirst {
            let target = self.pointee(field, value)?;
            self.links.push(Link { target, ..link });
        } else {
            self.later.push_back(Pending {
                link,
                field,
                value,
                path: self.path.clone(),
                depth: self.depth,
            });
        }
        Ok(())
    }

    /// Writes a pointee as its own block and returns the block's index.
    fn pointee(&mut self, field: &'a Field, value: &'a Value<'v>) -> Result<usize, Error> {
        let mut block = self.begin();
        let index = block.index;
        self.value(&mut block, field, value)?;
        self.finish(block);
        Ok(index)
    }

    /// Checks that an array has the length that the proto or another field specifies.
    fn check_length(
        &self,
        block: &Block,
        scope: Scope<'_, 'a, 'v>,
        field: &Field,
        value: &Value<'v>,
    ) -> Written {
        let Some(array) = field.array else {
            return Ok(());
        };
        let Some(length) = value.count() else {
            return Err(self.wrong("an array", block));
        };
        let length = length as u64;
        let count = match array {
            Array::Count(count) => self.facts.count(scope, count),
            Array::Fixed(count) => count,
            Array::ImageSize { bits, width, rows } => {
                let expected = self.facts.image_size(scope, bits, width, rows);
                let expected = expected.unwrap_or(u64::MAX);
                if expected == length {
                    return Ok(());
                }
                return Err(self.wire_error(Wire::ImageSize { expected, length }, block));
            }
            Array::CString => return self.check_text(block, value),
            Array::Remaining => return Ok(()),
        };
        if count == length {
            return Ok(());
        }
        Err(self.wire_error(Wire::CountMismatch { count, length }, block))
    }

    /// Checks that a string has exactly one NUL, at its end.
    fn check_text(&self, block: &Block, value: &Value<'v>) -> Written {
        let Value::Bytes(bytes) = value else {
            return Err(self.wrong("bytes", block));
        };
        match bytes.split_last() {
            Some((0, text)) if !text.contains(&0) => Ok(()),
            Some((0, _)) => Err(self.wire_error(Wire::InteriorNul, block)),
            _ => Err(self.wire_error(Wire::Unterminated, block)),
        }
    }

    fn value(&mut self, block: &mut Block, field: &'a Field, value: &'a Value<'v>) -> Written {
        let ty = field.ty.ty;
        if field.array.is_none() {
            return self.one(block, ty, value);
        }
        match value {
            Value::Bytes(bytes) if self.facts.is_byte(ty) => {
                block.bytes.extend_from_slice(bytes);
                Ok(())
            }
            Value::List(values) if values.is_empty() => Ok(()),
            _ if self.facts.is_byte(ty) => Err(self.wrong("bytes", block)),
            Value::List(values) => {
                for (index, value) in values.iter().enumerate() {
                    self.inside(Step::Element(index), |writer| writer.one(block, ty, value))?;
                }
                Ok(())
            }
            // Zero-sized elements are all equal, so checking one is enough.
            Value::Repeated { value, .. } if self.facts.size(ty).exact() == Some(0) => {
                self.inside(Step::Element(0), |writer| writer.one(block, ty, value))
            }
            _ => Err(self.wrong("an array", block)),
        }
    }

    fn one(&mut self, block: &mut Block, ty: Type, value: &'a Value<'v>) -> Written {
        match ty {
            Type::Struct(id) => self.structure(block, id, value),
            Type::Fd => match value {
                Value::Descriptor | Value::Integer(-1) | Value::Null => Ok(()),
                _ => Err(self.wrong("a descriptor", block)),
            },
            Type::Int(_) | Type::Enum(_) => {
                let number = self.integer(block, value)?;
                self.number(block, ty, number)
            }
        }
    }

    fn integer(&self, block: &Block, value: &Value<'v>) -> Result<i128, Error> {
        value
            .as_integer()
            .ok_or_else(|| self.wrong("a number", block))
    }

    fn number(&self, block: &mut Block, ty: Type, number: i128) -> Written {
        let Some(Int { bytes, signed }) = self.facts.number(ty) else {
            return Err(self.wrong("a number", block));
        };
        let bits = u32::from(bytes).saturating_mul(8);
        let above = match signed {
            true => number >> bits.saturating_sub(1),
            false => number >> bits,
        };
        // In a number that fits, the bits above the field are all copies of the sign.
        if above != 0 && !(signed && above == -1) {
            return Err(self.error(ErrorKind::OutOfRange, block));
        }
        let wide = number.to_le_bytes();
        let narrow = wide.get(..usize::from(bytes)).unwrap_or_default();
        block.bytes.extend_from_slice(narrow);
        Ok(())
    }
}

/// Returns the length of the longest array that uses this count, or 0 if all such arrays are null.
/// Returns `None` if no array uses it.
fn counted(facts: Facts<'_>, scope: Scope<'_, '_, '_>, place: CountRef) -> Option<usize> {
    let counts = |field: &Field| field.array == Some(Array::Count(place));
    let members = scope.body.members.iter().enumerate();
    let lengths = members.filter_map(|(index, member)| {
        let value = (scope.values)(index);
        match member {
            Member::Field(field) if counts(field) => Some(value),
            Member::Field(_) => None,
            Member::Switch(switch) => {
                let case = switch.cases.get(facts.chosen(scope, switch)?)?;
                counts(&case.field).then(|| value.and_then(only_field))
            }
        }
    });
    lengths
        .map(|value| value.and_then(Value::count).unwrap_or(0))
        .max()
}
