//! `tails.proto`: arrays to the end of the message.

use spice_proto::tails::tails::server::{self, ChosenData};
use spice_proto::tails::types::*;
use spice_wire::{Decode, ErrorKind};

use crate::support::{at, check, check_rewritten, decode_error, encode_error, prefixes};

fn item(data: &'static [u8]) -> Item<'static> {
    Item { data: data.into() }
}

#[test]
fn arrays_extend_to_the_end_of_the_message() {
    let bytes = server::TailsBytes {
        n: 1,
        data: vec![2, 3].into(),
    };
    check(&bytes, &[1, 2, 3]);
    check(&server::TailsBytes::default(), &[0]);
    assert_eq!(prefixes::<server::TailsBytes>(&[1]), ["n@0"]);
    let words = server::Words {
        words: vec![1, 0x0203].into(),
    };
    check(&words, &[1, 0, 3, 2]);
    let points = server::Points {
        points: vec![Point { x: 1, y: 2 }].into(),
    };
    check(&points, &[1, 0, 2, 0]);
    let items = server::Items {
        items: vec![item(&[]), item(&[7, 8])].into(),
    };
    check(&items, &[0, 2, 7, 8]);
}

#[test]
fn incomplete_last_element_is_ignored_or_rejected() {
    let words = server::Words {
        words: vec![1].into(),
    };
    check_rewritten(&words, &[1, 0, 9], &[1, 0]);
    let truncated = ErrorKind::Truncated {
        needed: 2,
        available: 1,
    };
    let problem = at("items[1].data", 2, truncated);
    assert_eq!(decode_error::<server::Items>(&[0, 2, 7]), problem);
    let long = server::Items {
        items: vec![Item {
            data: vec![0; 256].into(),
        }]
        .into(),
    };
    let problem = at("items[0].size", 0, ErrorKind::CountTooLarge { count: 256 });
    assert_eq!(encode_error(&long), problem);
}

#[test]
fn arrays_in_nested_structs_extend_to_the_end_of_the_message() {
    let nested = server::Nested {
        inner: Inner {
            n: 1,
            innermost: Innermost {
                n: 2,
                data: vec![3, 4].into(),
            },
        },
    };
    check(&nested, &[1, 2, 3, 4]);
    assert_eq!(
        prefixes::<server::Nested>(&[1, 2]),
        ["inner.n@0", "inner.innermost.n@1"]
    );
}

#[test]
fn cases_extend_to_the_end_of_the_message() {
    let chosen = |data| server::Chosen { data };
    check(&chosen(ChosenData::Bytes(vec![1, 2].into())), &[0, 1, 2]);
    check(&chosen(ChosenData::Words(vec![1].into())), &[1, 1, 0]);
    check(
        &chosen(ChosenData::Items(vec![item(&[5])].into())),
        &[2, 1, 5],
    );
    check(&chosen(ChosenData::None(4)), &[3, 4]);
    let other = ChosenData::Other { r#type: Form(9) };
    check(&chosen(other), &[9]);
    let truncated = ErrorKind::Truncated {
        needed: 1,
        available: 0,
    };
    let problem = at("data.items[0].data", 2, truncated);
    assert_eq!(decode_error::<server::Chosen>(&[2, 1]), problem);
}

#[test]
fn pointee_can_extend_to_the_end_of_the_message() {
    let far = |far: &'static [u8]| server::Far { far: far.into() };
    check(&far(&[1, 2]), &[4, 0, 0, 0, 1, 2]);
    check(&far(&[]), &[0, 0, 0, 0]);
    // The pointee can start in the middle of the fixed part.
    let decoded = server::Far::decode(&[2, 0, 0, 0, 9]).unwrap();
    assert_eq!(*decoded.far, [0, 0, 9]);
    let out_of_range = ErrorKind::PointerOutOfRange {
        target: 4,
        length: 4,
    };
    let problem = at("far", 0, out_of_range);
    assert_eq!(decode_error::<server::Far>(&[4, 0, 0, 0]), problem);
}

#[test]
fn padding_in_elements_is_written_as_zero() {
    let padded = server::Padded {
        padded: vec![Padded {
            before: 1,
            after: 2,
        }]
        .into(),
        items: vec![PaddedItem {
            data: vec![3].into(),
        }]
        .into(),
    };
    let bytes = [1, 1, 0, 0, 2, 0, 1, 3];
    check(&padded, &bytes);
    check_rewritten(&padded, &[1, 1, 8, 9, 2, 7, 1, 3], &bytes);
    let padding = [
        Padded::HAS_PADDING,
        PaddedItem::HAS_PADDING,
        Item::HAS_PADDING,
    ];
    assert_eq!(padding, [true, true, false]);
    assert_eq!(
        prefixes::<server::Padded>(&bytes),
        [
            "count@0",
            "padded@1",
            "items[0].hole@5",
            "items[0].size@6",
            "items[0].data@7"
        ]
    );
    let uneven = server::Padded {
        items: vec![].into(),
        ..padded
    };
    let mismatch = ErrorKind::CountMismatch {
        count: 1,
        length: 0,
    };
    assert_eq!(encode_error(&uneven), at("items", 5, mismatch));
}
