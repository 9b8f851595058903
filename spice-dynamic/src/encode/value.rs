//! Encoding of values and arrays.

use spice_proto_gen::model::{Field, Int, Type};

use super::{Result, Writer};
use crate::error::{ErrorKind, Step};
use crate::value::Value;

impl<'a, 'v> Writer<'a, 'v> {
    /// Writes a value or an array.
    pub(super) fn value(&mut self, field: &'a Field, value: &'a Value<'v>) -> Result<()> {
        let ty = field.ty.ty;
        if field.array.is_none() {
            return self.one(ty, value);
        }
        let is_byte = self.model.int(ty).is_some_and(|int| int.bytes == 1);
        match value {
            Value::Bytes(bytes) if is_byte => {
                self.body.extend_from_slice(bytes);
                Ok(())
            }
            Value::List(values) if values.is_empty() => Ok(()),
            _ if is_byte => Err(self.wrong_value("bytes")),
            Value::List(values) => {
                for (index, value) in values.iter().enumerate() {
                    self.inside(Step::Element(index), |writer| writer.one(ty, value))?;
                }
                Ok(())
            }
            // The elements are equal and have no bytes, so that checking one is enough.
            Value::Repeated { value, .. } if self.model.size(ty).exact() == Some(0) => {
                self.inside(Step::Element(0), |writer| writer.one(ty, value))
            }
            _ => Err(self.wrong_value("an array")),
        }
    }

    /// Writes one value of a type.
    fn one(&mut self, ty: Type, value: &'a Value<'v>) -> Result<()> {
        match (ty, value) {
            (Type::Struct(id), _) => self.structure(id, value),
            (Type::Fd, Value::Descriptor | Value::Integer(-1) | Value::Null) => Ok(()),
            (Type::Fd, _) => Err(self.wrong_value("a descriptor")),
            (Type::Int(_) | Type::Enum(_), Value::Integer(number)) => self.number(ty, *number),
            (Type::Int(_) | Type::Enum(_), _) => Err(self.wrong_value("a number")),
        }
    }

    pub(super) fn number(&mut self, ty: Type, number: i128) -> Result<()> {
        let Some(int) = self.model.int(ty) else {
            return Err(self.wrong_value("a number"));
        };
        if !fits(number, int) {
            return Err(self.error(ErrorKind::OutOfRange));
        }
        let bytes = number.to_le_bytes().into_iter();
        self.body.extend(bytes.take(int.bytes.into()));
        Ok(())
    }
}

/// Whether a number is in the range of an integer type.
pub(super) fn fits(number: i128, int: Int) -> bool {
    let bits = u32::from(int.bytes).saturating_mul(8);
    if int.signed {
        let sign = number >> bits.saturating_sub(1);
        sign == 0 || sign == -1
    } else {
        number >> bits == 0
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{assert_codes, encoding_error};

    #[test]
    fn integers_keep_sign_and_precision() {
        let bytes = [&[0x80, 0xfe, 0xff][..], &[0xff; 8], &[0xff; 8]].concat();
        assert_codes(
            "",
            "int8 a; int16 b; int64 c; uint64 d;",
            &bytes,
            r#"{"a":-128,"b":-2,"c":-1,"d":18446744073709551615}"#,
        );
    }

    #[test]
    fn values_of_the_wrong_shape_are_rejected() {
        let body = "uint8 a; uint16 b[2]; unix_fd c;";
        let cases = [
            (r#"{"a":256,"b":[1,2],"c":-1}"#, "out_of_range", "a"),
            (r#"{"a":-1,"b":[1,2],"c":-1}"#, "out_of_range", "a"),
            (r#"{"a":1,"b":[1],"c":-1}"#, "count_mismatch", "b"),
            (r#"{"a":1,"b":[1,null],"c":-1}"#, "wrong_value", "b[1]"),
            (r#"{"a":1,"b":"0102","c":-1}"#, "wrong_value", "b"),
            (r#"{"a":1,"b":[1,2],"c":3}"#, "wrong_value", "c"),
            (r#"{"a":1,"b":[1,2]}"#, "missing_field", "c"),
            (r#"{"a":1,"b":[1,2],"c":-1,"d":1}"#, "unexpected_field", "d"),
            (r#"{"a":1,"b":[1,2],"c":-1,"a":1}"#, "unexpected_field", "a"),
            ("[1]", "wrong_value", ""),
        ];
        for (json, kind, field) in cases {
            let error = encoding_error("", body, json);
            assert_eq!(
                (error.kind().name(), error.field()),
                (kind, field),
                "{json}"
            );
        }
    }
}
