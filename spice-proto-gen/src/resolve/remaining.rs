//! Checks that nothing follows an array to the end of the message.

use super::layout;
use super::scope::StructDraft;
use crate::ast::Name;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{FieldRef, Member, Size, TypeDef, type_size};

/// Reports the members that follow an array to the end of the message: further such arrays, and the first member
/// with bytes.
pub(super) fn check(types: &[TypeDef], draft: &StructDraft<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let mut first: Option<&Name> = None;
    let mut reported = false;
    for (index, member) in draft.members.iter().enumerate() {
        let name = draft.names.name(FieldRef::member(index));
        let (size, contains) = layout::member_layout(types, member);
        match (first, contains.remaining) {
            (None, true) => first = Some(name),
            (Some(first), true) => diagnostics.push(second_array(name, first)),
            (Some(first), false) if !reported && can_have_bytes(types, member, size) => {
                reported = true;
                diagnostics.push(never_read(name, first));
            }
            (None | Some(_), false) => {}
        }
    }
}

/// Whether a member can have bytes. An array of descriptors has none, whatever its length.
fn can_have_bytes(types: &[TypeDef], member: &Member, size: Size) -> bool {
    match (member, size) {
        (_, Size::Static(0)) => false,
        (Member::Field(field), _) => {
            field.pointer.is_some() || type_size(types, field.ty.ty) != Size::Static(0)
        }
        (Member::Switch(_), _) => true,
    }
}

fn second_array(name: &Name, first: &Name) -> Diagnostic {
    let message = format!(
        "`{}` is a second array to the end of the message",
        name.text
    );
    Diagnostic::new(Code::SeveralRemaining, name.span, message)
        .label("no bytes are left for this one")
        .also(first.span, "this takes all bytes to the end of the message")
        .help("give all but the last of them a size, as in `data[size]`")
}

fn never_read(name: &Name, first: &Name) -> Diagnostic {
    let message = format!("`{}` can never be read", name.text);
    Diagnostic::new(Code::AfterRemaining, name.span, message)
        .label("after the end of the message")
        .also(first.span, "this takes all bytes to the end of the message")
        .help("move the array to the end, or give it a size")
}
