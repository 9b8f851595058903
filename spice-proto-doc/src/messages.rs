//! The pages of messages.

use maud::html;
use spice_proto_gen::model::{ChannelId, Message, Side};

use crate::page::Page;
use crate::site::{Site, plural};
use crate::{examples, fields, markdown, picture};

/// A page for each message, on the channel that defines it.
pub fn pages(site: &Site<'_>) -> Vec<Page> {
    let messages = site.own_messages().into_iter();
    messages
        .map(|(channel, side, message)| page(site, channel, side, message))
        .collect()
}

fn page(site: &Site<'_>, owner: ChannelId, side: Side, message: &Message) -> Page {
    let constant = site.names().message(message, side);
    let structure = site.names().message_struct(message, side);
    let mut page = Page {
        path: site.message_address(side, message),
        title: site.message_path(side, message),
        words: vec![
            message.name.clone(),
            message.id.to_string(),
            constant.clone(),
            structure.clone(),
        ],
        kind: "message",
        contents: html! {},
    };
    let channels = site.model().channels.iter().enumerate();
    let heirs: Vec<_> = channels
        .filter(|(_, channel)| channel.ancestors.contains(&owner))
        .map(|(index, _)| ChannelId(index))
        .collect();
    let Some(body) = site.model().body(message.body) else {
        unreachable!("a message's body is a struct");
    };
    let shared = site.type_address(message.body);
    page.contents = html! {
        (markdown::docs(&message.docs))
        dl {
            dt { "Channel" }
            dd { a href=(page.link(&site.channel_address(owner))) { (site.model().channel(owner).name) } }
            dt { "Sent by" }
            dd { "the " (side.name()) }
            dt { "Id" }
            dd { (message.id) ", " code { (constant) } }
            dt { "Body" }
            dd {
                @match shared {
                    Some(address) => {
                        a href=(page.link(address)) { (site.model().definition(message.body).name()) }
                        ", " code { (structure) }
                    }
                    None => code { (structure) },
                }
                @match body.size.exact() {
                    Some(size) => { ", " (plural(size, "byte")) @if body.contains.pointers { " and pointees" } },
                    None => { ", at least " (plural(body.size.min(), "byte")) },
                }
            }
            @if !heirs.is_empty() {
                dt { "Inherited by" }
                dd {
                    @for (index, heir) in heirs.iter().enumerate() {
                        @if index > 0 { ", " }
                        a href=(page.link(&site.channel_address(*heir))) { (site.model().channel(*heir).name) }
                    }
                }
            }
        }
        h2 #fields { "Fields" }
        (fields::table(site, &page, body))
        @if !body.members.is_empty() {
            h2 #bytes { "Bytes" }
            (picture::draw(site.model(), body))
            (picture::legend())
        }
        (examples::example(site.model(), message.body))
    };
    page
}
