//! Random values for fuzzing and property tests. Generated implementations of [`Arbitrary`] call these
//! functions.
//!
//! A list that is not empty consumes input, so the size of a value is linear in the length of the input.

use alloc::string::String;
use alloc::vec::Vec;

use ::arbitrary::{Arbitrary, Result, Unstructured};

use crate::{Bytes, Fd, List, Named, Pointee, Text};

/// Usual maximum of a count.
const FEW: usize = 8;
/// Maximum count of bytes. It exceeds [`crate::IoBody::MIN_PAYLOAD`].
const MANY: usize = 2048;
/// Maximum length of an array. If a size exceeds it, the array is empty and the value cannot be encoded.
const MAX_LENGTH: u64 = 1 << 16;

/// The value of an open enum: usually an item, sometimes any number.
///
/// # Errors
/// See [`Arbitrary::arbitrary`].
pub fn enumeration<'a, N, T>(input: &mut Unstructured<'a>) -> Result<T>
where
    N: Arbitrary<'a>,
    T: Named + Copy + From<N>,
{
    if T::ITEMS.is_empty() || input.ratio(1, 16)? {
        return Ok(T::from(input.arbitrary()?));
    }
    let (_, item) = input.choose(T::ITEMS)?;
    Ok(*item)
}

/// The value of a flags type: usually named bits, sometimes any bits.
///
/// # Errors
/// See [`Arbitrary::arbitrary`].
pub fn flags<'a, N, T>(input: &mut Unstructured<'a>) -> Result<T>
where
    N: Arbitrary<'a>,
    T: Named + Copy + From<N> + core::ops::BitOr<Output = T> + core::ops::BitAnd<Output = T>,
{
    let bits = T::from(input.arbitrary()?);
    let (first, rest) = match T::ITEMS {
        [(_, first), rest @ ..] if !input.ratio(1, 16)? => (*first, rest),
        _ => return Ok(bits),
    };
    let named = rest.iter().fold(first, |named, (_, bit)| named | *bit);
    Ok(bits & named)
}

/// The value of a discriminant that selects none of `items`. `otherwise` replaces an item.
///
/// # Errors
/// See [`Arbitrary::arbitrary`].
pub fn other<'a, N, T>(input: &mut Unstructured<'a>, items: &[T], otherwise: N) -> Result<T>
where
    N: Arbitrary<'a>,
    T: Named + Copy + PartialEq + From<N>,
{
    let value = enumeration(input)?;
    Ok(if items.contains(&value) {
        T::from(otherwise)
    } else {
        value
    })
}

/// Any number except the known ones. `otherwise` replaces a known number.
///
/// # Errors
/// See [`Arbitrary::arbitrary`].
pub fn unknown<'a, N>(input: &mut Unstructured<'a>, known: &[N], otherwise: N) -> Result<N>
where
    N: Arbitrary<'a> + PartialEq,
{
    let number = input.arbitrary()?;
    Ok(if known.contains(&number) {
        otherwise
    } else {
        number
    })
}

/// A small number, for a count of elements or the side of an image.
///
/// # Errors
/// See [`Arbitrary::arbitrary`].
pub fn few<N: TryFrom<usize> + Default>(input: &mut Unstructured<'_>) -> Result<N> {
    let count = input.int_in_range(0..=FEW)?;
    Ok(N::try_from(count).unwrap_or_default())
}

/// A count of bytes: usually small, sometimes large.
///
/// # Errors
/// See [`Arbitrary::arbitrary`].
pub fn many<N: TryFrom<usize> + Default>(input: &mut Unstructured<'_>) -> Result<N> {
    if !input.ratio(1, 8)? {
        return few(input);
    }
    let count = input.int_in_range(0..=input.len().min(MANY))?;
    match N::try_from(count) {
        Ok(count) => Ok(count),
        Err(_) => few(input),
    }
}

/// The length of an array of this size. A size above `MAX_LENGTH` gives 0.
fn length(size: Option<u64>) -> usize {
    let size = size.filter(|size| *size <= MAX_LENGTH).unwrap_or(0);
    usize::try_from(size).unwrap_or(0)
}

/// `size` bytes. They are borrowed if the input is long enough, and end with zeros otherwise.
///
/// # Errors
/// See [`Arbitrary::arbitrary`].
pub fn bytes<'a>(input: &mut Unstructured<'a>, size: Option<u64>) -> Result<Bytes<'a>> {
    let length = length(size);
    if length <= input.len() {
        return Ok(Bytes::new(input.bytes(length)?));
    }
    let mut bytes = input.bytes(input.len())?.to_vec();
    bytes.resize(length, 0);
    Ok(bytes.into())
}

/// Text of `size` bytes on the wire. Usually its last byte is its only zero byte.
///
/// # Errors
/// See [`Arbitrary::arbitrary`].
pub fn text<'a>(input: &mut Unstructured<'a>, size: Option<u64>) -> Result<Text<'a>> {
    if input.ratio(1, 16)? {
        return Ok(Text::from_wire_cow(bytes(input, size)?.into()));
    }
    match length(size) {
        0 => Ok(Text::default()),
        length => terminated(input, length),
    }
}

/// Text whose last byte is its only zero byte.
///
/// # Errors
/// See [`Arbitrary::arbitrary`].
pub fn cstring<'a>(input: &mut Unstructured<'a>) -> Result<Text<'a>> {
    let length: usize = many(input)?;
    terminated(input, length + 1)
}

