//! Implementations of `Encode`: the block of a body.

use proc_macro2::{Delimiter, Ident, Literal, TokenStream, TokenTree};
use quote::{ToTokens, quote};

use super::access::{Access, is_not_empty};
use super::body::case_of;
use super::case::field_ident;
use super::counts::{check, derived};
use super::field_types::{Shape, is_option, shape};
use super::lines::Lines;
use super::locals::{Scope, stored_discriminant};
use super::pointees;
use super::selection::{Selection, listed};
use super::switch_dispatch::{VariantArm, dispatch, is_one_of, is_semicolon, variant_arms};
use super::variants::{Parts, bound_type, pattern};
use crate::model::{
    Array, Field, FieldRef, Member, Part, Pointer, Role, Segment, Switch, Type, Variant, When,
};

/// Emits the implementation for a body.
pub(super) fn implementation(scope: &Scope<'_, '_>, name: &Ident, lines: &mut Lines) {
    let body = scope.body;
    let lifetime = body.lifetime("<'_>");
    lines.open(format!("impl wire::Encode for {name}{lifetime} {{"));
    let mut statements = derived(scope);
    let parts = body.body.parts.iter().map(|part| match part {
        Part::Segment(segment) => write_segment(scope, segment),
        Part::Member(index) => match body.member(*index) {
            Member::Field(field) => write_field(scope, field, &Access::of(field), ""),
            Member::Switch(switch) => write_switch(scope, *index, switch),
        },
    });
    statements.extend(parts);
    let writer = if statements.is_empty() { "_" } else { "writer" };
    lines.lines(scope.context.inline(body.id));
    lines.open(format!(
        "fn write<'v>(&'v self, {writer}: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {{"
    ));
    lines.statements(returning_result(statements));
    lines.close("}");
    pointees::functions(scope, lines);
    lines.close("}");
}

