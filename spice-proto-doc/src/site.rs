//! The addresses of pages, and the names of things on them.

use std::collections::HashMap;

use spice_proto_gen::backend::c::Names;
use spice_proto_gen::model::{ChannelId, Message, Model, Origin, Side, TypeDef, TypeId};

use crate::Chapter;

/// A chapter with the addresses of its pages.
pub struct Site<'m> {
    chapter: &'m Chapter<'m>,
    /// Short names of the channels by index: `port`.
    channels: Vec<String>,
    /// Addresses of the types that have a page.
    types: HashMap<TypeId, String>,
    /// The pages that use a type: address and name.
    users: HashMap<TypeId, Vec<(String, String)>>,
}

impl<'m> Site<'m> {
    /// Assigns the addresses.
    pub fn new(chapter: &'m Chapter<'m>) -> Self {
        let mut site = Self {
            chapter,
            channels: channel_names(chapter.model),
            types: HashMap::new(),
            users: HashMap::new(),
        };
        site.types = site.type_addresses();
        site.users = site.type_users();
        site
    }

    pub fn model(&self) -> &'m Model {
        self.chapter.model
    }

    /// The C names of the chapter's model.
    pub fn names(&self) -> Names<'m> {
        Names::new(self.chapter.model)
    }

    /// The title of the chapter.
    pub fn title(&self) -> &str {
        match self.chapter.title.as_str() {
            "" => &self.chapter.model.protocol.name,
            title => title,
        }
    }

    /// The introduction, in Markdown.
    pub fn introduction(&self) -> &str {
        &self.chapter.introduction
    }

    /// The address of a page of the chapter.
    pub fn address(&self, page: &str) -> String {
        match self.chapter.folder.as_str() {
            "" => format!("{page}.html"),
            folder => format!("{folder}/{page}.html"),
        }
    }

    pub fn channel_address(&self, id: ChannelId) -> String {
        self.address(&format!("channels/{}", self.channel_name(id)))
    }

    /// The name of a channel in the protocol, or a short name of its definition.
    pub fn channel_name(&self, id: ChannelId) -> &str {
        self.channels.get(id.0).map_or("", String::as_str)
    }

    /// The address of a message's page. An inherited message has the page of the channel that defines it.
    pub fn message_address(&self, side: Side, message: &Message) -> String {
        let path = self.message_path(side, message);
        self.address(&format!("messages/{path}"))
    }

    /// `port.server.init`
    pub fn message_path(&self, side: Side, message: &Message) -> String {
        let channel = self.channel_name(message.owner);
        format!("{channel}.{}.{}", side.name(), message.name)
    }

    /// The address of a type's page. A body that belongs to one message has none.
    pub fn type_address(&self, id: TypeId) -> Option<&str> {
        self.types.get(&id).map(String::as_str)
    }

    /// The pages that use a type: address and name.
    pub fn users(&self, id: TypeId) -> &[(String, String)] {
        self.users.get(&id).map_or(&[], Vec::as_slice)
    }

    /// All messages with their side, each once: on the channel that defines it.
    pub fn own_messages(&self) -> Vec<(ChannelId, Side, &'m Message)> {
        let mut messages = Vec::new();
        for (index, channel) in self.model().channels.iter().enumerate() {
            for side in Side::ALL {
                let all = channel.messages(side).iter();
                let own = all.filter(|message| message.owner == ChannelId(index));
                messages.extend(own.map(|message| (ChannelId(index), side, message)));
            }
        }
        messages
    }

    fn type_addresses(&self) -> HashMap<TypeId, String> {
        let mut taken: HashMap<String, usize> = HashMap::new();
        let mut addresses = HashMap::new();
        for (index, definition) in self.model().types.iter().enumerate() {
            if let TypeDef::Struct(body) = definition
                && matches!(body.origin, Origin::Body { .. })
            {
                continue;
            }
            let id = TypeId(index);
            let name = self.model().definition(id).name().to_owned();
            // Inline structs of different bodies may have one name, and file systems may ignore case.
            let count = taken.entry(name.to_lowercase()).or_default();
            *count = count.saturating_add(1);
            let page = match *count {
                1 => format!("types/{name}"),
                more => format!("types/{name}-{more}"),
            };
            addresses.insert(id, self.address(&page));
        }
        addresses
    }

    fn type_users(&self) -> HashMap<TypeId, Vec<(String, String)>> {
        let mut pages = Vec::new();
        for (_, side, message) in self.own_messages() {
            let page = (
                self.message_address(side, message),
                self.message_path(side, message),
            );
            match self.type_address(message.body) {
                Some(_) => pages.push((page, vec![message.body])),
                None => pages.push((page, self.contained(message.body))),
            }
        }
        for index in 0..self.model().types.len() {
            let id = TypeId(index);
            if let Some(address) = self.type_address(id) {
                let page = (
                    address.to_owned(),
                    self.model().definition(id).name().to_owned(),
                );
                pages.push((page, self.contained(id)));
            }
        }
        let mut users: HashMap<TypeId, Vec<(String, String)>> = HashMap::new();
        for (page, contained) in pages {
            for id in contained {
                let pages = users.entry(id).or_default();
                if pages.last() != Some(&page) {
                    pages.push(page.clone());
                }
            }
        }
        users
    }

    /// The types that a definition names.
    fn contained(&self, id: TypeId) -> Vec<TypeId> {
        let mut contained: Vec<TypeId> = match self.model().definition(id) {
            TypeDef::Alias(alias) => alias.target.definition().into_iter().collect(),
            TypeDef::Struct(body) => {
                let fields = body.fields();
                let named = fields.filter_map(|(_, field)| field.ty.definition());
                named.collect()
            }
            TypeDef::Enum(_) => Vec::new(),
        };
        contained.sort_unstable();
        contained.dedup();
        contained
    }
}

/// The names of channels in the protocol. Other channels are named after their definition. A name that
/// is taken already is replaced by the name of the definition.
fn channel_names(model: &Model) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for channel in &model.channels {
        let name = match model.entries(channel).next() {
            Some(entry) => entry.name.clone(),
            None => channel.short_name().to_lowercase(),
        };
        let is_free = !name.is_empty() && !names.contains(&name);
        names.push(if is_free { name } else { channel.name.clone() });
    }
    names
}

/// A number with a noun: `1 byte`, `2 bytes`.
pub fn plural(number: u64, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}
