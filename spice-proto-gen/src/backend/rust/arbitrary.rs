//! Implementations of `Arbitrary`: random values, most of which can be encoded. What depends on
//! something else is made from it: arrays from their counts, variants from their discriminants.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::choose::choose;
use super::code::Code;
use super::context::{
    Body, Context, Shape, field_ident, int_type, is_kept, is_option, number, shape,
};
use super::naming::ident;
use super::steps::{Locals, count_field, int_of, users};
use super::types::value_ident;
use crate::model::{
    Array, CountRef, Enum, Field, Member, Role, Struct, Switch, Type, Variant, When,
};

/// The implementation for a type, without the lifetime of what it borrows if it borrows nothing.
fn implementation(
    runtime: &TokenStream,
    ty: &TokenStream,
    input: &Ident,
    body: &TokenStream,
) -> TokenStream {
    let arbitrary = quote!(#runtime::__private::arbitrary);
    quote! {
        impl<'a> #arbitrary::Arbitrary<'a> for #ty {
            #[allow(unused_assignments, unused_mut, unused_variables)]
            fn arbitrary(
                #input: &mut #arbitrary::Unstructured<'a>,
            ) -> #arbitrary::Result<Self> {
                #body
            }
        }
    }
}

impl Context<'_> {
    /// The implementation for an enum or flags type.
    pub(super) fn arbitrary_enumeration(
        &self,
        name: &str,
        repr: &Ident,
        found: &Enum,
        code: &mut Code,
    ) {
        if !self.options.arbitrary {
            return;
        }
        let function = ident(if found.flags { "flags" } else { "enumeration" });
        let body = quote!(wire::__private::random::#function::<#repr, Self>(input));
        let name = parsed(name);
        code.items(implementation(&quote!(wire), &name, &ident("input"), &body));
    }

    /// The implementation for a body.
    pub(super) fn arbitrary_body(&self, body: Body<'_>) -> Option<TokenStream> {
        if !self.options.arbitrary {
            return None;
        }
        let locals = Locals::new(body);
        let maker = Maker {
            context: self,
            body,
            input: input_ident(body.body, &locals),
            locals,
            counts: counts(body.body),
        };
        let name = ident(self.names.type_name(body.id));
        let lifetime = self.lifetime(body.body);
        let statements = maker.statements();
        let ty = quote!(#name #lifetime);
        Some(implementation(
            &quote!(wire),
            &ty,
            &maker.input,
            &statements,
        ))
    }

    /// The implementation for an enum of messages.
    pub(super) fn arbitrary_messages(&self, messages: &Messages<'_>) -> Option<TokenStream> {
        if !self.options.arbitrary {
            return None;
        }
        let (name, runtime) = (parsed(messages.name), parsed(messages.runtime));
        let unknown = messages.unknown.as_ref();
        let unknown = unknown.and_then(|unknown| unknown.value(&runtime));
        let made = messages.variants.iter().map(|variant| {
            let variant = parsed(variant);
            quote!(Self::#variant(input.arbitrary()?))
        });
        let input = ident("input");
        let made = pick(&made.chain(unknown).collect::<Vec<_>>(), &input);
        let ty = quote!(#name<'a>);
        Some(implementation(&runtime, &ty, &input, &quote!(Ok(#made))))
    }
}

/// The tokens of a path that is known to be one.
fn parsed(path: &str) -> TokenStream {
    path.parse().unwrap_or_default()
}

/// An enum whose variants hold a message each, but for one of what is unknown.
pub(super) struct Messages<'n> {
    pub(super) name: &'n str,
    /// The path of the runtime.
    pub(super) runtime: &'static str,
    pub(super) variants: Vec<String>,
    pub(super) unknown: Option<Unknown>,
}

/// The variant of messages that the protocol does not have.
pub(super) struct Unknown {
    /// The field that says so, and its type.
    pub(super) field: (&'static str, &'static str),
    /// The values of it that the protocol has.
    pub(super) known: Vec<u64>,
    /// The largest value.
    pub(super) max: u64,
    /// Another field, whose value is any.
    pub(super) other: Option<&'static str>,
}

impl Unknown {
    /// The variant; `None` if all values are known.
    fn value(&self, runtime: &TokenStream) -> Option<TokenStream> {
        let free = free(&self.known, self.max)?;
        let (field, ty) = (ident(self.field.0), ident(self.field.1));
        let known = self.known.iter().copied().map(number);
        let other = self.other.map(|other| {
            let other = ident(other);
            quote!(#other: input.arbitrary()?,)
        });
        let random = quote!(#runtime::__private::random);
        Some(quote! {{
            let #field = #random::unknown::<#ty>(input, &[#(#known),*], #free)?;
            let size: u32 = #random::many(input)?;
            let body = #random::bytes(input, Some(size.into()))?;
            Self::Unknown { #field, #other body }
        }})
    }
}

/// The smallest number that is none of these.
fn free(known: &[u64], max: u64) -> Option<Literal> {
    // Of so many numbers and one more, at least one is not known.
    let mut is_known = vec![false; known.len() + 1];
    for number in known {
        let index = usize::try_from(*number).ok();
        if let Some(place) = index.and_then(|index| is_known.get_mut(index)) {
            *place = true;
        }
    }
    let free = is_known.iter().position(|is_known| !is_known)? as u64;
    (free <= max).then(|| number(free))
}

/// Picks one of several values.
fn pick(values: &[TokenStream], input: &Ident) -> TokenStream {
    let Some((last, values)) = values.split_last() else {
        return TokenStream::new();
    };
    if values.is_empty() {
        return last.clone();
    }
    let count = number(values.len() as u64);
    let numbers = (0..values.len() as u64).map(number);
    quote! {
        match #input.int_in_range(0..=#count)? {
            #(#numbers => #values,)*
            _ => #last,
        }
    }
}

/// A name for the source of random values that no local variable has.
fn input_ident(body: &Struct, locals: &Locals) -> Ident {
    let mut keys = Vec::new();
    for (member, found) in body.members.iter().enumerate() {
        keys.push(CountRef { member, case: None });
        if let Member::Switch(switch) = found {
            let cases = 0..switch.cases.len();
            keys.extend(cases.map(|case| CountRef {
                member,
                case: Some(case),
            }));
        }
    }
    let taken: BTreeSet<String> = keys
        .into_iter()
        .map(|key| locals.get(key).to_string())
        .collect();
    let mut name = "input".to_owned();
    while taken.contains(&name) {
        name.push('_');
    }
    ident(&name)
}

/// The counts and sides of images by which arrays of a body are measured, and whether they may be
/// large: those that count nothing but bytes.
fn counts(body: &Struct) -> Vec<(CountRef, bool)> {
    let mut counts = Vec::new();
    let mut add = |field: &Field| match field.array {
        Some(Array::Count(count)) => {
            counts.push((count, matches!(shape(field), Shape::Bytes | Shape::Text)));
        }
        Some(Array::ImageSize { width, rows, .. }) => {
            let sides = [width, rows].map(|member| CountRef { member, case: None });
            counts.extend(sides.map(|side| (side, false)));
        }
        _ => {}
    };
    for member in &body.members {
        match member {
            Member::Field(field) => add(field),
            Member::Switch(switch) => {
                let live = switch.cases.iter().filter(|case| case.live);
                live.for_each(|case| add(&case.field));
            }
        }
    }
    counts
}

struct Maker<'c, 'm> {
    context: &'c Context<'m>,
    body: Body<'m>,
    locals: Locals,
    input: Ident,
    counts: Vec<(CountRef, bool)>,
}

impl<'m> Maker<'_, 'm> {
    /// The body of the function: a local variable for each member, then the struct.
    fn statements(&self) -> TokenStream {
        let members = self.body.body.members.iter().enumerate();
        let statements = members.map(|(index, member)| match member {
            Member::Field(field) => self.member(index, field),
            Member::Switch(switch) => self.switch(index, switch),
        });
        let fields = self.body.body.members.iter().enumerate();
        let fields = fields.filter(|(_, member)| is_kept(member));
        let fields = fields.map(|(index, member)| {
            let name = match member {
                Member::Field(field) => field_ident(&field.name),
                Member::Switch(switch) => field_ident(&switch.name),
            };
            let local = self.locals.member(index);
            match name == local {
                true => quote!(#name),
                false => quote!(#name: #local),
            }
        });
        quote! {
            #(#statements)*
            Ok(Self { #(#fields),* })
        }
    }

    fn member(&self, index: usize, field: &Field) -> TokenStream {
        let key = CountRef {
            member: index,
            case: None,
        };
        let value = match field.role {
            Role::Value | Role::StoredCount => self.value(key, field),
            Role::ComputedCount if self.is_count(key) => self.value(key, field),
            _ => return TokenStream::new(),
        };
        let local = self.locals.member(index);
        let mut switches = self.body.switches();
        let is_discriminant =
            switches.any(|(_, switch)| switch.discriminant.path.first() == Some(&index));
        let ty = is_discriminant.then(|| {
            let ty = self.context.field_type(self.body.place, field);
            quote!(: #ty)
        });
        quote!(let #local #ty = #value;)
    }

    fn is_count(&self, key: CountRef) -> bool {
        self.counts.iter().any(|(count, _)| *count == key)
    }

    /// A number by which arrays are measured.
    fn count(&self, key: CountRef, field: &Field) -> TokenStream {
        let mut uses = self.counts.iter().filter(|(count, _)| *count == key);
        let function = ident(match uses.all(|(_, is_bytes)| *is_bytes) {
            true => "many",
            false => "few",
        });
        let (input, ty) = (&self.input, int_type(int_of(field)));
        quote!(wire::__private::random::#function::<#ty>(#input)?)
    }

    /// The value of a field.
    fn value(&self, key: CountRef, field: &Field) -> TokenStream {
        let input = &self.input;
        if self.is_count(key) {
            return self.count(key, field);
        }
        let random = quote!(wire::__private::random);
        let value = match (shape(field), field.array) {
            (Shape::One | Shape::Fixed(_), _) => return quote!(#input.arbitrary()?),
            (_, Some(Array::CString)) => quote!(#random::cstring(#input)?),
            (Shape::Bytes, _) => {
                let size = self.size(field);
                quote!({ let size = #size; #random::bytes(#input, size)? })
            }
            (Shape::Text, _) => {
                let size = self.size(field);
                quote!({ let size = #size; #random::text(#input, size)? })
            }
            (Shape::List, _) => {
                let size = self.size(field);
                quote!({ let size = #size; #random::list(#input, size)? })
            }
        };
        match is_option(field) {
            true => quote!(match #input.arbitrary()? {
                true => Some(#value),
                false => None,
            }),
            false => value,
        }
    }

    /// How many elements an array has, as an `Option<u64>`.
    fn size(&self, field: &Field) -> TokenStream {
        match field.array {
            Some(Array::Count(count)) => {
                let value = match count_field(self.body, count) {
                    Some(counted) if matches!(counted.role, Role::CarriedCount { .. }) => {
                        self.count(count, counted)
                    }
                    _ => {
                        let local = self.locals.get(count);
                        quote!(#local)
                    }
                };
                match count_field(self.body, count).map(int_of) {
                    Some(int) if int.bytes < 8 => quote!(Some(u64::from(#value))),
                    _ => quote!(Some(#value)),
                }
            }
            Some(Array::ImageSize { bits, width, rows }) => {
                let bits = number(u64::from(bits));
                let [width, rows] = [width, rows].map(|side| self.side(side));
                quote!(wire::image_size(#bits, #width, #rows))
            }
            _ => {
                let function = ident(match shape(field) {
                    Shape::List => "few",
                    _ => "many",
                });
                let input = &self.input;
                quote!(Some(wire::__private::random::#function::<u64>(#input)?))
            }
        }
    }

    /// The side of an image as a `u64`.
    fn side(&self, member: usize) -> TokenStream {
        let local = self.locals.member(member);
        match self.body.field(member).map(int_of) {
            Some(int) if int.bytes < 8 => quote!(u64::from(#local)),
            _ => quote!(#local),
        }
    }

    fn switch(&self, index: usize, switch: &'m Switch) -> TokenStream {
        let counts = switch.cases.iter().enumerate().filter_map(|(case, found)| {
            let key = CountRef {
                member: index,
                case: Some(case),
            };
            let is_used = found.live && !users(self.body, key).is_empty();
            is_used.then(|| (self.locals.get(key), int_type(int_of(&found.field))))
        });
        let counts = counts.map(|(local, ty)| quote!(let mut #local: #ty = 0;));
        let counts = quote!(#(#counts)*);
        let chosen = match switch.discriminant.implied {
            true => self.any_variant(index, switch),
            false => {
                let arms = switch.variants.iter().enumerate();
                let arms = arms.map(|(position, _)| self.arm(index, switch, position));
                let arms = arms.map(|arm| arm.unwrap_or_default());
                let discriminant = self.discriminant(switch);
                let (context, place) = (self.context, self.body.place);
                choose(context, place, switch, &discriminant, arms.collect())
            }
        };
        let local = self.locals.member(index);
        match switch.stored {
            true => quote!(#counts let #local = #chosen;),
            false => quote!(#counts #chosen),
        }
    }

    /// Any variant: it says what the discriminant is.
    fn any_variant(&self, index: usize, switch: &'m Switch) -> TokenStream {
        let arms = (0..switch.variants.len()).filter_map(|position| {
            let arm = self.arm(index, switch, position)?;
            Some(quote!({ #arm }))
        });
        pick(&arms.collect::<Vec<_>>(), &self.input)
    }

    fn discriminant(&self, switch: &Switch) -> TokenStream {
        let Some((first, rest)) = switch.discriminant.path.split_first() else {
            return TokenStream::new();
        };
        let local = self.locals.member(*first);
        let path = self.context.nested_path(self.body, *first, rest);
        quote!(#local #path)
    }

    /// A variant, and the count that it holds as a local variable. `None` if no discriminant selects
    /// it.
    fn arm(&self, index: usize, switch: &'m Switch, position: usize) -> Option<TokenStream> {
        let variant = switch.variants.get(position)?;
        let key = CountRef {
            member: index,
            case: variant.case,
        };
        let field = variant.case.and_then(|case| switch.cases.get(case));
        let field = field.map(|case| &case.field);
        let is_count = variant.case.is_some() && self.is_count(key);
        let count = field.filter(|_| is_count).map(|field| {
            let (local, value) = (self.locals.get(key), self.count(key, field));
            quote!(#local = #value;)
        });
        if !switch.stored {
            return Some(quote!(#count));
        }
        let value = self.context.variant_value(switch, variant);
        let value = value.map(|field| match is_count {
            true => {
                let local = self.locals.get(key);
                quote!(#local)
            }
            false => self.value(key, field),
        });
        let enum_name = self.context.switch_ident(self.body, index);
        let name = self.context.variant_ident(switch, position);
        let carried = self.context.carried(self.body, switch, variant);
        let made = match (value, carried.as_slice()) {
            (None, []) => quote!(#enum_name::#name),
            (Some(value), []) => quote!(#enum_name::#name(#value)),
            (value, fields) => {
                let parts = self.carried_parts(switch, variant)?;
                let value_name = value_ident(fields);
                let value = value.map(|value| quote!(#value_name: #value));
                quote!(#enum_name::#name { #(#parts,)* #value })
            }
        };
        Some(quote!(#count #made))
    }

    /// The discriminant and the counts that a variant holds.
    fn carried_parts(&self, switch: &Switch, variant: &Variant) -> Option<Vec<TokenStream>> {
        let mut parts = Vec::new();
        let discriminant = switch.discriminant.path.first().copied();
        if let Some(member) = discriminant.filter(|_| variant.carries_discriminant) {
            let name = field_ident(&self.body.field(member)?.name);
            let value = self.other_discriminant(switch)?;
            parts.push(quote!(#name: #value));
        }
        for member in &variant.carried_counts {
            let (name, input) = (field_ident(&self.body.field(*member)?.name), &self.input);
            parts.push(quote!(#name: #input.arbitrary()?));
        }
        Some(parts)
    }

    /// A discriminant that selects no variant of an item; `None` if there is none.
    fn other_discriminant(&self, switch: &Switch) -> Option<TokenStream> {
        let found = self.context.model.enumeration(switch.discriminant.ty)?;
        let listed = switch.variants.iter();
        let listed = listed.filter_map(|variant| match variant.when {
            When::Equals(item) => found.items.get(item),
            _ => None,
        });
        let listed: Vec<u64> = listed.map(|item| u64::from(item.value)).collect();
        let bits = u32::from(found.bytes) * 8;
        let free = free(&listed, (1_u64 << bits) - 1)?;
        let path = self
            .context
            .type_path(self.body.place, switch.discriminant.ty);
        let listed = listed.into_iter().map(number);
        let repr = match self.body.field(*switch.discriminant.path.first()?)?.ty.ty {
            Type::Enum(_) => int_type(crate::model::Int {
                bytes: found.bytes,
                signed: false,
            }),
            _ => return None,
        };
        let input = &self.input;
        Some(quote! {
            wire::__private::random::other::<#repr, _>(
                #input,
                &[#(#path(#listed)),*],
                #free,
            )?
        })
    }
}
