//! The index of a chapter: messages by id and by C name, types, constants.

use maud::html;
use spice_proto_gen::model::{TypeDef, TypeId};

use crate::page::Page;
use crate::site::Site;

/// The page with the index.
pub fn page(site: &Site<'_>) -> Page {
    let mut page = Page {
        path: site.address("ids"),
        title: format!("Index of {}", site.title()),
        words: Vec::new(),
        kind: "",
        contents: html! {},
    };
    let mut by_id = site.own_messages();
    by_id.sort_by_key(|(channel, side, message)| (message.id, channel.0, *side));
    let mut constants = Vec::new();
    for (_, side, message) in &by_id {
        let address = site.message_address(*side, message);
        constants.push((site.names().message(message, *side), address));
    }
    let mut types = Vec::new();
    for (index, definition) in site.model().types.iter().enumerate() {
        let id = TypeId(index);
        let Some(address) = site.type_address(id) else {
            continue;
        };
        types.push((definition.name().to_owned(), address.to_owned()));
        if let TypeDef::Enum(found) = definition {
            let items = found.items.iter();
            constants
                .extend(items.map(|item| (site.names().item(found, item), address.to_owned())));
        }
    }
    constants.sort();
    types.sort();
    page.contents = html! {
        @if !by_id.is_empty() {
            h2 #ids { "Messages by id" }
            div.table {
                table {
                    thead { tr { th { "Id" } th { "Channel" } th { "Sent by" } th { "Message" } } }
                    tbody {
                        @for (channel, side, message) in &by_id {
                            tr {
                                td { (message.id) }
                                td { a href=(page.link(&site.channel_address(*channel))) { (site.model().channel(*channel).name) } }
                                td { (side.name()) }
                                td { a href=(page.link(&site.message_address(*side, message))) { (message.name) } }
                            }
                        }
                    }
                }
            }
        }
        @for (id, heading, list) in [("types", "Types", &types), ("constants", "Constants", &constants)] {
            @if !list.is_empty() {
                h2 id=(id) { (heading) }
                ul.names {
                    @for (name, address) in list {
                        li { a href=(page.link(address)) { (name) } }
                    }
                }
            }
        }
    };
    page
}
