//! Enums and flags: open, so they are structs of a number with constants.

use super::code::Code;
use super::context::{Context, int_type};
use super::docs::lines;
use super::naming::{const_name, ident_text};
use crate::model::{Enum, Int, TypeId};

impl Context<'_> {
    pub(super) fn enumeration(&self, id: TypeId, found: &Enum, code: &mut Code) {
        let place = self.names.place(id);
        let name_text = self.names.type_name(id);
        let name = ident_text(name_text);
        let repr = int_type(Int {
            bytes: found.bytes,
            signed: false,
        });
        let otherwise = format!("`{}` of the proto.", found.name);
        code.docs(lines(&found.docs, &otherwise));
        code.docs(["", &note(found)]);
        code.line("#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]");
        code.attributes(&self.user_attributes(place, name_text));
        code.line(format_args!("pub struct {name}(pub {repr});"));
        constants(found, &name, code);
        let names = found.items.iter();
        let names = names.map(|item| format!("{:?} {}", item.name, constant(&item.name)));
        let kind = if found.flags { "flags" } else { "enum" };
        code.list(
            format_args!("wire::impl_{kind}!({name}, {repr} {{"),
            &names.collect::<Vec<_>>(),
            "});",
        );
        code.lines(self.serde_enumeration(&name, &repr, found));
        self.arbitrary_enumeration(&name, &repr, found, code);
    }
}

/// What the type is on the wire.
fn note(found: &Enum) -> String {
    let kind = if found.flags { "flags" } else { "enum" };
    let bits = u16::from(found.bytes) * 8;
    let size = match found.bytes {
        1 => "one byte".to_owned(),
        bytes => format!("{bytes} bytes"),
    };
    format!("A `{kind}{bits}`: {size} on the wire. Values without a name are kept.")
}

fn constant(name: &str) -> String {
    ident_text(&const_name(name))
}

fn constants(found: &Enum, name: &str, code: &mut Code) {
    if found.items.is_empty() {
        return;
    }
    code.open(format_args!("impl {name} {{"));
    for item in &found.items {
        code.docs(lines(&item.docs, &format!("`{}` of the proto.", item.name)));
        if item.deprecated {
            code.docs(["", "Out of use."]);
        }
        let (constant, value) = (constant(&item.name), item.value);
        code.line(format_args!("pub const {constant}: Self = Self({value});"));
    }
    code.close("}");
}
