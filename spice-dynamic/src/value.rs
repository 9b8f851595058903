//! Messages as trees of values.

use std::borrow::Cow;

/// A value as it is on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value<'a> {
    /// An integer, an enum or flags. A `@zero` field is 0.
    Integer(i128),
    /// An array of one-byte elements.
    Bytes(Cow<'a, [u8]>),
    /// Any other array.
    List(Vec<Value<'a>>),
    /// An array of zero-sized elements, such as descriptors. They are all equal.
    Repeated {
        /// The element.
        value: Box<Value<'a>>,
        /// The number of elements.
        count: usize,
    },
    /// The members of a struct or message, in the order of the proto. A switch is a struct with one
    /// field, the field of the selected case.
    Struct(Vec<(Cow<'a, str>, Value<'a>)>),
    /// A null pointer, or a switch without a matching case.
    Null,
    /// A file descriptor. It takes no bytes.
    Descriptor,
}

impl<'a> Value<'a> {
    /// Returns the field with this name, of a struct or of a switch's selected case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        match self {
            Self::Struct(fields) => fields
                .iter()
                .find(|(field, _)| field == name)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    /// Returns the number of an [`Integer`](Self::Integer).
    #[must_use]
    pub const fn as_integer(&self) -> Option<i128> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// Returns the number of elements of an array.
    #[must_use]
    pub fn count(&self) -> Option<usize> {
        match self {
            Self::Bytes(bytes) => Some(bytes.len()),
            Self::List(values) => Some(values.len()),
            Self::Repeated { count, .. } => Some(*count),
            _ => None,
        }
    }

    /// Converts the value to one that borrows nothing.
    #[must_use]
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Integer(number) => Value::Integer(number),
            Self::Bytes(bytes) => Value::Bytes(Cow::Owned(bytes.into_owned())),
            Self::List(values) => Value::List(values.into_iter().map(Value::into_owned).collect()),
            Self::Repeated { value, count } => Value::Repeated {
                value: Box::new(value.into_owned()),
                count,
            },
            Self::Struct(fields) => {
                let fields = fields.into_iter();
                let fields =
                    fields.map(|(name, value)| (name.into_owned().into(), value.into_owned()));
                Value::Struct(fields.collect())
            }
            Self::Null => Value::Null,
            Self::Descriptor => Value::Descriptor,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_by_name() {
        let fields = vec![
            ("a".into(), Value::Integer(1)),
            ("b".into(), Value::List(vec![Value::Null])),
        ];
        let value = Value::Struct(fields);
        assert_eq!(value.get("a").and_then(Value::as_integer), Some(1));
        assert_eq!(value.get("b").and_then(Value::count), Some(1));
        assert_eq!(value.get("c"), None);
        assert_eq!(value.count(), None);
        assert_eq!(Value::Null.get("a"), None);
    }

    #[test]
    fn owned_value_equals_the_borrowed_one() {
        let bytes = [1, 2];
        let value = Value::Struct(vec![
            ("bytes".into(), Value::Bytes(Cow::Borrowed(&bytes))),
            (
                "fds".into(),
                Value::Repeated {
                    value: Box::new(Value::Descriptor),
                    count: 3,
                },
            ),
        ]);
        assert_eq!(value.clone().into_owned(), value);
    }
}
