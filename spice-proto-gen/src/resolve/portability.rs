//! Reports what this compiler accepts and the reference generator refuses, except for numbers, which `file_checks`
//! visits.
//!
//! The reference derives C structs, parsers and marshallers from a proto. Most rules follow from C: a struct needs a
//! place for the elements of an array, and a marshaller needs a name for each pointer.

use std::collections::{BTreeSet, HashSet};

use super::Resolver;
use super::attributes::{OUTPUT, find};
use super::types::use_span;
use crate::ast::{self, Name};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Array, Field, Int, Member, Role, Size, Type, TypeId, type_contains, type_size};
use crate::span::Span;

/// The findings so far, and what later checks need.
#[derive(Debug, Default)]
pub(super) struct Portability {
    /// The structs that have a `@to_ptr` field, or a field of such a struct. C holds them with pointers.
    with_to_ptr: HashSet<TypeId>,
    /// Findings, each with the type it is in. The type is unknown while it is resolved.
    findings: Vec<(Option<TypeId>, Diagnostic)>,
}

impl Portability {
    fn has_to_ptr(&self, ty: Type) -> bool {
        matches!(ty, Type::Struct(id) if self.with_to_ptr.contains(&id))
    }

    /// The number of findings.
    pub(super) const fn len(&self) -> usize {
        self.findings.len()
    }

    /// Completes a body, which the findings from `start` on are in, unless they are in another one inside of it.
    pub(super) fn complete(&mut self, id: TypeId, members: &[Member], start: usize) {
        let mut fields = members.iter().flat_map(Member::fields);
        if fields.any(|field| field.attributes.has("to_ptr") || self.has_to_ptr(field.ty.ty)) {
            self.with_to_ptr.insert(id);
        }
        for (ty, _) in self.findings.iter_mut().skip(start) {
            ty.get_or_insert(id);
        }
    }

    /// The findings in types that are used. The reference ignores other types.
    pub(super) fn in_used_types(self, used: &BTreeSet<TypeId>) -> Vec<Diagnostic> {
        let is_used = |ty: Option<TypeId>| ty.is_some_and(|id| used.contains(&id));
        let findings = self.findings.into_iter();
        let found = findings.filter(|(ty, _)| is_used(*ty));
        found.map(|(_, diagnostic)| diagnostic).collect()
    }
}

impl Resolver<'_> {
    /// Reports a typedef of a struct.
    pub(super) fn check_typedef(&mut self, id: TypeId, source: &ast::Typedef, ty: Type) {
        if matches!(ty, Type::Struct(_)) {
            let diagnostic = refused(source.name.span, "a typedef of a struct")
                .label("it has typedefs of integers, enums and flags")
                .help("use the name of the struct itself");
            self.portability.findings.push((Some(id), diagnostic));
        }
    }

    /// Reports a switch on a typedef.
    pub(super) fn check_discriminant(&mut self, path: &[Name], alias: Option<TypeId>) {
        let (Some(name), Some(alias)) = (path.last(), alias) else {
            return;
        };
        let definition = self.type_span(alias);
        let diagnostic = refused(name.span, "a switch on a typedef")
            .label(format!("`{}` has the type of a typedef", name.text))
            .also(definition, "the typedef")
            .help("give the field the type that the typedef names");
        self.portability.findings.push((None, diagnostic));
    }

    /// Reports a label that the grammar of the reference lacks.
    pub(super) fn check_label(&mut self, item: &Name) {
        let first = item.text.chars().next();
        if first.is_some_and(|first| !first.is_ascii_alphabetic()) {
            let what = "a case for an item that does not begin with a letter";
            self.diagnostics.push(
                refused(item.span, what)
                    .label("is a syntax error there")
                    .help("rename the item"),
            );
        }
    }

    /// Reports a field that the reference refuses in every body.
    pub(super) fn check_field(&mut self, source: &ast::Field, field: &Field, in_case: bool) {
        let checked = FieldCheck {
            source,
            field,
            in_case,
        };
        let found = checked
            .string()
            .or_else(|| checked.elements(self))
            .or_else(|| checked.attributes(self))
            .or_else(|| checked.output());
        let found = found.map(|found| (None, found));
        self.portability.findings.extend(found);
    }

    /// Reports the fields of a body for which the reference cannot declare a C struct.
    pub(super) fn check_declared(
        &mut self,
        attributes: &[ast::Attribute],
        source: &[ast::Member],
        members: &[Member],
    ) {
        let Some(declare) = find(attributes, "declare") else {
            return;
        };
        for (source, member) in source.iter().zip(members) {
            let (ast::Member::Field(source), Member::Field(field)) = (source, member) else {
                continue;
            };
            let found = undeclarable(source, field);
            let found = found.map(|found| found.also(declare.span, "its C struct is generated"));
            self.diagnostics.extend(found);
        }
    }
}

