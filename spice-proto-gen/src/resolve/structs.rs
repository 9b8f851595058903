//! Resolves structs and messages: their members in order, then their facts.

use super::Resolver;
use super::attributes;
use super::layout;
use super::remaining;
use super::scope::{MemberNames, Scope, StructDraft};
use super::types::PLACEHOLDER;
use super::value_bounds;
use crate::ast;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{
    Array, Field, FieldRef, Int, Member, Origin, PointeeOrder, Pointer, Role, Size, Struct, Type,
    TypeDef, TypeId,
};

/// The parts of a struct or message around its members.
pub(super) struct Heading<'a> {
    pub(super) name: &'a ast::Name<'a>,
    pub(super) docs: &'a ast::Docs,
    pub(super) attributes: &'a [ast::Attribute<'a>],
    pub(super) origin: Origin,
}

impl<'a> Resolver<'a> {
    /// Resolves a struct or message with a name in the name space of the file.
    pub(super) fn structure(&mut self, source: &'a ast::Struct<'a>, origin: Origin) -> TypeId {
        let heading = Heading {
            name: &source.name,
            docs: &source.docs,
            attributes: &source.attributes,
            origin,
        };
        let id = self.members(heading, &source.members);
        self.names.define_type(&source.name, id);
        id
    }

    /// Resolves the members of a struct or message.
    pub(super) fn members(
        &mut self,
        heading: Heading<'a>,
        source: &'a [ast::Member<'a>],
    ) -> TypeId {
        let findings = self.portability.len();
        let mut draft = StructDraft {
            members: Vec::with_capacity(source.len()),
            names: MemberNames::new(source, &mut self.diagnostics),
        };
        for member in source {
            let member = match member {
                ast::Member::Field(field) => Member::Field(self.field(&mut draft, field, None)),
                ast::Member::Switch(switch) => Member::Switch(self.switch(&mut draft, switch)),
            };
            draft.members.push(member);
        }
        remaining::check(&self.types, &draft, &mut self.diagnostics);
        let StructDraft { members, names } = draft;
        self.check_declared(heading.attributes, source, &members);
        let id = TypeId(self.types.len());
        self.portability.complete(id, &members, findings);
        let (mut size, contains) = layout::struct_layout(&self.types, &members);
        if size.min() > layout::MAX_BODY_BYTES {
            self.diagnostics.push(too_large(heading.name, size));
            // The structs that contain this one are not reported.
            size = Size::Static(0);
        }
        let ty = TypeDef::Struct(Struct {
            name: heading.name.text.to_owned(),
            docs: heading.docs.clone(),
            attributes: attributes::to_model(heading.attributes),
            origin: heading.origin,
            parts: Vec::new(),
            size,
            contains,
            memory: value_bounds::memory(&self.types, &members),
            nesting: value_bounds::nesting(&self.types, &members),
            members,
        });
        self.add_type(heading.name, ty, Scope::Members(names))
    }

    /// Resolves a field of a struct, or of a case in its next switch.
    pub(super) fn field(
        &mut self,
        draft: &mut StructDraft<'a>,
        source: &'a ast::Field<'a>,
        case: Option<usize>,
    ) -> Field {
        let known = self.type_ref(&source.ty);
        if known.is_none() {
            let member = draft.next();
            draft.names.mark_unknown(FieldRef { member, case });
        }
        let ty = known.map(|found| found.ty);
        if let (Some(star), Some(ty)) = (source.pointer, ty) {
            let diagnostic = super::pointers::check(source, star, ty);
            self.diagnostics.extend(diagnostic);
        }
        let array = source.array.as_ref().map(|array| {
            let checked = self.array(draft, source, array, ty);
            // An array without elements breaks no rule.
            self.accept(checked).unwrap_or(Array::Fixed(0))
        });
        let mut field = Field {
            name: source.name.text.to_owned(),
            docs: source.docs.clone(),
            attributes: attributes::to_model(&source.attributes),
            ty: known.unwrap_or(PLACEHOLDER),
            pointer: source.pointer.map(|_| pointer(source)),
            array,
            role: Role::Value,
            size: Size::Static(0),
            pointee: None,
            text: false,
        };
        field.text = is_text(&field);
        field.role = self.constant(source, &field, case.is_some(), ty.is_some());
        (field.size, field.pointee) = layout::field_sizes(&self.types, &field);
        if known.is_some() {
            self.check_field(source, &field, case.is_some());
        }
        field
    }
}

fn pointer(source: &ast::Field) -> Pointer {
    let has = |name| attributes::find(&source.attributes, name).is_some();
    Pointer {
        nonnull: has("nonnull"),
        order: if has("marshall") {
            PointeeOrder::DepthFirst
        } else {
            PointeeOrder::BreadthFirst
        },
    }
}

fn is_text(field: &Field) -> bool {
    let is_bytes = matches!(field.ty.ty, Type::Int(Int { bytes: 1, .. }));
    is_bytes
        && match field.array {
            None | Some(Array::Fixed(_)) => false,
            Some(Array::CString) => true,
            Some(Array::Count(_) | Array::ImageSize { .. } | Array::Remaining) => {
                field.attributes.has("zero_terminated")
            }
        }
}

fn too_large(name: &ast::Name, size: Size) -> Diagnostic {
    let message = format!("`{}` is larger than any message", name.text);
    Diagnostic::new(Code::BodyTooLarge, name.span, message)
        .label(format!("at least {} bytes", size.min()))
        .note(format!(
            "a message has at most {} bytes",
            layout::MAX_BODY_BYTES
        ))
        .help("make the fields smaller, or give large arrays a size that is sent")
}
