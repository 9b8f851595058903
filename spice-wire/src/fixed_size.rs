//! Values of fixed size.

use crate::__private::{Sealed, Writer};
use crate::{Decode, Encode, IntoOwned, Reader, Result};

/// A value whose size on the wire is constant. Any bytes of that size are a valid value.
pub trait FixedSize: Copy + Sealed {
    /// Size in bytes.
    const SIZE: usize;

    /// The fields, each with the offset of the first byte after it. Empty for a type without fields.
    const FIELD_ENDS: &'static [(usize, &'static str)] = &[];

    /// Whether the value contains bytes that are written as zero whatever was read.
    const HAS_PADDING: bool = false;

    /// Reads the value at `offset` of a segment. Missing bytes are read as zero; generated code checks
    /// the length beforehand.
    #[must_use]
    fn get(segment: &[u8], offset: usize) -> Self;

    /// Writes the value at `offset` of a segment. Bytes that do not fit are dropped; generated code passes
    /// segments of the right length.
    fn put(self, segment: &mut [u8], offset: usize);
}

macro_rules! integers {
    ($($int:ty)*) => { $(
        impl FixedSize for $int {
            const SIZE: usize = size_of::<$int>();

            #[inline(always)]
            fn get(segment: &[u8], offset: usize) -> Self {
                match segment.get(offset..).and_then(<[u8]>::first_chunk) {
                    Some(bytes) => Self::from_le_bytes(*bytes),
                    None => 0,
                }
            }

            #[inline(always)]
            fn put(self, segment: &mut [u8], offset: usize) {
                if let Some(bytes) = segment.get_mut(offset..).and_then(<[u8]>::first_chunk_mut) {
                    *bytes = self.to_le_bytes();
                }
            }
        }

        $crate::__impl_fixed_size_coding!($int, size_of::<$int>());
    )* };
}

integers!(u8 i8 u16 i16 u32 i32 u64 i64);

impl<T: Sealed, const N: usize> Sealed for [T; N] {}

impl<T: FixedSize, const N: usize> FixedSize for [T; N] {
    const SIZE: usize = T::SIZE * N;
    const HAS_PADDING: bool = T::HAS_PADDING;

    #[inline]
    fn get(segment: &[u8], offset: usize) -> Self {
        core::array::from_fn(|index| T::get(segment, offset + index * T::SIZE))
    }

    #[inline]
    fn put(self, segment: &mut [u8], offset: usize) {
        for (index, value) in self.into_iter().enumerate() {
            value.put(segment, offset + index * T::SIZE);
        }
    }
}

impl<'a, T: FixedSize, const N: usize> Decode<'a> for [T; N] {
    const WIRE_SIZE: Option<usize> = Some(Self::SIZE);
    const HAS_PADDING: bool = T::HAS_PADDING;

    #[inline]
    fn decode_from(reader: &mut Reader<'a>) -> Result<Self> {
        reader.fixed()
    }
}

impl<T: FixedSize + Encode, const N: usize> Encode for [T; N] {
    #[inline]
    fn write<'v>(&'v self, writer: &mut Writer<'_, 'v>) -> Result<()> {
        self.iter().try_for_each(|value| value.write(writer))
    }
}

impl<T: FixedSize + 'static, const N: usize> IntoOwned for [T; N] {
    type Owned = Self;

    #[inline]
    fn into_owned(self) -> Self {
        self
    }
}

/// Size of an image in bytes: `ceil(bits × width / 8) × rows`, where `bits` is the number of bits per pixel.
/// `None` if the size exceeds 64 bits.
#[inline]
#[must_use]
pub fn image_size(bits: u32, width: u64, rows: u64) -> Option<u64> {
    // Width and rows are at most 32 bits wide on the wire, so a line fits in 64 bits.
    if let (Ok(_), Ok(_)) = (u32::try_from(width), u32::try_from(rows)) {
        return (u64::from(bits) * width).div_ceil(8).checked_mul(rows);
    }
    let line = (u128::from(bits) * u128::from(width)).div_ceil(8);
    line.checked_mul(u128::from(rows))
        .and_then(|size| u64::try_from(size).ok())
}

