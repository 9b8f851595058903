//! Pass: types. Turns the names of types into indexes and follows typedefs.

use super::Resolver;
use super::attributes;
use super::fault::{Checked, Fault};
use super::names::{Target, Wanted, is_primitive};
use super::scope::Scope;
use crate::ast;
use crate::model::{Alias, Int, Origin, Type, TypeDef, TypeId, TypeRef};
use crate::span::Span;

/// Stands where a type is unknown. A byte breaks no rule of sizes, so nothing more is reported.
pub(super) const PLACEHOLDER: TypeRef = TypeRef {
    alias: None,
    ty: Type::Int(Int {
        bytes: 1,
        signed: false,
    }),
};

impl<'a> Resolver<'a> {
    /// Resolves `typedef`.
    pub(super) fn typedef(&mut self, source: &'a ast::Typedef<'a>) {
        // As in `typedef uint32 name;`, where what stands for the type is the name.
        let in_c_order = is_primitive(source.name.text);
        let target = match &source.ty {
            ast::Type::Named(name) if in_c_order => {
                self.names.forgive(name);
                None
            }
            ty => self.type_ref(ty),
        };
        let scope = match target {
            Some(_) => Scope::Alias,
            None => Scope::Unknown,
        };
        let id = self.add_type(
            source.name.span,
            TypeDef::Alias(Alias {
                name: source.name.text.to_owned(),
                docs: source.docs.clone(),
                attributes: attributes::model(&source.attributes),
                target: target.unwrap_or(PLACEHOLDER),
            }),
            scope,
        );
        self.names.define(&source.name, Target::Type(id));
    }

    /// Resolves a type where it is used; nothing if it is unknown, which then has been reported.
    pub(super) fn type_ref(&mut self, source: &'a ast::Type<'a>) -> Option<TypeRef> {
        let ty = match source {
            ast::Type::Primitive(primitive, _) => primitive_type(*primitive),
            ast::Type::Named(name) => {
                let found = self.named_type(name);
                return self.settle(found);
            }
            ast::Type::Inline(body) => Type::Struct(self.structure(body, Origin::Inline)),
        };
        Some(TypeRef { alias: None, ty })
    }

    fn named_type(&self, name: &ast::Name) -> Checked<TypeRef> {
        let Target::Type(id) = self.names.find(name, Wanted::Type, &self.nearest)? else {
            return Err(Fault::REPORTED);
        };
        if matches!(self.scope(id), Some(Scope::Unknown)) {
            return Err(Fault::REPORTED);
        }
        let found = match self.types.get(id.0) {
            Some(TypeDef::Alias(alias)) => TypeRef {
                alias: Some(id),
                ty: alias.target.ty,
            },
            Some(TypeDef::Enum(_)) => plain(Type::Enum(id)),
            Some(TypeDef::Struct(_)) => plain(Type::Struct(id)),
            None => return Err(Fault::REPORTED),
        };
        Ok(found)
    }

    /// The names inside a type.
    pub(super) fn scope(&self, id: TypeId) -> Option<&Scope<'a>> {
        self.scopes.get(id.0)
    }

    /// Appends a type.
    pub(super) fn add_type(&mut self, name: Span, ty: TypeDef, scope: Scope<'a>) -> TypeId {
        let id = TypeId(self.types.len());
        self.types.push(ty);
        self.scopes.push(scope);
        self.type_names.push(name);
        id
    }
}

const fn plain(ty: Type) -> TypeRef {
    TypeRef { alias: None, ty }
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

/// Where a type is written.
pub(super) fn type_span(source: &ast::Type) -> Span {
    match source {
        ast::Type::Primitive(_, span) => *span,
        ast::Type::Named(name) => name.span,
        ast::Type::Inline(body) => body.name.span,
    }
}

/// What a resolved type is, in words.
pub(super) const fn describe(ty: Type) -> &'static str {
    match ty {
        Type::Int(Int { signed: true, .. }) => "a signed integer",
        Type::Int(_) => "an unsigned integer",
        Type::Fd => "a file descriptor",
        Type::Enum(_) => "an enum or flags type",
        Type::Struct(_) => "a struct",
    }
}
