//! `text.proto`: NUL-terminated and counted text.

use spice_proto::text::text::server;
use spice_proto::text::types::*;
use spice_wire::{Decode, ErrorKind, Text};

use crate::support::{at, check, check_rewritten, decode_error, encode_error, prefixes};

#[test]
fn cstring_ends_with_nul() {
    let plain = |name| Plain {
        before: 1,
        name,
        signed_name: "b".into(),
        after: 2,
    };
    let bytes = [1, b'a', 0, b'b', 0, 2];
    check(&plain("a".into()), &bytes);
    check(&plain(Text::from_wire(b"a\0")), &bytes);
    check(&plain("".into()), &[1, 0, b'b', 0, 2]);
    assert_eq!(
        prefixes::<Plain>(&bytes),
        [
            "before@0",
            "name@1 unterminated",
            "signed_name@3 unterminated",
            "after@5"
        ]
    );
    let problem = encode_error(&plain(Text::from_wire(b"a")));
    assert_eq!(problem, at("name", 1, ErrorKind::MissingNul));
    for interior in [Text::from("a\0b"), Text::from_wire(b"a\0\0"), "a\0".into()] {
        let problem = encode_error(&plain(interior));
        assert_eq!(problem, at("name", 1, ErrorKind::InteriorNul));
    }
    let unwritten = encode_error(&Plain::default());
    assert_eq!(unwritten, at("name", 1, ErrorKind::MissingNul));
    // Bytes that are not UTF-8 are kept.
    let decoded = Plain::decode(&[1, 0xff, 0, 0, 2]).unwrap();
    assert!(decoded.name.to_str().is_err());
    check(&decoded, &[1, 0xff, 0, 0, 2]);
}

#[test]
fn cstring_behind_a_pointer() {
    let far = |nullable| Far {
        nullable,
        nonnull: "b".into(),
        deep: "c".into(),
    };
    let bytes = [
        14, 0, 0, 0, 16, 0, 0, 0, 12, 0, 0, 0, b'c', 0, b'a', 0, b'b', 0,
    ];
    check(&far(Some("a".into())), &bytes);
    assert_eq!(
        prefixes::<Far>(&bytes),
        [
            "nullable@0",
            "nonnull@4",
            "deep@8",
            "nullable@0 pointer_out_of_range",
            "nullable@14 unterminated",
            "nonnull@4 pointer_out_of_range",
            "nonnull@16 unterminated"
        ]
    );
    let bytes = [0, 0, 0, 0, 14, 0, 0, 0, 12, 0, 0, 0, b'c', 0, b'b', 0];
    check(&far(None), &bytes);
    let null = [0, 0, 0, 0, 14, 0, 0, 0, 0, 0, 0, 0, b'c', 0, b'b', 0];
    assert_eq!(
        decode_error::<Far>(&null),
        at("deep", 8, ErrorKind::NullPointer)
    );
    // Empty text still has a NUL, so its pointer is not null.
    let bytes = [14, 0, 0, 0, 15, 0, 0, 0, 12, 0, 0, 0, b'c', 0, 0, b'b', 0];
    check(&far(Some("".into())), &bytes);
    let problem = encode_error(&far(Some(Text::from_wire(b"a"))));
    assert_eq!(problem, at("nullable", 12, ErrorKind::MissingNul));
    let problem = encode_error(&Far {
        nonnull: "a\0b".into(),
        ..far(None)
    });
    assert_eq!(problem, at("nonnull", 12, ErrorKind::InteriorNul));
    let problem = encode_error(&Far::default());
    assert_eq!(problem, at("nonnull", 12, ErrorKind::MissingNul));
}

#[test]
fn counted_text_keeps_its_bytes() {
    let counted = |name| Counted {
        name,
        far: "f".into(),
        nullable: Text::default(),
    };
    let bytes = [
        3, 0, b'a', b'b', 0, 2, 0, 0, 0, 18, 0, 0, 0, 0, 0, 0, 0, 0, b'f', 0,
    ];
    check(&counted("ab".into()), &bytes);
    let unterminated = [
        2, 0, b'a', b'b', 2, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0, 0, b'f', 0,
    ];
    check(&counted(Text::from_wire(b"ab")), &unterminated);
    assert_eq!(Counted::decode(&unterminated).unwrap().name, "ab");
    let several = [
        3, 0, b'a', 0, b'b', 2, 0, 0, 0, 18, 0, 0, 0, 0, 0, 0, 0, 0, b'f', 0,
    ];
    check(&counted(Text::from_wire(b"a\0b")), &several);
    assert_eq!(Counted::decode(&several).unwrap().name, "a");
    assert_eq!(
        prefixes::<Counted>(&bytes),
        [
            "name_size@0",
            "name@2",
            "far_size@5",
            "far@9",
            "nullable_size@13",
            "nullable@14",
            "far@9 pointer_out_of_range",
            "far@18"
        ]
    );
    // Empty text without a NUL. Its pointer is in range where null is not allowed.
    let nothing = [0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
    check(&Counted::default(), &nothing);
    let null = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(
        decode_error::<Counted>(&null),
        at("far", 6, ErrorKind::NullPointer)
    );
    let mut sized = nothing;
    sized[10] = 15;
    check_rewritten(&Counted::default(), &sized, &nothing);
    sized[10] = 16;
    let problem = at("nullable", 11, ErrorKind::NullArray { count: 16 });
    assert_eq!(decode_error::<Counted>(&sized), problem);
    let long = counted("x".repeat(65_535).into());
    let problem = at("name_size", 0, ErrorKind::CountTooLarge { count: 65_536 });
    assert_eq!(encode_error(&long), problem);
}

fn entry(key: &'static str, value: &'static str) -> Entry<'static> {
    Entry {
        key: key.into(),
        value: value.into(),
    }
}

#[test]
fn array_elements_can_contain_text() {
    let entries = server::Entries {
        entries: vec![entry("a", "b"), entry("", "cd")].into(),
    };
    let bytes = [2, b'a', 0, b'b', 0, 0, b'c', b'd', 0];
    check(&entries, &bytes);
    assert_eq!(entries.entries.get(1).unwrap().value, "cd");
    assert_eq!(
        prefixes::<server::Entries>(&bytes),
        [
            "count@0",
            "entries[0].key@1 unterminated",
            "entries[0].value@3 unterminated",
            "entries[1].key@5 unterminated",
            "entries[1].value@6 unterminated"
        ]
    );
    let broken = server::Entries {
        entries: vec![entry("a", "b"), entry("x\0y", "")].into(),
    };
    let problem = at("entries[1].key", 5, ErrorKind::InteriorNul);
    assert_eq!(encode_error(&broken), problem);
    let pair = server::Pair {
        pair: [entry("a", "b"), entry("c", "d")],
    };
    check(&pair, b"a\0b\0c\0d\0");
    let problem = at("pair[0].key", 0, ErrorKind::MissingNul);
    assert_eq!(encode_error(&server::Pair::default()), problem);
}

#[test]
fn text_can_extend_to_the_end_of_the_message() {
    let rest = |text| server::Rest { text };
    check(&rest("ab".into()), b"ab\0");
    check(&rest(Text::from_wire(b"ab")), b"ab");
    check(&rest(Text::default()), b"");
    let all = server::All {
        all: vec![entry("a", "b"), entry("c", "")].into(),
    };
    check(&all, b"a\0b\0c\0\0");
    let problem = at("all[1].value", 6, ErrorKind::Unterminated);
    assert_eq!(decode_error::<server::All>(b"a\0b\0c\0d"), problem);
}
