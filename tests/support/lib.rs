//! Generated code of the protos in `proto/conformance`, one module for each proto. The build script
//! compiles them; the tests run them.

/// Names of the prelude with other meanings.
#[allow(dead_code, missing_docs, non_camel_case_types)]
mod other_prelude {
    pub struct Ok;
    pub struct Err;
    pub struct Some;
    pub struct None;
    pub struct Option;
    pub struct Result;
    pub struct Vec;
    pub struct String;
    pub struct Box;
    pub struct Cow;
    pub struct u8;
    pub struct u32;
    pub trait Clone {}
    pub trait Copy {}
    pub trait Debug {}
    pub trait Default {}
    pub trait Drop {}
    pub trait Fn {}
    pub trait FnMut {}
    pub trait FnOnce {}
    pub trait From {}
    pub trait Into {}
    pub trait TryFrom {}
    pub trait Iterator {}
    pub trait PartialEq {}
    pub trait Send {}
    pub trait Sized {}
}

/// The protos, in a module without the prelude.
#[no_implicit_prelude]
mod protos {
    #![allow(unused_macros)]

    // Macros of the standard library have another meaning here: any arguments are an error.
    macro_rules! assert {
        () => {};
    }
    macro_rules! concat {
        () => {};
    }
    macro_rules! format {
        () => {};
    }
    macro_rules! matches {
        () => {};
    }
    macro_rules! panic {
        () => {};
    }
    macro_rules! stringify {
        () => {};
    }
    macro_rules! unreachable {
        () => {};
    }
    macro_rules! vec {
        () => {};
    }
    macro_rules! write {
        () => {};
    }

    /// Declares a module for each conformance proto. A module has the name of its proto.
    macro_rules! protos {
        ($($(#[$docs:meta])* $name:ident,)*) => {
            /// Names of all conformance protos.
            pub const PROTOS: &[&str] = &[$(::core::stringify!($name)),*];

            /// Generated code of each conformance proto, in the order of [`PROTOS`].
            pub const COMPILED: &[&str] = &[
                $(::core::include_str!(::core::concat!(
                    ::core::env!("OUT_DIR"), "/", ::core::stringify!($name), ".rs"
                ))),*
            ];

            $(
                $(#[$docs])*
                pub mod $name {
                    #[allow(unused_imports)]
                    use crate::other_prelude::*;

                    ::core::include!(::core::concat!(
                        ::core::env!("OUT_DIR"), "/", ::core::stringify!($name), ".rs"
                    ));
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
}

pub use protos::*;

#[doc = include_str!("../../README.md")]
#[cfg(doctest)]
struct Readme;

#[doc = include_str!("../../docs/agent.md")]
#[cfg(doctest)]
struct AgentPage;
#[doc = include_str!("../../docs/semver.md")]
#[cfg(doctest)]
struct Semver;
