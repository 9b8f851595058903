//! The generated file in pieces, each a run of items at the root. They are made and formatted on
//! all processors, and none is kept longer than it takes: tokens and their syntax tree need fifty
//! times the memory of their text.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use proc_macro2::TokenStream;
use quote::quote;

use super::Options;
use super::context::Context;
use super::names::Place;
use crate::model::{ChannelId, Model, TypeId};

/// The stack of a thread. Expressions are as deep as bodies have members, and so is the recursion of
/// who formats them.
const STACK: usize = 32 << 20;

/// Some items at the root of the generated file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Piece {
    /// What is not in a module.
    Root,
    /// The module of types.
    Types,
    /// The module of a channel.
    Channel(ChannelId),
}

/// The pieces of a file, in order.
pub(super) fn pieces(context: &Context<'_>) -> Vec<Piece> {
    let channels = 0..context.model.channels.len();
    let channels = channels
        .map(ChannelId)
        .filter(|id| context.is_selected(*id))
        .map(Piece::Channel);
    [Piece::Root, Piece::Types]
        .into_iter()
        .chain(channels)
        .collect()
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
        match syn::parse2(self.piece(piece)) {
            Ok(file) => prettyplease::unparse(&file),
            // Unreachable unless the backend has a bug; what it made then says most about it.
            Err(error) => {
                let tokens = self.piece(piece);
                format!("compile_error!({:?});\n{tokens}\n", error.to_string())
            }
        }
    }

    /// The items of a piece.
    pub(super) fn piece(&self, piece: Piece) -> TokenStream {
        match piece {
            Piece::Root => {
                let version = env!("CARGO_PKG_VERSION");
                let dispatch = self.dispatch();
                quote! {
                    const _: () = ::spice_wire::assert_generated_for(#version);

                    #dispatch
                }
            }
            Piece::Types => self.types(),
            Piece::Channel(id) => {
                let channel = self.model.channels.get(id.0);
                let module = channel.map(|channel| self.channel(id, channel));
                let allow = allow();
                quote!(#allow #module)
            }
        }
    }

    /// The module of types.
    fn types(&self) -> TokenStream {
        let types = self.model.types.iter().enumerate();
        let definitions = types.filter_map(|(index, definition)| {
            let id = TypeId(index);
            (self.names.place(id) == Place::Types).then(|| self.definition(id, definition))
        });
        let allow = allow();
        quote! {
            #[doc = " The types that messages are made of, and the bodies that several messages share."]
            #allow
            pub mod types {
                #[allow(unused_imports)]
                use ::spice_wire::{self as wire, Decode as _, Encode as _, FixedSize as _};

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
