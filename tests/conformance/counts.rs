//! `counts.proto`: arrays whose length is in another field.

use spice_proto::counts::types::*;
use spice_wire::{ErrorKind, List};

use crate::support::{at, check, check_rewritten, decode_error, encode_error, prefixes};

const fn mismatch(count: u64, length: u64) -> ErrorKind {
    ErrorKind::CountMismatch { count, length }
}

const fn too_many(count: u64) -> ErrorKind {
    ErrorKind::CountTooLarge { count }
}

const fn truncated(needed: u64, available: u64) -> ErrorKind {
    ErrorKind::Truncated { needed, available }
}

fn named(name: &'static [u8], id: u16) -> CountsNamed<'static> {
    CountsNamed {
        name: name.into(),
        id,
    }
}

#[test]
fn counts_of_every_width_are_computed() {
    let widths = Widths {
        a: vec![1, 2].into(),
        b: vec![-1].into(),
        c: vec![Point { x: 1, y: 2 }].into(),
        d: vec![named(b"ab", 0x0304)].into(),
    };
    let bytes = [
        2, 1, 2, 1, 0, 0xff, 1, 0, 0, 0, 1, 0, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, b'a', b'b', 4, 3,
    ];
    check(&widths, &bytes);
    let fields = [
        "small@0",
        "a@1",
        "medium@3",
        "b@5",
        "large@6",
        "c@10",
        "huge@14",
        "d[0].length@22",
        "d[0].name@23",
        "d[0].id@25",
    ];
    assert_eq!(prefixes::<Widths>(&bytes), fields);
    check(&Widths::default(), &[0; 15]);
}

#[test]
fn counts_are_checked_against_the_body_length() {
    let mut bytes = [0; 15];
    bytes[0] = 255;
    let problem = at("a", 1, truncated(255, 14));
    assert_eq!(decode_error::<Widths>(&bytes), problem);
    let mut bytes = [0; 15];
    bytes[3..7].fill(0xff);
    let problem = at("c", 7, truncated(4 * 0xffff_ffff, 8));
    assert_eq!(decode_error::<Widths>(&bytes), problem);
    let mut bytes = [0; 15];
    bytes[7..].fill(0xff);
    let problem = at("d[0].length", 15, truncated(1, 0));
    assert_eq!(decode_error::<Widths>(&bytes), problem);
}

#[test]
fn arrays_longer_than_their_count_type_are_rejected() {
    let widths = Widths {
        a: vec![0; 256].into(),
        ..Widths::default()
    };
    assert_eq!(encode_error(&widths), at("small", 0, too_many(256)));
    let widths = Widths {
        a: vec![0; 255].into(),
        b: vec![0; 65_536].into(),
        ..Widths::default()
    };
    assert_eq!(encode_error(&widths), at("medium", 0, too_many(65_536)));
}

#[test]
fn arrays_that_share_a_count_have_equal_lengths() {
    let shared = |xs: &'static [u8], ys: &'static [u16], zs: &'static [u32]| Shared {
        xs: xs.into(),
        ys: ys.into(),
        zs: zs.into(),
    };
    let bytes = [2, 1, 2, 3, 0, 4, 0, 11, 0, 0, 0, 5, 0, 0, 0, 6, 0, 0, 0];
    check(&shared(&[1, 2], &[3, 4], &[5, 6]), &bytes);
    // A null array is compatible with a count of two, since two elements would fit in the message.
    check(
        &shared(&[1, 2], &[3, 4], &[]),
        &[2, 1, 2, 3, 0, 4, 0, 0, 0, 0, 0],
    );
    let problem = encode_error(&shared(&[1, 2], &[3], &[]));
    assert_eq!(problem, at("ys", 3, mismatch(2, 1)));
    let problem = encode_error(&shared(&[1, 2], &[3, 4], &[5, 6, 7]));
    assert_eq!(problem, at("xs", 1, mismatch(3, 2)));
    let problem = encode_error(&shared(&[1, 2], &[3, 4], &[5]));
    assert_eq!(problem, at("zs", 11, mismatch(2, 1)));
    // Null with a count of six 4-byte elements, in a body of 23 bytes.
    let mut bytes = [0; 23];
    bytes[0] = 6;
    let problem = at("zs", 19, ErrorKind::NullArray { count: 6 });
    assert_eq!(decode_error::<Shared>(&bytes), problem);
    assert_eq!(
        prefixes::<Shared>(&[2, 1, 2, 3, 0, 4, 0, 11, 0, 0, 0, 5, 0, 0, 0, 6, 0, 0, 0]),
        [
            "count@0",
            "xs@1",
            "ys@3",
            "zs@7",
            "zs@7 pointer_out_of_range",
            "zs@11"
        ]
    );
}

