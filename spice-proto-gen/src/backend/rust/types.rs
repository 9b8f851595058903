//! Definitions: aliases, and bodies with what they implement.

use proc_macro2::TokenStream;
use quote::quote;

use super::code::{Code, compact};
use super::context::{Body, Context, Shape, field_text, is_kept, is_option, number, shape};
use super::docs::{declaration, layout, lines};
use super::naming::{const_name, ident_text};
pub(super) use super::switches::value_ident;
use super::{decode, encode};
use crate::model::{
    Alias, Field, Member, Origin, Role, Side, Struct, Switch, Type, TypeDef, TypeId,
};

impl Context<'_> {
    /// The definition of a type and all that it implements.
    pub(super) fn definition(&self, id: TypeId, code: &mut Code) {
        match self.model.types.get(id.0) {
            Some(TypeDef::Alias(alias)) => self.alias(id, alias, code),
            Some(TypeDef::Enum(found)) => self.enumeration(id, found, code),
            Some(TypeDef::Struct(_)) | None => {
                if let Some(body) = self.body(id) {
                    self.body_items(body, code);
                }
            }
        }
    }

    fn alias(&self, id: TypeId, alias: &Alias, code: &mut Code) {
        let place = self.names.place(id);
        let name = ident_text(self.names.type_name(id));
        let otherwise = format!("`{}` of the proto.", alias.name);
        let target = compact(self.element_type(place, alias.target));
        let lifetime = if self.borrows(alias.target.ty) {
            "<'a>"
        } else {
            ""
        };
        code.docs(lines(&alias.docs, &otherwise));
        code.line(format_args!("pub type {name}{lifetime} = {target};"));
    }

    fn body_items(&self, body: Body<'_>, code: &mut Code) {
        self.body_struct(body, code);
        for (index, switch) in body.switches() {
            if switch.stored {
                self.switch_enum(body, index, switch, code);
            }
        }
        self.constants(body, code);
        let arbitrary = self.arbitrary_body(body);
        if body.body.is_fixed_size() {
            self.plain(body, code);
            code.items(quote!(#arbitrary));
            return;
        }
        self.borrowing(body, code);
        let decode = decode::implementation(self, body);
        let encode = encode::implementation(self, body);
        code.items(quote!(#decode #encode #arbitrary));
    }

    fn body_struct(&self, body: Body<'_>, code: &mut Code) {
        let name_text = self.names.type_name(body.id);
        let name = ident_text(name_text);
        let lifetime = if body.body.contains.borrowed {
            "<'a>"
        } else {
            ""
        };
        self.body_docs(body.body, code);
        let copy = if body.body.is_fixed_size() {
            "Copy, Hash, "
        } else {
            ""
        };
        let has_default = body.body.members.iter().any(is_long_array);
        let default = if has_default { "" } else { "Default, " };
        code.line(format_args!(
            "#[derive(Clone, {copy}Debug, {default}PartialEq, Eq)]"
        ));
        self.serde_derive(code);
        code.attributes(&self.user_attributes(body.place, name_text));
        if kept(body.body).next().is_none() {
            code.line(format_args!("pub struct {name}{lifetime} {{}}"));
        } else {
            code.open(format_args!("pub struct {name}{lifetime} {{"));
            for (index, member) in body.body.members.iter().enumerate() {
                self.struct_field(body, index, member, code);
            }
            code.close("}");
        }
        if has_default {
            default_of(body.body, &name, code);
        }
    }

    fn struct_field(&self, body: Body<'_>, index: usize, member: &Member, code: &mut Code) {
        if !is_kept(member) {
            return;
        }
        let name = field_text(member_name(member));
        let (docs, form, ty) = match member {
            Member::Field(field) => {
                let otherwise = declaration(self.model, body.body, field);
                let docs = lines(&field.docs, &format!("`{otherwise}` on the wire."));
                let ty = self.field_type_text(body.place, field);
                (docs, self.serde_field(field), ty)
            }
            Member::Switch(switch) => {
                let name = ident_text(self.names.switch_name(body.id, index));
                let lifetime = if switch.contains.borrowed { "<'a>" } else { "" };
                (
                    self.switch_docs(body.body, switch),
                    None,
                    format!("{name}{lifetime}"),
                )
            }
        };
        code.docs(docs);
        code.lines(self.serde_name(&name, member_name(member)));
        code.lines(form);
        code.line(format_args!("pub {name}: {ty},"));
    }

    fn body_docs(&self, body: &Struct, code: &mut Code) {
        let (otherwise, note) = match &body.origin {
            Origin::Struct | Origin::Inline => (format!("`{}` of the proto.", body.name), None),
            Origin::Message => (
                format!("The body of messages of type `{}`.", body.name),
                None,
            ),
            Origin::Body { channel, side, id } => {
                let channel = self.model.channels.get(channel.0);
                let channel = channel.map_or("", |channel| channel.name.as_str());
                let side = match side {
                    Side::Server => "server",
                    Side::Client => "client",
                };
                let note = format!("Message {id} of a {side} on `{channel}`.");
                (format!("`{}` of the proto.", body.name), Some(note))
            }
        };
        code.docs(lines(&body.docs, &otherwise));
        code.docs([""]);
        if let Some(note) = note {
            code.docs([note.as_str(), ""]);
        }
        code.docs(layout(self.model, body));
    }

    fn switch_docs(&self, body: &Struct, switch: &Switch) -> Vec<String> {
        let path = self.discriminant_path(body, switch);
        lines(&switch.docs, &format!("What follows depends on `{path}`."))
    }

    fn constants(&self, body: Body<'_>, code: &mut Code) {
        let virtuals = body.body.members.iter().filter_map(|member| match member {
            Member::Field(field) => match field.role {
                Role::Virtual(value) => Some((field, value)),
                _ => None,
            },
            Member::Switch(_) => None,
        });
        let virtuals: Vec<_> = virtuals.collect();
        let id = match body.body.origin {
            Origin::Body { id, .. } => Some(id),
            _ => None,
        };
        if virtuals.is_empty() && id.is_none() {
            return;
        }
        let name = ident_text(self.names.type_name(body.id));
        let lifetime = if body.body.contains.borrowed {
            "<'_>"
        } else {
            ""
        };
        code.open(format_args!("impl {name}{lifetime} {{"));
        if let Some(id) = id {
            code.docs(["The id of the message."]);
            code.line(format_args!("pub const ID: u16 = {id};"));
        }
        for (field, value) in virtuals {
            let name = ident_text(&const_name(&field.name));
            let ty = compact(self.element_path(body.place, field.ty));
            let otherwise = format!("`{}`: a constant that is not on the wire.", field.name);
            code.docs(lines(&field.docs, &otherwise));
            code.line(match field.ty.ty {
                Type::Enum(id) => {
                    let path = compact(self.type_path(body.place, id));
                    format!("pub const {name}: {ty} = {path}({value});")
                }
                _ => format!("pub const {name}: {ty} = {value};"),
            });
        }
        code.close("}");
    }

    /// What a body implements that has no fixed size, or that not all bytes are, beside `Decode` and
    /// `Encode`.
    fn borrowing(&self, body: Body<'_>, code: &mut Code) {
        let name = ident_text(self.names.type_name(body.id));
        let by_element = |member: &&Member| match member {
            Member::Field(field) => self.is_owned_by_element(field),
            Member::Switch(_) => false,
        };
        let borrows = body.body.contains.borrowed;
        let (last, first): (Vec<_>, Vec<_>) =
            kept(body.body).partition(|member| borrows && by_element(member));
        let names = |members: &[&Member]| -> Vec<_> {
            let members = members.iter();
            members
                .map(|member| field_text(member_name(member)))
                .collect()
        };
        let lifetime = if borrows { "<'_>" } else { "" };
        let begin = format!("wire::impl_body!({name}{lifetime} {{");
        let (mut fields, last) = (names(&first), names(&last));
        if !last.is_empty() {
            let before = fields.pop().unwrap_or_default();
            fields.push(format!("{before}; {}", last.join(", ")));
        }
        code.list(begin, &fields, "});");
    }

    /// What a body implements that is of fixed size and that any bytes are.
    fn plain(&self, body: Body<'_>, code: &mut Code) {
        let name = ident_text(self.names.type_name(body.id));
        let size = body.body.size.min();
        let mut at = 0;
        let (mut fields, mut layout) = (Vec::new(), Vec::new());
        for member in &body.body.members {
            let Member::Field(field) = member else {
                continue;
            };
            if is_kept(member) {
                let ty = compact(self.run_type(body, field));
                fields.push(format!("{at} {}: {ty}", field_text(&field.name)));
            }
            self.leaves(field, "", &mut at, &mut layout);
        }
        let layout = layout.iter().map(|(end, name)| format!("{end} {name:?}"));
        let layout: Vec<_> = layout.collect();
        let padding = body.body.contains.padding.then_some("; padding: true");
        // What is large is put in place, not copied from the stack.
        let padding = padding.unwrap_or_default();
        let begin = format!("wire::impl_fixed_size!({name}: {size} bytes{padding}");
        code.rows(&begin, &[("{", &fields, "}"), ("[", &layout, "]")], ");");
    }

    /// The type of a field of a run.
    fn run_type(&self, body: Body<'_>, field: &Field) -> TokenStream {
        let element = self.element_path(body.place, field.ty);
        match shape(field) {
            Shape::Fixed(count) => {
                let count = number(count);
                quote!([#element; #count])
            }
            _ => element,
        }
    }

    /// The same as it stands before `::get`.
    pub(super) fn get_type(&self, body: Body<'_>, field: &Field) -> TokenStream {
        let ty = self.run_type(body, field);
        match shape(field) {
            Shape::Fixed(_) => quote!(<#ty>),
            _ => ty,
        }
    }

    /// The names of the fields in a field of a run, each with the byte after it.
    pub(super) fn leaves(
        &self,
        field: &Field,
        prefix: &str,
        at: &mut u64,
        leaves: &mut Vec<(u64, String)>,
    ) {
        let name = format!("{prefix}{}", field.name);
        match (field.ty.ty, field.array, field.pointer) {
            (Type::Struct(id), None, None) if field.role != Role::Zero => {
                let prefix = format!("{name}.");
                let members = self.model.body(id).map_or(&[][..], |body| &body.members);
                for member in members {
                    if let Member::Field(inner) = member {
                        self.leaves(inner, &prefix, at, leaves);
                    }
                }
            }
            _ if field.size.min() > 0 => {
                *at += field.size.min();
                leaves.push((*at, name));
            }
            _ => {}
        }
    }
}

/// The members of a body that are fields of the Rust struct.
fn kept(body: &Struct) -> impl Iterator<Item = &Member> {
    body.members.iter().filter(|member| is_kept(member))
}

fn member_name(member: &Member) -> &str {
    match member {
        Member::Field(field) => &field.name,
        Member::Switch(switch) => &switch.name,
    }
}

/// Whether a field is an array of more elements than the standard library knows `Default` for.
fn is_long_array(member: &Member) -> bool {
    match member {
        Member::Field(field) => {
            is_kept(member) && matches!(shape(field), Shape::Fixed(33..)) && !is_option(field)
        }
        Member::Switch(_) => false,
    }
}

/// `Default` of a body with long arrays.
fn default_of(body: &Struct, name: &str, code: &mut Code) {
    let lifetime = if body.contains.borrowed { "<'_>" } else { "" };
    code.open(format_args!(
        "impl ::core::default::Default for {name}{lifetime} {{"
    ));
    code.open("fn default() -> Self {");
    let fields = kept(body).map(|member| {
        let default = "::core::default::Default::default()";
        let name = field_text(member_name(member));
        match is_long_array(member) {
            true => format!("{name}: ::core::array::from_fn(|_| {default})"),
            false => format!("{name}: {default}"),
        }
    });
    code.table("Self {", fields, "}");
    code.close("}");
    code.close("}");
}
