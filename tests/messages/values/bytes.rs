//! Bytes written by hand. This module does not use the tested code.

/// Parses a text of tokens separated by whitespace:
///
/// - `00ff12`: bytes as pairs of hexadecimal digits
/// - `300u16`, `-1i32`: a little-endian integer of that width
/// - `"host"`: characters without a NUL
/// - `@69`: no bytes; asserts that 69 bytes precede this token
/// - `#`: a comment up to the end of the line
pub fn bytes(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let lines = text.lines().map(|line| line.split('#').next().unwrap());
    for token in lines.flat_map(str::split_whitespace) {
        if let Some(place) = token.strip_prefix('@') {
            assert_eq!(place.parse(), Ok(out.len()), "bytes before {token}");
        } else if let Some(characters) = token.strip_prefix('"') {
            out.extend_from_slice(characters.strip_suffix('"').unwrap().as_bytes());
        } else if token.contains(['u', 'i']) {
            append_number(token, &mut out);
        } else {
            append_hex(token, &mut out);
        }
    }
    out
}

fn append_number(token: &str, out: &mut Vec<u8>) {
    let (digits, width) = token.split_at(token.find(['u', 'i']).unwrap());
    let (lowest, bits): (i128, u32) = match width.split_at(1) {
        ("u", bits) => (0, bits.parse().unwrap()),
        (_, bits) => {
            let bits: u32 = bits.parse().unwrap();
            (-(1_i128 << (bits - 1)), bits)
        }
    };
    let number: i128 = digits.parse().unwrap();
    let fits = number >= lowest && number < lowest + (1_i128 << bits);
    assert!(fits, "{token} does not fit");
    out.extend_from_slice(&number.to_le_bytes()[..bits as usize / 8]);
}

fn append_hex(token: &str, out: &mut Vec<u8>) {
    assert!(
        token.len().is_multiple_of(2),
        "odd number of digits in {token}"
    );
    for start in (0..token.len()).step_by(2) {
        out.push(u8::from_str_radix(&token[start..start + 2], 16).unwrap());
    }
}

/// Formats bytes as hexadecimal digits separated by spaces.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x} ")).collect()
}

#[test]
fn all_tokens_are_parsed() {
    assert_eq!(bytes("00ff 12 # 34"), [0, 0xff, 0x12]);
    assert_eq!(bytes("258u16 1u8 @3 -2i16"), [2, 1, 1, 0xfe, 0xff]);
    assert_eq!(
        bytes("\"Ab\" 00\n-1i64"),
        *b"Ab\0\xff\xff\xff\xff\xff\xff\xff\xff"
    );
    assert_eq!(bytes("18446744073709551615u64"), [0xff; 8]);
}

#[test]
#[should_panic = "bytes before @2"]
fn wrong_offset_panics() {
    bytes("00 @2");
}

#[test]
#[should_panic = "does not fit"]
fn number_out_of_range_panics() {
    bytes("256u8");
}
