//! Reports types that no message uses.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Field, Member, Model, Origin, Type, TypeDef, TypeId};
use crate::span::Span;

/// Reports the types that no message of any channel uses. `spans` has the span of each type's name.
pub(super) fn check(model: &Model, spans: &[Span], used: &[bool]) -> Vec<Diagnostic> {
    let types = model.types.iter().zip(spans).zip(used);
    let unused = types.filter(|(_, used)| !**used);
    unused
        .filter_map(|((definition, span), _)| {
            let name = match definition {
                TypeDef::Alias(alias) => &alias.name,
                TypeDef::Enum(found) => &found.name,
                // The body of a message whose id another message took over has no name of its own.
                TypeDef::Struct(body) if matches!(body.origin, Origin::Body { .. }) => return None,
                TypeDef::Struct(body) => &body.name,
            };
            let message = format!("no message uses `{name}`");
            Some(Diagnostic::new(Code::UnusedType, *span, message).label("unused"))
        })
        .collect()
}

/// Tells for each type whether a message uses it.
pub(super) fn used_types(model: &Model) -> Vec<bool> {
    let mut used = vec![false; model.types.len()];
    let channels = model.channels.iter();
    let messages = channels.flat_map(|channel| channel.server.iter().chain(&channel.client));
    let mut waiting: Vec<TypeId> = messages.map(|message| message.body).collect();
    while let Some(id) = waiting.pop() {
        let (Some(used), Some(definition)) = (used.get_mut(id.0), model.types.get(id.0)) else {
            unreachable!("type ids are indexes of the model's types");
        };
        if std::mem::replace(used, true) {
            continue;
        }
        match definition {
            TypeDef::Alias(alias) => {
                waiting.extend(alias.target.alias);
                waiting.extend(type_id(alias.target.ty));
            }
            TypeDef::Enum(_) => {}
            TypeDef::Struct(body) => {
                for field in body.members.iter().flat_map(fields) {
                    waiting.extend(field.ty.alias);
                    waiting.extend(type_id(field.ty.ty));
                }
            }
        }
    }
    used
}

fn fields(member: &Member) -> impl Iterator<Item = &Field> {
    let (field, cases) = match member {
        Member::Field(field) => (Some(field), [].as_slice()),
        Member::Switch(switch) => (None, switch.cases.as_slice()),
    };
    let in_cases = cases.iter().map(|case| &case.field);
    field.into_iter().chain(in_cases)
}

const fn type_id(ty: Type) -> Option<TypeId> {
    match ty {
        Type::Enum(id) | Type::Struct(id) => Some(id),
        Type::Int(_) | Type::Fd => None,
    }
}
