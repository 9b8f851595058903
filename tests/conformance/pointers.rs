//! `pointers.proto`: pointers to structs and arrays, nullable and `@nonnull`, depth-first and
//! breadth-first.

use spice_proto::pointers::pointers::server;
use spice_proto::pointers::types::*;
use spice_wire::{Decode, Encode, ErrorKind, IoBody};

use crate::support::{at, check, check_rewritten, decode_error, encode_error, prefixes};

const POINT: Point = Point { x: 1, y: -1 };

fn blob(data: &'static [u8]) -> Blob<'static> {
    Blob { data: data.into() }
}

const fn out_of_range(target: u32, length: usize) -> ErrorKind {
    ErrorKind::PointerOutOfRange { target, length }
}

#[test]
fn pointers_to_structs_and_arrays() {
    let targets = Targets {
        point: Some(POINT),
        empty: None,
        pair: Some([1, 2]),
        kinds: [Kind::B, Kind(9)],
        long: [3; 40],
        rest_of_it: vec![4, 5].into(),
    };
    let pointers = [24, 0, 28, 36, 40, 80].map(u32::to_le_bytes).concat();
    let pointees = [1, 0, 0xff, 0xff, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 9, 0];
    let bytes = [&pointers, pointees.as_slice(), &[3; 40], &[4, 0, 5, 0]].concat();
    check(&targets, &bytes);
    let pointees = [
        "point@0 pointer_out_of_range",
        "point.x@24",
        "point.y@26",
        "pair@8 pointer_out_of_range",
        "pair@28",
        "kinds@12 pointer_out_of_range",
        "kinds@36",
        "long@16 pointer_out_of_range",
        "long@40",
        "rest_of_it@20 pointer_out_of_range",
    ];
    let fixed = [
        "point@0",
        "empty@4",
        "pair@8",
        "kinds@12",
        "long@16",
        "rest_of_it@20",
    ];
    let expected = [fixed.as_slice(), &pointees].concat();
    // A shorter array to the end of the message is still valid.
    assert_eq!(prefixes::<Targets>(&bytes[..81]), expected);
    let shorter = Targets::decode(&bytes[..83]).unwrap();
    assert_eq!(shorter.rest_of_it.len(), 1);
}

#[test]
fn null_pointers_decode_as_none() {
    let targets = Targets::default();
    assert_eq!((targets.point, targets.pair), (None, None));
    let pointers = [0, 0, 0, 24, 28, 0].map(u32::to_le_bytes).concat();
    check(&targets, &[pointers.as_slice(), &[0; 44]].concat());
    // A present empty struct is not null, so it gets an offset in range.
    let empty = Targets {
        empty: Some(Empty {}),
        ..targets
    };
    let pointers = [0, 1, 0, 24, 28, 0].map(u32::to_le_bytes).concat();
    check(&empty, &[pointers.as_slice(), &[0; 44]].concat());
}

#[test]
fn nonnull_pointers_reject_null() {
    let nonnull = Nonnull {
        point: POINT,
        empty: Empty {},
        bytes: vec![2].into(),
        words: vec![3].into(),
    };
    // `words` is depth-first, so it precedes the other pointees.
    #[rustfmt::skip]
    let bytes = [
        21, 0, 0, 0,  1, 0, 0, 0,  1,  25, 0, 0, 0,  1, 0,  19, 0, 0, 0,
        3, 0,
        1, 0, 0xff, 0xff,
        2,
    ];
    check(&nonnull, &bytes);
    for (offset, field) in [(0, "point"), (4, "empty"), (9, "bytes"), (15, "words")] {
        let mut null = bytes;
        null[offset] = 0;
        let problem = at(field, offset, ErrorKind::NullPointer);
        assert_eq!(decode_error::<Nonnull>(&null), problem);
    }
    // Empty arrays take no bytes, but their pointers must not be null.
    let empty = Nonnull::default();
    let bytes = [
        19, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,
    ];
    check(&empty, &bytes);
}

#[test]
fn pointers_must_be_in_range() {
    let mut bytes = [0; 26];
    (bytes[0], bytes[4], bytes[9], bytes[15]) = (1, 1, 1, 1);
    let accepts = |bytes: &[u8]| Nonnull::decode(bytes).is_ok();
    assert!(accepts(&bytes));
    // Pointees can overlap each other and the fixed part.
    for target in [4, 22] {
        bytes[0] = target;
        assert!(accepts(&bytes), "{target}");
    }
    for target in [23, 25] {
        bytes[0] = target;
        let (_, offset, kind) = decode_error::<Nonnull>(&bytes);
        assert_eq!((offset, kind.name()), (25, "truncated"), "{target}");
    }
    bytes[0] = 26;
    assert_eq!(
        decode_error::<Nonnull>(&bytes),
        at("point", 0, out_of_range(26, 26))
    );
    bytes[0] = 1;
    // The end of the body is out of range even for an empty pointee.
    bytes[4] = 26;
    assert_eq!(
        decode_error::<Nonnull>(&bytes),
        at("empty", 4, out_of_range(26, 26))
    );
    bytes[4] = 25;
    assert!(accepts(&bytes));
    bytes[9..13].fill(0xff);
    assert_eq!(
        decode_error::<Nonnull>(&bytes),
        at("bytes", 9, out_of_range(u32::MAX, 26))
    );
}

#[test]
fn depth_first_pointees_precede_breadth_first_pointees() {
    let link = |id, data| Link {
        id,
        blob: Some(blob(data)),
    };
    let chain = |id, data| Chain {
        id,
        blob: Some(blob(data)),
    };
    let mixed = Mixed {
        first: Some(link(1, &[11])),
        second: Some(link(2, &[12])),
        third: Some(chain(3, &[13])),
        fourth: Some(chain(4, &[14])),
        last: Some(POINT),
    };
    #[rustfmt::skip]
    let bytes = [
        // The root block.
        32, 0, 0, 0,  20, 0, 0, 0,  39, 0, 0, 0,  25, 0, 0, 0,  46, 0, 0, 0,
        // 20: `second`, depth-first.
        2, 37, 0, 0, 0,
        // 25: `fourth`, depth-first. 30: its blob.
        4, 30, 0, 0, 0,  1, 14,
        // 32: `first`. 37: the blob of `second`, whose pointer precedes `third`.
        1, 50, 0, 0, 0,  1, 12,
        // 39: `third`. 44: its blob, depth-first.
        3, 44, 0, 0, 0,  1, 13,
        // 46: `last`. 50: the blob of `first`.
        1, 0, 0xff, 0xff,  1, 11,
    ];
    check(&mixed, &bytes);
    check(&Mixed::default(), &[0; 20]);
}

#[test]
fn pointers_can_be_nested() {
    let bottom = |n| Some(Bottom { n });
    let third = |n, bottom| Some(Third { n, bottom });
    let first = First {
        n: 1,
        second: Second {
            n: 2,
            third: third(3, bottom(4)),
            bottom: bottom(5),
        },
        third: third(6, bottom(7)),
    };
    #[rustfmt::skip]
    let bytes = [
        1,  14, 0, 0, 0,  9, 0, 0, 0,
        // 9: `third`, depth-first.
        6,  28, 0, 0, 0,
        // 14: `second`, breadth-first.
        2,  23, 0, 0, 0,  30, 0, 0, 0,
        // 23: `second.third`, depth-first.
        3,  29, 0, 0, 0,
        // The bottoms, in the order of their pointers.
        7,  4,  5,
    ];
    check(&first, &bytes);
    assert_eq!(
        prefixes::<First>(&bytes),
        [
            "n@0",
            "second@1",
            "third@5",
            "second@1 pointer_out_of_range",
            "second.third@15",
            "second.bottom@19",
            "second.third@15 pointer_out_of_range",
            "second.third.bottom@24",
            "second.third.bottom@24 pointer_out_of_range",
            "second.bottom@19 pointer_out_of_range",
        ]
    );
}

#[test]
fn array_elements_can_contain_pointers() {
    let link = |id, data| Link {
        id,
        blob: Some(blob(data)),
    };
    let slots = Slots {
        before: 1,
        links: [link(2, &[12]), Link { id: 3, blob: None }],
        slots: [
            Slot {
                n: 4,
                words: [5, 6],
            },
            Slot {
                n: 7,
                words: [8, 9],
            },
        ],
        after: 10,
    };
    #[rustfmt::skip]
    let bytes = [
        1,  2, 22, 0, 0, 0,  3, 0, 0, 0, 0,  4, 24, 0, 0, 0,  7, 32, 0, 0, 0,  10,
        1, 12,
        5, 0, 0, 0, 6, 0, 0, 0,
        8, 0, 0, 0, 9, 0, 0, 0,
    ];
    check(&slots, &bytes);
    assert_eq!(
        prefixes::<Slots>(&bytes),
        [
            "before@0",
            "links[0].id@1",
            "links[0].blob@2",
            "links[0].blob@2 pointer_out_of_range",
            "links[0].blob.data@23",
            "slots[0].words@12 pointer_out_of_range",
            "slots[0].words@24",
            "slots[1].words@17 pointer_out_of_range",
            "slots[1].words@32",
        ]
    );
    let mut null = bytes;
    null[17] = 0;
    let problem = at("slots[1].words", 17, ErrorKind::NullPointer);
    assert_eq!(decode_error::<Slots>(&null), problem);
}

#[test]
fn structs_and_cases_can_contain_pointers() {
    let link = |id: u8| Link {
        id,
        blob: Some(Blob {
            data: vec![id].into(),
        }),
    };
    let held = Held {
        link: link(1),
        point: Some(POINT),
    };
    let holder = |body| Holder {
        held: held.clone(),
        body,
    };
    #[rustfmt::skip]
    let bytes = [
        1, 20, 0, 0, 0,  16, 0, 0, 0,  0, 0,  2, 22, 0, 0, 0,
        1, 0, 0xff, 0xff,
        1, 1,
        1, 2,
    ];
    check(&holder(HolderBody::A(link(2))), &bytes);
    #[rustfmt::skip]
    let bytes = [
        1, 19, 0, 0, 0,  15, 0, 0, 0,  1, 0,  21, 0, 0, 0,
        1, 0, 0xff, 0xff,
        1, 1,
        1, 3,
    ];
    check(&holder(HolderBody::B(blob(&[3]))), &bytes);
    assert_eq!(
        prefixes::<Holder>(&bytes)[..6],
        [
            "held.link.id@0",
            "held.link.blob@1",
            "held.link.blob@1 pointer_out_of_range",
            "held.link.blob.data@20",
            "body.blob@11 pointer_out_of_range",
            "body.blob.data@22",
        ]
    );
    let mut null = bytes;
    null[11] = 0;
    assert_eq!(
        decode_error::<Holder>(&null),
        at("body.blob", 11, ErrorKind::NullPointer)
    );
    let long = holder(HolderBody::B(Blob {
        data: vec![0; 256].into(),
    }));
    let too_large = ErrorKind::CountTooLarge { count: 256 };
    assert_eq!(encode_error(&long), at("body.blob.size", 21, too_large));
}

#[test]
fn aliases_behave_like_their_target() {
    let aliases = Aliases {
        blob: Some(BlobAlias {
            data: vec![1].into(),
        }),
        words: Some([2, 3]),
        more: vec![4].into(),
    };
    let bytes = [
        13, 0, 0, 0, 15, 0, 0, 0, 1, 19, 0, 0, 0, 1, 1, 2, 0, 3, 0, 4, 0,
    ];
    check(&aliases, &bytes);
    let message = server::Aliases { aliases };
    check(&message, &bytes);
    // Null with a count of one 2-byte word.
    let null = [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];
    check_rewritten(&Aliases::default(), &null, &[0; 13]);
}

/// Pointees directly after the block have offsets that are known before the block is written.
#[test]
fn depth_first_pointees_follow_the_block() {
    let behind = server::Behind {
        point: Some(POINT),
        empty: Empty {},
        kinds: [Kind::B, Kind(9)],
        bytes: vec![7, 8].into(),
        more: vec![5, 6].into(),
        name: "x".into(),
    };
    #[rustfmt::skip]
    let bytes = [
        26, 0, 0, 0,  1, 0, 0, 0,  30, 0, 0, 0,  2,  34, 0, 0, 0,  36, 0, 0, 0,  2,  38, 0, 0, 0,
        1, 0, 0xff, 0xff,
        1, 0, 9, 0,
        7, 8,
        5, 6,
        b'x', 0,
    ];
    check(&behind, &bytes);
    let nothing = server::Behind {
        point: None,
        bytes: vec![].into(),
        more: vec![].into(),
        ..behind.clone()
    };
    #[rustfmt::skip]
    let bytes = [
        0, 0, 0, 0,  1, 0, 0, 0,  26, 0, 0, 0,  0,  0, 0, 0, 0,  1, 0, 0, 0,  2,  30, 0, 0, 0,
        1, 0, 9, 0,
        b'x', 0,
    ];
    check(&nothing, &bytes);
    let uneven = server::Behind {
        more: vec![5].into(),
        ..behind
    };
    let (count, length) = (2, 1);
    let mismatch = ErrorKind::CountMismatch { count, length };
    assert_eq!(encode_error(&uneven), at("more", 26, mismatch));
}

fn chain(id: u8, data: &'static [u8]) -> Chain<'static> {
    let blob = Some(blob(data));
    Chain { id, blob }
}

fn too_long() -> Chain<'static> {
    let data = vec![0; 256].into();
    let blob = Some(Blob { data });
    Chain { id: 9, blob }
}

const TOO_LARGE: ErrorKind = ErrorKind::CountTooLarge { count: 256 };

#[test]
fn depth_first_pointees_of_nested_structs_follow_the_block() {
    let parts = server::BehindParts {
        first: Some(chain(1, &[11])),
        second: chain(2, &[12]),
        third: [chain(3, &[13]), chain(4, &[14])],
        last: server::BehindPartsLast::A(chain(5, &[15])),
    };
    #[rustfmt::skip]
    let bytes = [
        26, 0, 0, 0,  2, 33, 0, 0, 0,  3, 35, 0, 0, 0,  4, 37, 0, 0, 0,  0, 0,  5, 39, 0, 0, 0,
        1, 31, 0, 0, 0,  1, 11,
        1, 12,  1, 13,  1, 14,  1, 15,
    ];
    check(&parts, &bytes);
    let other_case = server::BehindParts {
        first: None,
        last: server::BehindPartsLast::B(blob(&[16])),
        ..parts.clone()
    };
    #[rustfmt::skip]
    let bytes = [
        0, 0, 0, 0,  2, 25, 0, 0, 0,  3, 27, 0, 0, 0,  4, 29, 0, 0, 0,  1, 0,  31, 0, 0, 0,
        1, 12,  1, 13,  1, 14,  1, 16,
    ];
    check(&other_case, &bytes);

    let first = server::BehindParts {
        first: Some(too_long()),
        ..parts.clone()
    };
    assert_eq!(encode_error(&first), at("first.blob.size", 31, TOO_LARGE));
    let third = server::BehindParts {
        third: [chain(3, &[13]), too_long()],
        ..parts.clone()
    };
    assert_eq!(
        encode_error(&third),
        at("third[1].blob.size", 37, TOO_LARGE)
    );
    let last = server::BehindParts {
        last: server::BehindPartsLast::A(too_long()),
        ..parts
    };
    assert_eq!(
        encode_error(&last),
        at("last.chain.blob.size", 39, TOO_LARGE)
    );
}

#[test]
fn breadth_first_pointees_follow_depth_first_pointees() {
    let both = server::Both {
        link: Some(Link {
            id: 1,
            blob: Some(blob(&[11])),
        }),
        chain: chain(2, &[12]),
        body: server::BothBody::A(Some(blob(&[13]))),
        point: Some(POINT),
    };
    #[rustfmt::skip]
    let bytes = [
        25, 0, 0, 0,  2, 19, 0, 0, 0,  0, 0,  30, 0, 0, 0,  21, 0, 0, 0,
        1, 12,
        1, 0, 0xff, 0xff,
        1, 32, 0, 0, 0,
        1, 13,
        1, 11,
    ];
    check(&both, &bytes);
    // An enum of messages writes the same pointees as the message it contains.
    let message = server::Message::Both(both.clone());
    let mut slices = IoBody::default();
    message.encode_io(&mut slices).unwrap();
    assert_eq!(slices.slices().collect::<Vec<_>>().concat(), bytes);
    let other_case = server::Both {
        body: server::BothBody::B([8, 9].map(u8::from)),
        ..both.clone()
    };
    #[rustfmt::skip]
    let bytes = [
        25, 0, 0, 0,  2, 19, 0, 0, 0,  1, 0,  30, 0, 0, 0,  21, 0, 0, 0,
        1, 12,
        1, 0, 0xff, 0xff,
        1, 32, 0, 0, 0,
        8, 9,
        1, 11,
    ];
    check(&other_case, &bytes);
    let none_left = server::Both {
        link: None,
        body: server::BothBody::A(None),
        ..both.clone()
    };
    #[rustfmt::skip]
    let bytes = [
        0, 0, 0, 0,  2, 19, 0, 0, 0,  0, 0,  0, 0, 0, 0,  21, 0, 0, 0,
        1, 12,
        1, 0, 0xff, 0xff,
    ];
    check(&none_left, &bytes);
    let long = server::Both {
        link: Some(Link {
            id: 1,
            blob: too_long().blob,
        }),
        ..both
    };
    assert_eq!(encode_error(&long), at("link.blob.size", 32, TOO_LARGE));
}

/// The first pointee contains a pointer itself, so the offsets of later pointees are not known in
/// advance.
#[test]
fn pointee_with_breadth_first_pointers_of_its_own() {
    let waiting = server::Waiting {
        waits: Waits {
            id: 1,
            link: Some(Link {
                id: 3,
                blob: Some(blob(&[13])),
            }),
        },
        blob: Some(blob(&[11])),
        late: Late {
            id: 2,
            blob: Some(blob(&[12])),
        },
    };
    #[rustfmt::skip]
    let bytes = [
        1, 14, 0, 0, 0,  19, 0, 0, 0,  2, 21, 0, 0, 0,
        3, 23, 0, 0, 0,
        1, 11,
        1, 12,
        1, 13,
    ];
    check(&waiting, &bytes);
}

/// Tries a short block, a long one, and one with a list that must be rewritten.
#[test]
fn many_short_segments_are_written_in_order() {
    let scattered = server::Scattered {
        padded: vec![].into(),
        blob: blob(&[1]),
        body: server::ScatteredBody::B(chain(2, &[12])),
        last: blob(&[3, 4]),
    };
    #[rustfmt::skip]
    let bytes = [
        0,  1, 1,  1, 0,  14, 0, 0, 0,  0, 0,  2, 3, 4,
        2, 19, 0, 0, 0,  1, 12,
    ];
    check(&scattered, &bytes);
    let number = server::Scattered {
        body: server::ScatteredBody::A(5),
        ..scattered.clone()
    };
    let bytes = [0, 1, 1, 0, 0, 5, 0, 0, 0, 0, 0, 2, 3, 4];
    check(&number, &bytes);
    let long = server::Scattered {
        last: blob(&[9; 200]),
        ..number.clone()
    };
    check(&long, &[&bytes[..11], &[200], &[9; 200]].concat());
    let mismatch = server::Scattered {
        body: server::ScatteredBody::Other { kind: Kind::A },
        ..number.clone()
    };
    assert_eq!(
        encode_error(&mismatch),
        at("body", 5, ErrorKind::VariantMismatch)
    );
    let padded = server::Scattered {
        padded: vec![Padded { n: 7 }, Padded { n: 8 }].into(),
        ..number
    };
    let tail = &bytes[1..];
    check(&padded, &[&[2, 7, 0, 8, 0], tail].concat());
    let read = [&[2, 7, 1, 8, 1], tail].concat();
    check_rewritten(&padded, &read, &[&[2, 7, 0, 8, 0], tail].concat());
}
