//! What every generated type can do.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::blank::Blank;
use crate::cursor::Cursor;
use crate::error::Error;
use crate::fd::{Fd, Fds};
use crate::fixed::FixedSize;
use crate::io::IoBody;
use crate::out::Out;
use crate::reader::{Body, Read, Reader};
use crate::writer::{self, Writer, Written};

/// A value that can be read from the body of a message, borrowing from it.
pub trait Decode<'a>: Blank {
    /// The number of bytes on the wire, where it is always the same (pointees not counted).
    const WIRE_SIZE: Option<usize>;

    /// Whether descriptors belong to it.
    const HAS_FDS: bool = false;

    /// Whether parts of it are written as zero, whatever was read there.
    const HAS_PADDING: bool = false;

    /// Reads the value from the start of `rest` into a blank one, and gives what follows. Values are
    /// large, and so come into being where they stay; the rest is small, and so stays in registers.
    ///
    /// # Errors
    /// [`Stopped`](crate::Stopped), which a [`Reader`](crate::Reader) made.
    fn read_from(&mut self, rest: &'a [u8], body: &mut Body<'_, 'a>) -> Read<&'a [u8]>;

    /// Reads the value at the cursor's place and moves the cursor behind it.
    ///
    /// # Errors
    /// Where and why the bytes are not such a value.
    fn decode_from(cursor: &mut Cursor<'a>) -> Result<Self, Error> {
        cursor.read(Self::read_from)
    }

    /// Reads the value from the start of a body. Bytes that follow it are legal and ignored. To spare
    /// large values the way back, there is [`Decode::decode_with`].
    ///
    /// # Errors
    /// Where and why the bytes are not such a value.
    #[inline(always)]
    fn decode(body: &'a [u8]) -> Result<Self, Error> {
        Self::decode_with_fds(body, Fds::none())
    }

    /// The same for a body that came with descriptors.
    ///
    /// # Errors
    /// Where and why the bytes are not such a value.
    #[inline(always)]
    fn decode_with_fds(body: &'a [u8], fds: Fds<'a>) -> Result<Self, Error> {
        let mut value = Self::blank();
        match Cursor::with_fds(body, fds).try_read(&mut value, &Self::read_from) {
            Ok(()) => Ok(value),
            Err(_) => Cursor::diagnose_body(body, fds, Self::read_from),
        }
    }

    /// The same, and calls `use_value` with the value where it was made. To return a large value
    /// takes longer than to read it.
    ///
    /// ```
    /// # use spice_wire::{Decode, Fds};
    /// let twice = u32::decode_with(&[5, 0, 0, 0], Fds::none(), |number| 2 * *number)?;
    /// assert_eq!(twice, 10);
    /// # Ok::<(), spice_wire::Error>(())
    /// ```
    ///
    /// # Errors
    /// Where and why the bytes are not such a value.
    #[inline(always)]
    fn decode_with<R>(
        body: &'a [u8],
        fds: Fds<'a>,
        use_value: impl FnOnce(&mut Self) -> R,
    ) -> Result<R, Error> {
        let mut value = Self::blank();
        match Cursor::with_fds(body, fds).try_read(&mut value, &Self::read_from) {
            Ok(()) => Ok(use_value(&mut value)),
            Err(_) => Cursor::diagnose_body(body, fds, Self::read_from),
        }
    }
}

impl<'a, T: FixedSize> Decode<'a> for T {
    const WIRE_SIZE: Option<usize> = Some(T::SIZE);
    const HAS_PADDING: bool = T::HAS_PADDING;

    #[inline(always)]
    fn read_from(&mut self, rest: &'a [u8], body: &mut Body<'_, 'a>) -> Read<&'a [u8]> {
        let mut reader = Reader::new(rest, body);
        *self = reader.fixed()?;
        Ok(reader.rest())
    }

    #[inline(always)]
    fn decode_with_fds(body: &'a [u8], fds: Fds<'a>) -> Result<Self, Error> {
        match body.split_at_checked(T::SIZE) {
            Some((run, _)) => Ok(T::get(run, 0)),
            None => Cursor::diagnose_body(body, fds, Self::read_from),
        }
    }
}

impl<'a> Decode<'a> for Fd<'a> {
    const WIRE_SIZE: Option<usize> = Some(0);
    const HAS_FDS: bool = true;

    #[inline]
    fn read_from(&mut self, rest: &'a [u8], body: &mut Body<'_, 'a>) -> Read<&'a [u8]> {
        *self = body.fd();
        Ok(rest)
    }
}

/// A value that can be written as the body of a message, or as a part of one.
///
/// A body is a list of blocks: the value itself, then one block for each pointee, in the order that
/// the protocol's reference implementation uses: the pointees of `@marshall` pointers depth first,
/// all others breadth first.
pub trait Encode {
    /// The length of the value's own block.
    fn block_len(&self) -> usize;

    /// The length of the blocks of everything that it points to.
    #[inline]
    fn pointees_len(&self) -> usize {
        0
    }

    /// Writes the value's own block and tells the writer the pointers that it leaves.
    ///
    /// # Errors
    /// If parts of the value disagree: see the `encoding` kinds of [`crate::ErrorKind`].
    fn write<'v, O: Out<'v>>(&'v self, writer: &mut Writer<'_, 'v, O>) -> Written
    where
        Self: Sized;

    /// Writes the value's own block and what comes right behind it.
    ///
    /// # Errors
    /// As [`Encode::write`].
    fn write_block<'v>(&'v self, writer: &mut Writer<'_, 'v>) -> Written;

