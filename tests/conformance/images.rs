//! `images.proto`: arrays whose length is the size of an image.

use spice_proto::images::types::*;
use spice_wire::{ErrorKind, Text};

use crate::support::{at, check, check_rewritten, decode_error, encode_error, prefixes};

const fn image(expected: u64, length: u64) -> ErrorKind {
    ErrorKind::ImageSize { expected, length }
}

#[test]
fn rows_are_padded_to_whole_bytes() {
    // A row of nine pixels takes 2 bytes at 1 bit per pixel, 5 at 4 bits, 9 at 8 bits, and 27 at 24
    // bits. There are two rows.
    let rows = Rows {
        width: 9,
        rows: 2,
        bits1: vec![1; 4].into(),
        bits4: vec![2; 10].into(),
        bits8: vec![3; 18].into(),
        bits24: vec![4; 54].into(),
    };
    let bytes = [[9, 2].as_slice(), &[1; 4], &[2; 10], &[3; 18], &[4; 54]].concat();
    check(&rows, &bytes);
    assert_eq!(
        prefixes::<Rows>(&bytes),
        [
            "width@0",
            "rows@1",
            "bits1@2",
            "bits4@6",
            "bits8@16",
            "bits24@34"
        ]
    );
    let short = Rows {
        bits4: vec![2; 9].into(),
        ..rows.clone()
    };
    assert_eq!(encode_error(&short), at("bits4", 6, image(10, 9)));
    let long = Rows {
        bits24: vec![4; 55].into(),
        ..rows
    };
    assert_eq!(encode_error(&long), at("bits24", 34, image(54, 55)));
    check(&Rows::default(), &[0, 0]);
}

#[test]
fn sizes_over_64_bits_are_rejected() {
    let huge = |width, rows, data: &'static [u8]| Huge {
        width,
        rows,
        data: data.into(),
    };
    let sides = |width: u64, rows: u64| [width.to_le_bytes(), rows.to_le_bytes()].concat();
    check(
        &huge(1, 1, &[1, 2, 3, 4]),
        &[sides(1, 1).as_slice(), &[1, 2, 3, 4]].concat(),
    );
    check(&huge(u64::MAX, 0, &[]), &sides(u64::MAX, 0));
    let truncated = |needed| ErrorKind::Truncated {
        needed,
        available: 0,
    };
    // 4 × 2^62 × 1 would wrap around to 0 in 64 bits.
    let problem = at("data", 16, truncated(u64::MAX));
    assert_eq!(decode_error::<Huge>(&sides(1 << 62, 1)), problem);
    assert_eq!(decode_error::<Huge>(&sides(u64::MAX, u64::MAX)), problem);
    let problem = at("data", 16, truncated(1 << 63));
    assert_eq!(decode_error::<Huge>(&sides(1 << 31, 1 << 30)), problem);
    let problem = encode_error(&huge(u64::MAX, u64::MAX, &[]));
    assert_eq!(problem, at("data", 16, image(u64::MAX, 0)));
}

#[test]
fn images_behind_pointers() {
    let far = |nullable: &'static [u8], nonnull: &'static [u8]| Far {
        width: 2,
        rows: 1,
        nullable: nullable.into(),
        nonnull: nonnull.into(),
    };
    let bytes = [2, 0, 1, 0, 0, 0, 14, 0, 0, 0, 16, 0, 0, 0, 1, 2, 3, 4];
    check(&far(&[1, 2], &[3, 4]), &bytes);
    let bytes = [2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 14, 0, 0, 0, 3, 4];
    check(&far(&[], &[3, 4]), &bytes);
    assert_eq!(
        encode_error(&far(&[1], &[3, 4])),
        at("nullable", 14, image(2, 1))
    );
    assert_eq!(encode_error(&far(&[], &[])), at("nonnull", 14, image(2, 0)));
    let empty = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0];
    check(&Far::default(), &empty);
    let mut null = empty;
    null[10] = 0;
    assert_eq!(
        decode_error::<Far>(&null),
        at("nonnull", 10, ErrorKind::NullPointer)
    );
    let mut large = [15, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0];
    let problem = at("nullable", 6, ErrorKind::NullArray { count: 15 });
    assert_eq!(decode_error::<Far>(&large), problem);
    large[2..6].fill(0xff);
    let count = 15 * 0xffff_ffff;
    let problem = at("nullable", 6, ErrorKind::NullArray { count });
    assert_eq!(decode_error::<Far>(&large), problem);
    // A null image that would fit in the message becomes empty; its width and rows stay.
    let mut small = vec![4, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];
    let value = Far {
        width: 4,
        rows: 1,
        nullable: vec![].into(),
        nonnull: vec![0, 1, 0, 0].into(),
    };
    let written = [4, 0, 1, 0, 0, 0, 0, 0, 0, 0, 14, 0, 0, 0, 0, 1, 0, 0];
    check_rewritten(&value, &small, &written);
    small.truncate(14);
    assert_eq!(
        prefixes::<Far>(&small),
        ["width@0", "rows@2", "nullable@6", "nonnull@10"]
    );
}

#[test]
fn image_side_can_also_be_a_count() {
    let others = Others {
        width: 3,
        rows: 2,
        levels: vec![-1; 6].into(),
        pixels: vec![Pixel::WHITE; 4].into(),
        text: Text::from_wire(b"four\0five"),
        offsets: vec![7, 8].into(),
    };
    let bytes = [
        [3, 0, 2].as_slice(),
        &[0xff; 6],
        &[1; 4],
        b"four\0five",
        &[7, 0, 8, 0],
    ]
    .concat();
    check(&others, &bytes);
    assert_eq!(
        prefixes::<Others>(&bytes),
        [
            "width@0",
            "rows@2",
            "levels@3",
            "pixels@9",
            "text@13",
            "offsets@22"
        ]
    );
    let wrong = Others {
        levels: vec![0; 5].into(),
        ..others.clone()
    };
    assert_eq!(encode_error(&wrong), at("levels", 3, image(6, 5)));
    let wrong = Others {
        text: "four".into(),
        ..others.clone()
    };
    assert_eq!(encode_error(&wrong), at("text", 13, image(9, 5)));
    let mismatch = ErrorKind::CountMismatch {
        count: 2,
        length: 1,
    };
    let wrong = Others {
        offsets: vec![7].into(),
        ..others
    };
    assert_eq!(encode_error(&wrong), at("offsets", 22, mismatch));
}
