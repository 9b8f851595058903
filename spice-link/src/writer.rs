//! From messages to bytes.

use alloc::vec::Vec;

use spice_messages::base;
use spice_wire::{ChannelMessage, Encode};

use crate::descriptors::{Descriptor, fields};
use crate::frame::{Frame, FrameError, HeaderFormat, RawMessage};
use crate::proto::types::{DataHeader, SubMessage, SubMessageList};

/// Puts headers before messages and appends both to a buffer of the caller.
///
/// ```
/// use spice_link::{FrameWriter, HeaderFormat};
/// use spice_messages::base::client::{AckSync, Message};
/// let mut writer = FrameWriter::new(HeaderFormat::Mini);
/// let mut out = Vec::new();
/// writer.message(&Message::AckSync(AckSync { generation: 7 }), &mut out).unwrap();
/// assert_eq!(out, [1, 0, 4, 0, 0, 0, 7, 0, 0, 0]);
/// ```
#[derive(Clone, Debug)]
pub struct FrameWriter {
    format: HeaderFormat,
    /// The serial of the last message.
    serial: u64,
}

impl FrameWriter {
    /// A writer for a new connection.
    #[must_use]
    pub const fn new(format: HeaderFormat) -> Self {
        Self { format, serial: 0 }
    }

    /// The number of the last message that was written; 0 if there was none.
    #[must_use]
    pub const fn serial(&self) -> u64 {
        self.serial
    }

