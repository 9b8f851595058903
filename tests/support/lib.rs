//! What the conformance protos in `proto/conformance` become: a module for each, compiled by the
//! build script and run by the tests.

/// The modules, and their names. Those are the names of the protos as well.
macro_rules! protos {
    ($($(#[$docs:meta])* $name:ident,)*) => {
        /// The names of all conformance protos.
        pub const PROTOS: &[&str] = &[$(stringify!($name)),*];

        /// The Rust of each conformance proto, in the same order, as the build script left it.
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
    /// What a peer could try in order to keep a receiver busy or to fill its memory.
    bounds,
    /// Channels: inheritance, sections, ids, entries of the protocol.
    channels,
    /// Comments with content that rustdoc would take for something else.
    comments,
    /// Arrays that are as long as a field says, and what becomes of that field.
    counts,
    /// File descriptors, which take no bytes of the message.
    descriptors,
    /// Arrays that are as long as an image is large.
    images,
    /// Awkward names.
    names,
    /// Values whose size is always the same.
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
