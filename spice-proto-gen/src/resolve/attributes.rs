//! Checks attributes: their names, arguments and places.

use super::suggester::Suggester;
use crate::ast::{Attribute, AttributeValue};
use crate::diagnostic::{Code, Diagnostic};
use crate::model;
use crate::span::Span;

/// A place where attributes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// An item of an enum or flags type.
    Item,
    /// A field, of a struct or of a case.
    Field,
    /// Any other place.
    Other,
}

/// The arguments of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    Nothing,
    Name,
    OptionalName,
    Number,
}

const KNOWN: [(&str, Takes); 20] = [
    ("anon", Takes::Nothing),
    ("as_ptr", Takes::OptionalName),
    ("chunk", Takes::Nothing),
    ("ctype", Takes::Name),
    ("declare", Takes::Nothing),
    (DEPRECATED, Takes::Nothing),
    ("end", Takes::Nothing),
    ("ifdef", Takes::Name),
    ("marshall", Takes::Nothing),
    ("nocopy", Takes::Nothing),
    ("nomarshal", Takes::Nothing),
    ("nonnull", Takes::Nothing),
    ("outvar", Takes::Name),
    ("prefix", Takes::Name),
    ("ptr_array", Takes::Nothing),
    ("to_ptr", Takes::Nothing),
    ("unique_flag", Takes::Nothing),
    ("virtual", Takes::Number),
    ("zero", Takes::Nothing),
    ("zero_terminated", Takes::Nothing),
];

/// The only attribute of items.
const DEPRECATED: &str = "deprecated";

/// An attribute that earlier versions of the language had.
struct Removed {
    name: &'static str,
    /// Its former effect: the predicate of a sentence.
    effect: &'static str,
    /// The protos that had it: a sentence.
    history: &'static str,
    /// Its replacement.
    help: &'static str,
    /// Whether leaving it out is the whole replacement.
    superfluous: bool,
}

const REMOVED: [Removed; 6] = [
    Removed {
        name: "ptr32",
        effect: "made a pointer 32 bits wide, when pointers had 64",
        history: "`spice.proto` had it in 2010; `spice1.proto`, the proto of protocol version 1, never had it",
        help: "leave it out: every pointer is an offset of 32 bits",
        superfluous: true,
    },
    Removed {
        name: "bytes_count",
        effect: "marked a size field that counted bytes and not elements",
        history: "only `spice1.proto`, the proto of protocol version 1, had it",
        help: "leave it out, and send the number of elements: `uint32 count; Element elements[count];`",
        superfluous: false,
    },
    Removed {
        name: "fixedsize",
        effect: "padded each case of a switch to the size of the largest one",
        history: "`spice.proto` had it in 2010; `spice1.proto`, the proto of protocol version 1, kept it",
        help: "leave it out, and write the padding as fields of the cases that need it",
        superfluous: false,
    },
    Removed {
        name: "minor",
        effect: "told the minor version of the protocol that added a field",
        history: "`spice.proto` had it in 2010; `spice1.proto`, the proto of protocol version 1, kept it",
        help: "leave it out, and define a new message with a new id for the added fields",
        superfluous: false,
    },
    Removed {
        name: "c_ptr",
        effect: "made the C struct hold a real pointer, when other pointers were 64-bit addresses",
        history: "`spice.proto` and `spice1.proto` had it in 2010, until all pointers became real pointers in C",
        help: "leave it out: every pointer is a C pointer",
        superfluous: true,
    },
    Removed {
        name: "bytes",
        effect: "made the size of an array count bytes and not elements",
        history: "early versions of the language had it",
        help: "send the number of elements, or write an array of `uint8`",
        superfluous: false,
    },
];

/// The attributes that determine how a C struct holds a field. A field has at most one of them.
pub(super) const OUTPUT: [&str; 6] = ["end", "to_ptr", "as_ptr", "ptr_array", "zero", "chunk"];

/// Converts attributes to those of the model.
pub(super) fn to_model(attributes: &[Attribute]) -> model::Attributes {
    let keep = |attribute: &Attribute| model::Attribute {
        name: attribute.name.text.to_owned(),
        argument: attribute.arguments.first().map(|argument| match argument {
            AttributeValue::Number(number) => number.value.to_string(),
            AttributeValue::Name(name) => name.text.to_owned(),
        }),
    };
    model::Attributes(attributes.iter().map(keep).collect())
}

/// The attribute with this name.
pub(super) fn find<'a>(attributes: &'a [Attribute<'a>], name: &str) -> Option<&'a Attribute<'a>> {
    attributes
        .iter()
        .find(|attribute| attribute.name.text == name)
}

/// Checks the attributes of all places.
#[derive(Debug)]
pub(super) struct AttributeCheck<'s> {
    suggester: &'s Suggester,
}

impl<'s> AttributeCheck<'s> {
    pub(super) const fn new(suggester: &'s Suggester) -> Self {
        Self { suggester }
    }