    /// Appends a message. `out` is left as it was if there is an error.
    ///
    /// # Errors
    /// [`FrameError::Encode`] if parts of the message disagree; [`FrameError::Descriptors`] if it
    /// has descriptors.
    pub fn message<'m>(
        &mut self,
        message: &impl ChannelMessage<'m>,
        out: &mut Vec<u8>,
    ) -> Result<(), FrameError> {
        match fields(message) {
            0 => self.framed(message.id(), out, |out| encode(message, out)),
            _ => Err(FrameError::Descriptors),
        }
    }

    /// Appends a message and, behind it, one byte for each descriptor that is there. The descriptors
    /// that are to be attached to these bytes are added to `fds`.
    ///
    /// # Errors
    /// [`FrameError::Encode`] if parts of the message disagree; [`FrameError::NoDescriptor`] if the
    /// process can hold no more descriptors.
    pub fn message_with_fds<'m>(
        &mut self,
        message: &impl ChannelMessage<'m>,
        out: &mut Vec<u8>,
        fds: &mut Vec<Descriptor>,
    ) -> Result<(), FrameError> {
        let mut found = Vec::new();
        let mut lost = false;
        message.visit_fds(&mut |fd| {
            let owned = fd.clone().into_owned();
            match (fd.is_absent(), owned.is_absent()) {
                (true, _) => {}
                (false, false) => found.push(owned),
                (false, true) => lost = true,
            }
        });
        if lost {
            return Err(FrameError::NoDescriptor);
        }
        self.framed(message.id(), out, |out| encode(message, out))?;
        for fd in found {
            fds.push(Descriptor { at: out.len(), fd });
            out.push(0);
        }
        Ok(())
    }

    /// Appends a message whose body is encoded already.
    ///
    /// # Errors
    /// [`FrameError::TooLarge`] if the size does not fit in the header.
    pub fn raw(&mut self, id: u16, body: &[u8], out: &mut Vec<u8>) -> Result<(), FrameError> {
        self.framed(id, out, |out| {
            out.extend_from_slice(body);
            Ok(0)
        })
    }

    /// Appends a message that carries sub-messages, which are handled before it.
    ///
    /// # Errors
    /// [`FrameError::ShortHeader`] if the connection uses the short header; as
    /// [`FrameWriter::message`].
    pub fn message_with<'m>(
        &mut self,
        sub_messages: &[RawMessage<'_>],
        message: &impl ChannelMessage<'m>,
        out: &mut Vec<u8>,
    ) -> Result<(), FrameError> {
        if sub_messages.is_empty() {
            return self.message(message, out);
        }
        if self.format == HeaderFormat::Mini {
            return Err(FrameError::ShortHeader);
        }
        if fields(message) != 0 {
            return Err(FrameError::Descriptors);
        }
        self.framed(message.id(), out, |out| {
            let start = out.len();
            encode(message, out)?;
            // The list comes last, so that its place is never 0.
            let mut offsets = Vec::with_capacity(sub_messages.len());
            for sub_message in sub_messages {
                offsets.push(offset(start, out)?);
                append_sub_message(sub_message, out)?;
            }
            let place = offset(start, out)?;
            append_list(offsets, out)?;
            Ok(place)
        })
    }

    /// Appends base's `list`: sub-messages without a message that carries them.
    ///
    /// # Errors
    /// [`FrameError::TooManySubMessages`], or [`FrameError::TooLarge`] if the size does not fit in the
    /// header.
    pub fn list(
        &mut self,
        sub_messages: &[RawMessage<'_>],
        out: &mut Vec<u8>,
    ) -> Result<(), FrameError> {
        self.framed(base::server::id::LIST, out, |out| {
            let mut place = 2 + 4 * sub_messages.len();
            let mut offsets = Vec::with_capacity(sub_messages.len());
            for sub_message in sub_messages {
                offsets.push(checked(place, base::server::id::LIST)?);
                place = place
                    .saturating_add(6)
                    .saturating_add(sub_message.body.len());
            }
            append_list(offsets, out)?;
            for sub_message in sub_messages {
                append_sub_message(sub_message, out)?;
            }
            Ok(0)
        })
    }

    /// Appends a message that was read from another connection of the same header, with another body:
    /// serial and sub-messages stay as they are.
    ///
    /// # Errors
    /// [`FrameError::TooLarge`] if the size does not fit in the header.
    pub fn forward(
        &mut self,
        frame: &Frame<'_>,
        body: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), FrameError> {
        self.serial = frame.serial.wrapping_sub(1);
        self.framed(frame.id, out, |out| {
            out.extend_from_slice(body);
            Ok(frame.sub_list)
        })
    }

    /// Appends a header and what `body` appends; that also says where the sub-messages are.
    fn framed(
        &mut self,
        id: u16,
        out: &mut Vec<u8>,
        body: impl FnOnce(&mut Vec<u8>) -> Result<u32, FrameError>,
    ) -> Result<(), FrameError> {
        let start = out.len();
        let size_of_header = self.format.size();
        out.resize(start + size_of_header, 0);
        let written = body(out).and_then(|sub_list| {
            let size = out.len().saturating_sub(start + size_of_header);
            Ok((sub_list, checked(size, id)?))
        });
        let (sub_list, size) = written.inspect_err(|_| out.truncate(start))?;
        self.serial = self.serial.wrapping_add(1);
        let header = DataHeader {
            serial: self.serial,
            r#type: id,
            size,
            sub_list,
        };
        self.format.put(header, out, start);
        Ok(())
    }
}

/// A size or offset as it stands in a header.
fn checked(size: usize, id: u16) -> Result<u32, FrameError> {
    u32::try_from(size).map_err(|_| FrameError::TooLarge {
        id,
        size: size as u64,
        limit: u32::MAX,
    })
}

fn offset(start: usize, out: &[u8]) -> Result<u32, FrameError> {
    checked(out.len().saturating_sub(start), 0)
}

fn encode(body: &impl Encode, out: &mut Vec<u8>) -> Result<u32, FrameError> {
    body.encode(out).map_err(FrameError::Encode)?;
    Ok(0)
}

fn append_sub_message(message: &RawMessage<'_>, out: &mut Vec<u8>) -> Result<(), FrameError> {
    let part = SubMessage {
        r#type: message.id,
        data: message.body.into(),
    };
    part.encode(out).map_err(FrameError::Encode)
}

fn append_list(offsets: Vec<u32>, out: &mut Vec<u8>) -> Result<(), FrameError> {
    let count = offsets.len();
    let list = SubMessageList {
        offsets: offsets.into(),
    };
    list.encode(out)
        .map_err(|_| FrameError::TooManySubMessages { count })
}
