//! How the field types of the runtime are encoded.

use alloc::borrow::Cow;

use crate::fd::{Fd, FdSource};
use crate::list::List;
use crate::out::Out;
use crate::text::Text;
use crate::traits::Encode;
use crate::writer::{Writer, Written};

impl Encode for Cow<'_, [u8]> {
    #[inline(always)]
    fn block_len(&self) -> usize {
        self.len()
    }

    #[inline(always)]
    fn write<'v, O: Out<'v>>(&'v self, writer: &mut Writer<'_, 'v, O>) -> Written {
        writer.bytes(self)
    }

    crate::write_alone!();
}

impl Encode for Text<'_> {
    #[inline(always)]
    fn block_len(&self) -> usize {
        self.wire_len()
    }

    #[inline(always)]
    fn write<'v, O: Out<'v>>(&'v self, writer: &mut Writer<'_, 'v, O>) -> Written {
        let (bytes, nul) = self.wire_parts();
        writer.bytes(bytes)?;
        match nul {
            true => writer.value(0_u8),
            false => Ok(()),
        }
    }

    crate::write_alone!();
}

impl Encode for Fd<'_> {
    #[inline(always)]
    fn block_len(&self) -> usize {
        0
    }

    #[inline(always)]
    fn write<'v, O: Out<'v>>(&'v self, _writer: &mut Writer<'_, 'v, O>) -> Written {
        Ok(())
    }

    crate::write_alone!();

    fn visit_fds(&self, visit: &mut dyn FnMut(&Fd<'_>)) {
        visit(self);
    }
}

impl<'a, T, F> Encode for List<'a, T, F>
where
    T: Encode + crate::Decode<'a> + Clone,
    F: FdSource<'a>,
{
    #[inline(always)]
    fn block_len(&self) -> usize {
        match (self.decoded(), T::WIRE_SIZE) {
            (Some(bytes), _) => bytes.len(),
            (None, Some(size)) => size.saturating_mul(self.len()),
            (None, None) => list_len(self),
        }
    }

    #[inline(always)]
    fn write<'v, O: Out<'v>>(&'v self, writer: &mut Writer<'_, 'v, O>) -> Written {
        match (self.decoded(), T::HAS_PADDING) {
            (Some(bytes), false) => writer.bytes(bytes),
            _ => write_list(self, writer),
        }
    }

    crate::write_alone!();

    fn visit_fds(&self, visit: &mut dyn FnMut(&Fd<'_>)) {
        if !T::HAS_FDS {
            return;
        }
        match self.as_slice() {
            Some(values) => values.iter().for_each(|value| value.visit_fds(visit)),
            None => self.iter().for_each(|value| value.visit_fds(visit)),
        }
    }
}

/// The length of a list that has elements of different sizes.
fn list_len<'a, T: Encode + crate::Decode<'a>, F>(list: &List<'a, T, F>) -> usize {
    let lengths = |values: &[T]| {
        let lengths = values.iter().map(T::block_len);
        lengths.fold(0, usize::saturating_add)
    };
    match list.as_slice() {
        Some(values) => lengths(values),
        None => list.wire_bytes().map_or(0, <[u8]>::len),
    }
}

/// Writes a list of any kind.
#[inline(always)]
fn write_list<'v, 'a, T, F, O>(list: &'v List<'a, T, F>, writer: &mut Writer<'_, 'v, O>) -> Written
where
    O: Out<'v>,
    T: Encode + crate::Decode<'a> + Clone,
    F: FdSource<'a>,
{
    let Some(values) = list.as_slice() else {
        if T::HAS_PADDING {
            return writer.copies(list.iter());
        }
        return writer.bytes(list.wire_bytes().unwrap_or_default());
    };
    for (index, value) in values.iter().enumerate() {
        if let Err(stopped) = value.write(writer) {
            return Err(stopped.of_element(writer.note(), index));
        }
    }
    Ok(())
}