#[test]
fn variants_without_the_array_carry_the_count() {
    let carried = |data| Carried { flag: 9, data };
    let numbers = carried(CarriedData::Numbers(vec![5].into()));
    check(&numbers, &[0, 1, 0, 9, 5, 0, 0, 0]);
    let words = carried(CarriedData::Words(vec![named(b"a", 7)].into()));
    check(&words, &[1, 1, 0, 9, 1, b'a', 7, 0]);
    let points = |value| carried(CarriedData::Points { count: 42, value });
    let point = Point { x: 1, y: -1 };
    check(
        &points(Some(point)),
        &[2, 42, 0, 9, 8, 0, 0, 0, 1, 0, 0xff, 0xff],
    );
    check(&points(None), &[2, 42, 0, 9, 0, 0, 0, 0]);
    let (count, value) = (1, [2, 3]);
    check(
        &carried(CarriedData::Nothing { count, value }),
        &[3, 1, 0, 9, 2, 3],
    );
    check(
        &carried(CarriedData::Everything { count, value }),
        &[4, 1, 0, 9, 2, 3],
    );
    let other = |r#type| carried(CarriedData::Other { r#type, count: 5 });
    check(&other(Form(99)), &[99, 5, 0, 9]);
    let problem = at("data", 4, ErrorKind::VariantMismatch);
    assert_eq!(encode_error(&other(Form::POINTS)), problem);
    let long = carried(CarriedData::Numbers(vec![0; 65_536].into()));
    assert_eq!(encode_error(&long), at("count", 0, too_many(65_536)));
    assert_eq!(
        prefixes::<Carried>(&[1, 1, 0, 9, 1, b'a', 7, 0]),
        [
            "type@0",
            "count@1",
            "flag@3",
            "data.words[0].length@4",
            "data.words[0].name@5",
            "data.words[0].id@6"
        ]
    );
}

#[test]
fn variants_carry_each_count_they_do_not_use() {
    let head = CarriedTwice {
        flags: Parts::HEAD | Parts::BODY,
        data: CarriedTwiceData::Head {
            second: 5,
            value: vec![6, 7].into(),
        },
    };
    check(&head, &[2, 5, 3, 6, 7]);
    let body = |flags, values: &'static [u16]| CarriedTwice {
        flags,
        data: CarriedTwiceData::Body {
            first: 3,
            value: values.into(),
        },
    };
    check(
        &body(Parts::BODY, &[4, 5]),
        &[3, 2, 2, 7, 0, 0, 0, 4, 0, 5, 0],
    );
    // An empty `@nonnull` array gets an offset in range.
    check(&body(Parts::BODY, &[]), &[3, 0, 2, 1, 0, 0, 0]);
    let problem = at("data.body", 3, ErrorKind::NullPointer);
    assert_eq!(
        decode_error::<CarriedTwice>(&[3, 0, 2, 0, 0, 0, 0]),
        problem
    );
    let tail = CarriedTwice {
        flags: Parts::TAIL,
        data: CarriedTwiceData::Tail {
            first: 1,
            second: 2,
            value: 3,
        },
    };
    check(&tail, &[1, 2, 4, 3]);
    let absent = CarriedTwice {
        flags: Parts(0x80),
        data: CarriedTwiceData::Absent {
            first: 1,
            second: 2,
        },
    };
    check(&absent, &[1, 2, 0x80]);
    let problem = at("data", 3, ErrorKind::VariantMismatch);
    assert_eq!(encode_error(&body(Parts::HEAD | Parts::BODY, &[])), problem);
}

#[test]
fn count_of_arrays_in_two_switches_is_a_field() {
    let stored = |head: &'static [u8], tail: &'static [u16]| Stored {
        flags: Parts::HEAD | Parts::TAIL,
        count: 2,
        head: StoredHead::Head(head.into()),
        tail: StoredTail::Tail(tail.into()),
    };
    let bytes = [5, 2, 0, 0, 0, 1, 2, 11, 0, 0, 0, 3, 0, 4, 0];
    check(&stored(&[1, 2], &[3, 4]), &bytes);
    check(&stored(&[1, 2], &[]), &[5, 2, 0, 0, 0, 1, 2, 0, 0, 0, 0]);
    let problem = at("head.head", 5, mismatch(2, 1));
    assert_eq!(encode_error(&stored(&[1], &[])), problem);
    let problem = at("tail.tail", 11, mismatch(2, 1));
    assert_eq!(encode_error(&stored(&[1, 2], &[3])), problem);
    assert_eq!(
        prefixes::<Stored>(&bytes),
        [
            "flags@0",
            "count@1",
            "head.head@5",
            "tail.tail@7",
            "tail.tail@7 pointer_out_of_range",
            "tail.tail@11"
        ]
    );
    let none = Stored {
        flags: Parts::BODY,
        count: 7,
        ..Stored::default()
    };
    check(&none, &[2, 7, 0, 0, 0]);
}

