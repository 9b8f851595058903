//! `attributes.proto`: every attribute. Most attributes affect only generated C and not the wire
//! format.

use spice_proto::attributes::attributes::server::{self, ChosenData};
use spice_proto::attributes::types::*;
use spice_wire::ErrorKind;

use crate::support::{at, check, check_rewritten, decode_error, prefixes};

#[test]
fn c_attributes_do_not_change_the_wire_format() {
    let shapes = Shapes {
        as_pointer: vec![1].into(),
        as_pointer_with: vec![2].into(),
        array_of_pointers: vec![Small { n: 3 }].into(),
        pointer: Small { n: 4 },
        chunks: vec![5, 6].into(),
        given: 0x0102_0304,
        out: 8,
        inside: Small { n: 9 },
        far: Small { n: 10 },
        name: "n".into(),
    };
    #[rustfmt::skip]
    let bytes = [
        1,  1,  2,  3,  4,  2, 5, 6,  4, 3, 2, 1,  8, 0, 0, 0,  9,  0,  27, 0, 0, 0,
        2,  28, 0, 0, 0,
        10,
        b'n', 0,
    ];
    check(&shapes, &bytes);
    let mut padded = bytes;
    padded[17] = 0xaa;
    check_rewritten(&shapes, &padded, &bytes);
    assert_eq!(Shapes::CONSTANT, 3);
    assert_eq!(
        prefixes::<Shapes<'_>>(&bytes),
        [
            "count@0",
            "as_pointer@1",
            "as_pointer_with@2",
            "array_of_pointers@3",
            "pointer.n@4",
            "rest_size@5",
            "chunks@6",
            "given@8",
            "out@12",
            "inside.n@16",
            "zero@17",
            "far@18",
            "name_size@22",
            "name@23",
            "far@18 pointer_out_of_range",
            "name@23 pointer_out_of_range",
            "name@28"
        ]
    );
    let tail = server::Tail {
        n: 1,
        tail: vec![2, 3].into(),
    };
    check(&tail, &[1, 2, 3]);
}

#[test]
fn switch_attributes_do_not_change_the_wire_format() {
    let chosen = |kind, data| server::Chosen {
        kind,
        data,
        level: Level::OLD,
    };
    check(
        &chosen(Single::ONE, ChosenData::One(Small { n: 5 })),
        &[1, 5, 1],
    );
    check(&chosen(Single::TWO, ChosenData::Two(6)), &[2, 6, 1]);
    check(&chosen(Single(4), ChosenData::Absent), &[4, 1]);
    // `@unique_flag` is not checked.
    let both = Single::ONE | Single::TWO;
    check(&chosen(both, ChosenData::One(Small { n: 7 })), &[3, 7, 1]);
    assert_eq!(
        prefixes::<server::Chosen>(&[2, 6, 1]),
        ["kind@0", "data.two@1", "level@2"]
    );
    let truncated = ErrorKind::Truncated {
        needed: 1,
        available: 0,
    };
    assert_eq!(
        decode_error::<server::Chosen>(&[1]),
        at("data.one.n", 1, truncated)
    );
}
