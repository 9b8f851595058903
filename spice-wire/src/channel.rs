//! Channels as types, and inheritance between them.

use core::fmt;

use crate::__private::Sealed;
use crate::{Encode, Fds, Reader, Result};

/// The sender of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// The server.
    Server,
    /// The client.
    Client,
}

impl Side {
    /// `server` or `client`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
        }
    }
}

/// `server` or `client`.
impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The enum of all messages that one side sends on a channel.
pub trait ChannelMessage<'a>: Encode + Sized {
    /// The ids and names of all messages, inherited ones included, in the order of the ids.
    const MESSAGES: &'static [(u16, &'static str)];

    /// Decodes the message with this id and advances the reader past it. A message with an unknown id becomes
    /// the variant `Unknown`, which keeps the body.
    ///
    /// # Errors
    /// Returns the first field that is invalid and its byte.
    fn decode_from(id: u16, reader: &mut Reader<'a>) -> Result<Self>;

    /// Decodes the message with this id. Trailing bytes are ignored.
    ///
    /// # Errors
    /// Returns the first field that is invalid and its byte.
    fn decode(id: u16, body: &'a [u8]) -> Result<Self> {
        Self::decode_with_fds(id, body, Fds::none())
    }

    /// Decodes the message with this id, which arrived with descriptors. Trailing bytes are ignored.
    ///
    /// # Errors
    /// Returns the first field that is invalid and its byte.
    fn decode_with_fds(id: u16, body: &'a [u8], fds: Fds<'a>) -> Result<Self> {
        Self::decode_from(id, &mut Reader::with_fds(body, fds))
    }

    /// The message id.
    fn id(&self) -> u16;

    /// The name in the proto, if the message is known.
    fn name(&self) -> Option<&'static str>;

    /// The name with channel and side, such as `port.server.init`, if the message is known.
    fn path(&self) -> Option<&'static str>;
}

/// A channel, as a type parameter for code that is generic over channels.
pub trait Channel: Sealed {
    /// Name.
    const NAME: &'static str;
    /// Number of the channel's type on the wire; `None` for a channel that is only a parent of others.
    const CHANNEL_TYPE: Option<u8>;
    /// The messages of the server.
    type Server<'a>: ChannelMessage<'a>;
    /// The messages of the client.
    type Client<'a>: ChannelMessage<'a>;
}

/// A channel that inherits the messages of `Parent`.
///
/// `Parent` may be any ancestor, or the channel itself.
pub trait DerivedFrom<Parent: Channel>: Channel {
    /// Converts a server message of the parent.
    fn server_from(message: Parent::Server<'_>) -> Self::Server<'_>;
    /// Converts a client message of the parent.
    fn client_from(message: Parent::Client<'_>) -> Self::Client<'_>;
    /// Converts a server message to one of the parent, or returns it if the parent does not have it.
    fn server_into(message: Self::Server<'_>) -> Result<Parent::Server<'_>, Self::Server<'_>>;
    /// Converts a client message to one of the parent, or returns it if the parent does not have it.
    fn client_into(message: Self::Client<'_>) -> Result<Parent::Client<'_>, Self::Client<'_>>;
}

impl<C: Channel> DerivedFrom<C> for C {
    #[inline]
    fn server_from(message: C::Server<'_>) -> C::Server<'_> {
        message
    }

    #[inline]
    fn client_from(message: C::Client<'_>) -> C::Client<'_> {
        message
    }

    #[inline]
    fn server_into(message: C::Server<'_>) -> Result<C::Server<'_>, C::Server<'_>> {
        Ok(message)
    }

    #[inline]
    fn client_into(message: C::Client<'_>) -> Result<C::Client<'_>, C::Client<'_>> {
        Ok(message)
    }
}

/// Lets `Channel` implement the trait of the same name.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_channel {
    () => {
        #[doc(hidden)]
        impl $crate::__private::Sealed for Channel {}
    };
}

/// Implements `DerivedFrom` an ancestor by way of the parent. The types are written as projections because the
/// lifetimes of the trait's functions are early bound.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_derived_from {
    (super::$ancestor:ident, by super::$parent:ident) => {
        $crate::__impl_derived_from!(
            super::$ancestor::Channel,
            super::$parent::Channel,
            Server super::$parent::server server_from server_into,
            Client super::$parent::client client_from client_into
        );
    };
    ($Ancestor:path, $Parent:path, $(
        $Side:ident super::$parent:ident::$side:ident $from:ident $into:ident
    ),*) => {
        impl $crate::DerivedFrom<$Ancestor> for Channel { $(
            #[inline]
            fn $from(
                message: <$Ancestor as $crate::Channel>::$Side<'_>,
            ) -> <Self as $crate::Channel>::$Side<'_> {
                ::core::convert::Into::into(
                    <$Parent as $crate::DerivedFrom<$Ancestor>>::$from(message),
                )
            }

            #[inline]
            fn $into(
                message: <Self as $crate::Channel>::$Side<'_>,
            ) -> $crate::Result<
                <$Ancestor as $crate::Channel>::$Side<'_>,
                <Self as $crate::Channel>::$Side<'_>,
            > {
                let message: super::$parent::$side::Message<'_> =
                    ::core::convert::TryFrom::try_from(message)?;
                <$Parent as $crate::DerivedFrom<$Ancestor>>::$into(message)
                    .map_err(::core::convert::Into::into)
            }
        )* }
    };
}
