//! The keywords that start definitions.

pub(super) use crate::spelling::nearest;

/// The keywords that start definitions.
pub(super) const DEFINITION_KEYWORDS: &[&str] = &[
    "typedef", "struct", "message", "enum8", "enum16", "enum32", "flags8", "flags16", "flags32",
    "channel", "protocol",
];
