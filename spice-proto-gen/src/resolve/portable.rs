//! Pass: what the reference generator would not accept.

use super::walk::{Visitor, walk};
use crate::ast::{File, Number};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;

/// Reports what other generators of the language cannot read.
pub(super) fn check(file: &File, findings: &mut Vec<Diagnostic>) {
    walk(file, &mut Portable { findings });
}

struct Portable<'f> {
    findings: &'f mut Vec<Diagnostic>,
}

impl<'a> Visitor<'a> for Portable<'_> {
    fn number(&mut self, number: &'a Number) {
        if number.hexadecimal {
            self.findings.push(
                Diagnostic::new(
                    Code::NotPortable,
                    number.span,
                    "the reference generator does not read hexadecimal numbers",
                )
                .suggest(
                    format!("write `{}`", number.value),
                    number.span,
                    number.value.to_string(),
                ),
            );
        }
    }
}
