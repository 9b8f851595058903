//! Channels as types, and how one is derived from another.

use crate::error::Error;
use crate::fd::Fds;
use crate::traits::Encode;

/// Who sends a message.
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

/// All that one side can send on a channel: an enum of messages.
pub trait ChannelMessage<'a>: Encode + Sized {
    /// Decodes the message with this id. An id that the channel does not have gives the variant
    /// `Unknown`, which keeps the body.
    ///
    /// # Errors
    /// Where and why the body is not that message.
    fn decode_with_fds(id: u16, body: &'a [u8], fds: Fds<'a>) -> Result<Self, Error>;

    /// The same for a body that came without descriptors.
    ///
    /// # Errors
    /// Where and why the body is not that message.
    fn decode(id: u16, body: &'a [u8]) -> Result<Self, Error> {
        Self::decode_with_fds(id, body, Fds::none())
    }

    /// The id of the message.
    fn id(&self) -> u16;

    /// The message's name; `None` if it is unknown.
    fn name(&self) -> Option<&'static str>;

    /// Channel, sender and name of the message (`port.server.init`); `None` if it is unknown.
    fn path(&self) -> Option<&'static str>;
}

/// A channel: what its two sides can send.
pub trait Channel {
    /// Its name.
    const NAME: &'static str;
    /// Its number in the protocol, if it is one of the protocol's channels and not only a parent.
    const CHANNEL_TYPE: Option<u8>;
    /// What the server sends.
    type Server<'a>: ChannelMessage<'a>;
    /// What the client sends.
    type Client<'a>: ChannelMessage<'a>;
}

/// A channel that has all messages of `Parent` at the same ids: `Parent` itself, and each channel
/// that is derived from it, however many levels down.
pub trait DerivedFrom<Parent: Channel>: Channel {
    /// A server's message of the parent as one of this channel.
    fn server_from(message: Parent::Server<'_>) -> Self::Server<'_>;
    /// A client's message of the parent as one of this channel.
    fn client_from(message: Parent::Client<'_>) -> Self::Client<'_>;
    /// A server's message as one of the parent, if the parent has it.
    ///
    /// # Errors
    /// The message itself, if only this channel has it.
    fn server_into(message: Self::Server<'_>) -> Result<Parent::Server<'_>, Self::Server<'_>>;
    /// A client's message as one of the parent, if the parent has it.
    ///
    /// # Errors
    /// The message itself, if only this channel has it.
    fn client_into(message: Self::Client<'_>) -> Result<Parent::Client<'_>, Self::Client<'_>>;
}

/// A channel is derived from itself. Used by generated code.
#[doc(hidden)]
#[macro_export]
macro_rules! impl_channel_of_itself {
    () => {
        impl $crate::DerivedFrom<Channel> for Channel {
            #[inline]
            fn server_from(
                message: <Self as $crate::Channel>::Server<'_>,
            ) -> <Self as $crate::Channel>::Server<'_> {
                message
            }

            #[inline]
            fn client_from(
                message: <Self as $crate::Channel>::Client<'_>,
            ) -> <Self as $crate::Channel>::Client<'_> {
                message
            }

            #[inline]
            fn server_into(
                message: <Self as $crate::Channel>::Server<'_>,
            ) -> $crate::Result<
                <Self as $crate::Channel>::Server<'_>,
                <Self as $crate::Channel>::Server<'_>,
            > {
                Ok(message)
            }

            #[inline]
            fn client_into(
                message: <Self as $crate::Channel>::Client<'_>,
            ) -> $crate::Result<
                <Self as $crate::Channel>::Client<'_>,
                <Self as $crate::Channel>::Client<'_>,
            > {
                Ok(message)
            }
        }
    };
}

/// A channel is derived from an ancestor by way of its parent. Used by generated code.
#[doc(hidden)]
#[macro_export]
macro_rules! impl_derived_from {
    (super::$ancestor:ident, by super::$parent:ident) => {
        impl $crate::DerivedFrom<super::$ancestor::Channel> for Channel {
            #[inline]
            fn server_from(
                message: <super::$ancestor::Channel as $crate::Channel>::Server<'_>,
            ) -> <Self as $crate::Channel>::Server<'_> {
                <super::$parent::Channel as $crate::DerivedFrom<super::$ancestor::Channel>>::server_from(
                    message,
                )
                .into()
            }

            #[inline]
            fn client_from(
                message: <super::$ancestor::Channel as $crate::Channel>::Client<'_>,
            ) -> <Self as $crate::Channel>::Client<'_> {
                <super::$parent::Channel as $crate::DerivedFrom<super::$ancestor::Channel>>::client_from(
                    message,
                )
                .into()
            }

            #[inline]
            fn server_into(
                message: <Self as $crate::Channel>::Server<'_>,
            ) -> $crate::Result<
                <super::$ancestor::Channel as $crate::Channel>::Server<'_>,
                <Self as $crate::Channel>::Server<'_>,
            > {
                let message = super::$parent::server::Message::try_from(message)?;
                <super::$parent::Channel as $crate::DerivedFrom<super::$ancestor::Channel>>::server_into(
                    message,
                )
                .map_err(Into::into)
            }

            #[inline]
            fn client_into(
                message: <Self as $crate::Channel>::Client<'_>,
            ) -> $crate::Result<
                <super::$ancestor::Channel as $crate::Channel>::Client<'_>,
                <Self as $crate::Channel>::Client<'_>,
            > {
                let message = super::$parent::client::Message::try_from(message)?;
                <super::$parent::Channel as $crate::DerivedFrom<super::$ancestor::Channel>>::client_into(
                    message,
                )
                .map_err(Into::into)
            }
        }
    };
}
