//! The modules of channels: message bodies, the enum of all messages of a side, inheritance.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::arbitrary::Unknown;
use super::context::{Context, number};
use super::docs::{doc_lines, lines};
use super::message_enum::MessageEnum;
use super::names::{Place, side_module};
use super::naming::{const_name, ident, type_name};
use crate::model::{Channel, ChannelId, Message, Origin, Side, Type};

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
        let message = self.message_enum(id, channel, side);
        quote! {
            #docs
            pub mod #module {
                #[allow(unused_imports)]
                use ::spice_wire::{self as wire, Decode as _, Encode as _, FixedSize as _};

                #message
                #(#bodies)*
            }
        }
    }

    /// The bodies that the channel itself defines.
    fn bodies(&self, id: ChannelId, side: Side) -> Vec<TokenStream> {
        let bodies = self.names.bodies(Place::Side(id, side)).iter();
        bodies
            .filter_map(|id| Some(self.definition(*id, self.model.types.get(id.0)?)))
            .collect()
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
            let serde = self.serde_name(&name, &message.name);
            quote!(#docs #serde #name(#ty))
        });
        let variants: Vec<_> = variants.collect();
        let attributes = self.user_attributes(place, "Message");
        let implementations = self.message_implementations(id, place, messages);
        let parent = channel.parent.map(|parent| self.conversions(parent, side));
        let own = messages
            .iter()
            .filter_map(|message| self.conversion(place, message));
        let own: Vec<_> = own.collect();
        let own =
            (!own.is_empty()).then(|| quote!(wire::impl_from_bodies!(Message { #(#own),* });));
        let serde = self.serde_derive();
        let serde_unknown = self.serde_name(&ident("Unknown"), "unknown");
        let serde_body = self.serde_bytes();
        quote! {
            #docs
            #[derive(Clone, Debug, PartialEq, Eq)]
            #serde
            #[non_exhaustive]
            #attributes
            pub enum Message<'a> {
                #(#variants,)*
                #[doc = " A message that the protocol does not have on this channel."]
                #serde_unknown
                Unknown {
                    #[doc = " Its id."]
                    id: u16,
                    #[doc = " Its body."]
                    #serde_body
                    body: wire::Cow<'a, [u8]>,
                },
            }

            #implementations
            #own
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
        let path = format!("{}.{side}", self.channel_name(id));
        let common = MessageEnum {
            name: ident("Message"),
            runtime: quote!(wire),
            variants: variants(messages),
            unknown: Some(vec![quote!(id)]),
        };
        let ids = messages.iter().map(|message| number(message.id.into()));
        let constants = messages
            .iter()
            .map(|message| ident(&const_name(&message.name)));
        let names = messages.iter().map(|message| &message.name);
        let variants = &common.variants;
        let arbitrary = self.arbitrary_messages(&common, Some(unknown(messages)));
        quote! {
            wire::impl_messages!(Message #path { #(#ids #constants #variants #names),* });

            #arbitrary
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
        Some(quote!(#name(#body)))
    }

    /// The conversions from the parent's messages and back.
    fn conversions(&self, parent: ChannelId, side: Side) -> TokenStream {
        let module = ident(self.names.module(parent));
        let side_name = ident(side_module(side));
        let messages = self
            .model
            .channels
            .get(parent.0)
            .map(|parent| parent.messages(side));
        let names = messages
            .unwrap_or_default()
            .iter()
            .map(|message| ident(&type_name(&message.name)));
        quote! {
            wire::impl_parent_messages!(Message, super::super::#module::#side_name { #(#names),* });
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

/// What messages that are not among these have as their id.
fn unknown(messages: &[Message]) -> Unknown {
    Unknown {
        field: ("id", "u16"),
        known: messages.iter().map(|message| message.id.into()).collect(),
        max: u16::MAX.into(),
        other: None,
    }
}
