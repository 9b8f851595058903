//! Values without borrows.

use crate::__private::Sealed;

/// A value that can be made independent of what it borrows.
pub trait IntoOwned: Sealed {
    /// This type without a borrow.
    type Owned: 'static;

    /// Copies borrowed data.
    #[must_use]
    fn into_owned(self) -> Self::Owned;
}

impl<T: Sealed> Sealed for Option<T> {}

impl<T: IntoOwned> IntoOwned for Option<T> {
    type Owned = Option<T::Owned>;

    fn into_owned(self) -> Self::Owned {
        self.map(T::into_owned)
    }
}

/// Implements `IntoOwned` for a struct, and `ID` if a message id comes first. Arrays whose elements borrow follow
/// the semicolon.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_body {
    ($id:literal $name:ident<'_> $($rest:tt)+) => {
        $crate::__impl_id!($name<'_>, $id);
        $crate::__impl_body!($name<'_> $($rest)+);
    };
    ($id:literal $name:ident $($rest:tt)+) => {
        $crate::__impl_id!($name, $id);
        $crate::__impl_body!($name $($rest)+);
    };
    ($name:ident { $($field:ident),* $(,)? }) => {
        $crate::__impl_owned!($name);
    };
    ($name:ident<'_> { $($field:ident),* $(,)? $(; $($array:ident),+ $(,)?)? }) => {
        #[doc(hidden)]
        impl $crate::__private::Sealed for $name<'_> {}

        impl $crate::IntoOwned for $name<'_> {
            type Owned = $name<'static>;

            #[inline]
            fn into_owned(self) -> Self::Owned {
                $name {
                    $($field: $crate::IntoOwned::into_owned(self.$field),)*
                    $($($array: self.$array.map($crate::IntoOwned::into_owned),)+)?
                }
            }
        }
    };
}

/// Implements `ID` for the body of one message.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_id {
    ($name:ty, $id:literal) => {
        impl $name {
            /// Message id.
            pub const ID: u16 = $id;
        }
    };
}

/// Implements `IntoOwned` for an enum with these variants, or for a type without borrows. Square brackets
/// and semicolons mark arrays whose elements borrow.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_owned {
    ($name:ident<'_> { $(
        $variant:ident
        $(($value:ident))?
        $([$array:ident])?
        $({ $($part:ident),* $(; $last:ident)? })?
    ),* $(,)? }) => {
        #[doc(hidden)]
        impl $crate::__private::Sealed for $name<'_> {}

        impl $crate::IntoOwned for $name<'_> {
            type Owned = $name<'static>;

            #[inline]
            fn into_owned(self) -> Self::Owned {
                match self { $(
                    Self::$variant $(($value))? $(($array))? $({ $($part,)* $($last)? })? => {
                        $name::$variant
                        $(($crate::IntoOwned::into_owned($value)))?
                        $(($array.map($crate::IntoOwned::into_owned)))?
                        $({
                            $($part: $crate::IntoOwned::into_owned($part),)*
                            $($last: $last.map($crate::IntoOwned::into_owned))?
                        })?
                    }
                )* }
            }
        }
    };
    ($name:ty) => {
        #[doc(hidden)]
        impl $crate::__private::Sealed for $name {}

        impl $crate::IntoOwned for $name {
            type Owned = Self;

            #[inline]
            fn into_owned(self) -> Self {
                self
            }
        }
    };
}
