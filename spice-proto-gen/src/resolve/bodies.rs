//! Pass: bodies. Resolves the members of structs and messages, in order.

use super::Resolver;
use super::attributes;
use super::layout;
use super::names::Target;
use super::scope::{Body, BodyNames, Scope};
use super::types::PLACEHOLDER;
use crate::ast;
use crate::model::{
    CountRef, Field, Member, Origin, PointeeOrder, Pointer, Role, Size, Struct, TypeDef, TypeId,
};

/// What a body has beside its members.
pub(super) struct Heading<'a> {
    /// Its name.
    pub(super) name: &'a ast::Name<'a>,
    /// Its documentation.
    pub(super) docs: &'a ast::Docs,
    /// Its attributes.
    pub(super) attributes: &'a [ast::Attribute<'a>],
    /// Where it comes from.
    pub(super) origin: Origin,
}

impl<'a> Resolver<'a> {
    /// Resolves a struct or message that has a name.
    pub(super) fn structure(&mut self, source: &'a ast::Struct<'a>, origin: Origin) -> TypeId {
        let heading = Heading {
            name: &source.name,
            docs: &source.docs,
            attributes: &source.attributes,
            origin,
        };
        let id = self.body(heading, &source.members);
        self.names.define(&source.name, Target::Type(id));
        id
    }

    /// Resolves a body.
    pub(super) fn body(&mut self, heading: Heading<'a>, source: &'a [ast::Member<'a>]) -> TypeId {
        let mut body = Body {
            members: Vec::with_capacity(source.len()),
            names: BodyNames::collect(source, &mut self.findings),
        };
        for member in source {
            let member = match member {
                ast::Member::Field(field) => Member::Field(self.field(&mut body, field, None)),
                ast::Member::Switch(switch) => Member::Switch(self.switch(&mut body, switch)),
            };
            body.members.push(member);
        }
        let (size, contains) = self.lay_out(&body, heading.name);
        let (memory, nesting) = self.value(&body, heading.name);
        let ty = TypeDef::Struct(Struct {
            name: heading.name.text.to_owned(),
            docs: heading.docs.clone(),
            attributes: attributes::model(heading.attributes),
            origin: heading.origin,
            members: body.members,
            parts: Vec::new(),
            size,
            contains,
            memory,
            nesting,
        });
        self.add_type(heading.name.span, ty, Scope::Body(body.names))
    }

    /// Resolves a field: a member, or that of a case.
    pub(super) fn field(
        &mut self,
        body: &mut Body<'a>,
        source: &'a ast::Field<'a>,
        case: Option<usize>,
    ) -> Field {
        let known = self.type_ref(&source.ty);
        if known.is_none() {
            let member = body.next();
            body.names.mark_unknown(CountRef { member, case });
        }
        let ty = known.map(|found| found.ty);
        if let (Some(star), Some(ty)) = (source.pointer, ty) {
            self.findings
                .extend(super::pointers::check_target(source, star, ty));
        }
        let array = source.array.as_ref().map(|array| {
            let checked = self.array(body, source, array, ty);
            // An array without elements breaks no rule, so nothing more is reported.
            self.settle(checked)
                .unwrap_or(crate::model::Array::Fixed(0))
        });
        let mut field = Field {
            name: source.name.text.to_owned(),
            docs: source.docs.clone(),
            attributes: attributes::model(&source.attributes),
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
        field
    }
}

fn pointer(source: &ast::Field) -> Pointer {
    let has = |name| attributes::find(&source.attributes, name).is_some();
    Pointer {
        nonnull: has("nonnull"),
        order: match has("marshall") {
            true => PointeeOrder::DepthFirst,
            false => PointeeOrder::BreadthFirst,
        },
    }
}

fn is_text(field: &Field) -> bool {
    use crate::model::{Array, Int, Type};
    let bytes = matches!(field.ty.ty, Type::Int(Int { bytes: 1, .. }));
    let terminated = || field.attributes.has("zero_terminated");
    match field.array {
        None | Some(Array::Fixed(_)) => false,
        Some(Array::CString) => bytes,
        Some(_) => bytes && terminated(),
    }
}
