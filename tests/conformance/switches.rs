//! `switches.proto`: switches on enums and flags.

use spice_proto::switches::types::*;
use spice_wire::{Decode, ErrorKind};

use crate::support::{at, check, check_rewritten, decode_error, encode_error, prefixes};

const POINT: Point = Point { x: 1, y: -1 };
const POINT_BYTES: [u8; 4] = [1, 0, 0xff, 0xff];

fn segment(data: &'static [u8]) -> Segment<'static> {
    Segment { data: data.into() }
}

#[test]
fn variant_implies_the_discriminant() {
    let implied = |body| Implied { body, end: 9 };
    let dot = [&[0], POINT_BYTES.as_slice(), &[9]].concat();
    check(&implied(ImpliedBody::Dot(POINT)), &dot);
    assert_eq!(
        prefixes::<Implied>(&dot),
        ["type@0", "body.dot.x@1", "body.dot.y@3", "end@5"]
    );
    let line = Line {
        from: POINT,
        to: Point { x: 2, y: 3 },
    };
    let bytes = [1, 1, 0, 0xff, 0xff, 2, 0, 3, 0, 9];
    check(&implied(ImpliedBody::Line(line)), &bytes);
    assert_eq!(
        prefixes::<Implied>(&bytes),
        [
            "type@0",
            "body.line.from.x@1",
            "body.line.from.y@3",
            "body.line.to.x@5",
            "body.line.to.y@7",
            "end@9"
        ]
    );
    let corners = [POINT, Point { x: 2, y: 3 }];
    let bytes = [2, 1, 0, 0xff, 0xff, 2, 0, 3, 0, 9];
    check(&implied(ImpliedBody::Rect(corners)), &bytes);
    assert_eq!(
        prefixes::<Implied>(&bytes),
        ["type@0", "body.corners@1", "end@9"]
    );
    check(
        &implied(ImpliedBody::Path(segment(&[7, 8]))),
        &[3, 2, 7, 8, 9],
    );
    assert_eq!(
        prefixes::<Implied>(&[3, 2, 7, 8, 9]),
        ["type@0", "body.path.count@1", "body.path.data@2", "end@4"]
    );
    check(
        &implied(ImpliedBody::Label("ab".into())),
        &[5, b'a', b'b', 0, 9],
    );
    assert_eq!(
        prefixes::<Implied>(&[5, b'a', b'b', 0, 9]),
        ["type@0", "body.label@1 unterminated", "end@4"]
    );
}

#[test]
fn cases_can_be_pointers() {
    let text = |body| Implied {
        body: ImpliedBody::_2dText(body),
        end: 9,
    };
    let bytes = [4, 6, 0, 0, 0, 9, 1, 7];
    check(&text(Some(segment(&[7]))), &bytes);
    check(&text(None), &[4, 0, 0, 0, 0, 9]);
    assert_eq!(
        prefixes::<Implied>(&bytes),
        [
            "type@0",
            "body.text@1",
            "body.text@1 pointer_out_of_range",
            "body.text.data@7"
        ]
    );
}

#[test]
fn unknown_discriminants_are_kept() {
    let other = |r#type| Implied {
        body: ImpliedBody::Other { r#type },
        end: 9,
    };
    check(&other(Shape(200)), &[200, 9]);
    check(&other(Shape::LATER), &[6, 9]);
    // This variant must not hold a discriminant that has its own variant.
    let problem = at("body", 1, ErrorKind::VariantMismatch);
    assert_eq!(encode_error(&other(Shape::RECT)), problem);
    let error = ImpliedBody::Label(spice_wire::Text::from_wire(b"a"));
    let problem = at("body.label", 1, ErrorKind::MissingNul);
    assert_eq!(
        encode_error(&Implied {
            body: error,
            end: 9
        }),
        problem
    );
}

#[test]
fn each_label_has_its_own_variant() {
    let labels = |setting| Labels { setting };
    check(&labels(LabelsSetting::Off(0x0102)), &[0, 0, 2, 1]);
    check(&labels(LabelsSetting::Auto(0x0102)), &[2, 0, 2, 1]);
    check(&labels(LabelsSetting::On(3)), &[1, 0, 3]);
    check(
        &labels(LabelsSetting::Other { mode: Mode(0x0400) }),
        &[0, 4],
    );
    assert_eq!(
        prefixes::<Labels>(&[2, 0, 2, 1]),
        ["mode@0", "setting.delay@2"]
    );
}

#[test]
fn default_case_matches_all_other_values() {
    let otherwise = |body| Otherwise { body };
    check(&otherwise(OtherwiseBody::Dot(1)), &[0, 1]);
    let other = |r#type| OtherwiseBody::Other { r#type, value: 5 };
    check(&otherwise(other(Shape::LINE)), &[1, 5, 0, 0, 0]);
    check(&otherwise(other(Shape(77))), &[77, 5, 0, 0, 0]);
    let problem = at("body", 1, ErrorKind::VariantMismatch);
    assert_eq!(encode_error(&otherwise(other(Shape::DOT))), problem);
    assert_eq!(
        prefixes::<Otherwise>(&[9, 5, 0, 0, 0]),
        ["type@0", "body.other@1"]
    );
    // Cases after the default are never chosen.
    let any = |r#type| DefaultFirst {
        body: DefaultFirstBody::Any { r#type, value: 5 },
    };
    for shape in [Shape::LINE, Shape::RECT, Shape(99)] {
        check(&any(shape), &[shape.0, 5]);
    }
}

#[test]
fn two_switches_can_share_a_discriminant() {
    let kept = |mode, one, two| Kept {
        mode,
        one,
        between: 7,
        two,
    };
    let on = kept(Mode::ON, KeptOne::On(6), KeptTwo::On(segment(&[8])));
    check(&on, &[1, 0, 6, 7, 1, 8]);
    assert_eq!(
        prefixes::<Kept>(&[1, 0, 6, 7, 1, 8]),
        [
            "mode@0",
            "one.first@2",
            "between@3",
            "two.second.count@4",
            "two.second.data@5"
        ]
    );
    let auto = kept(Mode::AUTO, KeptOne::Absent, KeptTwo::Auto([1, 2]));
    check(&auto, &[2, 0, 7, 1, 0, 0, 0, 2, 0, 0, 0]);
    let other = kept(Mode(99), KeptOne::Absent, KeptTwo::Third(3));
    check(&other, &[99, 0, 7, 3]);
    let problem = encode_error(&kept(Mode::OFF, KeptOne::On(6), KeptTwo::Third(3)));
    assert_eq!(problem, at("one", 2, ErrorKind::VariantMismatch));
    let problem = encode_error(&kept(Mode::OFF, KeptOne::Absent, KeptTwo::Auto([1, 2])));
    assert_eq!(problem, at("two", 3, ErrorKind::VariantMismatch));
}

#[test]
fn discriminants_can_be_in_nested_structs() {
    let nested = |r#type, mode, body, setting| Nested {
        header: Header {
            version: 1,
            descriptor: Descriptor { r#type, mode },
        },
        body,
        setting,
    };
    let dot = nested(
        Shape::DOT,
        Mode::AUTO,
        NestedBody::Dot(POINT),
        NestedSetting::Auto(5),
    );
    let bytes = [1, 0, 2, 0, 1, 0, 0xff, 0xff, 5];
    check(&dot, &bytes);
    assert_eq!(
        prefixes::<Nested>(&bytes),
        [
            "header.version@0",
            "header.descriptor.type@1",
            "header.descriptor.mode@2",
            "body.dot.x@4",
            "body.dot.y@6",
            "setting.auto@8"
        ]
    );
    let line = nested(
        Shape::LINE,
        Mode::ON,
        NestedBody::Line(3),
        NestedSetting::Absent,
    );
    check(&line, &[1, 1, 1, 0, 3, 0, 0, 0, 0, 0, 0, 0]);
    let none = nested(
        Shape::PATH,
        Mode(9),
        NestedBody::Absent,
        NestedSetting::Absent,
    );
    check(&none, &[1, 3, 9, 0]);
    let crossed = nested(
        Shape::LINE,
        Mode::ON,
        NestedBody::Absent,
        NestedSetting::Absent,
    );
    assert_eq!(
        encode_error(&crossed),
        at("body", 4, ErrorKind::VariantMismatch)
    );
}

#[test]
fn discriminant_used_outside_of_its_struct_is_a_field() {
    let retagged = |mode, inner, outer| Retagged {
        tagged: Tagged { mode, body: inner },
        body: outer,
    };
    let on = retagged(Mode::ON, TaggedBody::On(5), RetaggedBody::On(6));
    check(&on, &[1, 0, 5, 6]);
    check(
        &retagged(Mode::OFF, TaggedBody::Absent, RetaggedBody::Absent),
        &[0, 0],
    );
    assert_eq!(
        prefixes::<Retagged>(&[1, 0, 5, 6]),
        ["tagged.mode@0", "tagged.body.inner@2", "body.outer@3"]
    );
    let crossed = retagged(Mode::ON, TaggedBody::Absent, RetaggedBody::On(6));
    let problem = at("tagged.body", 2, ErrorKind::VariantMismatch);
    assert_eq!(encode_error(&crossed), problem);
    let crossed = retagged(Mode::ON, TaggedBody::On(5), RetaggedBody::Absent);
    assert_eq!(
        encode_error(&crossed),
        at("body", 3, ErrorKind::VariantMismatch)
    );
}

#[test]
fn first_matching_flag_is_chosen() {
    let bits = |marks, first, second| Bits {
        marks,
        first,
        second,
    };
    // `!FILL` or `SHADOW` selects the first case of the second switch.
    let fill = |far| {
        bits(
            Marks::FILL | Marks::CLIP,
            BitsFirst::Fill(5),
            BitsSecond::Far(far),
        )
    };
    check(&fill(None), &[5, 5, 0, 0, 0, 0]);
    check(&fill(Some(POINT)), &[5, 5, 6, 0, 0, 0, 1, 0, 0xff, 0xff]);
    for marks in [Marks::STROKE, Marks::CLIP, Marks::CLIP | Marks::SHADOW] {
        let open = BitsSecond::Open(segment(&[7]));
        let value = bits(marks, BitsFirst::Stroke(0x0102), open);
        check(&value, &[marks.bits(), 2, 1, 1, 7]);
    }
    let none = bits(
        Marks(0x40),
        BitsFirst::NoShadow(1),
        BitsSecond::Open(segment(&[])),
    );
    check(&none, &[0x40, 1, 0, 0, 0, 0]);
    let shadow = bits(
        Marks::SHADOW,
        BitsFirst::Absent,
        BitsSecond::Open(segment(&[])),
    );
    check(&shadow, &[8, 0]);
    let both = bits(
        Marks::SHADOW | Marks::FILL,
        BitsFirst::Fill(1),
        BitsSecond::Open(segment(&[])),
    );
    check(&both, &[9, 1, 0]);
    let crossed = bits(Marks::FILL, BitsFirst::Stroke(1), BitsSecond::Far(None));
    assert_eq!(
        encode_error(&crossed),
        at("first", 1, ErrorKind::VariantMismatch)
    );
    let crossed = bits(Marks::SHADOW, BitsFirst::Absent, BitsSecond::Far(None));
    assert_eq!(
        encode_error(&crossed),
        at("second", 1, ErrorKind::VariantMismatch)
    );
    assert_eq!(
        prefixes::<Bits>(&[5, 5, 6, 0, 0, 0, 1, 0, 0xff, 0xff]),
        [
            "marks@0",
            "first.fill@1",
            "second.far@2",
            "second.far@2 pointer_out_of_range",
            "second.far.x@6",
            "second.far.y@8"
        ]
    );
}

#[test]
fn switch_with_a_case_for_each_flag_has_no_fixed_size() {
    let bits = |marks, negated, all| MoreBits {
        marks,
        negated,
        always: MoreBitsAlways::Same(6),
        all,
    };
    let cases = [
        (Marks::FILL, MoreBitsAll::Fill(7)),
        (Marks::STROKE, MoreBitsAll::Stroke(7)),
        (Marks::SHADOW, MoreBitsAll::Shadow(7)),
    ];
    for (marks, all) in cases {
        let value = bits(marks, MoreBitsNegated::Open(5), all);
        check(&value, &[marks.bits(), 5, 6, 7]);
    }
    let clip = bits(Marks::CLIP, MoreBitsNegated::Absent, MoreBitsAll::Clip(7));
    check(&clip, &[4, 6, 7]);
    let none = bits(
        Marks::empty(),
        MoreBitsNegated::Open(5),
        MoreBitsAll::Absent,
    );
    check(&none, &[0, 5, 6]);
    assert_eq!(MoreBits::WIRE_SIZE, None);
    assert_eq!(
        prefixes::<MoreBits>(&[1, 5, 6, 7]),
        ["marks@0", "negated.open@1", "always.same@2", "all.fill@3"]
    );
}

#[test]
fn switch_with_equal_case_sizes_has_a_fixed_size() {
    assert_eq!(SameSize::WIRE_SIZE, Some(6));
    let same = |data| SameSize { data };
    check(&same(SameSizeData::Off(5)), &[0, 0, 5, 0, 0, 0]);
    check(&same(SameSizeData::On(POINT)), &[1, 0, 1, 0, 0xff, 0xff]);
    let bytes = |mode| SameSizeData::Bytes {
        mode,
        value: [1, 2, 3, 4],
    };
    check(&same(bytes(Mode(3))), &[3, 0, 1, 2, 3, 4]);
    let problem = at("data", 2, ErrorKind::VariantMismatch);
    assert_eq!(encode_error(&same(bytes(Mode::OFF))), problem);
}

#[test]
fn cases_can_contain_long_arrays() {
    let heavy = |data| Heavy { data };
    let mut long = [0; 40];
    long[39] = 1;
    check(
        &heavy(HeavyData::Off(long)),
        &[&[0, 0], long.as_slice()].concat(),
    );
    check(
        &heavy(HeavyData::On(Some(POINT))),
        &[1, 0, 6, 0, 0, 0, 1, 0, 0xff, 0xff],
    );
    check(&heavy(HeavyData::On(None)), &[1, 0, 0, 0, 0, 0]);
    let longest = heavy(HeavyData::Longest {
        mode: Mode::AUTO,
        value: [0x0102; 300],
    });
    let bytes = [&[2, 0], [2, 1].repeat(300).as_slice()].concat();
    check(&longest, &bytes);
    assert_eq!(prefixes::<Heavy>(&bytes), ["mode@0", "data.longest@2"]);
}

#[test]
fn default_value_encodes_as_zeros() {
    let default = Implied {
        body: ImpliedBody::Dot(Point::default()),
        end: 0,
    };
    assert_eq!(Implied::default(), default);
    check(&Implied::default(), &[0; 6]);
    check(&Heavy::default(), &[0; 42]);
    // No flag is set, so `!SHADOW` and `!FILL` are chosen.
    let default = Bits {
        marks: Marks::empty(),
        first: BitsFirst::NoShadow(0),
        second: BitsSecond::Open(Segment::default()),
    };
    assert_eq!(Bits::default(), default);
    check(&Bits::default(), &[0; 6]);
    check(&Several::default(), &[0; 9]);
    check(&Nested::default(), &[0; 8]);
}

#[test]
fn array_elements_can_contain_switches() {
    let kept = Kept {
        mode: Mode::ON,
        one: KeptOne::On(1),
        between: 2,
        two: KeptTwo::On(segment(&[3])),
    };
    let nested = Nested {
        setting: NestedSetting::Auto(8),
        header: Header {
            version: 7,
            descriptor: Descriptor {
                r#type: Shape::LATER,
                mode: Mode::AUTO,
            },
        },
        body: NestedBody::Absent,
    };
    let several = Several {
        fixed: [
            Labels {
                setting: LabelsSetting::On(4),
            },
            Labels {
                setting: LabelsSetting::Auto(5),
            },
        ],
        list: vec![kept.clone()].into(),
        same: vec![SameSize {
            data: SameSizeData::On(POINT),
        }]
        .into(),
        rest: vec![nested.clone(), nested].into(),
    };
    let bytes = [
        1, 0, 4, 2, 0, 5, 0, 1, 1, 0, 1, 2, 1, 3, 1, 0, 1, 0, 0xff, 0xff, 7, 6, 2, 0, 8, 7, 6, 2,
        0, 8,
    ];
    check(&several, &bytes);
    assert_eq!(
        prefixes::<Several>(&bytes[..20]),
        [
            "fixed[0].mode@0",
            "fixed[0].setting.level@2",
            "fixed[1].mode@3",
            "fixed[1].setting.delay@5",
            "count@7",
            "list[0].mode@8",
            "list[0].one.first@10",
            "list[0].between@11",
            "list[0].two.second.count@12",
            "list[0].two.second.data@13",
            "same@14"
        ]
    );
    let truncated = ErrorKind::Truncated {
        needed: 2,
        available: 1,
    };
    let problem = at("rest[1].header.descriptor.mode", 27, truncated);
    assert_eq!(decode_error::<Several>(&bytes[..28]), problem);
    let two = Several {
        list: vec![kept.clone(), kept].into(),
        ..Several::default()
    };
    let mismatch = ErrorKind::CountMismatch {
        count: 2,
        length: 0,
    };
    let (field, offset, kind) = encode_error(&two);
    assert_eq!((field.as_str(), kind), ("same", mismatch));
    assert_eq!(offset, 21);
}

#[test]
fn padding_in_a_case_is_written_as_zero() {
    let auto = Padded {
        body: PaddedBody::Padding { mode: Mode::AUTO },
        marks: Marks::CLIP,
    };
    let bytes = [2, 0, 0, 0, 0, 0, 4, 0];
    check(&auto, &bytes);
    assert_eq!(
        prefixes::<Padded>(&bytes),
        ["mode@0", "body.padding@2", "marks@6", "space.gap@7"]
    );
    check_rewritten(&auto, &[2, 0, 1, 2, 3, 4, 4, 5], &bytes);
    let off = Padded {
        body: PaddedBody::Off(7),
        marks: Marks::FILL,
    };
    check(&off, &[0, 0, 7, 0, 0, 0, 1]);
    let wrong = Padded {
        body: PaddedBody::Padding { mode: Mode::OFF },
        ..off
    };
    assert_eq!(
        encode_error(&wrong),
        at("body", 2, ErrorKind::VariantMismatch)
    );
}

#[test]
fn arrays_in_cases_keep_their_elements() {
    let on = Paired {
        data: PairedData::On([segment(&[7]), segment(&[])]),
    };
    check(&on, &[1, 0, 1, 7, 0]);
    assert_eq!(
        prefixes::<Paired>(&[1, 0, 1, 7, 0]),
        [
            "mode@0",
            "data.pair[0].count@2",
            "data.pair[0].data@3",
            "data.pair[1].count@4"
        ]
    );
    let other = Paired {
        data: PairedData::Others {
            mode: Mode::AUTO,
            value: [segment(&[]), segment(&[8, 9])],
        },
    };
    check(&other, &[2, 0, 0, 2, 8, 9]);
    let wrong = Paired {
        data: PairedData::Others {
            mode: Mode::ON,
            value: [segment(&[]), segment(&[])],
        },
    };
    assert_eq!(
        encode_error(&wrong),
        at("data", 2, ErrorKind::VariantMismatch)
    );
}
