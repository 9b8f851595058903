//! A place in the body of a message.

use crate::blank::Blank;
use crate::error::{Error, FieldName};
use crate::fd::{FdSource, Fds};
use crate::fixed::FixedSize;
use crate::list::List;
use crate::reader::{Body, Read, Reader};
use crate::stopped::{Failure, Note};
use crate::text::Text;
use crate::traits::Decode;

/// Elements that take no bytes are accepted up to this number in a message: more than a peer can send
/// descriptors with it, and few enough not to be a way to keep a receiver busy.
pub const MAX_EMPTY_ELEMENTS: u64 = 1024;

/// A place in the body of a message.
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    body: &'a [u8],
    rest: &'a [u8],
    /// How many bytes of the body follow the last byte of any pointee that was read.
    behind: usize,
    fds: Fds<'a>,
}

impl<'a> Cursor<'a> {
    /// The start of a body that came without descriptors.
    #[inline]
    #[must_use]
    pub const fn new(body: &'a [u8]) -> Self {
        Self::with_fds(body, Fds::none())
    }

    /// The start of a body and the descriptors that came with it.
    #[inline]
    #[must_use]
    pub const fn with_fds(body: &'a [u8], fds: Fds<'a>) -> Self {
        Self {
            body,
            rest: body,
            behind: body.len(),
            fds,
        }
    }

