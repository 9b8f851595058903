//! What `serde` is told about types: names are those of the proto, bytes are not lists of numbers.

use proc_macro2::Ident;

use super::code::Code;
use super::context::{Context, Shape, is_option, shape};
use crate::model::{Enum, Field, Int, Switch, Type, VariantName};

impl Context<'_> {
    /// The derives of a struct, or an enum with parts.
    pub(super) fn serde_derive(&self, code: &mut Code) {
        if self.options.serde {
            code.open("#[derive(");
            code.line("::spice_wire::__private::serde::Serialize,");
            code.line("::spice_wire::__private::serde::Deserialize");
            code.close(")]");
            code.line("#[serde(crate = \"::spice_wire::__private::serde\")]");
        }
    }

    /// What a field or variant is called, if that is not its name in Rust.
    pub(super) fn serde_name(&self, name: &str, in_proto: &str) -> Option<String> {
        let is_same = name.trim_start_matches("r#") == in_proto;
        (self.options.serde && !is_same).then(|| format!("#[serde(rename = {in_proto:?})]"))
    }

    /// What a variant of a switch is called.
    pub(super) fn serde_variant(&self, switch: &Switch, position: usize) -> Option<String> {
        let variant = switch.variants.get(position)?;
        let case = variant.case.and_then(|case| switch.cases.get(case));
        let in_proto = match (variant.name, case) {
            (VariantName::Item(item), _) => {
                let found = self.model.enumeration(switch.discriminant.ty)?;
                found.items.get(item)?.name.as_str()
            }
            (VariantName::Field, Some(case)) => case.field.name.as_str(),
            _ if switch.discriminant.implied => "other",
            _ => "absent",
        };
        self.serde_name(&self.variant_text(switch, position), in_proto)
    }

    /// The form of bytes.
    pub(super) fn serde_bytes(&self) -> Option<String> {
        self.serde_form("bytes")
    }

    fn serde_form(&self, form: &str) -> Option<String> {
        let wanted = self.options.serde;
        wanted.then(|| format!("#[serde(with = \"::spice_wire::__private::form::{form}\")]"))
    }

    /// The form of a field's value.
    pub(super) fn serde_field(&self, field: &Field) -> Option<String> {
        const BYTE: Type = Type::Int(Int {
            bytes: 1,
            signed: false,
        });
        match (shape(field), is_option(field), field.ty.ty) {
            (Shape::Bytes, ..) => self.serde_bytes(),
            (Shape::Fixed(_), false, BYTE) => self.serde_form("byte_array"),
            (Shape::Fixed(_), true, BYTE) => self.serde_form("optional_byte_array"),
            (Shape::Fixed(_), false, _) => self.serde_form("array"),
            (Shape::Fixed(_), true, _) => self.serde_form("optional_array"),
            _ => None,
        }
    }

    /// The implementations for an enum or flags type.
    pub(super) fn serde_enumeration(
        &self,
        name: &str,
        repr: &Ident,
        found: &Enum,
    ) -> Option<String> {
        let kind = if found.flags { "flags" } else { "enum" };
        let wanted = self.options.serde;
        wanted.then(|| {
            format!("wire::impl_serde!({name}, {repr}, serialize_{kind}, deserialize_{kind});")
        })
    }
}
