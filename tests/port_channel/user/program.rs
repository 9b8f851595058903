//! A user's program that is compiled with the generated code of both protos. Its code for byte
//! streams is the same before and after the change.

#![deny(warnings, missing_docs, unsafe_code)]

use spice_wire::{Channel, ChannelMessage, DerivedFrom, Encode, Side};
use user::{after, before};

macro_rules! streams {
    ($protocol:ident) => {
        pub mod $protocol {
            use super::*;
            use user::$protocol::{spicevmc, types::Data};

            /// Sends data back unchanged, on any channel that carries a byte stream.
            pub fn echo<C: DerivedFrom<spicevmc::Channel>>(id: u16, body: &[u8]) {
                let message = <C::Server<'_> as ChannelMessage>::decode(id, body);
                let Ok(message) = message.map(C::server_into) else {
                    return println!("{} {id} is malformed", C::NAME);
                };
                match message {
                    Ok(spicevmc::server::Message::Data(Data { data })) => {
                        let answer = C::client_from(spicevmc::client::Message::Data(Data { data }));
                        println!("{} {} {:?}", C::NAME, answer.id(), answer.encode_to_vec());
                    }
                    Ok(other) => println!("{} inherits {:?}", C::NAME, other.name()),
                    Err(own) => println!("{} itself has {:?}", C::NAME, own.name()),
                }
            }
        }
    };
}

mod on {
    use super::*;
    streams!(before);
    streams!(after);
}

fn main() {
    on::before::echo::<before::usbredir::Channel>(101, b"ab");
    on::after::echo::<after::usbredir::Channel>(101, b"ab");
    on::after::echo::<after::port::Channel>(101, b"ab");
    on::after::echo::<after::port::Channel>(4, &[0; 12]);
    on::after::echo::<after::port::Channel>(202, &[1]);
    let init = after::port::server::Init {
        name: "a".into(),
        opened: 1,
    };
    println!("{:?}", init.encode_to_vec());
    let port = after::ChannelType::PORT;
    let message = after::Message::decode(port, Side::Server, 202, &[1], Default::default());
    println!("{:?}", message.map(|message| message.path()));
    let port = before::ChannelType(10);
    let message = before::Message::decode(port, Side::Server, 202, &[1], Default::default());
    println!("{:?}", message.map(|message| message.path()));
    println!("{:?}", after::port::Channel::CHANNEL_TYPE);
}
