//! What was written: the syntax tree, with a span on every name and with all comments.
//!
//! Nothing is resolved here. A formatter needs only this.

use crate::span::Span;

/// A whole file.
#[derive(Clone, Debug, Default)]
pub struct File<'s> {
    /// All definitions, in the order they were written.
    pub definitions: Vec<Definition<'s>>,
    /// The `protocol` block, if one could be read.
    pub protocol: Option<Protocol<'s>>,
    /// What is defined by definitions that could not be read, so far as that can be told.
    pub broken: Vec<Name<'s>>,
    /// Every comment of the file, in order.
    pub comments: Vec<Comment>,
}

/// A comment with its delimiters.
#[derive(Clone, Debug)]
pub struct Comment {
    /// From the first `/` to before the line end, or after the closing `*/`.
    pub span: Span,
    /// Whether it is a `/* … */` comment.
    pub block: bool,
}

/// The text of the comments that document something, comment marks removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Docs(Option<Box<str>>);

impl Docs {
    /// Comments with these lines.
    #[must_use]
    pub fn new(lines: &[&str]) -> Self {
        Self((!lines.is_empty()).then(|| lines.join("\n").into()))
    }

    /// The lines, without their ends.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|text| text.split('\n'))
    }

    /// Whether there is no comment at all.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

/// A name where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name<'s> {
    /// The name itself.
    pub text: &'s str,
    /// Where it stands.
    pub span: Span,
}

/// An integer where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// Its value. The parser reports what does not fit in 64 bits (signed or unsigned).
    pub value: i128,
    /// Whether it was written as `0x…`.
    pub hexadecimal: bool,
    /// Where it stands.
    pub span: Span,
}

/// One definition.
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
pub struct Typedef<'s> {
    /// The new name.
    pub name: Name<'s>,
    /// What it stands for.
    pub ty: Type<'s>,
    /// Its attributes.
    pub attributes: Vec<Attribute<'s>>,
    /// Its documentation.
    pub docs: Docs,
    /// The whole definition, `;` included.
    pub span: Span,
}

/// A named structure or message body, at the top level or inline.
#[derive(Clone, Debug)]
pub struct Struct<'s> {
    /// Its name.
    pub name: Name<'s>,
    /// Its fields and switches.
    pub members: Vec<Member<'s>>,
    /// Its attributes.
    pub attributes: Vec<Attribute<'s>>,
    /// Its documentation. Of an inline struct: that of the field it is written in.
    pub docs: Docs,
    /// The whole definition.
    pub span: Span,
}

/// A part of a body.
#[derive(Clone, Debug)]
pub enum Member<'s> {
    /// A field.
    Field(Field<'s>),
    /// A switch.
    Switch(Switch<'s>),
}

/// `type [*] NAME [size] attributes;`
#[derive(Clone, Debug)]
pub struct Field<'s> {
    /// The type before the star.
    pub ty: Type<'s>,
    /// The `*`, if there is one.
    pub pointer: Option<Span>,
    /// Its name.
    pub name: Name<'s>,
    /// The array part, if there is one. Most fields have none, and it is as large as all the rest.
    pub array: Option<Box<Array<'s>>>,
    /// Its attributes.
    pub attributes: Vec<Attribute<'s>>,
    /// Its documentation.
    pub docs: Docs,
    /// The whole field, `;` included.
    pub span: Span,
}

/// `[size]`, with its brackets in the span.
#[derive(Clone, Debug)]
pub struct Array<'s> {
    /// What stands between the brackets.
    pub size: ArraySize<'s>,
    /// From `[` to after `]`.
    pub span: Span,
}

/// How many elements an array has.
#[derive(Clone, Debug)]
pub enum ArraySize<'s> {
    /// `[16]`
    Fixed(Number),
    /// `[n]`: as many as the field says.
    Field(Name<'s>),
    /// `[image_size(bits, width, rows)]`
    ImageSize {
        /// Bits for each pixel.
        bits: Number,
        /// The field that holds the width.
        width: Name<'s>,
        /// The field that holds the number of rows.
        rows: Name<'s>,
    },
    /// `[cstring()]`: up to and including a zero byte.
    CString,
    /// `[]`: to the end of the message.
    Remaining,
    /// `[bytes(a, b)]`, a size rule of the past; always an error, kept so that it can be explained.
    Bytes(Vec<Name<'s>>),
}

/// A type where it was written.
#[derive(Clone, Debug)]
pub enum Type<'s> {
    /// `int8` … `uint64`, `unix_fd`.
    Primitive(Primitive, Span),
    /// A name defined elsewhere.
    Named(Name<'s>),
    /// `struct NAME { … } attributes`
    Inline(Box<Struct<'s>>),
}

/// A type of the language itself.
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

/// `switch (path) { cases } NAME attributes;`
#[derive(Clone, Debug)]
pub struct Switch<'s> {
    /// The discriminant: a field, or a path through nested structs.
    pub path: Vec<Name<'s>>,
    /// Its cases.
    pub cases: Vec<Case<'s>>,
    /// Its name.
    pub name: Name<'s>,
    /// Its attributes.
    pub attributes: Vec<Attribute<'s>>,
    /// Its documentation.
    pub docs: Docs,
    /// The whole switch, `;` included.
    pub span: Span,
}

/// One or more labels and the field they share.
#[derive(Clone, Debug)]
pub struct Case<'s> {
    /// The labels, in order.
    pub labels: Vec<Label<'s>>,
    /// The field.
    pub field: Field<'s>,
}

