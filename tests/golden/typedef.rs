// `types` of typedef.proto

/// Types of fields, and message bodies that several messages use.
pub mod types {
    use super::__wire::{self as wire, prelude::*};
    /// A time in milliseconds.
    pub type Millis = u32;
    /// A typedef of a typedef.
    pub type Timeout = Millis;
    /// `Times` in the proto.
    ///
    /// | byte | on the wire |
    /// |---:|---|
    /// | 0 | [`millis`](Millis) `start` |
    /// | 4 | [`timeout`](Timeout) `limit` |
    #[doc(alias = "DemoTimes")]
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Times {
        /// `millis start` on the wire.
        pub start: Millis,
        /// `timeout limit` on the wire.
        pub limit: Timeout,
    }
    wire::impl_fixed_size!(Times: 8 bytes
        { 0 start: Millis, 4 limit: Timeout }
        [4 "start", 8 "limit"]
    );
}
