//! A model with the facts that several parts of the C backend need.

use std::fmt::Write as _;

use super::members::{Case, Form, known_form, members};
use super::names::Names;
use super::text::Text;
use crate::model::{
    Case as SwitchCase, Field, Label, Member, Message, Model, Origin, Role, Side, Struct, Switch,
    Type, TypeId,
};

/// A model, and what C needs to know of its structs. Read-only.
#[derive(Debug)]
pub(super) struct Context<'m> {
    pub(super) model: &'m Model,
    pub(super) names: Names<'m>,
    /// Whether a message uses each type of the model.
    used: Vec<bool>,
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
}

impl<'m> Context<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        let mut context = Self {
            model,
            names: Names::new(model),
            used: model.used_types(),
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
        for member in members(body) {
            let Some(form) = known_form(member.field) else {
                continue;
            };
            let nested = self.nested_struct(member.field);
            let nested = nested.and_then(|(id, _)| self.structs.get(id.0));
            let path = match (form, nested) {
                (Form::End | Form::PointersAtEnd, _) => Some(member.path()),
                (Form::Value, Some(nested)) => {
                    let rest = nested.end.as_ref();
                    rest.map(|rest| format!("{}.{rest}", member.path()))
                }
                _ => None,
            };
            facts.end = facts.end.or(path);
            facts.pointers = facts.pointers.saturating_add(match (form, nested) {
                (
                    Form::Pointee
                    | Form::PointeeInMessage
                    | Form::PointeeChunks
                    | Form::Copy
                    | Form::PointersAtEnd,
                    _,
                ) => 1,
                (Form::Value, Some(nested)) => nested.pointers,
                _ => 0,
            });
        }
        facts
    }

    /// A struct or message body of the model.
    pub(super) fn body(&self, id: TypeId) -> &'m Struct {
        match self.model.body(id) {
            Some(body) => body,
            None => unreachable!("the id is that of a struct"),
        }
    }

    /// Whether no message uses a type. Then it has no place in generated C.
    pub(super) fn is_unused(&self, id: TypeId) -> bool {
        self.used.get(id.0) != Some(&true)
    }

    /// Whether a body is that of messages.
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
        let channel = self.model.channels.get(channel.0)?;
        let mut messages = channel.messages(side).iter();
        let message = messages.find(|message| message.id == id && message.name == body.name)?;
        Some((message, side))
    }

    /// The number of C pointers in a block of this type whose values are read after the block.
    pub(super) fn pointers(&self, id: TypeId) -> usize {
        self.structs.get(id.0).map_or(0, |facts| facts.pointers)
    }

    /// The path in C of the array at the end of a struct. Its elements are behind the place of the struct.
    pub(super) fn end(&self, id: TypeId) -> Option<&str> {
        self.structs.get(id.0)?.end.as_deref()
    }

    /// The struct of a field that is neither an array nor a pointer.
    pub(super) fn nested_struct(&self, field: &Field) -> Option<(TypeId, &'m Struct)> {
        match (field.ty.ty, field.array, field.pointer) {
            (Type::Struct(id), None, None) if field.role != Role::Zero => Some((id, self.body(id))),
            _ => None,
        }
    }

    /// Whether values of a type are read at an offset, without the state of a reader.
    pub(super) fn is_plain(&self, ty: Type) -> bool {
        self.model.is_fixed_size(ty)
    }

    /// The bytes of one value in a message. `None` if values differ in size.
    pub(super) fn wire_size(&self, ty: Type) -> Option<u64> {
        self.model.size(ty).exact()
    }

    /// Whether values of a type have no bytes and no member in C.
    pub(super) fn is_empty(&self, ty: Type) -> bool {
        matches!(ty, Type::Struct(id) if members(self.body(id)).is_empty())
    }

    /// Writes a C statement for each case of a switch. `value` is the discriminant in C.
    pub(super) fn write_switch(
        &self,
        text: &mut Text,
        switch: &'m Switch,
        value: &str,
        mut write_case: impl FnMut(&mut Text, Case<'m>, &'m SwitchCase),
    ) {
        let union = (!switch.attributes.has("anon")).then_some(switch);
        let live = switch.cases.iter().filter(|case| case.live);
        let live = live.map(|found| {
            let field = &found.field;
            (Case { union, field }, found)
        });
        if !switch.discriminant.flags {
            text.line(format!("switch ({value}) {{"));
            for (case, found) in live {
                for label in &found.labels {
                    text.line(self.label(switch, *label));
                }
                text.indent();
                write_case(text, case, found);
                text.line("break;");
                text.dedent();
            }
            text.line("}");
            return;
        }
        for (index, (case, found)) in live.enumerate() {
            let condition = self.condition(switch, found, value);
            match (index, condition) {
                (0, Some(condition)) => text.open(format!("if ({condition}) {{")),
                (0, None) => text.open("{"),
                (_, Some(condition)) => text.reopen(format!("}} else if ({condition}) {{")),
                (_, None) => text.reopen("} else {"),
            }
            write_case(text, case, found);
        }
        text.close("}");
    }

    fn item(&self, switch: &Switch, item: usize) -> (String, u32) {
        let found = self.model.enumeration(switch.discriminant.ty);
        let Some((found, item)) = found.and_then(|found| Some((found, found.items.get(item)?)))
        else {
            unreachable!("a label refers to an item of the discriminant's type");
        };
        (self.names.item(found, item), item.value)
    }

    fn label(&self, switch: &Switch, label: Label) -> String {
        match label {
            Label::Default => "default:".to_owned(),
            Label::Item { item, .. } => {
                let (name, value) = self.item(switch, item);
                format!("case {value}: /* {name} */")
            }
        }
    }

    /// When a case of a flags type is selected. `None` if it always is.
    fn condition(&self, switch: &Switch, case: &SwitchCase, value: &str) -> Option<String> {
        let mut condition = String::new();
        for label in &case.labels {
            let Label::Item { item, negated } = *label else {
                return None;
            };
            let (name, bit) = self.item(switch, item);
            let operator = if negated { "==" } else { "!=" };
            if !condition.is_empty() {
                condition.push_str(" || ");
            }
            let _ = write!(condition, "({value} & {bit:#x}u /* {name} */) {operator} 0");
        }
        Some(condition)
    }

    /// How a switch in a C struct that is `owner` names its discriminant: `msg->descriptor.type`.
    pub(super) fn discriminant_path(&self, body: &Struct, switch: &Switch) -> String {
        let mut names = Vec::new();
        let mut body = Some(body);
        for index in &switch.discriminant.path {
            let member = body.and_then(|body| body.members.get(*index));
            let Some(Member::Field(field)) = member else {
                unreachable!("the path of a discriminant leads through fields");
            };
            names.push(field.name.as_str());
            body = self.nested_struct(field).map(|(_, body)| body);
        }
        names.join(".")
    }
}
