//! What the enums of all messages of a protocol have in common: those of a side, and that of both.

/// Implements what the enum of all messages of a side can do: the number and variant of each channel.
/// Used by generated code.
#[doc(hidden)]
#[macro_export]
macro_rules! impl_side_messages {
    ($name:ident { $($number:literal $variant:ident),* $(,)? }) => {
        impl<'a> $name<'a> {
            /// Decodes the message with this id on this channel; an unknown one keeps its body.
            ///
            /// # Errors
            /// Where and why the body is not that message.
            #[inline]
            pub fn decode(
                channel_type: u8,
                id: u16,
                body: &'a [u8],
                fds: $crate::Fds<'a>,
            ) -> $crate::Result<Self> {
                let mut cursor = $crate::Cursor::with_fds(body, fds);
                Self::decode_from(channel_type, id, &mut cursor)
            }

            $crate::decode_messages!(channel_type: u8, id: u16);

            /// Reads the body of the message with this id into a blank message.
            #[allow(unused_variables)]
            fn read_from(
                &mut self,
                channel_type: u8,
                id: u16,
                rest: &'a [u8],
                body: &mut $crate::Body<'_, 'a>,
            ) -> $crate::Read<&'a [u8]> {
                match channel_type {
                    $($number => $crate::read_message!(self, $variant, id, rest, body),)*
                    _ => {
                        let body = rest.into();
                        $crate::fill(self, Self::Unknown { channel_type, id, body });
                    }
                }
                Ok(&[])
            }

            /// The number of the channel.
            #[must_use]
            pub const fn channel_type(&self) -> u8 {
                match self {
                    $(Self::$variant(_) => $number,)*
                    Self::Unknown { channel_type, .. } => *channel_type,
                }
            }

            /// The id of the message.
            #[must_use]
            pub const fn id(&self) -> u16 {
                match self {
                    $(Self::$variant(message) => message.id(),)*
                    Self::Unknown { id, .. } => *id,
                }
            }

            /// The full name, as errors keep it.
            const fn full_name(&self) -> ::core::option::Option<&'static &'static str> {
                match self {
                    $(Self::$variant(message) => message.full_name(),)*
                    Self::Unknown { .. } => None,
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
                    channel_type: 0,
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
                match self {
                    $(Self::$variant(message) => message.encode(out),)*
                    Self::Unknown { body, .. } => body.encode(out),
                }
            }

            fn encode_io(&self) -> $crate::Result<$crate::IoBody<'_>> {
                match self {
                    $(Self::$variant(message) => message.encode_io(),)*
                    Self::Unknown { body, .. } => body.encode_io(),
                }
            }
        }

        impl $crate::IntoOwned for $name<'_> {
            type Owned = $name<'static>;

            // Compiled where it is used, which it often is not.
            #[inline]
            fn into_owned(self) -> Self::Owned {
                match self {
                    $(Self::$variant(message) => $name::$variant(message.into_owned()),)*
                    Self::Unknown {
                        channel_type,
                        id,
                        body,
                    } => $name::Unknown {
                        channel_type,
                        id,
                        body: $crate::IntoOwned::into_owned(body),
                    },
                }
            }
        }
    };
}

/// Implements what the enum of all messages can do. Used by generated code.
#[doc(hidden)]
#[macro_export]
macro_rules! impl_all_messages {
    ($name:ident, $server:ident, $client:ident) => {
        impl<'a> $name<'a> {
            /// Decodes the message with this id that this side sends on this channel; an unknown one
            /// keeps its body.
            ///
            /// # Errors
            /// Where and why the body is not that message.
            #[inline]
            pub fn decode(
                channel_type: u8,
                side: $crate::Side,
                id: u16,
                body: &'a [u8],
                fds: $crate::Fds<'a>,
            ) -> $crate::Result<Self> {
                let mut cursor = $crate::Cursor::with_fds(body, fds);
                Self::decode_from(channel_type, side, id, &mut cursor)
            }

            /// The same from a cursor, which knows afterwards what follows the message.
            ///
            /// # Errors
            /// Where and why the body is not that message.
            pub fn decode_from(
                channel_type: u8,
                side: $crate::Side,
                id: u16,
                cursor: &mut $crate::Cursor<'a>,
            ) -> $crate::Result<Self> {
                match side {
                    $crate::Side::Server => {
                        $server::decode_from(channel_type, id, cursor).map(Self::Server)
                    }
                    $crate::Side::Client => {
                        $client::decode_from(channel_type, id, cursor).map(Self::Client)
                    }
                }
            }

            /// Who sends the message.
            #[must_use]
            pub const fn side(&self) -> $crate::Side {
                match self {
                    Self::Server(_) => $crate::Side::Server,
                    Self::Client(_) => $crate::Side::Client,
                }
            }

            /// The number of the channel.
            #[must_use]
            pub const fn channel_type(&self) -> u8 {
                match self {
                    Self::Server(message) => message.channel_type(),
                    Self::Client(message) => message.channel_type(),
                }
            }

            /// The id of the message.
            #[must_use]
            pub const fn id(&self) -> u16 {
                match self {
                    Self::Server(message) => message.id(),
                    Self::Client(message) => message.id(),
                }
            }

            /// Channel, sender and name of the message (`port.server.init`), if it is known.
            #[must_use]
            pub const fn path(&self) -> ::core::option::Option<&'static str> {
                match self {
                    Self::Server(message) => message.path(),
                    Self::Client(message) => message.path(),
                }
            }

            fn body(&self) -> &(dyn $crate::Encode + 'a) {
                match self {
                    Self::Server(message) => message,
                    Self::Client(message) => message,
                }
            }
        }

        $crate::impl_blank!($name<'_>, Self::Server($crate::Blank::blank()));

        impl $crate::Encode for $name<'_> {
            $crate::encode_as_body!(message: Self::Server(message), Self::Client(message));

            fn encode(&self, out: &mut $crate::__private::Vec<u8>) -> $crate::Result<()> {
                match self {
                    Self::Server(message) => message.encode(out),
                    Self::Client(message) => message.encode(out),
                }
            }

            fn encode_io(&self) -> $crate::Result<$crate::IoBody<'_>> {
                match self {
                    Self::Server(message) => message.encode_io(),
                    Self::Client(message) => message.encode_io(),
                }
            }
        }

        $crate::impl_owned!($name<'_> { Server(message), Client(message) });
    };
}
