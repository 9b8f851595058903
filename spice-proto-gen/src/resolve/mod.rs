//! Resolves a syntax tree to a model.
//!
//! `file_checks` visits the whole file once: it collects the names of all definitions and makes the checks that need
//! no types. Then the definitions are resolved in source order. A name must be defined above its use, so the types
//! that a definition uses are complete, and no pass follows references recursively. If there is no error,
//! `field_roles` and `variants` decide which facts of a message its decoded value keeps.
//!
//! An error is reported once: a placeholder that breaks no rule replaces the part that is wrong.

mod arrays;
mod attributes;
mod channels;
mod constants;
mod enums;
mod field_roles;
mod file_checks;
mod layout;
mod names;
mod numbering;
mod pointers;
mod portability;
mod protocol;
mod rejection;
mod remaining;
mod scope;
mod structs;
mod suggester;
mod switches;
#[cfg(test)]
mod tests;
mod types;
mod unused;
mod value_bounds;
mod variants;

use self::channels::ChannelDraft;
use self::names::NameTable;
use self::portability::Portability;
use self::rejection::{Checked, Rejection};
use self::scope::Scope;
use self::suggester::Suggester;
use crate::ast::{Definition, File};
use crate::diagnostic::{Diagnostic, Levels, Severity, sort_by_place};
use crate::model::{ChannelId, Model, Origin, Protocol, Side, TypeDef};
use crate::span::Span;

/// Resolves a file to its model, and reports all problems in source order.
///
/// There is no model if one of the problems is an error under `levels`. Nor is there one if the protocol is missing or
/// a definition is broken, which the parser reports.
#[must_use]
pub fn resolve(file: &File, levels: &Levels) -> (Option<Model>, Vec<Diagnostic>) {
    let mut resolver = Resolver::new(file);
    for definition in &file.definitions {
        resolver.definition(definition);
    }
    let protocol = file
        .protocol
        .as_ref()
        .map(|source| resolver.protocol(source));
    let mut diagnostics = levels.apply(std::mem::take(&mut resolver.diagnostics));
    let model = match protocol {
        Some(protocol) if file.broken.is_empty() && !has_error(&diagnostics) => {
            Some(resolver.finish(protocol, levels, &mut diagnostics))
        }
        _ => None,
    };
    // `levels` can make errors of the last findings.
    let model = model.filter(|_| !has_error(&diagnostics));
    sort_by_place(&mut diagnostics, |span| span);
    (model, diagnostics)
}

fn has_error(diagnostics: &[Diagnostic]) -> bool {
    diagnostics
        .iter()
        .any(|diagnostic| diagnostic.severity == Severity::Error)
}

/// The state that the passes share.
struct Resolver<'a> {
    names: NameTable<'a>,
    suggester: Suggester,
    diagnostics: Vec<Diagnostic>,
    types: Vec<TypeDef>,
    /// The names inside each type.
    scopes: Vec<Scope<'a>>,
    /// The span of each type's name.
    type_spans: Vec<Span>,
    channels: Vec<ChannelDraft<'a>>,
    portability: Portability,
    /// The memory of all inherited messages, in bytes.
    inherited: usize,
}

impl<'a> Resolver<'a> {
    fn new(file: &'a File<'a>) -> Self {
        let suggester = Suggester::default();
        let (names, diagnostics) = file_checks::check(file, &suggester);
        Self {
            names,
            suggester,
            diagnostics,
            types: Vec::new(),
            scopes: Vec::new(),
            type_spans: Vec::new(),
            channels: Vec::new(),
            portability: Portability::default(),
            inherited: 0,
        }
    }

    fn definition(&mut self, definition: &'a Definition<'a>) {
        match definition {
            Definition::Typedef(source) => self.typedef(source),
            Definition::Enum(source) => self.enumeration(source),
            Definition::Struct(source) => {
                self.structure(source, Origin::Struct);
            }
            Definition::Message(source) => {
                self.structure(source, Origin::Message);
            }
            Definition::Channel(source) => self.channel(source),
        }
    }

    /// Returns the value of a check, or reports why there is none.
    fn accept<T>(&mut self, checked: Checked<T>) -> Option<T> {
        match checked {
            Ok(value) => Some(value),
            Err(Rejection::Reported) => None,
            Err(Rejection::New(diagnostic)) => {
                self.diagnostics.push(*diagnostic);
                None
            }
        }
    }

    /// Completes the model of a file without errors.
    fn finish(
        mut self,
        protocol: Protocol,
        levels: &Levels,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Model {
        field_roles::assign(&mut self.types);
        crate::model::assign_segments(&mut self.types);
        let channels = self.channels.into_iter().map(ChannelDraft::finish);
        let model = Model {
            types: self.types,
            channels: channels.collect(),
            protocol,
        };
        let channels = (0..model.channels.len()).map(ChannelId);
        let used = model.used_types(channels, &Side::ALL);
        let mut found = unused::check(&model, &self.type_spans, &used);
        found.extend(self.portability.in_used_types(&used));
        diagnostics.extend(levels.apply(found));
        model
    }
}
