//! Type aliases and structs, with everything that structs implement.

use proc_macro2::Ident;
use quote::quote;

use super::body::Body;
use super::case::{const_name, field_ident, ident};
use super::context::Context;
use super::docs::lines as doc_lines;
use super::field_types::{
    default_value, element_path, element_type, field_type, is_long_array, is_owned_by_element,
};
use super::layout_docs::{field_docs, layout};
use super::lines::{Lines, tokens};
use super::locals::Scope;
use super::messages::id_docs;
use super::paths::Kind;
use super::{aliases, arbitrary, decode, encode, enums, fixed_size, serde, switch_enums};
use crate::model::{Alias, Field, Member, Origin, Role, Type, TypeDef, TypeId};

/// Emits the definition of a type and everything that it implements.
pub(super) fn definition(context: &Context<'_>, id: TypeId, lines: &mut Lines) {
    match context.model.definition(id) {
        TypeDef::Alias(found) => alias(context, id, found, lines),
        TypeDef::Enum(found) => enums::definition(context, id, found, lines),
        TypeDef::Struct(_) => body_items(context, Body::new(context, id), lines),
    }
}

fn alias(context: &Context<'_>, id: TypeId, alias: &Alias, lines: &mut Lines) {
    let name = ident(context.names.type_name(id));
    let target = element_type(context, context.names.module_of(id), alias.target);
    let lifetime = context.lifetime(alias.target.ty);
    lines.docs(doc_lines(
        &alias.docs,
        &format!("`{}` in the proto.", alias.name),
    ));
    lines.lines(aliases::of_type(context, id));
    lines.line(format!("pub type {name}{lifetime} = {target};"));
}

fn body_items(context: &Context<'_>, body: Body<'_>, lines: &mut Lines) {
    let name = ident(context.names.type_name(body.id));
    structure(context, body, &name, lines);
    for (index, switch) in body.switches().filter(|(_, switch)| switch.stored) {
        switch_enums::definition(context, body, index, switch, lines);
    }
    constants(context, body, &name, lines);
    let scope = Scope::new(context, body);
    if body.body.is_fixed_size() {
        fixed_size::implementation(context, body, &name, lines);
    } else {
        into_owned(context, body, &name, lines);
        decode::implementation(&scope, &name, lines);
        encode::implementation(&scope, &name, lines);
    }
    if context.options.arbitrary {
        lines.lines(context.options.gate("arbitrary"));
        arbitrary::implementation(&scope, &name, lines);
    }
}

fn structure(context: &Context<'_>, body: Body<'_>, name: &Ident, lines: &mut Lines) {
    struct_docs(context, body, lines);
    lines.lines(aliases::of_type(context, body.id));
    let (copy, hash) = if body.body.is_fixed_size() {
        (", Copy", ", Hash")
    } else {
        ("", "")
    };
    let has_long_array = body
        .stored()
        .any(|(_, member)| is_long_array_member(member));
    let default = if has_long_array { "" } else { ", Default" };
    let user = context.attributes(Kind::Struct, context.type_part(body.id));
    let derives = format!("Clone{copy}, Debug{default}, PartialEq, Eq{hash}");
    let attributes = lines.derive(&derives, &user);
    serde::derive(context, "wire", lines);
    lines.attributes(attributes);
    let lifetime = body.lifetime("<'a>");
    if body.stored().next().is_none() {
        lines.line(format!("pub struct {name}{lifetime} {{}}"));
    } else {
        lines.open(format!("pub struct {name}{lifetime} {{"));
        for (index, member) in body.stored() {
            struct_field(context, body, index, member, lines);
        }
        lines.close("}");
    }
    if has_long_array {
        default_by_hand(body, name, lines);
    }
}

fn struct_field(
    context: &Context<'_>,
    body: Body<'_>,
    index: usize,
    member: &Member,
    lines: &mut Lines,
) {
    let name = field_ident(member.name());
    let ty = match member {
        Member::Field(field) => {
            lines.docs(field_docs(context, body, field));
            field_type(context, body.module, field)
        }
        Member::Switch(switch) => {
            lines.docs(switch_enums::field_docs(context, body, switch));
            let name = ident(context.names.switch_name(body.id, index));
            let lifetime = if switch.contains.borrowed { "<'a>" } else { "" };
            format!("{name}{lifetime}")
        }
    };
    lines.lines(serde::rename(context, &name, member.name()));
    if let Member::Field(field) = member {
        lines.lines(serde::field_form(context, field));
    }
    let path = format!("{}.{}", context.type_part(body.id), member.name());
    lines.attributes(&context.attributes(Kind::Field, path));
    lines.line(format!("pub {name}: {ty},"));
}

