//! Reading what pointers refer to.

use core::mem;

use crate::{Decode, Error, ErrorKind, Pointee, Reader, Result};

#[doc(hidden)]
impl<'a> Reader<'a> {
    /// Decodes a pointee. The pointer is `back` bytes before the position.
    #[inline(always)]
    pub fn pointee<T: Decode<'a>>(
        &mut self,
        offset: u32,
        back: usize,
        field: &'static str,
    ) -> Result<T> {
        self.pointee_with(offset, back, field, |reader| reader.value(field))
    }

    /// Checks a pointee that is decoded on demand. The reader's address does not escape, so that it stays in
    /// registers.
    #[inline(always)]
    pub fn lazy_pointee<T: Decode<'a>>(
        &mut self,
        offset: u32,
        back: usize,
        field: &'static str,
    ) -> Result<Pointee<'a, T>> {
        let (body, empty_elements) = (self.body, self.empty_elements);
        let checked = self.pointee_with(offset, back, field, |_| {
            match CheckedPointee::new::<T>(body, offset, empty_elements) {
                Ok(checked) => Ok(checked),
                Err(error) => Err(error.in_field(field)),
            }
        })?;
        self.unread = self.unread.min(checked.unread);
        self.empty_elements = checked.empty_elements;
        Ok(Pointee::checked(body, offset, checked.end))
    }

    /// Decodes a pointee by a function.
    #[inline(always)]
    pub fn pointee_with<T>(
        &mut self,
        offset: u32,
        back: usize,
        field: &'static str,
        decode: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        match self.body.split_at_checked(start) {
            Some((_, pointee)) if offset != 0 && !pointee.is_empty() => {
                let rest = mem::replace(&mut self.rest, pointee);
                let value = decode(self)?;
                self.unread = self.unread.min(self.rest.len());
                self.rest = rest;
                Ok(value)
            }
            _ => {
                let pointer = self.offset().saturating_sub(back);
                Err(invalid_pointer(pointer, offset, self.body.len(), field))
            }
        }
    }

    /// Decodes an array pointee with `count` elements of `size` bytes. Null is an empty array.
    #[inline(always)]
    pub fn array_pointee<T: Default>(
        &mut self,
        offset: u32,
        back: usize,
        field: &'static str,
        (count, size): (Option<u64>, u64),
        decode: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        if offset != 0 {
            return self.pointee_with(offset, back, field, decode);
        }
        // A lazy pointee with a null array is not encoded by its bytes: the count may differ.
        self.unread = self.unread.min(self.body.len());
        match count.and_then(|count| count.checked_mul(size)) {
            Some(length) if length <= self.body.len() as u64 => Ok(T::default()),
            _ => {
                let count = count.unwrap_or(u64::MAX);
                let kind = ErrorKind::NullArray { count };
                let pointer = self.offset().saturating_sub(back);
                Err(Error::new(kind, field, pointer))
            }
        }
    }
}

/// The state of a reader that has read a pointee.
struct CheckedPointee {
    /// Offset of the first byte after the pointee; its own offset if it has pointees or padding.
    end: u32,
    unread: usize,
    empty_elements: u64,
}

impl CheckedPointee {
    #[inline(never)]
    fn new<'a, T: Decode<'a>>(body: &'a [u8], offset: u32, empty_elements: u64) -> Result<Self> {
        let mut reader = Reader::at(body, offset);
        (reader.unread, reader.empty_elements) = (usize::MAX, empty_elements);
        // A value without descriptors owns nothing, so it need not be dropped.
        mem::forget(T::decode_from(&mut reader)?);
        let has_pointees = reader.unread != usize::MAX;
        Ok(Self {
            end: if has_pointees || T::HAS_PADDING {
                offset
            } else {
                u32::try_from(reader.offset()).unwrap_or(offset)
            },
            unread: reader.unread.min(reader.rest.len()),
            empty_elements: reader.empty_elements,
        })
    }
}

/// The error for the pointer at byte `pointer` of a body.
#[cold]
#[inline(never)]
fn invalid_pointer(pointer: usize, target: u32, length: usize, field: &'static str) -> Error {
    let kind = match target {
        0 => ErrorKind::NullPointer,
        _ => ErrorKind::PointerOutOfRange { target, length },
    };
    Error::new(kind, field, pointer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointer_to_the_end_is_out_of_range() {
        let mut reader = Reader::new(&[4, 0, 0, 0]);
        let pointer = u32::decode_from(&mut reader).unwrap();
        let error = reader
            .pointee_with(pointer, 4, "p", |_| Ok(()))
            .unwrap_err();
        let kind = ErrorKind::PointerOutOfRange {
            target: 4,
            length: 4,
        };
        assert_eq!((error.kind(), error.offset()), (kind, 0));
        let error = reader.pointee::<u8>(0, 4, "p").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NullPointer);
    }

    #[test]
    fn null_array_must_fit_in_the_body() {
        let read = |reader: &mut Reader<'static>| reader.list::<u16, ()>(2, "list");
        let mut reader = Reader::new(&[0; 4]);
        let list = reader.array_pointee(0, 0, "list", (Some(2), 2), read);
        assert!(list.unwrap().is_empty());
        let error = reader.array_pointee(0, 0, "list", (Some(3), 2), read);
        assert_eq!(error.unwrap_err().kind(), ErrorKind::NullArray { count: 3 });
    }
}
