//! Pass: constants. Fields that are zero on the wire, and fields that are not on the wire.

use super::Resolver;
use super::attributes;
use super::layout;
use super::types::describe;
use crate::ast::{self, AttributeValue};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::model::{Field, Int, Role, Size, Type, TypeDef};

impl Resolver<'_> {
    /// The role of a field so far as its attributes say it; `known` is whether its type is.
    pub(super) fn constant(
        &mut self,
        source: &ast::Field,
        field: &Field,
        in_case: bool,
        known: bool,
    ) -> Role {
        let zero = attributes::find(&source.attributes, "zero");
        if let Some(attribute) = attributes::find(&source.attributes, "virtual") {
            let unfit = if in_case {
                Some("is the field of a case, which cannot be virtual".to_owned())
            } else if zero.is_some() {
                Some("is not on the wire, so it cannot be `@zero` too".to_owned())
            } else {
                self.not_virtual(field, virtual_value(attribute), known)
            };
            self.report(Code::VirtualUse, source, attribute, unfit);
            let value = virtual_value(attribute).and_then(|value| i64::try_from(value).ok());
            return Role::Virtual(value.unwrap_or(0));
        }
        let Some(attribute) = zero else {
            return Role::Value;
        };
        let unfit = self.not_zero(field, known);
        self.report(Code::ZeroUse, source, attribute, unfit);
        Role::Zero
    }

    fn report(
        &mut self,
        code: Code,
        source: &ast::Field,
        attribute: &ast::Attribute,
        unfit: Option<String>,
    ) {
        let Some(unfit) = unfit else {
            return;
        };
        let name = &source.name;
        self.findings.push(
            Diagnostic::new(code, attribute.span, format!("`{}` {unfit}", name.text))
                .label(format!("`@{}` is not possible here", attribute.name.text))
                .also(name.span, "on this field"),
        );
    }

    fn not_virtual(&self, field: &Field, value: Option<i128>, known: bool) -> Option<String> {
        let what = match (field.pointer, field.array, field.ty.ty) {
            (Some(_), ..) => "a pointer",
            (_, Some(_), _) => "an array",
            _ if !known => return None,
            (_, _, Type::Int(int)) => return out_of_range(int, value?),
            (_, _, Type::Enum(id)) => {
                let Some(TypeDef::Enum(found)) = self.types.get(id.0) else {
                    return None;
                };
                let int = Int {
                    bytes: found.bytes,
                    signed: false,
                };
                return out_of_range(int, value?);
            }
            (_, _, ty) => describe(ty),
        };
        Some(format!(
            "is {what}; only an integer, enum or flags field can be virtual"
        ))
    }

    fn not_zero(&self, field: &Field, known: bool) -> Option<String> {
        if field.pointer.is_some() {
            return Some("is a pointer, which cannot be written as zero".to_owned());
        }
        if !known {
            return None;
        }
        let contains = layout::field_contains(&self.types, field);
        if contains.pointers {
            Some("contains pointers, which cannot be written as zero".to_owned())
        } else if contains.fds {
            Some("contains file descriptors, which cannot be zero".to_owned())
        } else if let Size::AtLeast(_) = layout::value_size(&self.types, field.ty.ty, field.array) {
            Some("has no constant size, so it is not known how much of it is zero".to_owned())
        } else {
            None
        }
    }
}

fn virtual_value(attribute: &ast::Attribute) -> Option<i128> {
    match attribute.arguments.first()? {
        AttributeValue::Number(number) => Some(number.value),
        AttributeValue::Name(_) => None,
    }
}

fn out_of_range(int: Int, value: i128) -> Option<String> {
    let bits = u32::from(int.bytes).saturating_mul(8);
    let magnitude = if int.signed {
        bits.saturating_sub(1)
    } else {
        bits
    };
    let end = 1_i128.checked_shl(magnitude).unwrap_or(i128::MAX);
    let start = if int.signed { end.saturating_neg() } else { 0 };
    // The model holds the value as a signed 64-bit number.
    let end = end.min(i128::from(i64::MAX).saturating_add(1));
    (!(start..end).contains(&value)).then(|| {
        let last = end.saturating_sub(1);
        format!("cannot hold {value}: its value must be {start} to {last}")
    })
}
