//! Glob imports of generated types beside the prelude, the standard library and the runtime.
#![deny(warnings)]

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Cursor;
use std::path::Path;

use spice_messages::types::*;
use spice_messages::wire::{Encode, Text};

/// Names of the prelude mean the prelude's types and traits.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Marked(Option<u8>);

fn copied<T: Copy>(value: &T) -> T {
    *value
}

#[test]
fn names_of_rust_and_of_the_runtime_keep_their_meaning() {
    let text: String = "a".to_string();
    let path: &Path = Path::new(&text);
    let cursor: Cursor<Vec<u8>> = Cursor::new(vec![1]);
    let names: HashMap<String, Cow<'_, str>> = HashMap::from([(text.clone(), "b".into())]);
    let result: Result<Box<str>, String> = Ok("c".into());
    let name: Text<'_> = Text::from("d");
    assert_eq!(path.to_str(), Some("a"));
    assert_eq!((cursor.into_inner(), names.len()), (vec![1], 1));
    assert_eq!((result.as_deref(), name.to_str()), (Ok("c"), Ok("d")));
    assert_eq!(copied(&Marked(Some(1))), Marked(Some(1)));
}

#[test]
fn types_with_such_names_begin_with_spice() {
    let path = SpicePath::default();
    let copy = SpiceCopy {
        src_area: Rect::default(),
        ..SpiceCopy::default()
    };
    let text = SpiceText::default();
    let cursor = SpiceCursor::default();
    assert_eq!(SpiceString::default(), text.str);
    assert_eq!(path.encode_to_vec(), Ok(vec![0; 4]));
    assert_eq!(copy.rop_descriptor, Ropd::empty());
    assert_eq!(cursor.flags, CursorFlags::empty());
}
