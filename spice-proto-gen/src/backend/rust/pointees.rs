//! The functions `write_pointees` and `visit_fds` of `Encode`.

use proc_macro2::TokenStream;
use quote::quote;

use super::access::{Access, is_not_empty, order};
use super::case::field_ident;
use super::encode::returning_result;
use super::field_types::{Shape, is_option, shape};
use super::lines::Lines;
use super::locals::Scope;
use super::switch_dispatch::{VariantArm, merge_variants, variant_arms};
use super::variants::{Parts, bound_type, pattern};
use crate::model::{Contains, Field, Member, Role, Switch};

/// A statement for each field that contains something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    /// Writes the pointees.
    Pointees,
    /// Visits the descriptors.
    Fds,
}

impl Visit {
    const fn applies_to(self, contains: Contains) -> bool {
        match self {
            Self::Pointees => contains.pointers,
            Self::Fds => contains.fds,
        }
    }
}

/// Emits both functions for a body that needs them.
pub(super) fn functions(scope: &Scope<'_, '_>, lines: &mut Lines) {
    let contains = scope.body.body.contains;
    if contains.pointers {
        lines.lines(scope.context.inline(scope.body.id));
        lines.open(
            "fn write_pointees<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {",
        );
        lines.statements(returning_result(statements(scope, Visit::Pointees)));
        lines.close("}");
    }
    if contains.fds {
        lines.open("fn visit_fds(&self, visit: &mut dyn FnMut(&wire::Fd<'_>)) {");
        lines.statements(statements(scope, Visit::Fds));
        lines.close("}");
    }
}

fn statements(scope: &Scope<'_, '_>, visit: Visit) -> TokenStream {
    let members = scope.body.body.members.iter().enumerate();
    let statements = members.filter_map(|(index, member)| match member {
        Member::Field(field) => matches!(field.role, Role::Value | Role::StoredCount)
            .then(|| statement(scope, visit, field, &Access::of(field), "")),
        Member::Switch(switch) => visit
            .applies_to(switch.contains)
            .then(|| switch_statement(scope, visit, index, switch)),
    });
    statements.collect()
}

/// The statement for a field, if it needs one.
fn statement(
    scope: &Scope<'_, '_>,
    visit: Visit,
    field: &Field,
    access: &Access,
    prefix: &str,
) -> TokenStream {
    let name = format!("{prefix}{}", field.name);
    let Access { reference, place } = access;
    let is_inside = visit.applies_to(scope.context.model.contains(field.ty.ty));
    match (visit, field.pointer) {
        (Visit::Pointees, Some(pointer)) => {
            let order = order(pointer);
            let write = |target: &TokenStream| quote!(writer.pointee(#target, #order, #name)?;);
            if is_option(field) {
                let write = write(&quote!(target));
                return quote!(if let Some(target) = #reference { #write });
            }
            let write = write(reference);
            match is_not_empty(field, place) {
                Some(condition) if !pointer.nonnull => quote!(if #condition { #write }),
                _ => write,
            }
        }
        _ if !is_inside => TokenStream::new(),
        (Visit::Pointees, None) => match shape(field) {
            Shape::Fixed(_) => quote!(writer.element_pointees(#reference, #name)?;),
            _ => quote!(writer.pointees(#reference, #name)?;),
        },
        (Visit::Fds, _) if is_option(field) => {
            quote!(if let Some(target) = #reference { target.visit_fds(visit); })
        }
        (Visit::Fds, _) => match shape(field) {
            Shape::Fixed(_) => quote!(for value in #reference { value.visit_fds(visit); }),
            _ => quote!(#place.visit_fds(visit);),
        },
    }
}

fn switch_statement<'m>(
    scope: &Scope<'_, 'm>,
    visit: Visit,
    index: usize,
    switch: &'m Switch,
) -> TokenStream {
    let name = field_ident(&switch.name);
    let prefix = format!("{}.", switch.name);
    let variants = switch.variants.iter().enumerate();
    let arms = variants.map(|(position, variant)| {
        let statement = match Parts::of(scope.body, switch, variant).value {
            Some(field) => statement(scope, visit, field, &Access::bound(), &prefix),
            None => TokenStream::new(),
        };
        let binds = !statement.is_empty();
        VariantArm {
            pattern: pattern(scope.context, scope.body, index, position, binds),
            binding: bound_type(scope, switch, variant).filter(|_| binds),
            guard: None,
            body: statement,
        }
    });
    let (used, unused): (Vec<_>, Vec<_>) = arms.partition(|arm| !arm.body.is_empty());
    let used = merge_variants(used);
    if let ([VariantArm { pattern, body, .. }], false) = (used.as_slice(), unused.is_empty()) {
        return quote!(if let #pattern = &self.#name { #body });
    }
    let arms = variant_arms(used);
    let otherwise = (!unused.is_empty()).then(|| quote!(_ => {}));
    quote!(match &self.#name { #arms #otherwise })
}