    /// Checks the attributes of one place.
    pub(super) fn check(
        &self,
        place: Place,
        attributes: &[Attribute],
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        // At most one of each known attribute, so searching it is fast.
        let mut accepted: Vec<&Attribute> = Vec::new();
        for attribute in attributes {
            let name = attribute.name.text;
            let Some((_, takes)) = KNOWN.iter().find(|(known, _)| *known == name) else {
                diagnostics.push(self.unknown(attribute));
                continue;
            };
            diagnostics.extend(misplaced(place, attribute));
            diagnostics.extend(wrong_arguments(attribute, *takes));
            let mut conflicts = accepted
                .iter()
                .filter_map(|earlier| conflict(place, earlier, attribute));
            match conflicts.next() {
                Some(diagnostic) => diagnostics.push(diagnostic),
                None => accepted.push(attribute),
            }
        }
    }

    fn unknown(&self, attribute: &Attribute) -> Diagnostic {
        let name = attribute.name.text;
        if let Some(removed) = REMOVED.iter().find(|removed| removed.name == name) {
            let message = format!("`@{name}` is no longer part of the language");
            let diagnostic = Diagnostic::new(Code::RemovedAttribute, attribute.span, message)
                .label("removed")
                .note(format!("it {}", removed.effect))
                .note(removed.history);
            return if removed.superfluous {
                diagnostic.suggest(removed.help, attribute.span, "")
            } else {
                diagnostic.help(removed.help)
            };
        }
        let known = KNOWN.iter().map(|(known, _)| *known);
        let list: Vec<String> = known.clone().map(|known| format!("`@{known}`")).collect();
        let message = format!("there is no attribute `@{name}`");
        let diagnostic = Diagnostic::new(Code::UnknownAttribute, attribute.name.span, message)
            .label("unknown")
            .help(format!("the attributes are {}", list.join(" ")));
        self.suggester.suggest(diagnostic, &attribute.name, known)
    }
}

/// Reports an item's attribute other than `@deprecated`, and `@deprecated` in any other place.
fn misplaced(place: Place, attribute: &Attribute) -> Option<Diagnostic> {
    let name = attribute.name.text;
    let message = match (place, name) {
        (Place::Item, DEPRECATED) => return None,
        (Place::Item, _) => format!("`@{name}` has no meaning on an item"),
        (_, DEPRECATED) => "only items of enums and flags can be `@deprecated`".to_owned(),
        _ => return None,
    };
    Some(
        Diagnostic::new(Code::MisplacedAttribute, attribute.span, message)
            .label("no meaning here")
            .suggest("leave it out", attribute.span, ""),
    )
}

fn wrong_arguments(attribute: &Attribute, takes: Takes) -> Option<Diagnostic> {
    let (right, expected) = match (takes, attribute.arguments.as_slice()) {
        (Takes::Nothing, arguments) => (arguments.is_empty(), "takes no argument"),
        (Takes::OptionalName, arguments) => (
            matches!(arguments, [] | [AttributeValue::Name(_)]),
            "takes at most one name",
        ),
        (Takes::Name, arguments) => (
            matches!(arguments, [AttributeValue::Name(_)]),
            "takes exactly one name",
        ),
        (Takes::Number, arguments) => (
            matches!(arguments, [AttributeValue::Number(_)]),
            "takes exactly one number",
        ),
    };
    (!right).then(|| {
        let name = attribute.name.text;
        let message = format!("`@{name}` {expected}");
        let diagnostic = Diagnostic::new(Code::AttributeArguments, attribute.span, message);
        let arguments = Span::new(attribute.name.span.end, attribute.span.end);
        match takes {
            Takes::Nothing => diagnostic.suggest("leave out the argument", arguments, ""),
            Takes::Number => diagnostic.help(format!("write `@{name}(0)`, with the right number")),
            Takes::Name => diagnostic.help(format!("write `@{name}(name)`")),
            Takes::OptionalName => diagnostic.help(format!("write `@{name}` or `@{name}(name)`")),
        }
    })
}

fn conflict(place: Place, earlier: &Attribute, attribute: &Attribute) -> Option<Diagnostic> {
    let (first, second) = (earlier.name.text, attribute.name.text);
    if first == second {
        let message = format!("`@{second}` is repeated");
        return Some(
            Diagnostic::new(Code::RepeatedAttribute, attribute.span, message)
                .label("repeated here")
                .also(earlier.span, "first used here")
                .suggest("leave it out", attribute.span, ""),
        );
    }
    if place != Place::Field || !OUTPUT.contains(&first) || !OUTPUT.contains(&second) {
        return None;
    }
    let message = format!("`@{first}` and `@{second}` exclude each other");
    let diagnostic = Diagnostic::new(Code::OutputConflict, attribute.span, message)
        .label(format!("conflicts with `@{first}`"))
        .also(earlier.span, format!("`@{first}` is used here"))
        .note("a field has at most one of `@end @to_ptr @as_ptr @ptr_array @zero @chunk`: each determines how a C struct holds it")
        .note("protos of the first releases (2010–2011) combine them, as in `@end @as_ptr(size)` or `@end @zero`");
    // `@end` only told where C keeps what the other attribute describes.
    Some(match (first, second) {
        ("end", _) => diagnostic.suggest("leave out `@end`", earlier.span, ""),
        (_, "end") => diagnostic.suggest("leave out `@end`", attribute.span, ""),
        _ => diagnostic.help("keep the one that describes how the C struct holds the field"),
    })
}
