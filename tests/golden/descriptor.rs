// `types` of descriptor.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// `Plane` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `unix_fd buffer` |
    /// | 0 | `uint32 stride` |
    #[doc(alias = "DemoPlane")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Plane<'a> {
        /// `unix_fd buffer` on the wire.
        pub buffer: wire::Fd<'a>,
        /// `uint32 stride` on the wire.
        pub stride: u32,
    }
    wire::impl_body!(Plane<'_> { buffer, stride });
    impl<'a> wire::Decode<'a> for Plane<'a> {
        const WIRE_SIZE: ::core::option::Option<usize> = Some(4);
        const HAS_FDS: bool = true;
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let buffer = reader.fd();
            let segment: &[u8; 4] = reader.segment(&[(4, "stride")])?;
            let stride = u32::get(segment, 0);
            Ok(Self { buffer, stride })
        }
    }
    impl wire::Encode for Plane<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            writer.segment(|segment: &mut [u8; 4]| self.stride.put(segment, 0))
        }
        fn visit_fds(&self, visit: &mut dyn FnMut(&wire::Fd<'_>)) {
            self.buffer.visit_fds(visit);
        }
    }
}
