//! What all parts of the Rust backend share: paths, types of fields, attributes.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::Options;
use super::code::compact;
use super::names::{Names, Place, variant_name};
use super::naming::{ident, ident_text, value_name};
use crate::model::{
    Array, Field, Int, Member, Model, Role, Struct, Switch, Type, TypeDef, TypeId, TypeRef,
};

pub(super) struct Context<'m> {
    pub(super) model: &'m Model,
    pub(super) names: Names,
    pub(super) options: &'m Options,
    /// Those of the options.
    attributes: &'m [(String, String)],
    /// How much code it takes to read each type, as the number of fields that are read.
    weights: Vec<u32>,
}

/// What has at most this many fields is read and written in place, without a call: values are large, and
/// most of the time of a call goes into moving them.
const MAX_INLINE_WEIGHT: u32 = 300;

/// Without optimization, what is inlined only adds to the stack of its users.
fn inline() -> TokenStream {
    quote!(#[cfg_attr(not(debug_assertions), inline(always))])
}

/// A body together with where it stands.
#[derive(Clone, Copy)]
pub(super) struct Body<'m> {
    pub(super) id: TypeId,
    pub(super) place: Place,
    pub(super) body: &'m Struct,
}

impl<'m> Body<'m> {
    pub(super) fn member(&self, index: usize) -> Option<&'m Member> {
        self.body.members.get(index)
    }

    /// The field with this member index.
    pub(super) fn field(&self, index: usize) -> Option<&'m Field> {
        match self.member(index) {
            Some(Member::Field(field)) => Some(field),
            _ => None,
        }
    }

    /// The switch with this member index.
    pub(super) fn switch(&self, index: usize) -> Option<&'m Switch> {
        match self.member(index) {
            Some(Member::Switch(switch)) => Some(switch),
            _ => None,
        }
    }

    pub(super) fn switches(&self) -> impl Iterator<Item = (usize, &'m Switch)> {
        self.body
            .members
            .iter()
            .enumerate()
            .filter_map(|(index, member)| match member {
                Member::Switch(switch) => Some((index, switch)),
                Member::Field(_) => None,
            })
    }
}

/// How a field is kept in Rust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// One value.
    One,
    /// `[T; N]`
    Fixed(u64),
    /// `Cow<[u8]>`
    Bytes,
    /// `Text`
    Text,
    /// `List<T>`
    List,
}

pub(super) fn shape(field: &Field) -> Shape {
    const BYTE: Type = Type::Int(Int {
        bytes: 1,
        signed: false,
    });
    match field.array {
        None => Shape::One,
        Some(Array::Fixed(count)) => Shape::Fixed(count),
        Some(_) if field.text => Shape::Text,
        Some(_) if field.ty.ty == BYTE => Shape::Bytes,
        Some(_) => Shape::List,
    }
}

/// Whether a pointer field is an `Option`: one to an array that may be empty needs none.
pub(super) fn is_option(field: &Field) -> bool {
    let may_be_empty = !matches!(field.array, None | Some(Array::Fixed(_) | Array::CString));
    field.pointer.is_some_and(|pointer| !pointer.nonnull) && !may_be_empty
}

/// Whether a field of a body is a field of the Rust struct.
pub(super) fn is_kept(member: &Member) -> bool {
    match member {
        Member::Field(field) => matches!(field.role, Role::Value | Role::StoredCount),
        Member::Switch(switch) => switch.stored,
    }
}

/// The name of an integer type.
pub(super) fn int_type(int: Int) -> Ident {
    let sign = if int.signed { 'i' } else { 'u' };
    format_ident!("{sign}{}", u16::from(int.bytes) * 8)
}

/// A number without a suffix.
pub(super) fn number(value: u64) -> Literal {
    Literal::u64_unsuffixed(value)
}

