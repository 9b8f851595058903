//! Checks of counts and of the lengths of arrays.

use spice_proto_gen::model::{Array, Field, FieldRef, Role};
use spice_wire::ErrorKind as Wire;

use super::value::fits;
use super::{Result, Writer};
use crate::error::Step;
use crate::scope::Scope;
use crate::value::Value;

impl<'a, 'v> Writer<'a, 'v> {
    /// Checks that every computed count of a body can hold the length of its arrays.
    pub(super) fn check_counts(&mut self, scope: Scope<'_, 'a, 'v>) -> Result<()> {
        for (position, field) in scope.body.fields() {
            let Some(count) = scope.computed_count(position) else {
                continue;
            };
            let int = self.model.int(field.ty.ty);
            if int.is_some_and(|int| !fits(count.into(), int)) {
                let switch = scope.body.switch(position.member);
                let path = switch.map(|switch| &switch.name).into_iter();
                let path = path.chain([&field.name]);
                self.path.extend(path.map(|name| Step::Field(name)));
                return Err(self.wire_error(Wire::CountTooLarge { count }));
            }
        }
        Ok(())
    }

    /// Checks that an array has the length that the proto or other fields determine.
    pub(super) fn check_length(
        &self,
        scope: Scope<'_, 'a, 'v>,
        field: &Field,
        value: &Value<'v>,
    ) -> Result<()> {
        let Some(array) = field.array else {
            return Ok(());
        };
        let Some(length) = value.count() else {
            return Err(self.wrong_value("an array"));
        };
        let length = length as u64;
        let (count, kind) = match (array, scope.elements(array).flatten()) {
            (Array::CString, _) => return self.check_text(value),
            (Array::Remaining, _) => return Ok(()),
            (Array::ImageSize { .. }, size) => {
                let expected = size.unwrap_or(u64::MAX);
                (size, Wire::ImageSize { expected, length })
            }
            (Array::Fixed(count), _) => (Some(count), Wire::CountMismatch { count, length }),
            (Array::Count(count), _) => {
                let count = scope.count(count);
                (Some(count), Wire::CountMismatch { count, length })
            }
        };
        if count == Some(length) {
            return Ok(());
        }
        Err(self.wire_error(kind))
    }

    /// Checks that text has one zero byte, at its end.
    fn check_text(&self, value: &Value<'v>) -> Result<()> {
        let Value::Bytes(bytes) = value else {
            return Err(self.wrong_value("bytes"));
        };
        match bytes.split_last() {
            Some((0, text)) if !text.contains(&0) => Ok(()),
            Some((0, _)) => Err(self.wire_error(Wire::InteriorNul)),
            _ => Err(self.wire_error(Wire::MissingNul)),
        }
    }
}

impl Scope<'_, '_, '_> {
    /// The value of a computed count: the length of the longest array that it counts. A null array has
    /// length 0. `None` if the count is not computed.
    pub(super) fn computed_count(self, position: FieldRef) -> Option<u64> {
        let role = &self.body.field(position)?.role;
        if !matches!(role, Role::ComputedCount | Role::CarriedCount { .. }) {
            return None;
        }
        let arrays = self.body.counted_arrays(position);
        let values = arrays.filter_map(|(array, _)| self.value(array));
        let longest = values.map(|value| value.count().unwrap_or(0) as u64).max();
        match role {
            // A variant without an array carries the count.
            Role::CarriedCount { .. } => longest,
            _ => Some(longest.unwrap_or(0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_codes, assert_error, compile, decoding_error, encoding_error};
    use crate::{decode, encode};

    #[test]
    fn counts_must_match_array_lengths() {
        let body = "uint8 n; uint16 x[n]; uint8 *y[n];";
        let json = r#"{"n":2,"x":[1,2],"y":"0304"}"#;
        assert_codes("", body, &[2, 1, 0, 2, 0, 9, 0, 0, 0, 3, 4], json);
        let error = encoding_error("", body, r#"{"n":2,"x":[1],"y":"0304"}"#);
        assert_error(
            &error,
            Wire::CountMismatch {
                count: 2,
                length: 1,
            },
            "x",
            1,
        );
        // A null array is compatible with any count.
        let json = r#"{"n":1,"x":[1],"y":null}"#;
        assert_codes("", body, &[1, 1, 0, 0, 0, 0, 0], json);
    }

    #[test]
    fn count_of_a_null_array_is_encoded_as_zero() {
        let (model, body) = compile("", "uint8 n; uint8 *x[n];");
        let decoded = decode(&model, body, &[3, 0, 0, 0, 0]).unwrap();
        assert_eq!(decoded.value.to_json(), r#"{"n":3,"x":null}"#);
        assert_eq!(encode(&model, body, &decoded.value).unwrap(), [0; 5]);
        let error = decoding_error("", "uint8 n; uint16 *x[n];", &[3, 0, 0, 0, 0]);
        assert_error(&error, Wire::NullArray { count: 3 }, "x", 1);
    }

    #[test]
    fn pointee_length_is_checked_after_the_segment() {
        let error = encoding_error(
            "",
            "uint8 n; uint8 *x[n]; uint8 *y[n]; uint16 z;",
            r#"{"n":2,"x":"0102","y":"03","z":1}"#,
        );
        let kind = Wire::CountMismatch {
            count: 2,
            length: 1,
        };
        assert_error(&error, kind, "y", 11);
    }

    #[test]
    fn count_that_is_too_large_is_found_before_the_block() {
        let bytes = "07".repeat(256);
        let json = format!(r#"{{"first":1,"inner":{{"x":5,"n":0,"data":"{bytes}"}}}}"#);
        let error = encoding_error(
            "struct Inner { uint16 x; uint8 n; uint8 data[n]; };",
            "uint8 first; Inner inner;",
            &json,
        );
        assert_error(&error, Wire::CountTooLarge { count: 256 }, "inner.n", 1);
    }

    #[test]
    fn image_data_must_have_the_size_of_the_image() {
        let body = "uint8 w; uint8 h; uint8 data[image_size(4, w, h)];";
        assert_codes(
            "",
            body,
            &[3, 2, 1, 2, 3, 4],
            r#"{"w":3,"h":2,"data":"01020304"}"#,
        );
        let error = encoding_error("", body, r#"{"w":3,"h":2,"data":"010203"}"#);
        let kind = Wire::ImageSize {
            expected: 4,
            length: 3,
        };
        assert_error(&error, kind, "data", 2);
    }

    #[test]
    fn text_must_end_with_its_only_zero_byte() {
        let body = "uint8 s[cstring()];";
        assert_codes("", body, b"ab\0", r#"{"s":"616200"}"#);
        let error = encoding_error("", body, r#"{"s":"6162"}"#);
        assert_error(&error, Wire::MissingNul, "s", 0);
        let error = encoding_error("", body, r#"{"s":"610062"}"#);
        assert_error(&error, Wire::MissingNul, "s", 0);
        let error = encoding_error("", body, r#"{"s":"610000"}"#);
        assert_error(&error, Wire::InteriorNul, "s", 0);
    }
}
