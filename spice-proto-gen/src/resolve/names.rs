//! Pass: the name space of the file. Says who is called what, and finds names that are used.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::fault::Checked;
use super::nearest::Nearest;
use super::walk::{Visitor, walk};
use crate::ast::{File, Name};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::model::{ChannelId, TypeId};
use crate::span::Span;

/// The types of the language itself.
const PRIMITIVES: [&str; 9] = [
    "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "unix_fd",
];

/// The words that begin or divide definitions.
const KEYWORDS: [&str; 16] = [
    "typedef", "struct", "message", "channel", "protocol", "switch", "case", "default", "server",
    "client", "enum8", "enum16", "enum32", "flags8", "flags16", "flags32",
];

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A typedef.
    Typedef,
    /// A struct, at the top level or inline.
    Struct,
    /// An enum or flags type.
    Enum,
    /// A message defined by name.
    Message,
    /// A channel.
    Channel,
}

impl Kind {
    const fn noun(self) -> &'static str {
        match self {
            Self::Typedef => "a typedef",
            Self::Struct => "a struct",
            Self::Enum => "an enum or flags type",
            Self::Message => "a message",
            Self::Channel => "a channel",
        }
    }
}

/// What a use of a name asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// The type of a field.
    Type,
    /// The body of a channel's message.
    Message,
    /// A parent, or a channel of the protocol.
    Channel,
}

impl Wanted {
    const fn accepts(self, kind: Kind) -> bool {
        match self {
            Self::Type => matches!(kind, Kind::Typedef | Kind::Struct | Kind::Enum),
            Self::Message => matches!(kind, Kind::Message),
            Self::Channel => matches!(kind, Kind::Channel),
        }
    }

    const fn noun(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Message => "message",
            Self::Channel => "channel",
        }
    }

    const fn unknown(self) -> Code {
        match self {
            Self::Type | Self::Message => Code::UnknownType,
            Self::Channel => Code::UnknownChannel,
        }
    }

    const fn primitives(self) -> &'static [&'static str] {
        match self {
            Self::Type => &PRIMITIVES,
            Self::Message | Self::Channel => &[],
        }
    }
}

/// Where the definition of a name ended up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// In the types.
    Type(TypeId),
    /// In the channels.
    Channel(ChannelId),
}

#[derive(Debug)]
struct Declared {
    kind: Kind,
    span: Span,
    /// Nothing until the definition is complete.
    target: Option<Target>,
}

/// All names that the file defines.
#[derive(Debug, Default)]
pub(super) struct Names<'a> {
    declared: HashMap<&'a str, Declared>,
    /// In source order, so that suggestions do not depend on the order of the map.
    order: Vec<&'a str>,
}

impl<'a> Names<'a> {
    /// Collects the names of a file.
    pub(super) fn collect(file: &'a File, findings: &mut Vec<Diagnostic>) -> Self {
        let mut collector = Collector {
            names: Self::default(),
            findings,
        };
        walk(file, &mut collector);
        collector.names
    }

    /// Makes a name usable: its definition is complete. The first definition of a name counts.
    pub(super) fn define(&mut self, name: &Name, target: Target) {
        if let Some(declared) = self.declared.get_mut(name.text.as_str())
            && declared.span == name.span
        {
            declared.target = Some(target);
        }
    }

    /// What a name stands for where it is used.
    pub(super) fn find(&self, name: &Name, wanted: Wanted, nearest: &Nearest) -> Checked<Target> {
        let Some(declared) = self.declared.get(name.text.as_str()) else {
            return Err(self.unknown(name, wanted, nearest).into());
        };
        if !wanted.accepts(declared.kind) {
            return Err(wrong_kind(name, wanted, declared).into());
        }
        declared
            .target
            .ok_or_else(|| not_yet(name, declared).into())
    }

    fn unknown(&self, name: &Name, wanted: Wanted, nearest: &Nearest) -> Diagnostic {
        let usable = self.order.iter().copied().filter(|candidate| {
            self.declared
                .get(candidate)
                .is_some_and(|declared| wanted.accepts(declared.kind) && declared.target.is_some())
        });
        let primitives = wanted.primitives().iter().copied();
        let finding = Diagnostic::new(
            wanted.unknown(),
            name.span,
            format!("there is no {} `{}`", wanted.noun(), name.text),
        )
        .label("not defined");
        nearest.suggest(finding, name, primitives.chain(usable))
    }
}

fn wrong_kind(name: &Name, wanted: Wanted, declared: &Declared) -> Diagnostic {
    let text = &name.text;
    let finding = Diagnostic::new(
        Code::WrongKind,
        name.span,
        format!(
            "`{text}` is {}, but a {} is needed here",
            declared.kind.noun(),
            wanted.noun()
        ),
    )
    .label(format!("not a {}", wanted.noun()))
    .also(declared.span, "defined here");
    match (wanted, declared.kind) {
        (Wanted::Type, Kind::Message) => {
            finding.help(format!("define `{text}` as a `struct` to use it in fields"))
        }
        (Wanted::Message, Kind::Struct) => finding.help(format!(
            "define `{text}` as a `message` to use it in channels"
        )),
        _ => finding,
    }
}

/// The name is defined, but its definition is not complete where it is used.
fn not_yet(name: &Name, declared: &Declared) -> Diagnostic {
    let text = &name.text;
    if declared.span < name.span {
        return Diagnostic::new(
            Code::DefinedBelow,
            name.span,
            format!("`{text}` is used inside its own definition"),
        )
        .label("not complete here")
        .also(declared.span, "the definition begins here")
        .note("a definition ends before its name can be used, so nothing can contain itself");
    }
    Diagnostic::new(
        Code::DefinedBelow,
        name.span,
        format!("`{text}` is used above its definition"),
    )
    .label("not defined yet")
    .also(declared.span, "defined here")
    .help("move the definition above its use")
}

struct Collector<'a, 'f> {
    names: Names<'a>,
    findings: &'f mut Vec<Diagnostic>,
}

impl<'a> Visitor<'a> for Collector<'a, '_> {
    fn name(&mut self, kind: Kind, name: &'a Name) {
        let text = name.text.as_str();
        if PRIMITIVES.contains(&text) || KEYWORDS.contains(&text) {
            self.findings.push(
                Diagnostic::new(
                    Code::ReservedName,
                    name.span,
                    format!("`{text}` belongs to the language and cannot be defined"),
                )
                .label("reserved")
                .help("choose another name"),
            );
        }
        match self.names.declared.entry(text) {
            Entry::Occupied(first) => self.findings.push(
                Diagnostic::new(
                    Code::DuplicateDefinition,
                    name.span,
                    format!("`{text}` is defined twice"),
                )
                .label("defined again here")
                .also(first.get().span, "first defined here"),
            ),
            Entry::Vacant(place) => {
                place.insert(Declared {
                    kind,
                    span: name.span,
                    target: None,
                });
                self.names.order.push(text);
            }
        }
    }
}
