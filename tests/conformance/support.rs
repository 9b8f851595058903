//! What the tests of all protos share.

use std::fmt::Debug;

use spice_wire::{Decode, Encode, Error, ErrorKind, Fd, Fds, IntoOwned};

/// Checks that a value is written as these bytes, in every way there is, and that they are read as
/// this value, also if more bytes follow behind the pointees.
pub fn check<'v, T>(value: &T, bytes: &'v [u8])
where
    T: Encode + Decode<'v> + PartialEq + Debug + Clone + IntoOwned,
    T::Owned: Encode + Debug,
{
    check_encoding(value, bytes);
    let decoded = T::decode(bytes).expect("it decodes");
    assert_eq!(&decoded, value);
    check_encoding(&decoded, bytes);
    let owned = decoded.into_owned();
    assert_eq!(format!("{owned:?}"), format!("{value:?}"));
    check_encoding(&owned, bytes);
}

fn check_encoding(value: &impl Encode, bytes: &[u8]) {
    assert_eq!(value.encode_to_vec().as_deref(), Ok(bytes));
    assert_eq!(value.encoded_len(), bytes.len());
    // With room in the buffer, some blocks are written another way.
    for room in [0, 4096] {
        let mut buffer = Vec::with_capacity(1 + room);
        buffer.push(7);
        value.encode(&mut buffer).expect("it encodes");
        assert_eq!(buffer.split_first(), Some((&7, bytes)));
    }
    let slices = value.encode_io().expect("it encodes");
    assert_eq!(slices.slices().collect::<Vec<_>>().concat(), bytes);
}

/// The errors of all beginnings of these bytes: field, offset, and what else than `truncated` is
/// wrong. Neighbours that are the same stand once.
pub fn prefixes<'v, T: Decode<'v> + Debug>(bytes: &'v [u8]) -> Vec<String> {
    let errors = (0..bytes.len()).map(|length| {
        let error = T::decode(&bytes[..length]).expect_err("a part of it does not decode");
        assert!(error.offset() <= length, "{error}");
        match error.kind() {
            ErrorKind::Truncated { needed, available } => {
                assert!(needed > available, "{error}");
                format!("{}@{}", error.field(), error.offset())
            }
            kind => format!("{}@{} {}", error.field(), error.offset(), kind.name()),
        }
    });
    let mut errors: Vec<String> = errors.collect();
    errors.dedup();
    errors
}

/// Field, offset and kind of an error.
pub type Problem = (String, usize, ErrorKind);

fn problem(error: Error) -> Problem {
    (error.field().to_string(), error.offset(), error.kind())
}

/// A problem as it is expected.
pub fn at(field: &str, offset: usize, kind: ErrorKind) -> Problem {
    (field.to_owned(), offset, kind)
}

/// Why bytes are not a value.
pub fn refused<'v, T: Decode<'v> + Debug>(bytes: &'v [u8]) -> Problem {
    problem(T::decode(bytes).expect_err("it does not decode"))
}

/// Why a value cannot be encoded. What was in the buffer before stays.
pub fn unwritable(value: &impl Encode) -> Problem {
    let mut buffer = vec![1, 2, 3];
    let error = value.encode(&mut buffer).expect_err("it does not encode");
    assert_eq!(buffer, [1, 2, 3]);
    buffer.reserve(4096);
    assert_eq!(value.encode(&mut buffer), Err(error));
    assert_eq!(buffer, [1, 2, 3]);
    assert_eq!(value.encode_io().expect_err("it does not encode"), error);
    problem(error)
}

/// Bytes that are read as this value and written as other bytes.
pub fn check_rewritten<'v, T>(value: &T, read: &'v [u8], written: &[u8])
where
    T: Encode + Decode<'v> + PartialEq + Debug,
{
    let decoded = T::decode(read).expect("it decodes");
    assert_eq!(&decoded, value);
    check_encoding(&decoded, written);
}

/// The descriptors of a value, in order: whether each is there.
pub fn descriptors(value: &impl Encode) -> Vec<Option<i32>> {
    use std::os::fd::AsRawFd;
    let mut found = Vec::new();
    value.visit_fds(&mut |fd: &Fd<'_>| found.push(fd.as_fd().map(|fd| fd.as_raw_fd())));
    found
}

/// Checks a value with descriptors: bytes, and which of the descriptors belong to which field.
pub fn check_with_fds<'v, T>(value: &T, bytes: &'v [u8], fds: Fds<'v>, order: &[Option<i32>])
where
    T: Encode + Decode<'v> + PartialEq + Debug,
{
    check_encoding(value, bytes);
    assert_eq!(descriptors(value), order);
    let decoded = T::decode_with_fds(bytes, fds).expect("it decodes");
    assert_eq!(&decoded, value);
    check_encoding(&decoded, bytes);
    assert_eq!(descriptors(&decoded), order);
}
