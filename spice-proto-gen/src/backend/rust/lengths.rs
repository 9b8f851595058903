//! Implementations of `Encode`: lengths, descriptors, and what comes right behind a block.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::choose::choose;
use super::context::{Body, Context, Shape, field_ident, field_name, is_option, number, shape};
use super::encode::{Access, pattern};
use crate::model::{Contains, Field, Member, Role, Size, Switch, Type};

/// What a function over all fields works out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quantity {
    /// The length of the own block.
    Block,
    /// The length of all pointees' blocks.
    Pointees,
    /// A visit to all descriptors.
    Fds,
    /// The writing of the pointees that come right behind the block.
    Behind,
    /// Whether there are pointers that the block leaves behind.
    Left,
}

/// The functions `block_len`, `pointees_len`, `visit_fds` and `behind`.
pub(super) fn functions(context: &Context<'_>, body: Body<'_>) -> TokenStream {
    let block = match body.body.size {
        Size::Static(size) => {
            let size = number(size);
            quote!(#size)
        }
        Size::AtLeast(_) => Terms {
            context,
            body,
            quantity: Quantity::Block,
        }
        .sum(),
    };
    let pointees = body.body.contains.pointers.then(|| {
        let sum = Terms {
            context,
            body,
            quantity: Quantity::Pointees,
        }
        .sum();
        quote!(
            #[inline]
            fn pointees_len(&self) -> usize { #sum }
        )
    });
    let fds = body.body.contains.fds.then(|| {
        let visits = Terms {
            context,
            body,
            quantity: Quantity::Fds,
        }
        .terms();
        quote! {
            fn visit_fds(&self, visit: &mut dyn FnMut(&wire::Fd<'_>)) {
                #(#visits;)*
            }
        }
    });
    let behind = behind(context, body);
    let left = left(context, body);
    quote! {
        #[inline]
        fn block_len(&self) -> usize { #block }
        #pointees
        #fds
        #behind
        #left
    }
}

fn behind(context: &Context<'_>, body: Body<'_>) -> Option<TokenStream> {
    if !context.pointers(Type::Struct(body.id)).behind {
        return None;
    }
    let writes = Terms {
        context,
        body,
        quantity: Quantity::Behind,
    }
    .terms();
    let inline = context.inline(body.id);
    Some(quote! {
        #inline
        fn behind<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Written {
            #(#writes)*
            Ok(())
        }
    })
}

fn left(context: &Context<'_>, body: Body<'_>) -> Option<TokenStream> {
    if !context.pointers(Type::Struct(body.id)).left {
        return None;
    }
    let terms = Terms {
        context,
        body,
        quantity: Quantity::Left,
    };
    let members = body.body.members.iter().enumerate();
    let parts = members.filter_map(|(index, member)| Some((member, terms.term(index, member)?)));
    let parts: Vec<_> = parts.collect();
    let always = |(member, _): &(&Member, _)| match member {
        Member::Field(field) => terms.is_always_left(field),
        Member::Switch(_) => false,
    };
    let is_any = match parts.as_slice() {
        parts if parts.iter().any(always) => quote!(true),
        // What begins with `match` would be a statement.
        [(Member::Switch(_), first), others @ ..] if !others.is_empty() => {
            let others = others.iter().map(|(_, term)| term);
            quote!((#first) #(|| #others)*)
        }
        parts => {
            let terms = parts.iter().map(|(_, term)| term);
            quote!(#(#terms)||*)
        }
    };
    Some(quote! {
        #[inline]
        fn leaves_pointers(&self) -> bool { #is_any }
    })
}

struct Terms<'c, 'm> {
    context: &'c Context<'m>,
    body: Body<'m>,
    quantity: Quantity,
}

impl<'m> Terms<'_, 'm> {
    /// The sum of all fields.
    fn sum(&self) -> TokenStream {
        let fixed: u64 = match self.quantity {
            Quantity::Block => self.body.body.members.iter().filter_map(fixed_size).sum(),
            _ => 0,
        };
        let terms = self.terms();
        let start = Literal::usize_suffixed(usize::try_from(fixed).unwrap_or(usize::MAX));
        match (fixed, terms.as_slice()) {
            (_, []) => quote!(#start),
            (0, [only]) => only.clone(),
            (_, terms) => quote!(#start #(.saturating_add(#terms))*),
        }
    }

    /// What each field adds, where that is not a constant.
    fn terms(&self) -> Vec<TokenStream> {
        let members = self.body.body.members.iter().enumerate();
        let terms = members.filter_map(|(index, member)| self.term(index, member));
        terms.collect()
    }

    fn term(&self, index: usize, member: &Member) -> Option<TokenStream> {
        match member {
            Member::Field(field) if !matches!(field.role, Role::Value | Role::StoredCount) => None,
            Member::Field(_)
                if self.quantity == Quantity::Block && fixed_size(member).is_some() =>
            {
                None
            }
            Member::Field(field) => self.field(field, &Access::field(&field.name), ""),
            Member::Switch(switch) => self.switch(index, switch),
        }
    }

    fn field(&self, field: &Field, access: &Access, prefix: &str) -> Option<TokenStream> {
        match self.quantity {
            Quantity::Block => self.block(field, access),
            Quantity::Pointees => self.pointees(field, access),
            Quantity::Fds => self.fds(field, access),
            Quantity::Behind => self.behind(field, access, prefix),
            Quantity::Left => self.left(field, access),
        }
    }

    fn block(&self, field: &Field, access: &Access) -> Option<TokenStream> {
        let place = &access.place;
        Some(match field.size.exact() {
            Some(size) => {
                let size = number(size);
                quote!(#size)
            }
            None if matches!(shape(field), Shape::Fixed(_)) => fold(place, &quote!(block_len)),
            None => quote!(#place.block_len()),
        })
    }

    fn contains(&self, field: &Field) -> Contains {
        match field.ty.ty {
            Type::Struct(id) => self.context.body(id).map(|body| body.body.contains),
            Type::Fd => Some(Contains {
                fds: true,
                ..Contains::default()
            }),
            Type::Int(_) | Type::Enum(_) => None,
        }
        .unwrap_or_default()
    }

    fn pointees(&self, field: &Field, access: &Access) -> Option<TokenStream> {
        let Access {
            reference, place, ..
        } = access;
        if field.pointer.is_some() {
            return Some(match is_option(field) {
                true => quote!(match #reference {
                    Some(target) => target.encoded_len(),
                    None => 0,
                }),
                false => quote!(#place.encoded_len()),
            });
        }
        if !self.contains(field).pointers {
            return None;
        }
        Some(match shape(field) {
            Shape::Fixed(_) => fold(place, &quote!(pointees_len)),
            _ => quote!(#place.pointees_len()),
        })
    }

    fn fds(&self, field: &Field, access: &Access) -> Option<TokenStream> {
        if !self.contains(field).fds {
            return None;
        }
        let Access {
            reference, place, ..
        } = access;
        if is_option(field) {
            return Some(quote! {
                if let Some(target) = #reference {
                    target.visit_fds(visit);
                }
            });
        }
        Some(match shape(field) {
            Shape::Fixed(_) => quote!(for value in #reference { value.visit_fds(visit); }),
            _ => quote!(#place.visit_fds(visit)),
        })
    }

    fn behind(&self, field: &Field, access: &Access, prefix: &str) -> Option<TokenStream> {
        let name = field_name(&format!("{prefix}{}", field.name));
        let reference = &access.reference;
        match field.pointer {
            Some(pointer) if !self.context.is_behind(self.body, pointer) => None,
            Some(_) if is_option(field) => Some(quote! {
                if let Some(target) = #reference {
                    writer.pointee(target, #name)?;
                }
            }),
            Some(_) => Some(quote!(writer.pointee(#reference, #name)?;)),
            None if !self.context.pointers(field.ty.ty).behind => None,
            None => Some(match shape(field) {
                Shape::Fixed(_) => quote!(writer.behind_elements(#reference, #name)?;),
                _ => quote!(writer.behind(#reference, #name)?;),
            }),
        }
    }

    /// Whether a field is a pointer that is left whatever its value is.
    fn is_always_left(&self, field: &Field) -> bool {
        let is_left = |pointer| !self.context.is_behind(self.body, pointer);
        let pointer = field.pointer.filter(|pointer| pointer.nonnull);
        pointer.is_some_and(is_left)
    }

    fn left(&self, field: &Field, access: &Access) -> Option<TokenStream> {
        let place = &access.place;
        match field.pointer {
            Some(pointer) if self.context.is_behind(self.body, pointer) => None,
            Some(_) if self.is_always_left(field) => Some(quote!(true)),
            Some(_) => Some(match shape(field) {
                _ if is_option(field) => quote!(#place.is_some()),
                Shape::Text => quote!(#place.wire_len() != 0),
                _ => quote!(!#place.is_empty()),
            }),
            None if !self.context.pointers(field.ty.ty).left => None,
            None => Some(match shape(field) {
                Shape::Fixed(_) => quote!(#place.iter().any(wire::Encode::leaves_pointers)),
                _ => quote!(#place.leaves_pointers()),
            }),
        }
    }

    /// Whether a switch has a part in what is worked out.
    fn has_part(&self, switch: &Switch) -> bool {
        match self.quantity {
            Quantity::Block => switch.size.exact().is_none(),
            Quantity::Pointees => switch.contains.pointers,
            Quantity::Fds => switch.contains.fds,
            Quantity::Behind => switch.cases.iter().any(|case| match case.field.pointer {
                Some(pointer) => self.context.is_behind(self.body, pointer),
                None => self.context.pointers(case.field.ty.ty).behind,
            }),
            Quantity::Left => switch.cases.iter().any(|case| match case.field.pointer {
                Some(pointer) => !self.context.is_behind(self.body, pointer),
                None => self.context.pointers(case.field.ty.ty).left,
            }),
        }
    }

    fn switch(&self, index: usize, switch: &Switch) -> Option<TokenStream> {
        if !self.has_part(switch) {
            return None;
        }
        let nothing = match self.quantity {
            Quantity::Fds | Quantity::Behind => quote!({}),
            Quantity::Left => quote!(false),
            Quantity::Block | Quantity::Pointees => quote!(0),
        };
        let case_size = |case: Option<usize>| {
            let field = case
                .and_then(|case| switch.cases.get(case))
                .map(|case| &case.field);
            let size = number(field.and_then(|field| field.size.exact()).unwrap_or(0));
            quote!(#size)
        };
        if !switch.stored {
            let arms = switch
                .variants
                .iter()
                .map(|variant| case_size(variant.case))
                .collect();
            let (first, rest) = switch.discriminant.path.split_first()?;
            let name = field_ident(&self.body.field(*first)?.name);
            let path = self.context.nested_path(self.body, *first, rest);
            let discriminant = quote!(self.#name #path);
            let chosen = choose(self.context, self.body.place, switch, &discriminant, arms);
            return Some(chosen);
        }
        let name = field_ident(&switch.name);
        let access = Access::bound(&quote!(value));
        let prefix = format!("{}.", switch.name);
        let arms = switch
            .variants
            .iter()
            .enumerate()
            .map(|(position, variant)| {
                let value = self.context.variant_value(switch, variant);
                let term = match (value, self.quantity) {
                    (None, Quantity::Block) => Some(case_size(variant.case)),
                    (None, _) => None,
                    (Some(field), _) => self.field(field, &access, &prefix),
                };
                let constant = value.is_none_or(|field| match self.quantity {
                    Quantity::Block => field.size.exact().is_some(),
                    Quantity::Left => self.is_always_left(field),
                    _ => false,
                });
                let bind = match &term {
                    Some(_) if !constant => quote!(value),
                    _ => quote!(_),
                };
                let pattern = pattern(self.context, self.body, index, position, &bind);
                match (term, self.quantity) {
                    (Some(writes), Quantity::Behind) => quote!(#pattern => { #writes }),
                    (Some(term), _) => quote!(#pattern => #term,),
                    (None, _) => quote!(#pattern => #nothing,),
                }
            });
        Some(quote!(match &self.#name { #(#arms)* }))
    }
}

fn fixed_size(member: &Member) -> Option<u64> {
    match member {
        Member::Field(field) => field.size.exact(),
        Member::Switch(switch) => switch.size.exact(),
    }
}

/// The sum over the elements of an array of fixed length.
fn fold(place: &TokenStream, function: &TokenStream) -> TokenStream {
    quote!(#place.iter().fold(0, |sum: usize, value| sum.saturating_add(value.#function())))
}
