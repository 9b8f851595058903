//! Details of a file transfer's state.

use crate::proto::types::{FileXferError, FileXferResult, FileXferStatus, FileXferStatusDetail};

impl FileXferStatus<'_> {
    /// Returns the state.
    #[must_use]
    pub const fn result(&self) -> FileXferResult {
        match &self.detail {
            FileXferStatusDetail::Error(_) => FileXferResult::ERROR,
            FileXferStatusDetail::NotEnoughSpace(_) => FileXferResult::NOT_ENOUGH_SPACE,
            FileXferStatusDetail::Other { result } => *result,
        }
    }

    /// Returns the reason of [`FileXferResult::ERROR`], if the sender has added it.
    #[must_use]
    pub fn error(&self) -> Option<FileXferError> {
        match &self.detail {
            FileXferStatusDetail::Error(error) => error.iter().next(),
            _ => None,
        }
    }

    /// Returns the free space in bytes at [`FileXferResult::NOT_ENOUGH_SPACE`], if the sender has added
    /// it.
    #[must_use]
    pub fn free_space(&self) -> Option<u64> {
        match &self.detail {
            FileXferStatusDetail::NotEnoughSpace(space) => space.iter().next(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use spice_wire::Decode;

    use super::*;
    use crate::proto::types::FileXferErrorType;

    #[test]
    fn details_are_optional() {
        let with = [
            7, 0, 0, 0, 4, 0, 0, 0, //
            0, 16, 0, 0, 0, 0, 0, 0,
        ];
        let status = FileXferStatus::decode(&with).unwrap();
        assert_eq!(status.result(), FileXferResult::NOT_ENOUGH_SPACE);
        assert_eq!((status.free_space(), status.error()), (Some(4096), None));
        let status = FileXferStatus::decode(&with[..8]).unwrap();
        assert_eq!(status.result(), FileXferResult::NOT_ENOUGH_SPACE);
        assert_eq!(status.free_space(), None);

        let with = [7, 0, 0, 0, 2, 0, 0, 0, 0, 14, 0, 0, 0];
        let status = FileXferStatus::decode(&with).unwrap();
        let error = FileXferError {
            error_type: FileXferErrorType::GLIB_IO,
            error_code: 14,
        };
        assert_eq!(
            (status.result(), status.error()),
            (FileXferResult::ERROR, Some(error))
        );
        let status = FileXferStatus::decode(&with[..8]).unwrap();
        assert_eq!(
            (status.result(), status.error()),
            (FileXferResult::ERROR, None)
        );

        let status = FileXferStatus::decode(&[7, 0, 0, 0, 9, 0, 0, 0]).unwrap();
        assert_eq!(status.result(), FileXferResult(9));
    }
}