    /// Writes the pointees that come right behind the block, of a value that has some.
    ///
    /// # Errors
    /// As [`Encode::write`].
    #[inline(always)]
    fn behind<'v>(&'v self, writer: &mut Writer<'_, 'v>) -> Written
    where
        Self: Sized,
    {
        let _ = writer;
        Ok(())
    }

    /// Whether [`Encode::write`] leaves pointers with the writer, whose pointees come some time after the
    /// block.
    #[inline(always)]
    fn leaves_pointers(&self) -> bool {
        false
    }

    /// Appends the body to `out`. What is there if it stops is no body.
    ///
    /// # Errors
    /// As [`Encode::write`].
    fn append_body(&self, out: &mut Vec<u8>) -> Written
    where
        Self: Sized;

    /// Calls `visit` for each descriptor field, present or absent, in the order of the fields.
    #[inline]
    fn visit_fds(&self, visit: &mut dyn FnMut(&Fd<'_>)) {
        let _ = visit;
    }

    /// The length of the body.
    #[inline]
    fn encoded_len(&self) -> usize {
        self.block_len().saturating_add(self.pointees_len())
    }

    /// Appends the body to `out`, which is left as it was if there is an error.
    ///
    /// # Errors
    /// If parts of the value disagree, or the body is longer than 32 bits can say.
    #[inline]
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error>
    where
        Self: Sized,
    {
        let start = out.len();
        match self.append_body(out) {
            Ok(()) => Ok(()),
            Err(_) => {
                out.truncate(start);
                writer::diagnose(self)
            }
        }
    }

    /// The body as a new buffer.
    ///
    /// # Errors
    /// As [`Encode::encode`].
    #[inline]
    fn encode_to_vec(&self) -> Result<Vec<u8>, Error>
    where
        Self: Sized,
    {
        let mut out = Vec::new();
        self.encode(&mut out)?;
        Ok(out)
    }

    /// The body as a buffer of the crate `bytes`, which takes the memory of the encoded body over.
    ///
    /// When receiving, what was decoded can be kept as a part of the buffer that it was decoded from:
    ///
    /// ```
    /// use bytes::Bytes;
    /// use spice_wire::{Cow, Cursor, Encode};
    ///
    /// let body: Bytes = Cow::Borrowed(&b"payload"[..]).encode_to_bytes()?;
    /// let mut cursor = Cursor::new(&body);
    /// let payload: &[u8] = cursor.bytes(Some(4), &"data")?;
    /// let kept: Bytes = body.slice_ref(payload);
    /// assert_eq!((kept.as_ptr(), &kept[..]), (body.as_ptr(), &b"payl"[..]));
    /// # Ok::<(), spice_wire::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Encode::encode`].
    #[cfg(feature = "bytes")]
    #[inline]
    fn encode_to_bytes(&self) -> Result<bytes::Bytes, Error>
    where
        Self: Sized,
    {
        self.encode_to_vec().map(bytes::Bytes::from)
    }

    /// Encodes into slices, of which those of payloads of [`crate::IO_PAYLOAD`] bytes and more
    /// borrow from the value instead of being copied.
    ///
    /// # Errors
    /// As [`Encode::encode`].
    fn encode_io(&self) -> Result<IoBody<'_>, Error>
    where
        Self: Sized,
    {
        Writer::encode_io(self)
    }
}

impl<T: FixedSize> Encode for T {
    #[inline]
    fn block_len(&self) -> usize {
        T::SIZE
    }

    #[inline]
    fn write<'v, O: Out<'v>>(&'v self, writer: &mut Writer<'_, 'v, O>) -> Written {
        writer.value(*self)
    }

    #[inline]
    fn write_block<'v>(&'v self, writer: &mut Writer<'_, 'v>) -> Written {
        writer.value(*self)
    }

    #[inline]
    fn append_body(&self, out: &mut Vec<u8>) -> Written {
        self.append(out);
        Ok(())
    }

    #[inline]
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        self.append(out);
        Ok(())
    }

    #[inline]
    fn encode_io(&self) -> Result<IoBody<'_>, Error> {
        let mut scratch = Vec::with_capacity(T::SIZE);
        self.append(&mut scratch);
        Ok(IoBody::new(scratch, Vec::new()))
    }
}

/// A value that can be made independent of what it borrows from.
pub trait IntoOwned {
    /// The same type without a borrow.
    type Owned: 'static;

    /// Copies what is borrowed.
    fn into_owned(self) -> Self::Owned;
}

impl<T: FixedSize + 'static> IntoOwned for T {
    type Owned = T;

    #[inline]
    fn into_owned(self) -> T {
        self
    }
}

impl IntoOwned for Fd<'_> {
    type Owned = Fd<'static>;

    fn into_owned(self) -> Fd<'static> {
        Fd::into_owned(self)
    }
}

impl IntoOwned for crate::text::Text<'_> {
    type Owned = crate::text::Text<'static>;

    fn into_owned(self) -> Self::Owned {
        crate::text::Text::into_owned(self)
    }
}

impl IntoOwned for Cow<'_, [u8]> {
    type Owned = Cow<'static, [u8]>;

    fn into_owned(self) -> Cow<'static, [u8]> {
        Cow::Owned(Cow::into_owned(self))
    }
}

impl<T: IntoOwned> IntoOwned for Option<T> {
    type Owned = Option<T::Owned>;

    fn into_owned(self) -> Self::Owned {
        self.map(T::into_owned)
    }
}
