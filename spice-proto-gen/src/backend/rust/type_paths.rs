//! The paths of all generated types.

use super::channel_type::CHANNEL_TYPE;
use super::context::Context;
use super::names::{Place, switches};
use crate::model::{Side, TypeDef};

/// All paths, from the root of the generated code.
pub(super) fn all(context: &Context<'_>) -> Vec<String> {
    let root = match context.options.only {
        None => &[CHANNEL_TYPE, "ServerMessage", "ClientMessage", "Message"][..],
        Some(Side::Server) => &[CHANNEL_TYPE, "ServerMessage"],
        Some(Side::Client) => &[CHANNEL_TYPE, "ClientMessage"],
    };
    let mut paths: Vec<String> = root.iter().map(|name| (*name).to_owned()).collect();
    push_types(context, Place::Types, &mut paths);
    for channel in context.channels() {
        for side in context.sides() {
            let place = Place::Side(channel, side);
            paths.push(format!("{}::Message", context.names.path(place).join("::")));
            push_types(context, place, &mut paths);
        }
    }
    paths
}

/// The types of a module, without aliases.
fn push_types(context: &Context<'_>, place: Place, paths: &mut Vec<String>) {
    let module = context.names.path(place).join("::");
    for id in context.names.types_in(place) {
        let name = context.names.type_name(*id);
        match context.definition(*id) {
            TypeDef::Alias(_) => {}
            TypeDef::Enum(_) => paths.push(format!("{module}::{name}")),
            TypeDef::Struct(body) => {
                paths.push(format!("{module}::{name}"));
                let switches = switches(body).filter(|(_, switch)| switch.stored);
                paths.extend(switches.map(|(member, _)| {
                    format!("{module}::{}", context.names.switch_name(*id, member))
                }));
            }
        }
    }
}
