//! The generated file in pieces, which are made and formatted on all processors. None is kept longer
//! than it takes: tokens and their syntax tree need fifty times the memory of their text, and memory
//! that is used again is still in the processor's caches.

use std::num::NonZero;
use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use proc_macro2::TokenStream;
use quote::quote;

use super::Options;
use super::context::Context;
use super::docs::with_doc_lines;
use super::names::Place;
use crate::model::{ChannelId, Model, TypeId};

/// The stack of a thread. Expressions are as deep as bodies have members, and so is the recursion of
/// who formats them.
const STACK: usize = 32 << 20;

/// How many types are formatted at a time.
const TYPES: usize = 32;

/// How formatted types begin if the first ones are not among them, and how they end.
const TYPES_BEGIN: &str = "pub mod types {";
const TYPES_END: &str = "}\n";

/// A part of the generated file.
#[derive(Clone, Copy, Debug)]
enum Piece {
    /// What is not in a module.
    Root,
    /// The types from this one on, as many as are formatted at a time.
    Types(usize),
    /// The module of a channel.
    Channel(ChannelId),
}

/// The pieces of a file, in order.
fn pieces(context: &Context<'_>) -> Vec<Piece> {
    // The module of types is there even where there are none.
    let types = 0..context.model.types.len().max(1);
    let channels = 0..context.model.channels.len();
    let channels = channels
        .map(ChannelId)
        .filter(|id| context.is_selected(*id))
        .map(Piece::Channel);
    let mut pieces = vec![Piece::Root];
    pieces.extend(types.step_by(TYPES).map(Piece::Types).chain(channels));
    pieces
}

/// The tokens of the whole file.
pub(super) fn tokens(context: &Context<'_>) -> TokenStream {
    let whole_module = 0..context.model.types.len();
    let pieces = pieces(context).into_iter();
    let tokens = pieces.map(|piece| match piece {
        Piece::Types(0) => context.types(whole_module.clone()),
        Piece::Types(_) => TokenStream::new(),
        Piece::Root | Piece::Channel(_) => context.piece(piece),
    });
    tokens.collect()
}

/// The texts of all pieces, in order.
pub(super) fn texts(model: &Model, options: &Options) -> Vec<String> {
    let pieces = pieces(&Context::new(model, options));
    let next = AtomicUsize::new(0);
    // A context is made for each thread, because tokens cannot be shared.
    let work = || {
        let context = Context::new(model, options);
        let mut made = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            match pieces.get(index) {
                Some(piece) => made.push((index, context.text(*piece))),
                None => return made,
            }
        }
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let threads = if threads > 1 {
        threads.min(pieces.len())
    } else {
        0
    };
    let mut made = thread::scope(|scope| {
        let spawn = |_| {
            thread::Builder::new()
                .stack_size(STACK)
                .spawn_scoped(scope, work)
        };
        let threads: Vec<_> = (0..threads).map_while(|index| spawn(index).ok()).collect();
        let made = threads.into_iter().map(|thread| match thread.join() {
            Ok(made) => made,
            Err(payload) => resume_unwind(payload),
        });
        made.flatten().collect::<Vec<_>>()
    });
    // Where there are no threads everything is left.
    made.extend(work());
    made.sort_unstable_by_key(|(index, _)| *index);
    made.into_iter().map(|(_, text)| text).collect()
}

