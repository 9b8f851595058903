//! A model with the facts that several parts of the C backend need.

use std::collections::BTreeSet;

use super::members::{Form, known_form, path};
use super::names::Names;
use super::text::Text;
use crate::model::{
    Case, Field, FieldRef, Label, Message, Model, Origin, Role, Side, Struct, Switch, Type, TypeId,
    struct_of,
};

/// A model, and what C needs to know of its structs. Read-only.
#[derive(Debug)]
pub(super) struct Context<'m> {
    pub(super) model: &'m Model,
    pub(super) names: Names<'m>,
    /// The types that messages use.
    used: BTreeSet<TypeId>,
    /// One entry for each type of the model.
    structs: Vec<StructFacts>,
}

#[derive(Clone, Debug, Default)]
struct StructFacts {
    /// The number of C pointers in a block of the struct whose values are read after the block. A switch counts all its
    /// cases.
    pointers: usize,
    /// The path in C of the array at the end of the struct.
    end: Option<String>,
    /// Whether the C struct may need an alignment of more than 4 bytes.
    is_wide: bool,
    /// Whether values are read to the memory after the struct before the block ends.
    has_copies: bool,
}

impl<'m> Context<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        let mut context = Self {
            model,
            names: Names::new(model),
            used: model.types_of_protocol(),
            structs: Vec::with_capacity(model.types.len()),
        };
        // A struct is defined before the structs that have a field of its type.
        for index in 0..model.types.len() {
            let body = model.body(TypeId(index));
            let facts = body.map(|body| context.struct_facts(body));
            context.structs.push(facts.unwrap_or_default());
        }
        context
    }

    fn struct_facts(&self, body: &Struct) -> StructFacts {
        let mut facts = StructFacts::default();
        for (position, field) in body.fields() {
            let Some(form) = known_form(field) else {
                continue;
            };
            let nested = match (form, self.nested_struct(field)) {
                (Form::Value, Some((id, _))) => self.structs.get(id.0),
                _ => None,
            };
            let path = path(body, position);
            let end = match nested.and_then(|nested| nested.end.as_ref()) {
                Some(end) => Some(format!("{path}.{end}")),
                None => form.is_at_end().then_some(path),
            };
            facts.end = facts.end.or(end);
            let is_struct = matches!(field.ty.ty, Type::Struct(_));
            let is_later = form.is_pointer() || form == Form::Copy && !is_struct;
            facts.has_copies |= form == Form::Chunks
                || form == Form::Copy && is_struct
                || nested.is_some_and(|nested| nested.has_copies);
            let has_wide_number = self.model.int(field.ty.ty).is_some_and(|int| int.bytes > 4);
            let inner = field
                .ty
                .ty
                .definition()
                .and_then(|id| self.structs.get(id.0));
            facts.is_wide |=
                has_wide_number || inner.is_some_and(|inner| inner.is_wide) || form.is_c_pointer();
            let pointers = nested.map_or(usize::from(is_later), |nested| nested.pointers);
            facts.pointers = facts.pointers.saturating_add(pointers);
        }
        facts
    }

    /// A struct or message body of the model.
    pub(super) fn body(&self, id: TypeId) -> &'m Struct {
        struct_of(&self.model.types, id)
    }

    /// The structs and message bodies that messages use, in definition order.
    pub(super) fn used_structs(&self) -> impl Iterator<Item = TypeId> {
        self.used
            .iter()
            .copied()
            .filter(|id| self.model.body(*id).is_some())
    }

    /// Whether a body is a message.
    pub(super) fn is_message(&self, id: TypeId) -> bool {
        matches!(self.body(id).origin, Origin::Body { .. } | Origin::Message)
    }

    /// The C type of a struct or message body.
    pub(super) fn struct_type(&self, id: TypeId) -> String {
        let body = self.body(id);
        match self.message(body) {
            Some((message, side)) => self.names.message_struct(message, side),
            None => self.names.structure(body),
        }
    }

    /// The name of a struct or message body in the names of functions: `Rect`, `msg_port_init`.
    pub(super) fn function_name(&self, id: TypeId) -> String {
        let body = self.body(id);
        match self.message(body) {
            Some((message, side)) => self.names.stem(message, side),
            None => body.name.clone(),
        }
    }

    /// The message that defines this body, unless the body has a name of its own.
    fn message(&self, body: &Struct) -> Option<(&'m Message, Side)> {
        let Origin::Body { channel, side, id } = body.origin else {
            return None;
        };
        let mut messages = self.model.channel(channel).messages(side).iter();
        let message = messages.find(|message| message.id == id && message.name == body.name)?;
        Some((message, side))
    }

    /// The number of C pointers in a block of this type whose values are read after the block.
    pub(super) fn pointers(&self, id: TypeId) -> usize {
        self.structs.get(id.0).map_or(0, |facts| facts.pointers)
    }

    /// The path in C of the array at the end of a struct. Its elements are after the place of the struct.
    pub(super) fn end(&self, id: TypeId) -> Option<&str> {
        self.structs.get(id.0)?.end.as_deref()
    }

    /// Whether the C struct may need an alignment of more than 4 bytes, which places in a result do not have.
    pub(super) fn is_wide(&self, id: TypeId) -> bool {
        self.structs.get(id.0).is_some_and(|facts| facts.is_wide)
    }

    /// Whether a field has values that are read to the memory after the struct before the block ends.
    pub(super) fn has_copies(&self, field: &Field) -> bool {
        match (known_form(field), self.nested_struct(field)) {
            (Some(Form::Copy), nested) => nested.is_some(),
            (Some(Form::Value), Some((id, _))) => {
                self.structs.get(id.0).is_some_and(|facts| facts.has_copies)
            }
            (form, _) => form == Some(Form::Chunks),
        }
    }

    /// The struct of a field that is neither an array nor a pointer.
    pub(super) fn nested_struct(&self, field: &Field) -> Option<(TypeId, &'m Struct)> {
        match (field.ty.ty, field.array, field.pointer) {
            (Type::Struct(id), None, None) if field.role != Role::Zero => Some((id, self.body(id))),
            _ => None,
        }
    }

    /// Whether a field is a struct without members. C structs written by hand may not have it.
    pub(super) fn is_empty(&self, field: &Field) -> bool {
        let nested = self.nested_struct(field);
        nested.is_some_and(|(_, body)| body.members.is_empty())
    }

    /// The bytes of a struct that is read at an address, without the state of a reader.
    pub(super) fn plain_size(&self, id: TypeId) -> Option<u64> {
        let ty = Type::Struct(id);
        let size = self.model.size(ty).exact();
        size.filter(|_| self.model.is_fixed_size(ty))
    }

    /// The bytes of one value in a message. `None` if values differ in size.
    pub(super) fn wire_size(&self, ty: Type) -> Option<u64> {
        self.model.size(ty).exact()
    }

    /// Writes statements for each case of the switch that is a member of a body. `value` is the discriminant in C.
    pub(super) fn write_switch(
        &self,
        text: &mut Text,
        (member, switch): (usize, &Switch),
        value: &str,
        mut write_case: impl FnMut(&mut Text, FieldRef, &Case),
    ) {
        let cases = switch.cases.iter().enumerate();
        let live = cases.filter(|(_, case)| case.live);
        let live = live.map(|(index, case)| (FieldRef::case(member, index), case));
        if switch.discriminant.flags {
            for (index, (position, case)) in live.enumerate() {
                match (index, self.condition(switch, case, value)) {
                    (0, Some(condition)) => text.open(format!("if ({condition}) {{")),
                    (0, None) => text.open("{"),
                    (_, Some(condition)) => text.reopen(format!("}} else if ({condition}) {{")),
                    (_, None) => text.reopen("} else {"),
                }
                write_case(text, position, case);
            }
        } else {
            text.open(format!("switch ({value}) {{"));
            for (position, case) in live {
                for label in &case.labels {
                    text.reopen(match self.item(switch, *label) {
                        Some((name, value)) => format!("case {value}: /* {name} */"),
                        None => "default:".to_owned(),
                    });
                }
                write_case(text, position, case);
                text.line("break;");
            }
        }
        text.close("}");
    }

    /// The C name and the value of the item of a label. `None` for `default`.
    fn item(&self, switch: &Switch, label: Label) -> Option<(String, u32)> {
        let Label::Item { item, .. } = label else {
            return None;
        };
        let (ty, item) = (
            self.model.discriminant_type(switch),
            self.model.item(switch, item),
        );
        Some((self.names.item(ty, item), item.value))
    }

    /// When a case of a flags type is selected. `None` if it always is.
    fn condition(&self, switch: &Switch, case: &Case, value: &str) -> Option<String> {
        let mut conditions = Vec::new();
        for label in &case.labels {
            let (name, bit) = self.item(switch, *label)?;
            let operator = match label {
                Label::Item { negated: true, .. } => "==",
                _ => "!=",
            };
            conditions.push(format!("({value} & {bit:#x}u /* {name} */) {operator} 0"));
        }
        Some(conditions.join(" || "))
    }
}