#[test]
fn count_in_the_same_case_as_its_array_is_computed() {
    let twin = |flags, second| Twin { flags, second };
    let body = |values: Vec<u16>| TwinSecond::Body(values.into());
    let bytes = [2, 2, 1, 0, 2, 0];
    check(&twin(Parts::BODY, body(vec![1, 2])), &bytes);
    check(&twin(Parts::HEAD, TwinSecond::Absent), &[1]);
    assert_eq!(
        prefixes::<Twin>(&bytes),
        ["flags@0", "first.count@1", "second.values@2"]
    );
    let problem = at("second", 1, ErrorKind::VariantMismatch);
    assert_eq!(encode_error(&twin(Parts::HEAD, body(vec![]))), problem);
    let problem = at("second", 2, ErrorKind::VariantMismatch);
    assert_eq!(
        encode_error(&twin(Parts::BODY, TwinSecond::Absent)),
        problem
    );
    let problem = at("first.count", 0, too_many(256));
    assert_eq!(
        encode_error(&twin(Parts::BODY, body(vec![0; 256]))),
        problem
    );
}

#[test]
fn switch_can_contain_counts_and_values() {
    use {EnumTwinFirst as First, EnumTwinSecond as Second};
    let twin = |r#type, first, second| EnumTwin {
        r#type,
        first,
        second,
    };
    let words = twin(Form::WORDS, First::Words, Second::Words(vec![5, 6].into()));
    check(&words, &[1, 2, 0, 5, 6]);
    let points = twin(Form::POINTS, First::Points, Second::Points(vec![].into()));
    check(&points, &[2, 0, 0]);
    let numbers = twin(Form::NUMBERS, First::Numbers(7), Second::Other(8));
    check(&numbers, &[0, 7, 0, 0, 0, 0, 0, 0, 0, 8]);
    check(&twin(Form(9), First::Absent, Second::Other(8)), &[9, 8]);
    assert_eq!(
        prefixes::<EnumTwin>(&[2, 1, 0, 5]),
        ["type@0", "first.count@1", "second.values@3"]
    );
    assert_eq!(
        prefixes::<EnumTwin>(&[0, 7, 0, 0, 0, 0, 0, 0, 0, 8]),
        ["type@0", "first.number@1", "second.other@9"]
    );
    let crossed = twin(Form::WORDS, First::Words, Second::Points(vec![].into()));
    let problem = at("second", 3, ErrorKind::VariantMismatch);
    assert_eq!(encode_error(&crossed), problem);
    let crossed = twin(Form::WORDS, First::Points, Second::Words(vec![].into()));
    let problem = at("first", 1, ErrorKind::VariantMismatch);
    assert_eq!(encode_error(&crossed), problem);
}

#[test]
fn switch_of_computed_counts_is_not_a_field() {
    let choice = Choice {
        r#type: Form::WORDS,
        flags: Parts::TAIL,
        typed: ChoiceTyped::Words(vec![10].into()),
        flagged: ChoiceFlagged::Tail(vec![1, 2].into()),
    };
    let bytes = [1, 4, 1, 10, 0, 2, 0, 0, 0, 13, 0, 0, 0, 1, 2];
    check(&choice, &bytes);
    assert_eq!(
        prefixes::<Choice>(&bytes),
        [
            "type@0",
            "flags@1",
            "by_type.words@2",
            "typed.values@3",
            "by_flags.tails@5",
            "flagged.tail@9",
            "flagged.tail@9 pointer_out_of_range",
            "flagged.tail@13"
        ]
    );
    let head = Choice {
        flags: Parts::HEAD,
        flagged: ChoiceFlagged::Head(vec![3].into()),
        ..Choice::default()
    };
    check(&head, &[0, 1, 1, 0, 0, 0, 3]);
    check(&Choice::default(), &[0, 0]);
}

#[test]
fn array_without_its_count_must_be_empty() {
    let optional = |flags, data: &'static [u8]| Optional {
        flags,
        data: data.into(),
    };
    check(&optional(Parts::HEAD, &[1, 2]), &[1, 2, 1, 2]);
    check(&optional(Parts::BODY, &[]), &[2]);
    let problem = encode_error(&optional(Parts::BODY, &[1, 2]));
    assert_eq!(problem, at("data", 1, mismatch(0, 2)));
    assert_eq!(
        prefixes::<Optional>(&[1, 2, 1, 2]),
        ["flags@0", "size.count@1", "data@2"]
    );
}

