//! Pass: what is there without need, or without an explanation.

use super::walk::Visitor;
use crate::ast::ChannelMessage;
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::model::{Channel, Member, Model, Origin, Type, TypeDef, TypeId, TypeRef};
use crate::span::Span;

/// Reports messages without a comment.
#[derive(Debug, Default)]
pub(super) struct Undocumented {
    /// What was found.
    pub(super) findings: Vec<Diagnostic>,
}

impl<'a> Visitor<'a> for Undocumented {
    fn message(&mut self, message: &'a ChannelMessage<'a>) {
        if message.docs.is_empty() {
            let name = &message.name;
            self.findings.push(
                Diagnostic::new(
                    Code::Undocumented,
                    name.span,
                    format!("the message `{}` has no comment", name.text),
                )
                .help("say above it what it is for"),
            );
        }
    }
}

/// Reports types that no message of any channel uses; `names` is where their names stand.
pub(super) fn unused(model: &Model, names: &[Span]) -> Vec<Diagnostic> {
    let used = used_types(model);
    let types = model.types.iter().zip(names).zip(used);
    types
        .filter(|(_, used)| !used)
        .filter_map(|((ty, span), _)| {
            let name = match ty {
                TypeDef::Alias(alias) => &alias.name,
                TypeDef::Enum(found) => &found.name,
                // The body of a message that was replaced by another with its id is no type of its own.
                TypeDef::Struct(body) if matches!(body.origin, Origin::Body { .. }) => return None,
                TypeDef::Struct(body) => &body.name,
            };
            let message = format!("no message uses `{name}`");
            Some(Diagnostic::new(Code::UnusedType, *span, message).label("not used"))
        })
        .collect()
}

fn used_types(model: &Model) -> Vec<bool> {
    let mut used = vec![false; model.types.len()];
    let messages = |channel: &'_ Channel| -> Vec<TypeId> {
        let all = channel.server.iter().chain(&channel.client);
        all.map(|message| message.body).collect()
    };
    let mut waiting: Vec<TypeId> = model.channels.iter().flat_map(messages).collect();
    while let Some(id) = waiting.pop() {
        match used.get_mut(id.0) {
            Some(seen) if !*seen => *seen = true,
            _ => continue,
        }
        match model.types.get(id.0) {
            Some(TypeDef::Alias(alias)) => waiting.extend(named(alias.target)),
            Some(TypeDef::Struct(body)) => {
                let fields = body.members.iter().flat_map(|member| {
                    let (field, cases) = match member {
                        Member::Field(field) => (Some(field), [].as_slice()),
                        Member::Switch(switch) => (None, switch.cases.as_slice()),
                    };
                    field
                        .into_iter()
                        .chain(cases.iter().map(|case| &case.field))
                });
                waiting.extend(fields.flat_map(|field| named(field.ty)));
            }
            Some(TypeDef::Enum(_)) | None => {}
        }
    }
    used
}

/// The types that a use names.
fn named(ty: TypeRef) -> impl Iterator<Item = TypeId> {
    let target = match ty.ty {
        Type::Enum(id) | Type::Struct(id) => Some(id),
        Type::Int(_) | Type::Fd => None,
    };
    ty.alias.into_iter().chain(target)
}
