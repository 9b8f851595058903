//! Headers of messages.

use spice_wire::__private::FixedSize;

use crate::frame_error::FrameError;
use crate::proto::types::{DataHeader, MiniDataHeader};

/// Header format of a connection, the same in both directions.
///
/// The peers use the mini header if both have the capability `MINI_HEADER`:
/// [`LinkSession::header`](crate::LinkSession::header) tells which one applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HeaderFormat {
    /// `DataHeader`, 18 bytes: serial, id, size, offset of the sub-message list.
    Full,
    /// `MiniDataHeader`, 6 bytes: id and size.
    Mini,
}

impl HeaderFormat {
    /// Length of the header in bytes.
    #[must_use]
    #[inline]
    pub const fn size(self) -> usize {
        match self {
            Self::Full => DataHeader::SIZE,
            Self::Mini => MiniDataHeader::SIZE,
        }
    }

    /// Returns the offset of the first byte after the body that follows this header.
    #[inline]
    pub(crate) const fn end(self, header: &DataHeader) -> usize {
        self.size().saturating_add(header.size as usize)
    }

    /// Reads the header at the start of `bytes`; `None` if it is incomplete.
    ///
    /// A mini header has no serial and gets `serial`.
    #[inline]
    pub(crate) fn read(self, bytes: &[u8], serial: u64) -> Option<DataHeader> {
        let header = bytes.get(..self.size())?;
        Some(match self {
            Self::Full => DataHeader::get(header, 0),
            Self::Mini => {
                let MiniDataHeader { r#type, size } = MiniDataHeader::get(header, 0);
                DataHeader {
                    serial,
                    r#type,
                    size,
                    sub_list: 0,
                }
            }
        })
    }

    /// Reads the header at the start of `bytes` and checks the announced size.
    #[inline]
    pub(crate) fn read_limited(
        self,
        bytes: &[u8],
        serial: u64,
        limit: u32,
    ) -> Result<Option<DataHeader>, FrameError> {
        match self.read(bytes, serial) {
            Some(header) if header.size > limit => Err(FrameError::TooLarge {
                id: header.r#type,
                size: header.size.into(),
                limit,
            }),
            header => Ok(header),
        }
    }

    /// Overwrites the header at byte `at` of `out`, which has room for it.
    pub(crate) fn write(self, header: DataHeader, out: &mut [u8], at: usize) {
        match self {
            Self::Full => header.put(out, at),
            Self::Mini => {
                let DataHeader { r#type, size, .. } = header;
                MiniDataHeader { r#type, size }.put(out, at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;
    use alloc::vec::Vec;

    use super::*;

    const HEADER: DataHeader = DataHeader {
        serial: 9,
        r#type: 103,
        size: 5,
        sub_list: 4,
    };

    fn written(format: HeaderFormat) -> Vec<u8> {
        let mut out = vec![0xaa; 1 + format.size()];
        format.write(HEADER, &mut out, 1);
        assert_eq!(out.remove(0), 0xaa);
        out
    }

    #[test]
    fn full_header_keeps_all_fields() {
        let bytes = written(HeaderFormat::Full);
        assert_eq!(
            bytes,
            [9, 0, 0, 0, 0, 0, 0, 0, 103, 0, 5, 0, 0, 0, 4, 0, 0, 0]
        );
        assert_eq!(HeaderFormat::Full.read(&bytes, 1), Some(HEADER));
    }

    #[test]
    fn mini_header_takes_the_serial_of_the_caller() {
        let bytes = written(HeaderFormat::Mini);
        assert_eq!(bytes, [103, 0, 5, 0, 0, 0]);
        let expected = DataHeader {
            serial: 1,
            sub_list: 0,
            ..HEADER
        };
        assert_eq!(HeaderFormat::Mini.read(&bytes, 1), Some(expected));
    }

    #[test]
    fn incomplete_header_is_none() {
        for format in [HeaderFormat::Full, HeaderFormat::Mini] {
            let bytes = written(format);
            for length in 0..bytes.len() {
                assert_eq!(format.read(&bytes[..length], 1), None);
            }
        }
    }

    #[test]
    fn size_above_the_limit_is_an_error() {
        let bytes = written(HeaderFormat::Mini);
        let read = |limit| HeaderFormat::Mini.read_limited(&bytes, 1, limit);
        assert!(read(5).unwrap().is_some());
        let error = FrameError::TooLarge {
            id: 103,
            size: 5,
            limit: 4,
        };
        assert_eq!(read(4), Err(error));
    }
}
