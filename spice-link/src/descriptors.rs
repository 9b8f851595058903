//! File descriptors that accompany messages.
//!
//! Over a Unix socket a peer sends one zero byte per descriptor after the body of a message. The
//! descriptor is attached to that byte. The message determines the number of bytes, also if a
//! descriptor is absent.

use spice_messages::display;
use spice_messages::display::server::Message;
use spice_messages::display::server::id::{GL_SCANOUT_UNIX, GL_SCANOUT2_UNIX};
use spice_wire::{Channel, ChannelMessage, Encode, Fd, Side};

/// Limit on descriptors that wait for their message. A message has only a few.
pub(crate) const MAX_WAITING: usize = 64;

/// A descriptor to send.
#[derive(Clone, Debug)]
pub struct Descriptor {
    /// Offset in the output of the byte to attach the descriptor to.
    pub at: usize,
    /// The descriptor.
    pub fd: Fd<'static>,
}

/// Returns the number of bytes for descriptors that follow a message of the server on a display
/// channel, the only type of channel whose messages have any.
///
/// A `gl_scanout_unix` has a descriptor exactly if its `drm_fourcc_format` is not 0.
/// [`FrameWriter::message_with_fds`](crate::FrameWriter::message_with_fds) follows the same rule.
/// Pass this function to
/// [`FrameReader::with_descriptors`](crate::FrameReader::with_descriptors):
///
/// ```
/// use spice_link::{FrameReader, HeaderFormat, display_descriptors};
/// use spice_messages::wire::Side;
/// let reader = FrameReader::new(Side::Server, HeaderFormat::Mini)
///     .with_descriptors(display_descriptors);
/// ```
#[must_use]
pub fn display_descriptors(id: u16, body: &[u8]) -> usize {
    // Decoding every message would take time.
    if !matches!(id, GL_SCANOUT_UNIX | GL_SCANOUT2_UNIX) {
        return 0;
    }
    match Message::decode(id, body) {
        Ok(Message::GlScanoutUnix(scanout)) if scanout.drm_fourcc_format == 0 => 0,
        Ok(message) => count_fields(&message),
        Err(_) => 0,
    }
}

/// Returns the number of bytes for descriptors that follow a message with this body.
///
/// Outside of the display channel, in your own protocols, each descriptor field has one.
pub(crate) fn fd_bytes<'m>(message: &impl ChannelMessage<'m>, body: &[u8]) -> usize {
    match message.path() {
        Some(path) if is_sent_on::<display::Channel>(path, Side::Server) => {
            display_descriptors(message.id(), body)
        }
        _ => count_fields(message),
    }
}

/// Returns whether a path such as `display.server.mark` names a message of this channel and side.
fn is_sent_on<C: Channel>(path: &str, side: Side) -> bool {
    let mut names = path.split('.');
    names.next() == Some(C::NAME) && names.next() == Some(side.name())
}

/// Returns the number of descriptor fields of a message.
pub(crate) fn count_fields(message: &impl Encode) -> usize {
    let mut count = 0;
    message.visit_fds(&mut |_| count += 1);
    count
}

#[cfg(test)]
mod tests {
    use spice_messages::display::server::GlScanoutUnix;
    use spice_messages::types::Empty;

    use super::*;

    fn count(message: &Message<'_>) -> usize {
        display_descriptors(message.id(), &message.encode_to_vec().unwrap())
    }

    #[test]
    fn scanout_has_a_descriptor_if_it_has_a_format() {
        let scanout = |drm_fourcc_format| {
            Message::GlScanoutUnix(GlScanoutUnix {
                drm_fourcc_format,
                ..GlScanoutUnix::default()
            })
        };
        assert_eq!(count(&scanout(0x3432_5258)), 1);
        assert_eq!(count(&scanout(0)), 0);
        assert_eq!(count_fields(&scanout(0)), 1);
    }

    #[test]
    fn other_messages_have_no_descriptor() {
        assert_eq!(count(&Message::Mark(Empty {})), 0);
    }

    #[test]
    fn invalid_message_has_no_descriptor() {
        let id = Message::GlScanoutUnix(GlScanoutUnix::default()).id();
        assert_eq!(display_descriptors(id, &[1]), 0);
    }
}
