//! The local variables of generated functions.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, format_ident, quote};

use super::body::{Body, count_int, is_count, is_stored};
use super::case::field_ident;
use super::context::Context;
use super::field_types::{field_type, int_type};
use super::lines::tokens;
use super::variants::named;
use crate::model::{Array, Field, FieldRef, Member, Part, Switch, Variant};

/// Names that generated functions use themselves.
const RESERVED: &[&str] = &[
    "reader", "segment", "writer", "value", "target", "len", "longest", "expected", "selected",
    "visit", "wire", "input",
];

/// A body and the names of the local variables in its functions: one for each member and each count in a
/// case. No variable shadows another.
pub(super) struct Scope<'c, 'm> {
    pub(super) context: &'c Context<'m>,
    pub(super) body: Body<'m>,
    locals: BTreeMap<FieldRef, Ident>,
}

impl<'c, 'm> Scope<'c, 'm> {
    pub(super) fn new(context: &'c Context<'m>, body: Body<'m>) -> Self {
        let mut taken = BTreeSet::new();
        let mut locals = BTreeMap::new();
        let mut add = |position, name: &str| {
            let mut name = field_ident(name);
            while RESERVED.iter().any(|reserved| name == reserved)
                || !taken.insert(name.to_string())
            {
                name = format_ident!("{}_", name);
            }
            locals.insert(position, name);
        };
        for (index, member) in body.body.members.iter().enumerate() {
            add(FieldRef::member(index), member.name());
        }
        for (index, switch) in body.switches() {
            for (case, found) in switch.cases.iter().enumerate() {
                if is_count(&found.field) {
                    let name = format!("{}_{}", switch.name, found.field.name);
                    add(FieldRef::case(index, case), &name);
                }
            }
        }
        Self {
            context,
            body,
            locals,
        }
    }

    /// The local variable of a member or a count.
    pub(super) fn local(&self, position: FieldRef) -> &Ident {
        match self.locals.get(&position) {
            Some(name) => name,
            None => unreachable!("members and counts have local variables"),
        }
    }

    /// The local variable of a member.
    pub(super) fn member_local(&self, member: usize) -> &Ident {
        self.local(FieldRef::member(member))
    }

