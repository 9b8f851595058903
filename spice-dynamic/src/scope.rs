//! The fields of a body that determine other fields: counts, image sizes and discriminants.

use spice_proto_gen::model::{
    Array, Case, Field, FieldRef, Label, Member, Model, Struct, Switch, Type,
};
use spice_wire::__private::image_size;

use crate::value::Value;

/// A body and the values of its members.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'s, 'a, 'v> {
    pub(crate) model: &'a Model,
    pub(crate) body: &'a Struct,
    /// The value of the member with this index, if it is known.
    pub(crate) values: &'s dyn Fn(usize) -> Option<&'a Value<'v>>,
}

impl<'a, 'v> Scope<'_, 'a, 'v> {
    /// The value of the field at a position. `None` if it belongs to a case that is not selected.
    pub(crate) fn value(self, position: FieldRef) -> Option<&'a Value<'v>> {
        let value = (self.values)(position.member)?;
        let Some(case) = position.case else {
            return Some(value);
        };
        let switch = self.body.switch(position.member)?;
        let (selected, found) = self.selected(switch)?;
        match value {
            Value::Struct(fields) if selected == case => match fields.as_slice() {
                [(name, value)] if *name == found.field.name => Some(value),
                _ => None,
            },
            _ => None,
        }
    }

    /// The value of a count, or 0 if it belongs to a case that is not selected.
    pub(crate) fn count(self, position: FieldRef) -> u64 {
        let number = self.value(position).and_then(Value::as_integer);
        number.map_or(0, |number| u64::try_from(number).unwrap_or(0))
    }

    /// The number of elements of an array, if other fields determine it. The inner option is `None` if the
    /// number exceeds 64 bits.
    pub(crate) fn elements(self, array: Array) -> Option<Option<u64>> {
        match array {
            Array::Count(count) => Some(Some(self.count(count))),
            Array::ImageSize { bits, width, rows } => {
                let [width, rows] = [width, rows].map(|side| self.count(FieldRef::member(side)));
                Some(image_size(bits, width, rows))
            }
            Array::Fixed(_) | Array::CString | Array::Remaining => None,
        }
    }

    /// The selected case of a switch and its index.
    pub(crate) fn selected(self, switch: &'a Switch) -> Option<(usize, &'a Case)> {
        let discriminant = self.discriminant(&switch.discriminant.path)?;
        let items = &self.model.enumeration(switch.discriminant.ty)?.items;
        let matches = |label: &Label| match *label {
            Label::Default => true,
            Label::Item { item, negated } => {
                let item = items.get(item).map_or(0, |item| i128::from(item.value));
                if switch.discriminant.flags {
                    (discriminant & item != 0) != negated
                } else {
                    discriminant == item
                }
            }
        };
        let mut cases = switch.cases.iter().enumerate();
        cases.find(|(_, case)| case.labels.iter().any(matches))
    }

    fn discriminant(self, path: &[usize]) -> Option<i128> {
        let (first, rest) = path.split_first()?;
        let mut member = self.body.members.get(*first)?;
        let mut value = (self.values)(*first)?;
        for index in rest {
            let Member::Field(Field { ty, .. }) = member else {
                return None;
            };
            let Type::Struct(id) = ty.ty else {
                return None;
            };
            member = self.model.body(id)?.members.get(*index)?;
            value = value.get(member.name())?;
        }
        value.as_integer()
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{assert_codes, assert_error, encoding_error};
    use spice_wire::ErrorKind as Wire;

    #[test]
    fn switch_uses_the_first_matching_case() {
        let definitions = "flags8 F { A, B, C };";
        let body = "F f; switch (f) { case A: uint8 a; case !B: uint16 nb; case C: uint8 c; } u;";
        assert_codes(definitions, body, &[1, 9], r#"{"f":1,"u":{"a":9}}"#);
        assert_codes(definitions, body, &[4, 9, 0], r#"{"f":4,"u":{"nb":9}}"#);
        assert_codes(definitions, body, &[6, 9], r#"{"f":6,"u":{"c":9}}"#);
        assert_codes(definitions, body, &[2], r#"{"f":2,"u":null}"#);
        let error = encoding_error(definitions, body, r#"{"f":1,"u":{"c":9}}"#);
        assert_error(&error, Wire::VariantMismatch, "u", 1);
    }

    #[test]
    fn discriminant_can_be_in_a_nested_struct() {
        let definitions = "enum8 Kind { A, B }; struct Head { uint8 x; Kind kind; };";
        let body = "Head head; switch (head.kind) { case B: uint16 b; default: uint8 other; } u;";
        let json = r#"{"head":{"x":5,"kind":1},"u":{"b":2}}"#;
        assert_codes(definitions, body, &[5, 1, 2, 0], json);
        let json = r#"{"head":{"x":5,"kind":7},"u":{"other":2}}"#;
        assert_codes(definitions, body, &[5, 7, 2], json);
    }
}
