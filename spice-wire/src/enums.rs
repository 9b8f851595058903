//! Open enums and flags: types that keep any value, and know the names of some.

use core::fmt;

/// The named values of an enum or flags type.
pub trait Named: Sized + 'static {
    /// The names as the proto writes them, and their values, in the order of the proto.
    const ITEMS: &'static [(&'static str, Self)];
}

/// The names and values of an enum's items. Not generic: this is compiled once for all enums.
type Items<'i> = &'i mut dyn Iterator<Item = (&'static str, u32)>;

/// The name of the item with this number.
#[doc(hidden)]
pub fn item_name(items: Items<'_>, number: u32) -> Option<&'static str> {
    for (name, item) in items {
        if item == number {
            return Some(name);
        }
    }
    None
}

/// Prints an enum's value by name, or as a number if it has none.
#[doc(hidden)]
pub fn fmt_enum(
    name: Option<&str>,
    number: u32,
    type_name: &str,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    match name {
        Some(name) => f.write_str(name),
        None => write!(f, "{type_name}({number})"),
    }
}

/// Prints flags as names and, for bits without a name, a number.
#[doc(hidden)]
pub fn fmt_flags(items: Items<'_>, bits: u32, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut unnamed = bits;
    let mut separator = "";
    for (name, bit) in items {
        if bits & bit != 0 {
            write!(f, "{separator}{name}")?;
            separator = " | ";
            unnamed &= !bit;
        }
    }
    match (unnamed, bits) {
        (0, 0) => f.write_str("(empty)"),
        (0, _) => Ok(()),
        _ => write!(f, "{separator}{unnamed:#x}"),
    }
}

/// What enums and flags have in common.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_number {
    ($name:ident, $repr:ty { $($text:literal $constant:ident),* $(,)? }) => {
        impl $crate::Named for $name {
            const ITEMS: &'static [(&'static str, Self)] = &[$(($text, Self::$constant)),*];
        }

        impl ::core::convert::From<$repr> for $name {
            #[inline]
            fn from(value: $repr) -> Self {
                Self(value)
            }
        }

        impl ::core::convert::From<$name> for $repr {
            #[inline]
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl $crate::Blank for $name {
            #[inline(always)]
            fn blank() -> Self {
                Self(0)
            }
        }

        impl $crate::FixedSize for $name {
            const SIZE: usize = <$repr as $crate::FixedSize>::SIZE;

            #[inline(always)]
            fn get(run: &[u8], at: usize) -> Self {
                Self(<$repr as $crate::FixedSize>::get(run, at))
            }

            #[inline(always)]
            fn put(self, run: &mut [u8], at: usize) {
                $crate::FixedSize::put(self.0, run, at);
            }

            #[inline(always)]
            fn append(self, out: &mut $crate::__private::Vec<u8>) {
                $crate::FixedSize::append(self.0, out);
            }
        }
    };
}

/// Implements what an open enum can do, which has these names and constants. Used by generated code.
#[doc(hidden)]
#[macro_export]
macro_rules! impl_enum {
    ($name:ident, $repr:ty { $($items:tt)* }) => {
        $crate::__impl_number!($name, $repr { $($items)* });

        impl $name {
            /// The item's name in the proto, if the value is an item.
            #[must_use]
            #[inline]
            pub fn name(self) -> ::core::option::Option<&'static str> {
                let items = <Self as $crate::Named>::ITEMS.iter();
                let mut items = items.map(|(name, item)| (*name, u32::from(item.0)));
                $crate::__private::item_name(&mut items, u32::from(self.0))
            }
        }

        impl ::core::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                let number = u32::from(self.0);
                $crate::__private::fmt_enum(self.name(), number, stringify!($name), f)
            }
        }
    };
}

/// Implements what a flags type can do, which has these names and constants. Used by generated code.
#[doc(hidden)]
#[macro_export]
macro_rules! impl_flags {
    ($name:ident, $repr:ty { $($items:tt)* }) => {
        $crate::__impl_number!($name, $repr { $($items)* });

        impl $name {
            /// No bit.
            #[inline]
            #[must_use]
            pub const fn empty() -> Self {
                Self(0)
            }

            /// All bits, those without a name included.
            #[inline]
            #[must_use]
            pub const fn bits(self) -> $repr {
                self.0
            }

            /// Whether no bit is set.
            #[inline]
            #[must_use]
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// Whether all bits of `other` are set.
            #[inline]
            #[must_use]
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }

            /// Whether one bit of `other` is set.
            #[inline]
            #[must_use]
            pub const fn intersects(self, other: Self) -> bool {
                self.0 & other.0 != 0
            }

            /// The bits of both.
            #[inline]
            #[must_use]
            pub const fn union(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }

            /// The bits that are not in `other`.
            #[inline]
            #[must_use]
            pub const fn difference(self, other: Self) -> Self {
                Self(self.0 & !other.0)
            }

            /// Sets the bits of `other`, or clears them.
            #[inline]
            pub fn set(&mut self, other: Self, value: bool) {
                *self = if value {
                    self.union(other)
                } else {
                    self.difference(other)
                };
            }
        }

        impl ::core::ops::BitOr for $name {
            type Output = Self;
            #[inline]
            fn bitor(self, other: Self) -> Self {
                self.union(other)
            }
        }

        impl ::core::ops::BitOrAssign for $name {
            #[inline]
            fn bitor_assign(&mut self, other: Self) {
                self.0 |= other.0;
            }
        }

        impl ::core::ops::BitAnd for $name {
            type Output = Self;
            #[inline]
            fn bitand(self, other: Self) -> Self {
                Self(self.0 & other.0)
            }
        }

        impl ::core::ops::Sub for $name {
            type Output = Self;
            #[inline]
            fn sub(self, other: Self) -> Self {
                self.difference(other)
            }
        }

        impl ::core::ops::Not for $name {
            type Output = Self;
            #[inline]
            fn not(self) -> Self {
                Self(!self.0)
            }
        }

        impl ::core::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                let items = <Self as $crate::Named>::ITEMS.iter();
                let mut items = items.map(|(name, bit)| (*name, u32::from(bit.0)));
                $crate::__private::fmt_flags(&mut items, u32::from(self.0), f)
            }
        }
    };
}
