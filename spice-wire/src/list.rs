//! Arrays whose length is sent.

use alloc::vec::{self, Vec};
use core::fmt;
use core::hash::{Hash, Hasher};

use crate::__private::{FdSource, Sealed, Writer};
use crate::{Decode, Encode, Fd, Fds, IntoOwned, Reader, Result, debug};

/// An array whose length is sent.
///
/// A decoded list borrows the bytes of the message and decodes elements on demand. A list to be encoded
/// is built from a slice or a vector.
///
/// ```
/// use spice_wire::List;
///
/// let list: List<'_, u16> = vec![1, 2].into();
/// assert_eq!(list.get(1), Some(2));
/// assert_eq!(list.iter().sum::<u16>(), 3);
/// ```
///
/// `F` is the source of the elements' descriptors: none, except in an [`FdList`].
#[derive(Clone)]
pub struct List<'a, T, F = ()>(Form<'a, T, F>);

/// A list whose elements contain descriptors.
pub type FdList<'a, T> = List<'a, T, Fds<'a>>;

#[derive(Clone)]
enum Form<'a, T, F> {
    /// Decoded: complete elements of one size without descriptors.
    FixedSize(&'a [u8]),
    /// Decoded: elements that were checked one by one.
    Checked {
        bytes: &'a [u8],
        len: usize,
        fds: F,
    },
    Slice(&'a [T]),
    Vec(Vec<T>),
}

impl<'a, T, F> List<'a, T, F> {
    /// Complete elements of one size without descriptors.
    #[inline(always)]
    pub(crate) const fn fixed_size(bytes: &'a [u8]) -> Self {
        Self(Form::FixedSize(bytes))
    }

    /// Elements that were checked.
    #[inline(always)]
    pub(crate) const fn checked(bytes: &'a [u8], len: usize, fds: F) -> Self {
        Self(Form::Checked { bytes, len, fds })
    }

    /// The elements in memory, if the list was not decoded from a message.
    #[inline]
    #[must_use]
    pub fn as_slice(&self) -> Option<&[T]> {
        match &self.0 {
            Form::FixedSize(_) | Form::Checked { .. } => None,
            Form::Slice(values) => Some(values),
            Form::Vec(values) => Some(values),
        }
    }
}

impl<'a, T: Decode<'a>, F> List<'a, T, F> {
    /// Number of elements.
    #[inline(always)]
    #[must_use]
    pub fn len(&self) -> usize {
        match (&self.0, T::WIRE_SIZE) {
            (Form::FixedSize(bytes), Some(size @ 1..)) => bytes.len() / size,
            (Form::Checked { len, .. }, None) => *len,
            _ => self.stored_len(),
        }
    }

    /// The length of a list in a form that is rare for its elements.
    #[inline(never)]
    fn stored_len(&self) -> usize {
        match &self.0 {
            // Elements without bytes have another form.
            Form::FixedSize(_) => 0,
            Form::Checked { len, .. } => *len,
            Form::Slice(values) => values.len(),
            Form::Vec(values) => values.len(),
        }
    }

    /// Whether the list has no elements.
    #[inline(always)]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match &self.0 {
            Form::FixedSize(bytes) => bytes.is_empty(),
            _ => self.stored_len() == 0,
        }
    }
}

impl<'a, T: Decode<'a> + Clone, F: FdSource<'a>> List<'a, T, F> {
    /// The element at `index`.
    ///
    /// If the elements of a decoded list vary in size, all elements before `index` are decoded too.
    /// [`List::iter`] visits all elements in linear time.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<T> {
        match (&self.0, T::WIRE_SIZE) {
            (Form::FixedSize(bytes), Some(size)) => {
                let start = index.checked_mul(size)?;
                T::decode(bytes.get(start..)?).ok()
            }
            _ => self.iter().nth(index),
        }
    }

    /// Iterates over the elements by value.
    #[inline]
    pub fn iter(&self) -> Iter<'_, 'a, T> {
        Iter(match &self.0 {
            Form::FixedSize(bytes) => Source::Wire(Reader::new(bytes), self.len()),
            Form::Checked { bytes, len, fds } => {
                Source::Wire(Reader::with_fds(bytes, fds.fds()), *len)
            }
            Form::Slice(values) => Source::Slice(values.iter()),
            Form::Vec(values) => Source::Slice(values.iter()),
        })
    }
}