fn struct_docs(context: &Context<'_>, body: Body<'_>, lines: &mut Lines) {
    let (name, origin) = (&body.body.name, &body.body.origin);
    let otherwise = match origin {
        Origin::Struct | Origin::Inline | Origin::Body { .. } => format!("`{name}` in the proto."),
        Origin::Message => format!("The message body `{name}` in the proto."),
    };
    lines.docs(doc_lines(&body.body.docs, &otherwise));
    lines.docs([""]);
    if let Origin::Body { channel, side, .. } = origin
        && let Some(message) = context.message_of(body.id, *channel, *side)
    {
        lines.docs([&id_docs(context, *side, message), ""]);
    }
    lines.docs(layout(context, body));
}

/// Virtual fields.
fn constants(context: &Context<'_>, body: Body<'_>, name: &Ident, lines: &mut Lines) {
    let virtuals = body.body.members.iter().filter_map(|member| match member {
        Member::Field(field) => match field.role {
            Role::Virtual(value) => Some((field, value)),
            _ => None,
        },
        Member::Switch(_) => None,
    });
    let virtuals: Vec<_> = virtuals.collect();
    if virtuals.is_empty() {
        return;
    }
    lines.open(format!("impl {name}{} {{", body.lifetime("<'_>")));
    for (field, value) in virtuals {
        virtual_constant(context, body, field, value, lines);
    }
    lines.close("}");
}

fn virtual_constant(
    context: &Context<'_>,
    body: Body<'_>,
    field: &Field,
    value: i64,
    lines: &mut Lines,
) {
    let name = ident(&const_name(&field.name));
    let ty = element_path(context, body.module, field.ty);
    let otherwise = format!("`{}`: a constant that is not on the wire.", field.name);
    lines.docs(doc_lines(&field.docs, &otherwise));
    lines.line(match field.ty.ty {
        Type::Enum(id) => {
            let path = context.type_path(body.module, id);
            let mut items = context.enumeration(id).items.iter();
            match items.find(|item| i64::from(item.value) == value) {
                Some(item) => {
                    let item = ident(&const_name(&item.name));
                    format!("pub const {name}: {ty} = {path}::{item};")
                }
                None => format!("pub const {name}: {ty} = {path}({value});"),
            }
        }
        _ => format!("pub const {name}: {ty} = {value};"),
    });
}

/// `IntoOwned` of a body that is not of fixed size.
fn into_owned(context: &Context<'_>, body: Body<'_>, name: &Ident, lines: &mut Lines) {
    let is_by_element = |member: &Member| match member {
        Member::Field(field) => body.body.contains.borrowed && is_owned_by_element(context, field),
        Member::Switch(_) => false,
    };
    let (by_element, direct): (Vec<_>, Vec<_>) =
        body.stored().partition(|(_, member)| is_by_element(member));
    let names = |members: Vec<(usize, &Member)>| {
        let names = members.into_iter();
        let names = names.map(|(_, member)| field_ident(member.name()).to_string());
        names.collect::<Vec<_>>()
    };
    let mut fields = names(direct);
    if !by_element.is_empty() {
        let arrays = format!("; {}", names(by_element).join(", "));
        match fields.last_mut() {
            Some(last) => last.push_str(&arrays),
            None => fields.push(arrays),
        }
    }
    let id = body.message_id();
    let start = format!("wire::impl_body!({id}{name}{} {{", body.lifetime("<'_>"));
    lines.table(&start, &fields, "});");
}

fn is_long_array_member(member: &Member) -> bool {
    match member {
        Member::Field(field) => is_long_array(field),
        Member::Switch(_) => false,
    }
}

/// `Default` of a struct with an array that is too long for the derive.
fn default_by_hand(body: Body<'_>, name: &Ident, lines: &mut Lines) {
    let ty = tokens(&format!("{name}{}", body.lifetime("<'_>")));
    let fields = body.stored().map(|(_, member)| {
        let name = field_ident(member.name());
        let default = match member {
            Member::Field(field) => default_value(field),
            Member::Switch(_) => quote!(::core::default::Default::default()),
        };
        quote!(#name: #default)
    });
    lines.item(quote! {
        impl ::core::default::Default for #ty {
            fn default() -> Self {
                Self { #(#fields),* }
            }
        }
    });
}
