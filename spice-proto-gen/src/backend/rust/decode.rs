//! Implementations of `Decode`.

use proc_macro2::TokenStream;
use quote::quote;

use super::context::{
    Body, Context, Shape, field_ident, field_name, is_kept, is_option, number, shape,
};
use super::names::Place;
use super::naming::{const_name, ident};
use super::steps::{
    Locals, Run, RunField, Step, count_field, int_of, is_count, is_run_field, steps, users,
};
use super::types::value_ident;
use crate::model::{
    Array, CountRef, Field, Member, Pointer, Role, Size, Switch, Type, Variant, When,
};

pub(super) fn implementation(context: &Context<'_>, body: Body<'_>) -> TokenStream {
    let decoder = Decoder {
        context,
        body,
        locals: Locals::new(body),
    };
    let name = ident(context.names.type_name(body.id));
    let lifetime = context.lifetime(body.body);
    let size = match body.body.size {
        Size::Static(size) => {
            let size = number(size);
            quote!(Some(#size))
        }
        Size::AtLeast(_) => quote!(None),
    };
    let fds = body.body.contains.fds.then(|| {
        quote!(
            const HAS_FDS: bool = true;
        )
    });
    let padding = body.body.contains.padding.then(|| {
        quote!(
            const HAS_PADDING: bool = true;
        )
    });
    let inline = context.decode_inline(body.id);
    let statements = decoder.statements();
    let fields = decoder.fields();
    quote! {
        impl<'a> wire::Decode<'a> for #name #lifetime {
            const WIRE_SIZE: ::core::option::Option<usize> = #size;
            #fds
            #padding

            #inline
            fn decode_from(
                cursor: &mut wire::Cursor<'a>,
            ) -> wire::Result<Self> {
                #statements
                Ok(Self { #fields })
            }
        }
    }
}

struct Decoder<'c, 'm> {
    context: &'c Context<'m>,
    body: Body<'m>,
    locals: Locals,
}

impl<'m> Decoder<'_, 'm> {
    fn statements(&self) -> TokenStream {
        let steps = steps(self.context, self.body);
        let steps = steps.iter().map(|step| match step {
            Step::Run(run) => self.run(run, ""),
            Step::Member(index) => match self.body.member(*index) {
                Some(Member::Field(field)) if field.role == Role::Zero => {
                    let (name, size) = (field_name(&field.name), number(field.size.min()));
                    quote!(cursor.bytes(Some(#size), #name)?;)
                }
                Some(Member::Field(field)) => {
                    let local = self.locals.member(*index);
                    let value = self.dynamic(field, "");
                    quote!(let #local = #value;)
                }
                Some(Member::Switch(switch)) => self.switch(*index, switch),
                None => TokenStream::new(),
            },
        });
        quote!(#(#steps)*)
    }

    /// The fields of the struct from the local variables.
    fn fields(&self) -> TokenStream {
        let members = self.body.body.members.iter().enumerate();
        let fields = members
            .filter(|(_, member)| is_kept(member))
            .map(|(index, member)| {
                let name = match member {
                    Member::Field(field) => &field.name,
                    Member::Switch(switch) => &switch.name,
                };
                let (name, local) = (field_ident(name), self.locals.member(index));
                match name == local {
                    true => quote!(#name),
                    false => quote!(#name: #local),
                }
            });
        quote!(#(#fields),*)
    }

    /// Takes a run and reads its fields into local variables.
    fn run(&self, run: &Run<'m>, prefix: &str) -> TokenStream {
        let take = self.take_run(run, prefix);
        let fields: Vec<_> = run
            .fields
            .iter()
            .filter_map(|field| self.run_field(run, field, prefix))
            .collect();
        match fields.is_empty() {
            true => quote!(let _: #take?;),
            false => quote!(let run: #take?; #(#fields)*),
        }
    }

    /// The type of a run and what takes it.
    fn take_run(&self, run: &Run<'m>, prefix: &str) -> TokenStream {
        let mut leaves = Vec::new();
        let mut at = 0;
        for field in &run.fields {
            self.context
                .leaves(field.field, prefix, &mut at, &mut leaves);
        }
        let leaves = leaves.iter().map(|(end, name)| {
            let end = number(*end);
            quote!((#end, #name))
        });
        let size = number(run.size);
        quote!(&[u8; #size] = cursor.run(&[#(#leaves),*]))
    }

    fn run_field(&self, run: &Run<'m>, field: &RunField<'m>, prefix: &str) -> Option<TokenStream> {
        if field.field.role == Role::Zero {
            return None;
        }
        let local = self.locals.get(field.key);
        let value = self.run_value(run, field, prefix);
        Some(quote!(let #local = #value;))
    }

    /// The value of a field of a run.
    fn run_value(&self, run: &Run<'m>, field: &RunField<'m>, prefix: &str) -> TokenStream {
        let at = number(field.at);
        match field.field.pointer {
            Some(pointer) => self.pointer(field.field, pointer, &at, field.back(run), prefix),
            None => {
                let ty = self.context.get_type(self.body, field.field);
                quote!(#ty::get(run, #at))
            }
        }
    }

    fn pointer(
        &self,
        field: &Field,
        pointer: Pointer,
        at: &proc_macro2::Literal,
        back: u64,
        prefix: &str,
    ) -> TokenStream {
        let name = field_name(&format!("{prefix}{}", field.name));
        let back = number(back);
        let value = self.pointee(field, prefix);
        let target = quote!(u32::get(run, #at));
        if pointer.nonnull {
            return quote!(cursor.nonnull_pointee(#target, #back, #name, |cursor| #value)?);
        }
        if is_option(field) {
            return quote!(cursor.pointee(#target, #back, #name, |cursor| #value)?);
        }
        let count = self.elements(field);
        let size = number(self.context.element_size(field));
        quote!(cursor.array_pointee(#target, #back, #name, #count, #size, |cursor| #value)?)
    }

    /// How many elements an array has by other fields, as an `Option<u64>`.
    fn elements(&self, field: &Field) -> TokenStream {
        match field.array {
            Some(Array::Count(count)) => {
                let count = self.count(count);
                quote!(Some(#count))
            }
            Some(Array::ImageSize { bits, width, rows }) => self.image_size(bits, width, rows),
            _ => quote!(Some(0)),
        }
    }

    /// A count as a `u64`.
    fn count(&self, count: CountRef) -> TokenStream {
        let local = self.locals.get(count);
        match count_field(self.body, count).map(int_of) {
            Some(int) if int.bytes < 8 => quote!(u64::from(#local)),
            _ => quote!(#local),
        }
    }

    fn image_size(&self, bits: u32, width: usize, rows: usize) -> TokenStream {
        let bits = number(u64::from(bits));
        let width = self.count(CountRef {
            member: width,
            case: None,
        });
        let rows = self.count(CountRef {
            member: rows,
            case: None,
        });
        quote!(wire::image_size(#bits, #width, #rows))
    }

    /// Decodes a pointee at the cursor's place: a `Result`.
    fn pointee(&self, field: &Field, prefix: &str) -> TokenStream {
        let name = field_name(&format!("{prefix}{}", field.name));
        match shape(field) {
            Shape::One | Shape::Fixed(_) => quote!(cursor.nested(#name)),
            _ => self.array_result(field, prefix),
        }
    }

    /// Decodes an array without fixed length at the cursor's place: a `Result`.
    fn array_result(&self, field: &Field, prefix: &str) -> TokenStream {
        let name = field_name(&format!("{prefix}{}", field.name));
        let ok = quote!(::core::result::Result::Ok);
        let length = match field.array {
            Some(Array::CString) => return quote!(cursor.cstring(#name)),
            Some(Array::Remaining) => {
                return match shape(field) {
                    Shape::Bytes => quote!(#ok(cursor.remaining().into())),
                    Shape::Text => quote!(#ok(wire::Text::from_wire(cursor.remaining()))),
                    _ => quote!(cursor.remaining_list(#name)),
                };
            }
            Some(Array::Count(count)) => {
                let count = self.count(count);
                if shape(field) == Shape::List {
                    return quote!(cursor.list(#count, #name));
                }
                quote!(Some(#count))
            }
            Some(Array::ImageSize { bits, width, rows }) => {
                let size = self.image_size(bits, width, rows);
                if shape(field) == Shape::List {
                    return quote!(cursor.list(#size.unwrap_or(u64::MAX), #name));
                }
                size
            }
            Some(Array::Fixed(_)) | None => return TokenStream::new(),
        };
        match shape(field) {
            Shape::Text => quote!(cursor.text(#length, #name)),
            _ => quote!(cursor.bytes(#length, #name).map(::core::convert::Into::into)),
        }
    }

    /// The value of a field that is not part of a run.
    fn dynamic(&self, field: &Field, prefix: &str) -> TokenStream {
        let name = field_name(&format!("{prefix}{}", field.name));
        match (shape(field), field.ty.ty) {
            (Shape::One, Type::Fd) => quote!(cursor.fd()),
            (Shape::One, _) => {
                let ty = self.context.element_path(self.body.place, field.ty);
                quote!(cursor.nested::<#ty>(#name)?)
            }
            (Shape::Fixed(_), _) if self.context.is_plain(field.ty.ty) => {
                let ty = self.context.field_type(self.body.place, field);
                quote!(cursor.nested::<#ty>(#name)?)
            }
            (Shape::Fixed(_), _) => quote!(cursor.array(#name)?),
            (Shape::Bytes, _) if field.array == Some(Array::Remaining) => {
                quote!(cursor.remaining().into())
            }
            (Shape::Text, _) if field.array == Some(Array::Remaining) => {
                quote!(wire::Text::from_wire(cursor.remaining()))
            }
            (Shape::Bytes, _) => {
                let length = self.elements(field);
                quote!(cursor.bytes(#length, #name)?.into())
            }
            _ => {
                let value = self.array_result(field, prefix);
                quote!(#value?)
            }
        }
    }

    fn switch(&self, index: usize, switch: &'m Switch) -> TokenStream {
        let local = self.locals.member(index);
        let arms = self.arms(index, switch);
        if let ([(before, made)], true) = (arms.as_slice(), switch.stored) {
            return quote!(#before let #local = #made;);
        }
        if let [(before, _)] = arms.as_slice() {
            return before.clone();
        }
        let counts = switch.cases.iter().enumerate().filter_map(|(case, found)| {
            let key = CountRef {
                member: index,
                case: Some(case),
            };
            let is_used = found.live && self.is_used_count(key, &found.field);
            is_used.then(|| (self.locals.get(key), &found.field))
        });
        let counts = counts.map(|(local, field)| {
            let ty = super::context::int_type(int_of(field));
            quote!(let mut #local: #ty = 0;)
        });
        let arms = arms.into_iter().map(|(before, made)| quote!(#before #made));
        let chosen = choose(
            self.context,
            self.body.place,
            switch,
            &self.discriminant(switch),
            arms.collect(),
        );
        match switch.stored {
            true => quote!(#(#counts)* let #local = #chosen;),
            false => quote!(#(#counts)* #chosen),
        }
    }

    /// Whether a field holds the count of an array that can be reached.
    fn is_used_count(&self, key: CountRef, field: &Field) -> bool {
        is_count(field) && !users(self.body, key).is_empty()
    }

    /// The discriminant's value.
    fn discriminant(&self, switch: &Switch) -> TokenStream {
        let (first, rest) = match switch.discriminant.path.split_first() {
            Some((first, rest)) => (*first, rest),
            None => return TokenStream::new(),
        };
        let local = self.locals.member(first);
        let path = self.context.nested_path(self.body, first, rest);
        quote!(#local #path)
    }

    /// What each variant is made from: what comes before, and the variant.
    fn arms(&self, index: usize, switch: &'m Switch) -> Vec<(TokenStream, TokenStream)> {
        let variants = switch.variants.iter().enumerate();
        variants
            .map(|(position, variant)| self.arm(index, switch, position, variant))
            .collect()
    }

    fn arm(
        &self,
        index: usize,
        switch: &'m Switch,
        position: usize,
        variant: &Variant,
    ) -> (TokenStream, TokenStream) {
        let enum_name = self.context.switch_ident(self.body, index);
        let name = self.context.variant_ident(switch, position);
        let carried = self.context.carried(self.body, switch, variant);
        let prefix = format!("{}.", switch.name);
        let case = variant
            .case
            .and_then(|case| Some((case, &switch.cases.get(case)?.field)));
        let (before, value) = match case {
            Some((case, field)) => self.case(index, case, field, &prefix),
            None => (TokenStream::new(), TokenStream::new()),
        };
        if !switch.stored {
            return (before, TokenStream::new());
        }
        let made = match (variant.value, carried.as_slice()) {
            (false, []) => quote!(#enum_name::#name),
            (true, []) => quote!(#enum_name::#name(#value)),
            (has_value, fields) => {
                let carried = self.carried_parts(switch, variant);
                let value_name = value_ident(fields);
                let value = has_value.then(|| quote!(#value_name: #value));
                quote!(#enum_name::#name { #(#carried,)* #value })
            }
        };
        (before, made)
    }

    fn carried_parts(&self, switch: &Switch, variant: &Variant) -> Vec<TokenStream> {
        let discriminant = switch.discriminant.path.first().copied();
        let discriminant = discriminant.filter(|_| variant.carries_discriminant);
        let members = discriminant
            .into_iter()
            .chain(variant.carried_counts.iter().copied());
        let parts = members.filter_map(|member| {
            let name = field_ident(&self.body.field(member)?.name);
            let local = self.locals.member(member);
            Some(match name == local {
                true => quote!(#name),
                false => quote!(#name: #local),
            })
        });
        parts.collect()
    }

    /// Reads the field of a case: what comes before, and the value.
    fn case(
        &self,
        index: usize,
        case: usize,
        field: &'m Field,
        prefix: &str,
    ) -> (TokenStream, TokenStream) {
        let key = CountRef {
            member: index,
            case: Some(case),
        };
        if !is_run_field(self.context, field) {
            return (TokenStream::new(), self.dynamic(field, prefix));
        }
        let mut run = Run::default();
        run.push(key, field);
        let take = self.take_run(&run, prefix);
        if field.role == Role::Zero {
            return (quote!(let _: #take?;), TokenStream::new());
        }
        let value = match run.fields.first() {
            Some(field) => self.run_value(&run, field, prefix),
            None => TokenStream::new(),
        };
        if self.is_used_count(key, field) {
            let local = self.locals.get(key);
            let only = self
                .body
                .switch(index)
                .is_some_and(|switch| switch.variants.len() == 1);
            let bind = only.then(|| quote!(let));
            return (
                quote!(let run: #take?; #bind #local = #value;),
                quote!(#local),
            );
        }
        (quote!(let run: #take?;), value)
    }
}

/// Chooses one of the arms, which belong to the variants of a switch.
pub(super) fn choose(
    context: &Context<'_>,
    place: Place,
    switch: &Switch,
    discriminant: &TokenStream,
    arms: Vec<TokenStream>,
) -> TokenStream {
    let Some(found) = context.model.enumeration(switch.discriminant.ty) else {
        return TokenStream::new();
    };
    let enum_path = context.type_path(place, switch.discriminant.ty);
    let constant = |item: usize| {
        let name = found
            .items
            .get(item)
            .map(|item| const_name(&item.name))
            .unwrap_or_default();
        let name = ident(&name);
        quote!(#enum_path::#name)
    };
    let arms = merge(switch, arms);
    if switch.discriminant.flags {
        return if_chain(discriminant, &arms, constant);
    }
    let items = |whens: &[&When]| {
        let items = whens.iter().map(|when| match when {
            When::Equals(item) => Some(constant(*item)),
            _ => None,
        });
        items.collect::<Option<Vec<_>>>()
    };
    if let [(whens, arm), (_, otherwise)] = arms.as_slice()
        && let (Some(items), true) = (items(whens), otherwise.is_empty())
    {
        return match items.as_slice() {
            [item] => quote!(if #discriminant == #item { #arm }),
            items => quote!(if matches!(#discriminant, #(#items)|*) { #arm }),
        };
    }
    let arms = arms.iter().map(|(whens, arm)| match items(whens) {
        Some(items) => quote!(#(#items)|* => { #arm }),
        None => quote!(_ => { #arm }),
    });
    quote!(match #discriminant { #(#arms)* })
}

/// Arms and when each is chosen; neighbours that do the same are one.
fn merge(switch: &Switch, arms: Vec<TokenStream>) -> Vec<(Vec<&When>, TokenStream)> {
    let mut merged: Vec<(Vec<&When>, TokenStream)> = Vec::with_capacity(arms.len());
    for (variant, arm) in switch.variants.iter().zip(arms) {
        match merged.last_mut() {
            Some((whens, same)) if same.to_string() == arm.to_string() => whens.push(&variant.when),
            _ => merged.push((vec![&variant.when], arm)),
        }
    }
    merged
}

/// Chooses by bits.
fn if_chain(
    discriminant: &TokenStream,
    arms: &[(Vec<&When>, TokenStream)],
    constant: impl Fn(usize) -> TokenStream,
) -> TokenStream {
    let mut chain = TokenStream::new();
    for (position, (whens, arm)) in arms.iter().enumerate() {
        let otherwise = (position > 0).then(|| quote!(else));
        if whens.contains(&&When::Always) {
            chain.extend((position == 0 || !arm.is_empty()).then(|| quote!(#otherwise { #arm })));
            continue;
        }
        let bits = whens.iter().flat_map(|when| match when {
            When::AnyBit(bits) => bits.as_slice(),
            _ => &[],
        });
        let tests = bits.map(|(item, negated)| {
            let item = constant(*item);
            let not = negated.then(|| quote!(!));
            quote!(#not #discriminant.intersects(#item))
        });
        chain.extend(quote!(#otherwise if #(#tests)||* { #arm }));
    }
    chain
}
