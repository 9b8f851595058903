//! Implementations of `Decode`: local variables in wire order, then a struct literal.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::body::case_of;
use super::field_types::{Shape, fixed_size_type, is_option, shape};
use super::lines::{Lines, tokens};
use super::locals::Scope;
use super::switch_dispatch::dispatch;
use super::variants::{Parts, carried_members, construct, variant_path};
use crate::model::{
    Array, Field, FieldRef, Member, Part, Pointer, Role, Segment, SegmentField, Size, Switch, Type,
};

/// Emits the implementation for a body.
pub(super) fn implementation(scope: &Scope<'_, '_>, name: &Ident, lines: &mut Lines) {
    let body = scope.body;
    let contains = body.body.contains;
    let lifetime = body.lifetime("<'a>");
    lines.open(format!("impl<'a> wire::Decode<'a> for {name}{lifetime} {{"));
    if let Size::Static(size) = body.body.size {
        lines.line(format!(
            "const WIRE_SIZE: ::core::option::Option<usize> = Some({size});"
        ));
    }
    lines.lines(contains.fds.then_some("const HAS_FDS: bool = true;"));
    lines.lines(
        contains
            .padding
            .then_some("const HAS_PADDING: bool = true;"),
    );
    lines.lines(scope.context.inline(body.id));
    let parts = body.body.parts.iter().map(|part| match part {
        Part::Segment(segment) => read_segment(scope, segment),
        Part::Member(index) => match body.member(*index) {
            Member::Field(field) => binding(scope, *index, &inline_value(scope, field, "")),
            Member::Switch(switch) => read_switch(scope, *index, switch),
        },
    });
    let mut statements: TokenStream = parts.collect();
    let reader = if statements.is_empty() { "_" } else { "reader" };
    lines.open(format!(
        "fn decode_from({reader}: &mut wire::Reader<'a>) -> wire::Result<Self> {{"
    ));
    let fields = body.stored().map(|(index, _)| scope.decoded_init(index));
    statements.extend(quote!(Ok(Self { #(#fields),* })));
    lines.statements(statements);
    lines.close("}");
    lines.close("}");
}

/// The declaration of a local variable for a member that is not part of a segment.
fn binding(scope: &Scope<'_, '_>, index: usize, value: &TokenStream) -> TokenStream {
    let local = scope.member_local(index);
    let ty = scope.discriminant_type(index);
    if scope.is_undropped(index) {
        let ty = ty.map(|ty| quote!(: wire::ManuallyDrop<#ty>));
        return quote!(let #local #ty = wire::ManuallyDrop::new(#value););
    }
    let ty = ty.map(|ty| quote!(: #ty));
    quote!(let #local #ty = #value;)
}

/// The type of a segment and the call that takes it.
fn take(scope: &Scope<'_, '_>, segment: &Segment) -> TokenStream {
    let ends = scope.context.model.field_ends(scope.body.body, segment);
    let ends = ends.iter().map(|found| {
        let (end, path) = (Literal::u64_unsuffixed(found.end), &found.path);
        quote!((#end, #path))
    });
    let size = Literal::u64_unsuffixed(segment.size);
    quote!(&[u8; #size] = reader.segment(&[#(#ends),*])?)
}

fn read_segment(scope: &Scope<'_, '_>, segment: &Segment) -> TokenStream {
    let needed = segment.fields.iter().filter(|found| {
        let field = scope.body.field(found.position);
        field.role != Role::Zero && scope.is_needed(found.position.member)
    });
    let reads: TokenStream = needed
        .map(|found| {
            let local = scope.local(found.position);
            let value = segment_value(scope, segment, *found, "");
            quote!(let #local = #value;)
        })
        .collect();
    let take = take(scope, segment);
    if reads.is_empty() {
        quote!(let _: #take;)
    } else {
        quote!(let segment: #take; #reads)
    }
}

/// The value of a field of a segment.
fn segment_value(
    scope: &Scope<'_, '_>,
    segment: &Segment,
    found: SegmentField,
    prefix: &str,
) -> TokenStream {
    let field = scope.body.field(found.position);
    let offset = Literal::u64_unsuffixed(found.offset);
    if let Some(pointer) = field.pointer {
        let target = quote!(u32::get(segment, #offset));
        let at = segment.size - found.offset;
        return pointee(scope, field, pointer, &target, at, prefix);
    }
    let ty = tokens(&fixed_size_type(scope.context, scope.body.module, field));
    match shape(field) {
        Shape::Fixed(_) => quote!(<#ty>::get(segment, #offset)),
        _ => quote!(#ty::get(segment, #offset)),
    }
}

/// The value of a pointer. `at` is the number of bytes from the pointer to the reader's position.
fn pointee(
    scope: &Scope<'_, '_>,
    field: &Field,
    pointer: Pointer,
    target: &TokenStream,
    at: u64,
    prefix: &str,
) -> TokenStream {
    let name = format!("{prefix}{}", field.name);
    let model = scope.context.model;
    let at = Literal::u64_unsuffixed(at);
    let read = |target: &TokenStream| match shape(field) {
        Shape::One if model.is_lazy(field) => quote!(reader.lazy_pointee(#target, #at, #name)?),
        Shape::Fixed(_) if !model.is_fixed_size(field.ty.ty) => {
            quote!(reader.pointee_with(#target, #at, #name, |reader| reader.array(#name))?)
        }
        Shape::One | Shape::Fixed(_) => quote!(reader.pointee(#target, #at, #name)?),
        Shape::Bytes | Shape::Text | Shape::List => {
            let result = array(scope, field, &name).result();
            quote!(reader.pointee_with(#target, #at, #name, |reader| #result)?)
        }
    };
    if pointer.nonnull {
        return read(target);
    }
    if is_option(field) {
        let read = read(&quote!(target));
        return quote!(match #target { 0 => None, target => Some(#read), });
    }
    let count = elements(scope, field).unwrap_or_else(|| quote!(Some(0)));
    let size = model.int(field.ty.ty).map_or(1, |int| int.bytes);
    let size = Literal::u8_unsuffixed(size);
    let result = array(scope, field, &name).result();
    quote!(reader.array_pointee(#target, #at, #name, (#count, #size), |reader| #result)?)
}

/// The number of elements of an array as an `Option<u64>`, if other fields determine it.
fn elements(scope: &Scope<'_, '_>, field: &Field) -> Option<TokenStream> {
    match field.array {
        Some(Array::Count(count)) => {
            let count = scope.local_count(count);
            Some(quote!(Some(#count)))
        }
        Some(Array::ImageSize { bits, width, rows }) => Some(scope.image_size(bits, width, rows)),
        None | Some(Array::Fixed(_) | Array::CString | Array::Remaining) => None,
    }
}

/// An expression for an array.
enum ArrayRead {
    Value(TokenStream),
    Result(TokenStream),
}

impl ArrayRead {
    fn value(self) -> TokenStream {
        match self {
            Self::Value(value) => value,
            Self::Result(result) => quote!(#result?),
        }
    }

    fn result(self) -> TokenStream {
        match self {
            Self::Value(value) => quote!(Ok(#value)),
            Self::Result(result) => result,
        }
    }
}

/// Reads an array of variable length at the reader's position.
fn array(scope: &Scope<'_, '_>, field: &Field, name: &str) -> ArrayRead {
    ArrayRead::Result(match (shape(field), field.array) {
        (_, Some(Array::CString)) => quote!(reader.cstring(#name)),
        (Shape::Bytes, Some(Array::Remaining)) => {
            return ArrayRead::Value(quote!(reader.remaining().into()));
        }
        (Shape::Text, Some(Array::Remaining)) => {
            return ArrayRead::Value(quote!(wire::Text::from_wire(reader.remaining())));
        }
        (_, Some(Array::Remaining)) => quote!(reader.remaining_list(#name)),
        (Shape::List, Some(Array::Count(count))) => {
            let count = scope.local_count(count);
            quote!(reader.list(#count, #name))
        }
        (shape, _) => {
            let Some(count) = elements(scope, field) else {
                unreachable!("arrays of variable length are cstrings, to the end, or counted");
            };
            match shape {
                Shape::Text => quote!(reader.text(#count, #name)),
                Shape::List => quote!(reader.list(#count.unwrap_or(u64::MAX), #name)),
                _ => return ArrayRead::Value(quote!(reader.bytes(#count, #name)?.into())),
            }
        }
    })
}

/// The value of a field that is not part of a segment.
fn inline_value(scope: &Scope<'_, '_>, field: &Field, prefix: &str) -> TokenStream {
    let name = format!("{prefix}{}", field.name);
    match (shape(field), field.ty.ty) {
        (Shape::One, Type::Fd) => quote!(reader.fd()),
        (Shape::One, _) => quote!(reader.value(#name)?),
        (Shape::Fixed(_), _) => quote!(reader.array(#name)?),
        _ => array(scope, field, &name).value(),
    }
}

fn read_switch<'m>(scope: &Scope<'_, 'm>, index: usize, switch: &'m Switch) -> TokenStream {
    let variants = 0..switch.variants.len();
    let arms = variants.map(|position| read_variant(scope, index, switch, position));
    let mut arms: Vec<_> = arms.collect();
    let (statements, value) = if arms.len() == 1 {
        arms.swap_remove(0)
    } else {
        let arms = arms.into_iter();
        let arms = arms.map(|(statements, value)| quote!(#statements #value));
        let discriminant = scope.local_discriminant(switch);
        let chosen = dispatch(scope, switch, &discriminant, arms.collect());
        (scope.count_declarations(index, switch), chosen)
    };
    let statement = if switch.stored {
        binding(scope, index, &value)
    } else {
        value
    };
    quote!(#statements #statement)
}

/// The statements that read a variant, and its value.
fn read_variant<'m>(
    scope: &Scope<'_, 'm>,
    index: usize,
    switch: &'m Switch,
    position: usize,
) -> (TokenStream, TokenStream) {
    let Some(variant) = switch.variants.get(position) else {
        unreachable!("a variant is read by its index in the switch");
    };
    let (mut statements, mut value) = (TokenStream::new(), None);
    if let Some((case, found)) = case_of(switch, variant) {
        let prefix = format!("{}.", switch.name);
        let position = FieldRef::case(index, case);
        let is_count = scope.is_used_count(position);
        let is_needed = is_count || variant.value && switch.stored;
        let take = found.segment.as_ref().map(|segment| take(scope, segment));
        value = match &found.segment {
            None => Some(inline_value(scope, &found.field, &prefix)),
            Some(_) if !is_needed => {
                statements = quote!(let _: #take;);
                None
            }
            Some(segment) => {
                let [field] = segment.fields.as_slice() else {
                    unreachable!("the segment of a case has one field");
                };
                let value = segment_value(scope, segment, *field, &prefix);
                statements = quote!(let segment: #take;);
                if is_count {
                    let binding = (switch.variants.len() == 1).then(|| quote!(let));
                    let local = scope.local(position);
                    statements.extend(quote!(#binding #local = #value;));
                    Some(quote!(#local))
                } else {
                    Some(value)
                }
            }
        };
    }
    if !switch.stored {
        return (statements, TokenStream::new());
    }
    let parts = Parts::of(scope.body, switch, variant);
    let carried: Vec<_> = carried_members(switch, variant)
        .map(|member| scope.init(member))
        .collect();
    let path = variant_path(scope.context, scope.body, index, position);
    let value = value.filter(|_| variant.value);
    (statements, construct(&path, &parts, &carried, value))
}
