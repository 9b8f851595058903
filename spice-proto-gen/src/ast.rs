//! The syntax tree: definitions as written, with the span of every name and with all comments.
//!
//! Nothing is resolved here. Backends that reproduce the text, such as a formatter, use the tree;
//! all others use the [model](crate::model). Structs are `#[non_exhaustive]`, because they gain
//! fields when such a backend needs another fact. Enums are exhaustive: code that matches them
//! must handle every construct of the language.

mod channels;
mod docs;

pub use self::channels::{
    Channel, ChannelEntry, ChannelMessage, MessageBody, Protocol, ProtocolChannel, Side,
};
pub use self::docs::Docs;
use crate::span::Span;

/// A file.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct File<'s> {
    /// All definitions that could be parsed, in the order of the text.
    pub definitions: Vec<Definition<'s>>,
    /// The `protocol` block, if it could be parsed.
    pub protocol: Option<Protocol<'s>>,
    /// The names that broken definitions probably define.
    pub broken: Vec<Name<'s>>,
    /// All comments, in the order of the text.
    pub comments: Vec<Comment>,
}

/// A comment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Comment {
    /// The comment with its delimiters. A line comment ends before the line end.
    pub span: Span,
    /// Whether this is a `/* … */` comment.
    pub block: bool,
    /// Whether no token precedes the comment on its line.
    pub opens_line: bool,
}

/// A name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name<'s> {
    /// The name as written.
    pub text: &'s str,
    /// The place of the name.
    pub span: Span,
}

/// An integer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Number {
    /// The value, between `i64::MIN` and `u64::MAX`. The parser reports other numbers and stores
    /// the nearest of these.
    pub value: i128,
    /// Whether the number is written as `0x…`.
    pub hexadecimal: bool,
    /// The place of the number.
    pub span: Span,
}

/// A definition at the top level, other than the protocol.
#[derive(Clone, Debug)]
pub enum Definition<'s> {
    /// `typedef NAME type attributes;`
    Typedef(Typedef<'s>),
    /// `struct NAME { … } attributes;`
    Struct(Struct<'s>),
    /// `enum8 NAME { … } attributes;` or `flags8 …`
    Enum(Enum<'s>),
    /// `message NAME { … } attributes;`
    Message(Struct<'s>),
    /// `channel NAME : PARENT { … } attributes;`
    Channel(Channel<'s>),
}

/// `typedef NAME type attributes;`
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Typedef<'s> {
    /// The new name.
    pub name: Name<'s>,
    /// The aliased type.
    pub ty: Type<'s>,
    /// The attributes.
    pub attributes: Vec<Attribute<'s>>,
    /// The documentation.
    pub docs: Docs,
    /// The whole definition, including the `;`.
    pub span: Span,
}

/// A named struct or message body, at the top level or inline.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Struct<'s> {
    /// The name.
    pub name: Name<'s>,
    /// The fields and switches.
    pub members: Vec<Member<'s>>,
    /// The attributes.
    pub attributes: Vec<Attribute<'s>>,
    /// The documentation. An inline struct has its field's.
    pub docs: Docs,
    /// The whole definition.
    pub span: Span,
}

/// A member of a body.
#[derive(Clone, Debug)]
pub enum Member<'s> {
    /// A field.
    Field(Field<'s>),
    /// A switch.
    Switch(Switch<'s>),
}

/// `type [*] NAME [size] attributes;`
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Field<'s> {
    /// The type, without the `*`.
    pub ty: Type<'s>,
    /// The `*` of a pointer.
    pub pointer: Option<Span>,
    /// The name.
    pub name: Name<'s>,
    /// The size of an array. Boxed, because most fields have none.
    pub array: Option<Box<Array<'s>>>,
    /// The attributes.
    pub attributes: Vec<Attribute<'s>>,
    /// The documentation.
    pub docs: Docs,
    /// The whole field, including the `;`.
    pub span: Span,
}

/// `[size]`
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Array<'s> {
    /// The size between the brackets.
    pub size: ArraySize<'s>,
    /// The size with its brackets.
    pub span: Span,
}

/// The number of elements of an array.
#[derive(Clone, Debug)]
pub enum ArraySize<'s> {
    /// `[16]`
    Fixed(Number),
    /// `[n]`: the value of a field.
    Field(Name<'s>),
    /// `[image_size(bits, width, rows)]`
    ImageSize {
        /// Bits per pixel.
        bits: Number,
        /// The field with the width.
        width: Name<'s>,
        /// The field with the number of rows.
        rows: Name<'s>,
    },
    /// `[cstring()]`: up to a zero byte, inclusive.
    CString,
    /// `[]`: up to the end of the message.
    Remaining,
    /// `[bytes(a)]` or `[bytes(a, b)]`, which is no longer part of the language. The resolver reports it.
    Bytes(Vec<Name<'s>>),
}

/// A type.
#[derive(Clone, Debug)]
pub enum Type<'s> {
    /// `int8` … `uint64`, `unix_fd`
    Primitive(Primitive, Span),
    /// The name of a defined type.
    Named(Name<'s>),
    /// `struct NAME { … } attributes`
    Inline(Box<Struct<'s>>),
}

/// A type that is part of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Primitive {
    /// `int8`
    Int8,
    /// `uint8`
    Uint8,
    /// `int16`
    Int16,
    /// `uint16`
    Uint16,
    /// `int32`
    Int32,
    /// `uint32`
    Uint32,
    /// `int64`
    Int64,
    /// `uint64`
    Uint64,
    /// `unix_fd`
    UnixFd,
}

impl Primitive {
    /// All types that are part of the language.
    pub const ALL: [Self; 9] = [
        Self::Int8,
        Self::Uint8,
        Self::Int16,
        Self::Uint16,
        Self::Int32,
        Self::Uint32,
        Self::Int64,
        Self::Uint64,
        Self::UnixFd,
    ];

    /// The name of the type.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Int8 => "int8",
            Self::Uint8 => "uint8",
            Self::Int16 => "int16",
            Self::Uint16 => "uint16",
            Self::Int32 => "int32",
            Self::Uint32 => "uint32",
            Self::Int64 => "int64",
            Self::Uint64 => "uint64",
            Self::UnixFd => "unix_fd",
        }
    }

    /// The type with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|found| found.name() == name)
    }
}

