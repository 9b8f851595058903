//! Pass: attributes. Which there are, what arguments they take and where they may stand.

use super::nearest::Nearest;
use super::walk::{Place, Visitor, walk};
use crate::ast::{Attribute, AttributeValue, File};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::model;

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

/// Attributes of the past: what each was, and what to write today.
const REMOVED: [(&str, &str, &str); 6] = [
    (
        "ptr32",
        "it made a pointer 32 bits wide where pointers had 64",
        "leave it out: every pointer is a 32-bit offset today",
    ),
    (
        "bytes_count",
        "it named the C variable that received the number of bytes of an array",
        "write the size out as a field before the array, `uint32 size;`, and the array as `data[size]`",
    ),
    (
        "fixedsize",
        "it padded all cases of a switch to the size of the largest",
        "leave it out, and write padding as fields of the cases that need it",
    ),
    (
        "minor",
        "it named the minor version of the protocol in which a member appeared",
        "leave it out: a proto describes one version, and a message that grew gets a new id",
    ),
    (
        "c_ptr",
        "it made the C struct hold a pointer in place of the value",
        "write `@to_ptr`, or `@as_ptr(length)` for an array",
    ),
    (
        "bytes",
        "it made the size of an array count bytes and not elements",
        "write an array of `uint8` whose size field counts its bytes",
    ),
];

/// Of these a field has at most one: each says how the C struct holds the field.
const OUTPUT: [&str; 6] = ["end", "to_ptr", "as_ptr", "ptr_array", "zero", "chunk"];

/// Checks all attributes of a file.
pub(super) fn check(file: &File, nearest: &Nearest, findings: &mut Vec<Diagnostic>) {
    walk(file, &mut Checker { nearest, findings });
}

/// The attributes as the model keeps them.
pub(super) fn model(attributes: &[Attribute]) -> model::Attributes {
    let keep = |attribute: &Attribute| model::Attribute {
        name: attribute.name.text.clone(),
        argument: attribute.arguments.first().map(|argument| match argument {
            AttributeValue::Number(number) => number.value.to_string(),
            AttributeValue::Name(name) => name.text.clone(),
        }),
    };
    model::Attributes(attributes.iter().map(keep).collect())
}

/// The attribute with this name.
pub(super) fn find<'a>(attributes: &'a [Attribute], name: &str) -> Option<&'a Attribute> {
    attributes
        .iter()
        .find(|attribute| attribute.name.text == name)
}

struct Checker<'c> {
    nearest: &'c Nearest,
    findings: &'c mut Vec<Diagnostic>,
}

impl<'a> Visitor<'a> for Checker<'_> {
    fn attributes(&mut self, place: Place, attributes: &'a [Attribute]) {
        let mut seen: Vec<&Attribute> = Vec::new();
        for attribute in attributes {
            let name = attribute.name.text.as_str();
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
        let name = attribute.name.text.as_str();
        if let Some((_, was, today)) = REMOVED.iter().find(|(removed, ..)| *removed == name) {
            return Diagnostic::new(
                Code::RemovedAttribute,
                attribute.span,
                format!("`@{name}` is no longer part of the language"),
            )
            .label("an attribute of the past")
            .note(format!("`@{name}`: {was}"))
            .help(*today);
        }
        let finding = Diagnostic::new(
            Code::UnknownAttribute,
            attribute.name.span,
            format!("there is no attribute `@{name}`"),
        )
        .label("not known");
        let known = KNOWN.iter().map(|(known, _)| *known);
        self.nearest.suggest(finding, &attribute.name, known)
    }
}

/// `@deprecated` stands on items, and nothing else does.
fn misplaced(place: Place, attribute: &Attribute) -> Option<Diagnostic> {
    let name = attribute.name.text.as_str();
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
        Diagnostic::new(
            Code::AttributeArguments,
            attribute.span,
            format!("`@{}` {expected}", attribute.name.text),
        )
        .label(expected)
    })
}

fn conflict(place: Place, earlier: &Attribute, attribute: &Attribute) -> Option<Diagnostic> {
    let (first, second) = (earlier.name.text.as_str(), attribute.name.text.as_str());
    if first == second {
        return Some(
            Diagnostic::new(
                Code::RepeatedAttribute,
                attribute.span,
                format!("`@{second}` stands twice"),
            )
            .label("once more here")
            .also(earlier.span, "first here"),
        );
    }
    let both = OUTPUT.contains(&first) && OUTPUT.contains(&second);
    (place == Place::Field && both).then(|| {
        Diagnostic::new(
            Code::OutputConflict,
            attribute.span,
            format!("`@{first}` and `@{second}` exclude each other"),
        )
        .label("in conflict")
        .also(earlier.span, "with this one")
        .note("a field has at most one of `@end @to_ptr @as_ptr @ptr_array @zero @chunk`")
    })
}
