//! The modules of channels: message bodies, the enum of all messages of a side, inheritance.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::context::{Context, number};
use super::docs::{doc_lines, lines};
use super::message_enum::MessageEnum;
use super::names::{Place, side_module};
use super::naming::{const_name, ident, type_name};
use crate::model::{Channel, ChannelId, Message, Origin, Side, Type, TypeDef, TypeId};

impl Context<'_> {
    /// The module of a channel.
    pub(super) fn channel(&self, id: ChannelId, channel: &Channel) -> TokenStream {
        let module = ident(self.names.module(id));
        let docs = doc_lines(lines(
            &channel.docs,
            &format!("`{}` of the proto.", channel.name),
        ));
        let number = self.channel_type(channel);
        let constant = number.map(|number| {
            quote! {
                #[doc = " The number of the channel in the protocol."]
                pub const CHANNEL_TYPE: u8 = #number;
            }
        });
        let sides = self
            .options
            .sides()
            .map(|side| self.side(id, channel, side));
        let marker = self.options.both_sides().then(|| self.marker(id, channel));
        let imports = marker.as_ref().map(|_| {
            quote!(
                use ::spice_wire as wire;
            )
        });
        quote! {
            #docs
            pub mod #module {
                #imports
                #constant
                #marker
                #(#sides)*
            }
        }
    }

    /// The number of a channel that the protocol has once.
    fn channel_type(&self, channel: &Channel) -> Option<proc_macro2::Literal> {
        let [entry] = channel.entries.as_slice() else {
            return None;
        };
        let entry = self.model.protocol.channels.get(*entry)?;
        Some(number(u64::from(entry.number)))
    }

    /// The name of a channel in names of messages.
    fn channel_name(&self, id: ChannelId) -> &str {
        self.names.module(id)
    }

    /// The type that stands for a channel, and from which others it is derived.
    fn marker(&self, id: ChannelId, channel: &Channel) -> TokenStream {
        let name = self.channel_name(id);
        let number = match self.channel_type(channel) {
            Some(number) => quote!(Some(#number)),
            None => quote!(None),
        };
        let docs = format!(
            "`{}` as a type, for code that is generic over channels.",
            channel.name
        );
        let docs = doc_lines([docs]);
        let derived = self.lineage(id, channel);
        quote! {
            #docs
            #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
            pub struct Channel;

            impl wire::Channel for Channel {
                const NAME: &'static str = #name;
                const CHANNEL_TYPE: ::core::option::Option<u8> = #number;
                type Server<'a> = server::Message<'a>;
                type Client<'a> = client::Message<'a>;
            }

            #(#derived)*
        }
    }

    /// That a channel is derived from itself and, by way of its parent, from each ancestor.
    fn lineage(&self, id: ChannelId, channel: &Channel) -> Vec<TokenStream> {
        let itself = core::iter::once(self.derived(id, None));
        let ancestors = channel.ancestors.iter();
        itself
            .chain(ancestors.map(|ancestor| self.derived(*ancestor, channel.parent)))
            .collect()
    }

    fn derived(&self, ancestor: ChannelId, parent: Option<ChannelId>) -> TokenStream {
        let module = |id: ChannelId| {
            let module = ident(self.names.module(id));
            quote!(super::#module)
        };
        match parent.map(module) {
            None => quote!(wire::impl_channel_of_itself!();),
            Some(parent) => {
                let ancestor = module(ancestor);
                quote!(wire::impl_derived_from!(#ancestor, by #parent);)
            }
        }
    }

    fn side(&self, id: ChannelId, channel: &Channel, side: Side) -> TokenStream {
        let module = ident(side_module(side));
        let docs = doc_lines([format!("What a {module} sends on `{}`.", channel.name)]);
        let bodies = self.bodies(id, side);
        let ids = self.ids(channel, side);
        let message = self.message_enum(id, channel, side);
        quote! {
            #docs
            pub mod #module {
                #[allow(unused_imports)]
                use ::spice_wire::{self as wire, Decode as _, Encode as _, FixedSize as _};

                #ids
                #message
                #(#bodies)*
            }
        }
    }

    /// The bodies that the channel itself defines.
    fn bodies(&self, id: ChannelId, side: Side) -> Vec<TokenStream> {
        let types = self.model.types.iter().enumerate();
        let bodies = types.filter(|(_, definition)| match definition {
            TypeDef::Struct(body) => matches!(
                body.origin,
                Origin::Body { channel, side: sender, .. } if channel == id && sender == side
            ),
            _ => false,
        });
        bodies
            .map(|(index, definition)| self.definition(TypeId(index), definition))
            .collect()
    }

    fn ids(&self, channel: &Channel, side: Side) -> TokenStream {
        let ids = channel.messages(side).iter().map(|message| {
            let name = ident(&const_name(&message.name));
            let id = number(u64::from(message.id));
            let docs = doc_lines([format!("`{}`", message.name)]);
            quote!(#docs pub const #name: u16 = #id;)
        });
        quote! {
            #[doc = " The ids of all messages, inherited ones included."]
            pub mod id { #(#ids)* }
        }
    }

    fn message_enum(&self, id: ChannelId, channel: &Channel, side: Side) -> TokenStream {
        let place = Place::Side(id, side);
        let messages = channel.messages(side);
        let sender = side_module(side);
        let docs = format!(
            "All that a {sender} can send on `{}`, inherited messages included.",
            channel.name
        );
        let docs = doc_lines([docs]);
        let variants = messages.iter().map(|message| {
            let name = ident(&type_name(&message.name));
            let otherwise = format!("`{}`", message.name);
            let mut text = lines(&message.docs, &otherwise);
            text.extend([String::new(), format!("Message {}.", message.id)]);
            let docs = doc_lines(text);
            let ty = self.body_type(place, message, Some(&quote!('a)));
            quote!(#docs #name(#ty))
        });
        let variants: Vec<_> = variants.collect();
        let attributes = self.user_attributes(place, "Message");
        let implementations = self.message_implementations(id, place, messages);
        let parent = channel.parent.map(|parent| self.conversions(parent, side));
        let own = messages
            .iter()
            .filter_map(|message| self.conversion(place, message));
        let own: Vec<_> = own.collect();
        quote! {
            #docs
            #[derive(Clone, Debug, PartialEq, Eq)]
            #[non_exhaustive]
            #attributes
            pub enum Message<'a> {
                #(#variants,)*
                #[doc = " A message that the protocol does not have on this channel."]
                Unknown {
                    #[doc = " Its id."]
                    id: u16,
                    #[doc = " Its body."]
                    body: wire::Cow<'a, [u8]>,
                },
            }

            #implementations
            #(#own)*
            #parent
        }
    }

    /// The type of a message's body.
    fn body_type(
        &self,
        from: Place,
        message: &Message,
        lifetime: Option<&TokenStream>,
    ) -> TokenStream {
        let path = self.type_path(from, message.body);
        match lifetime.filter(|_| self.borrows(Type::Struct(message.body))) {
            Some(lifetime) => quote!(#path<#lifetime>),
            None => path,
        }
    }

    fn message_implementations(
        &self,
        id: ChannelId,
        place: Place,
        messages: &[Message],
    ) -> TokenStream {
        let side = match place {
            Place::Side(_, side) => side_module(side),
            Place::Types => "",
        };
        let path = |message: &Message| format!("{}.{side}.{}", self.channel_name(id), message.name);
        let common = MessageEnum {
            name: ident("Message"),
            runtime: quote!(wire),
            variants: variants(messages),
            paths: messages.iter().map(path).collect(),
            unknown: Some(vec![quote!(id)]),
        };
        let decoding = self.decoding(place, messages, &common);
        let naming = naming(messages, &common);
        let body = common.body();
        let implementations = common.implementations();
        quote! {
            impl<'a> Message<'a> {
                #decoding
                #naming
                #body
            }

            #implementations

            impl<'a> wire::ChannelMessage<'a> for Message<'a> {
                fn decode_from(id: u16, cursor: &mut wire::Cursor<'a>) -> wire::Result<Self> {
                    Self::decode_from(id, cursor)
                }

                fn id(&self) -> u16 { self.id() }

                fn name(&self) -> ::core::option::Option<&'static str> { self.name() }

                fn path(&self) -> ::core::option::Option<&'static str> { self.path() }
            }
        }
    }

    /// The methods that decode a message by its id.
    fn decoding(&self, place: Place, messages: &[Message], common: &MessageEnum) -> TokenStream {
        let MessageEnum {
            variants, paths, ..
        } = common;
        let ids = ids(messages);
        let bodies = messages
            .iter()
            .map(|message| self.body_type(place, message, None));
        let ok = quote!(Ok);
        quote! {
            #[doc = " Decodes the message with this id; an unknown one keeps its body."]
            #[doc = ""]
            #[doc = " # Errors"]
            #[doc = " Where and why the body is not that message."]
            #[inline]
            pub fn decode(id: u16, body: &'a [u8]) -> wire::Result<Self> {
                Self::decode_with_fds(id, body, wire::Fds::none())
            }

            #[doc = " The same for a body that came with descriptors."]
            #[doc = ""]
            #[doc = " # Errors"]
            #[doc = " Where and why the body is not that message."]
            #[inline]
            pub fn decode_with_fds(
                id: u16,
                body: &'a [u8],
                fds: wire::Fds<'a>,
            ) -> wire::Result<Self> {
                Self::decode_from(id, &mut wire::Cursor::with_fds(body, fds))
            }

            #[doc = " The same from a cursor, which knows afterwards what follows the message."]
            #[doc = ""]
            #[doc = " # Errors"]
            #[doc = " Where and why the body is not that message."]
            pub fn decode_from(id: u16, cursor: &mut wire::Cursor<'a>) -> wire::Result<Self> {
                match id {
                    #(#ids => match #bodies::decode_from(cursor) {
                        #ok(body) => #ok(Self::#variants(body)),
                        Err(error) => Err(error.in_message(&#paths)),
                    },)*
                    _ => #ok(Self::Unknown { id, body: cursor.remaining().into() }),
                }
            }
        }
    }

    /// The conversion from a body that belongs to this message alone.
    fn conversion(&self, place: Place, message: &Message) -> Option<TokenStream> {
        let Origin::Body { channel, side, .. } = self.model.body(message.body)?.origin else {
            return None;
        };
        if place != Place::Side(channel, side) {
            return None;
        }
        let name = ident(&type_name(&message.name));
        let body = self.body_type(place, message, Some(&quote!('a)));
        Some(quote! {
            impl<'a> ::core::convert::From<#body> for Message<'a> {
                fn from(body: #body) -> Self { Self::#name(body) }
            }
        })
    }

    /// The conversions from the parent's messages and back.
    fn conversions(&self, parent: ChannelId, side: Side) -> TokenStream {
        let module = ident(self.names.module(parent));
        let side_name = ident(side_module(side));
        let path = quote!(super::super::#module::#side_name::Message);
        let messages = self
            .model
            .channels
            .get(parent.0)
            .map(|parent| parent.messages(side));
        let names: Vec<_> = messages
            .unwrap_or_default()
            .iter()
            .map(|message| ident(&type_name(&message.name)))
            .collect();
        quote! {
            impl<'a> ::core::convert::From<#path<'a>> for Message<'a> {
                fn from(message: #path<'a>) -> Self {
                    match message {
                        #(#path::#names(body) => Self::#names(body),)*
                        #path::Unknown { id, body } => Self::Unknown { id, body },
                    }
                }
            }

            #[doc = " The message itself is the error if the parent does not have it."]
            impl<'a> ::core::convert::TryFrom<Message<'a>> for #path<'a> {
                type Error = Message<'a>;

                fn try_from(
                    message: Message<'a>,
                ) -> ::core::result::Result<Self, Message<'a>> {
                    match message {
                        #(Message::#names(body) => Ok(Self::#names(body)),)*
                        message => Err(message),
                    }
                }
            }
        }
    }
}

/// The variants of the enum of all messages.
fn variants(messages: &[Message]) -> Vec<Ident> {
    messages
        .iter()
        .map(|message| ident(&type_name(&message.name)))
        .collect()
}

fn ids(messages: &[Message]) -> Vec<Literal> {
    messages
        .iter()
        .map(|message| number(u64::from(message.id)))
        .collect()
}

/// The methods that say which message it is.
fn naming(messages: &[Message], common: &MessageEnum) -> TokenStream {
    let MessageEnum {
        variants, paths, ..
    } = common;
    let ids = ids(messages);
    let names = messages.iter().map(|message| &message.name);
    let some = quote!(Some);
    quote! {
        #[doc = " The id of the message."]
        #[must_use]
        pub const fn id(&self) -> u16 {
            match self {
                #(Self::#variants(_) => #ids,)*
                Self::Unknown { id, .. } => *id,
            }
        }

        #[doc = " The name of the message in the proto, if it is known."]
        #[must_use]
        pub const fn name(&self) -> ::core::option::Option<&'static str> {
            match self {
                #(Self::#variants(_) => #some(#names),)*
                Self::Unknown { .. } => None,
            }
        }

        #[doc = " Channel, sender and name of the message, if it is known."]
        #[must_use]
        pub const fn path(&self) -> ::core::option::Option<&'static str> {
            match self {
                #(Self::#variants(_) => #some(#paths),)*
                Self::Unknown { .. } => None,
            }
        }
    }
}
