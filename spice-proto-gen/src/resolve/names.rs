//! Pass: the name space of the file. Says who is called what, and finds names that are used.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use super::fault::{Checked, Fault};
use super::nearest::Nearest;
use super::walk::Visitor;
use crate::ast::{File, Name};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::model::{ChannelId, TypeId};
use crate::span::Span;

/// The types of the language itself.
const PRIMITIVES: [&str; 9] = [
    "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "unix_fd",
];

/// Whether this is a type of the language itself.
pub(super) fn is_primitive(name: &str) -> bool {
    PRIMITIVES.contains(&name)
}

/// The words that begin or divide definitions.
const KEYWORDS: [&str; 16] = [
    "typedef", "struct", "message", "channel", "protocol", "switch", "case", "default", "server",
    "client", "enum8", "enum16", "enum32", "flags8", "flags16", "flags32",
];

/// What a type of other languages is called here.
fn foreign_type(name: &str) -> Option<&'static str> {
    Some(match name {
        "char" | "byte" | "bool" | "u8" | "uchar" => "uint8",
        "i8" => "int8",
        "short" | "i16" => "int16",
        "ushort" | "u16" => "uint16",
        "int" | "i32" => "int32",
        "unsigned" | "uint" | "u32" => "uint32",
        "long" | "i64" => "int64",
        "ulong" | "u64" => "uint64",
        _ => return None,
    })
}

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
    /// The uses that ask for it.
    const fn wanted(self) -> Wanted {
        match self {
            Self::Typedef | Self::Struct | Self::Enum => Wanted::Type,
            Self::Message => Wanted::Message,
            Self::Channel => Wanted::Channel,
        }
    }

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Wanted {
    /// The type of a field.
    Type,
    /// The body of a channel's message.
    Message,
    /// A parent, or a channel of the protocol.
    Channel,
}

impl Wanted {
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
    /// What definitions that could not be read define: they were reported, uses of them are silent.
    broken: HashSet<&'a str>,
    /// The names that can be used so far, by what uses of them ask for. In source order, so that
    /// suggestions do not depend on the order of the map.
    usable: Usable<'a>,
}

/// Names by what uses of them ask for.
#[derive(Debug, Default)]
struct Usable<'a> {
    types: Vec<&'a str>,
    messages: Vec<&'a str>,
    channels: Vec<&'a str>,
}

impl<'a> Usable<'a> {
    fn of(&self, wanted: Wanted) -> &[&'a str] {
        match wanted {
            Wanted::Type => &self.types,
            Wanted::Message => &self.messages,
            Wanted::Channel => &self.channels,
        }
    }

    fn of_mut(&mut self, wanted: Wanted) -> &mut Vec<&'a str> {
        match wanted {
            Wanted::Type => &mut self.types,
            Wanted::Message => &mut self.messages,
            Wanted::Channel => &mut self.channels,
        }
    }
}

impl<'a> Names<'a> {
    /// Makes a name usable: its definition is complete. The first definition of a name counts.
    pub(super) fn define(&mut self, name: &'a Name<'a>, target: Target) {
        let text = name.text;
        if let Some(declared) = self.declared.get_mut(text)
            && declared.span == name.span
        {
            declared.target = Some(target);
            let wanted = declared.kind.wanted();
            self.usable.of_mut(wanted).push(text);
        }
    }

    /// Takes a name for one that something broken defines.
    pub(super) fn forgive(&mut self, name: &'a Name<'a>) {
        self.broken.insert(name.text);
    }

    /// What a name stands for where it is used.
    pub(super) fn find(&self, name: &Name, wanted: Wanted, nearest: &Nearest) -> Checked<Target> {
        let Some(declared) = self.declared.get(name.text) else {
            return Err(match self.broken.contains(name.text) {
                true => Fault::REPORTED,
                false => self.unknown(name, wanted, nearest).into(),
            });
        };
        if wanted != declared.kind.wanted() {
            return Err(wrong_kind(name, wanted, declared).into());
        }
        declared
            .target
            .ok_or_else(|| not_yet(name, declared).into())
    }

    fn unknown(&self, name: &Name, wanted: Wanted, nearest: &Nearest) -> Diagnostic {
        let usable = self.usable.of(wanted).iter().copied();
        if let Some(meant) = foreign_type(name.text).filter(|_| wanted == Wanted::Type) {
            let finding = Diagnostic::new(
                wanted.unknown(),
                name.span,
                format!("there is no type `{}`", name.text),
            );
            return finding.label("not defined").suggest(
                format!("here it is called `{meant}`"),
                name.span,
                meant,
            );
        }
        let primitives = wanted.primitives().iter().copied();
        let finding = Diagnostic::new(
            wanted.unknown(),
            name.span,
            format!("there is no {} `{}`", wanted.noun(), name.text),
        )
        .label("not defined")
        .help(format!("define the {} above its use", wanted.noun()));
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

/// Collects the names of a file.
#[derive(Debug)]
pub(super) struct Collector<'a> {
    /// All so far.
    pub(super) names: Names<'a>,
    /// What was found.
    pub(super) findings: Vec<Diagnostic>,
}

impl<'a> Collector<'a> {
    /// Begins with what the parser could not read.
    pub(super) fn new(file: &'a File<'a>) -> Self {
        let broken = file.broken.iter().map(|name| name.text);
        let names = Names {
            declared: HashMap::with_capacity(file.definitions.len()),
            broken: broken.collect(),
            ..Names::default()
        };
        Self {
            names,
            findings: Vec::new(),
        }
    }
}

impl<'a> Visitor<'a> for Collector<'a> {
    fn name(&mut self, kind: Kind, name: &'a Name<'a>) {
        let text = name.text;
        if PRIMITIVES.contains(&text) || KEYWORDS.contains(&text) {
            let in_c_order = kind == Kind::Typedef && is_primitive(text);
            self.findings.push(
                Diagnostic::new(
                    Code::ReservedName,
                    name.span,
                    format!("`{text}` belongs to the language and cannot be defined"),
                )
                .label("reserved")
                .help(match in_c_order {
                    true => "the new name comes first, unlike in C: `typedef name type;`",
                    false => "choose another name",
                }),
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
                .also(first.get().span, "first defined here")
                .help("rename one of the two: all definitions share one name space, inline structs too"),
            ),
            Entry::Vacant(place) => {
                place.insert(Declared {
                    kind,
                    span: name.span,
                    target: None,
                });
             }
        }
    }
}
