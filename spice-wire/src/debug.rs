//! `Debug` output of bounded length.

use core::fmt::{self, Debug, Formatter};

/// Maximum number of bytes that are shown.
const MAX_BYTES: usize = 32;
/// Maximum number of list elements that are shown.
const MAX_ELEMENTS: usize = 16;
/// Maximum number of characters that are shown.
const MAX_CHARACTERS: usize = 256;

/// Shows bytes as text if they are printable, and as hexadecimal digits otherwise.
pub(crate) fn bytes(bytes: &[u8], f: &mut Formatter<'_>) -> fmt::Result {
    if let Some(printable) = printable(bytes) {
        return text(printable, bytes.len(), f);
    }
    f.write_str("[")?;
    let mut separator = "";
    for byte in bytes.iter().take(MAX_BYTES) {
        write!(f, "{separator}{byte:02x}")?;
        separator = " ";
    }
    match bytes.len() {
        ..=MAX_BYTES => f.write_str("]"),
        len => write!(f, " … {len} bytes]"),
    }
}

/// Bytes as text, if they are printable UTF-8 and at most a NUL at the end.
fn printable(bytes: &[u8]) -> Option<&str> {
    let text = core::str::from_utf8(bytes).ok()?;
    let content = text.strip_suffix('\0').unwrap_or(text);
    let is_printable =
        |character: char| !character.is_control() || matches!(character, '\n' | '\r' | '\t');
    (!content.is_empty() && content.chars().all(is_printable)).then_some(text)
}

/// Shows the text of `len` bytes as a string literal.
pub(crate) fn text(text: &str, len: usize, f: &mut Formatter<'_>) -> fmt::Result {
    let end = text.char_indices().nth(MAX_CHARACTERS);
    match end.and_then(|(end, _)| text.get(..end)) {
        Some(start) => write!(f, "{start:?}… {len} bytes"),
        None => Debug::fmt(text, f),
    }
}

/// Shows the elements of a list.
pub(crate) fn elements<T: Debug>(
    elements: impl ExactSizeIterator<Item = T>,
    f: &mut Formatter<'_>,
) -> fmt::Result {
    let len = elements.len();
    let mut list = f.debug_list();
    list.entries(elements.take(MAX_ELEMENTS));
    if len > MAX_ELEMENTS {
        list.entry(&format_args!("… {len} elements"));
    }
    list.finish()
}

#[cfg(test)]
mod tests {
    use crate::{Bytes, IoBody, List, Reader, Text};
    use alloc::{format, string::String, vec};

    fn shown(bytes: &[u8]) -> String {
        format!("{:?}", Bytes::new(bytes))
    }

    #[test]
    fn printable_bytes_read_as_text() {
        assert_eq!(shown(b"agent \xc3\xa9\n"), r#""agent é\n""#);
        assert_eq!(shown(b"qemu\0"), r#""qemu\0""#);
        assert_eq!(shown(b"qemu\0\0"), "[71 65 6d 75 00 00]");
        assert_eq!(shown(b"a\x1b"), "[61 1b]");
        assert_eq!(shown(b"a\xff"), "[61 ff]");
        assert_eq!((shown(b"\0"), shown(b"")), ("[00]".into(), "[]".into()));
    }

    #[test]
    fn long_values_show_their_start_and_length() {
        assert_eq!(shown(&[1; 32]), format!("[01{}]", " 01".repeat(31)));
        let long = format!("[01{} … 33 bytes]", " 01".repeat(31));
        assert_eq!(shown(&[1; 33]), long);
        let text = format!("{:?}… 65536 bytes", "é".repeat(256));
        assert_eq!(shown("é".repeat(32_768).as_bytes()), text);
        let name = "x".repeat(300);
        let text = format!("{:?}", Text::from_wire(name.as_bytes()));
        assert!(text.ends_with("xx\"… 300 bytes (unterminated)"), "{text}");
        let list = List::<'_, u32>::from(vec![7; 17]);
        let elements = format!("[{}… 17 elements]", "7, ".repeat(16));
        assert_eq!(format!("{list:?}"), elements);
        assert_eq!(format!("{:?}", list.iter()), elements);
        let reader = format!("{:?}", Reader::new(&[0; 65_536]));
        assert!(
            reader.starts_with("Reader { offset: 0, len: 65536"),
            "{reader}"
        );
        let mut body = IoBody::default();
        body.encode(&list).unwrap();
        assert_eq!(format!("{body:?}"), "IoBody { len: 68, borrowed: 0 }");
    }
}
