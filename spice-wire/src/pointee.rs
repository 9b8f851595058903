//! Pointees that are decoded on demand.

use alloc::{borrow::Cow, boxed::Box};
use core::hash::{Hash, Hasher};
use core::{fmt, mem::ManuallyDrop};

use crate::__private::{Sealed, Writer};
use crate::{Decode, Encode, Error, IntoOwned, Reader, Result};

/// A pointee that is a large struct.
///
/// Decoding a message checks the struct and keeps its position; [`Pointee::get`] decodes it. This keeps
/// messages small. To encode a value, convert it by `into()`.
///
/// ```
/// use spice_wire::Pointee;
///
/// let pointee: Pointee<'_, u32> = 7.into();
/// assert_eq!(*pointee.get()?, 7);
/// # Ok::<(), spice_wire::Error>(())
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
    /// The error of a value that could not be made owned.
    Invalid(Error),
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
    ///
    /// # Errors
    /// Returns the first field that is invalid. Decoding the message has checked the pointee, so this does not
    /// happen.
    #[inline]
    pub fn get(&self) -> Result<Cow<'_, T>> {
        match &self.0 {
            Form::Wire { body, offset, .. } => decode(body, *offset).map(Cow::Owned),
            Form::Value(value) => Ok(Cow::Borrowed(value)),
            Form::Invalid(error) => Err(error.clone()),
        }
    }
}

#[inline(always)]
fn decode<'a, T: Decode<'a>>(body: &'a [u8], offset: u32) -> Result<T> {
    T::decode_from(&mut Reader::at(body, offset))
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

impl<'a, T: Decode<'a> + Clone + Hash> Hash for Pointee<'a, T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.get().hash(state);
    }
}

impl<'a, T: Decode<'a> + Clone + fmt::Debug> fmt::Debug for Pointee<'a, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.get() {
            Ok(value) => value.fmt(f),
            Err(error) => error.fmt(f),
        }
    }
}

impl<T: Sealed> Sealed for Pointee<'_, T> {}

impl<'a, T: Decode<'a> + Encode> Encode for Pointee<'a, T> {
    #[inline(always)]
    fn write<'v>(&'v self, writer: &mut Writer<'_, 'v>) -> Result<()> {
        writer.outlined(|writer| self.write_value(writer))
    }

    #[inline(always)]
    fn write_pointees<'v>(&'v self, writer: &mut Writer<'_, 'v>) -> Result<()> {
        writer.outlined(|writer| self.write_value_pointees(writer))
    }
}

impl<'a, T: Decode<'a> + Encode> Pointee<'a, T> {
    #[inline(never)]
    fn write_value<'v>(&'v self, writer: &mut Writer<'_, 'v>) -> Result<()> {
        match &self.0 {
            Form::Wire { body, offset, end } => match body.get(*offset as usize..*end as usize) {
                Some(bytes) if !bytes.is_empty() => writer.bytes(bytes),
                _ => {
                    let value = ManuallyDrop::new(decode::<T>(body, *offset)?);
                    writer.decoded_from(body, |writer| value.write(writer))
                }
            },
            Form::Value(value) => value.write(writer),
            Form::Invalid(error) => Err(error.clone()),
        }
    }

    #[inline(never)]
    fn write_value_pointees<'v>(&'v self, writer: &mut Writer<'_, 'v>) -> Result<()> {
        match &self.0 {
            Form::Wire { body, offset, end } if offset == end => {
                let value = ManuallyDrop::new(decode::<T>(body, *offset)?);
                writer.decoded_from(body, |writer| value.write_pointees(writer))
            }
            Form::Wire { .. } => Ok(()),
            Form::Value(value) => value.write_pointees(writer),
            Form::Invalid(error) => Err(error.clone()),
        }
    }
}

impl<'a, T: Decode<'a> + Clone + IntoOwned> IntoOwned for Pointee<'a, T> {
    type Owned = Pointee<'static, T::Owned>;

    fn into_owned(self) -> Self::Owned {
        match self.0 {
            Form::Wire { body, offset, .. } => match decode::<T>(body, offset) {
                Ok(value) => value.into_owned().into(),
                Err(error) => Pointee(Form::Invalid(error)),
            },
            Form::Value(value) => (*value).into_owned().into(),
            Form::Invalid(error) => Pointee(Form::Invalid(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ErrorKind, IoBody};
    use alloc::format;

    #[test]
    fn value_that_cannot_be_owned_stays_an_error() {
        // Two bytes, where the value takes four.
        let damaged: Pointee<'_, u32> = Pointee::checked(&[1, 2], 0, 4);
        let owned = damaged.into_owned();
        let kind = ErrorKind::Truncated {
            needed: 4,
            available: 2,
        };
        assert_eq!(owned.get().unwrap_err().kind(), kind);
        assert!(format!("{owned:?}").contains("needs 4 bytes where 2 are left"));
        assert_eq!(owned.encode_to_vec().unwrap_err().kind(), kind);
        let io = owned.encode_io(&mut IoBody::default());
        assert_eq!(io.unwrap_err().kind(), kind);
        assert_eq!(owned.clone().into_owned(), owned);
    }

    #[test]
    fn decoded_and_owned_pointees_are_equal() {
        let decoded: Pointee<'_, u32> = Pointee::checked(&[0, 7, 0, 0, 0], 1, 5);
        let owned = decoded.clone().into_owned();
        assert_eq!(decoded, owned);
        assert_eq!(owned, Pointee::from(7));
        assert_eq!(decoded.encode_to_vec().unwrap(), [7, 0, 0, 0]);
        assert_eq!(owned.encode_to_vec().unwrap(), [7, 0, 0, 0]);
    }
}
