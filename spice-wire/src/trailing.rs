//! Bytes after a message.

use alloc::vec::Vec;

use crate::__private::{Sealed, Writer};
use crate::buffer::check_length;
use crate::{Bytes, ChannelMessage, Decode, Encode, Fd, IntoOwned, IoBody, Reader, Result};

/// A message and its trailing bytes: those after the last field and pointee.
///
/// Newer peers append fields that an older proto does not have, and spice-server sends a NUL after the text
/// of a `notify`. Decoding a message ignores such bytes. Decode and encode this struct to keep them.
///
/// ```
/// use spice_wire::{Decode, Encode, WithTrailing};
///
/// let body = [1, 0, 99];
/// let found: WithTrailing<'_, u16> = WithTrailing::decode(&body)?;
/// assert_eq!(found.message, 1);
/// assert_eq!(*found.trailing, [99]);
/// assert_eq!(found.encode_to_vec()?, body);
/// # Ok::<(), spice_wire::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct WithTrailing<'a, M> {
    /// The message.
    pub message: M,
    /// The bytes after the message.
    pub trailing: Bytes<'a>,
}

impl<'a, M> WithTrailing<'a, M> {
    /// A message that was read from a body, and the bytes after everything that was read.
    fn after(message: M, reader: &Reader<'a>) -> Self {
        Self {
            message,
            trailing: reader.trailing().into(),
        }
    }
}

impl<M> Sealed for WithTrailing<'_, M> {}

impl<'a, M: Decode<'a>> Decode<'a> for WithTrailing<'a, M> {
    fn decode_from(reader: &mut Reader<'a>) -> Result<Self> {
        let message = M::decode_from(reader)?;
        Ok(Self::after(message, reader))
    }
}

impl<M: Encode> Encode for WithTrailing<'_, M> {
    fn write<'v>(&'v self, writer: &mut Writer<'_, 'v>) -> Result<()> {
        self.message.write(writer)
    }

    fn write_pointees<'v>(&'v self, writer: &mut Writer<'_, 'v>) -> Result<()> {
        self.message.write_pointees(writer)
    }

    fn visit_fds(&self, visit: &mut dyn FnMut(&Fd<'_>)) {
        self.message.visit_fds(visit);
    }

    fn encode(&self, out: &mut Vec<u8>) -> Result<()> {
        let start = out.len();
        self.message.encode(out)?;
        out.extend_from_slice(&self.trailing);
        let length = out.len().saturating_sub(start);
        check_length(length).inspect_err(|_| out.truncate(start))
    }

    fn encode_io<'v>(&'v self, io: &mut IoBody<'v>) -> Result<()> {
        self.message.encode_io(io)?;
        io.copied.extend_from_slice(&self.trailing);
        check_length(io.len()).inspect_err(|_| io.clear())
    }
}

impl<'a, M: ChannelMessage<'a>> ChannelMessage<'a> for WithTrailing<'a, M> {
    const MESSAGES: &'static [(u16, &'static str)] = M::MESSAGES;

    fn decode_from(id: u16, reader: &mut Reader<'a>) -> Result<Self> {
        let message = M::decode_from(id, reader)?;
        Ok(Self::after(message, reader))
    }

    fn id(&self) -> u16 {
        self.message.id()
    }

    fn name(&self) -> Option<&'static str> {
        self.message.name()
    }

    fn path(&self) -> Option<&'static str> {
        self.message.path()
    }
}

impl<M: IntoOwned> IntoOwned for WithTrailing<'_, M> {
    type Owned = WithTrailing<'static, M::Owned>;

    fn into_owned(self) -> Self::Owned {
        WithTrailing {
            message: self.message.into_owned(),
            trailing: self.trailing.into_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::IoBody;
    use alloc::vec;

    #[test]
    fn trailing_bytes_follow_the_message_in_all_forms() {
        let payload = WithTrailing {
            message: Bytes::from(vec![1; IoBody::MIN_PAYLOAD]),
            trailing: Bytes::from([2, 3]),
        };
        let encoded = payload.encode_to_vec().unwrap();
        assert_eq!(encoded.len(), IoBody::MIN_PAYLOAD + 2);
        assert!(encoded.ends_with(&[1, 2, 3]));
        let mut body = IoBody::default();
        payload.encode_io(&mut body).unwrap();
        assert_eq!(body.borrowed().count(), 1);
        assert_eq!(body.slices().collect::<Vec<_>>().concat(), encoded);
        assert_eq!(payload.clone().into_owned(), payload);
    }

    #[test]
    fn message_without_trailing_bytes_is_encoded_as_it_is() {
        let found = <WithTrailing<'_, u16> as Decode<'_>>::decode(&[1, 0]).unwrap();
        assert!(found.trailing.is_empty());
        assert_eq!(found.encode_to_vec().unwrap(), [1, 0]);
    }
}
