//! Where the blocks of a body are written.
//!
//! To a buffer that grows, or first into a short place at its end. Of a growing buffer the length is in
//! memory, so to write a run is to wait for the one before. Of a short place what is left stays in registers.

use alloc::vec::Vec;

use crate::fixed::FixedSize;
use crate::io::IO_PAYLOAD;
use crate::stopped::Stopped;
use crate::writer::Written;

/// What takes the bytes of a block. `'v` is how long payloads can be borrowed.
pub trait Out<'v> {
    /// How many bytes of the body are written.
    fn offset(&self) -> usize;

    /// Takes a run of fields of fixed size.
    ///
    /// # Errors
    /// Where there is no more room, as everything that takes bytes.
    fn run<const N: usize>(&mut self, run: &[u8; N]) -> Written;

    /// Takes one value of fixed size.
    ///
    /// # Errors
    /// As [`Out::run`].
    fn value<T: FixedSize>(&mut self, value: T) -> Written;

    /// Takes zeros.
    ///
    /// # Errors
    /// As [`Out::run`].
    fn zeros(&mut self, count: usize) -> Written;

    /// Takes bytes, or borrows them if they are many and the body is made of slices.
    ///
    /// # Errors
    /// As [`Out::run`].
    fn bytes(&mut self, bytes: &'v [u8]) -> Written;

    /// The buffer, to append what the body does not borrow from.
    ///
    /// # Errors
    /// Where nothing can be appended.
    fn buffer(&mut self) -> Result<&mut Vec<u8>, Stopped>;
}

/// A buffer that grows.
#[derive(Debug)]
pub struct Growing<'o, 'v> {
    out: &'o mut Vec<u8>,
    /// What the length of `out` is more than what is written of the body: its length before the body,
    /// less what is borrowed.
    ahead: usize,
    /// Where large payloads are noted, if they are borrowed: each with how much was written before.
    payloads: Option<&'o mut Vec<(usize, &'v [u8])>>,
}

impl<'o, 'v> Growing<'o, 'v> {
    #[inline(always)]
    pub(crate) const fn new(
        out: &'o mut Vec<u8>,
        start: usize,
        payloads: Option<&'o mut Vec<(usize, &'v [u8])>>,
    ) -> Self {
        Self {
            out,
            ahead: start,
            payloads,
        }
    }

    /// Overwrites four bytes of the buffer.
    #[inline(always)]
    pub(crate) fn patch(&mut self, place: usize, value: u32) {
        value.put(self.out, place);
    }
}

impl<'v> Out<'v> for Growing<'_, 'v> {
    #[inline(always)]
    fn offset(&self) -> usize {
        self.out.len().wrapping_sub(self.ahead)
    }

    #[inline(always)]
    fn run<const N: usize>(&mut self, run: &[u8; N]) -> Written {
        self.out.extend_from_slice(run);
        Ok(())
    }

    #[inline(always)]
    fn value<T: FixedSize>(&mut self, value: T) -> Written {
        value.append(self.out);
        Ok(())
    }

    fn zeros(&mut self, count: usize) -> Written {
        self.out.resize(self.out.len().saturating_add(count), 0);
        Ok(())
    }

    #[inline(always)]
    fn bytes(&mut self, bytes: &'v [u8]) -> Written {
        match &mut self.payloads {
            Some(payloads) if bytes.len() >= IO_PAYLOAD => {
                payloads.push((self.out.len(), bytes));
                self.ahead = self.ahead.wrapping_sub(bytes.len());
            }
            _ => self.out.extend_from_slice(bytes),
        }
        Ok(())
    }

    #[inline(always)]
    fn buffer(&mut self) -> Result<&mut Vec<u8>, Stopped> {
        Ok(self.out)
    }
}

/// The size of a [`Short`] place: a block of at most so many bytes is written there.
pub(crate) const SHORT: usize = 80;

/// `SHORT` zero bytes at the end of a buffer, for a message's own block.
#[derive(Debug)]
pub struct Short<'o> {
    rest: &'o mut [u8],
}

impl<'o> Short<'o> {
    #[inline(always)]
    pub(crate) const fn new(place: &'o mut [u8; SHORT]) -> Self {
        Self { rest: place }
    }

    /// The next `count` bytes.
    #[inline(always)]
    fn take(&mut self, count: usize) -> Result<&'o mut [u8], Stopped> {
        match core::mem::take(&mut self.rest).split_at_mut_checked(count) {
            Some((taken, rest)) => {
                self.rest = rest;
                Ok(taken)
            }
            None => Err(Stopped::full()),
        }
    }
}

impl<'v> Out<'v> for Short<'_> {
    #[inline(always)]
    fn offset(&self) -> usize {
        SHORT.wrapping_sub(self.rest.len())
    }

    #[inline(always)]
    fn run<const N: usize>(&mut self, run: &[u8; N]) -> Written {
        match core::mem::take(&mut self.rest).split_first_chunk_mut() {
            Some((place, rest)) => {
                *place = *run;
                self.rest = rest;
                Ok(())
            }
            None => Err(Stopped::full()),
        }
    }

    #[inline(always)]
    fn value<T: FixedSize>(&mut self, value: T) -> Written {
        value.put(self.take(T::SIZE)?, 0);
        Ok(())
    }

    #[inline(always)]
    fn zeros(&mut self, count: usize) -> Written {
        self.take(count)?;
        Ok(())
    }

    #[inline(always)]
    fn bytes(&mut self, bytes: &'v [u8]) -> Written {
        self.take(bytes.len())?.copy_from_slice(bytes);
        Ok(())
    }

    #[inline(always)]
    fn buffer(&mut self) -> Result<&mut Vec<u8>, Stopped> {
        Err(Stopped::full())
    }
}