/// `default:` or `case [!]ITEM:`
#[derive(Clone, Debug)]
pub enum Label<'s> {
    /// `default:`
    Default(Span),
    /// `case [!]ITEM:`
    Item {
        /// The `!`, if there is one.
        negated: Option<Span>,
        /// The item.
        item: Name<'s>,
    },
}

/// `enum8 NAME { … } attributes;` or `flags8 …`
#[derive(Clone, Debug)]
pub struct Enum<'s> {
    /// Whether it is `flags…`.
    pub flags: bool,
    /// 8, 16 or 32.
    pub bits: u8,
    /// Its name.
    pub name: Name<'s>,
    /// Its items.
    pub items: Vec<Item<'s>>,
    /// Its attributes.
    pub attributes: Vec<Attribute<'s>>,
    /// Its documentation.
    pub docs: Docs,
    /// The whole definition.
    pub span: Span,
}

/// `ITEM [= value] attributes`
#[derive(Clone, Debug)]
pub struct Item<'s> {
    /// Its name; may begin with a digit.
    pub name: Name<'s>,
    /// Its value, or bit index of a flag, if written.
    pub value: Option<Number>,
    /// Its attributes.
    pub attributes: Vec<Attribute<'s>>,
    /// Its documentation.
    pub docs: Docs,
}

/// `channel NAME [: PARENT] { … } attributes;`
#[derive(Clone, Debug)]
pub struct Channel<'s> {
    /// Its name.
    pub name: Name<'s>,
    /// The channel it is derived from.
    pub parent: Option<Name<'s>>,
    /// Labels and messages, in order.
    pub entries: Vec<ChannelEntry<'s>>,
    /// Its attributes.
    pub attributes: Vec<Attribute<'s>>,
    /// Its documentation.
    pub docs: Docs,
    /// The whole definition.
    pub span: Span,
}

/// What may stand in a channel.
#[derive(Clone, Debug)]
pub enum ChannelEntry<'s> {
    /// `server:`
    Server(Span),
    /// `client:`
    Client(Span),
    /// A message.
    Message(ChannelMessage<'s>),
}

/// `message { … } attributes NAME = id;` or `BODY NAME = id;`
#[derive(Clone, Debug)]
pub struct ChannelMessage<'s> {
    /// What it carries.
    pub body: MessageBody<'s>,
    /// Its name.
    pub name: Name<'s>,
    /// Its id, if written.
    pub id: Option<Number>,
    /// Its documentation.
    pub docs: Docs,
    /// The whole message, `;` included.
    pub span: Span,
}

/// What a message carries.
#[derive(Clone, Debug)]
pub enum MessageBody<'s> {
    /// `message { … } attributes`
    Inline {
        /// The fields and switches.
        members: Vec<Member<'s>>,
        /// The attributes after the body.
        attributes: Vec<Attribute<'s>>,
    },
    /// The name of a `message` defined above.
    Named(Name<'s>),
}

/// `protocol NAME { … };`
#[derive(Clone, Debug)]
pub struct Protocol<'s> {
    /// Its name.
    pub name: Name<'s>,
    /// Its channels.
    pub channels: Vec<ProtocolChannel<'s>>,
    /// Its documentation.
    pub docs: Docs,
    /// The whole block.
    pub span: Span,
}

/// `CHANNEL NAME [= id];`
#[derive(Clone, Debug)]
pub struct ProtocolChannel<'s> {
    /// The channel's definition.
    pub channel: Name<'s>,
    /// Its name in this protocol.
    pub name: Name<'s>,
    /// Its type number, if written.
    pub id: Option<Number>,
    /// Its documentation.
    pub docs: Docs,
}

/// `@NAME` or `@NAME(arguments)`
#[derive(Clone, Debug)]
pub struct Attribute<'s> {
    /// Its name, without the `@`.
    pub name: Name<'s>,
    /// Its arguments; empty without parentheses.
    pub arguments: Vec<AttributeValue<'s>>,
    /// From the `@` to its end.
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
