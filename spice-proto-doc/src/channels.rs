//! The front page of a chapter, and the pages of channels.

use maud::{Markup, html};
use spice_proto_gen::model::{ChannelId, Message, Side};

use crate::markdown;
use crate::page::Page;
use crate::site::Site;

/// The front page: introduction and channels.
pub fn front_page(site: &Site<'_>) -> Page {
    let mut page = Page {
        path: site.address("index"),
        title: site.title().to_owned(),
        words: Vec::new(),
        kind: "protocol",
        contents: html! {},
    };
    let protocol = &site.model().protocol;
    let introduction = match site.introduction() {
        "" => markdown::docs(&protocol.docs),
        text => markdown::render(text),
    };
    page.contents = html! {
        (introduction)
        @if !protocol.channels.is_empty() {
            h2 #channels { "Channels" }
            div.table {
                table {
                    thead { tr { th { "Type" } th { "Name" } th { "Definition" } th { "Purpose" } } }
                    tbody {
                        @for entry in &protocol.channels {
                            @let channel = site.model().channel(entry.channel);
                            tr {
                                td { (entry.number) }
                                td { (entry.name) }
                                td { a href=(page.link(&site.channel_address(entry.channel))) { (channel.name) } }
                                td { (markdown::summary(&channel.docs)) }
                            }
                        }
                    }
                }
            }
        }
        p { a href=(page.link(&site.address("ids"))) { "Index of messages, types and constants" } }
    };
    page
}

/// A page for each channel.
pub fn pages(site: &Site<'_>) -> Vec<Page> {
    let ids = (0..site.model().channels.len()).map(ChannelId);
    ids.map(|id| page(site, id)).collect()
}

fn page(site: &Site<'_>, id: ChannelId) -> Page {
    let channel = site.model().channel(id);
    let entries: Vec<_> = site.model().entries(channel).collect();
    let mut words = Vec::new();
    for entry in &entries {
        words.push(entry.name.clone());
        words.push(site.names().channel_type(&entry.name));
    }
    let mut page = Page {
        path: site.channel_address(id),
        title: channel.name.clone(),
        words,
        kind: "channel",
        contents: html! {},
    };
    let derived = site.model().channels.iter().enumerate();
    let derived: Vec<_> = derived
        .filter(|(_, other)| other.parent == Some(id))
        .map(|(index, _)| ChannelId(index))
        .collect();
    page.contents = html! {
        (markdown::docs(&channel.docs))
        dl {
            @for entry in &entries {
                dt { "In the protocol" }
                dd { code { (entry.name) } ", channel type " (entry.number) ", " code { (site.names().channel_type(&entry.name)) } }
            }
            @if !channel.ancestors.is_empty() {
                dt { "Derived from" }
                dd { (channel_links(site, &page, &channel.ancestors)) }
            }
            @if !derived.is_empty() {
                dt { "Base of" }
                dd { (channel_links(site, &page, &derived)) }
            }
        }
        @for (side, heading) in [(Side::Server, "From the server"), (Side::Client, "From the client")] {
            @if !channel.messages(side).is_empty() {
                h2 id=(side.name()) { (heading) }
                (message_table(site, &page, id, side, channel.messages(side)))
            }
        }
    };
    page
}

fn channel_links(site: &Site<'_>, page: &Page, ids: &[ChannelId]) -> Markup {
    html! {
        @for (index, id) in ids.iter().enumerate() {
            @if index > 0 { ", " }
            a href=(page.link(&site.channel_address(*id))) { (site.model().channel(*id).name) }
        }
    }
}

/// The channel's own messages first: readers look for them more often than for inherited ones.
fn message_table(
    site: &Site<'_>,
    page: &Page,
    id: ChannelId,
    side: Side,
    messages: &[Message],
) -> Markup {
    let (own, inherited): (Vec<_>, Vec<_>) =
        messages.iter().partition(|message| message.owner == id);
    html! {
        div.table {
            table {
                thead { tr { th { "Id" } th { "Message" } th { "Purpose" } } }
                tbody {
                    @for message in own.iter().chain(&inherited) {
                        tr.inherited[message.owner != id] {
                            td { (message.id) }
                            td {
                                a href=(page.link(&site.message_address(side, message))) { (message.name) }
                                @if message.owner != id { br; small { "from " (site.model().channel(message.owner).name) } }
                            }
                            td { (markdown::summary(&message.docs)) }
                        }
                    }
                }
            }
        }
    }
}
