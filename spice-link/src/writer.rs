//! Writing frames into a buffer.

use alloc::vec::Vec;

use spice_messages::base::server::id::LIST;
use spice_wire::__private::FixedSize;
use spice_wire::{ChannelMessage, Encode, Side};

use crate::descriptors::{Descriptor, count_fields, fd_bytes};
use crate::frame::Frame;
use crate::frame_error::FrameError;
use crate::header::HeaderFormat;
use crate::proto::types::{DataHeader, MiniDataHeader, SubMessage, SubMessageList};
use crate::raw_message::RawMessage;
use crate::size_limits;

/// Appends messages with their headers to a buffer of the caller.
///
/// If a method returns an error, the buffer and the serial are unchanged.
///
/// ```
/// use spice_link::{FrameWriter, HeaderFormat};
/// use spice_messages::base::client::{AckSync, Message};
/// let mut writer = FrameWriter::new(HeaderFormat::Mini);
/// let mut out = Vec::new();
/// writer.message(&Message::AckSync(AckSync { generation: 7 }), &mut out).unwrap();
/// assert_eq!(out, [1, 0, 4, 0, 0, 0, 7, 0, 0, 0]);
/// ```
///
/// A program that passes messages on writes the frames that it has read. This keeps all bytes,
/// including those after the fields that this version of the protocol knows:
///
/// ```
/// use spice_link::{FrameReader, FrameWriter, HeaderFormat};
/// use spice_messages::wire::Side;
/// let mut reader = FrameReader::new(Side::Client, HeaderFormat::Mini);
/// let mut writer = FrameWriter::new(HeaderFormat::Mini);
/// let received = [1, 0, 5, 0, 0, 0, 7, 0, 0, 0, 99];
/// reader.push(&received);
/// let mut out = Vec::new();
/// while let Some(frame) = reader.next_frame().unwrap() {
///     writer.forward(&frame, &mut out).unwrap();
/// }
/// assert_eq!(out, received);
/// ```
#[derive(Clone, Debug)]
pub struct FrameWriter {
    format: HeaderFormat,
    /// Serial of the last message.
    serial: u64,
}

impl FrameWriter {
    /// Creates a writer for a new connection.
    #[must_use]
    pub const fn new(format: HeaderFormat) -> Self {
        Self { format, serial: 0 }
    }

    /// Returns the serial of the last message; 0 if there was none.
    #[must_use]
    pub const fn serial(&self) -> u64 {
        self.serial
    }

