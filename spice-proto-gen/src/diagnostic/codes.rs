//! The stable codes of diagnostics and their default severities.

use std::fmt;

use crate::code_enum::code_enum;
use crate::spelling::nearest;

/// The severity of a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The proto compiles.
    Warning,
    /// The proto does not compile.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

macro_rules! codes {
    ($($name:ident = $text:literal, $severity:ident, $title:literal;)*) => {
        code_enum! {
            /// The stable code of a diagnostic. A code is never reused for another problem.
            Code, UnknownCode;
            $($name = $text, $title;)*
        }

        impl Code {
            /// The default severity.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }

            /// A page of Markdown: the description, a wrong example and a right one.
            #[must_use]
            pub const fn explanation(self) -> &'static str {
                match self {
                    $(Self::$name => concat!(
                        "# ", $text, ": ", $title, "\n\n",
                        include_str!(concat!("explain/", $text, ".md"))
                    ),)*
                }
            }
        }
    };
}

impl fmt::Display for UnknownCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown code `{}`", self.0)?;
        let upper = self.0.to_ascii_uppercase();
        match nearest(&upper, Code::ALL.iter().map(|code| code.as_str())) {
            Some(code) => write!(f, "; did you mean {code}?"),
            None => f.write_str("; codes look like E0102 or W0001"),
        }
    }
}

codes! {
    // Text and syntax.
    InvalidUtf8 = "E0001", Error, "invalid UTF-8";
    UnclosedComment = "E0002", Error, "unterminated comment";
    Syntax = "E0003", Error, "syntax error";
    TooDeep = "E0004", Error, "types are nested too deeply";
    NumberTooLarge = "E0005", Error, "number does not fit in 64 bits";
    ForbiddenCharacter = "E0006", Error, "control character outside a comment";
    FileTooLarge = "E0007", Error, "file too large";
    BytesSize = "E0008", Error, "obsolete array size `bytes(…)`";
    // Names.
    DuplicateDefinition = "E0101", Error, "duplicate definition";
    UnknownType = "E0102", Error, "unknown type";
    DefinedBelow = "E0103", Error, "use before definition";
    WrongKind = "E0104", Error, "name refers to another kind of definition";
    DuplicateMember = "E0105", Error, "duplicate member name";
    DuplicateItem = "E0106", Error, "duplicate item name";
    ReservedName = "E0107", Error, "reserved name";
    MissingProtocol = "E0108", Error, "missing protocol";
    AfterProtocol = "E0109", Error, "text after the protocol";
    // Numbers.
    EmptyEnum = "E0201", Error, "enum without items";
    DuplicateValue = "E0202", Error, "duplicate item value";
    ValueTooWide = "E0203", Error, "item value out of range";
    DuplicateMessageId = "E0204", Error, "duplicate message id";
    DuplicateMessageName = "E0205", Error, "duplicate message name";
    MessageIdRange = "E0206", Error, "message id out of range";
    DuplicateChannelId = "E0207", Error, "duplicate channel number";
    DuplicateChannelName = "E0208", Error, "duplicate channel name";
    ChannelIdRange = "E0209", Error, "channel number out of range";
    // Sizes.
    UnknownSizeField = "E0301", Error, "unknown size field";
    SizeFieldLater = "E0302", Error, "size field after its array";
    SizeFieldType = "E0303", Error, "size field is not an unsigned integer";
    ElementType = "E0304", Error, "element type not allowed in this kind of array";
    AfterRemaining = "E0305", Error, "field after an array that extends to the end of the message";
    SeveralRemaining = "E0306", Error, "more than one array that extends to the end of the message";
    ArrayTooLarge = "E0307", Error, "array length out of range";
    SizeFieldUse = "E0308", Error, "member cannot be a size field";
    ImageBits = "E0309", Error, "invalid number of bits per pixel";
    BodyTooLarge = "E0310", Error, "body too large";
    // Pointers.
    PointerTarget = "E0401", Error, "invalid pointer target";
    PointerInArray = "E0402", Error, "pointer in an element of a variable-length array";
    // Switches.
    UnknownDiscriminant = "E0501", Error, "unknown discriminant";
    DiscriminantLater = "E0502", Error, "discriminant after its switch";
    DiscriminantType = "E0503", Error, "discriminant is neither an enum nor flags";
    UnknownCase = "E0504", Error, "unknown case";
    RepeatedCase = "E0505", Error, "duplicate case";
    NegatedEnumCase = "E0506", Error, "negated case of an enum";
    EmptySwitch = "E0507", Error, "switch without cases";
    // Attributes.
    UnknownAttribute = "E0601", Error, "unknown attribute";
    RemovedAttribute = "E0602", Error, "obsolete attribute";
    AttributeArguments = "E0603", Error, "wrong attribute arguments";
    OutputConflict = "E0604", Error, "conflicting output attributes";
    MisplacedAttribute = "E0605", Error, "misplaced attribute";
    RepeatedAttribute = "E0606", Error, "duplicate attribute";
    VirtualUse = "E0607", Error, "invalid `@virtual` field";
    ZeroUse = "E0608", Error, "invalid `@zero` field";
    // Inheritance.
    UnknownChannel = "E0701", Error, "unknown channel";
    InheritsTooMuch = "E0702", Error, "too many ancestors or inherited messages";
    // Rust.
    RustCollision = "E0801", Error, "name collision in Rust";
    RustName = "E0802", Error, "name not usable in Rust";
    // C.
    NotInC = "E0901", Error, "not expressible in C";
    // Warnings.
    DeadCase = "W0001", Warning, "unreachable case";
    UnusedType = "W0002", Warning, "unused type";
    DeprecatedItem = "W0003", Warning, "case for a deprecated item";
    NotPortable = "W0004", Warning, "not accepted by the reference generator";
    Undocumented = "W0005", Warning, "undocumented message";
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn codes_are_parsed_in_any_case() {
        assert_eq!("w0001".parse(), Ok(Code::DeadCase));
    }

    #[test]
    fn unknown_codes_name_the_nearest() {
        let error = |text: &str| text.parse::<Code>().unwrap_err().to_string();
        assert_eq!(error("E012"), "unknown code `E012`; did you mean E0102?");
        let far = error("nonsense");
        assert_eq!(
            far,
            "unknown code `nonsense`; codes look like E0102 or W0001"
        );
    }
}
