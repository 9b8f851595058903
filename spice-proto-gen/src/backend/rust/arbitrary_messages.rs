//! Implementations of `Arbitrary` for enums: of messages, and of numbers.

use proc_macro2::{Ident, Literal, TokenStream, TokenTree};
use quote::quote;

use super::case::ident;
use super::lines::{Lines, tokens};
use super::switch_dispatch::arm;
use crate::model::Enum;

/// Emits an implementation whose function has these statements.
pub(super) fn implementation(runtime: &str, ty: &str, statements: &TokenStream, lines: &mut Lines) {
    let (arbitrary, ty) = (tokens(&format!("{runtime}::arbitrary")), tokens(ty));
    let input = if uses_input(statements.clone()) {
        quote!(input)
    } else {
        quote!(_)
    };
    lines.item(quote! {
        impl<'a> #arbitrary::Arbitrary<'a> for #ty {
            fn arbitrary(#input: &mut #arbitrary::Unstructured<'a>) -> #arbitrary::Result<Self> {
                #statements
            }
        }
    });
}

fn uses_input(statements: TokenStream) -> bool {
    statements.into_iter().any(|token| match token {
        TokenTree::Group(group) => uses_input(group.stream()),
        TokenTree::Ident(name) => name == "input",
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// Emits the implementation for an enum or flags type.
pub(super) fn enumeration(name: &Ident, repr: &Ident, found: &Enum, lines: &mut Lines) {
    let function = ident(if found.flags { "flags" } else { "enumeration" });
    let value = quote!(wire::random::#function::<#repr, Self>(input));
    implementation("wire", &name.to_string(), &value, lines);
}

/// An enum whose variants hold a message each, except for one of unknown messages.
pub(super) struct MessageEnum<'n> {
    pub(super) name: &'n str,
    /// The path of the runtime.
    pub(super) runtime: &'static str,
    pub(super) variants: Vec<Ident>,
    pub(super) unknown: Option<UnknownVariant>,
}

/// The variant of messages that the protocol does not define.
pub(super) struct UnknownVariant {
    /// The field with an unknown value, and the type of its number.
    pub(super) field: (&'static str, &'static str),
    /// The known values.
    pub(super) known: Vec<u64>,
    /// The largest value.
    pub(super) max: u64,
    /// Another field, which has any value.
    pub(super) other: Option<&'static str>,
}

/// Emits the implementation for an enum of messages.
pub(super) fn message_enum(messages: &MessageEnum<'_>, lines: &mut Lines) {
    let variants = messages.variants.iter();
    let variants = variants.map(|variant| quote!(Self::#variant(input.arbitrary()?)));
    let unknown = messages.unknown.as_ref();
    let unknown = unknown.and_then(|unknown| unknown_value(unknown, messages.runtime));
    let picked = pick(variants.chain(unknown).collect());
    let ty = format!("{}<'a>", messages.name);
    implementation(messages.runtime, &ty, &quote!(Ok(#picked)), lines);
}

/// The variant of unknown messages; `None` if all values are known.
fn unknown_value(unknown: &UnknownVariant, runtime: &str) -> Option<TokenStream> {
    let free = Literal::u64_unsuffixed(free(&unknown.known, unknown.max)?);
    let (field, ty) = unknown.field;
    let (field, ty) = (ident(field), ident(ty));
    let known = unknown
        .known
        .iter()
        .map(|known| Literal::u64_unsuffixed(*known));
    let other = unknown
        .other
        .map(ident)
        .map(|other| quote!(#other: input.arbitrary()?,));
    let random = tokens(&format!("{runtime}::random"));
    Some(quote!({
        let #field = #random::unknown::<#ty>(input, &[#(#known),*], #free)?.into();
        let size: u32 = #random::many(input)?;
        let body = #random::bytes(input, Some(size.into()))?;
        Self::Unknown { #field, #other body }
    }))
}

/// The smallest number that is not known, if it is at most `max`.
pub(super) fn free(known: &[u64], max: u64) -> Option<u64> {
    (0..=max).find(|number| !known.contains(number))
}

/// Picks one of several values.
pub(super) fn pick(mut values: Vec<TokenStream>) -> TokenStream {
    let Some(last) = values.pop() else {
        unreachable!("an enum has at least one variant");
    };
    if values.is_empty() {
        return last;
    }
    let count = Literal::usize_unsuffixed(values.len());
    let arms = values.into_iter().enumerate();
    let arms = arms.map(|(index, value)| arm(Literal::usize_unsuffixed(index), value));
    let last = arm(quote!(_), last);
    quote!(match input.int_in_range(0..=#count)? { #(#arms)* #last })
}
