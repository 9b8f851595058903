//! Resolves `@virtual` fields, which are not sent, and `@zero` fields, which are sent as zero.

use super::Resolver;
use super::attributes;
use super::layout;
use super::types::describe;
use crate::ast::{self, AttributeValue};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Field, Int, Role, Size, int_of};

impl Resolver<'_> {
    /// The role of a field that its attributes determine. `is_known` tells whether its type is known.
    pub(super) fn constant(
        &mut self,
        source: &ast::Field,
        field: &Field,
        in_case: bool,
        is_known: bool,
    ) -> Role {
        let zero = attributes::find(&source.attributes, "zero");
        if let Some(attribute) = attributes::find(&source.attributes, "virtual") {
            let value = virtual_value(attribute);
            let problem = if in_case {
                Some("is the field of a case, which cannot be virtual".to_owned())
            } else if zero.is_some() {
                Some("is virtual, so it is not sent and cannot be `@zero`".to_owned())
            } else {
                self.virtual_problem(field, value, is_known)
            };
            let problem = problem.map(|text| misused(Code::VirtualUse, source, attribute, &text));
            self.diagnostics.extend(problem);
            // A value that is missing or out of range has been reported.
            let value = value.and_then(|value| i64::try_from(value).ok());
            return Role::Virtual(value.unwrap_or(0));
        }
        let Some(attribute) = zero else {
            return Role::Value;
        };
        let problem = self.zero_problem(field, is_known);
        let problem = problem.map(|text| misused(Code::ZeroUse, source, attribute, text));
        self.diagnostics.extend(problem);
        Role::Zero
    }

    fn virtual_problem(
        &self,
        field: &Field,
        value: Option<i128>,
        is_known: bool,
    ) -> Option<String> {
        let int = int_of(&self.types, field.ty.ty);
        let kind = match (field.pointer, field.array, int) {
            (Some(_), ..) => "a pointer",
            (_, Some(_), _) => "an array",
            _ if !is_known => return None,
            (_, _, Some(int)) => return out_of_range(int, value?),
            (_, _, None) => describe(field.ty.ty),
        };
        Some(format!(
            "is {kind}, but only an integer, enum or flags field can be virtual"
        ))
    }

    fn zero_problem(&self, field: &Field, is_known: bool) -> Option<&'static str> {
        if field.pointer.is_some() {
            return Some("is a pointer, which cannot be `@zero`");
        }
        if !is_known {
            return None;
        }
        let contains = layout::field_contains(&self.types, field);
        if contains.pointers {
            Some("contains pointers, which cannot be `@zero`")
        } else if contains.fds {
            Some("contains file descriptors, which cannot be `@zero`")
        } else if let Size::AtLeast(_) = layout::value_size(&self.types, field.ty.ty, field.array) {
            Some("has no constant size, which `@zero` requires")
        } else {
            None
        }
    }
}

fn misused(
    code: Code,
    source: &ast::Field,
    attribute: &ast::Attribute,
    problem: &str,
) -> Diagnostic {
    let name = &source.name;
    let message = format!("`{}` {problem}", name.text);
    Diagnostic::new(code, attribute.span, message)
        .label(format!("`@{}` is not possible here", attribute.name.text))
        .also(name.span, "on this field")
}

fn virtual_value(attribute: &ast::Attribute) -> Option<i128> {
    match attribute.arguments.first()? {
        AttributeValue::Number(number) => Some(number.value),
        AttributeValue::Name(_) => None,
    }
}

fn out_of_range(int: Int, value: i128) -> Option<String> {
    let bits = u32::from(int.bytes).saturating_mul(8);
    let (first, last) = if int.signed {
        let end = 1_i128 << (bits - 1);
        (-end, end - 1)
    } else {
        (0, (1_i128 << bits) - 1)
    };
    // The model holds the value as a signed 64-bit number.
    let last = last.min(i128::from(i64::MAX));
    (!(first..=last).contains(&value))
        .then(|| format!("cannot hold {value}: its value must be {first} to {last}"))
}
