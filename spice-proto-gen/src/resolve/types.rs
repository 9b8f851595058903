//! Resolves type names to indexes, and follows typedefs.

use super::Resolver;
use super::attributes;
use super::names::is_primitive;
use super::rejection::{Checked, Rejection};
use super::scope::Scope;
use crate::ast;
use crate::model::{Alias, Int, Origin, Type, TypeDef, TypeId, TypeRef};
use crate::span::Span;

/// The type of a field whose type is unknown. One byte breaks no rule about sizes.
pub(super) const PLACEHOLDER: TypeRef = TypeRef {
    alias: None,
    ty: Type::Int(Int {
        bytes: 1,
        signed: false,
    }),
};

impl<'a> Resolver<'a> {
    /// Resolves a typedef.
    pub(super) fn typedef(&mut self, source: &'a ast::Typedef<'a>) {
        let target = match &source.ty {
            // In `typedef uint32 name;`, written in C's order, `name` is meant to be defined.
            ast::Type::Named(name) if is_primitive(source.name.text) => {
                self.names.mark_broken(name);
                None
            }
            ty => self.type_ref(ty),
        };
        let scope = match target {
            Some(_) => Scope::Alias,
            None => Scope::Unknown,
        };
        let alias = Alias {
            name: source.name.text.to_owned(),
            docs: source.docs.clone(),
            attributes: attributes::to_model(&source.attributes),
            target: target.unwrap_or(PLACEHOLDER),
        };
        let id = self.add_type(&source.name, TypeDef::Alias(alias), scope);
        if let Some(target) = target {
            self.check_typedef(id, source, target.ty);
        }
        self.names.define_type(&source.name, id);
    }

    /// Resolves a type where it is used. Reports it and returns None if it is unknown.
    pub(super) fn type_ref(&mut self, source: &'a ast::Type<'a>) -> Option<TypeRef> {
        let ty = match source {
            ast::Type::Primitive(primitive, _) => primitive_type(*primitive),
            ast::Type::Named(name) => {
                let found = self.named_type(name);
                return self.accept(found);
            }
            ast::Type::Inline(body) => Type::Struct(self.structure(body, Origin::Inline)),
        };
        Some(TypeRef { alias: None, ty })
    }

    fn named_type(&self, name: &ast::Name) -> Checked<TypeRef> {
        let id = self.names.find_type(name, &self.suggester)?;
        if matches!(self.scope(id), Scope::Unknown) {
            return Err(Rejection::Reported);
        }
        let (alias, ty) = match self.types.get(id.0) {
            Some(TypeDef::Alias(alias)) => (Some(id), alias.target.ty),
            Some(TypeDef::Enum(_)) => (None, Type::Enum(id)),
            Some(TypeDef::Struct(_)) => (None, Type::Struct(id)),
            None => unreachable!("type ids are indexes of the types"),
        };
        Ok(TypeRef { alias, ty })
    }

    /// The names inside a type.
    pub(super) fn scope(&self, id: TypeId) -> &Scope<'a> {
        match self.scopes.get(id.0) {
            Some(scope) => scope,
            None => unreachable!("each type has a scope"),
        }
    }

    /// The span of a type's name.
    pub(super) fn type_span(&self, id: TypeId) -> Span {
        match self.type_spans.get(id.0) {
            Some(span) => *span,
            None => unreachable!("each type has a span"),
        }
    }

    /// Appends a type.
    pub(super) fn add_type(&mut self, name: &ast::Name, ty: TypeDef, scope: Scope<'a>) -> TypeId {
        let id = TypeId(self.types.len());
        self.types.push(ty);
        self.scopes.push(scope);
        self.type_spans.push(name.span);
        id
    }
}

const fn primitive_type(primitive: ast::Primitive) -> Type {
    let (bytes, signed) = match primitive {
        ast::Primitive::Int8 => (1, true),
        ast::Primitive::Uint8 => (1, false),
        ast::Primitive::Int16 => (2, true),
        ast::Primitive::Uint16 => (2, false),
        ast::Primitive::Int32 => (4, true),
        ast::Primitive::Uint32 => (4, false),
        ast::Primitive::Int64 => (8, true),
        ast::Primitive::Uint64 => (8, false),
        ast::Primitive::UnixFd => return Type::Fd,
    };
    Type::Int(Int { bytes, signed })
}

/// The span of a type where it is used.
pub(super) fn use_span(source: &ast::Type) -> Span {
    match source {
        ast::Type::Primitive(_, span) => *span,
        ast::Type::Named(name) => name.span,
        ast::Type::Inline(body) => body.name.span,
    }
}

/// The kind of a type, for messages.
pub(super) const fn describe(ty: Type) -> &'static str {
    match ty {
        Type::Int(Int { signed: true, .. }) => "a signed integer",
        Type::Int(_) => "an unsigned integer",
        Type::Fd => "a file descriptor",
        Type::Enum(_) => "an enum or flags type",
        Type::Struct(_) => "a struct",
    }
}