/// Iterator over the elements of a [`List`] by value.
///
/// If the elements of a decoded list vary in size, `next_back` decodes all elements that are left.
#[derive(Clone)]
pub struct Iter<'l, 'a, T>(Source<'l, 'a, T>);

#[derive(Clone)]
enum Source<'l, 'a, T> {
    /// Checked elements, and how many are left.
    Wire(Reader<'a>, usize),
    Slice(core::slice::Iter<'l, T>),
    Vec(vec::IntoIter<T>),
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
            Source::Vec(values) => values.next(),
        }
    }

    /// Skips elements of fixed size without decoding them.
    fn nth(&mut self, count: usize) -> Option<T> {
        match (&mut self.0, T::WIRE_SIZE, T::HAS_FDS) {
            (Source::Slice(values), ..) => values.nth(count).cloned(),
            (Source::Vec(values), ..) => values.nth(count),
            (Source::Wire(reader, left), Some(size), false) => {
                let skipped = count.min(*left);
                *left -= skipped;
                let bytes = skipped.checked_mul(size)? as u64;
                reader.bytes(Some(bytes), "").ok()?;
                self.next()
            }
            _ => {
                (0..count).try_for_each(|_| self.next().map(drop))?;
                self.next()
            }
        }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let len = match &self.0 {
            Source::Wire(_, left) => *left,
            Source::Slice(values) => values.len(),
            Source::Vec(values) => values.len(),
        };
        (len, Some(len))
    }
}

impl<'a, T: Decode<'a> + Clone> DoubleEndedIterator for Iter<'_, 'a, T> {
    fn next_back(&mut self) -> Option<T> {
        match (&mut self.0, T::WIRE_SIZE, T::HAS_FDS) {
            (Source::Slice(values), ..) => values.next_back().cloned(),
            (Source::Vec(values), ..) => values.next_back(),
            (Source::Wire(reader, left), Some(size), false) => {
                *left = left.checked_sub(1)?;
                let mut last = reader.clone();
                last.rest = last.rest.get(left.checked_mul(size)?..)?;
                T::decode_from(&mut last).ok()
            }
            (Source::Wire(..), ..) => {
                let values: Vec<T> = self.collect();
                self.0 = Source::Vec(values.into_iter());
                self.next_back()
            }
        }
    }
}

impl<'a, T: Decode<'a> + Clone> ExactSizeIterator for Iter<'_, 'a, T> {}

impl<'a, T: Decode<'a> + Clone> core::iter::FusedIterator for Iter<'_, 'a, T> {}

impl<'l, 'a, T: Decode<'a> + Clone, F: FdSource<'a>> IntoIterator for &'l List<'a, T, F> {
    type Item = T;
    type IntoIter = Iter<'l, 'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, T: Decode<'a> + Clone, F: FdSource<'a>> IntoIterator for List<'a, T, F> {
    type Item = T;
    type IntoIter = Iter<'a, 'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        Iter(match self.0 {
            Form::FixedSize(bytes) => Source::Wire(Reader::new(bytes), self.len()),
            Form::Checked { bytes, len, fds } => {
                Source::Wire(Reader::with_fds(bytes, fds.fds()), len)
            }
            Form::Slice(values) => Source::Slice(values.iter()),
            Form::Vec(values) => Source::Vec(values.into_iter()),
        })
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

/// Compares the elements, wherever they are stored.
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

/// Hashes the elements, wherever they are stored.
impl<'a, T: Decode<'a> + Clone + Hash, F: FdSource<'a>> Hash for List<'a, T, F> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.len().hash(state);
        self.iter().for_each(|element| element.hash(state));
    }
}

