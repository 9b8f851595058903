//! The canonical layout of a proto.
//!
//! [`format()`] keeps every token and every comment and replaces the whitespace between them. `layout`
//! divides tokens and comments into lines, `lines` aligns the comments at their ends.

mod layout;
mod lines;
#[cfg(test)]
mod tests;

use self::layout::layout;
use crate::diagnostic::Diagnostic;
use crate::syntax;

/// Formats a proto.
///
/// The result has the same model, documentation included, and formatting it again changes nothing.
/// Names need not have a definition: the syntax alone matters.
///
/// ```
/// use spice_proto_gen::backend::format::format;
///
/// let text = "enum8 state{OFF,ON};  protocol P{};";
/// let formatted = "enum8 state {\n    OFF,\n    ON,\n};\n\nprotocol P {\n};\n";
/// assert_eq!(format(text.as_bytes()).as_deref(), Ok(formatted));
/// ```
///
/// # Errors
///
/// Returns the diagnostics of a proto with a syntax error.
pub fn format(text: &[u8]) -> Result<String, Vec<Diagnostic>> {
    let text = syntax::decode(text).map_err(|diagnostic| vec![diagnostic])?;
    let (_, diagnostics) = syntax::parse(text);
    if diagnostics.is_empty() {
        Ok(layout(text).render())
    } else {
        Err(diagnostics)
    }
}
