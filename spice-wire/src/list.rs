//! Arrays whose length the message decides.

use alloc::vec::Vec;
use core::fmt;

use crate::fd::{FdSource, Fds};
use crate::reader::Reader;
use crate::traits::{Decode, IntoOwned};

/// An array of a message: after decoding the bytes themselves, read when asked for; to encode, a
/// slice or a vector.
///
/// ```
/// use spice_wire::{Reader, List};
/// let list: List<u16> = Reader::new(&[1, 0, 2, 0]).list(2, "volume").unwrap();
/// assert_eq!(list.get(1), Some(2));
/// assert_eq!(list, List::from(vec![1, 2]));
/// ```
///
/// `F` is where the descriptors of the elements come from: nowhere, but in an [`FdList`].
#[derive(Clone)]
pub struct List<'a, T, F = ()>(Form<'a, T, F>);

/// An array of elements to which descriptors belong.
pub type FdList<'a, T> = List<'a, T, Fds<'a>>;

#[derive(Clone)]
enum Form<'a, T, F> {
    /// Decoded elements of one size that have no descriptors: whole ones.
    Fixed(&'a [u8]),
    /// Decoded elements that were checked one by one.
    Wire {
        bytes: &'a [u8],
        len: usize,
        fds: F,
    },
    Slice(&'a [T]),
    Vec(Vec<T>),
}

impl<'a, T, F> List<'a, T, F> {
    /// Whole elements of one size that have no descriptors.
    #[inline(always)]
    pub(crate) const fn fixed(bytes: &'a [u8]) -> Self {
        Self(Form::Fixed(bytes))
    }

    /// So many elements, which were checked.
    #[inline]
    pub(crate) const fn checked(bytes: &'a [u8], len: usize, fds: F) -> Self {
        Self(Form::Wire { bytes, len, fds })
    }

    /// The elements in memory, if the list was built and not decoded.
    #[inline(never)] // Most lists were decoded, and their users small: they should not branch four ways.
    #[must_use]
    pub fn as_slice(&self) -> Option<&[T]> {
        match &self.0 {
            Form::Fixed(_) | Form::Wire { .. } => None,
            Form::Slice(values) => Some(values),
            Form::Vec(values) => Some(values),
        }
    }

    /// The bytes on the wire, if the list was decoded and its elements have one size.
    #[inline(always)]
    pub(crate) const fn fixed_bytes(&self) -> Option<&'a [u8]> {
        match &self.0 {
            Form::Fixed(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The bytes on the wire, if the list was decoded.
    #[inline]
    pub(crate) const fn wire_bytes(&self) -> Option<&'a [u8]> {
        match &self.0 {
            Form::Fixed(bytes) | Form::Wire { bytes, .. } => Some(bytes),
            _ => None,
        }
    }
}

impl<'a, T: Decode<'a>, F> List<'a, T, F> {
    /// The bytes on the wire, if the list was decoded and has the usual form for its elements.
    #[inline(always)]
    pub(crate) const fn decoded(&self) -> Option<&'a [u8]> {
        match (&self.0, T::WIRE_SIZE) {
            (Form::Fixed(bytes), Some(_)) | (Form::Wire { bytes, .. }, None) => Some(bytes),
            _ => None,
        }
    }

    /// The number of elements.
    #[inline(always)]
    #[must_use]
    pub fn len(&self) -> usize {
        match (&self.0, T::WIRE_SIZE) {
            (Form::Fixed(bytes), Some(size @ 1..)) => bytes.len() / size,
            (Form::Wire { len, .. }, None) => *len,
            _ => self.noted_len(),
        }
    }

    #[inline(never)]
    fn noted_len(&self) -> usize {
        match &self.0 {
            // Elements of no bytes are counted.
            Form::Fixed(_) => 0,
            Form::Wire { len, .. } => *len,
            Form::Slice(values) => values.len(),
            Form::Vec(values) => values.len(),
        }
    }

    /// Whether there are no elements.
    #[inline(always)]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self.fixed_bytes() {
            Some(bytes) => bytes.is_empty(),
            None => self.noted_len() == 0,
        }
    }
}

impl<'a, T: Decode<'a> + Clone, F: FdSource<'a>> List<'a, T, F> {
    /// The element at `index`. In a decoded list of elements that vary in size, those before it are
    /// read too: to go through all of them, use [`List::iter`], whose cost is that of the bytes.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<T> {
        match (&self.0, T::WIRE_SIZE) {
            (Form::Fixed(bytes), Some(size)) => {
                let start = index.checked_mul(size)?;
                T::decode_from(&mut Reader::new(bytes.get(start..)?)).ok()
            }
            _ => self.iter().nth(index),
        }
    }

    /// The elements in order.
    #[inline]
    pub fn iter(&self) -> Iter<'_, 'a, T> {
        Iter(match &self.0 {
            Form::Fixed(bytes) => Source::Wire(Reader::new(bytes), self.len()),
            Form::Wire { bytes, len, fds } => {
                Source::Wire(Reader::with_fds(bytes, fds.fds()), *len)
            }
            Form::Slice(values) => Source::Slice(values.iter()),
            Form::Vec(values) => Source::Slice(values.iter()),
        })
    }
}

