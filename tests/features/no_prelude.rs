//! Generated code compiles in a crate without the prelude, with its own `Ok`, `Some` or `matches!`.
#![allow(clippy::unwrap_used)]
#![deny(warnings)]

/// Declares a module without the prelude for each conformance proto. Macros of the standard library have
/// another meaning there.
macro_rules! modules {
    ($visibility:vis $module:ident { $($name:ident)* }) => {
        #[no_implicit_prelude]
        $visibility mod $module {
            #![allow(dead_code, missing_docs, non_camel_case_types, unused_macros)]

            // Any arguments are an error.
            macro_rules! assert { () => {}; }
            macro_rules! concat { () => {}; }
            macro_rules! format { () => {}; }
            macro_rules! matches { () => {}; }
            macro_rules! panic { () => {}; }
            macro_rules! stringify { () => {}; }
            macro_rules! unreachable { () => {}; }
            macro_rules! vec { () => {}; }
            macro_rules! write { () => {}; }

            $(
                pub mod $name {
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

                    ::core::include!(::core::concat!(
                        ::core::env!("OUT_DIR"), "/", ::core::stringify!($name), ".rs"
                    ));
                }
            )*
        }
    };
}

macro_rules! protos {
    ($($name:ident)*) => {
        modules!(pub public { $($name)* });
        modules!(private { $($name)* });

        const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}

protos! {
    attributes bare bounds channels comments counts descriptors images names numbers pointers switches
    tails text
}

#[test]
fn all_conformance_protos_are_compiled() {
    assert_eq!(NAMES, spice_proto::PROTOS);
}

/// Encodes and decodes a message of `text`.
macro_rules! round_trip {
    ($($module:ident)::+) => {{
        use spice_wire::{Encode, Fds, Side};
        use $($module)::+::{Message, ServerMessage, text};
        let text = text::server::Rest { text: "abc".into() };
        let message = Message::Server(ServerMessage::Text(text::server::Message::Rest(text)));
        let body = message.encode_to_vec().unwrap();
        let id = text::server::id::REST;
        let decoded = Message::decode(text::CHANNEL_TYPE, Side::Server, id, &body, Fds::none());
        assert_eq!(decoded.unwrap(), message);
    }};
}

#[test]
fn messages_survive_in_a_public_and_in_a_private_module() {
    round_trip!(public::text);
    round_trip!(private::text);
}