/// Checks one field.
struct FieldCheck<'f, 's> {
    source: &'f ast::Field<'s>,
    field: &'f Field,
    in_case: bool,
}

impl FieldCheck<'_, '_> {
    fn has(&self, attribute: &str) -> bool {
        self.field.attributes.has(attribute)
    }

    fn name(&self) -> &str {
        self.source.name.text
    }

    /// The span of the size in brackets.
    fn size_span(&self) -> Span {
        match &self.source.array {
            Some(array) => array.span,
            None => unreachable!("the field is an array"),
        }
    }

    /// A `cstring()`, which the reference reads only as a pointee that stays in the message.
    fn string(&self) -> Option<Diagnostic> {
        if self.field.array != Some(Array::CString) {
            return None;
        }
        let help = "send the length: `uint32 size;` and the array as `[size]`";
        let span = self.size_span();
        if self.field.pointer.is_none() {
            let what = "a `cstring()` that is not a pointee";
            return Some(refused(span, what).help(help));
        }
        if self.in_case {
            return Some(refused(span, "a `cstring()` in a case").help(help));
        }
        if let Some(marshall) = find(&self.source.attributes, "marshall") {
            let what = "`@marshall` on a pointer to a `cstring()`";
            return Some(refused(marshall.span, what).help(help));
        }
        if !self.has("nocopy") || self.has("chunk") {
            let what = "a pointer to a `cstring()` without `@nocopy`";
            return Some(refused(span, what).suggest("add `@nocopy`", end(span), " @nocopy"));
        }
        None
    }

    /// Elements of an array for which the reference has no code.
    fn elements(&self, resolver: &Resolver) -> Option<Diagnostic> {
        let array = self.field.array?;
        let ty = self.field.ty.ty;
        let span = use_span(&self.source.ty);
        let contains = type_contains(&resolver.types, ty);
        if contains.pointers || resolver.portability.has_to_ptr(ty) {
            let diagnostic = refused(span, "an array of structs with pointers");
            return Some(if contains.pointers {
                diagnostic
                    .label("contains pointers")
                    .help("write a field for each element, or include the pointees in the elements")
            } else {
                diagnostic
                    .label("contains a `@to_ptr` field, which is a pointer in C")
                    .help("leave out `@to_ptr` in the elements, or write a field for each element")
            });
        }
        let is_variable = matches!(type_size(&resolver.types, ty), Size::AtLeast(_));
        if array == Array::Remaining && is_variable {
            return Some(
                refused(
                    span,
                    "an array to the end of the message with elements of variable size",
                )
                .label("has a variable size")
                .help("send the number of elements: `uint32 count;` and the array as `[count]`"),
            );
        }
        if array == Array::Remaining
            && self.field.pointer.is_some()
            && let Some(marshall) = find(&self.source.attributes, "marshall")
        {
            let what = "`@marshall` on a pointer to an array without a count";
            return Some(
                refused(marshall.span, what).help(
                    "send the number of elements: `uint32 count;` and the array as `[count]`",
                ),
            );
        }
        None
    }

