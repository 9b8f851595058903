//! Encoding.

use alloc::vec::Vec;
use core::mem;

use crate::__private::{Sealed, Writer};
use crate::{Fd, IoBody, Result};

/// A value that can be encoded as the body of a message.
///
/// Generated types, their field types and integers implement this trait.
pub trait Encode: Sealed {
    /// Writes the value's own block and announces its pointers.
    #[doc(hidden)]
    fn write<'v>(&'v self, writer: &mut Writer<'_, 'v>) -> Result<()>;

    /// Writes the pointees of the announced pointers, in the same order.
    #[doc(hidden)]
    #[inline(always)]
    fn write_pointees<'v>(&'v self, writer: &mut Writer<'_, 'v>) -> Result<()> {
        let _ = writer;
        Ok(())
    }

    /// Calls `visit` with each descriptor field in order, whether the descriptor is present or absent.
    #[inline]
    fn visit_fds(&self, visit: &mut dyn FnMut(&Fd<'_>)) {
        let _ = visit;
    }

    /// Appends the encoded body to `out`.
    ///
    /// # Errors
    /// Returns the field if parts of the value disagree, or [`MessageTooLarge`] for a body of 4 GiB or
    /// more. `out` is unchanged then.
    ///
    /// [`MessageTooLarge`]: crate::ErrorKind::MessageTooLarge
    #[inline]
    fn encode(&self, out: &mut Vec<u8>) -> Result<()>
    where
        Self: Sized,
    {
        let start = out.len();
        let mut writer = Writer::new(mem::take(out), None);
        let result = writer.body(self);
        mem::forget(mem::replace(out, writer.out));
        if result.is_err() {
            out.truncate(start);
        }
        result
    }

    /// Encodes the body into a new buffer.
    ///
    /// # Errors
    /// See [`Encode::encode`].
    #[inline]
    fn encode_to_vec(&self) -> Result<Vec<u8>>
    where
        Self: Sized,
    {
        let mut out = Vec::new();
        self.encode(&mut out)?;
        Ok(out)
    }

    /// Encodes the body into a buffer of the crate `bytes`.
    ///
    /// `Bytes::slice_ref` keeps a part of it, such as a decoded payload, without a copy.
    ///
    /// # Errors
    /// See [`Encode::encode`].
    #[cfg(feature = "bytes")]
    #[inline]
    fn encode_to_bytes(&self) -> Result<bytes::Bytes>
    where
        Self: Sized,
    {
        self.encode_to_vec().map(bytes::Bytes::from)
    }

    /// Encodes into slices for vectored writes and replaces what `body` held.
    ///
    /// Payloads of at least [`MIN_PAYLOAD`](IoBody::MIN_PAYLOAD) bytes are borrowed, all other bytes are
    /// copied. Reusing `body` avoids allocations; see [`IoBody::reset`].
    ///
    /// # Errors
    /// See [`Encode::encode`]. `body` is empty then.
    #[inline]
    fn encode_io<'v>(&'v self, body: &mut IoBody<'v>) -> Result<()>
    where
        Self: Sized,
    {
        body.encode(self)
    }
}
