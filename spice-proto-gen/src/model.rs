//! What a proto means: numbers assigned, types resolved to indexes, inheritance flattened, every
//! size known and every case decided. Immutable, and with no question left open for a backend.

use crate::ast::Docs;

/// Index of a [`TypeDef`] in [`Model::types`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(pub usize);

/// Index of a [`Channel`] in [`Model::channels`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChannelId(pub usize);

/// A compiled proto.
#[derive(Clone, Debug)]
pub struct Model {
    /// All types in the order of their definition: inline structs before the body that holds them,
    /// bodies of channel messages where the message stands.
    pub types: Vec<TypeDef>,
    /// All channels in the order of their definition, so that a parent comes before its children.
    pub channels: Vec<Channel>,
    /// The protocol.
    pub protocol: Protocol,
}

/// The `protocol` block.
#[derive(Clone, Debug)]
pub struct Protocol {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub docs: Docs,
    /// Its channels, in the order they were written.
    pub channels: Vec<ProtocolChannel>,
}

/// A channel of the protocol.
#[derive(Clone, Debug)]
pub struct ProtocolChannel {
    /// Its name in the protocol.
    pub name: String,
    /// Its type number.
    pub number: u8,
    /// Its definition.
    pub channel: ChannelId,
    /// Its documentation.
    pub docs: Docs,
}

/// A channel with everything it inherits.
#[derive(Clone, Debug)]
pub struct Channel {
    /// Its name as defined.
    pub name: String,
    /// Its documentation.
    pub docs: Docs,
    /// Its attributes.
    pub attributes: Attributes,
    /// The channel it is derived from.
    pub parent: Option<ChannelId>,
    /// All it is derived from, the nearest first.
    pub ancestors: Vec<ChannelId>,
    /// What a server sends, by id; inherited messages included.
    pub server: Vec<Message>,
    /// What a client sends, by id; inherited messages included.
    pub client: Vec<Message>,
    /// The entries of the protocol that use this definition (indexes of [`Protocol::channels`]).
    pub entries: Vec<usize>,
}

impl Channel {
    /// The messages that `side` sends.
    #[must_use]
    pub fn messages(&self, side: Side) -> &[Message] {
        match side {
            Side::Server => &self.server,
            Side::Client => &self.client,
        }
    }
}

/// Who sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// The server.
    Server,
    /// The client.
    Client,
}

/// A message of a channel.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its name.
    pub name: String,
    /// Its id.
    pub id: u16,
    /// What it carries; always a [`Struct`].
    pub body: TypeId,
    /// The channel that defines it: this one or an ancestor.
    pub owner: ChannelId,
    /// Its documentation.
    pub docs: Docs,
}

/// A definition of a type.
#[derive(Clone, Debug)]
pub enum TypeDef {
    /// `typedef`
    Alias(Alias),
    /// `enum…` or `flags…`
    Enum(Enum),
    /// `struct`, `message`, or the body of a channel's message
    Struct(Struct),
}

/// Another name for a type.
#[derive(Clone, Debug)]
pub struct Alias {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub docs: Docs,
    /// Its attributes.
    pub attributes: Attributes,
    /// What it stands for.
    pub target: TypeRef,
}

/// A type as a field, an element or an alias names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeRef {
    /// The alias by which it was named, if it was.
    pub alias: Option<TypeId>,
    /// What it is.
    pub ty: Type,
}

/// A type with all aliases followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// An integer.
    Int(Int),
    /// A file descriptor: no bytes on the wire.
    Fd,
    /// An enum or flags type.
    Enum(TypeId),
    /// A struct.
    Struct(TypeId),
}

/// An integer type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Int {
    /// 1, 2, 4 or 8.
    pub bytes: u8,
    /// Whether it has a sign.
    pub signed: bool,
}

/// `enum…` or `flags…`
#[derive(Clone, Debug)]
pub struct Enum {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub docs: Docs,
    /// Its attributes.
    pub attributes: Attributes,
    /// Whether its items are bits.
    pub flags: bool,
    /// 1, 2 or 4.
    pub bytes: u8,
    /// Its items, in the order they were written.
    pub items: Vec<Item>,
}

/// An item of an enum or flags type.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub docs: Docs,
    /// Its value; of a flag: the bit itself (`1 << index`).
    pub value: u32,
    /// Whether it is out of use.
    pub deprecated: bool,
}

/// Where a body comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `struct NAME { … }`, at the top level.
    Struct,
    /// `struct NAME { … }` in another body.
    Inline,
    /// `message NAME { … }`
    Message,
    /// `message { … } NAME` in a channel.
    Body {
        /// The channel.
        channel: ChannelId,
        /// Who sends it.
        side: Side,
        /// The id of the message.
        id: u16,
    },
}

