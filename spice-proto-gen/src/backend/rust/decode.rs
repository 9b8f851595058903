//! Implementations of `Decode`.

use proc_macro2::TokenStream;
use quote::quote;

use super::choose::choose;
use super::context::{
    Body, Context, Shape, field_ident, field_name, is_kept, is_option, number, shape,
};
use super::naming::ident;
use super::steps::{Locals, Run, RunField, Step, count_field, int_of, is_count, steps, users};
use super::types::value_ident;
use crate::model::{Array, CountRef, Field, Member, Pointer, Role, Size, Switch, Type, Variant};

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
    let inline = context.inline(body.id);
    let statements = decoder.statements();
    let fields = decoder.fields();
    quote! {
        impl<'a> wire::Decode<'a> for #name #lifetime {
            const WIRE_SIZE: ::core::option::Option<usize> = #size;
            #fds
            #padding

            #inline
            fn decode_from(reader: &mut wire::Reader<'a>) -> wire::Result<Self> {
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
        let steps = steps(self.body);
        let steps = steps.iter().map(|step| match step {
            Step::Run(run) => self.run(run, ""),
            Step::Member(index) => match self.body.member(*index) {
                Some(Member::Field(field)) if field.role == Role::Zero => {
                    let (name, size) = (field_name(&field.name), number(field.size.min()));
                    quote!(reader.bytes(Some(#size), #name)?;)
                }
                Some(Member::Field(field)) => self.field(*index, field),
                Some(Member::Switch(switch)) => self.switch(*index, switch),
                None => TokenStream::new(),
            },
        });
        quote!(#(#steps)*)
    }

    /// The fields of the struct, which have the values of local variables.
    fn fields(&self) -> TokenStream {
        let members = self.body.body.members.iter().enumerate();
        let kept = members.filter(|(_, member)| is_kept(member));
        let fields = kept.map(|(index, member)| {
            let name = match member {
                Member::Field(field) => field_ident(&field.name),
                Member::Switch(switch) => field_ident(&switch.name),
            };
            let local = self.locals.member(index);
            let held = match member {
                Member::Switch(_) => true,
                Member::Field(field) => {
                    !self.context.is_apart(field)
                        && matches!(field.ty.ty, Type::Struct(_))
                        && !self.context.model.is_fixed_size(field.ty.ty)
                        && shape(field) == Shape::One
                }
            };
            if held {
                return quote!(#name: #local);
            }
            match name == local {
                true => quote!(#name),
                false => quote!(#name: #local),
            }
        });
        quote!(#(#fields),*)
    }

    /// Where the value of a member is, once it is read.
    fn place(&self, key: CountRef) -> TokenStream {
        let local = self.locals.get(key);
        quote!(#local)
    }

    fn member_place(&self, member: usize) -> TokenStream {
        self.place(CountRef { member, case: None })
    }

    /// Reads a field that is not part of a run.
    fn field(&self, index: usize, field: &Field) -> TokenStream {
        let place = self.member_place(index);
        let value = self.dynamic(field, "");
        quote!(let #place = #value;)
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
        quote!(&[u8; #size] = reader.segment(&[#(#leaves),*]))
    }

    fn run_field(&self, run: &Run<'m>, field: &RunField<'m>, prefix: &str) -> Option<TokenStream> {
        if field.field.role == Role::Zero {
            return None;
        }
        let (place, value) = (self.place(field.key), self.run_value(run, field, prefix));
        Some(quote!(let #place = #value;))
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
        let target = quote!(u32::get(run, #at));
        if let Shape::One | Shape::Fixed(_) = shape(field) {
            let method = ident(match (self.context.is_apart(field), pointer.nonnull) {
                (true, true) => "lazy_pointee",
                (true, false) => "lazy_pointee",
                (false, true) => "pointee",
                (false, false) => "pointee",
            });
            let held = prefix.is_empty()
                && shape(field) == Shape::One
                && !self.context.model.is_fixed_size(field.ty.ty)
                && !self.context.is_apart(field);
            if !pointer.nonnull {
                return quote!(match #target { 0 => None, target => Some(reader.#method(target, #back, #name)?) });
            }
            let value = quote!(reader.#method(#target, #back, #name)?);
            return if held || self.context.is_apart(field) {
                value
            } else {
                quote!(#value)
            };
        }
        let value = self.array_result(field, prefix);
        if pointer.nonnull {
            return quote!(reader.pointee_with(#target, #back, #name, |reader| #value)?);
        }
        if is_option(field) {
            return quote!(match #target {
                0 => None,
                target => Some(reader.pointee_with(target, #back, #name, |reader| #value)?),
            });
        }
        let count = self.elements(field);
        let size = number(self.context.element_size(field));
        quote!(reader.array_pointee(#target, #back, #name, (#count, #size), |reader| #value)?)
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
        let place = self.place(count);
        match count_field(self.body, count).map(int_of) {
            Some(int) if int.bytes < 8 => quote!(u64::from(#place)),
            _ => place,
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

    /// Decodes an array without fixed length at the cursor's place: a `Result`.
    fn array_result(&self, field: &Field, prefix: &str) -> TokenStream {
        let name = field_name(&format!("{prefix}{}", field.name));
        let ok = quote!(::core::result::Result::Ok);
        let length = match field.array {
            Some(Array::CString) => return quote!(reader.cstring(#name)),
            Some(Array::Remaining) => {
                return match shape(field) {
                    Shape::Bytes => quote!(#ok(reader.remaining().into())),
                    Shape::Text => quote!(#ok(wire::Text::from_wire(reader.remaining()))),
                    _ => quote!(reader.remaining_list(#name)),
                };
            }
            Some(Array::Count(count)) => {
                let count = self.count(count);
                if shape(field) == Shape::List {
                    return quote!(reader.list(#count, #name));
                }
                quote!(Some(#count))
            }
            Some(Array::ImageSize { bits, width, rows }) => {
                let size = self.image_size(bits, width, rows);
                if shape(field) == Shape::List {
                    return quote!(reader.list(#size.unwrap_or(u64::MAX), #name));
                }
                size
            }
            Some(Array::Fixed(_)) | None => return TokenStream::new(),
        };
        match shape(field) {
            Shape::Text => quote!(reader.text(#length, #name)),
            _ => quote!(reader.bytes(#length, #name).map(::core::convert::Into::into)),
        }
    }

    /// The value of a field that is not part of a run, to be put somewhere.
    fn dynamic(&self, field: &Field, prefix: &str) -> TokenStream {
        let name = field_name(&format!("{prefix}{}", field.name));
        match (shape(field), field.ty.ty) {
            (Shape::One, Type::Fd) => quote!(reader.fd()),
            (Shape::Fixed(_), _) if !self.context.model.is_fixed_size(field.ty.ty) => {
                quote!(reader.array(#name)?)
            }
            (Shape::One, _)
                if prefix.is_empty() && !self.context.model.is_fixed_size(field.ty.ty) =>
            {
                quote!(reader.value(#name)?)
            }
            (Shape::One | Shape::Fixed(_), _) => quote!(reader.value(#name)?),
            (Shape::Bytes, _) if field.array == Some(Array::Remaining) => {
                quote!(reader.remaining().into())
            }
            (Shape::Text, _) if field.array == Some(Array::Remaining) => {
                quote!(wire::Text::from_wire(reader.remaining()))
            }
            (Shape::Bytes, _) => {
                let length = self.elements(field);
                quote!(reader.bytes(#length, #name)?.into())
            }
            _ => {
                let value = self.array_result(field, prefix);
                quote!(#value?)
            }
        }
    }

    fn switch(&self, index: usize, switch: &'m Switch) -> TokenStream {
        let arms: Vec<_> = (0..switch.variants.len())
            .map(|position| self.arm(index, switch, position))
            .collect();
        if let [only] = arms.as_slice() {
            return only.clone();
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
        let (place, discriminant) = (self.body.place, self.discriminant(switch));
        let chosen = choose(self.context, place, switch, &discriminant, arms);
        if switch.stored {
            let place = self.member_place(index);
            return quote!(#(#counts)* let #place = #chosen;);
        }
        quote!(#(#counts)* #chosen)
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
        let place = self.member_place(first);
        let path = self.context.nested_path(self.body, first, rest);
        quote!(#place #path)
    }

    /// Reads a variant.
    fn arm(&self, index: usize, switch: &'m Switch, position: usize) -> TokenStream {
        let Some(variant) = switch.variants.get(position) else {
            return TokenStream::new();
        };
        let prefix = format!("{}.", switch.name);
        let case = variant
            .case
            .and_then(|case| Some((case, &switch.cases.get(case)?.field)));
        let (before, value) = match case {
            Some((case, field)) => self.case(index, case, field, &prefix),
            None => (TokenStream::new(), TokenStream::new()),
        };
        if !switch.stored {
            return before;
        }
        let made = self.variant(index, switch, position, &value);
        if switch.variants.len() == 1 {
            let place = self.member_place(index);
            return quote!(#before let #place = #made;);
        }
        quote!(#before #made)
    }

    /// The value of a variant that carries `value`.
    fn variant(
        &self,
        index: usize,
        switch: &Switch,
        position: usize,
        value: &TokenStream,
    ) -> TokenStream {
        let Some(variant) = switch.variants.get(position) else {
            return TokenStream::new();
        };
        let enum_name = self.context.switch_ident(self.body, index);
        let name = self.context.variant_ident(switch, position);
        let carried = self.context.carried(self.body, switch, variant);
        match (variant.value, carried.as_slice()) {
            (false, []) => quote!(#enum_name::#name),
            (true, []) => quote!(#enum_name::#name(#value)),
            (has_value, fields) => {
                let carried = self.carried_parts(switch, variant);
                let value_name = value_ident(fields);
                let value = has_value.then(|| quote!(#value_name: #value));
                quote!(#enum_name::#name { #(#carried,)* #value })
            }
        }
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
        let found = self
            .body
            .switch(index)
            .and_then(|switch| switch.cases.get(case));
        if found.is_none_or(|case| case.segment.is_none()) {
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
