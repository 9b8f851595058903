//! Pass: attributes. Which there are, what arguments they take and where they may stand.

use super::nearest::Nearest;
use super::walk::{Place, Visitor};
use crate::ast::{Attribute, AttributeValue};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::model;
use crate::span::Span;

/// What stands in the parentheses of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    Nothing,
    Name,
    PerhapsName,
    Number,
}

const KNOWN: [(&str, Takes); 20] = [
    ("anon", Takes::Nothing),
    ("as_ptr", Takes::PerhapsName),
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

/// The one attribute of items.
const DEPRECATED: &str = "deprecated";

/// An attribute of the past.
struct Removed {
    name: &'static str,
    /// What it was.
    was: &'static str,
    /// Since when it is gone.
    since: &'static str,
    /// What to write today.
    today: &'static str,
    /// Whether leaving it out is all there is to do.
    superfluous: bool,
}

/// The first version of the protocol had a proto of its own.
const VERSION_1: &str = "only the proto of protocol version 1 had it (`spice1.proto`); it is gone since version 2 (2010)";
const FIRST_RELEASES: &str = "only the first releases had it (2010–2011)";

/// All attributes of the past.
const REMOVED: [Removed; 6] = [
    Removed {
        name: "ptr32",
        was: "made a pointer 32 bits wide, when pointers had 64",
        since: VERSION_1,
        today: "leave it out: every pointer is an offset of 32 bits",
        superfluous: true,
    },
    Removed {
        name: "bytes_count",
        was: "marked a size field that counted bytes and not elements",
        since: VERSION_1,
        today: "leave it out, and let the field count elements: `uint32 count; Element elements[count];`",
        superfluous: false,
    },
    Removed {
        name: "fixedsize",
        was: "padded every case of a switch to the size of the largest",
        since: VERSION_1,
        today: "leave it out, and write the padding as fields of the cases that need it",
        superfluous: false,
    },
    Removed {
        name: "minor",
        was: "said in which minor version of the protocol a field appeared",
        since: VERSION_1,
        today: "leave it out: a message that grew is a new message, with an id of its own",
        superfluous: false,
    },
    Removed {
        name: "c_ptr",
        was: "made C hold a real pointer, when other pointers were 64-bit addresses",
        since: "gone since all pointers are real pointers in C (2010, before the first release of protocol version 2)",
        today: "leave it out: every pointer is a C pointer",
        superfluous: true,
    },
    Removed {
        name: "bytes",
        was: "made the size of an array count bytes and not elements",
        since: FIRST_RELEASES,
        today: "let the size field count elements, or write an array of `uint8`",
        superfluous: false,
    },
];

/// Of these a field has at most one: each says how the C struct holds the field.
const OUTPUT: [&str; 6] = ["end", "to_ptr", "as_ptr", "ptr_array", "zero", "chunk"];

/// The attributes as the model keeps them.
pub(super) fn model(attributes: &[Attribute]) -> model::Attributes {
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

/// Checks all attributes of a file.
#[derive(Debug)]
pub(super) struct Checker<'n> {
    nearest: &'n Nearest,
    /// What was found.
    pub(super) findings: Vec<Diagnostic>,
}

impl<'n> Checker<'n> {
    /// A check that has seen nothing so far.
    pub(super) const fn new(nearest: &'n Nearest) -> Self {
        Self {
            nearest,
            findings: Vec::new(),
        }
    }
}

impl<'a> Visitor<'a> for Checker<'_> {
    fn attributes(&mut self, place: Place, attributes: &'a [Attribute<'a>]) {
        let mut seen: Vec<&Attribute> = Vec::new();
        for attribute in attributes {
            let name = attribute.name.text;
            let Some((_, takes)) = KNOWN.iter().find(|(known, _)| *known == name) else {
                let finding = self.not_known(attribute);
                self.findings.push(finding);
                continue;
            };
            self.findings.extend(misplaced(place, attribute));
            self.findings.extend(wrong_arguments(attribute, *takes));
            // There are fewer known attributes than would make this search slow.
            let conflicting = seen
                .iter()
                .find_map(|earlier| conflict(place, earlier, attribute));
            match conflicting {
                Some(finding) => self.findings.push(finding),
                None => seen.push(attribute),
            }
        }
    }
}

impl Checker<'_> {
    fn not_known(&self, attribute: &Attribute) -> Diagnostic {
        let name = attribute.name.text;
        if let Some(removed) = REMOVED.iter().find(|removed| removed.name == name) {
            let finding = Diagnostic::new(
                Code::RemovedAttribute,
                attribute.span,
                format!("`@{name}` is no longer part of the language"),
            )
            .label("an attribute of the past")
            .note(format!("it {}", removed.was))
            .note(removed.since);
            return match removed.superfluous {
                true => finding.suggest(removed.today, attribute.span, ""),
                false => finding.help(removed.today),
            };
        }
        let finding = Diagnostic::new(
            Code::UnknownAttribute,
            attribute.name.span,
            format!("there is no attribute `@{name}`"),
        )
        .label("not known");
        let names: Vec<String> = KNOWN
            .iter()
            .map(|(known, _)| format!("`@{known}`"))
            .collect();
        let finding = finding.help(format!("the attributes are {}", names.join(" ")));
        let known = KNOWN.iter().map(|(known, _)| *known);
        self.nearest.suggest(finding, &attribute.name, known)
    }
}

/// `@deprecated` stands on items, and nothing else does.
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
        (Takes::PerhapsName, arguments) => (
            matches!(arguments, [] | [AttributeValue::Name(_)]),
            "takes a name at most",
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
        let finding = Diagnostic::new(Code::AttributeArguments, attribute.span, message);
        let behind = Span::new(attribute.name.span.end, attribute.span.end);
        match takes {
            Takes::Nothing => finding.suggest("leave out what is in parentheses", behind, ""),
            Takes::Number => finding.help(format!("write it as `@{name}(0)`")),
            Takes::Name => finding.help(format!("write it as `@{name}(name)`")),
            Takes::PerhapsName => finding.help(format!("write `@{name}` or `@{name}(name)`")),
        }
    })
}

fn conflict(place: Place, earlier: &Attribute, attribute: &Attribute) -> Option<Diagnostic> {
    let (first, second) = (earlier.name.text, attribute.name.text);
    if first == second {
        return Some(
            Diagnostic::new(
                Code::RepeatedAttribute,
                attribute.span,
                format!("`@{second}` stands twice"),
            )
            .label("once more here")
            .also(earlier.span, "first here")
            .suggest("leave it out", attribute.span, ""),
        );
    }
    let both = OUTPUT.contains(&first) && OUTPUT.contains(&second);
    (place == Place::Field && both).then(|| {
        let finding = Diagnostic::new(
            Code::OutputConflict,
            attribute.span,
            format!("`@{first}` and `@{second}` exclude each other"),
        )
        .label("in conflict")
        .also(earlier.span, "with this one")
        .note("a field has at most one of `@end @to_ptr @as_ptr @ptr_array @zero @chunk`: each says how C holds it")
        .note("protos of the first releases have two, as `@end @as_ptr(size)` or `@end @zero` (2010–2011)");
        // `@end` only ever said where C keeps what the other one describes.
        match (first, second) {
            ("end", _) => finding.suggest("leave out `@end`", earlier.span, ""),
            (_, "end") => finding.suggest("leave out `@end`", attribute.span, ""),
            _ => finding.help("keep the one that says how C holds the field today"),
        }
    })
}
