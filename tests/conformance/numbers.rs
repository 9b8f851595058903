//! `numbers.proto`: fixed-size values.

use spice_proto::numbers::numbers::server;
use spice_proto::numbers::types::*;
use spice_wire::{Decode, Encode, ErrorKind, Named};

use crate::support::{at, check, check_rewritten, decode_error, prefixes};

#[test]
fn integers_are_little_endian() {
    let integers = Integers {
        i8: -1,
        u8: 2,
        i16: -3,
        u16: 0x0405,
        i32: -6,
        u32: 0x0708_090a,
        i64: -11,
        u64: 0x0c0d_0e0f_1011_1213,
    };
    let bytes = [
        0xff, 2, 0xfd, 0xff, 5, 4, 0xfa, 0xff, 0xff, 0xff, 10, 9, 8, 7, 0xf5, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0x13, 0x12, 0x11, 0x10, 0x0f, 0x0e, 0x0d, 0x0c,
    ];
    check(&integers, &bytes);
    assert_eq!(Integers::WIRE_SIZE, Some(30));
    assert_eq!(
        prefixes::<Integers>(&bytes),
        [
            "i8@0", "u8@1", "i16@2", "u16@4", "i32@6", "u32@10", "i64@14", "u64@22"
        ]
    );
    let message = server::Integers { integers };
    check(&message, &bytes);
    let truncated = ErrorKind::Truncated {
        needed: 4,
        available: 1,
    };
    assert_eq!(
        decode_error::<server::Integers>(&bytes[..7]),
        at("integers.i32", 6, truncated)
    );
    let named = server::Message::decode(1, &bytes[..7]).unwrap_err();
    assert_eq!(named.message(), Some("numbers.server.integers"));
    assert_eq!(
        named.to_string(),
        "numbers.server.integers: integers.i32 (byte 6): needs 4 bytes where 1 are left"
    );
}

#[test]
fn items_count_up_and_unknown_values_are_kept() {
    let kinds = [
        Kind::FIRST,
        Kind::SECOND,
        Kind::TENTH,
        Kind::ELEVENTH,
        Kind::HEXADECIMAL,
        Kind::LAST,
    ];
    assert_eq!(kinds.map(u8::from), [0, 1, 10, 11, 64, 255]);
    let wide: Vec<_> = WideKind::ITEMS
        .iter()
        .map(|(name, item)| (*name, item.0))
        .collect();
    let expected = [
        ("THREE", 3),
        ("FOUR", 4),
        ("ONE", 1),
        ("TWO", 2),
        ("TOP", 0xffff),
    ];
    assert_eq!(wide, expected);
    assert_eq!((WidestKind::ZERO.0, WidestKind::TOP.0), (0, u32::MAX));
    assert_eq!(NarrowFlags::HIGH.bits(), 0x80);
    assert_eq!((WideFlags::LOW.bits(), WideFlags::HIGH.bits()), (1, 0x8000));
    let widest = [
        WidestFlags::LOW,
        WidestFlags::FOURTH,
        WidestFlags::FIFTH,
        WidestFlags::HIGH,
    ];
    assert_eq!(widest.map(u32::from), [1, 8, 16, 0x8000_0000]);
    assert_eq!(format!("{:?} {:?}", Kind::TENTH, Kind(9)), "TENTH Kind(9)");
    assert_eq!((Kind::TENTH.name(), Kind(9).name()), (Some("TENTH"), None));
    let flags = NarrowFlags::LOW | NarrowFlags(0x40);
    assert_eq!(
        format!("{flags:?} {:?}", NarrowFlags::empty()),
        "LOW | 0x40 (empty)"
    );
    assert_eq!(format!("{:?}", NarrowFlags(0x30)), "0x30");
    assert_eq!((flags - NarrowFlags::LOW).bits(), 0x40);
}

#[test]
fn enums_and_flags_have_their_declared_width() {
    let symbols = Symbols {
        narrow: Kind::ELEVENTH,
        wide: WideKind::TOP,
        widest: WidestKind(0x0102_0304),
        narrow_bits: NarrowFlags::NEXT | NarrowFlags::HIGH,
        wide_bits: WideFlags(0x4001),
        widest_bits: WidestFlags::HIGH,
        other_kind: KindAlias::LAST,
        other_flags: FlagsAlias::HIGH,
        ticks: 0x0506_0708,
        loudness: -9,
    };
    let bytes = [
        11, 0xff, 0xff, 4, 3, 2, 1, 0x82, 1, 0x40, 0, 0, 0, 0x80, 255, 0, 0x80, 8, 7, 6, 5, 0xf7,
    ];
    check(&symbols, &bytes);
    assert_eq!(
        prefixes::<server::Symbols>(&bytes),
        [
            "symbols.narrow@0",
            "symbols.wide@1",
            "symbols.widest@3",
            "symbols.narrow_bits@7",
            "symbols.wide_bits@8",
            "symbols.widest_bits@10",
            "symbols.other_kind@14",
            "symbols.other_flags@15",
            "symbols.ticks@17",
            "symbols.loudness@21"
        ]
    );
}

#[test]
fn virtual_fields_are_constants() {
    check(&Constants { tag: 7, end: 9 }, &[7, 9]);
    assert_eq!(Constants::BELOW_ZERO, -2_i16);
    assert_eq!(Constants::MAGIC, 0x7fff_ffff_u32);
    assert_eq!(Constants::FORM, KindAlias::TENTH);
    assert_eq!(Constants::BITS, WideFlags::HIGH);
}

