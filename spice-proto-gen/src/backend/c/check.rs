//! Checks whether C can be generated for a model.

use std::collections::HashMap;

use super::context::Context;
use super::demarshall::wire_size;
use super::members::{Form, known_form};
use crate::SpanIndex;
use crate::diagnostic::{Code, Diagnostic, Span};
use crate::model::{Array, Member, Model, Origin, Side, Size, Struct, Switch, Type, TypeId};

/// Keywords of C and C++.
const KEYWORDS: [&str; 62] = [
    "alignas",
    "alignof",
    "and",
    "asm",
    "auto",
    "bool",
    "break",
    "case",
    "catch",
    "char",
    "class",
    "const",
    "continue",
    "default",
    "delete",
    "do",
    "double",
    "else",
    "enum",
    "explicit",
    "export",
    "extern",
    "false",
    "float",
    "for",
    "friend",
    "goto",
    "if",
    "inline",
    "int",
    "long",
    "mutable",
    "namespace",
    "new",
    "not",
    "operator",
    "or",
    "private",
    "protected",
    "public",
    "register",
    "restrict",
    "return",
    "short",
    "signed",
    "sizeof",
    "static",
    "struct",
    "switch",
    "template",
    "this",
    "throw",
    "true",
    "try",
    "typedef",
    "typename",
    "union",
    "unsigned",
    "using",
    "virtual",
    "void",
    "while",
];

/// Reports the parts of a proto for which no C can be generated, at their places in the proto.
#[must_use]
pub fn check(model: &Model, spans: &SpanIndex) -> Vec<Diagnostic> {
    let context = Context::new(model);
    let mut check = Check {
        context: &context,
        spans,
        diagnostics: Vec::new(),
    };
    for index in 0..model.types.len() {
        if !context.is_unused(TypeId(index))
            && let Some(body) = model.body(TypeId(index))
        {
            check.body(body);
        }
    }
    check.function_names();
    check.diagnostics
}

struct Check<'c, 'm> {
    context: &'c Context<'m>,
    spans: &'c SpanIndex,
    diagnostics: Vec<Diagnostic>,
}

impl Check<'_, '_> {
    fn body(&mut self, body: &Struct) {
        let path = self.path(body);
        let last = body.members.len().saturating_sub(1);
        for (index, member) in body.members.iter().enumerate() {
            let name = member.name();
            if KEYWORDS.contains(&name) {
                let message = format!("`{name}` is a keyword in C or C++");
                self.report(&path, name, message, "rename it");
            }
            if let Member::Switch(switch) = member {
                self.switch(body, switch, &path);
            }
            for field in member.fields() {
                let name = member.name();
                let Some(form) = known_form(field) else {
                    let message = format!("the array `{name}` has no place in a C struct");
                    let help = "add an output attribute: `@end` on the last member, else `@as_ptr(length)`";
                    self.report(&path, name, message, help);
                    continue;
                };
                let is_fixed = matches!(field.array, None | Some(Array::Fixed(_)));
                if field.array.is_some() && field.ty.ty == Type::Fd
                    || !is_fixed && self.context.wire_size(field.ty.ty) == Some(0)
                {
                    let message = format!("elements of `{name}` have no bytes");
                    let help = "a count without bytes could make a parser allocate up to 4 GiB";
                    self.report(&path, name, message, help);
                }
                if let (Member::Switch(switch), Form::InMessage(Some(length))) = (member, form)
                    && !switch.attributes.has("anon")
                {
                    let message = format!("`{length}` and its array are members of one C union");
                    self.report(&path, name, message, "write `@anon` on the switch");
                }
                let is_end = match (form, self.context.nested_struct(field)) {
                    (Form::End | Form::PointersAtEnd, _) => true,
                    (Form::Value, Some((id, _))) => self.context.end(id).is_some(),
                    _ => false,
                };
                let later = body.members.get(index + 1..).unwrap_or_default();
                let has_member_later = later
                    .iter()
                    .flat_map(Member::fields)
                    .any(|field| !matches!(known_form(field), Some(Form::None) | None));
                if is_end && index < last && has_member_later {
                    let message = format!("`{name}` ends its C struct, and a member follows");
                    self.report(&path, name, message, "write `@as_ptr(length)` or `@to_ptr`");
                }
                let in_memory = matches!(
                    form,
                    Form::Value | Form::Fixed(_) | Form::End | Form::PointersAtEnd
                );
                if let (Some(array), Type::Struct(id)) = (field.array, field.ty.ty) {
                    let is_variable = matches!(form, Form::Fixed(_) | Form::End);
                    if is_variable && self.context.end(id).is_some() {
                        let message = format!("elements of `{name}` have no fixed size in C");
                        self.report(&path, name, message, "write `@ptr_array`");
                    }
                    if in_memory && self.context.pointers(id) > 0 {
                        let message = format!("elements of `{name}` contain pointers");
                        self.report(&path, name, message, "write a field for each element");
                    }
                    let _ = array;
                }
                if form == Form::Chunks && !self.is_bytes(field.ty.ty)
                    || matches!(form, Form::InMessage(_))
                        && self.context.wire_size(field.ty.ty).is_none()
                {
                    let message =
                        format!("`{name}` cannot stay in the message: its elements vary in size");
                    self.report(&path, name, message, "write `@ptr_array`");
                }
                if field.array == Some(Array::CString) && form != Form::PointeeInMessage {
                    let message = format!("the `cstring()` `{name}` has no place in a C struct");
                    self.report(&path, name, message, "make it a pointee with `@nocopy`");
                }
                if matches!((form, field.array, field.ty.ty), (Form::Copy, None, ty) if !matches!(ty, Type::Struct(_)))
                {
                    let message = format!("`@to_ptr` on the number `{name}`");
                    self.report(&path, name, message, "leave it out");
                }
            }
        }
    }

