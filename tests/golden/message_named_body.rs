// `types` of message_named_body.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// The volume of each channel.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `uint8 num_channels` |
    /// | 1 | `uint16 volume[num_channels]` |
    #[doc(alias = "RoomMsgVolume")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Volume<'a> {
        /// `uint16 volume[num_channels]` on the wire.
        pub volume: wire::List<'a, u16>,
    }
    wire::impl_body!(Volume<'_> { volume });
    impl<'a> wire::Decode<'a> for Volume<'a> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 1] = reader.segment(&[(1, "num_channels")])?;
            let num_channels = u8::get(segment, 0);
            let volume = reader.list(u64::from(num_channels), "volume")?;
            Ok(Self { volume })
        }
    }
    impl wire::Encode for Volume<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            let num_channels: u8 = writer.count(self.volume.len(), "num_channels")?;
            writer.segment(|segment: &mut [u8; 1]| num_channels.put(segment, 0))?;
            writer.field(&self.volume, "volume")
        }
    }
}
// `speaker::server` of message_named_body.proto

    /// Messages from the server on `SpeakerChannel`.
    pub mod server {
        use super::super::__wire::{self as wire, prelude::*};
        #[doc(no_inline)]
        pub use super::super::types::Volume;
        /// Any message from the server on `SpeakerChannel`.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Message<'a> {
            /// `volume` in the proto.
            ///
            /// Message 1 (`ROOM_MSG_SPEAKER_VOLUME`) from the server on `SpeakerChannel`.
            #[doc(alias("1", "ROOM_MSG_SPEAKER_VOLUME"))]
            Volume(super::super::types::Volume<'a>),
            /// `maximum` in the proto.
            ///
            /// Message 101 (`ROOM_MSG_SPEAKER_MAXIMUM`) from the server on `SpeakerChannel`.
            #[doc(alias("101", "ROOM_MSG_SPEAKER_MAXIMUM"))]
            Maximum(super::super::types::Volume<'a>),
            /// A message that the protocol does not define on this channel.
            Unknown {
                /// Message id.
                id: u16,
                /// Message body.
                body: wire::Bytes<'a>,
            },
        }
        wire::impl_messages!(Message "speaker.server" {
            1 VOLUME Volume "volume",
            101 MAXIMUM Maximum "maximum",
        });
    }
