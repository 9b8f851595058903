//! Descriptors, which travel beside the bytes.
//!
//! Over a Unix socket a peer sends, behind the body of a message, one zero byte for each descriptor,
//! with the descriptor attached to it.

use spice_messages::display::server::Message;
use spice_wire::{Encode, Fd};

/// More descriptors than this never wait to be taken; no message has more than a few.
pub(crate) const MAX_WAITING: usize = 64;

/// A descriptor that is to be sent.
#[derive(Clone, Debug)]
pub struct Descriptor {
    /// Which byte of the output it is attached to.
    pub at: usize,
    /// The descriptor.
    pub fd: Fd<'static>,
}

/// How many descriptors follow a message that the server sends on a display channel, the only kind of
/// channel that has any. A `gl_scanout_unix` without a format is without a descriptor.
///
/// ```
/// use spice_link::{FrameReader, HeaderFormat, display_descriptors};
/// use spice_messages::wire::Side;
/// let reader = FrameReader::new(Side::Server, HeaderFormat::Mini)
///     .with_descriptors(display_descriptors);
/// ```
#[must_use]
pub fn display_descriptors(id: u16, body: &[u8]) -> usize {
    match Message::decode(id, body) {
        Ok(Message::GlScanoutUnix(scanout)) if scanout.drm_fourcc_format == 0 => 0,
        Ok(message) => fields(&message),
        Err(_) => 0,
    }
}

/// How many descriptor fields there are.
pub(crate) fn fields(message: &impl Encode) -> usize {
    let mut fields = 0;
    message.visit_fds(&mut |_| fields += 1);
    fields
}