/// Shows the first elements, and the length of a long list.
impl<'a, T, F> fmt::Debug for List<'a, T, F>
where
    T: Decode<'a> + Clone + fmt::Debug,
    F: FdSource<'a>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug::elements(self.iter(), f)
    }
}

/// Shows the elements that are left.
impl<'a, T: Decode<'a> + Clone + fmt::Debug> fmt::Debug for Iter<'_, 'a, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug::elements(self.clone(), f)
    }
}

impl<T: Sealed, F> Sealed for List<'_, T, F> {}

impl<'a, T: Encode + Decode<'a> + Clone, F: FdSource<'a>> Encode for List<'a, T, F> {
    #[inline(always)]
    fn write<'v>(&'v self, writer: &mut Writer<'_, 'v>) -> Result<()> {
        match &self.0 {
            // Padding may have to be set to zero.
            Form::FixedSize(bytes) | Form::Checked { bytes, .. } if !T::HAS_PADDING => {
                writer.bytes(bytes)
            }
            _ if T::WIRE_SIZE.is_some() => {
                writer.append_with(|out, origin| self.append_elements(out, origin))
            }
            _ => writer.outlined(|writer| self.write_elements(writer)),
        }
    }

    fn visit_fds(&self, visit: &mut dyn FnMut(&Fd<'_>)) {
        if T::HAS_FDS {
            self.iter().for_each(|value| value.visit_fds(visit));
        }
    }
}

impl<'a, T: Encode + Decode<'a> + Clone, F: FdSource<'a>> List<'a, T, F> {
    /// Writes elements of variable size.
    #[inline(never)]
    fn write_elements<'v>(&'v self, writer: &mut Writer<'_, 'v>) -> Result<()> {
        let (Form::FixedSize(bytes) | Form::Checked { bytes, .. }) = &self.0 else {
            let values = self.as_slice().unwrap_or_default();
            return writer.outlined(|writer| write_values(values, writer));
        };
        for value in self.iter() {
            writer.decoded_from(bytes, |writer| value.write(writer))?;
        }
        Ok(())
    }

    /// Appends elements of fixed size to a buffer, in which the body begins at `origin`.
    #[inline(never)]
    fn append_elements(&self, mut out: Vec<u8>, origin: usize) -> (Vec<u8>, Result<()>) {
        if let Some(values) = self.as_slice() {
            let mut writer = Writer::at(out, origin);
            let result = write_values(values, &mut writer);
            return (writer.out, result);
        }
        for value in self.iter() {
            let mut writer = Writer::at(out, origin);
            let result = value.write(&mut writer);
            out = writer.out;
            if result.is_err() {
                return (out, result);
            }
        }
        (out, Ok(()))
    }
}

#[inline(always)]
fn write_values<'v>(values: &'v [impl Encode], writer: &mut Writer<'_, 'v>) -> Result<()> {
    for (index, value) in values.iter().enumerate() {
        if let Err(error) = value.write(writer) {
            return Err(error.in_element(index));
        }
    }
    Ok(())
}