    /// A field of a struct literal with the value of a local variable.
    pub(super) fn init(&self, member: usize) -> TokenStream {
        let name = field_ident(self.body.member(member).name());
        let local = self.member_local(member);
        named(&name, &quote!(#local))
    }

    /// Like [`Scope::init`], for a decoder, where the local variable may be a `ManuallyDrop`.
    pub(super) fn decoded_init(&self, member: usize) -> TokenStream {
        if !self.is_undropped(member) {
            return self.init(member);
        }
        let name = field_ident(self.body.member(member).name());
        let local = self.member_local(member);
        quote!(#name: wire::ManuallyDrop::into_inner(#local))
    }

    /// Whether the local variable of a member is a `ManuallyDrop`.
    ///
    /// If a later field is invalid, a decoder returns early and drops its local variables, which keeps them in
    /// memory. A decoded struct or switch without descriptors owns nothing, so it need not be dropped.
    pub(super) fn is_undropped(&self, member: usize) -> bool {
        let is_last =
            matches!(self.body.body.parts.last(), Some(Part::Member(last)) if *last == member);
        let contains = match self.body.member(member) {
            Member::Field(field) if field.pointer.is_none() && field.array.is_none() => {
                self.context.model.contains(field.ty.ty)
            }
            Member::Field(_) => return false,
            Member::Switch(switch) if switch.stored => switch.contains,
            Member::Switch(_) => return false,
        };
        contains.borrowed && !contains.fds && !is_last
    }

    /// A count in a local variable as a `u64`.
    pub(super) fn local_count(&self, count: FieldRef) -> TokenStream {
        widened(self.body.field(count), self.local(count))
    }

    /// The size of an image as an `Option<u64>`. Its width and rows are in local variables.
    pub(super) fn image_size(&self, bits: u32, width: usize, rows: usize) -> TokenStream {
        let bits = Literal::u32_unsuffixed(bits);
        let [width, rows] = [width, rows].map(|side| self.local_count(FieldRef::member(side)));
        quote!(wire::image_size(#bits, #width, #rows))
    }

    /// Whether a decoder needs the value of a field after it was read.
    pub(super) fn is_needed(&self, member: usize) -> bool {
        let body = self.body;
        let is_side = |field: &Field| match field.array {
            Some(Array::ImageSize { width, rows, .. }) => [width, rows].contains(&member),
            _ => false,
        };
        let selects = |switch: &Switch| {
            switch.discriminant.path.first() == Some(&member)
                && (switch.variants.len() > 1 || switch.discriminant.implied)
        };
        is_stored(body.member(member))
            || self.is_used_count(FieldRef::member(member))
            || body.body.members.iter().any(|found| match found {
                Member::Field(field) => is_side(field),
                Member::Switch(switch) => {
                    let is_carried = |variant: &Variant| variant.carried_counts.contains(&member);
                    selects(switch)
                        || switch.variants.iter().any(is_carried)
                        || switch.cases.iter().any(|case| is_side(&case.field))
                }
            })
    }

    /// Whether arrays use a count.
    pub(super) fn is_used_count(&self, count: FieldRef) -> bool {
        is_count(self.body.field(count)) && self.body.body.counted_arrays(count).next().is_some()
    }

    /// The counts in the cases of a switch that arrays use.
    fn used_counts(&self, member: usize, switch: &'m Switch) -> Vec<FieldRef> {
        let cases = switch.cases.iter().enumerate();
        let live = cases.filter(|(_, found)| found.live);
        let positions = live.map(|(case, _)| FieldRef::case(member, case));
        positions
            .filter(|position| self.is_used_count(*position))
            .collect()
    }

    /// Declarations of the counts in the cases of a switch. A count in another case than the selected one
    /// is 0.
    pub(super) fn count_declarations(&self, member: usize, switch: &'m Switch) -> TokenStream {
        let counts = self.used_counts(member, switch).into_iter();
        let declarations = counts.map(|count| {
            let (local, ty) = (
                self.local(count),
                int_type(count_int(self.body.field(count))),
            );
            match switch
                .variants
                .iter()
                .all(|variant| variant.case == count.case)
            {
                true => quote!(let #local: #ty;),
                false => quote!(let mut #local: #ty = 0;),
            }
        });
        declarations.collect()
    }

    /// The type of a member's local variable, if the member is or contains a discriminant: it is not inferred
    /// from its use.
    pub(super) fn discriminant_type(&self, member: usize) -> Option<TokenStream> {
        let mut switches = self.body.switches();
        let is_used = switches.any(|(_, switch)| switch.discriminant.path.first() == Some(&member));
        is_used.then(|| {
            let field = self.body.member_field(member);
            tokens(&field_type(self.context, self.body.module, field))
        })
    }

    /// The value of a switch's discriminant, in local variables.
    pub(super) fn local_discriminant(&self, switch: &Switch) -> TokenStream {
        let Some(first) = switch.discriminant.path.first() else {
            unreachable!("the path to a discriminant has at least one member");
        };
        let fields = self.context.model.discriminant(self.body.body, switch);
        let fields = fields.iter().skip(1).map(|field| field_ident(&field.name));
        let first = self.member_local(*first);
        quote!(#first #(.#fields)*)
    }
}

/// The value of a switch's discriminant in `self`.
pub(super) fn stored_discriminant(scope: &Scope<'_, '_>, switch: &Switch) -> TokenStream {
    let fields = scope.context.model.discriminant(scope.body.body, switch);
    let fields = fields.iter().map(|field| field_ident(&field.name));
    quote!(self #(.#fields)*)
}

/// A count as a `u64`.
pub(super) fn widened(field: &Field, value: impl ToTokens) -> TokenStream {
    match count_int(field).bytes {
        8 => value.into_token_stream(),
        _ => quote!(u64::from(#value)),
    }
}
