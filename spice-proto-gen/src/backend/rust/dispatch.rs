//! What stands at the root: every message of the protocol, by channel, sender and id.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::arbitrary::Unknown;
use super::context::{Context, number};
use super::docs::doc_lines;
use super::message_enum::MessageEnum;
use super::names::side_module;
use super::naming::{ident, type_name};
use crate::model::{ProtocolChannel, Side};

impl Context<'_> {
    /// The root's items.
    pub(super) fn dispatch(&self) -> TokenStream {
        let channels = self.channel_names();
        let sides = self.options.sides().map(|side| self.side_enum(side));
        let both = self.options.both_sides().then(|| self.both());
        quote!(#channels #(#sides)* #both)
    }

    /// The channels of the protocol that are generated.
    fn entries(&self) -> Vec<&ProtocolChannel> {
        let entries = self.model.protocol.channels.iter();
        entries
            .filter(|entry| self.is_selected(entry.channel))
            .collect()
    }

    fn channel_names(&self) -> TokenStream {
        let entries = self.entries();
        let numbers = entries.iter().map(|entry| number(u64::from(entry.number)));
        let names = entries.iter().map(|entry| &entry.name);
        let protocol = &self.model.protocol.name;
        quote! {
            #[doc = " The name of the protocol."]
            pub const PROTOCOL: &str = #protocol;

            #[doc = " The channels of the protocol: number and name."]
            pub const CHANNELS: &[(u8, &str)] = &[#((#numbers, #names)),*];
        }
    }

    fn side_enum(&self, side: Side) -> TokenStream {
        let sender = side_module(side);
        let side_name = ident(sender);
        let name = format_ident!("{}Message", type_name(sender));
        let docs = doc_lines([format!("All that a {sender} can send, on any channel.")]);
        let entries = self.entries();
        let variants: Vec<_> = entries
            .iter()
            .map(|entry| ident(&type_name(&entry.name)))
            .collect();
        let modules = entries
            .iter()
            .map(|entry| ident(self.names.module(entry.channel)));
        let variant_docs = entries.iter().zip(&variants).map(|(entry, variant)| {
            let docs = doc_lines([format!("On `{}`.", entry.name)]);
            let serde = self.serde_name(variant, &entry.name);
            quote!(#docs #serde)
        });
        let (serde, unknown_variant) = (self.serde_derive(), self.unknown_variant());
        let attributes = self.attributes_of(&name.to_string());
        let common = MessageEnum {
            name: name.clone(),
            runtime: quote!(::spice_wire),
            variants: variants.clone(),
            unknown: Some(vec![quote!(channel_type), quote!(id)]),
        };
        let decoding = Self::side_decoding(&entries, &variants);
        let naming = side_naming(&entries, &variants);
        let body = common.body();
        let implementations = common.implementations();
        let arbitrary = self.arbitrary_messages(&common, Some(unknown(&entries)));
        quote! {
            #docs
            #[derive(Clone, Debug, PartialEq, Eq)]
            #serde
            #[non_exhaustive]
            #[allow(clippy::large_enum_variant)]
            #attributes
            pub enum #name<'a> {
                #(#variant_docs #variants(#modules::#side_name::Message<'a>),)*
                #unknown_variant
            }

            impl<'a> #name<'a> {
                #decoding
                #naming
                #body
            }

            #implementations
            #arbitrary
        }
    }

    fn unknown_variant(&self) -> TokenStream {
        let serde = self.serde_name(&ident("Unknown"), "unknown");
        let serde_body = self.serde_bytes();
        quote! {
            #[doc = " On a channel that the protocol does not have."]
            #serde
            Unknown {
                #[doc = " The number of the channel."]
                channel_type: u8,
                #[doc = " The id of the message."]
                id: u16,
                #[doc = " The body of the message."]
                #serde_body
                body: ::spice_wire::Cow<'a, [u8]>,
            },
        }
    }

    /// The methods that decode a message by its channel and id.
    fn side_decoding(entries: &[&ProtocolChannel], variants: &[Ident]) -> TokenStream {
        let numbers = numbers(entries);
        let fill = quote!(::spice_wire::fill);
        let unknown = quote! {
            #fill(self, Self::Unknown { channel_type, id, body: rest.into() });
        };
        let read = match entries.is_empty() {
            true => quote! {
                let _ = body;
                #unknown
            },
            false => quote! {
                match channel_type {
                    #(#numbers => ::spice_wire::read_message!(self, #variants, id, rest, body),)*
                    _ => { #unknown }
                }
            },
        };
        quote! {
            #[doc = " Decodes the message with this id on this channel; an unknown one keeps its body."]
            #[doc = ""]
            #[doc = " # Errors"]
            #[doc = " Where and why the body is not that message."]
            #[inline]
            pub fn decode(
                channel_type: u8,
                id: u16,
                body: &'a [u8],
                fds: ::spice_wire::Fds<'a>,
            ) -> ::spice_wire::Result<Self> {
                let mut cursor = ::spice_wire::Cursor::with_fds(body, fds);
                Self::decode_from(channel_type, id, &mut cursor)
            }

            ::spice_wire::decode_messages!(channel_type: u8, id: u16);

            /// Reads the body of the message with this id into a blank message.
            fn read_from(
                &mut self,
                channel_type: u8,
                id: u16,
                rest: &'a [u8],
                body: &mut ::spice_wire::Body<'a>,
            ) -> ::spice_wire::Read<&'a [u8]> {
                #read
                Ok(&[])
            }
        }
    }

    fn both(&self) -> TokenStream {
        let attributes = self.attributes_of("Message");
        let common = MessageEnum {
            name: ident("Message"),
            runtime: quote!(::spice_wire),
            variants: vec![ident("Server"), ident("Client")],
            unknown: None,
        };
        let (decoding, naming) = (both_decoding(), both_naming());
        let body = common.body();
        let implementations = common.implementations();
        let arbitrary = self.arbitrary_messages(&common, None);
        let serde = self.serde_derive();
        let serde_server = self.serde_name(&ident("Server"), "server");
        let serde_client = self.serde_name(&ident("Client"), "client");
        quote! {
            #[doc = " Any message of the protocol."]
            #[derive(Clone, Debug, PartialEq, Eq)]
            #serde
            #[allow(clippy::large_enum_variant)]
            #attributes
            pub enum Message<'a> {
                #[doc = " From the server."]
                #serde_server
                Server(ServerMessage<'a>),
                #[doc = " From the client."]
                #serde_client
                Client(ClientMessage<'a>),
            }

            impl<'a> Message<'a> {
                #decoding
                #naming
                #body
            }

            #implementations
            #arbitrary
        }
    }
}

/// What messages on other channels than these have as the channel's number.
fn unknown(entries: &[&ProtocolChannel]) -> Unknown {
    Unknown {
        field: ("channel_type", "u8"),
        known: entries.iter().map(|entry| entry.number.into()).collect(),
        max: u8::MAX.into(),
        other: Some("id"),
    }
}

fn numbers(entries: &[&ProtocolChannel]) -> Vec<Literal> {
    entries
        .iter()
        .map(|entry| number(u64::from(entry.number)))
        .collect()
}

/// The methods that say which message of a side it is.
fn side_naming(entries: &[&ProtocolChannel], variants: &[Ident]) -> TokenStream {
    let numbers = numbers(entries);
    quote! {
        #[doc = " The number of the channel."]
        #[must_use]
        pub const fn channel_type(&self) -> u8 {
            match self {
                #(Self::#variants(_) => #numbers,)*
                Self::Unknown { channel_type, .. } => *channel_type,
            }
        }

        #[doc = " The id of the message."]
        #[must_use]
        pub const fn id(&self) -> u16 {
            match self {
                #(Self::#variants(message) => message.id(),)*
                Self::Unknown { id, .. } => *id,
            }
        }

        #[doc = " The full name, as errors keep it."]
        const fn full_name(&self) -> ::core::option::Option<&'static &'static str> {
            match self {
                #(Self::#variants(message) => message.full_name(),)*
                Self::Unknown { .. } => None,
            }
        }
    }
}

/// The methods that decode any message of the protocol.
fn both_decoding() -> TokenStream {
    quote! {
        #[doc = " Decodes the message with this id that this side sends on this channel; an unknown one"]
        #[doc = " keeps its body."]
        #[doc = ""]
        #[doc = " # Errors"]
        #[doc = " Where and why the body is not that message."]
        #[inline]
        pub fn decode(
            channel_type: u8,
            side: ::spice_wire::Side,
            id: u16,
            body: &'a [u8],
            fds: ::spice_wire::Fds<'a>,
        ) -> ::spice_wire::Result<Self> {
            let mut cursor = ::spice_wire::Cursor::with_fds(body, fds);
            Self::decode_from(channel_type, side, id, &mut cursor)
        }

        #[doc = " The same from a cursor, which knows afterwards what follows the message."]
        #[doc = ""]
        #[doc = " # Errors"]
        #[doc = " Where and why the body is not that message."]
        pub fn decode_from(
            channel_type: u8,
            side: ::spice_wire::Side,
            id: u16,
            cursor: &mut ::spice_wire::Cursor<'a>,
        ) -> ::spice_wire::Result<Self> {
            match side {
                ::spice_wire::Side::Server => {
                    ServerMessage::decode_from(channel_type, id, cursor).map(Self::Server)
                }
                ::spice_wire::Side::Client => {
                    ClientMessage::decode_from(channel_type, id, cursor).map(Self::Client)
                }
            }
        }
    }
}

/// The methods that say which message of the protocol it is.
fn both_naming() -> TokenStream {
    quote! {
        #[doc = " Who sends the message."]
        #[must_use]
        pub const fn side(&self) -> ::spice_wire::Side {
            match self {
                Self::Server(_) => ::spice_wire::Side::Server,
                Self::Client(_) => ::spice_wire::Side::Client,
            }
        }

        #[doc = " The number of the channel."]
        #[must_use]
        pub const fn channel_type(&self) -> u8 {
            match self {
                Self::Server(message) => message.channel_type(),
                Self::Client(message) => message.channel_type(),
            }
        }

        #[doc = " The id of the message."]
        #[must_use]
        pub const fn id(&self) -> u16 {
            match self {
                Self::Server(message) => message.id(),
                Self::Client(message) => message.id(),
            }
        }

        #[doc = " Channel, sender and name of the message (`port.server.init`), if it is known."]
        #[must_use]
        pub const fn path(&self) -> ::core::option::Option<&'static str> {
            match self {
                Self::Server(message) => message.path(),
                Self::Client(message) => message.path(),
            }
        }
    }
}
