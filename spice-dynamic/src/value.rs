//! Messages as plain trees.

use std::borrow::Cow;

/// What a part of a message holds, as it is on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// A number: of an integer, an enum or a flags type. A field with the attribute `@zero` is 0.
    Integer(i128),
    /// An array of elements that are one byte wide.
    Bytes(Cow<'a, [u8]>),
    /// Any other array.
    List(Vec<Value<'a>>),
    /// An array of elements that take no bytes, such as descriptors: they are all the same.
    Repeated {
        /// The element.
        value: Box<Value<'a>>,
        /// How many there are.
        count: usize,
    },
    /// The members of a struct or message, in the order of the proto. A switch is a struct of one
    /// field: that of the case that was chosen.
    Struct(Vec<(Cow<'a, str>, Value<'a>)>),
    /// A pointer to nothing, or a switch without a matching case.
    Null,
    /// A file descriptor, which is not among the bytes.
    Descriptor,
}

impl<'a> Value<'a> {
    /// The field of a struct, or of the case of a switch.
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

    /// The number.
    #[must_use]
    pub const fn as_integer(&self) -> Option<i128> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// How many elements an array has.
    #[must_use]
    pub fn count(&self) -> Option<usize> {
        match self {
            Self::Bytes(bytes) => Some(bytes.len()),
            Self::List(values) => Some(values.len()),
            Self::Repeated { count, .. } => Some(*count),
            _ => None,
        }
    }

    /// The same without a borrow.
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
