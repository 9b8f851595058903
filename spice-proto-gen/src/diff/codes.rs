//! The stable codes of changes and their impact.

use std::fmt;

use crate::code_enum::code_enum;

/// The effect of a change on peers with the other version, from none to all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Impact {
    /// The bytes are the same. Source code that uses the proto may change.
    Source,
    /// Peers understand each other as long as they use only what both know.
    Compatible,
    /// A peer refuses or misreads messages.
    Breaking,
}

impl fmt::Display for Impact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Source => "source-only",
            Self::Compatible => "compatible",
            Self::Breaking => "breaking",
        })
    }
}

macro_rules! codes {
    ($($name:ident = $text:literal, $impact:ident, $title:literal;)*) => {
        code_enum! {
            /// The stable code of a change. A code is never reused for another change.
            ChangeCode, UnknownChangeCode;
            $($name = $text, $title;)*
        }

        impl ChangeCode {
            /// The impact of each change with this code.
            #[must_use]
            pub const fn impact(self) -> Impact {
                match self { $(Self::$name => Impact::$impact,)* }
            }
        }
    };
}

impl fmt::Display for UnknownChangeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "unknown code `{}`; codes of changes look like C0101",
            self.0
        )
    }
}

codes! {
    // Channels.
    ChannelAdded = "C0101", Compatible, "channel added";
    ChannelRemoved = "C0102", Breaking, "channel removed";
    ChannelNumber = "C0103", Breaking, "channel number changed";
    // Messages.
    MessageAdded = "C0201", Compatible, "message added";
    MessageRemoved = "C0202", Breaking, "message removed";
    MessageId = "C0203", Breaking, "message id changed";
    // Fields.
    FieldInserted = "C0301", Breaking, "field inserted";
    FieldRemoved = "C0302", Breaking, "field removed";
    FieldMoved = "C0303", Breaking, "field moved";
    Width = "C0304", Breaking, "width of a field changed";
    Signedness = "C0305", Breaking, "signedness of a field changed";
    FieldType = "C0306", Breaking, "kind of a field changed";
    PointerOrValue = "C0307", Breaking, "pointer or value in place";
    ArrayLength = "C0308", Breaking, "length of an array changed";
    Nullability = "C0309", Breaking, "`@nonnull` added or removed";
    PointeeOrder = "C0310", Breaking, "order of pointees changed";
    Padding = "C0311", Breaking, "`@zero` added or removed";
    Virtual = "C0312", Breaking, "`@virtual` added or removed";
    // Switches.
    Discriminant = "C0401", Breaking, "discriminant changed";
    CaseAdded = "C0402", Breaking, "case for a known item added";
    CaseRemoved = "C0403", Breaking, "case removed";
    CaseOfNewItem = "C0404", Compatible, "case for a new item added";
    CaseOrder = "C0405", Breaking, "order of cases on flags changed";
    // Enums and flags.
    ItemAdded = "C0501", Compatible, "item added";
    ItemRemoved = "C0502", Breaking, "item removed";
    ItemValue = "C0503", Breaking, "value of an item changed";
    EnumWidth = "C0504", Breaking, "width of an enum or flags type changed";
    // Changes without effect on the wire.
    ChannelRenamed = "C0901", Source, "channel renamed";
    MessageRenamed = "C0902", Source, "message renamed";
    FieldRenamed = "C0903", Source, "field or switch renamed";
    DefinitionRenamed = "C0904", Source, "definition renamed";
    ItemRenamed = "C0905", Source, "item renamed";
    SameBytes = "C0906", Source, "another type with the same bytes";
    Regrouped = "C0907", Source, "the same bytes in other structs or fields";
    UnusedTypeRemoved = "C0908", Source, "type without a use removed";
    VirtualValue = "C0909", Source, "constant of a `@virtual` field changed";
    Parent = "C0910", Source, "parent of a channel changed";
}
