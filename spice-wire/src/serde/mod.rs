//! Serialization of field types. The derived implementations of generated types call it.
//!
//! Human-readable formats hold the names of enums and flags, and bytes as hexadecimal digits. Binary formats
//! hold numbers and bytes.

mod arrays;
mod names;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use ::serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use ::serde::ser::{Serialize, SerializeMap, Serializer};

pub use self::arrays::{array, byte_array, optional_array, optional_byte_array};
pub use self::names::{deserialize_enum, deserialize_flags, serialize_enum, serialize_flags};

use self::arrays::{Digits, collect};
use crate::__private::FdSource;
use crate::{Decode, Fd, List, Pointee, Text};

/// A sequence.
impl<'a, T, F> Serialize for List<'a, T, F>
where
    T: Serialize + Decode<'a> + Clone,
    F: FdSource<'a>,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self)
    }
}

impl<'de, T: Deserialize<'de>, F> Deserialize<'de> for List<'_, T, F> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let visitor = ListVisitor(PhantomData);
        deserializer.deserialize_seq(visitor).map(List::from)
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<Vec<T>, A::Error> {
        collect(elements)
    }
}

/// Key of text without a terminating zero byte.
const UNTERMINATED: &str = "unterminated";
/// Key of text that is not UTF-8.
const HEX: &str = "hex";

/// Human-readable formats hold a string without the terminating zero byte. Text without one is a map from
/// `unterminated` to a string, text that is not UTF-8 a map from `hex` to the bytes on the wire.
/// Binary formats hold the bytes on the wire.
impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (bytes, nul) = self.wire_parts();
        if !serializer.is_human_readable() {
            return if nul {
                serializer.serialize_bytes(&[bytes, &[0]].concat())
            } else {
                serializer.serialize_bytes(bytes)
            };
        }
        let (content, terminated) = self.content();
        match (terminated, core::str::from_utf8(content)) {
            (true, Ok(text)) => serializer.serialize_str(text),
            (false, Ok(text)) => entry(serializer, UNTERMINATED, text),
            (_, Err(_)) => entry(serializer, HEX, &Digits(bytes)),
        }
    }
}

/// Serializes a map with one entry.
fn entry<S: Serializer>(
    serializer: S,
    key: &'static str,
    value: &(impl Serialize + ?Sized),
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(key, value)?;
    map.end()
}

impl<'de> Deserialize<'de> for Text<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(TextVisitor(PhantomData))
        } else {
            let Digits(bytes) = Digits::<Vec<u8>>::deserialize(deserializer)?;
            Ok(Text::from_wire_cow(bytes.into()))
        }
    }
}

struct TextVisitor<'a>(PhantomData<Text<'a>>);

impl<'de, 'a> Visitor<'de> for TextVisitor<'a> {
    type Value = Text<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a string, or a map with `{UNTERMINATED}` or `{HEX}`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Text<'a>, E> {
        Ok(Text::from(String::from(text)))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Text<'a>, E> {
        Ok(Text::from(text))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Text<'a>, A::Error> {
        const KEYS: &[&str] = &[UNTERMINATED, HEX];
        let Some(key) = map.next_key::<String>()? else {
            return Err(A::Error::invalid_length(0, &self));
        };
        let bytes = match key.as_str() {
            UNTERMINATED => map.next_value::<String>()?.into_bytes(),
            HEX => map.next_value::<Digits<Vec<u8>>>()?.0,
            other => return Err(A::Error::unknown_field(other, KEYS)),
        };
        match map.next_key::<String>()? {
            Some(_) => Err(A::Error::invalid_length(2, &self)),
            None => Ok(Text::from_wire_cow(bytes.into())),
        }
    }
}

/// Serializes every descriptor as `null`, because it is valid only in its process.
impl Serialize for Fd<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_none()
    }
}

/// The descriptor is absent. Accepts `null` and unit.
impl<'de> Deserialize<'de> for Fd<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_option(AbsentVisitor)?;
        Ok(Fd::absent())
    }
}

struct AbsentVisitor;

impl Visitor<'_> for AbsentVisitor {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing: a descriptor cannot be read")
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }
}

/// The value.
impl<'a, T: Decode<'a> + Clone + Serialize> Serialize for Pointee<'a, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value = self.get().map_err(::serde::ser::Error::custom)?;
        value.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Pointee<'_, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::from)
    }
}