/// Statements that return `Result<()>`. If the last statement calls the writer, they return its result.
pub(super) fn returning_result(statements: TokenStream) -> TokenStream {
    let mut trees: Vec<_> = statements.into_iter().collect();
    if let [before @ .., TokenTree::Punct(question), end] = trees.as_slice()
        && question.as_char() == '?'
        && is_semicolon(end)
    {
        let ends_statement = |tree: &TokenTree| match tree {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            tree => is_semicolon(tree),
        };
        let first = before
            .iter()
            .rposition(ends_statement)
            .map_or(0, |end| end + 1);
        if matches!(before.get(first), Some(TokenTree::Ident(name)) if name == "writer") {
            trees.truncate(before.len());
            return trees.into_iter().collect();
        }
    }
    quote!(#(#trees)* Ok(()))
}

fn write_segment(scope: &Scope<'_, '_>, segment: &Segment) -> TokenStream {
    let (mut puts, mut pointers) = (Vec::new(), TokenStream::new());
    for found in &segment.fields {
        let field = scope.body.field(found.position);
        let access = Access::of(field);
        if let Some(pointer) = field.pointer {
            let at = segment.size - found.offset;
            pointers.extend(write_pointer(scope, field, pointer, &access, at, ""));
            continue;
        }
        let value = match field.role {
            Role::Zero => continue,
            Role::Virtual(_) => unreachable!("a virtual field is not on the wire"),
            Role::Value | Role::StoredCount => access.place,
            Role::ComputedCount | Role::CarriedCount { .. } | Role::ImpliedDiscriminant { .. } => {
                scope.local(found.position).to_token_stream()
            }
        };
        let offset = Literal::u64_unsuffixed(found.offset);
        puts.push(quote!(#value.put(segment, #offset)));
    }
    let put = put_segment(segment.size, &puts);
    quote!(#put #pointers)
}

fn put_segment(size: u64, puts: &[TokenStream]) -> TokenStream {
    let literal = Literal::u64_unsuffixed(size);
    match puts {
        _ if size == 0 => TokenStream::new(),
        [] => quote!(writer.zeros::<#literal>()?;),
        [put] => quote!(writer.segment(|segment: &mut [u8; #literal]| #put)?;),
        puts => quote!(writer.segment(|segment: &mut [u8; #literal]| { #(#puts;)* })?;),
    }
}

/// Checks the pointee and announces the pointer, unless it is null.
fn write_pointer(
    scope: &Scope<'_, '_>,
    field: &Field,
    pointer: Pointer,
    access: &Access,
    at: u64,
    prefix: &str,
) -> TokenStream {
    let at = Literal::u64_unsuffixed(at);
    let write = quote!(writer.pointer(#at););
    let Access { reference, place } = access;
    if is_option(field) {
        let check = check(scope, field, &quote!(target), prefix);
        return match check.is_empty() {
            true => quote!(if #place.is_some() { #write }),
            false => quote!(if let Some(target) = #reference { #check #write }),
        };
    }
    let place = match field.array {
        Some(Array::CString) => reference,
        _ => place,
    };
    let check = check(scope, field, place, prefix);
    match is_not_empty(field, place) {
        // An empty array is a null pointer. Its count may have any value.
        Some(condition) if !pointer.nonnull => quote!(if #condition { #check #write }),
        _ => quote!(#check #write),
    }
}

/// Writes a field that is not part of a segment.
fn write_field(scope: &Scope<'_, '_>, field: &Field, access: &Access, prefix: &str) -> TokenStream {
    let name = format!("{prefix}{}", field.name);
    let Access { reference, place } = access;
    let check = check(scope, field, place, prefix);
    let write = match (shape(field), field.ty.ty) {
        (Shape::One | Shape::Fixed(_), Type::Fd) => TokenStream::new(),
        (Shape::Fixed(_), _) => quote!(writer.elements(#reference, #name)?;),
        (Shape::Text, _) if field.array == Some(Array::CString) => {
            quote!(writer.cstring(#reference, #name)?;)
        }
        (Shape::Bytes, _) => quote!(writer.bytes(#reference)?;),
        (Shape::Text, _) => quote!(writer.text(#reference)?;),
        (Shape::One | Shape::List, _) => quote!(writer.field(#reference, #name)?;),
    };
    quote!(#check #write)
}

fn write_switch<'m>(scope: &Scope<'_, 'm>, index: usize, switch: &'m Switch) -> TokenStream {
    if let [only] = switch.variants.as_slice() {
        // There is nothing to choose.
        let write = write_variant(scope, index, switch, only);
        let binding = binds_value(scope, switch, only).then(|| {
            let pattern = pattern(scope.context, scope.body, index, 0, true);
            let name = field_ident(&switch.name);
            quote!(let #pattern = &self.#name;)
        });
        quote!(#binding #write)
    } else if !switch.stored {
        let variants = switch.variants.iter();
        let arms = variants.map(|variant| write_unstored(scope, index, switch, variant));
        let discriminant = stored_discriminant(scope, switch);
        dispatch(scope, switch, &discriminant, arms.collect())
    } else if switch.discriminant.implied {
        write_implied(scope, index, switch)
    } else {
        write_checked(scope, index, switch)
    }
}

/// Writes a case whose value is not stored: a count or zeros.
fn write_unstored(
    scope: &Scope<'_, '_>,
    index: usize,
    switch: &Switch,
    variant: &Variant,
) -> TokenStream {
    let Some((case, found)) = case_of(switch, variant) else {
        return TokenStream::new();
    };
    let size = found.field.size.min();
    match found.field.role {
        Role::Zero => put_segment(size, &[]),
        Role::ComputedCount => {
            let local = scope.local(FieldRef::case(index, case));
            put_segment(size, &[quote!(#local.put(segment, 0))])
        }
        _ => unreachable!("all other fields of a case are stored"),
    }
}

/// Writes the value of a variant, bound to `value`.
fn write_variant<'m>(
    scope: &Scope<'_, 'm>,
    index: usize,
    switch: &'m Switch,
    variant: &Variant,
) -> TokenStream {
    let Some(field) = Parts::of(scope.body, switch, variant).value else {
        return write_unstored(scope, index, switch, variant);
    };
    let prefix = format!("{}.", switch.name);
    let access = Access::bound();
    match field.pointer {
        Some(pointer) => {
            let put = put_segment(4, &[]);
            let write = write_pointer(scope, field, pointer, &access, 4, &prefix);
            quote!(#put #write)
        }
        None if is_fixed_size(scope, field) => {
            put_segment(field.size.min(), &[quote!(value.put(segment, 0))])
        }
        None => write_field(scope, field, &access, &prefix),
    }
}

/// Whether a value of a case is written as a segment.
fn is_fixed_size(scope: &Scope<'_, '_>, field: &Field) -> bool {
    matches!(shape(field), Shape::One | Shape::Fixed(_))
        && scope.context.model.is_fixed_size(field.ty.ty)
}

/// Whether [`write_variant`] uses the value.
fn binds_value<'m>(scope: &Scope<'_, 'm>, switch: &'m Switch, variant: &Variant) -> bool {
    let Some(field) = Parts::of(scope.body, switch, variant).value else {
        return false;
    };
    match (field.pointer, shape(field)) {
        (Some(pointer), _) => {
            let is_checked = !check(scope, field, &quote!(value), "").is_empty();
            is_option(field)
                || is_checked
                || !pointer.nonnull && is_not_empty(field, &quote!(value)).is_some()
        }
        (None, Shape::One | Shape::Fixed(_)) => {
            let is_empty = is_fixed_size(scope, field) && field.size.exact() == Some(0);
            field.ty.ty != Type::Fd && !is_empty
        }
        (None, _) => true,
    }
}

/// The arm of a variant: its pattern and the statements that write it.
fn write_arm<'m>(
    scope: &Scope<'_, 'm>,
    index: usize,
    switch: &'m Switch,
    position: usize,
    variant: &Variant,
) -> VariantArm {
    let binds = binds_value(scope, switch, variant);
    VariantArm {
        pattern: pattern(scope.context, scope.body, index, position, binds),
        binding: bound_type(scope, switch, variant).filter(|_| binds),
        guard: None,
        body: write_variant(scope, index, switch, variant),
    }
}

fn mismatch(switch: &Switch) -> TokenStream {
    let name = &switch.name;
    quote!(return Err(writer.variant_mismatch(#name)))
}

/// Writes a switch whose variant implies the discriminant.
fn write_implied<'m>(scope: &Scope<'_, 'm>, index: usize, switch: &'m Switch) -> TokenStream {
    let listed = listed(scope, switch);
    let [member] = switch.discriminant.path.as_slice() else {
        unreachable!("an implied discriminant is a member of the switch's body");
    };
    let discriminant = scope.member_local(*member);
    let variants = switch.variants.iter().enumerate();
    let arms = variants.map(|(position, variant)| {
        let mut arm = write_arm(scope, index, switch, position, variant);
        // A discriminant that selects a variant of an item is refused.
        if variant.when == When::Always && !listed.is_empty() {
            let (mismatch, is_listed) = (mismatch(switch), is_one_of(discriminant, &listed));
            let write = arm.body;
            arm.body = quote!(if #is_listed { #mismatch; } #write);
        }
        arm
    });
    let (name, arms) = (field_ident(&switch.name), variant_arms(arms));
    quote!(match &self.#name { #arms })
}

/// Writes a switch whose discriminant is stored and must select the variant.
fn write_checked<'m>(scope: &Scope<'_, 'm>, index: usize, switch: &'m Switch) -> TokenStream {
    let mismatch = mismatch(switch);
    let Selection {
        declaration,
        value,
        selectors,
        listed,
    } = Selection::new(scope, switch);
    let mut arms = Vec::with_capacity(switch.variants.len());
    let variants = switch.variants.iter().zip(selectors).enumerate();
    for (position, (variant, selector)) in variants {
        let mut arm = write_arm(scope, index, switch, position, variant);
        let pattern = arm.pattern;
        arm.pattern = quote!((#selector, #pattern));
        match (variant.when == When::Always, listed.as_slice()) {
            (false, _) | (true, []) => {}
            (true, [item]) => arm.guard = Some(quote!(#value != #item)),
            (true, items) => arms.push(VariantArm {
                pattern: quote!((#(#items)|*, _)),
                binding: None,
                guard: None,
                body: mismatch.clone(),
            }),
        }
        arms.push(arm);
    }
    let (name, arms) = (field_ident(&switch.name), variant_arms(arms));
    quote! {
        #declaration
        match (#value, &self.#name) { #arms _ => #mismatch, }
    }
}
