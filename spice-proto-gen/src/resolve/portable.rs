//! Pass: what the reference generator would not accept.

use super::walk::Visitor;
use crate::ast::Number;
use crate::codes::Code;
use crate::diagnostic::Diagnostic;

/// Reports what other generators of the language cannot read.
#[derive(Debug, Default)]
pub(super) struct Portable {
    /// What was found.
    pub(super) findings: Vec<Diagnostic>,
}

impl<'a> Visitor<'a> for Portable {
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
