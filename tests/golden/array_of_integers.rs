// `types` of array_of_integers.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// `state` in the proto.
    ///
    /// An `enum8`: one byte on the wire. Unnamed values are preserved.
    #[doc(alias = "DemoState")]
    #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct State(pub u8);
    impl State {
        /// `OFF` in the proto.
        #[doc(alias = "DEMO_STATE_OFF")]
        pub const OFF: Self = Self(0);
        /// `ON` in the proto.
        #[doc(alias = "DEMO_STATE_ON")]
        pub const ON: Self = Self(1);
    }
    wire::impl_enum!(State, u8 { "OFF" OFF, "ON" ON });
    /// `Samples` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | `uint16 num` |
    /// | 2 | `uint16 samples[num]` |
    /// | then | `uint8 num_states` |
    /// | then | [`state`](State) `states[num_states]` |
    #[doc(alias = "DemoSamples")]
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Samples<'a> {
        /// `uint16 samples[num]` on the wire.
        pub samples: wire::List<'a, u16>,
        /// `state states[num_states]` on the wire.
        pub states: wire::List<'a, State>,
    }
    wire::impl_body!(Samples<'_> { samples, states });
    impl<'a> wire::Decode<'a> for Samples<'a> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
            let segment: &[u8; 2] = reader.segment(&[(2, "num")])?;
            let num = u16::get(segment, 0);
            let samples = reader.list(u64::from(num), "samples")?;
            let segment: &[u8; 1] = reader.segment(&[(1, "num_states")])?;
            let num_states = u8::get(segment, 0);
            let states = reader.list(u64::from(num_states), "states")?;
            Ok(Self { samples, states })
        }
    }
    impl wire::Encode for Samples<'_> {
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            let num: u16 = writer.count(self.samples.len(), "num")?;
            let num_states: u8 = writer.count(self.states.len(), "num_states")?;
            writer.segment(|segment: &mut [u8; 2]| num.put(segment, 0))?;
            writer.field(&self.samples, "samples")?;
            writer.segment(|segment: &mut [u8; 1]| num_states.put(segment, 0))?;
            writer.field(&self.states, "states")
        }
    }
}
