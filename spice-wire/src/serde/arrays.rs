//! Bytes and arrays of constant length.

use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use ::serde::de::{Deserialize, Deserializer, Error, SeqAccess, Unexpected, Visitor};
use ::serde::ser::{Serialize, SerializeTuple, Serializer};

use crate::Bytes;

/// Maximum number of elements for which memory is reserved before they arrive.
const RESERVED: usize = 64;

/// Bytes. Human-readable formats hold lower-case hexadecimal digits.
pub struct Digits<B>(pub B);

impl<B: AsRef<[u8]>> Serialize for Digits<B> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes = self.0.as_ref();
        if serializer.is_human_readable() {
            serializer.collect_str(&Hex(bytes))
        } else {
            serializer.serialize_bytes(bytes)
        }
    }
}

impl<'de> Deserialize<'de> for Digits<Vec<u8>> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_str(HexVisitor)
        } else {
            deserializer.deserialize_byte_buf(BytesVisitor)
        }
        .map(Self)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Digits<[u8; N]> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Digits(bytes) = Digits::<Vec<u8>>::deserialize(deserializer)?;
        match bytes.try_into() {
            Ok(bytes) => Ok(Self(bytes)),
            Err(bytes) => Err(D::Error::invalid_length(bytes.len(), &Expected(N, "bytes"))),
        }
    }
}

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Digits(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Bytes<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Digits(bytes) = Digits::<Vec<u8>>::deserialize(deserializer)?;
        Ok(bytes.into())
    }
}

/// An expected number of things, for error messages.
struct Expected(usize, &'static str);

impl ::serde::de::Expected for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, self.1)
    }
}

struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

struct HexVisitor;

impl Visitor<'_> for HexVisitor {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("pairs of hexadecimal digits")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Vec<u8>, E> {
        let (pairs, odd) = text.as_bytes().as_chunks::<2>();
        let digit = |digit: u8| char::from(digit).to_digit(16);
        let bytes = pairs.iter().map(|[high, low]| {
            let byte = digit(*high)? << 4 | digit(*low)?;
            u8::try_from(byte).ok()
        });
        let bytes: Option<Vec<u8>> = bytes.collect();
        bytes
            .filter(|_| odd.is_empty())
            .ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}

struct BytesVisitor;

impl<'de> Visitor<'de> for BytesVisitor {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
        Ok(bytes.to_vec())
    }

    fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
        Ok(bytes)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<Vec<u8>, A::Error> {
        collect(elements)
    }
}

/// Collects the elements of a sequence.
pub(super) fn collect<'de, T, A>(mut elements: A) -> Result<Vec<T>, A::Error>
where
    T: Deserialize<'de>,
    A: SeqAccess<'de>,
{
    let announced = elements.size_hint().unwrap_or(0);
    let mut values = Vec::with_capacity(announced.min(RESERVED));
    while let Some(value) = elements.next_element()? {
        values.push(value);
    }
    Ok(values)
}

/// An array of constant length. Serde itself supports up to 32 elements.
pub struct Array<A>(pub A);

impl<T: Serialize, const N: usize> Serialize for Array<&[T; N]> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(N)?;
        self.0
            .iter()
            .try_for_each(|value| tuple.serialize_element(value))?;
        tuple.end()
    }
}

impl<'de, T: Deserialize<'de>, const N: usize> Deserialize<'de> for Array<[T; N]> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let visitor = ArrayVisitor(PhantomData);
        deserializer.deserialize_tuple(N, visitor).map(Self)
    }
}

struct ArrayVisitor<T, const N: usize>(PhantomData<T>);

impl<'de, T: Deserialize<'de>, const N: usize> Visitor<'de> for ArrayVisitor<T, N> {
    type Value = [T; N];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{N} elements")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<[T; N], A::Error> {
        // Some formats do not mark the end of a tuple, so the visitor stops after `N` elements.
        let mut values = Vec::with_capacity(N);
        while values.len() < N
            && let Some(value) = elements.next_element()?
        {
            values.push(value);
        }
        let length = values.len();
        values
            .try_into()
            .map_err(|_| A::Error::invalid_length(length, &self))
    }
}

/// Defines modules for `#[serde(with = "…")]` on fields of a type and on fields of its `Option`.
macro_rules! forms {
    ($($form:ident: $module:ident $optional:ident, $value:ty $(, $parameter:ident)?;)*) => { $(
        /// For a field that is an array of constant length.
        pub mod $module {
            use super::{$form, Deserialize, Deserializer, Serialize, Serializer};

            #[allow(missing_docs, clippy::missing_errors_doc)]
            pub fn serialize<S: Serializer, $($parameter: Serialize,)? const N: usize>(
                value: &$value,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                $form(value).serialize(serializer)
            }

            #[allow(missing_docs, clippy::missing_errors_doc)]
            pub fn deserialize<
                'de,
                D: Deserializer<'de>,
                $($parameter: Deserialize<'de>,)?
                const N: usize,
            >(
                deserializer: D,
            ) -> Result<$value, D::Error> {
                let $form(value) = $form::deserialize(deserializer)?;
                Ok(value)
            }
        }

        /// For a field that is an optional array of constant length.
        pub mod $optional {
            use super::{$form, Deserialize, Deserializer, Serialize, Serializer};

            #[allow(missing_docs, clippy::missing_errors_doc)]
            pub fn serialize<S: Serializer, $($parameter: Serialize,)? const N: usize>(
                value: &Option<$value>,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                value.as_ref().map($form).serialize(serializer)
            }

            #[allow(missing_docs, clippy::missing_errors_doc)]
            pub fn deserialize<
                'de,
                D: Deserializer<'de>,
                $($parameter: Deserialize<'de>,)?
                const N: usize,
            >(
                deserializer: D,
            ) -> Result<Option<$value>, D::Error> {
                let value: Option<$form<$value>> = Deserialize::deserialize(deserializer)?;
                Ok(value.map(|$form(value)| value))
            }
        }
    )* };
}

forms! {
    Digits: byte_array optional_byte_array, [u8; N];
    Array: array optional_array, [T; N], T;
}