    /// Attributes that the reference does not accept on this type.
    fn attributes(&self, resolver: &Resolver) -> Option<Diagnostic> {
        let attributes = &self.source.attributes;
        let array = self.field.array;
        let is_pointer = self.field.pointer.is_some();
        let is_struct = matches!(self.field.ty.ty, Type::Struct(_));
        let is_byte = self.field.ty.alias.is_none()
            && matches!(self.field.ty.ty, Type::Int(Int { bytes: 1, .. }));
        if let Some(to_ptr) = find(attributes, "to_ptr")
            && (is_pointer || is_struct == array.is_some())
        {
            let what = "`@to_ptr` on anything but a struct or an array of numbers";
            let diagnostic = refused(to_ptr.span, what);
            return Some(match array {
                Some(_) if !is_pointer => diagnostic.help("write `@ptr_array`"),
                _ => without(diagnostic, to_ptr),
            });
        }
        if let Some(chunk) = find(attributes, "chunk")
            && is_pointer
            && array.is_none()
            && !self.in_case
        {
            return Some(without(
                refused(chunk.span, "`@chunk` on a pointer to a struct"),
                chunk,
            ));
        }
        let array = array?;
        let element = type_size(&resolver.types, self.field.ty.ty);
        // The C struct points to elements in the message, whatever their type.
        let stays_in_message = !self.in_case
            && if is_pointer {
                self.has("chunk") || self.has("nocopy")
            } else {
                self.has("chunk") && element == Size::Static(1)
                    || self.has("as_ptr") && element.exact().is_some()
            };
        if let Some(zero_terminated) = find(attributes, "zero_terminated")
            && !is_byte
            && !stays_in_message
        {
            let what = "`@zero_terminated` on elements other than `int8` and `uint8`";
            return Some(without(
                refused(zero_terminated.span, what),
                zero_terminated,
            ));
        }
        let held = find(attributes, "to_ptr").or_else(|| find(attributes, "ptr_array"))?;
        let held_name = held.name.text;
        if held_name == "ptr_array" && is_byte {
            let what = "`@ptr_array` on elements of type `int8` and `uint8`";
            return Some(refused(held.span, what).help("write `@to_ptr`"));
        }
        if !is_pointer && !matches!(array, Array::Fixed(_) | Array::Count(_)) {
            let what = format!("`@{held_name}` on an array without a count");
            let length = format!("{}_len", self.name());
            let help = format!("write `@as_ptr({length})`: C code needs the number of elements");
            return Some(refused(held.span, &what).help(help));
        }
        None
    }

    /// An array whose elements have no place in the C struct.
    fn output(&self) -> Option<Diagnostic> {
        let is_placed = match self.field.array? {
            Array::Fixed(_) => true,
            _ => OUTPUT.iter().any(|output| self.has(output)),
        };
        if is_placed || self.field.pointer.is_some() || self.field.role != Role::Value {
            return None;
        }
        let name = self.name();
        let what = format!("the array `{name}` without an output attribute");
        let elsewhere = match self.field.ty.ty {
            Type::Struct(_) => "ptr_array".to_owned(),
            _ => format!("as_ptr({name}_len)"),
        };
        let help = format!("add `@end` if it is the last member of the body, else `@{elsewhere}`");
        Some(
            refused(self.size_span(), &what)
                .label("its length is not constant")
                .note("output attributes tell where a C struct holds the elements")
                .help(help),
        )
    }
}

/// Reports a field that has no declaration in a C struct.
fn undeclarable(source: &ast::Field, field: &Field) -> Option<Diagnostic> {
    let array = field.array?;
    if field.pointer.is_some() {
        let span = source.array.as_ref().map(|array| array.span)?;
        let what = "a pointer to an array without a count in a `@declare` body";
        let help = "leave out `@declare`, and declare the C struct by hand";
        return (!matches!(array, Array::Count(_))).then(|| refused(span, what).help(help));
    }
    let as_ptr = find(&source.attributes, "as_ptr")?;
    as_ptr.arguments.is_empty().then(|| {
        let argument = format!("({}_len)", source.name.text);
        let what = "`@as_ptr` without a name in a `@declare` body";
        refused(as_ptr.span, what).suggest(
            format!("write `@as_ptr{argument}`"),
            end(as_ptr.span),
            argument,
        )
    })
}

/// The end of a span.
const fn end(span: Span) -> Span {
    Span::new(span.end, span.end)
}

fn without(diagnostic: Diagnostic, attribute: &ast::Attribute) -> Diagnostic {
    diagnostic.suggest("leave it out", attribute.span, "")
}

fn refused(span: Span, what: &str) -> Diagnostic {
    let message = format!("the reference generator refuses {what}");
    Diagnostic::new(Code::NotPortable, span, message)
}
