//! Names by which a search in rustdoc finds an item besides its own: names in C and in the proto, message ids.
//!
//! Items and flags have no numbers: almost every enum has the values 0 and 1. Inherited messages have no aliases, so
//! that a search finds the original.

use super::case::type_name;
use super::context::Context;
use super::messages::has_own_body;
use super::reserved_names::is_reserved;
use crate::backend::c;
use crate::model::{Enum, Item, Message, Origin, ProtocolChannel, Side, TypeDef, TypeId};

/// The attribute of a type. A message body also has its id.
pub(super) fn of_type(context: &Context<'_>, id: TypeId) -> Option<String> {
    let (names, definition) = (c::Names::new(context.model), context.model.definition(id));
    let mut aliases = match definition {
        TypeDef::Alias(_) => Vec::new(),
        TypeDef::Enum(found) => vec![names.enumeration(found)],
        TypeDef::Struct(body) => match body.origin {
            Origin::Body { channel, side, .. } => context
                .message_of(id, channel, side)
                .map(|message| of_message(names, message, side))
                .unwrap_or_default(),
            Origin::Struct | Origin::Inline | Origin::Message => vec![names.structure(body)],
        },
    };
    let name = definition.name();
    if is_reserved(&type_name(name)) {
        aliases.push(name.to_owned());
    }
    attribute(context.names.type_name(id), aliases)
}

/// The attribute of a message's variant, if its body is not in the same module. Then no type is named after it.
pub(super) fn of_variant(
    context: &Context<'_>,
    name: &str,
    message: &Message,
    side: Side,
) -> Option<String> {
    if has_own_body(context, side, message) {
        return None;
    }
    let names = c::Names::new(context.model);
    let mut aliases = of_message(names, message, side);
    // The name of a shared body in C is an alias of the body.
    let shared = context
        .model
        .body(message.body)
        .map(|body| names.structure(body));
    aliases.retain(|alias| Some(alias) != shared.as_ref());
    attribute(name, aliases)
}

/// The attribute of the constant of an item or flag.
pub(super) fn of_item(
    context: &Context<'_>,
    name: &str,
    found: &Enum,
    item: &Item,
) -> Option<String> {
    attribute(name, vec![c::Names::new(context.model).item(found, item)])
}

/// The attribute of the constant of a channel type.
pub(super) fn of_channel(
    context: &Context<'_>,
    name: &str,
    entry: &ProtocolChannel,
) -> Option<String> {
    let alias = c::Names::new(context.model).channel_type(&entry.name);
    attribute(name, vec![alias])
}

fn of_message(names: c::Names<'_>, message: &Message, side: Side) -> Vec<String> {
    vec![
        message.id.to_string(),
        names.message(message, side),
        names.message_struct(message, side),
    ]
}

/// The attribute for an item. An alias that equals the item's name is an error in rustdoc.
fn attribute(name: &str, mut aliases: Vec<String>) -> Option<String> {
    aliases.dedup();
    aliases.retain(|alias| alias != name);
    let quoted: Vec<_> = aliases.iter().map(|alias| format!("{alias:?}")).collect();
    match quoted.as_slice() {
        [] => None,
        [alias] => Some(format!("#[doc(alias = {alias})]")),
        aliases => Some(format!("#[doc(alias({}))]", aliases.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::attribute;

    #[test]
    fn an_alias_is_listed_once_and_differs_from_the_name() {
        let text = |aliases: &[&str]| {
            let aliases = aliases.iter().map(|alias| (*alias).to_owned());
            attribute("Name", aliases.collect())
        };
        assert_eq!(text(&[]), None);
        assert_eq!(text(&["Name"]), None);
        assert_eq!(text(&["A", "A"]).as_deref(), Some("#[doc(alias = \"A\")]"));
        assert_eq!(
            text(&["1", "Name", "B"]).as_deref(),
            Some("#[doc(alias(\"1\", \"B\"))]")
        );
    }
}
