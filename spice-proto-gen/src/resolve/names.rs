//! The name space of a file: declares names and finds them where they are used.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use super::rejection::{Checked, Rejection};
use super::suggester::Suggester;
use crate::ast::{File, Name, Primitive};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{ChannelId, TypeId};
use crate::span::Span;

/// Whether a name is a built-in type.
pub(super) fn is_primitive(name: &str) -> bool {
    Primitive::named(name).is_some()
}

/// The keywords.
const KEYWORDS: [&str; 16] = [
    "typedef", "struct", "message", "channel", "protocol", "switch", "case", "default", "server",
    "client", "enum8", "enum16", "enum32", "flags8", "flags16", "flags32",
];

/// The built-in type that corresponds to a type of another language.
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

/// The form that replaces a type of another language, if it is no type here.
fn foreign_form(name: &str) -> Option<&'static str> {
    Some(match name {
        "string" | "str" => "text is an array of bytes, such as `uint8 name[cstring()];`",
        "bytes" => "bytes are an array, such as `uint32 size; uint8 data[size];`",
        "float" | "double" | "f32" | "f64" => "there are no floating-point types",
        _ => return None,
    })
}

/// The kind of a definition.
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
    const fn category(self) -> Category {
        match self {
            Self::Typedef | Self::Struct | Self::Enum => Category::Type,
            Self::Message => Category::Message,
            Self::Channel => Category::Channel,
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

/// The kinds of definitions that are used in the same places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Category {
    /// The type of a field.
    Type,
    /// The body of a channel's message.
    Message,
    /// A parent, or a channel of the protocol.
    Channel,
}

impl Category {
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
}

/// The definition of a name in the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Type(TypeId),
    Channel(ChannelId),
}

#[derive(Debug)]
struct Declaration {
    kind: Kind,
    span: Span,
    /// None until the definition is complete.
    target: Option<Target>,
}

/// The names that a file defines.
#[derive(Debug)]
pub(super) struct NameTable<'a> {
    declarations: HashMap<&'a str, Declaration>,
    /// Names whose definitions have been reported as wrong. Uses of them are not reported.
    broken: HashSet<&'a str>,
    /// The names that can be used so far, in source order so that suggestions are deterministic.
    usable: HashMap<Category, Vec<&'a str>>,
}

impl<'a> NameTable<'a> {
    /// Creates a table without declarations, in which the definitions that could not be parsed are broken.
    pub(super) fn new(file: &'a File<'a>) -> Self {
        Self {
            declarations: HashMap::with_capacity(file.definitions.len()),
            broken: file.broken.iter().map(|name| name.text).collect(),
            usable: HashMap::new(),
        }
    }

    /// Declares a name. Reports names that are reserved or already declared; the first declaration counts.
    pub(super) fn declare(
        &mut self,
        kind: Kind,
        name: &'a Name<'a>,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        if is_primitive(name.text) || KEYWORDS.contains(&name.text) {
            diagnostics.push(reserved(kind, name));
        }
        match self.declarations.entry(name.text) {
            Entry::Occupied(first) => diagnostics.push(defined_twice(name, first.get().span)),
            Entry::Vacant(place) => {
                place.insert(Declaration {
                    kind,
                    span: name.span,
                    target: None,
                });
            }
        }
    }

    /// Makes the name of a complete type or message usable.
    pub(super) fn define_type(&mut self, name: &'a Name<'a>, id: TypeId) {
        self.define(name, Target::Type(id));
    }

    /// Makes the name of a complete channel usable.
    pub(super) fn define_channel(&mut self, name: &'a Name<'a>, id: ChannelId) {
        self.define(name, Target::Channel(id));
    }

    fn define(&mut self, name: &'a Name<'a>, target: Target) {
        if let Some(declaration) = self.declarations.get_mut(name.text)
            && declaration.span == name.span
        {
            declaration.target = Some(target);
            let category = declaration.kind.category();
            self.usable.entry(category).or_default().push(name.text);
        }
    }

    /// Stops reporting uses of a name.
    pub(super) fn mark_broken(&mut self, name: &'a Name<'a>) {
        self.broken.insert(name.text);
    }

    /// Finds the type of a field.
    pub(super) fn find_type(&self, name: &Name, suggester: &Suggester) -> Checked<TypeId> {
        self.find_body(name, Category::Type, suggester)
    }

    /// Finds the body of a channel's message.
    pub(super) fn find_message(&self, name: &Name, suggester: &Suggester) -> Checked<TypeId> {
        self.find_body(name, Category::Message, suggester)
    }

