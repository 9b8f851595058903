//! Names of the values of enums and flags: lookup, printing and parsing.

use alloc::boxed::Box;
use core::fmt::{self, Formatter};

/// The named values of an enum or flags type.
pub trait Named: crate::__private::Sealed + Sized + 'static {
    /// The names as the proto writes them, and their values, in the order of the proto.
    const ITEMS: &'static [(&'static str, Self)];
}

/// A text that is neither a name of an enum or flags type nor a number in its range.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ParseNameError {
    text: Box<str>,
    ty: &'static str,
    max: u32,
}

impl fmt::Display for ParseNameError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { text, ty, max } = self;
        write!(
            f,
            "`{text}` is neither a name of `{ty}` nor a number up to {max}"
        )
    }
}

impl core::error::Error for ParseNameError {}

/// The names and values of an enum's items. The functions below are compiled once for all enums.
type Items<'i> = &'i mut dyn Iterator<Item = (&'static str, u32)>;

/// The name of the item with this number.
pub fn item_name(items: Items<'_>, number: u32) -> Option<&'static str> {
    let mut items = items.filter(|(_, item)| *item == number);
    items.next().map(|(name, _)| name)
}

/// Shows the name of an enum's value, or the type and the number if it has no name.
pub fn debug_enum(name: Option<&str>, number: u32, ty: &str, f: &mut Formatter<'_>) -> fmt::Result {
    match name {
        Some(name) => f.write_str(name),
        None => write!(f, "{ty}({number})"),
    }
}

/// Prints the name of an enum's value, or the number if it has no name.
pub fn display_enum(name: Option<&str>, number: u32, f: &mut Formatter<'_>) -> fmt::Result {
    match name {
        Some(name) => f.pad(name),
        None => fmt::Display::fmt(&number, f),
    }
}

/// Shows the names of flags, and bits without a name as a number.
pub fn debug_flags(items: Items<'_>, bits: u32, f: &mut Formatter<'_>) -> fmt::Result {
    match bits {
        0 => f.write_str("(empty)"),
        _ => display_flags(items, bits, f),
    }
}

/// Prints the names of flags, and bits without a name as a number.
pub fn display_flags(items: Items<'_>, bits: u32, f: &mut Formatter<'_>) -> fmt::Result {
    let mut unnamed = bits;
    let mut separator = "";
    for (name, bit) in items {
        if bits & bit != 0 {
            write!(f, "{separator}{name}")?;
            separator = " | ";
            unnamed &= !bit;
        }
    }
    match (unnamed, bits) {
        (0, 0) => f.write_str("0"),
        (0, _) => Ok(()),
        _ => write!(f, "{separator}{unnamed:#x}"),
    }
}

/// The value of an item's name. A number up to `max`, decimal or hexadecimal with `0x`, is its own value.
pub fn parse_item(
    items: Items<'_>,
    text: &str,
    ty: &'static str,
    max: u32,
) -> Result<u32, ParseNameError> {
    let mut items = items.filter(|(name, _)| *name == text);
    let number = || match text.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => text.parse(),
    };
    match (items.next(), number()) {
        (Some((_, value)), _) => Ok(value),
        (None, Ok(value)) if value <= max => Ok(value),
        _ => {
            let text = text.into();
            Err(ParseNameError { text, ty, max })
        }
    }
}

/// The bits of names and numbers that `|` separates. `parse` parses one of them.
pub fn parse_flags(
    text: &str,
    parse: &dyn Fn(&str) -> Result<u32, ParseNameError>,
) -> Result<u32, ParseNameError> {
    let mut parts = text.split('|');
    parts.try_fold(0, |bits, part| Ok(bits | parse(part.trim())?))
}
