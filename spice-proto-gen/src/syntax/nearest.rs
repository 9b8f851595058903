//! The keywords at the beginning of definitions.

pub(crate) use crate::suggest::nearest;

/// What a definition begins with.
pub(super) const DEFINITION_KEYWORDS: &[&str] = &[
    "typedef", "struct", "message", "enum8", "enum16", "enum32", "flags8", "flags16", "flags32",
    "channel", "protocol",
];