    fn find_body(&self, name: &Name, category: Category, suggester: &Suggester) -> Checked<TypeId> {
        match self.find(name, category, suggester)? {
            Target::Type(id) => Ok(id),
            Target::Channel(_) => unreachable!("the name of a channel is in another category"),
        }
    }

    /// Finds a channel.
    pub(super) fn find_channel(&self, name: &Name, suggester: &Suggester) -> Checked<ChannelId> {
        match self.find(name, Category::Channel, suggester)? {
            Target::Channel(id) => Ok(id),
            Target::Type(_) => unreachable!("the name of a type is in another category"),
        }
    }

    fn find(&self, name: &Name, category: Category, suggester: &Suggester) -> Checked<Target> {
        let Some(declaration) = self.declarations.get(name.text) else {
            return Err(if self.broken.contains(name.text) {
                Rejection::Reported
            } else {
                self.unknown(name, category, suggester).into()
            });
        };
        if category != declaration.kind.category() {
            return Err(wrong_kind(name, category, declaration).into());
        }
        declaration
            .target
            .ok_or_else(|| used_too_early(name, declaration).into())
    }

    fn unknown(&self, name: &Name, category: Category, suggester: &Suggester) -> Diagnostic {
        let noun = category.noun();
        let message = format!("there is no {noun} `{}`", name.text);
        let diagnostic =
            Diagnostic::new(category.unknown(), name.span, message).label("not defined");
        let primitives = match category {
            Category::Type => &Primitive::ALL[..],
            Category::Message | Category::Channel => &[],
        };
        if let Some(primitive) = foreign_type(name.text).filter(|_| category == Category::Type) {
            return diagnostic.suggest(format!("use `{primitive}`"), name.span, primitive);
        }
        let usable = self.usable.get(&category).into_iter().flatten();
        let primitives = primitives.iter().map(|primitive| primitive.name());
        let candidates = primitives.chain(usable.copied());
        let form = foreign_form(name.text).filter(|_| category == Category::Type);
        let diagnostic = diagnostic.help(match form {
            Some(form) => form.to_owned(),
            None => format!("define the {noun} above its use"),
        });
        suggester.suggest(diagnostic, name, candidates)
    }
}

fn reserved(kind: Kind, name: &Name) -> Diagnostic {
    let message = format!("`{}` is reserved by the language", name.text);
    Diagnostic::new(Code::ReservedName, name.span, message)
        .label("reserved")
        .help(if kind == Kind::Typedef && is_primitive(name.text) {
            "write the new name first, unlike in C: `typedef name type;`"
        } else {
            "choose another name"
        })
}

fn defined_twice(name: &Name, first: Span) -> Diagnostic {
    let message = format!("`{}` is defined twice", name.text);
    Diagnostic::new(Code::DuplicateDefinition, name.span, message)
        .label("defined again here")
        .also(first, "first defined here")
        .help(
            "rename one of the two: all definitions share one name space, including inline structs",
        )
}

fn wrong_kind(name: &Name, category: Category, declaration: &Declaration) -> Diagnostic {
    let text = name.text;
    let (found, expected) = (declaration.kind.noun(), category.noun());
    let message = format!("`{text}` is {found}, but a {expected} is needed here");
    let diagnostic = Diagnostic::new(Code::WrongKind, name.span, message)
        .label(format!("not a {expected}"))
        .also(declaration.span, "defined here");
    match (category, declaration.kind) {
        (Category::Type, Kind::Message) => {
            diagnostic.help(format!("define `{text}` as a `struct` to use it in fields"))
        }
        (Category::Message, Kind::Struct) => diagnostic.help(format!(
            "define `{text}` as a `message` to use it in channels"
        )),
        _ => diagnostic,
    }
}

/// The name is used before its definition is complete.
fn used_too_early(name: &Name, declaration: &Declaration) -> Diagnostic {
    let text = name.text;
    if declaration.span < name.span {
        let message = format!("`{text}` is used inside its own definition");
        return Diagnostic::new(Code::DefinedBelow, name.span, message)
            .label("not complete yet")
            .also(declaration.span, "the definition begins here")
            .note("a definition cannot refer to itself, not even through a pointer");
    }
    let message = format!("`{text}` is used above its definition");
    Diagnostic::new(Code::DefinedBelow, name.span, message)
        .label("not defined yet")
        .also(declaration.span, "defined here")
        .help("move the definition above its use")
}
