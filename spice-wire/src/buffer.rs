//! Growth of the buffer that holds a body.

use alloc::vec::Vec;

use crate::{Error, ErrorKind, Result};

/// Appends bytes to a full buffer, in which the body begins at `origin`.
#[cold]
#[inline(never)]
pub(crate) fn grow(mut out: Vec<u8>, bytes: &[u8], origin: usize) -> (Vec<u8>, Result<()>) {
    let offset = out.len().wrapping_sub(origin);
    let reserved = reserve(&mut out, bytes.len(), offset);
    if reserved.is_ok() {
        out.extend_from_slice(bytes);
    }
    (out, reserved)
}

/// Makes room for more bytes, unless the body would exceed 4 GiB or the memory.
pub(crate) fn reserve(out: &mut Vec<u8>, count: usize, offset: usize) -> Result<()> {
    let length = offset.saturating_add(count);
    match u32::try_from(length).is_ok() && out.try_reserve(count).is_ok() {
        true => Ok(()),
        false => Err(too_large(length)),
    }
}

/// Checks that a body does not exceed 4 GiB.
#[inline(always)]
pub(crate) fn check_length(length: usize) -> Result<()> {
    match u32::try_from(length).is_ok() {
        true => Ok(()),
        false => Err(too_large(length)),
    }
}

#[cold]
#[inline(never)]
fn too_large(length: usize) -> Error {
    Error::new(ErrorKind::MessageTooLarge { length }, "", 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn full_buffer_grows() {
        let (out, result) = grow(vec![1, 2], &[3, 4], 0);
        assert_eq!((out, result), (vec![1, 2, 3, 4], Ok(())));
    }

    #[cfg(target_pointer_width = "64")]
    #[test]
    fn length_of_a_body_has_32_bits() {
        let max = u32::MAX as usize;
        assert!(check_length(max).is_ok() && check_length(max + 1).is_err());
        // With borrowed payloads, the body may begin before the buffer.
        let origin = 2_usize.wrapping_sub(max - 1);
        let (out, result) = grow(vec![1, 2], &[3, 4], origin);
        let kind = ErrorKind::MessageTooLarge { length: max + 1 };
        assert_eq!((out, result.unwrap_err().kind()), (vec![1, 2], kind));
    }

    #[test]
    fn memory_that_does_not_exist_is_an_error() {
        let error = reserve(&mut vec![1], usize::MAX, 0).unwrap_err();
        let kind = ErrorKind::MessageTooLarge { length: usize::MAX };
        assert_eq!(error.kind(), kind);
    }
}
