//! What stands at the root: every message of the protocol, by channel, sender and id.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

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
        let variant_docs = entries
            .iter()
            .map(|entry| doc_lines([format!("On `{}`.", entry.name)]));
        let attributes = self.attributes_of(&name.to_string());
        let common = MessageEnum {
            name: name.clone(),
            runtime: quote!(::spice_wire),
            variants: variants.clone(),
            paths: Vec::new(),
            unknown: Some(vec![quote!(channel_type), quote!(id)]),
        };
        let decoding = self.side_decoding(&entries, &variants, &side_name);
        let naming = side_naming(&entries, &variants);
        let body = common.body();
        let implementations = common.implementations();
        quote! {
            #docs
            #[derive(Clone, Debug, PartialEq, Eq)]
            #[non_exhaustive]
            #[allow(clippy::large_enum_variant)]
            #attributes
            pub enum #name<'a> {
                #(#variant_docs #variants(#modules::#side_name::Message<'a>),)*
                #[doc = " On a channel that the protocol does not have."]
                Unknown {
                    #[doc = " The number of the channel."]
                    channel_type: u8,
                    #[doc = " The id of the message."]
                    id: u16,
                    #[doc = " The body of the message."]
                    body: ::spice_wire::Cow<'a, [u8]>,
                },
            }

            impl<'a> #name<'a> {
                #decoding
                #naming
                #body
            }

            #implementations
        }
    }

    /// The methods that decode a message by its channel and id.
    fn side_decoding(
        &self,
        entries: &[&ProtocolChannel],
        variants: &[Ident],
        side: &Ident,
    ) -> TokenStream {
        let numbers = numbers(entries);
        let modules = entries
            .iter()
            .map(|entry| ident(self.names.module(entry.channel)));
        let ok = quote!(Ok);
        let unknown = quote! {
            let body = cursor.remaining().into();
            #ok(Self::Unknown { channel_type, id, body })
        };
        let decode = match entries.is_empty() {
            true => unknown,
            false => quote! {
                match channel_type {
                    #(#numbers => #modules::#side::Message::decode_from(id, cursor)
                        .map(Self::#variants),)*
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

            #[doc = " The same from a cursor, which knows afterwards what follows the message."]
            #[doc = ""]
            #[doc = " # Errors"]
            #[doc = " Where and why the body is not that message."]
            pub fn decode_from(
                channel_type: u8,
                id: u16,
                cursor: &mut ::spice_wire::Cursor<'a>,
            ) -> ::spice_wire::Result<Self> {
                #decode
            }
        }
    }

    fn both(&self) -> TokenStream {
        let attributes = self.attributes_of("Message");
        let common = MessageEnum {
            name: ident("Message"),
            runtime: quote!(::spice_wire),
            variants: vec![ident("Server"), ident("Client")],
            paths: Vec::new(),
            unknown: None,
        };
        let (decoding, naming) = (both_decoding(), both_naming());
        let body = common.body();
        let implementations = common.implementations();
        quote! {
            #[doc = " Any message of the protocol."]
            #[derive(Clone, Debug, PartialEq, Eq)]
            #[allow(clippy::large_enum_variant)]
            #attributes
            pub enum Message<'a> {
                #[doc = " From the server."]
                Server(ServerMessage<'a>),
                #[doc = " From the client."]
                Client(ClientMessage<'a>),
            }

            impl<'a> Message<'a> {
                #decoding
                #naming
                #body
            }

            #implementations
        }
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

        #[doc = " Channel, sender and name of the message, if it is known."]
        #[must_use]
        pub const fn path(&self) -> ::core::option::Option<&'static str> {
            match self {
                #(Self::#variants(message) => message.path(),)*
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