    fn is_bytes(&self, ty: Type) -> bool {
        self.context.wire_size(ty) == Some(1)
    }

    /// A discriminant in another struct is read at a constant offset of it.
    fn switch(&mut self, body: &Struct, switch: &Switch, path: &[String]) {
        let mut body = Some(body);
        for (depth, index) in switch.discriminant.path.iter().enumerate() {
            let Some(Member::Field(field)) = body.and_then(|body| body.members.get(*index)) else {
                return;
            };
            if let Some(before) = body.and_then(|body| body.members.get(..*index))
                && depth > 0
                && before
                    .iter()
                    .any(|member| !is_static(member) || wire_size(member) > 1 << 30)
            {
                let name = &switch.name;
                let message =
                    format!("the discriminant of `{name}` is behind a member of variable size");
                self.report(
                    path,
                    name,
                    message,
                    "move it to the beginning of its struct",
                );
                return;
            }
            body = self.context.nested_struct(field).map(|(_, body)| body);
        }
        // Elements are written behind the struct at one offset.
        let mut ends: Vec<String> = Vec::new();
        for case in super::members::cases(switch) {
            if matches!(
                known_form(case.field),
                Some(Form::End | Form::PointersAtEnd)
            ) {
                ends.push(case.path());
            }
        }
        ends.dedup();
        if ends.len() > 1 {
            let name = &switch.name;
            let message =
                format!("the cases of `{name}` end their C struct with different members");
            self.report(path, name, message, "give the arrays of the cases one name");
        }
    }

    /// Reports messages whose functions would have one name.
    fn function_names(&mut self) {
        let model = self.context.model;
        for side in [Side::Server, Side::Client] {
            let mut stems: HashMap<String, TypeId> = HashMap::new();
            for entry in &model.protocol.channels {
                let channel = model.channels.get(entry.channel.0);
                for message in channel.iter().flat_map(|channel| channel.messages(side)) {
                    let stem = self.context.names.stem(message, side);
                    let body = self.context.body(message.body);
                    let first = *stems.entry(stem.clone()).or_insert(message.body);
                    let other = self.context.body(first);
                    if first != message.body
                        && matches!(body.origin, Origin::Body { .. })
                        && other.origin != body.origin
                    {
                        let path = self.path(body);
                        let message = format!("two messages have the C function `{stem}`");
                        self.report(&path, "", message, "rename one of them");
                    }
                }
            }
        }
    }

    /// The path of a body in the proto.
    fn path(&self, body: &Struct) -> Vec<String> {
        match body.origin {
            Origin::Body { channel, side, .. } => {
                let channel = self.context.model.channels.get(channel.0);
                let channel = channel.map_or(String::new(), |channel| channel.name.clone());
                let side = match side {
                    Side::Server => "server",
                    Side::Client => "client",
                };
                vec![channel, side.to_owned(), body.name.clone()]
            }
            Origin::Struct | Origin::Inline | Origin::Message => vec![body.name.clone()],
        }
    }

    fn report(&mut self, path: &[String], name: &str, message: String, help: &str) {
        let mut path = path.to_vec();
        path.extend((!name.is_empty()).then(|| name.to_owned()));
        let span = self.spans.find(&path).unwrap_or_else(|| Span::new(0, 0));
        let diagnostic = Diagnostic::new(Code::NotInC, span, message).help(help);
        self.diagnostics.push(diagnostic);
    }
}

const fn is_static(member: &Member) -> bool {
    let size = match member {
        Member::Field(field) => field.size,
        Member::Switch(switch) => switch.size,
    };
    matches!(size, Size::Static(_))
}
