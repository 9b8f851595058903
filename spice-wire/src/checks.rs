//! Checks of values while they are written.

use crate::__private::Writer;
use crate::{Error, ErrorKind, Result, Text};

impl Writer<'_, '_> {
    /// Checks that text has one zero byte, at its end.
    #[inline(always)]
    pub fn check_cstring(&self, text: &Text<'_>, field: &'static str) -> Result<()> {
        let kind = match (text.is_terminated(), text.as_bytes().len() + 1) {
            (false, _) => ErrorKind::MissingNul,
            (true, length) if length == text.wire_len() => return Ok(()),
            (true, _) => ErrorKind::InteriorNul,
        };
        Err(self.error(kind, field))
    }

    #[inline(always)]
    fn error(&self, kind: ErrorKind, field: &'static str) -> Error {
        Error::new(kind, field, self.offset())
    }

    /// Converts the length of an array to the type of its count field.
    #[inline(always)]
    pub fn count<T: TryFrom<usize>>(&self, count: usize, field: &'static str) -> Result<T> {
        // A closure would take the writer's address.
        match T::try_from(count) {
            Ok(count) => Ok(count),
            Err(_) => {
                let count = count as u64;
                Err(self.error(ErrorKind::CountTooLarge { count }, field))
            }
        }
    }

    /// Checks that the length of an array equals its count field.
    #[inline(always)]
    pub fn check_count(&self, count: u64, length: usize, field: &'static str) -> Result<()> {
        let length = length as u64;
        if count == length {
            return Ok(());
        }
        Err(self.error(ErrorKind::CountMismatch { count, length }, field))
    }

    /// Checks that the length of image data equals the size of the image.
    #[inline(always)]
    pub fn check_image_size(
        &self,
        size: Option<u64>,
        length: usize,
        field: &'static str,
    ) -> Result<()> {
        let length = length as u64;
        if size == Some(length) {
            return Ok(());
        }
        let expected = size.unwrap_or(u64::MAX);
        Err(self.error(ErrorKind::ImageSize { expected, length }, field))
    }

    /// The error for a variant that the discriminant does not select.
    #[inline(always)]
    #[must_use]
    pub fn variant_mismatch(&self, field: &'static str) -> Error {
        self.error(ErrorKind::VariantMismatch, field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn kind<T>(check: impl FnOnce(&Writer<'_, '_>) -> Result<T>) -> Option<ErrorKind> {
        check(&Writer::new(Vec::new(), None))
            .err()
            .map(|error| error.kind())
    }

    #[test]
    fn cstring_has_one_zero_byte_at_its_end() {
        let check =
            |bytes: &[u8]| kind(|writer| writer.check_cstring(&Text::from_wire(bytes), "t"));
        assert_eq!(check(b"ab\0"), None);
        assert_eq!(check(b"ab"), Some(ErrorKind::MissingNul));
        assert_eq!(check(b"a\0b\0"), Some(ErrorKind::InteriorNul));
    }

    #[test]
    fn counts_fit_and_agree() {
        assert_eq!(kind(|writer| writer.count::<u8>(255, "n")), None);
        let too_large = ErrorKind::CountTooLarge { count: 256 };
        assert_eq!(kind(|writer| writer.count::<u8>(256, "n")), Some(too_large));
        assert_eq!(kind(|writer| writer.check_count(2, 2, "n")), None);
        let mismatch = ErrorKind::CountMismatch {
            count: 1,
            length: 2,
        };
        assert_eq!(kind(|writer| writer.check_count(1, 2, "n")), Some(mismatch));
    }

    #[test]
    fn image_data_has_the_size_of_the_image() {
        assert_eq!(
            kind(|writer| writer.check_image_size(Some(3), 3, "d")),
            None
        );
        let expected = u64::MAX;
        let error = ErrorKind::ImageSize {
            expected,
            length: 3,
        };
        assert_eq!(
            kind(|writer| writer.check_image_size(None, 3, "d")),
            Some(error)
        );
    }
}
