// `types` of descriptor_list.proto

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
    /// `Frame` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `uint8 num_fences` |
    /// | 1 | `unix_fd fences[num_fences]` |
    /// | then | [`Plane`] `planes[2]` |
    /// | then | [`Plane`] `*extra` (offset or 0) |
    #[doc(alias = "DemoFrame")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Frame<'a> {
        /// `unix_fd fences[num_fences]` on the wire.
        pub fences: wire::FdList<'a, wire::Fd<'a>>,
        /// `Plane planes[2]` on the wire.
        pub planes: [Plane<'a>; 2],
        /// `Plane *extra` on the wire.
        pub extra: ::core::option::Option<Plane<'a>>,
    }
    wire::impl_body!(Frame<'_> { fences, extra; planes });
    impl<'a> wire::Decode<'a> for Frame<'a> {
        const HAS_FDS: bool = true;
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 1] = reader.segment(&[(1, "num_fences")])?;
            let num_fences = u8::get(segment, 0);
            let fences = reader.list(u64::from(num_fences), "fences")?;
            let planes = reader.array("planes")?;
            let segment: &[u8; 4] = reader.segment(&[(4, "extra")])?;
            let extra = match u32::get(segment, 0) {
                0 => None,
                target => Some(reader.pointee(target, 4, "extra")?),
            };
            Ok(Self { fences, planes, extra })
        }
    }
    impl wire::Encode for Frame<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            let num_fences: u8 = writer.count(self.fences.len(), "num_fences")?;
            writer.segment(|segment: &mut [u8; 1]| num_fences.put(segment, 0))?;
            writer.field(&self.fences, "fences")?;
            writer.elements(&self.planes, "planes")?;
            writer.zeros::<4>()?;
            if self.extra.is_some() {
                writer.pointer(4);
            }
            Ok(())
        }
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write_pointees<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            if let Some(target) = &self.extra {
                writer.pointee(target, wire::PointeeOrder::BreadthFirst, "extra")?;
            }
            Ok(())
        }
        fn visit_fds(&self, visit: &mut dyn FnMut(&wire::Fd<'_>)) {
            self.fences.visit_fds(visit);
            for value in &self.planes {
                value.visit_fds(visit);
            }
            if let Some(target) = &self.extra {
                target.visit_fds(visit);
            }
        }
    }
}