#[test]
fn count_in_an_unrelated_case_is_a_field() {
    let unrelated = |flags, size, data: &'static [u8]| Unrelated {
        flags,
        size,
        data: UnrelatedData::Data(data.into()),
    };
    let head = |count| UnrelatedSize::Head(count);
    let bytes = [1, 2, 0, 0, 0, 0, 0, 0, 0, 5, 6];
    check(&unrelated(Parts::HEAD, head(2), &[5, 6]), &bytes);
    let problem = encode_error(&unrelated(Parts::HEAD, head(3), &[5, 6]));
    assert_eq!(problem, at("data.data", 9, mismatch(3, 2)));
    let body = UnrelatedSize::Body(Some([7, 8, 9]));
    check(
        &unrelated(Parts::BODY, body.clone(), &[]),
        &[2, 5, 0, 0, 0, 7, 8, 9],
    );
    let problem = encode_error(&unrelated(Parts::BODY, body, &[1]));
    assert_eq!(problem, at("data.data", 5, mismatch(0, 1)));
    let tail = Unrelated {
        flags: Parts::HEAD | Parts::TAIL,
        size: head(1 << 40),
        data: UnrelatedData::Absent,
    };
    check(&tail, &[5, 0, 0, 0, 0, 0, 1, 0, 0]);
    let problem = at("data.data", 9, truncated(u64::MAX, 0));
    let bytes = [1, 255, 255, 255, 255, 255, 255, 255, 255];
    assert_eq!(decode_error::<Unrelated>(&bytes), problem);
}

#[test]
fn switch_with_only_a_default_is_always_chosen() {
    let always = Always {
        r#type: Form(7),
        data: AlwaysData::Data(vec![1, 2].into()),
    };
    check(&always, &[7, 2, 1, 2]);
    assert_eq!(
        prefixes::<Always>(&[7, 2, 1, 2]),
        ["type@0", "size.count@1", "data.data@2"]
    );
    // The only array with this count is in an unreachable case, so the count is an ordinary field.
    let dead = Dead {
        count: 3,
        data: DeadData::Always {
            r#type: Form::WORDS,
            value: 4,
        },
        end: 5,
    };
    check(&dead, &[1, 3, 4, 5]);
    assert_eq!(
        prefixes::<Dead>(&[1, 3, 4, 5]),
        ["type@0", "count@1", "data.always@2", "end@3"]
    );
}

#[test]
fn missing_count_is_zero() {
    let unseen = |r#type, size, data: &'static [u8]| Unseen {
        r#type,
        size,
        data: UnseenData::Data(data.into()),
    };
    check(
        &unseen(Form::NUMBERS, UnseenSize::Seen(2), &[5, 6]),
        &[0, 2, 5, 6],
    );
    check(
        &unseen(Form::WORDS, UnseenSize::Words(7), &[]),
        &[1, 7, 0, 0, 0],
    );
    let problem = encode_error(&unseen(Form::WORDS, UnseenSize::Words(1), &[5]));
    assert_eq!(problem, at("data.data", 5, mismatch(0, 1)));
}

#[test]
fn counted_arrays_behind_pointers() {
    let pointers = Pointers {
        nullable: vec![1].into(),
        nonnull: vec![2, 3].into(),
        one: vec![4].into(),
        two: vec![5].into(),
    };
    let bytes = [
        1, 27, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 31, 0, 0, 0, 1, 0, 35, 0, 0, 0, 36, 0, 0, 0, 1, 0,
        0, 0, 2, 0, 3, 0, 4, 5,
    ];
    check(&pointers, &bytes);
    assert_eq!(
        prefixes::<Pointers>(&bytes),
        [
            "nullable_count@0",
            "nullable@1",
            "nonnull_count@5",
            "nonnull@13",
            "shared_count@17",
            "one@19",
            "two@23",
            "nullable@1 pointer_out_of_range",
            "nullable@27",
            "nonnull@13 pointer_out_of_range",
            "nonnull@31",
            "one@19 pointer_out_of_range",
            "two@23 pointer_out_of_range"
        ]
    );
    let mut empty = [0; 27];
    (empty[13], empty[23]) = (1, 1);
    check(&Pointers::default(), &empty);
    let problem = at("nonnull", 13, ErrorKind::NullPointer);
    assert_eq!(decode_error::<Pointers>(&[0; 27]), problem);
}

#[test]
fn null_arrays_must_fit_in_the_message() {
    let mut bytes = [0; 27];
    (bytes[13], bytes[23]) = (1, 1);
    let empty = bytes;
    bytes[0] = 6;
    // Six 4-byte elements fit in 27 bytes. The count is rewritten as zero.
    check_rewritten(&Pointers::default(), &bytes, &empty);
    bytes[0] = 7;
    let problem = at("nullable", 1, ErrorKind::NullArray { count: 7 });
    assert_eq!(decode_error::<Pointers>(&bytes), problem);
    let list: List<'_, u32> = List::default();
    assert!(list.is_empty());
}