/// Text of `length` bytes on the wire, whose last byte is its only zero byte. It is a Rust string or bytes
/// from the wire.
fn terminated<'a>(input: &mut Unstructured<'a>, length: usize) -> Result<Text<'a>> {
    let is_string = input.arbitrary()?;
    let mut text = bytes(input, Some(length as u64 - 1))?.into_vec();
    for byte in &mut text {
        *byte &= if is_string { 0x7f } else { 0xff };
        if *byte == 0 {
            *byte = b'.';
        }
    }
    match String::from_utf8(text) {
        Ok(text) if is_string => Ok(Text::from(text)),
        text => {
            let mut text = text.map_or_else(|error| error.into_bytes(), String::into_bytes);
            text.push(0);
            Ok(Text::from_wire_cow(text.into()))
        }
    }
}

/// A list of `size` elements.
///
/// # Errors
/// See [`Arbitrary::arbitrary`].
pub fn list<'a, T, F>(input: &mut Unstructured<'a>, size: Option<u64>) -> Result<List<'a, T, F>>
where
    T: Arbitrary<'a>,
{
    let elements = (0..length(size)).map(|_| input.arbitrary());
    let elements: Result<Vec<T>> = elements.collect();
    Ok(List::from(elements?))
}

/// Text whose last byte is its only zero byte.
impl<'a> Arbitrary<'a> for Text<'a> {
    fn arbitrary(input: &mut Unstructured<'a>) -> Result<Self> {
        cstring(input)
    }
}

/// A few bytes.
impl<'a> Arbitrary<'a> for Bytes<'a> {
    fn arbitrary(input: &mut Unstructured<'a>) -> Result<Self> {
        let size: u32 = few(input)?;
        bytes(input, Some(size.into()))
    }
}

impl<'a, T: Arbitrary<'a>, F> Arbitrary<'a> for List<'a, T, F> {
    fn arbitrary(input: &mut Unstructured<'a>) -> Result<Self> {
        let size: u32 = few(input)?;
        list(input, Some(size.into()))
    }
}

/// An absent descriptor, because bytes cannot make one.
impl<'a> Arbitrary<'a> for Fd<'_> {
    fn arbitrary(_input: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Fd::absent())
    }
}

impl<'a, T: Arbitrary<'a>> Arbitrary<'a> for Pointee<'a, T> {
    fn arbitrary(input: &mut Unstructured<'a>) -> Result<Self> {
        T::arbitrary(input).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_byte_of_text_is_its_only_zero_byte() {
        for seed in 0..=u8::MAX {
            let data: Vec<u8> = (0..64)
                .map(|index: u8| index.wrapping_mul(seed) & !1)
                .collect();
            let text = cstring(&mut Unstructured::new(&data)).unwrap();
            assert!(text.is_terminated(), "{text:?}");
            assert_eq!(text.wire_len(), text.as_bytes().len() + 1);
        }
    }

    #[test]
    fn values_have_their_size_if_the_input_is_short() {
        let data = [1, 0x20, 3, 4];
        for size in [0, 1, 3, 4, 5, 300] {
            let bytes = bytes(&mut Unstructured::new(&data), Some(size)).unwrap();
            assert_eq!(bytes.len() as u64, size);
            let text = text(&mut Unstructured::new(&data), Some(size)).unwrap();
            assert_eq!(text.wire_len() as u64, size);
            let list: List<'_, u16> = list(&mut Unstructured::new(&data), Some(size)).unwrap();
            assert_eq!(list.len() as u64, size);
        }
    }

    #[test]
    fn size_beyond_the_maximum_gives_an_empty_list() {
        let size = Some(u64::MAX);
        let list: List<'_, u64> = list(&mut Unstructured::new(&[1; 9]), size).unwrap();
        assert!(list.is_empty());
    }

    #[test]
    fn payloads_are_borrowed_from_the_input() {
        let data = [7; 32];
        let bytes = bytes(&mut Unstructured::new(&data), Some(32)).unwrap();
        assert_eq!(bytes.as_ptr(), data.as_ptr());
    }

    #[test]
    fn known_numbers_are_replaced() {
        let numbers = (0..=u8::MAX).map(|number| {
            let data = [number];
            unknown(&mut Unstructured::new(&data), &[0_u8, 1, 7], 9).unwrap()
        });
        let numbers: Vec<u8> = numbers.collect();
        assert!(!numbers.iter().any(|number| [0, 1, 7].contains(number)));
        assert!(numbers.contains(&255));
    }

    #[test]
    fn values_of_field_types_end_with_the_input() {
        let data = [10; 40];
        let mut input = Unstructured::new(&data);
        assert!(Text::arbitrary(&mut input).unwrap().is_terminated());
        let bytes = Bytes::arbitrary(&mut Unstructured::new(&data)).unwrap();
        let list = List::<'_, u16>::arbitrary(&mut Unstructured::new(&data)).unwrap();
        assert!(!bytes.is_empty() && bytes.len() < data.len());
        assert_eq!(list.len(), bytes.len());
        let mut empty = Unstructured::new(&[]);
        assert!(Bytes::arbitrary(&mut empty).unwrap().is_empty());
    }
}