#[test]
fn padding_is_ignored_and_written_as_zero() {
    let padded = Padded {
        before: 1,
        after: 2,
    };
    let zero = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2];
    let other = [1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 2];
    check(&padded, &zero);
    check_rewritten(&padded, &other, &zero);
    assert_eq!(
        prefixes::<Padded>(&zero),
        [
            "before@0", "one@1", "three@2", "hole@8", "none@12", "after@13"
        ]
    );
    check(&OnlyPadding {}, &[0, 0, 0, 0]);
    check_rewritten(&OnlyPadding {}, &[1, 2, 3, 4], &[0, 0, 0, 0]);
    assert_eq!(prefixes::<OnlyPadding>(&[0; 4]), ["padding@0"]);
    let message = server::Padded {
        padded,
        only: OnlyPadding {},
    };
    check(&message, &[zero.as_slice(), &[0; 4]].concat());
}

#[test]
fn padding_can_be_long() {
    let hole = server::Hole {
        first: 1,
        second: 2,
        rest: vec![3, 4].into(),
    };
    let mut bytes = vec![0; 60_004];
    bytes[0] = 1;
    bytes[60_001..].copy_from_slice(&[2, 3, 4]);
    check(&hole, &bytes);
    let mut other = bytes.clone();
    other[1..60_001].fill(9);
    check_rewritten(&hole, &other, &bytes);
    let truncated = |needed, available| ErrorKind::Truncated { needed, available };
    let cut = |length: usize| decode_error::<server::Hole>(&bytes[..length]);
    assert_eq!(cut(0), at("first", 0, truncated(1, 0)));
    assert_eq!(cut(1), at("hole", 1, truncated(60_000, 0)));
    assert_eq!(cut(60_000), at("hole", 1, truncated(60_000, 59_999)));
    assert_eq!(cut(60_001), at("second", 60_001, truncated(1, 0)));
    assert_eq!(
        server::Hole::default(),
        server::Hole::decode(&[0; 60_002]).unwrap()
    );
}

#[test]
fn fixed_arrays_are_consecutive_elements() {
    let arrays = Arrays {
        bytes: [1, 2, 3, 4],
        kinds: [Kind::SECOND, Kind(200)],
        ticks: [5, 6],
        points: [Point { x: 7, y: -8 }, Point { x: 9, y: 10 }],
        none: [],
        empties: [Empty {}; 3],
        rows: [Row { cells: [11, 12] }, Row { cells: [13, 14] }],
    };
    let bytes = [
        1, 2, 3, 4, 1, 200, 5, 0, 0, 0, 6, 0, 0, 0, 7, 0, 0xf8, 0xff, 9, 0, 10, 0, 11, 12, 13, 14,
    ];
    check(&arrays, &bytes);
    assert_eq!(
        prefixes::<Arrays>(&bytes),
        ["bytes@0", "kinds@4", "ticks@6", "points@14", "rows@22"]
    );
}

#[test]
fn long_arrays_implement_all_traits() {
    let mut long = Long::default();
    assert_eq!((long.forty, long.six_hundred), ([0; 40], [0; 300]));
    long.forty[39] = 1;
    long.tag = 2;
    long.six_hundred[299] = 0x0304;
    long.end = 5;
    let mut bytes = [0; 642];
    bytes[39] = 1;
    bytes[40] = 2;
    bytes[639..].copy_from_slice(&[4, 3, 5]);
    check(&long, &bytes);
    assert_eq!(
        prefixes::<Long>(&bytes),
        ["forty@0", "tag@40", "six_hundred@41", "end@641"]
    );
}

#[test]
fn structs_can_be_nested() {
    let outer = Outer {
        first: 1,
        middle: Middle {
            second: 2,
            inner: Inner {
                third: 3,
                fourth: Kind::LAST,
            },
            pairs: [Pair { left: 4, right: 5 }, Pair { left: 6, right: 7 }],
        },
        last: 8,
    };
    let bytes = [1, 2, 0, 3, 0, 0, 0, 255, 4, 5, 6, 7, 8, 9];
    let message = server::Outer {
        outer,
        inlined: AliasOfInline { only: 9 },
    };
    check(&message, &bytes);
    assert_eq!(
        prefixes::<server::Outer>(&bytes),
        [
            "outer.first@0",
            "outer.middle.second@1",
            "outer.middle.inner.third@3",
            "outer.middle.inner.fourth@7",
            "outer.middle.pairs@8",
            "outer.last@12",
            "inlined.only@13"
        ]
    );
}

#[test]
fn empty_messages_take_no_bytes() {
    check(&server::Nothing {}, &[]);
    check(&server::Empty { empty: Empty {} }, &[]);
    assert_eq!(Empty::WIRE_SIZE, Some(0));
    // Trailing bytes are legal and ignored.
    assert_eq!(server::Nothing::decode(&[1, 2]), Ok(server::Nothing {}));
    assert_eq!(server::Empty::default().encode_to_vec(), Ok(vec![]));
}

#[test]
fn protocol_without_channels() {
    use spice_proto::bare::{ChannelType, PROTOCOL, types::Pair};
    assert_eq!((PROTOCOL, ChannelType::ITEMS), ("Bare", [].as_slice()));
    check(&Pair { left: 1, right: 2 }, &[1, 2]);
}