/// The name of a field as a thin reference, for errors.
pub(super) fn field_name(path: &str) -> TokenStream {
    quote!(#path)
}

impl<'m> Context<'m> {
    pub(super) fn new(model: &'m Model, options: &'m Options) -> Self {
        let names = Names::new(model);
        Self {
            model,
            names,
            options,
            attributes: &options.attributes,
            weights: weights(model),
        }
    }

    /// The attribute of a body's functions that read and write.
    pub(super) fn inline(&self, id: TypeId) -> Option<TokenStream> {
        let weight = self.weights.get(id.0).copied().unwrap_or(u32::MAX);
        (weight <= MAX_INLINE_WEIGHT).then(inline)
    }

    pub(super) fn body(&self, id: TypeId) -> Option<Body<'m>> {
        let body = self.model.body(id)?;
        Some(Body {
            id,
            place: self.names.place(id),
            body,
        })
    }

    /// The path of `name`, which stands in `to`, as seen from `from`.
    pub(super) fn path(&self, from: Place, to: Place, name: &str) -> TokenStream {
        let name = ident(name);
        if from == to {
            return quote!(#name);
        }
        let up = self.names.path(from).into_iter().map(|_| quote!(super::));
        let down = self.names.path(to).into_iter().map(|module| {
            let module = ident(&module);
            quote!(#module::)
        });
        quote!(#(#up)* #(#down)* #name)
    }

    pub(super) fn type_path(&self, from: Place, id: TypeId) -> TokenStream {
        self.path(from, self.names.place(id), self.names.type_name(id))
    }

    /// Whether the Rust type has a lifetime.
    pub(super) fn borrows(&self, ty: Type) -> bool {
        match ty {
            Type::Int(_) | Type::Enum(_) => false,
            Type::Fd => true,
            Type::Struct(id) => self
                .model
                .body(id)
                .is_some_and(|body| body.contains.borrowed),
        }
    }

    /// Whether descriptors belong to a value.
    fn has_fds(&self, ty: Type) -> bool {
        match ty {
            Type::Int(_) | Type::Enum(_) => false,
            Type::Fd => true,
            Type::Struct(id) => self.model.body(id).is_some_and(|body| body.contains.fds),
        }
    }

    /// The size of a number, as the element of an array.
    pub(super) fn element_size(&self, field: &Field) -> u64 {
        match field.ty.ty {
            Type::Int(int) => u64::from(int.bytes),
            Type::Enum(id) => self
                .model
                .enumeration(id)
                .map_or(1, |found| u64::from(found.bytes)),
            Type::Fd | Type::Struct(_) => 1,
        }
    }

    /// The path from a field to a field in it: `.descriptor.type` without the first.
    pub(super) fn nested_path(&self, body: Body<'_>, first: usize, rest: &[usize]) -> TokenStream {
        let mut path = TokenStream::new();
        let mut field = body.field(first);
        for index in rest {
            let inner = match field.map(|field| field.ty.ty) {
                Some(Type::Struct(id)) => self.body(id),
                _ => None,
            };
            field = inner.and_then(|inner| inner.field(*index));
            if let Some(field) = field {
                let name = field_ident(&field.name);
                path.extend(quote!(.#name));
            }
        }
        path
    }

    /// The type of an element without its lifetime, as it stands before `::`.
    pub(super) fn element_path(&self, from: Place, ty: TypeRef) -> TokenStream {
        match (ty.alias, ty.ty) {
            (Some(alias), _) => self.type_path(from, alias),
            (None, Type::Int(int)) => {
                let int = int_type(int);
                quote!(#int)
            }
            (None, Type::Fd) => quote!(wire::Fd),
            (None, Type::Enum(id) | Type::Struct(id)) => self.type_path(from, id),
        }
    }

    /// The type of an element.
    pub(super) fn element_type(&self, from: Place, ty: TypeRef) -> TokenStream {
        let path = self.element_path(from, ty);
        match self.borrows(ty.ty) {
            true => quote!(#path<'a>),
            false => path,
        }
    }

    /// The type of a field.
    pub(super) fn field_type(&self, from: Place, field: &Field) -> TokenStream {
        let element = self.element_type(from, field.ty);
        let value = match shape(field) {
            Shape::One if self.is_apart(field) => quote!(wire::Pointee<'a, #element>),
            Shape::One => element,
            Shape::Fixed(count) => {
                let count = number(count);
                quote!([#element; #count])
            }
            Shape::Bytes => quote!(wire::Cow<'a, [u8]>),
            Shape::Text => quote!(wire::Text<'a>),
            Shape::List if self.has_fds(field.ty.ty) => quote!(wire::FdList<'a, #element>),
            Shape::List => quote!(wire::List<'a, #element>),
        };
        match is_option(field) {
            true => quote!(::core::option::Option<#value>),
            false => value,
        }
    }

    /// Whether what a pointer leads to is read when asked for: a large struct.
    pub(super) fn is_apart(&self, field: &Field) -> bool {
        self.model.is_lazy(field)
    }

    /// The same as text.
    pub(super) fn field_type_text(&self, from: Place, field: &Field) -> String {
        compact(self.field_type(from, field))
    }

    /// The lifetime parameter of a body, if it has one.
    pub(super) fn lifetime(&self, body: &Struct) -> Option<TokenStream> {
        body.contains.borrowed.then(|| quote!(<'a>))
    }

    pub(super) fn switch_ident(&self, body: Body<'_>, member: usize) -> Ident {
        ident(self.names.switch_name(body.id, member))
    }

    pub(super) fn variant_text(&self, switch: &Switch, variant: usize) -> String {
        ident_text(&variant_name(self.model, switch, variant))
    }

    pub(super) fn variant_ident(&self, switch: &Switch, variant: usize) -> Ident {
        ident(&variant_name(self.model, switch, variant))
    }

    /// The attributes that the user asked for on the item with this name.
    pub(super) fn user_attributes(&self, place: Place, name: &str) -> Vec<&'m str> {
        if self.attributes.is_empty() {
            return Vec::new();
        }
        let mut path = self.names.path(place);
        path.push(name.to_owned());
        self.attributes_of(&path.join("::"))
    }

    /// The attributes that the user asked for on the item with this path.
    pub(super) fn attributes_of(&self, path: &str) -> Vec<&'m str> {
        let wanted = self.attributes.iter();
        let wanted = wanted.filter(|(pattern, _)| pattern == "." || pattern == path);
        wanted.map(|(_, attribute)| attribute.as_str()).collect()
    }
}

/// The identifier of a field of the Rust struct.
pub(super) fn field_ident(name: &str) -> Ident {
    ident(&value_name(name))
}

/// The same as text.
pub(super) fn field_text(name: &str) -> String {
    ident_text(&value_name(name))
}

/// The weights of all types: a type comes after those that it is made of.
fn weights(model: &Model) -> Vec<u32> {
    let mut weights: Vec<u32> = Vec::with_capacity(model.types.len());
    for definition in &model.types {
        let field = |field: &Field| match field.ty.ty {
            Type::Struct(id) => weights.get(id.0).copied().unwrap_or(0).saturating_add(1),
            _ => 1,
        };
        let weight = match definition {
            TypeDef::Alias(_) | TypeDef::Enum(_) => 0,
            TypeDef::Struct(body) => body.members.iter().fold(0, |sum: u32, member| {
                sum.saturating_add(match member {
                    Member::Field(found) => field(found),
                    Member::Switch(switch) => {
                        let cases = switch.cases.iter().map(|case| field(&case.field));
                        cases.fold(0, u32::saturating_add)
                    }
                })
            }),
        };
        weights.push(weight);
    }
    weights
}
