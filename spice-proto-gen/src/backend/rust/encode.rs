//! Implementations of `Encode`: writing.

use proc_macro2::TokenStream;
use quote::quote;

use super::choose::choose;
use super::context::{Body, Context, Shape, field_ident, field_name, is_option, number, shape};
use super::lengths;
use super::naming::ident;
use super::steps::{Locals, Run, Step, steps};
use super::types::value_ident;
use crate::model::{
    Array, CountRef, Field, Member, PointeeOrder, Pointer, Role, Switch, Type, Variant, When,
};

pub(super) fn implementation(context: &Context<'_>, body: Body<'_>) -> TokenStream {
    let encoder = Encoder {
        context,
        body,
        locals: Locals::new(body),
    };
    let name = ident(context.names.type_name(body.id));
    let lifetime = context.lifetime(body.body).map(|_| quote!(<'_>));
    let inline = context.inline(body.id);
    let derived = encoder.derived();
    let statements = encoder.statements();
    let lengths = lengths::functions(context, body);
    let nothing = (derived.is_empty() && statements.is_empty()).then(|| quote!(let _ = writer;));
    quote! {
        impl wire::Encode for #name #lifetime {
            #inline
            fn write<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
                #nothing
                #derived
                #statements
                Ok(())
            }

            #lengths
        }
    }
}

/// How code reaches a value: a field of `self`, or what a pattern bound.
pub(super) struct Access {
    /// As a reference.
    pub(super) reference: TokenStream,
    /// By value, of types that are `Copy`.
    pub(super) copy: TokenStream,
    /// To call a method on.
    pub(super) place: TokenStream,
}