/// A body: fields and switches one after the other.
#[derive(Clone, Debug)]
pub struct Struct {
    /// Its name; for [`Origin::Body`] that of the message.
    pub name: String,
    /// Its documentation.
    pub docs: Docs,
    /// Its attributes.
    pub attributes: Attributes,
    /// Where it comes from.
    pub origin: Origin,
    /// Its fields and switches.
    pub members: Vec<Member>,
    /// What it takes on the wire, pointees not counted.
    pub size: Size,
    /// What it contains, directly or in nested structs and pointees.
    pub contains: Contains,
    /// At most so many bytes does a value take in memory, where arrays of constant length and
    /// pointees are part of it.
    pub memory: u64,
    /// How many types lie in one another in a value, at most.
    pub nesting: u32,
}

/// What a type contains, directly, in nested structs or in pointees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Contains {
    /// Anything whose size the wire decides (arrays, text), so that a decoded value borrows.
    pub borrowed: bool,
    /// Pointers.
    pub pointers: bool,
    /// Switches.
    pub switches: bool,
    /// File descriptors.
    pub fds: bool,
    /// An array to the end of the message.
    pub remaining: bool,
    /// Fields that are written as zero.
    pub padding: bool,
}

/// How many bytes something takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Always so many.
    Static(u64),
    /// At least so many.
    AtLeast(u64),
}

impl Size {
    /// The least it takes.
    #[must_use]
    pub const fn min(self) -> u64 {
        match self {
            Self::Static(n) | Self::AtLeast(n) => n,
        }
    }

    /// The size, if it is always the same.
    #[must_use]
    pub const fn exact(self) -> Option<u64> {
        match self {
            Self::Static(n) => Some(n),
            Self::AtLeast(_) => None,
        }
    }
}

/// A part of a body.
#[derive(Clone, Debug)]
pub enum Member {
    /// A field.
    Field(Field),
    /// A switch.
    Switch(Switch),
}

/// A field.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub docs: Docs,
    /// Its attributes.
    pub attributes: Attributes,
    /// Its type, or that of its elements.
    pub ty: TypeRef,
    /// Whether the value lies elsewhere in the message.
    pub pointer: Option<Pointer>,
    /// Whether it is an array.
    pub array: Option<Array>,
    /// What it is for.
    pub role: Role,
    /// What it takes where it stands: 4 bytes for a pointer, nothing for a virtual field.
    pub size: Size,
    /// What its pointee takes, if it is a pointer.
    pub pointee: Option<Size>,
    /// Whether it is text (`@zero_terminated` or `cstring()`, on 8-bit elements).
    pub text: bool,
}

/// How a pointer behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pointer {
    /// Whether null is refused.
    pub nonnull: bool,
    /// Whether its pointee is laid out depth first.
    pub marshall: bool,
}

/// How many elements an array has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Array {
    /// Always so many.
    Fixed(u64),
    /// As many as a field says.
    Count(CountRef),
    /// As many bytes as an image takes. Both are members of the same body, before this one.
    ImageSize {
        /// Bits for each pixel.
        bits: u32,
        /// Index of the member that holds the width.
        width: usize,
        /// Index of the member that holds the number of rows.
        rows: usize,
    },
    /// Up to and including a zero byte.
    CString,
    /// To the end of the message.
    Remaining,
}

/// A field that holds a count: a member of the same body, or a case of a switch that is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CountRef {
    /// Index of the member.
    pub member: usize,
    /// Index of the case, if the member is a switch.
    pub case: Option<usize>,
}

/// What a field is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// A value of its own.
    Value,
    /// A count that is kept as a value, and that must agree with the arrays that it counts.
    StoredCount,
    /// A count that always follows from an array, and so is not kept.
    ComputedCount,
    /// A count whose arrays all stand in the cases of one switch (index of the member): not kept
    /// here, but by those variants that have no such array.
    CarriedCount {
        /// Index of the switch.
        switch: usize,
    },
    /// The discriminant of the switch with this member index, whose variant determines it.
    ImpliedDiscriminant {
        /// Index of the switch.
        switch: usize,
    },
    /// Written as zero, read and thrown away.
    Zero,
    /// Not on the wire; a constant.
    Virtual(i64),
}