impl Context<'_> {
    /// The formatted text of a piece.
    fn text(&self, piece: Piece) -> String {
        let text = match syn::parse2(self.piece(piece)) {
            Ok(file) => with_doc_lines(&prettyplease::unparse(&file)),
            // Unreachable unless the backend has a bug; what it made then says most about it.
            Err(error) => {
                let tokens = self.piece(piece);
                return format!("compile_error!({:?});\n{tokens}\n", error.to_string());
            }
        };
        match piece {
            Piece::Root | Piece::Channel(_) => text,
            Piece::Types(first) => self.without_neighbours(first, text),
        }
    }

    /// The text of some types without the begin and the end of their module, where these belong to
    /// other pieces.
    fn without_neighbours(&self, first: usize, mut text: String) -> String {
        let is_last = first + TYPES >= self.model.types.len();
        if !is_last && text.ends_with(TYPES_END) {
            text.truncate(text.len() - TYPES_END.len());
        }
        match text.strip_prefix(TYPES_BEGIN) {
            Some(inner) if first > 0 => inner.strip_prefix('\n').unwrap_or(inner).to_owned(),
            _ => text,
        }
    }

    /// The items of a piece.
    fn piece(&self, piece: Piece) -> TokenStream {
        match piece {
            Piece::Root => {
                let version = env!("CARGO_PKG_VERSION");
                let dispatch = self.dispatch();
                quote! {
                    const _: () = ::spice_wire::assert_generated_for(#version);

                    #dispatch
                }
            }
            Piece::Types(first) => self.types(first..first + TYPES),
            Piece::Channel(id) => {
                let channel = self.model.channels.get(id.0);
                let module = channel.map(|channel| self.channel(id, channel));
                let allow = allow();
                quote!(#allow #module)
            }
        }
    }

    /// The module of types with some of them. What stands before the types is there with the first.
    fn types(&self, some: Range<usize>) -> TokenStream {
        let begin = (some.start == 0).then(|| {
            let allow = allow();
            quote! {
                #[doc = " The types that messages are made of, and the bodies that several messages share."]
                #allow
            }
        });
        let imports = (some.start == 0).then(|| {
            quote! {
                #[allow(unused_imports)]
                use ::spice_wire::{self as wire, Decode as _, Encode as _, FixedSize as _};
            }
        });
        let types = self.model.types.iter().enumerate();
        let types = types.skip(some.start).take(some.len());
        let definitions = types.filter_map(|(index, definition)| {
            let id = TypeId(index);
            (self.names.place(id) == Place::Types).then(|| self.definition(id, definition))
        });
        quote! {
            #begin
            pub mod types {
                #imports
                #(#definitions)*
            }
        }
    }
}

/// Lints that generated code may trip in a crate that is stricter than most.
fn allow() -> TokenStream {
    quote! {
        #[allow(
            clippy::derive_partial_eq_without_eq,
            clippy::enum_variant_names,
            clippy::large_enum_variant,
            clippy::match_single_binding,
            clippy::module_inception,
            clippy::module_name_repetitions,
            clippy::struct_field_names,
            clippy::too_many_lines,
            clippy::upper_case_acronyms
        )]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Analysis;
    use crate::levels::Levels;
    use std::fmt::Write as _;

    /// More types than go in a piece, then more bodies, which stand in their channel, then types again.
    fn proto(types: usize, bodies: usize) -> String {
        let mut text = String::new();
        let mut structs = |name: &str| {
            for index in 0..types {
                writeln!(
                    text,
                    "/* One\n * and another. */\nstruct {name}{index} {{ uint8 x; }};"
                )
                .unwrap();
            }
        };
        structs("Before");
        let mut messages = String::new();
        for index in 0..bodies {
            writeln!(messages, "message {{ uint16 x; }} m{index};").unwrap();
        }
        structs("After");
        format!(
            "{text} channel OneChannel {{ server: {messages} }}; protocol P {{ OneChannel one; }};"
        )
    }

    #[test]
    fn pieces_give_the_same_as_the_whole() {
        for (types, bodies) in [(0, 0), (0, 40), (1, 1), (16, 0), (TYPES, 2), (50, 100)] {
            let proto = proto(types, bodies);
            let model = Analysis::new(proto.as_bytes(), &Levels::default()).model;
            let model = model.unwrap_or_else(|| panic!("errors in: {proto}"));
            let options = Options::default();
            let whole = syn::parse2(tokens(&Context::new(&model, &options))).unwrap();
            let whole = with_doc_lines(&prettyplease::unparse(&whole));
            assert_eq!(texts(&model, &options).concat(), whole, "{types} {bodies}");
        }
    }
}
