//! Syntax tree to model.
//!
//! Two kinds of passes. Some look through the whole file for one thing, all in one walk (`survey`):
//! `names` collects its name space, `attributes` checks them, `portable` and `usage` warn. The others
//! build the model in one walk over the definitions: `types` and `enums`; `bodies` with the `arrays`, `pointers`,
//! `constants` and `switches` in them; `layout`; `channels`. A name must be defined above its use,
//! so whatever a definition refers to is complete, and nothing is ever followed recursively.
//! Last, if nothing is wrong, `roles` and `variants` decide what a value has to hold.
//!
//! What is unknown is reported once: a placeholder takes its place that breaks no other rule.

mod arrays;
mod attributes;
mod bodies;
mod channels;
mod constants;
mod enums;
mod fault;
mod layout;
mod names;
mod nearest;
mod numbering;
mod pointers;
mod portable;
mod protocol;
mod roles;
mod scope;
mod survey;
mod switches;
#[cfg(test)]
mod tests;
mod types;
mod usage;
mod variants;
mod walk;

use self::channels::Draft;
use self::fault::Checked;
use self::names::Names;
use self::nearest::Nearest;
use self::scope::Scope;
use crate::ast::{Definition, File};
use crate::diagnostic::{Diagnostic, Severity, sort_by_place};
use crate::levels::Levels;
use crate::model::{Model, Origin, TypeDef};
use crate::span::Span;

/// Finds out what a file means.
///
/// All that is wrong is reported, in source order. There is a model exactly if none of it is an
/// error under `levels` and the file has a protocol; the parser reports a missing one.
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
    let mut findings = levels.apply(std::mem::take(&mut resolver.findings));
    let is_error = |finding: &Diagnostic| finding.severity == Severity::Error;
    let wrong = findings.iter().any(is_error);
    let model = match protocol {
        Some(protocol) if !wrong => Some(resolver.finish(protocol, levels, &mut findings)),
        _ => None,
    };
    // A warning about the model may have been made an error.
    let model = model.filter(|_| !findings.iter().any(is_error));
    sort_by_place(&mut findings, |span| span);
    (model, findings)
}

/// What the passes that build the model have in common.
struct Resolver<'a> {
    names: Names<'a>,
    nearest: Nearest,
    findings: Vec<Diagnostic>,
    types: Vec<TypeDef>,
    /// The names inside each type.
    scopes: Vec<Scope<'a>>,
    /// Where the name of each type stands.
    type_names: Vec<Span>,
    channels: Vec<Draft<'a>>,
    /// The bytes of memory that all inherited messages take.
    inherited: usize,
}

impl<'a> Resolver<'a> {
    fn new(file: &'a File<'a>) -> Self {
        let nearest = Nearest::default();
        let (names, findings) = survey::survey(file, &nearest);
        Self {
            names,
            nearest,
            findings,
            types: Vec::new(),
            scopes: Vec::new(),
            type_names: Vec::new(),
            channels: Vec::new(),
            inherited: 0,
        }
    }

    fn definition(&mut self, definition: &'a Definition<'a>) {
        match definition {
            Definition::Typedef(typedef) => self.typedef(typedef),
            Definition::Enum(found) => self.enumeration(found),
            Definition::Struct(body) => {
                self.structure(body, Origin::Struct);
            }
            Definition::Message(body) => {
                self.structure(body, Origin::Message);
            }
            Definition::Channel(channel) => self.channel(channel),
        }
    }

    /// Keeps what is wrong, and passes on what is right.
    fn settle<T>(&mut self, checked: Checked<T>) -> Option<T> {
        checked
            .map_err(|fault| self.findings.extend(fault.finding()))
            .ok()
    }

    /// Completes the model of a file in which nothing is wrong.
    fn finish(
        mut self,
        protocol: crate::model::Protocol,
        levels: &Levels,
        findings: &mut Vec<Diagnostic>,
    ) -> Model {
        roles::assign(&mut self.types);
        crate::model::assign_segments(&mut self.types);
        let model = Model {
            types: self.types,
            channels: self.channels.into_iter().map(Draft::finish).collect(),
            protocol,
        };
        findings.extend(levels.apply(usage::unused(&model, &self.type_names)));
        model
    }
}
