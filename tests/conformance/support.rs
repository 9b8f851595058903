//! Helpers for the tests of all conformance protos.

use std::fmt::Debug;

use spice_wire::{Decode, Encode, Error, ErrorKind, Fd, Fds, IntoOwned, IoBody};

/// Checks that a value encodes to `bytes` in every way, and that `bytes` decodes to the value.
pub fn check<'v, T>(value: &T, bytes: &'v [u8])
where
    T: Encode + Decode<'v> + PartialEq + Debug + Clone + IntoOwned,
    T::Owned: Encode + Debug,
{
    check_encoding(value, bytes);
    let decoded = T::decode(bytes).expect("decoding succeeds");
    assert_eq!(&decoded, value);
    check_encoding(&decoded, bytes);
    let owned = decoded.into_owned();
    assert_eq!(format!("{owned:?}"), format!("{value:?}"));
    check_encoding(&owned, bytes);
}

fn check_encoding(value: &impl Encode, bytes: &[u8]) {
    assert_eq!(value.encode_to_vec().as_deref(), Ok(bytes));
    // The writer takes different paths for a full buffer and for one with room.
    for room in [0, 4096] {
        let mut buffer = Vec::with_capacity(1 + room);
        buffer.push(7);
        value.encode(&mut buffer).expect("encoding succeeds");
        assert_eq!(buffer.split_first(), Some((&7, bytes)));
    }
    let mut body = IoBody::default();
    for _ in 0..2 {
        value.encode_io(&mut body).expect("encoding succeeds");
        assert_eq!(body.slices().collect::<Vec<_>>().concat(), bytes);
        assert_eq!(body.len(), bytes.len());
    }
}

/// Decodes every proper prefix of `bytes` and returns the errors as `field@offset`, followed by the
/// kind if it is not `truncated`. Consecutive duplicates are removed.
pub fn prefixes<'v, T: Decode<'v> + Debug>(bytes: &'v [u8]) -> Vec<String> {
    let errors = (0..bytes.len()).map(|length| {
        let error = T::decode(&bytes[..length]).expect_err("a proper prefix does not decode");
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

/// Returns an expected [`Problem`].
pub fn at(field: &str, offset: usize, kind: ErrorKind) -> Problem {
    (field.to_owned(), offset, kind)
}

/// Returns the error of decoding `bytes`.
pub fn decode_error<'v, T: Decode<'v> + Debug>(bytes: &'v [u8]) -> Problem {
    problem(T::decode(bytes).expect_err("decoding fails"))
}

/// Returns the error of encoding `value`, and checks that the buffer is unchanged.
pub fn encode_error(value: &impl Encode) -> Problem {
    let mut buffer = vec![1, 2, 3];
    let error = value.encode(&mut buffer).expect_err("encoding fails");
    assert_eq!(buffer, [1, 2, 3]);
    buffer.reserve(4096);
    assert_eq!(value.encode(&mut buffer).as_ref(), Err(&error));
    assert_eq!(buffer, [1, 2, 3]);
    let mut body = IoBody::default();
    assert_eq!(value.encode_io(&mut body).as_ref(), Err(&error));
    assert!(body.is_empty());
    problem(error)
}

/// Checks that `read` decodes to a value that encodes to `written`.
pub fn check_rewritten<'v, T>(value: &T, read: &'v [u8], written: &[u8])
where
    T: Encode + Decode<'v> + PartialEq + Debug,
{
    let decoded = T::decode(read).expect("decoding succeeds");
    assert_eq!(&decoded, value);
    check_encoding(&decoded, written);
}

/// Returns the raw descriptors of a value in order, or `None` for an absent one.
pub fn descriptors(value: &impl Encode) -> Vec<Option<i32>> {
    use std::os::fd::AsRawFd;
    let mut found = Vec::new();
    value.visit_fds(&mut |fd: &Fd<'_>| found.push(fd.as_fd().map(|fd| fd.as_raw_fd())));
    found
}

/// Checks the bytes of a value and the order of its descriptors.
pub fn check_with_fds<'v, T>(value: &T, bytes: &'v [u8], fds: Fds<'v>, order: &[Option<i32>])
where
    T: Encode + Decode<'v> + PartialEq + Debug,
{
    check_encoding(value, bytes);
    assert_eq!(descriptors(value), order);
    let decoded = T::decode_with_fds(bytes, fds).expect("decoding succeeds");
    assert_eq!(&decoded, value);
    check_encoding(&decoded, bytes);
    assert_eq!(descriptors(&decoded), order);
}
