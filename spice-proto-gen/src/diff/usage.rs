//! Which side sends a type, and where in a message.

use crate::model::{Field, Member, Model, Side, TypeDef, TypeId};

/// The use of a type in messages.
#[derive(Clone, Debug, Default)]
pub(super) struct Usage {
    /// A message of the server and one of the client with the type.
    messages: [Option<String>; 2],
    /// Whether other bytes of a block follow the type in some message.
    pub nested: bool,
    /// The visited combinations of side and position.
    visited: [[bool; 2]; 2],
}

impl Usage {
    pub fn is_used(&self) -> bool {
        self.messages.iter().any(Option::is_some)
    }

    /// The first message that `side` sends with the type.
    pub fn message(&self, side: Side) -> Option<&str> {
        let [server, client] = &self.messages;
        match side {
            Side::Server => server.as_deref(),
            Side::Client => client.as_deref(),
        }
    }
}

/// The use of each type of a model.
pub(super) fn usage(model: &Model) -> Vec<Usage> {
    let mut usage = vec![Usage::default(); model.types.len()];
    for entry in &model.protocol.channels {
        let channel = model.channel(entry.channel);
        for side in Side::ALL {
            for message in channel.messages(side) {
                let name = format!("{}.{}.{}", entry.name, side.name(), message.name);
                visit(model, &mut usage, message.body, side, &name);
            }
        }
    }
    usage
}

fn visit(model: &Model, usage: &mut [Usage], body: TypeId, side: Side, name: &str) {
    let mut waiting = vec![(body, false)];
    while let Some((id, nested)) = waiting.pop() {
        let Some(found) = usage.get_mut(id.0) else {
            continue;
        };
        let [server, client] = &mut found.visited;
        let [last, inner] = if side == Side::Server { server } else { client };
        if std::mem::replace(if nested { inner } else { last }, true) {
            continue;
        }
        found.nested |= nested;
        let [server, client] = &mut found.messages;
        let message = if side == Side::Server { server } else { client };
        message.get_or_insert_with(|| name.to_owned());
        let TypeDef::Struct(body) = model.definition(id) else {
            continue;
        };
        let last = body.members.iter().rposition(Member::is_on_wire);
        for (index, member) in body.members.iter().enumerate() {
            let is_last = last == Some(index) && !nested;
            match member {
                Member::Field(field) => waiting.extend(inner_type(field, is_last)),
                Member::Switch(switch) => {
                    let fields = switch.cases.iter().map(|case| &case.field);
                    waiting.extend(fields.filter_map(|field| inner_type(field, is_last)));
                }
            }
        }
    }
}

/// The type of a field, and whether other bytes of its block follow.
fn inner_type(field: &Field, is_last: bool) -> Option<(TypeId, bool)> {
    let ends_block = field.array.is_none() && (field.pointer.is_some() || is_last);
    field.ty.ty.definition().map(|id| (id, !ends_block))
}