    /// Appends a message without descriptors.
    ///
    /// To write trailing bytes after the fields, as spice-server does after the text of a `notify`,
    /// pass a [`WithTrailing`](spice_wire::WithTrailing).
    ///
    /// # Errors
    /// Returns [`FrameError::Encode`] if fields of the message contradict each other,
    /// [`FrameError::Descriptors`] if the message has descriptor fields, and
    /// [`FrameError::PeerLimit`] if spice-server would disconnect a client that sends the message.
    pub fn message<'m>(
        &mut self,
        message: &impl ChannelMessage<'m>,
        out: &mut Vec<u8>,
    ) -> Result<(), FrameError> {
        self.message_with(&[], message, out)
    }

    /// Appends a message that may have descriptors, and one byte for each.
    ///
    /// The descriptors are appended to `fds`. Each must be sent attached to the byte at
    /// [`Descriptor::at`] of `out`. The byte of an absent descriptor is sent without one.
    ///
    /// # Errors
    /// Returns [`FrameError::NoFormat`] if a scanout has a descriptor and no format,
    /// [`FrameError::NoDescriptor`] if a descriptor cannot be duplicated, and otherwise the errors
    /// of [`FrameWriter::message`].
    pub fn message_with_fds<'m>(
        &mut self,
        message: &impl ChannelMessage<'m>,
        out: &mut Vec<u8>,
        fds: &mut Vec<Descriptor>,
    ) -> Result<(), FrameError> {
        let mut fields = Vec::new();
        let mut failed = false;
        message.visit_fds(&mut |fd| {
            let owned = fd.clone().into_owned();
            failed |= owned.is_absent() && !fd.is_absent();
            fields.push(owned);
        });
        if failed {
            return Err(FrameError::NoDescriptor);
        }
        let mut count = 0;
        self.frame(message.id(), out, |out| {
            let start = out.len();
            encode_body(message, out)?;
            count = fd_bytes(message, out.get(start..).unwrap_or_default());
            if fields.iter().skip(count).all(|fd| fd.is_absent()) {
                Ok(0)
            } else {
                Err(FrameError::NoFormat)
            }
        })?;
        for fd in fields.into_iter().take(count) {
            if !fd.is_absent() {
                fds.push(Descriptor { at: out.len(), fd });
            }
            out.push(0);
        }
        Ok(())
    }

    /// Appends a message whose body is already encoded.
    ///
    /// # Errors
    /// Returns [`FrameError::TooLarge`] if the header cannot hold the size.
    pub fn raw(&mut self, id: u16, body: &[u8], out: &mut Vec<u8>) -> Result<(), FrameError> {
        self.frame(id, out, |out| {
            out.extend_from_slice(body);
            Ok(0)
        })
    }

    /// Appends a message that carries sub-messages. The receiver handles the sub-messages first.
    ///
    /// # Errors
    /// Returns [`FrameError::ShortHeader`] if the connection uses mini headers and there are
    /// sub-messages, and otherwise the errors of [`FrameWriter::message`].
    pub fn message_with<'m>(
        &mut self,
        sub_messages: &[RawMessage<'_>],
        message: &impl ChannelMessage<'m>,
        out: &mut Vec<u8>,
    ) -> Result<(), FrameError> {
        if !sub_messages.is_empty() && self.format == HeaderFormat::Mini {
            return Err(FrameError::ShortHeader);
        }
        if count_fields(message) != 0 {
            return Err(FrameError::Descriptors);
        }
        self.frame(message.id(), out, |out| {
            let start = out.len();
            encode_body(message, out)?;
            if sub_messages.is_empty() {
                return Ok(0);
            }
            let offset = |out: &Vec<u8>| to_u32(out.len().saturating_sub(start), message.id());
            let mut offsets = Vec::with_capacity(sub_messages.len());
            for sub_message in sub_messages {
                offsets.push(offset(out)?);
                append_sub_message(sub_message, out)?;
            }
            // The offset of the list must not be 0, so the list comes last.
            let list = offset(out)?;
            append_list(offsets, out)?;
            Ok(list)
        })
    }

    /// Appends base's `list`: sub-messages without a message that carries them.
    ///
    /// # Errors
    /// Returns [`FrameError::TooManySubMessages`], or [`FrameError::TooLarge`] if the header cannot
    /// hold the size.
    pub fn list(
        &mut self,
        sub_messages: &[RawMessage<'_>],
        out: &mut Vec<u8>,
    ) -> Result<(), FrameError> {
        self.frame(LIST, out, |out| {
            let mut offset = 2 + 4 * sub_messages.len();
            let mut offsets = Vec::with_capacity(sub_messages.len());
            for sub_message in sub_messages {
                offsets.push(to_u32(offset, LIST)?);
                offset = offset
                    .saturating_add(MiniDataHeader::SIZE)
                    .saturating_add(sub_message.body.len());
            }
            append_list(offsets, out)?;
            for sub_message in sub_messages {
                append_sub_message(sub_message, out)?;
            }
            Ok(0)
        })
    }

    /// Appends a frame read from another connection, without changes.
    ///
    /// If both connections have the same header format, appends exactly the received bytes.
    ///
    /// # Errors
    /// Returns [`FrameError::Descriptors`] if the frame has descriptors, and
    /// [`FrameError::ShortHeader`] if it has sub-messages that a mini header cannot locate.
    pub fn forward(&mut self, frame: &Frame, out: &mut Vec<u8>) -> Result<(), FrameError> {
        self.forward_with(frame, frame.body(), out)
    }

    /// Appends a frame read from another connection, with another body.
    ///
    /// Keeps the serial and the offset of the sub-message list.
    ///
    /// # Errors
    /// See [`FrameWriter::forward`]. Returns [`FrameError::TooLarge`] if the header cannot hold the
    /// size.
    pub fn forward_with(
        &mut self,
        frame: &Frame,
        body: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), FrameError> {
        match frame.fd_bytes() {
            0 => self.forward_body(frame, body, out),
            _ => Err(FrameError::Descriptors),
        }
    }

    /// Appends a frame that may have descriptors, without changes.
    ///
    /// The descriptors are appended to `fds`, as [`FrameWriter::message_with_fds`] does.
    ///
    /// # Errors
    /// Returns [`FrameError::ShortHeader`] if the frame has sub-messages that a mini header cannot
    /// locate.
    pub fn forward_with_fds(
        &mut self,
        frame: &Frame,
        out: &mut Vec<u8>,
        fds: &mut Vec<Descriptor>,
    ) -> Result<(), FrameError> {
        self.forward_body(frame, frame.body(), out)?;
        let start = out.len();
        out.resize(start.saturating_add(frame.fd_bytes()), 0);
        let received = frame.fds().iter().zip(start..);
        fds.extend(received.map(|(fd, at)| Descriptor { at, fd }));
        Ok(())
    }

    fn forward_body(
        &mut self,
        frame: &Frame,
        body: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), FrameError> {
        let has_list = frame.sub_list != 0 && frame.sender == Side::Server;
        if has_list && self.format == HeaderFormat::Mini {
            return Err(FrameError::ShortHeader);
        }
        let mut writer = Self {
            format: self.format,
            serial: frame.serial.wrapping_sub(1),
        };
        writer.frame(frame.id, out, |out| {
            out.extend_from_slice(body);
            Ok(frame.sub_list)
        })?;
        *self = writer;
        Ok(())
    }

    /// Appends a header and the body that `append_body` writes.
    ///
    /// `append_body` returns the offset of the sub-message list in the body.
    fn frame(
        &mut self,
        id: u16,
        out: &mut Vec<u8>,
        append_body: impl FnOnce(&mut Vec<u8>) -> Result<u32, FrameError>,
    ) -> Result<(), FrameError> {
        let start = out.len();
        let body_start = start + self.format.size();
        out.resize(body_start, 0);
        let appended = append_body(out).and_then(|sub_list| {
            let size = to_u32(out.len().saturating_sub(body_start), id)?;
            Ok((sub_list, size))
        });
        let (sub_list, size) = appended.inspect_err(|_| out.truncate(start))?;
        self.serial = self.serial.wrapping_add(1);
        let header = DataHeader {
            serial: self.serial,
            r#type: id,
            size,
            sub_list,
        };
        self.format.write(header, out, start);
        Ok(())
    }
}

