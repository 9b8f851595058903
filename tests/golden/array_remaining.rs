// `types` of array_remaining.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// `Packet` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `uint8 kind` |
    /// | 1 | `uint8 payload[]` |
    #[doc(alias = "DemoPacket")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Packet<'a> {
        /// `uint8 kind` on the wire.
        pub kind: u8,
        /// `uint8 payload[]` on the wire.
        pub payload: wire::Bytes<'a>,
    }
    wire::impl_body!(Packet<'_> { kind, payload });
    impl<'a> wire::Decode<'a> for Packet<'a> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 1] = reader.segment(&[(1, "kind")])?;
            let kind = u8::get(segment, 0);
            let payload = reader.remaining().into();
            Ok(Self { kind, payload })
        }
    }
    impl wire::Encode for Packet<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            writer.segment(|segment: &mut [u8; 1]| self.kind.put(segment, 0))?;
            writer.bytes(&self.payload)
        }
    }
    /// `Numbers` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `uint32 stream` |
    /// | 4 | `uint16 numbers[]` |
    #[doc(alias = "DemoNumbers")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Numbers<'a> {
        /// `uint32 stream` on the wire.
        pub stream: u32,
        /// `uint16 numbers[]` on the wire.
        pub numbers: wire::List<'a, u16>,
    }
    wire::impl_body!(Numbers<'_> { stream, numbers });
    impl<'a> wire::Decode<'a> for Numbers<'a> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 4] = reader.segment(&[(4, "stream")])?;
            let stream = u32::get(segment, 0);
            let numbers = reader.remaining_list("numbers")?;
            Ok(Self { stream, numbers })
        }
    }
    impl wire::Encode for Numbers<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            writer.segment(|segment: &mut [u8; 4]| self.stream.put(segment, 0))?;
            writer.field(&self.numbers, "numbers")
        }
    }
    /// `Wrapper` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `uint32 stream` |
    /// | 4 | [`Packet`] `packet` |
    #[doc(alias = "DemoWrapper")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Wrapper<'a> {
        /// `uint32 stream` on the wire.
        pub stream: u32,
        /// `Packet packet` on the wire.
        pub packet: Packet<'a>,
    }
    wire::impl_body!(Wrapper<'_> { stream, packet });
    impl<'a> wire::Decode<'a> for Wrapper<'a> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 4] = reader.segment(&[(4, "stream")])?;
            let stream = u32::get(segment, 0);
            let packet = reader.value("packet")?;
            Ok(Self { stream, packet })
        }
    }
    impl wire::Encode for Wrapper<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            writer.segment(|segment: &mut [u8; 4]| self.stream.put(segment, 0))?;
            writer.field(&self.packet, "packet")
        }
    }
}
