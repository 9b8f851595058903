//! Sizes that spice-server accepts from clients, although the protocol has no such limits.

use crate::frame_error::FrameError;

/// Maximum number of bytes in an `agent_data` of a client.
///
/// spice-server disconnects a client that sends more. Split the agent's stream into parts of at most
/// this length. Each part uses one token.
///
/// ```
/// use spice_link::{FrameWriter, HeaderFormat, MAX_AGENT_DATA};
/// use spice_messages::{main::client::Message, types::Data};
/// let mut writer = FrameWriter::new(HeaderFormat::Mini);
/// let mut out = Vec::new();
/// let stream = [7; 5000];
/// for part in stream.chunks(MAX_AGENT_DATA) {
///     writer.message(&Message::AgentData(Data { data: part.into() }), &mut out)?;
/// }
/// let whole = Message::AgentData(Data { data: stream[..].into() });
/// let error = writer.message(&whole, &mut out).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "main.client.agent_data has 5000 bytes: \
///      spice-server disconnects clients that send more than 2048",
/// );
/// # Ok::<(), spice_link::FrameError>(())
/// ```
pub const MAX_AGENT_DATA: usize = 2048;

/// The limits, by the path of a message: the messages whose length a client chooses.
const LIMITS: [(&str, usize); 3] = [
    ("main.client.agent_data", MAX_AGENT_DATA),
    ("inputs.client.key_scancode", 2048),
    ("display.client.preferred_video_codec_type", 1024),
];

/// Checks the size of the body of a message.
pub(crate) fn check(path: Option<&str>, size: usize) -> Result<(), FrameError> {
    let found = LIMITS.iter().find(|(message, _)| Some(*message) == path);
    match found {
        Some(&(message, limit)) if size > limit => Err(FrameError::PeerLimit {
            message,
            size,
            limit,
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use spice_messages::{display, inputs, main};

    use super::*;

    #[test]
    fn limited_messages_exist_in_the_protocol() {
        use display::client::Message::PreferredVideoCodecType;
        let video = display::client::PreferredVideoCodecType::default();
        let paths = [
            main::client::Message::AgentData(Default::default()).path(),
            inputs::client::Message::KeyScancode(Default::default()).path(),
            PreferredVideoCodecType(video).path(),
        ];
        let limited = LIMITS.map(|(message, _)| Some(message));
        assert_eq!(limited, paths);
    }

    #[test]
    fn size_above_the_limit_is_an_error() {
        for (message, limit) in LIMITS {
            assert_eq!(check(Some(message), limit), Ok(()));
            let size = limit + 1;
            let error = FrameError::PeerLimit {
                message,
                size,
                limit,
            };
            assert_eq!(check(Some(message), size), Err(error));
        }
        assert_eq!(check(Some("main.server.agent_data"), 1 << 20), Ok(()));
        assert_eq!(check(None, 1 << 20), Ok(()));
    }
}