/// Implements the traits of a struct of fixed size: offset and type of each field, then the end of each
/// field with its path. A message id comes first and becomes `ID`.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_fixed_size {
    ($id:literal $name:ident $($rest:tt)+) => {
        $crate::__impl_id!($name, $id);
        $crate::__impl_fixed_size!($name $($rest)+);
    };
    (
        $name:ident: $size:literal bytes $(; padding: $padding:literal)?
        { $($offset:literal $field:ident: $ty:ty),* $(,)? }
        [ $($end:literal $path:literal),* $(,)? ]
    ) => {
        #[doc(hidden)]
        impl $crate::__private::FixedSize for $name {
            const SIZE: usize = $size;
            const FIELD_ENDS: &'static [(usize, &'static str)] = &[$(($end, $path)),*];
            $(const HAS_PADDING: bool = $padding;)?

            #[inline]
            #[allow(unused_variables)]
            fn get(segment: &[u8], offset: usize) -> Self {
                Self { $($field: <$ty as $crate::__private::FixedSize>::get(segment, offset + $offset)),* }
            }

            #[inline]
            #[allow(unused_variables)]
            fn put(self, segment: &mut [u8], offset: usize) {
                $($crate::__private::FixedSize::put(self.$field, segment, offset + $offset);)*
            }
        }

        $crate::__impl_fixed_size_coding!($name, $size);
    };
}

/// Implements `Decode`, `Encode` and `IntoOwned` for a type of fixed size.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_fixed_size_coding {
    ($name:ty, $size:expr) => {
        impl<'a> $crate::Decode<'a> for $name {
            const WIRE_SIZE: ::core::option::Option<usize> = ::core::option::Option::Some($size);
            const HAS_PADDING: bool = <Self as $crate::__private::FixedSize>::HAS_PADDING;

            #[inline(always)]
            fn decode_from(reader: &mut $crate::Reader<'a>) -> $crate::Result<Self> {
                reader.fixed()
            }
        }

        impl $crate::Encode for $name {
            #[inline(always)]
            fn write<'v>(
                &'v self,
                writer: &mut $crate::__private::Writer<'_, 'v>,
            ) -> $crate::Result<()> {
                writer.segment(|segment: &mut [u8; $size]| {
                    $crate::__private::FixedSize::put(*self, segment, 0);
                })
            }

            #[inline(always)]
            fn encode(&self, out: &mut $crate::__private::Vec<u8>) -> $crate::Result<()> {
                let mut segment = [0; $size];
                $crate::__private::FixedSize::put(*self, &mut segment, 0);
                out.extend_from_slice(&segment);
                ::core::result::Result::Ok(())
            }
        }

        $crate::__impl_owned!($name);
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_little_endian() {
        let mut segment = [0; 6];
        0x0102_0304_u32.put(&mut segment, 1);
        assert_eq!(segment, [0, 4, 3, 2, 1, 0]);
        assert_eq!(u32::get(&segment, 1), 0x0102_0304);
        assert_eq!(i16::get(&[0xfe, 0xff], 0), -2);
    }

    #[test]
    fn values_outside_of_the_segment_are_zero_or_dropped() {
        let mut segment = [7; 3];
        u32::MAX.put(&mut segment, 1);
        assert_eq!(segment, [7; 3]);
        assert_eq!(u32::get(&segment, 0), 0);
        assert_eq!(u8::get(&segment, 3), 0);
    }

    #[test]
    fn image_sizes_are_exact() {
        let max = u64::from(u32::MAX);
        assert_eq!(image_size(4, 9, 2), Some(10));
        assert_eq!(image_size(8, u64::MAX, 2), None);
        assert_eq!(image_size(32, max, 1), Some(0x3_ffff_fffc));
        assert_eq!(image_size(64, max, max), None);
    }

    #[test]
    fn arrays_are_consecutive_elements() {
        let segment = [1, 0, 2, 0, 3, 0];
        assert_eq!(<[u16; 3]>::get(&segment, 0), [1, 2, 3]);
        assert_eq!([1_u16, 2, 3].encode_to_vec().unwrap(), segment);
        assert_eq!(<[u16; 2]>::decode(&segment).unwrap(), [1, 2]);
        assert_eq!(<[u16; 3]>::SIZE, 6);
    }
}
