//! Generated code of the protos in `proto/conformance`, one module for each proto. The build script
//! compiles them; the tests run them.

/// Declares a module for each conformance proto. A module has the name of its proto.
macro_rules! protos {
    ($($(#[$docs:meta])* $name:ident,)*) => {
        /// Names of all conformance protos.
        pub const PROTOS: &[&str] = &[$(stringify!($name)),*];

        /// Generated code of each conformance proto, in the order of [`PROTOS`].
        pub const COMPILED: &[&str] = &[
            $(include_str!(concat!(env!("OUT_DIR"), "/", stringify!($name), ".rs"))),*
        ];

        $(
            $(#[$docs])*
            pub mod $name {
                include!(concat!(env!("OUT_DIR"), "/", stringify!($name), ".rs"));
            }
        )*
    };
}

protos! {
    /// Every attribute.
    attributes,
    /// A protocol without channels.
    bare,
    /// Messages that a peer could use to exhaust a receiver's time or memory.
    bounds,
    /// Channels: inheritance, sections, ids, entries of the protocol.
    channels,
    /// Comments that rustdoc or Markdown would misinterpret.
    comments,
    /// Arrays whose length is in another field.
    counts,
    /// File descriptors, which take no bytes on the wire.
    descriptors,
    /// Arrays whose length is the size of an image.
    images,
    /// Awkward names.
    names,
    /// Fixed-size values.
    numbers,
    /// Pointers.
    pointers,
    /// Switches.
    switches,
    /// Arrays to the end of the message.
    tails,
    /// Text.
    text,
}

#[doc = include_str!("../../README.md")]
#[cfg(doctest)]
struct Readme;

#[doc = include_str!("../../docs/agent.md")]
#[cfg(doctest)]
struct AgentPage;
#[doc = include_str!("../../docs/semver.md")]
#[cfg(doctest)]
struct Semver;
