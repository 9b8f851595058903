//! What bodies and switches have in common. It stands here once, and the generated code is a table of
//! fields for each.

/// Implements what a body can do of which all values take the same bytes and any bytes are a value:
/// the place and type of each field, and the names of all with the byte after each. Used by generated
/// code.
#[doc(hidden)]
#[macro_export]
macro_rules! impl_plain {
    (
        $name:ident: $size:literal bytes $(; padding: $padding:literal)? $(; large: $large:tt)?
        { $($at:literal $field:ident: $ty:ty),* $(,)? }
        [ $($end:literal $path:literal),* $(,)? ]
    ) => {
        $crate::impl_blank!($name { $($field),* });

        impl $crate::FixedSize for $name {
            const SIZE: usize = $size;
            const LAYOUT: &'static [(usize, &'static str)] = &[$(($end, $path)),*];
            $(const HAS_PADDING: bool = $padding;)?

            #[inline]
            #[allow(unused_variables)]
            fn get(run: &[u8], at: usize) -> Self {
                Self { $($field: <$ty as $crate::FixedSize>::get(run, at + $at)),* }
            }

            #[inline]
            #[allow(unused_variables)]
            fn put(self, run: &mut [u8], at: usize) {
                $($crate::FixedSize::put(self.$field, run, at + $at);)*
            }

            #[inline]
            fn append(self, out: &mut $crate::__private::Vec<u8>) {
                $crate::__append!(self, out, $size $(, $large)?);
            }
        }
    };
}

/// Appends a value of fixed size. What is large must not be on the stack.
#[doc(hidden)]
#[macro_export]
macro_rules! __append {
    ($value:ident, $out:ident, $size:literal) => {
        let mut run = [0_u8; $size];
        $crate::FixedSize::put($value, &mut run, 0);
        $out.extend_from_slice(&run);
    };
    ($value:ident, $out:ident, $size:literal, true) => {
        let start = $out.len();
        $out.resize(start + $size, 0);
        if let Some(run) = $out.get_mut(start..) {
            $crate::FixedSize::put($value, run, 0);
        }
    };
}

/// Implements [`Blank`](crate::Blank) and [`IntoOwned`](crate::IntoOwned) for a body with these
/// fields; behind the semicolon stand arrays whose elements each borrow. Used by generated code.
#[doc(hidden)]
#[macro_export]
macro_rules! impl_body {
    ($name:ident { $($field:ident),* $(,)? }) => {
        $crate::impl_blank!($name { $($field),* });
        $crate::impl_owned!($name);
    };
    ($name:ident<'_> { $($field:ident),* $(,)? $(; $($array:ident),+ $(,)?)? }) => {
        $crate::impl_blank!($name<'_> { $($field,)* $($($array),+)? });

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

/// Implements [`IntoOwned`](crate::IntoOwned) for what borrows nothing, or for an enum with these
/// variants; square brackets and what is behind a semicolon are arrays whose elements each borrow.
/// Used by generated code.
#[doc(hidden)]
#[macro_export]
macro_rules! impl_owned {
    ($name:ident) => {
        impl $crate::IntoOwned for $name {
            type Owned = Self;

            #[inline]
            fn into_owned(self) -> Self {
                self
            }
        }
    };
    ($name:ident<'_> { $(
        $variant:ident
        $(($value:ident))?
        $([$array:ident])?
        $({ $($part:ident),* $(; $last:ident)? })?
    ),* $(,)? }) => {
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
}

/// Implements how a value is written of which nothing stands outside of its block. For implementations
/// of [`Encode`](crate::Encode).
#[doc(hidden)]
#[macro_export]
macro_rules! write_alone {
    () => {
        #[inline(always)]
        fn write_block<'v>(&'v self, writer: &mut $crate::Writer<'_, 'v>) -> $crate::Written {
            self.write(writer)
        }

        #[inline(always)]
        fn append_body(&self, out: &mut $crate::__private::Vec<u8>) -> $crate::Written {
            $crate::Writer::append(self, out)
        }
    };
}

/// The same for a value of which more may stand behind its block, with the function of
/// [`Writer`](crate::Writer) that writes it as a body.
#[doc(hidden)]
#[macro_export]
macro_rules! write_with {
    ($append:ident) => {
        // Large, and so once for all that may call it.
        #[inline(never)]
        fn write_block<'v>(&'v self, writer: &mut $crate::Writer<'_, 'v>) -> $crate::Written {
            writer.block(self)
        }

        #[inline(always)]
        fn append_body(&self, out: &mut $crate::__private::Vec<u8>) -> $crate::Written {
            $crate::Writer::$append(self, out)
        }
    };
}
