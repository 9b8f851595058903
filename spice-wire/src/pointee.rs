//! Pointees that are decoded on demand.

use alloc::{borrow::Cow, boxed::Box};
use core::{fmt, mem::ManuallyDrop};

use crate::__private::{Sealed, Writer};
use crate::{Decode, Encode, Error, IntoOwned, Reader, Result};

/// A pointee that is a large struct.
///
/// Decoding a message checks the struct and keeps its position; [`Pointee::get`] decodes it. This keeps
/// messages small. To encode, convert a value by `into()`.
///
/// ```
/// use spice_wire::Pointee;
///
/// let pointee: Pointee<'_, u32> = 7.into();
/// assert_eq!(*pointee.get(), 7);
/// ```
#[derive(Clone)]
pub struct Pointee<'a, T>(Form<'a, T>);

#[derive(Clone)]
enum Form<'a, T> {
    /// A checked value at `offset` of a body. It extends to `end` and is encoded by its bytes, unless it has
    /// pointees or padding; then `end` is `offset`.
    Wire {
        body: &'a [u8],
        offset: u32,
        end: u32,
    },
    Value(Box<T>),
}

impl<'a, T> Pointee<'a, T> {
    /// The value at `offset` of `body`, which decodes without an error.
    #[inline(always)]
    pub(crate) const fn checked(body: &'a [u8], offset: u32, end: u32) -> Self {
        Self(Form::Wire { body, offset, end })
    }
}

impl<'a, T: Decode<'a> + Clone> Pointee<'a, T> {
    /// The value: decoded, or borrowed if it was not decoded from a message.
    #[inline]
    #[must_use]
    pub fn get(&self) -> Cow<'_, T> {
        match &self.0 {
            Form::Wire { body, offset, .. } => Cow::Owned(decode(body, *offset)),
            Form::Value(value) => Cow::Borrowed(value),
        }
    }
}

#[inline(always)]
fn decode<'a, T: Decode<'a>>(body: &'a [u8], offset: u32) -> T {
    match T::decode_from(&mut Reader::at(body, offset)) {
        Ok(value) => value,
        Err(error) => invalid(&error),
    }
}

#[cold]
#[inline(never)]
fn invalid(error: &Error) -> ! {
    unreachable!("decoding the message checked this pointee: {error}")
}

impl<T: Default> Default for Pointee<'_, T> {
    fn default() -> Self {
        T::default().into()
    }
}

impl<T> From<T> for Pointee<'_, T> {
    fn from(value: T) -> Self {
        Self(Form::Value(Box::new(value)))
    }
}

/// Compares the values.
impl<'a, T: Decode<'a> + Clone + PartialEq> PartialEq for Pointee<'a, T> {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<'a, T: Decode<'a> + Clone + Eq> Eq for Pointee<'a, T> {}

impl<'a, T: Decode<'a> + Clone + fmt::Debug> fmt::Debug for Pointee<'a, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

impl<T: Sealed> Sealed for Pointee<'_, T> {}

impl<'a, T: Decode<'a> + Encode> Encode for Pointee<'a, T> {
    #[inline]
    fn write<'v>(&'v self, writer: &mut Writer<'_, 'v>) -> Result<()> {
        match &self.0 {
            Form::Wire { body, offset, end } => match body.get(*offset as usize..*end as usize) {
                Some(bytes) if !bytes.is_empty() => writer.bytes(bytes),
                _ => {
                    let value = ManuallyDrop::new(decode::<T>(body, *offset));
                    writer.decoded_from(body, |writer| value.write(writer))
                }
            },
            Form::Value(value) => value.write(writer),
        }
    }

    #[inline]
    fn write_pointees<'v>(&'v self, writer: &mut Writer<'_, 'v>) -> Result<()> {
        match &self.0 {
            Form::Wire { body, offset, end } if offset == end => {
                let value = ManuallyDrop::new(decode::<T>(body, *offset));
                writer.decoded_from(body, |writer| value.write_pointees(writer))
            }
            Form::Wire { .. } => Ok(()),
            Form::Value(value) => value.write_pointees(writer),
        }
    }
}

impl<'a, T: Decode<'a> + Clone + IntoOwned> IntoOwned for Pointee<'a, T> {
    type Owned = Pointee<'static, T::Owned>;

    fn into_owned(self) -> Self::Owned {
        match self.0 {
            Form::Wire { body, offset, .. } => decode::<T>(body, offset).into_owned().into(),
            Form::Value(value) => (*value).into_owned().into(),
        }
    }
}
