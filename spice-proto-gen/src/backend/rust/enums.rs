//! Enums and flags. They are open, so they are structs of an integer with constants.

use proc_macro2::Ident;

use super::case::{const_name, ident};
use super::context::Context;
use super::docs::lines as doc_lines;
use super::field_types::unsigned_type;
use super::lines::Lines;
use super::paths::Kind;
use super::{aliases, arbitrary_messages, serde};
use crate::model::{Enum, TypeId};

/// Emits an enum or flags type and everything that it implements.
pub(super) fn definition(context: &Context<'_>, id: TypeId, found: &Enum, lines: &mut Lines) {
    let name = ident(context.names.type_name(id));
    let repr = unsigned_type(found.bytes);
    lines.docs(doc_lines(
        &found.docs,
        &format!("`{}` in the proto.", found.name),
    ));
    lines.docs(["", &note(found)]);
    lines.lines(aliases::of_type(context, id));
    let path = context.type_part(id);
    let user = context.attributes(Kind::Enum, &path);
    let derives = "Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash";
    let attributes = lines.derive(derives, &user);
    lines.attributes(attributes);
    lines.line(format!("pub struct {name}(pub {repr});"));
    constants(context, found, &name, &path, lines);
    let names = found.items.iter();
    let names = names.map(|item| format!("{:?} {}", item.name, constant(&item.name)));
    let names: Vec<_> = names.collect();
    let kind = kind(found);
    let start = format!("wire::impl_{kind}!({name}, {repr} {{");
    lines.table(&start, &names, "});");
    serde::enumeration(context, "wire", (&name, &repr), kind, lines);
    if context.options.arbitrary {
        lines.lines(context.options.gate("arbitrary"));
        arbitrary_messages::enumeration(&name, &repr, found, lines);
    }
}

const fn kind(found: &Enum) -> &'static str {
    if found.flags { "flags" } else { "enum" }
}

fn note(found: &Enum) -> String {
    let bits = u16::from(found.bytes) * 8;
    let size = match found.bytes {
        1 => "one byte".to_owned(),
        bytes => format!("{bytes} bytes"),
    };
    if found.flags {
        format!("A `flags{bits}`: {size} on the wire. Unnamed bits are preserved.")
    } else {
        format!("An `enum{bits}`: {size} on the wire. Unnamed values are preserved.")
    }
}

fn constant(name: &str) -> Ident {
    ident(&const_name(name))
}

fn constants(context: &Context<'_>, found: &Enum, name: &Ident, path: &str, lines: &mut Lines) {
    if found.items.is_empty() {
        return;
    }
    lines.open(format!("impl {name} {{"));
    for item in &found.items {
        lines.docs(doc_lines(
            &item.docs,
            &format!("`{}` in the proto.", item.name),
        ));
        if item.deprecated {
            lines.docs(["", "Deprecated."]);
        }
        let (constant, value) = (constant(&item.name), item.value);
        lines.lines(aliases::of_item(
            context,
            &constant.to_string(),
            found,
            item,
        ));
        lines.attributes(&context.attributes(Kind::Field, format_args!("{path}.{}", item.name)));
        lines.line(format!("pub const {constant}: Self = Self({value});"));
    }
    lines.close("}");
}
