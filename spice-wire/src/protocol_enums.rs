//! The types of a protocol's channels, and the enums of all its messages: of one side, and of both.

/// Implements the methods and traits of the type of channels: number, constant and name of each channel, and
/// the module of each side.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_channel_type {
    ($name:ident {
        $($number:literal $constant:ident $text:literal {
            $($Side:ident $module:ident::$side:ident),*
        }),* $(,)?
    }) => {
        $crate::__impl_enum!($name, u8 { $($text $constant),* });

        impl $name {
            /// The ids and names of all messages that this side sends on the channel, inherited ones included,
            /// in the order of the ids. Empty for an unknown channel.
            #[must_use]
            pub const fn messages(self, side: $crate::Side) -> &'static [(u16, &'static str)] {
                match (self.0, side) {
                    $($(($number, $crate::Side::$Side) => {
                        <$module::$side::Message<'_> as $crate::ChannelMessage<'_>>::MESSAGES
                    })*)*
                    _ => &[],
                }
            }

            /// The name of the message with this id, if it is known.
            #[must_use]
            pub fn message_name(
                self,
                side: $crate::Side,
                id: u16,
            ) -> ::core::option::Option<&'static str> {
                $crate::__private::message_name(self.messages(side), id)
            }
        }
    };
}

/// Implements the methods and traits of the enum of a side's messages on all channels: number, variant
/// and module of each channel.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_side_messages {
    ($name:ident { $($number:literal $variant:ident $($module:ident)::+),* $(,)? }) => {
        impl<'a> $name<'a> {
            /// Decodes the message with this channel and id. An unknown message keeps its body.
            ///
            /// # Errors
            /// Returns the first field that is invalid and its byte.
            pub fn decode(
                channel_type: ChannelType,
                id: u16,
                body: &'a [u8],
                fds: $crate::Fds<'a>,
            ) -> $crate::Result<Self> {
                match channel_type.0 {
                    $($number => {
                        $($module)::+::Message::decode_as(id, body, fds, Self::$variant)
                    })*
                    _ => {
                        let body = $crate::Bytes::new(body);
                        ::core::result::Result::Ok(Self::Unknown { channel_type, id, body })
                    }
                }
            }

            /// Decodes the message and advances the reader past it. Fails like [`Self::decode`].
            #[inline]
            pub fn decode_from(
                channel_type: ChannelType,
                id: u16,
                reader: &mut $crate::Reader<'a>,
            ) -> $crate::Result<Self> {
                ::core::result::Result::Ok(match channel_type.0 {
                    $($number => Self::$variant($($module)::+::Message::decode_from(id, reader)?),)*
                    _ => {
                        let body = $crate::Bytes::new(reader.remaining());
                        Self::Unknown { channel_type, id, body }
                    }
                })
            }

            /// The type of the channel.
            #[must_use]
            pub const fn channel_type(&self) -> ChannelType {
                match self {
                    $(Self::$variant(_) => ChannelType($number),)*
                    Self::Unknown { channel_type, .. } => *channel_type,
                }
            }
        }

        $crate::__impl_protocol_enum!($name { $($variant),* } Unknown { channel_type, id });
    };
}

/// Implements the methods and traits of the enum of both sides' messages.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_all_messages {
    ($name:ident, $server:ident, $client:ident) => {
        impl<'a> $name<'a> {
            /// Decodes the message with this channel, side and id. An unknown message keeps its body.
            ///
            /// # Errors
            /// Returns the first field that is invalid and its byte.
            #[inline]
            pub fn decode(
                channel_type: ChannelType,
                side: $crate::Side,
                id: u16,
                body: &'a [u8],
                fds: $crate::Fds<'a>,
            ) -> $crate::Result<Self> {
                use $crate::Side;
                match side {
                    Side::Server => $server::decode(channel_type, id, body, fds).map(Self::Server),
                    Side::Client => $client::decode(channel_type, id, body, fds).map(Self::Client),
                }
            }

            /// Decodes the message and advances the reader past it. Fails like [`Self::decode`].
            #[inline]
            pub fn decode_from(
                channel_type: ChannelType,
                side: $crate::Side,
                id: u16,
                reader: &mut $crate::Reader<'a>,
            ) -> $crate::Result<Self> {
                match side {
                    $crate::Side::Server => {
                        $server::decode_from(channel_type, id, reader).map(Self::Server)
                    }
                    $crate::Side::Client => {
                        $client::decode_from(channel_type, id, reader).map(Self::Client)
                    }
                }
            }

            /// The sender.
            #[must_use]
            pub const fn side(&self) -> $crate::Side {
                match self {
                    Self::Server(_) => $crate::Side::Server,
                    Self::Client(_) => $crate::Side::Client,
                }
            }

            /// The type of the channel.
            #[must_use]
            pub const fn channel_type(&self) -> ChannelType {
                match self {
                    Self::Server(message) => message.channel_type(),
                    Self::Client(message) => message.channel_type(),
                }
            }
        }

        impl<'a> ::core::convert::From<$server<'a>> for $name<'a> {
            #[inline]
            fn from(message: $server<'a>) -> Self {
                Self::Server(message)
            }
        }

        impl<'a> ::core::convert::From<$client<'a>> for $name<'a> {
            #[inline]
            fn from(message: $client<'a>) -> Self {
                Self::Client(message)
            }
        }

        $crate::__impl_protocol_enum!($name { Server, Client });
    };
}

/// Implements the traits of an enum of enums of messages, and the methods that it passes on to them.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_protocol_enum {
    ($name:ident { $($variant:ident),* } $($unknown:ident $numbers:tt)?) => {
        impl $name<'_> {
            /// The message id.
            #[must_use]
            pub const fn id(&self) -> u16 {
                match self {
                    $(Self::$variant(message) => message.id(),)*
                    $(Self::$unknown { id, .. } => *id,)?
                }
            }

            /// The name with channel and side, such as `port.server.init`, if the message is known.
            #[must_use]
            pub const fn path(&self) -> ::core::option::Option<&'static str> {
                match self {
                    $(Self::$variant(message) => message.path(),)*
                    $(Self::$unknown { .. } => ::core::option::Option::None,)?
                }
            }
        }

        $crate::__impl_message_coding!($name { $($variant),* } $($numbers)?);
    };
}