/// Converts a size or an offset in message `id` to the type that it has in headers.
fn to_u32(size: usize, id: u16) -> Result<u32, FrameError> {
    u32::try_from(size).map_err(|_| FrameError::TooLarge {
        id,
        size: size as u64,
        limit: u32::MAX,
    })
}

fn encode_body<'m>(message: &impl ChannelMessage<'m>, out: &mut Vec<u8>) -> Result<(), FrameError> {
    let start = out.len();
    message.encode(out).map_err(FrameError::Encode)?;
    size_limits::check(message.path(), out.len().saturating_sub(start))
}

fn append_sub_message(message: &RawMessage<'_>, out: &mut Vec<u8>) -> Result<(), FrameError> {
    let sub_message = SubMessage {
        r#type: message.id,
        data: message.body.into(),
    };
    sub_message.encode(out).map_err(FrameError::Encode)
}

fn append_list(offsets: Vec<u32>, out: &mut Vec<u8>) -> Result<(), FrameError> {
    let count = offsets.len();
    let list = SubMessageList {
        offsets: offsets.into(),
    };
    list.encode(out)
        .map_err(|_| FrameError::TooManySubMessages { count })
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use spice_messages::display::server::{GlScanoutUnix, Message};

    use super::*;

    #[test]
    fn list_of_too_many_sub_messages_is_an_error() {
        let many = vec![RawMessage::new(1, &[]); 65_536];
        let mut writer = FrameWriter::new(HeaderFormat::Mini);
        let mut out = vec![9];
        let error = writer.list(&many, &mut out).unwrap_err();
        assert_eq!(error, FrameError::TooManySubMessages { count: 65_536 });
        assert_eq!((out, writer.serial()), (vec![9], 0));
        assert!(writer.list(&many[1..], &mut Vec::new()).is_ok());
    }

    fn scanout(drm_fourcc_format: u32) -> Message<'static> {
        Message::GlScanoutUnix(GlScanoutUnix {
            drm_fourcc_format,
            ..GlScanoutUnix::default()
        })
    }

    #[test]
    fn message_with_descriptor_fields_needs_message_with_fds() {
        let scanout = scanout(0);
        let mut writer = FrameWriter::new(HeaderFormat::Full);
        let mut out = Vec::new();
        let error = writer.message(&scanout, &mut out);
        assert_eq!(error, Err(FrameError::Descriptors));
        let sub_messages = [RawMessage::new(1, &[])];
        let error = writer.message_with(&sub_messages, &scanout, &mut out);
        assert_eq!(error, Err(FrameError::Descriptors));
        assert!(out.is_empty());
        let mut fds = Vec::new();
        writer
            .message_with_fds(&scanout, &mut out, &mut fds)
            .unwrap();
        assert!(fds.is_empty());
    }

    #[test]
    fn byte_for_a_descriptor_follows_exactly_if_the_scanout_has_a_format() {
        for (format, bytes) in [(0, 0), (0x3432_5258, 1)] {
            let mut writer = FrameWriter::new(HeaderFormat::Mini);
            let (mut out, mut fds) = (Vec::new(), Vec::new());
            let message = scanout(format);
            writer
                .message_with_fds(&message, &mut out, &mut fds)
                .unwrap();
            assert_eq!((out.len(), fds.len()), (6 + 20 + bytes, 0));
        }
    }

    #[cfg(all(unix, feature = "std"))]
    #[test]
    fn scanout_with_a_descriptor_and_no_format_is_refused() {
        use std::os::fd::{AsFd, OwnedFd};
        use std::os::unix::net::UnixStream;

        let fd = OwnedFd::from(UnixStream::pair().unwrap().0);
        let message = Message::GlScanoutUnix(GlScanoutUnix {
            drm_dma_buf_fd: fd.as_fd().into(),
            ..GlScanoutUnix::default()
        });
        let mut writer = FrameWriter::new(HeaderFormat::Mini);
        let (mut out, mut fds) = (vec![9], Vec::new());
        let error = writer.message_with_fds(&message, &mut out, &mut fds);
        assert_eq!(error, Err(FrameError::NoFormat));
        assert_eq!((out, fds.len(), writer.serial()), (vec![9], 0, 0));
    }
}