/// A switch.
#[derive(Clone, Debug)]
pub struct Switch {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub docs: Docs,
    /// Its attributes.
    pub attributes: Attributes,
    /// What it depends on.
    pub discriminant: Discriminant,
    /// Its cases, in the order they were written.
    pub cases: Vec<Case>,
    /// Its values, in the order in which they are tried: one for each item of an enum's case, one for
    /// each case of a flags type, and last one for no case where no `default` is.
    pub variants: Vec<Variant>,
    /// Whether its value is kept: `false` where all its cases are computed counts and its
    /// discriminant is kept.
    pub stored: bool,
    /// What it takes on the wire.
    pub size: Size,
    /// What its cases contain.
    pub contains: Contains,
}

/// What a switch depends on.
#[derive(Clone, Debug)]
pub struct Discriminant {
    /// Member indexes: first in this body, then in the struct of the field before.
    pub path: Vec<usize>,
    /// The enum or flags type.
    pub ty: TypeId,
    /// Whether that is a flags type.
    pub flags: bool,
    /// Whether the variant determines it, so that it is not kept beside.
    pub implied: bool,
}

/// A case of a switch.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its labels.
    pub labels: Vec<Label>,
    /// Its field.
    pub field: Field,
    /// Whether it can be reached.
    pub live: bool,
}

/// A label of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// `default:`
    Default,
    /// `case ITEM:`
    Item {
        /// Index in the type's items.
        item: usize,
        /// Whether it is `!ITEM`.
        negated: bool,
    },
}

/// A value that a switch can have.
#[derive(Clone, Debug)]
pub struct Variant {
    /// What names it.
    pub name: VariantName,
    /// The case whose field it holds; none for the variant of no case.
    pub case: Option<usize>,
    /// When it is chosen, those before it not being chosen.
    pub when: When,
    /// Whether it holds the discriminant, which it does not determine.
    pub carries_discriminant: bool,
    /// The counts that it holds because it has no array that they would count (member indexes).
    pub carried_counts: Vec<usize>,
    /// Whether it holds the value of its case's field: not where that is a computed count or zero.
    pub value: bool,
}

/// What names a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariantName {
    /// An item of the discriminant's type.
    Item(usize),
    /// The field of its case.
    Field,
    /// Nothing in the proto: no case matches.
    NoCase,
}

/// When a variant is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// The discriminant equals this item.
    Equals(usize),
    /// One of these bits is set (or clear, where `true` stands beside it).
    AnyBit(Vec<(usize, bool)>),
    /// Always.
    Always,
}

/// The attributes of a definition, in the order they were written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes(pub Vec<Attribute>);

/// An attribute and its argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// Its argument as text, if it has one.
    pub argument: Option<String>,
}

impl Attributes {
    /// Whether an attribute is there.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|attribute| attribute.name == name)
    }

    /// The argument of an attribute.
    #[must_use]
    pub fn argument(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|attribute| attribute.name == name)
            .and_then(|attribute| attribute.argument.as_deref())
    }
}

impl Model {
    /// The enum or flags type with this id.
    #[must_use]
    pub fn enumeration(&self, id: TypeId) -> Option<&Enum> {
        match self.types.get(id.0) {
            Some(TypeDef::Enum(found)) => Some(found),
            _ => None,
        }
    }

    /// The struct or body with this id.
    #[must_use]
    pub fn body(&self, id: TypeId) -> Option<&Struct> {
        match self.types.get(id.0) {
            Some(TypeDef::Struct(found)) => Some(found),
            _ => None,
        }
    }

    /// Whether any bytes of the right number are a value.
    #[must_use]
    pub fn is_plain(&self, ty: Type) -> bool {
        match ty {
            Type::Int(_) | Type::Enum(_) => true,
            Type::Fd => false,
            Type::Struct(id) => self.body(id).is_some_and(Struct::is_plain),
        }
    }

    /// Whether a field is read and written together with its neighbours, as a part of a run: what is
    /// missing of a run is missed before pointers in it are followed.
    #[must_use]
    pub fn in_run(&self, field: &Field) -> bool {
        let inline = matches!(field.array, None | Some(Array::Fixed(_)));
        let fixed = field.pointer.is_some() || inline && self.is_plain(field.ty.ty);
        field.size.min() <= MAX_RUN_FIELD && (fixed || field.role == Role::Zero)
    }
}

/// Fields of more bytes than this are in no run.
pub const MAX_RUN_FIELD: u64 = 512;

impl Struct {
    /// Whether every value takes the same bytes and any bytes are a value.
    #[must_use]
    pub const fn is_plain(&self) -> bool {
        let contains = self.contains;
        !(contains.borrowed || contains.pointers || contains.fds || contains.switches)
    }
}
