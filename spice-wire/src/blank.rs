//! Values to decode into.

use alloc::borrow::Cow;

use crate::fd::Fd;

/// A type with a value that owns nothing and is made without any work: numbers are zero, arrays
/// empty, pointers null. What is decoded is written over it.
pub trait Blank: Sized {
    /// The blank value.
    #[must_use]
    fn blank() -> Self;
}

macro_rules! integers {
    ($($int:ty)*) => { $(
        impl Blank for $int {
            #[inline(always)]
            fn blank() -> Self {
                0
            }
        }
    )* };
}

integers!(u8 i8 u16 i16 u32 i32 u64 i64);

impl<T: Blank, const N: usize> Blank for [T; N] {
    #[inline(always)]
    fn blank() -> Self {
        core::array::from_fn(|_| T::blank())
    }
}

impl<T> Blank for Option<T> {
    #[inline(always)]
    fn blank() -> Self {
        None
    }
}

impl Blank for &[u8] {
    #[inline(always)]
    fn blank() -> Self {
        &[]
    }
}

impl Blank for Cow<'_, [u8]> {
    #[inline(always)]
    fn blank() -> Self {
        Cow::Borrowed(&[])
    }
}

impl Blank for Fd<'_> {
    #[inline(always)]
    fn blank() -> Self {
        Self::absent()
    }
}

/// Implements [`Blank`]. Used by generated code.
#[doc(hidden)]
#[macro_export]
macro_rules! impl_blank {
    ($name:ident $(<$lifetime:lifetime>)? { $($field:ident),* $(,)? }) => {
        $crate::impl_blank!($name $(<$lifetime>)?, Self { $($field: $crate::Blank::blank()),* });
    };
    ($name:ident $(<$lifetime:lifetime>)?, $value:expr) => {
        impl $crate::Blank for $name $(<$lifetime>)? {
            #[inline(always)]
            fn blank() -> Self {
                $value
            }
        }
    };
}