impl<'a, T, F> IntoOwned for List<'a, T, F>
where
    T: Decode<'a> + Clone + IntoOwned,
    F: FdSource<'a>,
    F::At<'static>: 'static,
{
    type Owned = List<'static, T::Owned, F::At<'static>>;

    fn into_owned(self) -> Self::Owned {
        self.into_iter().map(T::into_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Text;
    use alloc::vec;

    fn decoded() -> List<'static, Text<'static>> {
        Reader::new(b"a\0bc\0\0rest").list(3, "names").unwrap()
    }

    #[test]
    fn decoded_elements_of_variable_size_are_found_by_index() {
        let list = decoded();
        assert_eq!(list.len(), 3);
        assert_eq!(list.get(1).unwrap(), "bc");
        assert_eq!(list.get(2).unwrap(), "");
        assert_eq!(list.get(3), None);
        assert_eq!(list.iter().nth(1).unwrap(), "bc");
        assert_eq!(list.as_slice(), None);
    }

    #[test]
    fn lists_are_equal_if_their_elements_are() {
        let built: List<'_, Text<'_>> = ["a", "bc", ""].map(Text::from).into();
        assert_eq!(decoded(), built);
        assert_eq!(decoded().into_owned(), built);
        assert_ne!(decoded(), List::from([Text::from("a")]));
        assert_eq!(decoded().encode_to_vec().unwrap(), b"a\0bc\0\0");
        assert_eq!(built.encode_to_vec().unwrap(), b"a\0bc\0\0");
    }

    #[test]
    fn elements_of_fixed_size_are_appended() {
        let mut out = vec![9];
        let list = List::<'_, u16>::from(vec![1, 2, 0x304]);
        list.encode(&mut out).unwrap();
        assert_eq!(out, [9, 1, 0, 2, 0, 4, 3]);
        let decoded: List<'_, u16> = Reader::new(&out[1..]).list(3, "n").unwrap();
        assert_eq!(decoded.encode_to_vec().unwrap(), out[1..]);
    }

    #[test]
    fn iterator_knows_its_length() {
        let list: List<'_, u16> = Reader::new(&[1, 0, 2, 0, 3, 0]).list(3, "n").unwrap();
        let mut iter = list.iter();
        assert_eq!(iter.len(), 3);
        assert_eq!(iter.nth(1), Some(2));
        assert_eq!(iter.len(), 1);
        assert_eq!((iter.next(), iter.next()), (Some(3), None));
        assert_eq!(List::<'_, u16>::from(vec![1, 2, 3]), list);
    }

    #[test]
    fn elements_are_visited_from_both_ends() {
        let expected = ["a", "bc", ""].map(Text::from);
        let lists = [decoded(), expected.clone().into(), List::from(&expected)];
        for list in lists {
            let mut backwards: Vec<Text<'_>> = list.iter().rev().collect();
            backwards.reverse();
            assert_eq!(backwards, expected);
            let mut iter = list.into_iter();
            assert_eq!(iter.next().unwrap(), "a");
            assert_eq!(iter.next_back().unwrap(), "");
            assert_eq!((iter.len(), iter.next_back().unwrap()), (1, "bc".into()));
            assert_eq!((iter.next(), iter.next_back()), (None, None));
        }
        let numbers: List<'_, u16> = Reader::new(&[1, 0, 2, 0, 3, 0]).list(3, "n").unwrap();
        let mut iter = numbers.iter();
        assert_eq!((iter.next(), iter.next_back()), (Some(1), Some(3)));
        assert_eq!((iter.len(), iter.next_back()), (1, Some(2)));
        assert_eq!((iter.next_back(), iter.next()), (None, None));
        let empty: List<'_, [u8; 0]> = Reader::new(&[]).list(5, "n").unwrap();
        assert_eq!(empty.into_iter().rev().count(), 5);
    }

    #[test]
    fn elements_outlive_the_list() {
        let body = [1, 0, 2, 0];
        let list: List<'_, u16> = Reader::new(&body).list(2, "n").unwrap();
        assert_eq!(list.into_iter().sum::<u16>(), 3);
        let first = { decoded().into_iter().next() };
        assert_eq!(first.unwrap(), "a");
        let owned = List::<'_, Text<'_>>::from(vec![Text::from("x")]);
        assert_eq!(owned.into_iter().next_back().unwrap(), "x");
    }

    #[cfg(feature = "std")]
    #[test]
    fn equal_lists_have_equal_hashes() {
        use std::collections::HashSet;
        let decoded: List<'_, u16> = Reader::new(&[1, 0, 2, 0]).list(2, "n").unwrap();
        let built = List::<'_, u16>::from(&[1, 2]);
        let set = HashSet::from([decoded, built, [1, 2].into_iter().collect(), [1].into()]);
        assert_eq!(set.len(), 2);
    }

    #[test]
    fn elements_without_bytes_have_a_length() {
        let list: List<'_, [u8; 0]> = Reader::new(&[]).list(5, "n").unwrap();
        assert_eq!((list.len(), list.iter().count()), (5, 5));
        assert!(!list.is_empty());
        assert_eq!(list.get(4), Some([]));
        assert_eq!(list.get(5), None);
    }
}
