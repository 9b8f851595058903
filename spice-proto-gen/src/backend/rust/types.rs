//! Definitions: aliases, enums, flags, bodies and the enums of their switches.

use proc_macro2::TokenStream;
use quote::quote;

use super::context::{
    Body, Context, Shape, field_ident, int_type, is_kept, is_option, number, shape,
};
use super::docs::{declaration, doc_lines, layout, lines};
use super::naming::{const_name, ident};
use super::steps::MAX_RUN_FIELD;
use super::{decode, encode, owned};
use crate::model::{
    Alias, Enum, Field, Int, Member, Origin, Role, Side, Struct, Switch, Type, TypeDef, TypeId,
    Variant, When,
};

impl Context<'_> {
    /// The definition of a type and all that it implements.
    pub(super) fn definition(&self, id: TypeId, definition: &TypeDef) -> TokenStream {
        match definition {
            TypeDef::Alias(alias) => self.alias(id, alias),
            TypeDef::Enum(found) => self.enumeration(id, found),
            TypeDef::Struct(_) => match self.body(id) {
                Some(body) => self.body_items(body),
                None => TokenStream::new(),
            },
        }
    }

    fn alias(&self, id: TypeId, alias: &Alias) -> TokenStream {
        let place = self.names.place(id);
        let name = ident(self.names.type_name(id));
        let docs = doc_lines(lines(
            &alias.docs,
            &format!("`{}` of the proto.", alias.name),
        ));
        let target = self.element_type(place, alias.target);
        let lifetime = self.borrows(alias.target.ty).then(|| quote!(<'a>));
        quote!(#docs pub type #name #lifetime = #target;)
    }

    fn enumeration(&self, id: TypeId, found: &Enum) -> TokenStream {
        let place = self.names.place(id);
        let name = ident(self.names.type_name(id));
        let repr = int_type(Int {
            bytes: found.bytes,
            signed: false,
        });
        let kind = if found.flags { "flags" } else { "enum" };
        let bits = u16::from(found.bytes) * 8;
        let docs = doc_lines(lines(
            &found.docs,
            &format!("`{}` of the proto.", found.name),
        ));
        let note = format!(
            "A `{kind}{bits}`: {} on the wire. Values without a name are kept.",
            match found.bytes {
                1 => "one byte".to_owned(),
                bytes => format!("{bytes} bytes"),
            }
        );
        let note = doc_lines(["", &note]);
        let items = found.items.iter().map(|item| {
            let constant = ident(&const_name(&item.name));
            let value = number(u64::from(item.value));
            let docs = doc_lines(lines(&item.docs, &format!("`{}` of the proto.", item.name)));
            let deprecated = item
                .deprecated
                .then(|| quote!(#[doc = ""] #[doc = " Out of use."]));
            quote!(#docs #deprecated pub const #constant: Self = Self(#value);)
        });
        let names = found.items.iter().map(|item| {
            let (text, constant) = (&item.name, ident(&const_name(&item.name)));
            quote!((#text, Self::#constant))
        });
        let implement = if found.flags {
            quote!(impl_flags)
        } else {
            quote!(impl_enum)
        };
        let attributes = self.user_attributes(place, self.names.type_name(id));
        let arbitrary = self.arbitrary_enumeration(&name, &repr, found);
        let serde = self.serde_enumeration(&name, &repr, found);
        quote! {
            #docs #note
            #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
            #attributes
            pub struct #name(pub #repr);

            impl #name { #(#items)* }

            impl wire::Named for #name {
                const ITEMS: &'static [(&'static str, Self)] = &[#(#names),*];
            }

            wire::#implement!(#name, #repr);
            #serde
            #arbitrary
        }
    }

    fn body_items(&self, body: Body<'_>) -> TokenStream {
        let definition = self.body_struct(body);
        let switches = body.switches().filter(|(_, switch)| switch.stored);
        let switches: Vec<_> = switches
            .map(|(index, switch)| self.switch_enum(body, index, switch))
            .collect();
        let constants = self.constants(body);
        let implementations = match body.is_plain() {
            true => self.plain(body),
            false => {
                let decode = decode::implementation(self, body);
                let encode = encode::implementation(self, body);
                let owned = owned::implementation(self, body);
                quote!(#decode #encode #owned)
            }
        };
        let arbitrary = self.arbitrary_body(body);
        quote!(#definition #(#switches)* #constants #implementations #arbitrary)
    }

    fn body_struct(&self, body: Body<'_>) -> TokenStream {
        let name = ident(self.names.type_name(body.id));
        let lifetime = self.lifetime(body.body);
        let docs = self.body_docs(body.body);
        let attributes = self.user_attributes(body.place, self.names.type_name(body.id));
        let fields = body.body.members.iter().enumerate();
        let fields = fields
            .filter(|(_, member)| is_kept(member))
            .map(|(index, member)| {
                let (in_proto, docs, ty) = match member {
                    Member::Field(field) => {
                        let otherwise = self.field_docs(body.body, field);
                        let ty = self.field_type(body.place, field);
                        (&field.name, lines(&field.docs, &otherwise), ty)
                    }
                    Member::Switch(switch) => {
                        let otherwise = self.switch_docs(body.body, switch);
                        let ty = self.switch_ident(body, index);
                        let lifetime = switch.contains.borrowed.then(|| quote!(<'a>));
                        (
                            &switch.name,
                            lines(&switch.docs, &otherwise),
                            quote!(#ty #lifetime),
                        )
                    }
                };
                let (name, docs) = (field_ident(in_proto), doc_lines(docs));
                let serde = self.serde_member(&name, member);
                quote!(#docs #serde pub #name: #ty)
            });
        let fields: Vec<_> = fields.collect();
        let copy = body.is_plain().then(|| quote!(Copy, Hash,));
        let (default_derive, default) = self.default_of(body);
        let serde = self.serde_derive();
        let blank = self.blank_body(body);
        quote! {
            #docs
            #[derive(Clone, #copy Debug, #default_derive PartialEq, Eq)]
            #serde #attributes
            pub struct #name #lifetime { #(#fields),* }
            #default
            #blank
        }
    }

    /// `Default` is derived where the standard library knows it for all fields; it does not for
    /// arrays of more than 32 elements.
    fn default_of(&self, body: Body<'_>) -> (TokenStream, TokenStream) {
        let is_long = |member: &Member| match member {
            Member::Field(field) => matches!(shape(field), Shape::Fixed(33..)) && !is_option(field),
            Member::Switch(_) => false,
        };
        let mut kept = body.body.members.iter().filter(|member| is_kept(member));
        if !kept.any(is_long) {
            return (quote!(Default,), TokenStream::new());
        }
        let name = ident(self.names.type_name(body.id));
        let lifetime = self.lifetime(body.body).map(|_| quote!(<'_>));
        let fields = body.body.members.iter().filter(|member| is_kept(member)).map(|member| {
            let name = match member {
                Member::Field(field) => &field.name,
                Member::Switch(switch) => &switch.name,
            };
            let name = field_ident(name);
            match is_long(member) {
                true => quote!(#name: ::core::array::from_fn(|_| ::core::default::Default::default())),
                false => quote!(#name: ::core::default::Default::default()),
            }
        });
        let default = quote! {
            impl ::core::default::Default for #name #lifetime {
                fn default() -> Self { Self { #(#fields),* } }
            }
        };
        (TokenStream::new(), default)
    }

    fn body_docs(&self, body: &Struct) -> TokenStream {
        let (otherwise, note) = match &body.origin {
            Origin::Struct | Origin::Inline => (format!("`{}` of the proto.", body.name), None),
            Origin::Message => (
                format!("The body of messages of type `{}`.", body.name),
                None,
            ),
            Origin::Body { channel, side, id } => {
                let channel = self.model.channels.get(channel.0);
                let channel = channel.map_or("", |channel| channel.name.as_str());
                let side = match side {
                    Side::Server => "server",
                    Side::Client => "client",
                };
                let note = format!("Message {id} of a {side} on `{channel}`.");
                (format!("`{}` of the proto.", body.name), Some(note))
            }
        };
        let mut docs = lines(&body.docs, &otherwise);
        docs.push(String::new());
        if let Some(note) = note {
            docs.extend([note, String::new()]);
        }
        docs.extend(layout(self.model, body));
        doc_lines(docs)
    }

    fn field_docs(&self, body: &Struct, field: &Field) -> String {
        format!("`{}` on the wire.", declaration(self.model, body, field))
    }

    fn switch_docs(&self, body: &Struct, switch: &Switch) -> String {
        format!(
            "What follows depends on `{}`.",
            self.discriminant_path(body, switch)
        )
    }

    /// The path of a switch's discriminant as the proto writes it.
    pub(super) fn discriminant_path(&self, body: &Struct, switch: &Switch) -> String {
        let mut names = Vec::new();
        let mut body = Some(body);
        for index in &switch.discriminant.path {
            let Some(Member::Field(field)) = body.and_then(|body| body.members.get(*index)) else {
                break;
            };
            names.push(field.name.as_str());
            body = match field.ty.ty {
                Type::Struct(id) => self.model.body(id),
                _ => None,
            };
        }
        names.join(".")
    }

    fn constants(&self, body: Body<'_>) -> TokenStream {
        let virtuals = body.body.members.iter().filter_map(|member| match member {
            Member::Field(field) => match field.role {
                Role::Virtual(value) => Some((field, value)),
                _ => None,
            },
            Member::Switch(_) => None,
        });
        let virtuals = virtuals.map(|(field, value)| {
            let name = ident(&const_name(&field.name));
            let ty = self.element_path(body.place, field.ty);
            let value = proc_macro2::Literal::i64_unsuffixed(value);
            let value = match field.ty.ty {
                Type::Enum(id) => {
                    let path = self.type_path(body.place, id);
                    quote!(#path(#value))
                }
                _ => quote!(#value),
            };
            let otherwise = format!("`{}`: a constant that is not on the wire.", field.name);
            let docs = doc_lines(lines(&field.docs, &otherwise));
            quote!(#docs pub const #name: #ty = #value;)
        });
        let mut items: Vec<_> = virtuals.collect();
        if let Origin::Body { id, .. } = body.body.origin {
            let id = number(u64::from(id));
            items.insert(
                0,
                quote!(#[doc = " The id of the message."] pub const ID: u16 = #id;),
            );
        }
        if items.is_empty() {
            return TokenStream::new();
        }
        let name = ident(self.names.type_name(body.id));
        let lifetime = self.lifetime(body.body).map(|_| quote!(<'_>));
        quote!(impl #name #lifetime { #(#items)* })
    }

    /// The implementation of a body of fixed size that any bytes are.
    fn plain(&self, body: Body<'_>) -> TokenStream {
        let name = ident(self.names.type_name(body.id));
        let size = number(body.body.size.min());
        let mut at = 0;
        let (mut gets, mut puts, mut layout) = (Vec::new(), Vec::new(), Vec::new());
        for member in &body.body.members {
            let Member::Field(field) = member else {
                continue;
            };
            if is_kept(member) {
                let field_name = field_ident(&field.name);
                let ty = self.get_type(body, field);
                let place = plus(quote!(at), at);
                gets.push(quote!(#field_name: #ty::get(run, #place)));
                puts.push(quote!(self.#field_name.put(run, #place);));
            }
            self.leaves(field, "", &mut at, &mut layout);
        }
        let layout = layout.iter().map(|(end, name)| {
            let end = number(*end);
            quote!((#end, #name))
        });
        let padding = body.body.contains.padding.then(|| {
            quote!(
                const HAS_PADDING: bool = true;
            )
        });
        let unused = gets.is_empty().then(|| quote!(let _ = (run, at);));
        let append = append(body.body.size.min());
        quote! {
            impl wire::FixedSize for #name {
                const SIZE: usize = #size;
                const LAYOUT: &'static [(usize, &'static str)] = &[#(#layout),*];
                #padding

                #[inline]
                fn get(run: &[u8], at: usize) -> Self {
                    #unused
                    Self { #(#gets),* }
                }

                #[inline]
                fn put(self, run: &mut [u8], at: usize) {
                    #unused
                    #(#puts)*
                }

                #[inline]
                fn append(self, out: &mut wire::__private::Vec<u8>) {
                    #append
                }
            }
        }
    }

    /// The type of a field of a run as it stands before `::get`.
    pub(super) fn get_type(&self, body: Body<'_>, field: &Field) -> TokenStream {
        let element = self.element_path(body.place, field.ty);
        match shape(field) {
            Shape::Fixed(count) => {
                let count = number(count);
                quote!(<[#element; #count]>)
            }
            _ => element,
        }
    }

    /// The names of the fields in a field of a run, each with the byte after it.
    pub(super) fn leaves(
        &self,
        field: &Field,
        prefix: &str,
        at: &mut u64,
        leaves: &mut Vec<(u64, String)>,
    ) {
        let name = format!("{prefix}{}", field.name);
        match (field.ty.ty, field.array, field.pointer) {
            (Type::Struct(id), None, None) if field.role != Role::Zero => {
                let prefix = format!("{name}.");
                let members = self.model.body(id).map_or(&[][..], |body| &body.members);
                for member in members {
                    if let Member::Field(inner) = member {
                        self.leaves(inner, &prefix, at, leaves);
                    }
                }
            }
            _ if field.size.min() > 0 => {
                *at += field.size.min();
                leaves.push((*at, name));
            }
            _ => {}
        }
    }

    fn switch_enum(&self, body: Body<'_>, index: usize, switch: &Switch) -> TokenStream {
        let name_text = self.names.switch_name(body.id, index);
        let name = ident(name_text);
        let lifetime = switch.contains.borrowed.then(|| quote!(<'a>));
        let path = self.discriminant_path(body.body, switch);
        let otherwise = format!("The switch `{}` of `{}`.", switch.name, body.body.name);
        let note = format!("Which variant it is depends on `{path}`.");
        let docs = doc_lines(lines(&switch.docs, &otherwise));
        let note = doc_lines(["", note.as_str()]);
        let default_position = self.default_variant(switch);
        let variants = switch
            .variants
            .iter()
            .enumerate()
            .map(|(position, variant)| {
                let name = self.variant_ident(switch, position);
                let docs = doc_lines(self.variant_docs(body.body, switch, variant));
                let payload = self.payload(body, switch, variant);
                let default = (Some(position) == default_position && payload.is_empty())
                    .then(|| quote!(#[default]));
                let serde = self.serde_variant(switch, position);
                quote!(#docs #serde #default #name #payload)
            });
        let attributes = self.user_attributes(body.place, name_text);
        let variants: Vec<_> = variants.collect();
        let default = self.switch_default(body, switch, &name, lifetime.is_some());
        let derive = default.is_empty().then(|| quote!(Default,));
        let serde = self.serde_derive();
        let blank = self.blank_switch(body, index, switch);
        quote! {
            #docs #note
            #[derive(Clone, Debug, #derive PartialEq, Eq)]
            #serde #attributes
            pub enum #name #lifetime { #(#variants),* }

            #default
            #blank
        }
    }

    fn variant_docs(&self, body: &Struct, switch: &Switch, variant: &Variant) -> Vec<String> {
        match variant.case.and_then(|case| switch.cases.get(case)) {
            Some(case) => {
                let otherwise = format!("`{}`", declaration(self.model, body, &case.field));
                lines(&case.field.docs, &otherwise)
            }
            None => vec!["No case matches: no bytes.".to_owned()],
        }
    }

    /// What a variant holds: a value alone, or named parts where it holds counts or a discriminant.
    fn payload(&self, body: Body<'_>, switch: &Switch, variant: &Variant) -> TokenStream {
        let value = self.variant_value(switch, variant).map(|field| {
            let ty = self.field_type(body.place, field);
            (self.serde_field(field), ty)
        });
        let carried = self.carried(body, switch, variant);
        match (value, carried.as_slice()) {
            (None, []) => TokenStream::new(),
            (Some((serde, value)), []) => quote!((#serde #value)),
            (value, carried) => {
                let carried = carried.iter().map(|field| {
                    let name = field_ident(&field.name);
                    let ty = self.field_type(body.place, field);
                    let text = format!("`{}` of the proto.", field.name);
                    let docs = doc_lines(lines(&field.docs, &text));
                    let serde = self.serde_name(&name, &field.name);
                    quote!(#docs #serde #name: #ty)
                });
                let value = value.map(|(serde, value)| {
                    let name = value_ident(&self.carried(body, switch, variant));
                    quote!(#[doc = " The value of the case."] #serde #name: #value)
                });
                quote!({ #(#carried,)* #value })
            }
        }
    }

    /// The field whose value a variant holds.
    pub(super) fn variant_value<'s>(
        &self,
        switch: &'s Switch,
        variant: &Variant,
    ) -> Option<&'s Field> {
        let case = variant.case.filter(|_| variant.value)?;
        switch.cases.get(case).map(|case| &case.field)
    }

    /// The fields of the body that a variant holds: the discriminant, and counts.
    pub(super) fn carried<'b>(
        &self,
        body: Body<'b>,
        switch: &Switch,
        variant: &Variant,
    ) -> Vec<&'b Field> {
        let discriminant = switch.discriminant.path.first().copied();
        let discriminant = discriminant.filter(|_| variant.carries_discriminant);
        let members = discriminant
            .into_iter()
            .chain(variant.carried_counts.iter().copied());
        members.filter_map(|member| body.field(member)).collect()
    }

    /// The variant that a discriminant of zero selects, as it is by default.
    fn default_variant(&self, switch: &Switch) -> Option<usize> {
        let found = self.model.enumeration(switch.discriminant.ty);
        let is_zero = |item: usize| {
            let item = found.and_then(|found| found.items.get(item));
            item.is_some_and(|item| item.value == 0)
        };
        switch
            .variants
            .iter()
            .position(|variant| match &variant.when {
                When::Equals(item) => is_zero(*item),
                When::AnyBit(bits) => bits.iter().any(|(_, negated)| *negated),
                When::Always => true,
            })
    }

    fn switch_default(
        &self,
        body: Body<'_>,
        switch: &Switch,
        name: &proc_macro2::Ident,
        borrows: bool,
    ) -> TokenStream {
        let Some(position) = self.default_variant(switch) else {
            return TokenStream::new();
        };
        let Some(variant) = switch.variants.get(position) else {
            return TokenStream::new();
        };
        let lifetime = borrows.then(|| quote!(<'_>));
        let variant_name = self.variant_ident(switch, position);
        let carried = self.carried(body, switch, variant);
        let default = quote!(::core::default::Default::default());
        let value = self
            .variant_value(switch, variant)
            .map(|field| match shape(field) {
                Shape::Fixed(33..) if !is_option(field) => {
                    quote!(::core::array::from_fn(|_| #default))
                }
                _ => default.clone(),
            });
        let value = match (value, carried.as_slice()) {
            (None, []) => return TokenStream::new(),
            (Some(value), []) => quote!(Self::#variant_name(#value)),
            (value, carried) => {
                let names = carried.iter().map(|field| field_ident(&field.name));
                let value = value.map(|value| {
                    let name = value_ident(carried);
                    quote!(#name: #value)
                });
                quote!(Self::#variant_name { #(#names: #default,)* #value })
            }
        };
        quote! {
            impl ::core::default::Default for #name #lifetime {
                fn default() -> Self { #value }
            }
        }
    }
}

/// The name of the value in a variant that holds other things too.
pub(super) fn value_ident(carried: &[&Field]) -> proc_macro2::Ident {
    match carried
        .iter()
        .any(|field| field_ident(&field.name) == "value")
    {
        true => ident("value_"),
        false => ident("value"),
    }
}

/// `at + offset`, in as few tokens as it takes.
fn plus(at: TokenStream, offset: u64) -> TokenStream {
    match offset {
        0 => at,
        offset => {
            let offset = number(offset);
            quote!(#at + #offset)
        }
    }
}

/// The body of `FixedSize::append`: what is large is put in place, not copied from the stack.
fn append(size: u64) -> TokenStream {
    let large = size > MAX_RUN_FIELD;
    let size = number(size);
    match large {
        true => quote! {
            let start = out.len();
            out.resize(start + #size, 0);
            if let Some(run) = out.get_mut(start..) {
                self.put(run, 0);
            }
        },
        false => quote! {
            let mut run = [0_u8; #size];
            self.put(&mut run, 0);
            out.extend_from_slice(&run);
        },
    }
}
