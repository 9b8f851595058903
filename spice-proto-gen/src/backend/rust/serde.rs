//! What `serde` is told about types: names are those of the proto, bytes are not lists of numbers.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::context::{Context, Shape, is_option, shape};
use crate::model::{Enum, Field, Int, Member, Switch, Type, VariantName};

impl Context<'_> {
    /// The derives of a struct, or an enum with parts.
    pub(super) fn serde_derive(&self) -> Option<TokenStream> {
        self.options.serde.then(|| {
            quote! {
                #[derive(
                    ::spice_wire::__private::serde::Serialize,
                    ::spice_wire::__private::serde::Deserialize
                )]
                #[serde(crate = "::spice_wire::__private::serde")]
            }
        })
    }

    /// What a field or variant is called, if that is not its name in Rust.
    pub(super) fn serde_name(&self, name: &Ident, in_proto: &str) -> Option<TokenStream> {
        let is_same = name.to_string().trim_start_matches("r#") == in_proto;
        (self.options.serde && !is_same).then(|| quote!(#[serde(rename = #in_proto)]))
    }

    /// What a field or switch of a body is called, and the form of its value.
    pub(super) fn serde_member(&self, name: &Ident, member: &Member) -> TokenStream {
        let (in_proto, form) = match member {
            Member::Field(field) => (&field.name, self.serde_field(field)),
            Member::Switch(switch) => (&switch.name, None),
        };
        let name = self.serde_name(name, in_proto);
        quote!(#name #form)
    }

    /// What a variant of a switch is called.
    pub(super) fn serde_variant(&self, switch: &Switch, position: usize) -> Option<TokenStream> {
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
        self.serde_name(&self.variant_ident(switch, position), in_proto)
    }

    /// The form of bytes.
    pub(super) fn serde_bytes(&self) -> Option<TokenStream> {
        self.serde_form("bytes")
    }

    fn serde_form(&self, form: &str) -> Option<TokenStream> {
        let path = format!("::spice_wire::__private::form::{form}");
        self.options.serde.then(|| quote!(#[serde(with = #path)]))
    }

    /// The form of a field's value.
    pub(super) fn serde_field(&self, field: &Field) -> Option<TokenStream> {
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
        name: &Ident,
        repr: &Ident,
        found: &Enum,
    ) -> Option<TokenStream> {
        let functions = match found.flags {
            true => quote!(serialize_flags, deserialize_flags),
            false => quote!(serialize_enum, deserialize_enum),
        };
        let wanted = self.options.serde;
        wanted.then(|| quote!(wire::impl_serde!(#name, #repr, #functions);))
    }
}
