//! Values that always take the same number of bytes.

use alloc::vec::Vec;

/// A value whose size on the wire is always the same, and which any bytes of that size are.
///
/// Generated code implements it; there is no reason to call it by hand.
pub trait FixedSize: Copy {
    /// The number of bytes.
    const SIZE: usize;

    /// The names of its fields, each with the byte after it; empty where it has none.
    const LAYOUT: &'static [(usize, &'static str)] = &[];

    /// Whether parts of it are written as zero, whatever was read there.
    const HAS_PADDING: bool = false;

    /// Reads the value at byte `at` of a run. The caller checked the length: of a run that is too
    /// short the missing bytes are taken to be zero.
    #[must_use]
    fn get(run: &[u8], at: usize) -> Self;

    /// Writes the value at byte `at` of a run. What does not fit is dropped.
    fn put(self, run: &mut [u8], at: usize);

    /// Appends the value to a buffer.
    fn append(self, out: &mut Vec<u8>);
}

macro_rules! integers {
    ($($int:ty)*) => { $(
        impl FixedSize for $int {
            const SIZE: usize = size_of::<$int>();

            #[inline(always)]
            fn get(run: &[u8], at: usize) -> Self {
                match run.get(at..).and_then(<[u8]>::first_chunk) {
                    Some(bytes) => Self::from_le_bytes(*bytes),
                    None => 0,
                }
            }

            #[inline(always)]
            fn put(self, run: &mut [u8], at: usize) {
                if let Some(bytes) = run.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
                    *bytes = self.to_le_bytes();
                }
            }

            #[inline(always)]
            fn append(self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }
        }
    )* };
}

integers!(u8 i8 u16 i16 u32 i32 u64 i64);

impl<T: FixedSize, const N: usize> FixedSize for [T; N] {
    const SIZE: usize = T::SIZE * N;
    const HAS_PADDING: bool = T::HAS_PADDING;

    #[inline]
    fn get(run: &[u8], at: usize) -> Self {
        core::array::from_fn(|index| T::get(run, at + index * T::SIZE))
    }

    #[inline]
    fn put(self, run: &mut [u8], at: usize) {
        for (index, value) in self.into_iter().enumerate() {
            value.put(run, at + index * T::SIZE);
        }
    }

    #[inline]
    fn append(self, out: &mut Vec<u8>) {
        for value in self {
            value.append(out);
        }
    }
}

/// The number of bytes of an image: `ceil(bits × width / 8) × rows`, or `None` if that is more than
/// 64 bits can say.
///
/// ```
/// assert_eq!(spice_wire::image_size(4, 9, 2), Some(10));
/// assert_eq!(spice_wire::image_size(8, u64::MAX, 2), None);
/// assert_eq!(spice_wire::image_size(32, u32::MAX.into(), 1), Some(0x3_ffff_fffc));
/// assert_eq!(spice_wire::image_size(64, u32::MAX.into(), u32::MAX.into()), None);
/// ```
#[inline]
#[must_use]
pub fn image_size(bits: u32, width: u64, rows: u64) -> Option<u64> {
    // Measures of 32 bits are what there is on the wire; their line always fits into 64.
    if let (Ok(_), Ok(_)) = (u32::try_from(width), u32::try_from(rows)) {
        return (u64::from(bits) * width).div_ceil(8).checked_mul(rows);
    }
    let line = (u128::from(bits) * u128::from(width)).div_ceil(8);
    line.checked_mul(u128::from(rows))
        .and_then(|size| u64::try_from(size).ok())
}