/// The elements of a [`List`], by value.
#[derive(Clone, Debug)]
pub struct Iter<'l, 'a, T>(Source<'l, 'a, T>);

#[derive(Clone, Debug)]
enum Source<'l, 'a, T> {
    Wire(Reader<'a>, usize),
    Slice(core::slice::Iter<'l, T>),
}

impl<'a, T: Decode<'a> + Clone> Iterator for Iter<'_, 'a, T> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        match &mut self.0 {
            Source::Wire(reader, left) => {
                *left = left.checked_sub(1)?;
                T::decode_from(reader).ok()
            }
            Source::Slice(values) => values.next().cloned(),
        }
    }

    /// Elements of fixed size are passed over without being read.
    fn nth(&mut self, count: usize) -> Option<T> {
        match (&mut self.0, T::WIRE_SIZE, T::HAS_FDS) {
            (Source::Slice(values), ..) => values.nth(count).cloned(),
            (Source::Wire(reader, left), Some(size), false) => {
                let passed = count.min(*left);
                *left -= passed;
                let bytes = passed.checked_mul(size)? as u64;
                reader.bytes(Some(bytes), "").ok()?;
                self.next()
            }
            _ => {
                for _ in 0..count {
                    self.next()?;
                }
                self.next()
            }
        }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let len = match &self.0 {
            Source::Wire(_, left) => *left,
            Source::Slice(values) => values.len(),
        };
        (len, Some(len))
    }
}

impl<'a, T: Decode<'a> + Clone> ExactSizeIterator for Iter<'_, 'a, T> {}

impl<'l, 'a, T: Decode<'a> + Clone, F: FdSource<'a>> IntoIterator for &'l List<'a, T, F> {
    type Item = T;
    type IntoIter = Iter<'l, 'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T, F> Default for List<'_, T, F> {
    #[inline]
    fn default() -> Self {
        Self(Form::Slice(&[]))
    }
}

impl<T, F> From<Vec<T>> for List<'_, T, F> {
    fn from(values: Vec<T>) -> Self {
        Self(Form::Vec(values))
    }
}

impl<'a, T, F> From<&'a [T]> for List<'a, T, F> {
    fn from(values: &'a [T]) -> Self {
        Self(Form::Slice(values))
    }
}

impl<'a, T, F, const N: usize> From<&'a [T; N]> for List<'a, T, F> {
    fn from(values: &'a [T; N]) -> Self {
        Self(Form::Slice(values))
    }
}

impl<T, F, const N: usize> From<[T; N]> for List<'_, T, F> {
    fn from(values: [T; N]) -> Self {
        Self(Form::Vec(values.into()))
    }
}

impl<T, F> FromIterator<T> for List<'_, T, F> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        Self(Form::Vec(values.into_iter().collect()))
    }
}

/// Equal if the elements are, wherever they are kept.
impl<'a, 'b, T, U, F, G> PartialEq<List<'b, U, G>> for List<'a, T, F>
where
    T: Decode<'a> + Clone + PartialEq<U>,
    U: Decode<'b> + Clone,
    F: FdSource<'a, At<'b> = G>,
    G: FdSource<'b>,
{
    fn eq(&self, other: &List<'b, U, G>) -> bool {
        self.len() == other.len() && self.iter().zip(other.iter()).all(|(a, b)| a == b)
    }
}

impl<'a, T: Decode<'a> + Clone + Eq, F: FdSource<'a, At<'a> = F>> Eq for List<'a, T, F> {}

impl<'a, T, F> fmt::Debug for List<'a, T, F>
where
    T: Decode<'a> + Clone + fmt::Debug,
    F: FdSource<'a>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<'a, T, F> IntoOwned for List<'a, T, F>
where
    T: Decode<'a> + Clone + IntoOwned,
    F: FdSource<'a>,
    F::At<'static>: 'static,
{
    type Owned = List<'static, T::Owned, F::At<'static>>;

    fn into_owned(self) -> Self::Owned {
        match self.0 {
            Form::Vec(values) => values.into_iter().map(T::into_owned).collect(),
            _ => self.iter().map(T::into_owned).collect(),
        }
    }
}
