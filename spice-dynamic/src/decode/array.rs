//! Decoding of arrays.

use std::borrow::Cow;

use spice_proto_gen::model::{Array, Field, Size, Type};
use spice_wire::__private::MAX_EMPTY_ELEMENTS;
use spice_wire::ErrorKind as Wire;

use super::{Reader, Result};
use crate::error::Step;
use crate::scope::Scope;
use crate::value::Value;

impl<'a> Reader<'a> {
    /// Reads the value of a field in its block, or the pointee of a pointer.
    pub(super) fn value(
        &mut self,
        scope: Scope<'_, '_, 'a>,
        field: &'a Field,
    ) -> Result<Value<'a>> {
        let ty = field.ty.ty;
        match field.array {
            None => self.one(ty),
            Some(Array::Fixed(count)) => self.fixed(ty, count),
            Some(Array::CString) => self.cstring(),
            Some(Array::Remaining) => self.remaining(ty),
            Some(array @ (Array::Count(_) | Array::ImageSize { .. })) => {
                self.list(ty, scope.elements(array).flatten())
            }
        }
    }

    /// Reads an array of constant length.
    fn fixed(&mut self, ty: Type, count: u64) -> Result<Value<'a>> {
        match self.model.size(ty) {
            Size::Static(0) => self.repeated(ty, count),
            Size::Static(size) if self.model.is_fixed_size(ty) => {
                self.check(count.checked_mul(size))?;
                self.each(ty, count)
            }
            _ => self.each(ty, count),
        }
    }

    /// Reads an array whose length other fields determine. A count of `None` exceeds 64 bits.
    fn list(&mut self, ty: Type, count: Option<u64>) -> Result<Value<'a>> {
        let known = count.unwrap_or(u64::MAX);
        match self.model.size(ty) {
            Size::Static(0) => {
                self.add_empty_elements(known, known, self.offset)?;
                self.repeated(ty, known)
            }
            Size::Static(size) if !self.model.contains(ty).fds => {
                self.check(count.and_then(|count| count.checked_mul(size)))?;
                self.each(ty, known)
            }
            _ => {
                let (start, mut values) = (self.offset, Vec::new());
                for index in 0..known {
                    let before = self.offset;
                    values.push(self.element(ty, index)?);
                    if self.offset == before {
                        self.add_empty_elements(1, known, start)?;
                    }
                }
                Ok(Value::List(values))
            }
        }
    }

    /// Adds to the number of list elements without bytes. Fails at `start`, where a list of `count` elements
    /// begins, if there are too many.
    fn add_empty_elements(&mut self, added: u64, count: u64, start: usize) -> Result<()> {
        self.empty_elements = self.empty_elements.saturating_add(added);
        if self.empty_elements > MAX_EMPTY_ELEMENTS {
            self.offset = start;
            return Err(self.wire_error(Wire::TooManyEmptyElements { count }));
        }
        Ok(())
    }

    /// Reads zero-sized elements.
    fn repeated(&mut self, ty: Type, count: u64) -> Result<Value<'a>> {
        Ok(Value::Repeated {
            value: Box::new(self.one(ty)?),
            count: usize::try_from(count).unwrap_or(usize::MAX),
        })
    }

    /// Reads elements one by one. Memory is reserved only for elements that are present.
    fn each(&mut self, ty: Type, count: u64) -> Result<Value<'a>> {
        if self.model.size(ty) == Size::Static(1) && self.model.int(ty).is_some() {
            let bytes = self.take(count)?;
            return Ok(Value::Bytes(Cow::Borrowed(bytes)));
        }
        let mut values = Vec::new();
        for index in 0..count {
            values.push(self.element(ty, index)?);
        }
        Ok(Value::List(values))
    }

    fn element(&mut self, ty: Type, index: u64) -> Result<Value<'a>> {
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        self.inside(Step::Element(index), |reader| reader.one(ty))
    }

    fn cstring(&mut self) -> Result<Value<'a>> {
        match self.rest().iter().position(|byte| *byte == 0) {
            Some(length) => {
                let bytes = self.take((length as u64).saturating_add(1))?;
                Ok(Value::Bytes(Cow::Borrowed(bytes)))
            }
            None => Err(self.wire_error(Wire::Unterminated)),
        }
    }

    /// Reads all complete elements up to the end of the body.
    fn remaining(&mut self, ty: Type) -> Result<Value<'a>> {
        if let Some(size @ 1..) = self.model.size(ty).exact() {
            let count = self.available().checked_div(size).unwrap_or(0);
            return self.each(ty, count);
        }
        let mut values = Vec::new();
        while !self.rest().is_empty() {
            let before = self.offset;
            let value = self.element(ty, values.len() as u64)?;
            if self.offset == before {
                break;
            }
            values.push(value);
        }
        Ok(Value::List(values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode;
    use crate::testing::{assert_codes, assert_error, compile, decoding_error};

    #[test]
    fn zero_sized_elements_are_stored_once_and_limited() {
        let (model, body) = compile("struct E { unix_fd f; };", "uint32 n; E e[n]; E g[3];");
        let decoded = decode(&model, body, &[0, 4, 0, 0]).unwrap();
        let Some(Value::Repeated { count: 1024, .. }) = decoded.value.get("e") else {
            panic!("{:?}", decoded.value);
        };
        let error = decode(&model, body, &[1, 4, 0, 0]).unwrap_err();
        assert_error(&error, Wire::TooManyEmptyElements { count: 1025 }, "e", 4);
        assert_codes(
            "struct E { unix_fd f; };",
            "uint8 n; E e[n];",
            &[2],
            r#"{"n":2,"e":[{"f":-1},{"f":-1}]}"#,
        );
    }

    #[test]
    fn remaining_array_ends_with_the_last_complete_element() {
        let (model, body) = compile("", "uint16 x[];");
        let decoded = decode(&model, body, &[1, 0, 2, 0, 3]).unwrap();
        assert_eq!(decoded.value.to_json(), r#"{"x":[1,2]}"#);
        assert_eq!(decoded.trailing, [3]);
    }

    #[test]
    fn size_beyond_64_bits_is_truncated() {
        let error = decoding_error("", "uint64 n; uint16 x[n];", &[0xff; 10]);
        let kind = Wire::Truncated {
            needed: u64::MAX,
            available: 2,
        };
        assert_error(&error, kind, "x", 8);
    }
}
