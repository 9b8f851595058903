//! What all enums of the messages of a side of a channel have in common. It stands here once, and not
//! in the generated code of each, where it would cost the compiler time for every proto.

use crate::error::Error;

/// Id and full name (`port.server.init`) of each message of a side of a channel, by rising ids.
pub type Names = [(u16, &'static str)];

/// The full name of a message.
#[must_use]
pub const fn path(names: &'static Names, id: u16) -> Option<&'static &'static str> {
    let mut rest = names;
    while let Some((before, [(middle, path), after @ ..])) = rest.split_at_checked(rest.len() / 2) {
        if *middle == id {
            return Some(path);
        }
        rest = if id < *middle { before } else { after };
    }
    None
}

/// The name of a message in the proto: the last part of its full name.
#[must_use]
pub const fn last_part(path: &'static str) -> Option<&'static str> {
    let mut before = path.as_bytes();
    while let [rest @ .., last] = before {
        if *last == b'.' {
            break;
        }
        before = rest;
    }
    match path.split_at_checked(before.len()) {
        Some((_, name)) => Some(name),
        None => None,
    }
}

/// An error, seen from the message with this full name, if it has one.
#[cold]
#[must_use]
pub const fn in_message(error: Error, path: Option<&'static &'static str>) -> Error {
    match path {
        Some(path) => error.in_message(path),
        None => error,
    }
}

/// Implements what an enum of messages does as the message that it holds, which each of these patterns
/// binds. For the generated implementations of [`Encode`](crate::Encode).
#[doc(hidden)]
#[macro_export]
macro_rules! encode_as_body {
    ($message:ident: $($variant:pat),* $(,)?) => {
        fn block_len(&self) -> usize {
            self.body().block_len()
        }

        fn pointees_len(&self) -> usize {
            self.body().pointees_len()
        }

        fn write<'v, O: $crate::Out<'v>>(
            &'v self,
            writer: &mut $crate::Writer<'_, 'v, O>,
        ) -> $crate::Written {
            match self {
                $($variant => $message.write(writer),)*
            }
        }

        fn write_block<'v>(&'v self, writer: &mut $crate::Writer<'_, 'v>) -> $crate::Written {
            self.body().write_block(writer)
        }

        fn leaves_pointers(&self) -> bool {
            self.body().leaves_pointers()
        }

        fn append_body(&self, out: &mut $crate::__private::Vec<u8>) -> $crate::Written {
            $crate::__private::appended(&$crate::Encode::encode(self, out))
        }

        fn visit_fds(&self, visit: &mut dyn FnMut(&$crate::Fd<'_>)) {
            self.body().visit_fds(visit);
        }
    };
}

/// Makes an enum of messages this blank variant, and reads the message in it. Used by generated code.
#[doc(hidden)]
#[macro_export]
macro_rules! read_message {
    ($place:ident, $variant:ident, $($argument:ident),*) => {{
        $crate::fill($place, Self::$variant($crate::Blank::blank()));
        if let Self::$variant(message) = $place {
            return message.read_from($($argument),*);
        }
    }};
}

/// Implements how an enum of messages decodes. The arguments are what says which message it is.
/// Used by generated code, which has what differs: `read_from` and `full_name`.
#[doc(hidden)]
#[macro_export]
macro_rules! decode_messages {
    ($($argument:ident: $ty:ty),*) => {
        /// The same from a cursor, which knows afterwards what follows the message.
        ///
        /// # Errors
        /// Where and why the body is not that message.
        pub fn decode_from(
            $($argument: $ty,)*
            cursor: &mut $crate::Cursor<'a>,
        ) -> $crate::Result<Self> {
            let mut message = <Self as $crate::Blank>::blank();
            let result = cursor.read_into(&mut message, |message, rest, body| {
                message.read_from($($argument,)* rest, body)
            });
            match result {
                Ok(()) => Ok(message),
                Err(error) => Err($crate::__private::in_message(error, message.full_name())),
            }
        }

        /// The same, and calls `use_message` with the message where it was made: to return a large
        /// message takes longer than to read it.
        ///
        /// # Errors
        /// Where and why the body is not that message.
        pub fn decode_with<R>(
            $($argument: $ty,)*
            body: &'a [u8],
            fds: $crate::Fds<'a>,
            use_message: impl FnOnce(&mut Self) -> R,
        ) -> $crate::Result<R> {
            let mut message = <Self as $crate::Blank>::blank();
            let result = $crate::Cursor::read_body(&mut message, body, fds, |message, rest, body| {
                message.read_from($($argument,)* rest, body)
            });
            match result {
                Ok(()) => Ok(use_message(&mut message)),
                Err(error) => Err($crate::__private::in_message(error, message.full_name())),
            }
        }

        /// Channel, sender and name of the message (`port.server.init`), if it is known.
        #[must_use]
        #[inline]
        pub const fn path(&self) -> ::core::option::Option<&'static str> {
            match self.full_name() {
                Some(path) => Some(*path),
                None => None,
            }
        }
    };
}

/// Implements what the enum of all messages of a side of a channel can do: its name, channel and
/// sender, and the id, constant, variant and name of each message. Used by generated code.
#[doc(hidden)]
#[macro_export]
macro_rules! impl_messages {
    ($name:ident $sender:literal {
        $($id:literal $constant:ident $variant:ident $message:literal),* $(,)?
    }) => {
        /// The ids of all messages, inherited ones included.
        pub mod id {
            $(
                #[doc = concat!("`", $message, "`")]
                pub const $constant: u16 = $id;
            )*
        }

        impl<'a> $name<'a> {
            const NAMES: &'static $crate::__private::Names =
                &[$(($id, concat!($sender, ".", $message))),*];

            /// Decodes the message with this id; an unknown one keeps its body.
            ///
            /// # Errors
            /// Where and why the body is not that message.
            #[inline]
            pub fn decode(id: u16, body: &'a [u8]) -> $crate::Result<Self> {
                Self::decode_with_fds(id, body, $crate::Fds::none())
            }

            /// The same for a body that came with descriptors.
            ///
            /// # Errors
            /// Where and why the body is not that message.
            #[inline]
            pub fn decode_with_fds(
                id: u16,
                body: &'a [u8],
                fds: $crate::Fds<'a>,
            ) -> $crate::Result<Self> {
                Self::decode_from(id, &mut $crate::Cursor::with_fds(body, fds))
            }

            $crate::decode_messages!(id: u16);

            /// Reads the body of the message with this id into a blank one.
            #[allow(unused_variables)]
            pub(in super::super) fn read_from(
                &mut self,
                id: u16,
                rest: &'a [u8],
                body: &mut $crate::Body<'_, 'a>,
            ) -> $crate::Read<&'a [u8]> {
                match id {
                    $($id => $crate::read_message!(self, $variant, rest, body),)*
                    _ => {
                        let body = rest.into();
                        $crate::fill(self, Self::Unknown { id, body });
                    }
                }
                Ok(&[])
            }

            /// The id of the message.
            #[must_use]
            pub const fn id(&self) -> u16 {
                match self {
                    $(Self::$variant(_) => $id,)*
                    Self::Unknown { id, .. } => *id,
                }
            }

            /// The full name, as errors keep it.
            pub(in super::super) const fn full_name(
                &self,
            ) -> ::core::option::Option<&'static &'static str> {
                match self {
                    Self::Unknown { .. } => None,
                    #[allow(unreachable_patterns)]
                    _ => $crate::__private::path(Self::NAMES, self.id()),
                }
            }

            /// The name of the message in the proto, if it is known.
            #[must_use]
            #[inline]
            pub const fn name(&self) -> ::core::option::Option<&'static str> {
                match self.full_name() {
                    Some(path) => $crate::__private::last_part(path),
                    None => None,
                }
            }

            fn body(&self) -> &(dyn $crate::Encode + 'a) {
                match self {
                    $(Self::$variant(message) => message,)*
                    Self::Unknown { body, .. } => body,
                }
            }
        }

        impl $crate::Blank for $name<'_> {
            #[inline(always)]
            fn blank() -> Self {
                Self::Unknown {
                    id: 0,
                    body: $crate::Blank::blank(),
                }
            }
        }

        impl $crate::Encode for $name<'_> {
            $crate::encode_as_body!(
                message: $(Self::$variant(message),)* Self::Unknown { body: message, .. }
            );

            fn encode(&self, out: &mut $crate::__private::Vec<u8>) -> $crate::Result<()> {
                let result = match self {
                    $(Self::$variant(message) => message.encode(out),)*
                    Self::Unknown { body, .. } => body.encode(out),
                };
                result.map_err(|error| $crate::__private::in_message(error, self.full_name()))
            }

            fn encode_io(&self) -> $crate::Result<$crate::IoBody<'_>> {
                $crate::Writer::encode_io(self.body())
                    .map_err(|error| $crate::__private::in_message(error, self.full_name()))
            }
        }

        impl $crate::IntoOwned for $name<'_> {
            type Owned = $name<'static>;

            // Compiled where it is used, which it often is not.
            #[inline]
            fn into_owned(self) -> Self::Owned {
                match self {
                    $(Self::$variant(message) => $name::$variant(message.into_owned()),)*
                    Self::Unknown { id, body } => $name::Unknown {
                        id,
                        body: $crate::IntoOwned::into_owned(body),
                    },
                }
            }
        }

        impl<'a> $crate::ChannelMessage<'a> for $name<'a> {
            fn decode_from(id: u16, cursor: &mut $crate::Cursor<'a>) -> $crate::Result<Self> {
                Self::decode_from(id, cursor)
            }

            fn id(&self) -> u16 {
                self.id()
            }

            fn name(&self) -> ::core::option::Option<&'static str> {
                self.name()
            }

            fn path(&self) -> ::core::option::Option<&'static str> {
                self.path()
            }
        }
    };
}

