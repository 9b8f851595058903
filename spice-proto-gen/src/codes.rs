//! The stable numbers of findings.

use std::fmt;
use std::str::FromStr;

use crate::diagnostic::Severity;
use crate::spelling::nearest;

macro_rules! codes {
    ($($name:ident = $number:literal, $severity:ident, $title:literal;)*) => {
        /// The stable number of a kind of finding. Numbers are never used for something else.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $title] $name,)*
        }

        impl Code {
            /// All codes, in order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The number as it is printed: `E0101`, `W0001`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $number,)* }
            }

            /// What it means, in one line.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            /// How bad it is if nothing else is said.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }

            /// What it means at length, with a wrong and a right example, in Markdown.
            #[must_use]
            pub const fn explanation(self) -> &'static str {
                match self {
                    $(Self::$name => concat!(
                        "# ", $number, ": ", $title, "\n\n",
                        include_str!(concat!("explain/", $number, ".md"))
                    ),)*
                }
            }

            /// The code with this number.
            #[must_use]
            pub fn parse(number: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.as_str().eq_ignore_ascii_case(number))
            }
        }
    };
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(number: &str) -> Result<Self, UnknownCode> {
        Self::parse(number).ok_or_else(|| UnknownCode(number.to_owned()))
    }
}

/// A text that is the number of no finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownCode(String);

impl fmt::Display for UnknownCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no code `{}`", self.0)?;
        let upper = self.0.to_ascii_uppercase();
        let codes = Code::ALL.iter().map(|code| code.as_str());
        match nearest(&upper, codes) {
            Some(code) => write!(f, "; the nearest is {code}"),
            None => f.write_str("; codes look like E0102 or W0001"),
        }
    }
}

impl std::error::Error for UnknownCode {}

codes! {
    // Reading the text.
    InvalidUtf8 = "E0001", Error, "the file is not UTF-8 text";
    UnclosedComment = "E0002", Error, "a comment is never closed";
    Syntax = "E0003", Error, "something else was expected here";
    TooDeep = "E0004", Error, "bodies are nested too deeply";
    NumberTooLarge = "E0005", Error, "a number does not fit in 64 bits";
    ForbiddenCharacter = "E0006", Error, "a character that cannot stand in a proto";
    FileTooLarge = "E0007", Error, "the file is too large";
    BytesSize = "E0008", Error, "the size `bytes(a, b)` is no longer part of the language";
    // Names.
    DuplicateDefinition = "E0101", Error, "a name is defined twice";
    UnknownType = "E0102", Error, "a type that is not defined";
    DefinedBelow = "E0103", Error, "a name is used above its definition";
    WrongKind = "E0104", Error, "a name stands for another kind of thing";
    DuplicateMember = "E0105", Error, "two members of one body have the same name";
    DuplicateItem = "E0106", Error, "two items of one enum have the same name";
    ReservedName = "E0107", Error, "a name that belongs to the language";
    MissingProtocol = "E0108", Error, "the file has no protocol";
    AfterProtocol = "E0109", Error, "something stands after the protocol";
    // Numbers.
    EmptyEnum = "E0201", Error, "an enum without items";
    DuplicateValue = "E0202", Error, "two items of one enum have the same value";
    ValueTooWide = "E0203", Error, "a value does not fit in its type";
    DuplicateMessageId = "E0204", Error, "two messages of one direction have the same id";
    DuplicateMessageName = "E0205", Error, "two messages of one direction have the same name";
    MessageIdRange = "E0206", Error, "a message id does not fit in 16 bits";
    DuplicateChannelId = "E0207", Error, "two channels of the protocol have the same number";
    DuplicateChannelName = "E0208", Error, "two channels of the protocol have the same name";
    ChannelIdRange = "E0209", Error, "a channel number does not fit in 8 bits";
    // Sizes.
    UnknownSizeField = "E0301", Error, "a size field that does not exist";
    SizeFieldLater = "E0302", Error, "a size field that comes after its array";
    SizeFieldType = "E0303", Error, "a size field that is not an unsigned integer";
    ElementType = "E0304", Error, "an element type that this kind of array cannot have";
    AfterRemaining = "E0305", Error, "a field after an array to the end of the message";
    SeveralRemaining = "E0306", Error, "more than one array to the end of the message";
    ArrayTooLarge = "E0307", Error, "an array of fixed length is too large";
    SizeFieldUse = "E0308", Error, "a field that cannot hold a size";
    ImageBits = "E0309", Error, "a number of bits that a pixel cannot have";
    BodyTooLarge = "E0310", Error, "a body is too large";
    // Pointers.
    PointerTarget = "E0401", Error, "a type that cannot be pointed to";
    PointerInArray = "E0402", Error, "a pointer in the elements of an array without a constant length";
    // Switches.
    UnknownDiscriminant = "E0501", Error, "a switch on a field that does not exist";
    DiscriminantLater = "E0502", Error, "a switch on a field that comes later";
    DiscriminantType = "E0503", Error, "a switch on something that is neither enum nor flags";
    UnknownCase = "E0504", Error, "a case that is not an item of the type";
    RepeatedCase = "E0505", Error, "a case that stands twice";
    NegatedEnumCase = "E0506", Error, "`!` on an enum";
    EmptySwitch = "E0507", Error, "a switch without cases";
    // Attributes.
    UnknownAttribute = "E0601", Error, "an unknown attribute";
    RemovedAttribute = "E0602", Error, "an attribute that is no longer part of the language";
    AttributeArguments = "E0603", Error, "an attribute with the wrong number of arguments";
    OutputConflict = "E0604", Error, "two output attributes on one field";
    MisplacedAttribute = "E0605", Error, "an attribute that has no meaning here";
    RepeatedAttribute = "E0606", Error, "an attribute that stands twice";
    VirtualUse = "E0607", Error, "a virtual field that cannot be one";
    ZeroUse = "E0608", Error, "a zero field that cannot be one";
    // Inheritance.
    UnknownChannel = "E0701", Error, "a channel that is not defined";
    InheritsTooMuch = "E0702", Error, "channels inherit too much";
    // Rust.
    RustCollision = "E0801", Error, "two names that are one in Rust";
    RustName = "E0802", Error, "a name that cannot be written in Rust";
    // Warnings.
    DeadCase = "W0001", Warning, "a case that can never be reached";
    UnusedType = "W0002", Warning, "a type that no message uses";
    DeprecatedItem = "W0003", Warning, "a case on a deprecated item";
    NotPortable = "W0004", Warning, "something that the reference generator does not accept";
    Undocumented = "W0005", Warning, "a message without a comment";
}