    /// How many bytes of the body come before this place.
    #[inline]
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.body.len().saturating_sub(self.rest.len())
    }

    /// The bytes from here to the end of the body, which remain to be read.
    #[inline]
    #[must_use]
    pub const fn as_slice(&self) -> &'a [u8] {
        self.rest
    }

    /// The bytes of the body behind all that was read, the pointees included. They are legal after
    /// any message; who passes messages on may want to keep them.
    #[must_use]
    pub fn trailing(&self) -> &'a [u8] {
        let start = self
            .body
            .len()
            .saturating_sub(self.behind.min(self.rest.len()));
        self.body.get(start..).unwrap_or_default()
    }

    /// Reads a value from here, and goes behind it. After an error the cursor stays where it is. For
    /// generated code.
    ///
    /// # Errors
    /// The error for which `read` stopped.
    #[inline(always)]
    pub fn read<T: Blank>(
        &mut self,
        read: impl Fn(&mut T, &'a [u8], &mut Body<'_, 'a>) -> Read<&'a [u8]>,
    ) -> Result<T, Error> {
        let mut value = T::blank();
        match self.try_read(&mut value, &read) {
            Ok(()) => Ok(value),
            Err(_) => self.again().diagnose(read),
        }
    }

    /// Reads a value from here into a blank one, and goes behind it. After an error the cursor stays
    /// where it is. For generated code.
    ///
    /// # Errors
    /// The error for which `read` stopped.
    #[inline(always)]
    pub fn read_into<T: Blank>(
        &mut self,
        value: &mut T,
        read: impl Fn(&mut T, &'a [u8], &mut Body<'_, 'a>) -> Read<&'a [u8]>,
    ) -> Result<(), Error> {
        match self.try_read(value, &read) {
            Ok(()) => Ok(()),
            Err(_) => self.again().diagnose(read),
        }
    }

    /// Reads a value from the start of a body, into a blank one. For generated code, and as
    /// [`Cursor::read_into`], but for that there is no cursor afterwards.
    ///
    /// # Errors
    /// The error for which `read` stopped.
    #[inline(always)]
    pub fn read_body<T: Blank>(
        value: &mut T,
        body: &'a [u8],
        fds: Fds<'a>,
        read: impl Fn(&mut T, &'a [u8], &mut Body<'_, 'a>) -> Read<&'a [u8]>,
    ) -> Result<(), Error> {
        match Self::with_fds(body, fds).try_read(value, &read) {
            Ok(()) => Ok(()),
            Err(_) => Self::diagnose_body(body, fds, read),
        }
    }

    #[inline(always)]
    pub(crate) fn try_read<T>(
        &mut self,
        value: &mut T,
        read: &impl Fn(&mut T, &'a [u8], &mut Body<'_, 'a>) -> Read<&'a [u8]>,
    ) -> Read<()> {
        let mut body = self.body(None);
        let rest = read(value, self.rest, &mut body)?;
        (self.rest, self.behind, self.fds) = (rest, body.behind, body.fds);
        Ok(())
    }

    /// A copy, so that this one need not be in memory.
    #[inline(always)]
    const fn again(&self) -> Self {
        Self {
            body: self.body,
            rest: self.rest,
            behind: self.behind,
            fds: self.fds,
        }
    }

    #[inline(always)]
    const fn body<'f>(&self, note: Note<'f>) -> Body<'f, 'a> {
        Body {
            bytes: self.body,
            behind: self.behind,
            fds: self.fds,
            empty: 0,
            note,
        }
    }

    /// The error of a body that cannot be read.
    #[cold]
    #[inline(never)]
    pub(crate) fn diagnose_body<T: Blank, R>(
        body: &'a [u8],
        fds: Fds<'a>,
        read: impl Fn(&mut T, &'a [u8], &mut Body<'_, 'a>) -> Read<&'a [u8]>,
    ) -> Result<R, Error> {
        Self::with_fds(body, fds).diagnose(read)
    }

    /// The error of a value that cannot be read: it is tried once more, and the error noted. In a function
    /// of its own, so that who calls it last needs no room for an error.
    #[cold]
    #[inline(never)]
    fn diagnose<T: Blank, R>(
        self,
        read: impl Fn(&mut T, &'a [u8], &mut Body<'_, 'a>) -> Read<&'a [u8]>,
    ) -> Result<R, Error> {
        let mut failure = Failure::default();
        let mut body = self.body(Some(&mut failure));
        let stopped = read(&mut T::blank(), self.rest, &mut body).is_err();
        debug_assert!(stopped, "what stopped once stops again");
        Err(failure.into_error())
    }

    /// Takes what is small enough to be returned.
    #[inline(always)]
    fn take<T: Blank>(
        &mut self,
        read: impl Fn(&mut Reader<'_, '_, 'a>) -> Read<T>,
    ) -> Result<T, Error> {
        self.read(|value: &mut T, rest, body| {
            let mut reader = Reader::new(rest, body);
            *value = read(&mut reader)?;
            Ok(reader.rest())
        })
    }

    /// Takes a value of fixed size.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`](crate::ErrorKind::Truncated) in its first field that is not there.
    #[inline]
    pub fn fixed<T: FixedSize>(&mut self) -> Result<T, Error> {
        self.read(T::read_from)
    }

    /// Takes `length` bytes; `None` stands for more than 64 bits can say.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`](crate::ErrorKind::Truncated) if there are fewer.
    #[inline]
    pub fn bytes(&mut self, length: Option<u64>, field: FieldName) -> Result<&'a [u8], Error> {
        self.take(|reader| reader.bytes(length, field))
    }

    /// Takes all bytes to the end of the body.
    #[inline]
    pub fn remaining(&mut self) -> &'a [u8] {
        core::mem::take(&mut self.rest)
    }

    /// Takes text up to and including a zero byte.
    ///
    /// # Errors
    /// [`ErrorKind::Unterminated`](crate::ErrorKind::Unterminated) if there is no zero byte.
    #[inline]
    pub fn cstring(&mut self, field: FieldName) -> Result<Text<'a>, Error> {
        self.take(|reader| reader.cstring(field))
    }

    /// Takes `count` elements. Elements of fixed size are not looked at; others are checked one by
    /// one, so that reading the list later cannot fail.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`](crate::ErrorKind::Truncated) if they are not all there,
    /// [`ErrorKind::TooManyEmptyElements`](crate::ErrorKind::TooManyEmptyElements), or the error of
    /// the first element that does not decode.
    #[inline]
    pub fn list<T: Decode<'a>, F: FdSource<'a>>(
        &mut self,
        count: u64,
        field: FieldName,
    ) -> Result<List<'a, T, F>, Error> {
        self.read(|list: &mut List<'a, T, F>, rest, body| {
            let mut reader = Reader::new(rest, body);
            *list = reader.list(count, field)?;
            Ok(reader.rest())
        })
    }
}