impl Access {
    pub(super) fn field(name: &str) -> Self {
        let name = field_ident(name);
        Self {
            reference: quote!(&self.#name),
            copy: quote!(self.#name),
            place: quote!(self.#name),
        }
    }

    pub(super) fn bound(name: &TokenStream) -> Self {
        Self {
            reference: name.clone(),
            copy: quote!(*#name),
            place: name.clone(),
        }
    }
}

/// The pattern of a variant that binds its value.
pub(super) fn pattern(
    context: &Context<'_>,
    body: Body<'_>,
    member: usize,
    position: usize,
    bind: &TokenStream,
) -> TokenStream {
    let (Some(switch), enum_name) = (body.switch(member), context.switch_ident(body, member))
    else {
        return TokenStream::new();
    };
    let Some(variant) = switch.variants.get(position) else {
        return TokenStream::new();
    };
    let name = context.variant_ident(switch, position);
    let carried = context.carried(body, switch, variant);
    match (variant.value, carried.as_slice()) {
        (false, []) => quote!(#enum_name::#name),
        (true, []) => quote!(#enum_name::#name(#bind)),
        (false, _) => quote!(#enum_name::#name { .. }),
        (true, fields) => {
            let (value, bind) = (value_ident(fields), bind.to_string());
            match bind.as_str() {
                "_" => quote!(#enum_name::#name { .. }),
                bind if value == bind => quote!(#enum_name::#name { #value, .. }),
                bind => {
                    let bind = ident(bind);
                    quote!(#enum_name::#name { #value: #bind, .. })
                }
            }
        }
    }
}

/// Whether an array is empty, of those that a null pointer can stand for.
pub(super) fn emptiness(field: &Field, place: &TokenStream) -> Option<TokenStream> {
    match shape(field) {
        Shape::Text if field.array == Some(Array::CString) => None,
        Shape::Text => Some(quote!(#place.wire_len() == 0)),
        Shape::Bytes | Shape::List => Some(quote!(#place.is_empty())),
        _ => None,
    }
}

pub(super) struct Encoder<'c, 'm> {
    pub(super) context: &'c Context<'m>,
    pub(super) body: Body<'m>,
    pub(super) locals: Locals,
}

impl<'m> Encoder<'_, 'm> {
    fn statements(&self) -> TokenStream {
        let steps = steps(self.body);
        let steps = steps.iter().map(|step| match step {
            Step::Run(run) => self.run(run),
            Step::Member(index) => match self.body.member(*index) {
                Some(Member::Field(field)) if field.role == Role::Zero => {
                    let size = number(field.size.min());
                    quote!(writer.zeros(#size)?;)
                }
                Some(Member::Field(field)) => self.dynamic(field, &Access::field(&field.name), ""),
                Some(Member::Switch(switch)) => self.switch(*index, switch),
                None => TokenStream::new(),
            },
        });
        quote!(#(#steps)*)
    }

    fn run(&self, run: &Run<'m>) -> TokenStream {
        let size = number(run.size);
        let puts = run.fields.iter().filter_map(|field| {
            let at = number(field.at);
            let access = Access::field(&field.field.name);
            let value = match field.field.role {
                _ if field.field.pointer.is_some() => return None,
                Role::Zero | Role::Virtual(_) => return None,
                Role::Value | Role::StoredCount => access.copy,
                _ => {
                    let local = self.locals.get(field.key);
                    quote!(#local)
                }
            };
            Some(quote!(#value.put(run, #at);))
        });
        let puts: Vec<_> = puts.collect();
        let pointers = run.fields.iter().filter_map(|field| {
            let pointer = field.field.pointer?;
            let access = Access::field(&field.field.name);
            Some(self.pointer(field.field, pointer, &access, field.back(run), ""))
        });
        let pointers: Vec<_> = pointers.collect();
        match puts.is_empty() {
            true => quote!(writer.segment(|_: &mut [u8; #size]| {})?; #(#pointers)*),
            false => quote! {
                writer.segment(|run: &mut [u8; #size]| { #(#puts)* })?;
                #(#pointers)*
            },
        }
    }

    /// What is to be done for a pointer when its place is written.
    fn pointer(
        &self,
        field: &Field,
        pointer: Pointer,
        access: &Access,
        back: u64,
        prefix: &str,
    ) -> TokenStream {
        let back = number(back);
        let Access {
            reference, place, ..
        } = access;
        let name = field_name(&format!("{prefix}{}", field.name));
        let layout = match pointer.order {
            PointeeOrder::DepthFirst => quote!(wire::PointeeOrder::DepthFirst),
            PointeeOrder::BreadthFirst => quote!(wire::PointeeOrder::BreadthFirst),
        };
        if is_option(field) {
            let check = self.check(field, &quote!(target), prefix);
            let bind = if check.is_empty() {
                quote!(_)
            } else {
                quote!(target)
            };
            return quote! {
                if let Some(#bind) = #reference {
                    #check
                    writer.pointer(#back, #layout);
                }
            };
        }
        let check = match field.array {
            Some(Array::CString) => self.check(field, &access.reference, prefix),
            _ => self.check(field, place, prefix),
        };
        let _ = name;
        match emptiness(field, place) {
            Some(empty) if !pointer.nonnull => quote! {
                #check
                if !(#empty) { writer.pointer(#back, #layout); }
            },
            _ => quote!(#check writer.pointer(#back, #layout);),
        }
    }

    /// Writes a field that is not part of a run.
    fn dynamic(&self, field: &Field, access: &Access, prefix: &str) -> TokenStream {
        let name = field_name(&format!("{prefix}{}", field.name));
        let Access {
            reference,
            copy,
            place,
        } = access;
        let check = self.check(field, place, prefix);
        match (shape(field), field.ty.ty) {
            (Shape::One | Shape::Fixed(_), Type::Fd) => TokenStream::new(),
            (Shape::One | Shape::Fixed(_), ty) if self.context.model.is_fixed_size(ty) => {
                self.value(field, copy)
            }
            (Shape::Fixed(_), _) => quote!(writer.elements(#reference, #name)?;),
            (Shape::Text, _) if field.array == Some(Array::CString) => {
                quote!(writer.cstring(#reference, #name)?;)
            }
            (Shape::Bytes, _) => quote!(#check writer.bytes(#reference)?;),
            (Shape::Text, _) => quote!(#check writer.text(#reference)?;),
            _ => quote!(#check writer.field(#reference, #name)?;),
        }
    }

    /// Writes a value of fixed size.
    fn value(&self, field: &Field, copy: &TokenStream) -> TokenStream {
        let size = number(field.size.min());
        match field.size.min() {
            1..=512 => {
                let value = match copy.to_string().strip_prefix('*') {
                    Some(name) => {
                        let name = ident(name.trim());
                        quote!(#name)
                    }
                    None => copy.clone(),
                };
                quote!(writer.segment(|run: &mut [u8; #size]| #value.put(run, 0))?;)
            }
            0 => TokenStream::new(),
            _ => quote!(writer.value(#copy);),
        }
    }

    fn switch(&self, index: usize, switch: &'m Switch) -> TokenStream {
        if let [only] = switch.variants.as_slice() {
            return self.only_variant(index, switch, only);
        }
        if !switch.stored {
            let arms = switch
                .variants
                .iter()
                .map(|variant| self.count_arm(index, switch, variant));
            let discriminant = self.discriminant(switch);
            return choose(
                self.context,
                self.body.place,
                switch,
                &discriminant,
                arms.collect(),
            );
        }
        match switch.discriminant.implied {
            true => self.implied_switch(index, switch),
            false => self.checked_switch(index, switch),
        }
    }

    /// Writes a switch that has one variant, so that there is nothing to choose.
    fn only_variant(&self, index: usize, switch: &'m Switch, variant: &Variant) -> TokenStream {
        let write = self.arm(index, switch, variant);
        if !switch.stored || write.is_empty() {
            return write;
        }
        let name = field_ident(&switch.name);
        let pattern = pattern(self.context, self.body, index, 0, &quote!(value));
        quote!(let #pattern = &self.#name; #write)
    }

    pub(super) fn discriminant(&self, switch: &Switch) -> TokenStream {
        let Some((first, rest)) = switch.discriminant.path.split_first() else {
            return TokenStream::new();
        };
        let name = self
            .body
            .field(*first)
            .map(|field| Access::field(&field.name).copy);
        let path = self.context.nested_path(self.body, *first, rest);
        quote!(#name #path)
    }

    /// Writes what a case has where its variant holds no value: a count, or zeros.
    fn count_arm(&self, index: usize, switch: &Switch, variant: &Variant) -> TokenStream {
        let Some(case) = variant.case else {
            return TokenStream::new();
        };
        let Some(field) = switch.cases.get(case).map(|case| &case.field) else {
            return TokenStream::new();
        };
        match field.role {
            Role::Zero => {
                let size = number(field.size.min());
                quote!(writer.zeros(#size)?;)
            }
            Role::ComputedCount => {
                let local = self.locals.get(CountRef {
                    member: index,
                    case: Some(case),
                });
                self.value(field, &quote!(#local))
            }
            _ => TokenStream::new(),
        }
    }

    /// Writes a variant's value.
    fn arm(&self, index: usize, switch: &'m Switch, variant: &Variant) -> TokenStream {
        let Some(field) = self.context.variant_value(switch, variant) else {
            return self.count_arm(index, switch, variant);
        };
        let prefix = format!("{}.", switch.name);
        let access = Access::bound(&quote!(value));
        match field.pointer {
            Some(pointer) => {
                let pointer = self.pointer(field, pointer, &access, 4, &prefix);
                quote!(writer.segment(|_: &mut [u8; 4]| {})?; #pointer)
            }
            None => self.dynamic(field, &access, &prefix),
        }
    }

    /// The variant says which it is.
    fn implied_switch(&self, index: usize, switch: &'m Switch) -> TokenStream {
        let name = field_ident(&switch.name);
        let error = field_name(&switch.name);
        let listed = switch
            .variants
            .iter()
            .filter_map(|variant| match variant.when {
                When::Equals(item) => Some(self.item(switch, item)),
                _ => None,
            });
        let listed: Vec<_> = listed.collect();
        let discriminant = switch
            .discriminant
            .path
            .first()
            .map(|first| self.locals.member(*first));
        let arms = switch
            .variants
            .iter()
            .enumerate()
            .map(|(position, variant)| {
                let bind = self.binding(switch, variant);
                let pattern = pattern(self.context, self.body, index, position, &bind);
                let write = self.arm(index, switch, variant);
                let check = (variant.when == When::Always && !listed.is_empty()).then(|| {
                    quote! {
                        if matches!(#discriminant, #(#listed)|*) {
                            return Err(writer.variant_mismatch(#error));
                        }
                    }
                });
                quote!(#pattern => { #check #write })
            });
        quote!(match &self.#name { #(#arms)* })
    }

    /// The discriminant is kept and must select the variant.
    fn checked_switch(&self, index: usize, switch: &'m Switch) -> TokenStream {
        let name = field_ident(&switch.name);
        let error = field_name(&switch.name);
        let numbers = (0..switch.variants.len()).map(|position| {
            let position = number(position as u64);
            quote!(#position)
        });
        let discriminant = self.discriminant(switch);
        let selected = choose(
            self.context,
            self.body.place,
            switch,
            &discriminant,
            numbers.collect(),
        );
        let arms = switch
            .variants
            .iter()
            .enumerate()
            .map(|(position, variant)| {
                let bind = self.binding(switch, variant);
                let pattern = pattern(self.context, self.body, index, position, &bind);
                let write = self.arm(index, switch, variant);
                let position = number(position as u64);
                quote!((#position, #pattern) => { #write })
            });
        quote! {
            let selected = #selected;
            match (selected, &self.#name) {
                #(#arms)*
                _ => return Err(writer.variant_mismatch(#error)),
            }
        }
    }

    /// The name that a variant's value is bound to: none where nothing is written.
    fn binding(&self, switch: &Switch, variant: &Variant) -> TokenStream {
        let field = self.context.variant_value(switch, variant);
        let fd = field.is_some_and(|field| field.ty.ty == Type::Fd && shape(field) != Shape::List);
        if fd { quote!(_) } else { quote!(value) }
    }
}
