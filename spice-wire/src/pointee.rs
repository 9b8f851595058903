//! What a pointer leads to.

use alloc::boxed::Box;
use core::fmt;
use core::mem::ManuallyDrop;

use crate::error::Result;
use crate::reader::Reader;
use crate::traits::{Decode, Encode, IntoOwned};
use crate::writer::Writer;

/// What a pointer leads to: after decoding its place, which was checked and is read when asked for; to
/// encode, the value.
#[derive(Clone)]
pub struct Pointee<'a, T>(Form<'a, T>);

#[derive(Clone)]
enum Form<'a, T> {
    Wire { body: &'a [u8], at: u32 },
    Value(Box<T>),
}

impl<'a, T> Pointee<'a, T> {
    #[inline(always)]
    pub(crate) const fn wire(body: &'a [u8], at: u32) -> Self {
        Self(Form::Wire { body, at })
    }
}

impl<'a, T: Decode<'a> + Clone + Default> Pointee<'a, T> {
    /// The value.
    #[inline]
    #[must_use]
    pub fn get(&self) -> T {
        match &self.0 {
            Form::Wire { body, at } => {
                T::decode_from(&mut Reader::at_place(body, *at as usize)).unwrap_or_default()
            }
            Form::Value(value) => (**value).clone(),
        }
    }
}

impl<T: Default> Default for Pointee<'_, T> {
    fn default() -> Self {
        Self(Form::Value(Box::default()))
    }
}

impl<T> From<T> for Pointee<'_, T> {
    fn from(value: T) -> Self {
        Self(Form::Value(Box::new(value)))
    }
}

impl<'a, T: Decode<'a> + Clone + Default + PartialEq> PartialEq for Pointee<'a, T> {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<'a, T: Decode<'a> + Clone + Default + Eq> Eq for Pointee<'a, T> {}

impl<'a, T: Decode<'a> + Clone + Default + fmt::Debug> fmt::Debug for Pointee<'a, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

impl<'a, T: Decode<'a> + Encode> Encode for Pointee<'a, T> {
    #[inline]
    fn write<'v>(&'v self, writer: &mut Writer<'_, 'v>) -> Result<()> {
        match &self.0 {
            Form::Wire { body, at } => {
                let value =
                    ManuallyDrop::new(T::decode_from(&mut Reader::at_place(body, *at as usize))?);
                writer.temporary(|writer| value.write(writer))
            }
            Form::Value(value) => value.write(writer),
        }
    }

    #[inline]
    fn write_pointees<'v>(&'v self, writer: &mut Writer<'_, 'v>, level: usize) -> Result<()> {
        match &self.0 {
            Form::Wire { body, at } => {
                let value =
                    ManuallyDrop::new(T::decode_from(&mut Reader::at_place(body, *at as usize))?);
                writer.temporary(|writer| value.write_pointees(writer, level))
            }
            Form::Value(value) => value.write_pointees(writer, level),
        }
    }
}

impl<'a, T: Decode<'a> + Clone + Default + IntoOwned> IntoOwned for Pointee<'a, T> {
    type Owned = Pointee<'static, T::Owned>;

    fn into_owned(self) -> Self::Owned {
        match self.0 {
            Form::Wire { .. } => self.get().into_owned().into(),
            Form::Value(value) => (*value).into_owned().into(),
        }
    }
}
