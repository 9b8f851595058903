//! Enums and flags by name.

use core::fmt;
use core::marker::PhantomData;

use ::serde::de::{Deserialize, Deserializer, Error, SeqAccess, Unexpected, Visitor};
use ::serde::ser::{Serialize, SerializeSeq, Serializer};

use crate::names::Named;

/// Serializes an open enum. Human-readable formats hold the name of the item, if there is one.
///
/// # Errors
/// Returns errors of the format.
pub fn serialize_enum<T, N, S>(value: T, serializer: S) -> Result<S::Ok, S::Error>
where
    T: Named + Copy + PartialEq,
    N: Serialize + From<T>,
    S: Serializer,
{
    let mut items = T::ITEMS.iter();
    match items.find(|(_, item)| *item == value) {
        Some((name, _)) if serializer.is_human_readable() => serializer.serialize_str(name),
        _ => N::from(value).serialize(serializer),
    }
}

/// Deserializes an open enum from a name or a number.
///
/// # Errors
/// Returns errors of the format, or an error for an unknown name.
pub fn deserialize_enum<'de, T, N, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Named + Copy + From<N>,
    N: Deserialize<'de> + TryFrom<u64>,
    D: Deserializer<'de>,
{
    if deserializer.is_human_readable() {
        deserializer.deserialize_any(ItemVisitor::<T, N>(PhantomData))
    } else {
        N::deserialize(deserializer).map(T::from)
    }
}

struct ItemVisitor<T, N>(PhantomData<(T, N)>);

impl<T, N> Visitor<'_> for ItemVisitor<T, N>
where
    T: Named + Copy + From<N>,
    N: TryFrom<u64>,
{
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a number of {} bits", size_of::<N>() * 8)?;
        let names = T::ITEMS.iter().map(|(name, _)| name);
        names
            .into_iter()
            .try_for_each(|name| write!(f, ", `{name}`"))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        match N::try_from(number) {
            Ok(number) => Ok(T::from(number)),
            Err(_) => Err(E::invalid_value(Unexpected::Unsigned(number), &self)),
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        match u64::try_from(number) {
            Ok(number) => self.visit_u64(number),
            Err(_) => Err(E::invalid_value(Unexpected::Signed(number), &self)),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        let mut items = T::ITEMS.iter();
        match items.find(|(name, _)| *name == text) {
            Some((_, item)) => Ok(*item),
            None => Err(E::invalid_value(Unexpected::Str(text), &self)),
        }
    }
}

/// Serializes flags. Human-readable formats hold a list of names, and a number for bits without a name.
///
/// # Errors
/// Returns errors of the format.
pub fn serialize_flags<T, N, S>(value: T, serializer: S) -> Result<S::Ok, S::Error>
where
    T: Named + Copy + PartialEq + core::ops::BitAnd<Output = T> + core::ops::Sub<Output = T>,
    T: Default,
    N: Serialize + From<T>,
    S: Serializer,
{
    if !serializer.is_human_readable() {
        return N::from(value).serialize(serializer);
    }
    let mut list = serializer.serialize_seq(None)?;
    let mut unnamed = value;
    for (name, bit) in T::ITEMS {
        if value & *bit != T::default() {
            list.serialize_element(name)?;
            unnamed = unnamed - *bit;
        }
    }
    if unnamed != T::default() {
        list.serialize_element(&N::from(unnamed))?;
    }
    list.end()
}

/// Deserializes flags from a list or a number.
///
/// # Errors
/// Returns errors of the format, or an error for an unknown name.
pub fn deserialize_flags<'de, T, N, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Named + Copy + Default + From<N> + core::ops::BitOr<Output = T>,
    N: Deserialize<'de> + TryFrom<u64>,
    D: Deserializer<'de>,
{
    if deserializer.is_human_readable() {
        deserializer.deserialize_any(FlagsVisitor::<T, N>(PhantomData))
    } else {
        N::deserialize(deserializer).map(T::from)
    }
}

struct FlagsVisitor<T, N>(PhantomData<(T, N)>);

impl<'de, T, N> Visitor<'de> for FlagsVisitor<T, N>
where
    T: Named + Copy + Default + From<N> + core::ops::BitOr<Output = T>,
    N: TryFrom<u64>,
{
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of names and numbers, or ")?;
        ItemVisitor::<T, N>(PhantomData).expecting(f)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        ItemVisitor(PhantomData).visit_u64(number)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        ItemVisitor(PhantomData).visit_i64(number)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<T, A::Error> {
        let mut flags = T::default();
        while let Some(Part(part, _)) = elements.next_element::<Part<T, N>>()? {
            flags = flags | part;
        }
        Ok(flags)
    }
}

/// An element of a list of flags: a name or a number.
struct Part<T, N>(T, PhantomData<N>);

impl<'de, T, N> Deserialize<'de> for Part<T, N>
where
    T: Named + Copy + From<N>,
    N: TryFrom<u64>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let part = deserializer.deserialize_any(ItemVisitor::<T, N>(PhantomData))?;
        Ok(Self(part, PhantomData))
    }
}

/// Implements serialization for an open enum or a flags type.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_serde {
    ($name:ident, $repr:ty, $serialize:ident, $deserialize:ident) => {
        impl $crate::__private::serde::Serialize for $name {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::__private::form::$serialize::<Self, $repr, S>(*self, serializer)
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::__private::form::$deserialize::<Self, $repr, D>(deserializer)
            }
        }
    };
}
