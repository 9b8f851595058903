//! Names of the protocol in Rust's case.

use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};
use proc_macro2::{Ident, Span};

/// Keywords that are identifiers after `r#`, sorted.
const RAW_KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// Keywords that are no identifiers even after `r#`.
const HARD_KEYWORDS: &[&str] = &["self", "Self", "super", "crate"];

/// A name as an identifier.
pub(super) fn ident(name: &str) -> Ident {
    if RAW_KEYWORDS.binary_search(&name).is_ok() {
        Ident::new_raw(name, Span::call_site())
    } else if HARD_KEYWORDS.contains(&name) {
        Ident::new(&format!("{name}_"), Span::call_site())
    } else {
        Ident::new(name, Span::call_site())
    }
}

/// The identifier of a field of a Rust struct.
pub(super) fn field_ident(name: &str) -> Ident {
    ident(&value_name(name))
}

/// The name of a type or variant: `image_type` is `ImageType`, `8BIT` is `_8bit`.
pub(crate) fn type_name(name: &str) -> String {
    let name = legal_start(name.to_upper_camel_case());
    if HARD_KEYWORDS.contains(&name.as_str()) {
        format!("{name}_")
    } else {
        name
    }
}

/// The name of a field, function or module.
pub(crate) fn value_name(name: &str) -> String {
    let name = if name.contains("__") || name.chars().any(char::is_uppercase) {
        name.to_snake_case()
    } else {
        name.to_owned()
    };
    if HARD_KEYWORDS.contains(&name.as_str()) {
        format!("{name}_")
    } else {
        name
    }
}

/// The name of a constant: `ReaderAdd` is `READER_ADD`, `32_xRGB` is `_32_XRGB`.
pub(crate) fn const_name(name: &str) -> String {
    let upper = if name.contains('_') || !name.chars().any(char::is_lowercase) {
        name.to_uppercase()
    } else {
        name.to_shouty_snake_case()
    };
    legal_start(upper)
}

fn legal_start(name: String) -> String {
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        format!("_{name}")
    } else {
        name
    }
}