/// Implements the conversions from bodies that belong to one message. Used by generated code.
#[doc(hidden)]
#[macro_export]
macro_rules! impl_from_bodies {
    ($name:ident { $($variant:ident($body:ty)),* $(,)? }) => { $(
        impl<'a> ::core::convert::From<$body> for $name<'a> {
            #[inline]
            fn from(body: $body) -> Self {
                Self::$variant(body)
            }
        }
    )* };
}

/// Implements the conversions from the parent's messages and back. Used by generated code.
#[doc(hidden)]
#[macro_export]
macro_rules! impl_parent_messages {
    ($name:ident, $($parent:ident)::+ { $($variant:ident),* $(,)? }) => {
        impl<'a> ::core::convert::From<$($parent)::+::$name<'a>> for $name<'a> {
            #[inline]
            fn from(message: $($parent)::+::$name<'a>) -> Self {
                use $($parent)::+::$name as Parent;
                match message {
                    $(Parent::$variant(body) => Self::$variant(body),)*
                    Parent::Unknown { id, body } => Self::Unknown { id, body },
                }
            }
        }

        /// The message itself is the error if the parent does not have it.
        impl<'a> ::core::convert::TryFrom<$name<'a>> for $($parent)::+::$name<'a> {
            type Error = $name<'a>;

            #[inline]
            fn try_from(message: $name<'a>) -> ::core::result::Result<Self, $name<'a>> {
                match message {
                    $($name::$variant(body) => Ok(Self::$variant(body)),)*
                    message => Err(message),
                }
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: &Names = &[
        (1, "port.server.migrate"),
        (2, "port.server.ping"),
        (101, "port.server.data"),
        (201, "port.server.init"),
        (300, "port.server.event"),
    ];

    #[test]
    fn each_message_has_its_name_and_no_other_id_has_one() {
        for (id, path) in NAMES {
            assert_eq!(super::path(NAMES, *id), Some(path));
            assert_eq!(last_part(path), path.strip_prefix("port.server."));
        }
        for id in [0, 3, 100, 102, 200, 202, 299, 301, u16::MAX] {
            assert_eq!(path(NAMES, id), None);
        }
        assert_eq!(path(&[], 1), None);
        assert_eq!(path(&[(7, "p.client.x")], 7), Some(&"p.client.x"));
    }
}
