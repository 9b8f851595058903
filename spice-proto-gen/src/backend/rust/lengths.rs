//! Implementations of `Encode`: lengths, descriptors, and what comes right behind a block.

use proc_macro2::TokenStream;
use quote::quote;

use super::context::{Body, Context, Shape, field_ident, field_name, is_option, shape};
use super::encode::{Access, pattern};
use crate::model::{Contains, Field, Member, PointeeOrder, Role, Switch};

/// What a function over all fields works out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quantity {
    /// A visit to all descriptors.
    Fds,
    /// The writing of the pointees that come right behind the block.
    Behind,
}

/// The functions `block_len`, `pointees_len`, `visit_fds` and `behind`.
pub(super) fn functions(context: &Context<'_>, body: Body<'_>) -> TokenStream {
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
    quote!(#behind #fds)
}

fn behind(context: &Context<'_>, body: Body<'_>) -> Option<TokenStream> {
    if !body.body.contains.pointers {
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
        fn write_pointees<'v>(&'v self, writer: &mut wire::Writer<'_, 'v>) -> wire::Result<()> {
            #(#writes)*
            Ok(())
        }
    })
}

struct Terms<'c, 'm> {
    context: &'c Context<'m>,
    body: Body<'m>,
    quantity: Quantity,
}

impl<'m> Terms<'_, 'm> {
    /// What each field adds, where that is not a constant.
    fn terms(&self) -> Vec<TokenStream> {
        let members = self.body.body.members.iter().enumerate();
        let terms = members.filter_map(|(index, member)| self.term(index, member));
        terms.collect()
    }

    fn term(&self, index: usize, member: &Member) -> Option<TokenStream> {
        match member {
            Member::Field(field) if !matches!(field.role, Role::Value | Role::StoredCount) => None,
            Member::Field(field) => self.field(field, &Access::field(&field.name), ""),
            Member::Switch(switch) => self.switch(index, switch),
        }
    }

    fn field(&self, field: &Field, access: &Access, prefix: &str) -> Option<TokenStream> {
        match self.quantity {
            Quantity::Fds => self.fds(field, access),
            Quantity::Behind => self.behind(field, access, prefix),
        }
    }

    fn contains(&self, field: &Field) -> Contains {
        self.context.model.contains(field.ty.ty)
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
        let (reference, place) = (&access.reference, &access.place);
        let Some(pointer) = field.pointer else {
            if !self.contains(field).pointers {
                return None;
            }
            return Some(match shape(field) {
                Shape::Fixed(_) => {
                    quote!(for value in #reference { writer.pointees(value, #name)?; })
                }
                _ => quote!(writer.pointees(#reference, #name)?;),
            });
        };
        let order = match pointer.order {
            PointeeOrder::DepthFirst => quote!(wire::PointeeOrder::DepthFirst),
            PointeeOrder::BreadthFirst => quote!(wire::PointeeOrder::BreadthFirst),
        };
        if is_option(field) {
            return Some(quote! {
                if let Some(target) = #reference {
                    writer.pointee(target, #order, #name)?;
                }
            });
        }
        Some(match super::encode::emptiness(field, place) {
            Some(empty) if !pointer.nonnull => quote! {
                if !(#empty) { writer.pointee(#reference, #order, #name)?; }
            },
            _ => quote!(writer.pointee(#reference, #order, #name)?;),
        })
    }

    /// Whether a switch has a part in what is worked out.
    fn has_part(&self, switch: &Switch) -> bool {
        match self.quantity {
            Quantity::Fds => switch.contains.fds,
            Quantity::Behind => switch.contains.pointers,
        }
    }

    fn switch(&self, index: usize, switch: &Switch) -> Option<TokenStream> {
        if !self.has_part(switch) {
            return None;
        }
        let nothing = quote!({});
        let name = field_ident(&switch.name);
        let access = Access::bound(&quote!(value));
        let prefix = format!("{}.", switch.name);
        let arms = switch
            .variants
            .iter()
            .enumerate()
            .map(|(position, variant)| {
                let value = self.context.variant_value(switch, variant);
                let term = value.and_then(|field| self.field(field, &access, &prefix));
                let bind = match &term {
                    Some(_) => quote!(value),
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
