//! Generated code compiles in modules without the prelude, with another `Ok`, `Some` or `matches!`. The library of this
//! package is such a module. This one is private.
#![deny(warnings)]

#[no_implicit_prelude]
mod private {
    #![allow(missing_docs, non_camel_case_types, unused_macros)]

    macro_rules! assert {
        () => {};
    }
    macro_rules! concat {
        () => {};
    }
    macro_rules! matches {
        () => {};
    }
    macro_rules! stringify {
        () => {};
    }

    pub mod text {
        #![allow(dead_code)]

        pub struct Ok;
        pub struct Err;
        pub struct Some;
        pub struct None;
        pub struct Option;
        pub struct Result;
        pub struct Vec;
        pub struct Box;
        pub trait Clone {}
        pub trait Debug {}
        pub trait From {}

        ::core::include!(::core::concat!(::core::env!("OUT_DIR"), "/text.rs"));
    }
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
    round_trip!(spice_proto::text);
    round_trip!(private::text);
}
