//! The generated file in pieces, which are made on all processors: what is formatted takes most of the
//! time.

use std::collections::VecDeque;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::Options;
use super::code::Code;
use super::context::Context;
use super::names::Place;
use crate::model::{ChannelId, Model, Side, TypeId};
use crate::processors::processors;

/// The stack of a thread. Expressions are as deep as bodies have members, and so is the recursion of
/// who formats them.
const STACK: usize = 32 << 20;

/// Lints that generated code may trip in a crate that is stricter than most.
pub(super) const ALLOW: &str = "\
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
)]";

/// What modules with types begin with.
pub(super) const IMPORTS: [&str; 2] = [
    "#[allow(unused_imports)]",
    "use ::spice_wire::__private::{self as wire, Decode as _, Encode as _, FixedSize as _};",
];

/// A part of the generated file.
#[derive(Clone, Copy, Debug)]
enum Piece {
    /// What is not in a module.
    Root,
    /// The begin of the module of types.
    Types,
    /// The begin of the module of a channel.
    Channel(ChannelId),
    /// The begin of the module of a side of a channel.
    Side(ChannelId, Side),
    /// A type with all that it implements, in the module that began before it.
    Type(TypeId),
    /// The end of a module that stands in so many others.
    End(usize),
}

/// The pieces of a file, in order.
fn pieces(context: &Context<'_>) -> Vec<Piece> {
    let types = (0..context.model.types.len()).map(TypeId);
    let types = types.filter(|id| context.names.place(*id) == Place::Types);
    let mut pieces = vec![Piece::Root, Piece::Types];
    pieces.extend(types.map(Piece::Type));
    pieces.push(Piece::End(0));
    let channels = (0..context.model.channels.len()).map(ChannelId);
    for channel in channels.filter(|id| context.is_selected(*id)) {
        pieces.push(Piece::Channel(channel));
        for side in context.options.sides() {
            pieces.push(Piece::Side(channel, side));
            let bodies = context.names.bodies(Place::Side(channel, side)).iter();
            pieces.extend(bodies.copied().map(Piece::Type));
            pieces.push(Piece::End(1));
        }
        pieces.push(Piece::End(0));
    }
    pieces
}

/// The texts of all pieces, in order, behind `header`.
pub(super) fn file(model: &Model, options: &Options, header: &str) -> String {
    file_from(&Context::new(model, options), processors(), header)
}

/// How many pieces a thread takes at a time: few, so that all threads end together.
const PORTION: usize = 4;

/// The file as far as it is there.
struct File {
    text: String,
    /// How many portions `text` has.
    portions: usize,
}

/// What a thread has made and could not yet put into the file, because of what another has still to make:
/// a text, and where in it each portion ends. One text that is used again and not many, because what
/// stays among what is freed would make each next piece take longer.
#[derive(Default)]
struct Made {
    text: String,
    portions: VecDeque<(usize, usize)>,
}

impl Made {
    /// Puts into the file what comes next there.
    fn flush(&mut self, file: &Mutex<File>) {
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut start = 0;
        while let Some((portion, end)) = self.portions.front().copied()
            && portion == file.portions
        {
            file.text
                .push_str(self.text.get(start..end).unwrap_or_default());
            file.portions += 1;
            self.portions.pop_front();
            start = end;
        }
        drop(file);
        self.text.drain(..start);
        self.portions.iter_mut().for_each(|(_, end)| *end -= start);
    }
}

/// The same with as many threads.
fn file_from(context: &Context<'_>, threads: usize, header: &str) -> String {
    let pieces = pieces(context);
    let next = AtomicUsize::new(0);
    let file = Mutex::new(File {
        text: header.to_owned(),
        portions: 0,
    });
    let work = || {
        let mut made = Made::default();
        loop {
            let portion = next.fetch_add(1, Ordering::Relaxed);
            let first = portion * PORTION;
            let Some(rest) = pieces.get(first..).filter(|rest| !rest.is_empty()) else {
                return made;
            };
            for piece in rest.iter().take(PORTION) {
                made.text.push_str(&context.text(*piece));
            }
            made.portions.push_back((portion, made.text.len()));
            made.flush(&file);
        }
    };
    let threads = match threads > 1 {
        true => threads.min(pieces.len().div_ceil(PORTION)),
        false => 0,
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
        made.collect::<Vec<_>>()
    });
    // Where there are no threads everything is left.
    made.push(work());
    // What waited for another thread, in turns.
    while let Some(next) = made
        .iter_mut()
        .filter(|made| !made.portions.is_empty())
        .min_by_key(|made| made.portions.front().copied())
    {
        next.flush(&file);
    }
    let file = file.into_inner().unwrap_or_else(PoisonError::into_inner);
    file.text
}

impl Context<'_> {
    fn text(&self, piece: Piece) -> String {
        let mut code = Code::new(self.depth(piece));
        match piece {
            Piece::Root => {
                let version = env!("CARGO_PKG_VERSION");
                code.line(format_args!(
                    "const _: () = ::spice_wire::__private::assert_generated_for({version:?});"
                ));
                self.dispatch(&mut code);
            }
            Piece::Types => {
                code.docs([
                    "The types that messages are made of, and the bodies that several messages share.",
                ]);
                code.lines(ALLOW.lines());
                code.open("pub mod types {");
                code.lines(IMPORTS);
            }
            Piece::Channel(id) => {
                if let Some(channel) = self.model.channels.get(id.0) {
                    self.channel(id, channel, &mut code);
                }
            }
            Piece::Side(id, side) => {
                if let Some(channel) = self.model.channels.get(id.0) {
                    self.side(id, channel, side, &mut code);
                }
            }
            Piece::Type(id) => self.definition(id, &mut code),
            Piece::End(_) => code.line("}"),
        }
        code.into_text()
    }

    /// In how many modules a piece stands.
    fn depth(&self, piece: Piece) -> usize {
        match piece {
            Piece::Root | Piece::Types | Piece::Channel(_) => 0,
            Piece::Side(..) => 1,
            Piece::Type(id) => self.names.path(self.names.place(id)).len(),
            Piece::End(depth) => depth,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Analysis;
    use crate::diagnostic::Levels;

    /// Types and bodies in turn: bodies stand in their channel.
    const PROTO: &str = "struct A { uint8 x; };
        channel First { server: message { uint16 x; A *a; } m; client: message { A a; } m; };
        enum8 E { ONE };
        channel Second : First { server: message { uint16 x; } n = 2; };
        struct B { E e; };
        protocol P { First first; Second second; };";

    #[test]
    fn the_text_does_not_depend_on_the_number_of_threads() {
        // So many that each thread takes several portions.
        let structs: String = (0..20 * PORTION)
            .map(|number| format!("struct S{number} {{ uint8 n; }};\n"))
            .collect();
        let proto = format!("{structs}{PROTO}");
        let analysis = Analysis::new(proto.as_bytes(), &Levels::default());
        let Some(model) = analysis.model else {
            panic!("{:?}", analysis.diagnostics);
        };
        let options = Options::default();
        let context = Context::new(&model, &options);
        let alone = file_from(&context, 1, "// Header\n");
        assert!(alone.starts_with("// Header\nconst _: () ="));
        for threads in [2, 3, 100] {
            assert_eq!(file_from(&context, threads, "// Header\n"), alone);
        }
        let file = syn::parse_str::<syn::File>(&alone).unwrap();
        let modules = file.items.iter().filter_map(|item| match item {
            syn::Item::Mod(module) => Some(module.ident.to_string()),
            _ => None,
        });
        assert_eq!(modules.collect::<Vec<_>>(), ["types", "first", "second"]);
    }
}