/// `switch (path) { cases } NAME attributes;`
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Switch<'s> {
    /// The discriminant: a field, or a path through nested structs.
    pub path: Vec<Name<'s>>,
    /// The cases.
    pub cases: Vec<Case<'s>>,
    /// The name.
    pub name: Name<'s>,
    /// The attributes.
    pub attributes: Vec<Attribute<'s>>,
    /// The documentation.
    pub docs: Docs,
    /// The whole switch, including the `;`.
    pub span: Span,
}

/// A case of a switch: labels that share a field.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Case<'s> {
    /// The labels, at least one.
    pub labels: Vec<Label<'s>>,
    /// The field.
    pub field: Field<'s>,
}

/// A label of a case.
#[derive(Clone, Debug)]
pub enum Label<'s> {
    /// `default:`
    Default(Span),
    /// `case [!]ITEM:`
    Item {
        /// The `!` of a negated label.
        negated: Option<Span>,
        /// The item.
        item: Name<'s>,
    },
}

/// `enum8 NAME { … } attributes;` or `flags8 …`
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Enum<'s> {
    /// Whether the keyword is `flags…`.
    pub flags: bool,
    /// The width: 8, 16 or 32.
    pub bits: u8,
    /// The name.
    pub name: Name<'s>,
    /// The items.
    pub items: Vec<Item<'s>>,
    /// The attributes.
    pub attributes: Vec<Attribute<'s>>,
    /// The documentation.
    pub docs: Docs,
    /// The whole definition.
    pub span: Span,
}

/// `ITEM [= value] attributes`
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Item<'s> {
    /// The name, which may start with a digit.
    pub name: Name<'s>,
    /// The explicit value of an enum item or bit index of a flag.
    pub value: Option<Number>,
    /// The attributes.
    pub attributes: Vec<Attribute<'s>>,
    /// The documentation.
    pub docs: Docs,
}

/// `@NAME` or `@NAME(arguments)`
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Attribute<'s> {
    /// The name, without the `@`.
    pub name: Name<'s>,
    /// The arguments. Empty without parentheses.
    pub arguments: Vec<AttributeValue<'s>>,
    /// The whole attribute, including the `@`.
    pub span: Span,
}

/// An argument of an attribute.
#[derive(Clone, Debug)]
pub enum AttributeValue<'s> {
    /// A number.
    Number(Number),
    /// A name.
    Name(Name<'s>),
}
