//! Hostile streams: the dissector ends, and no Lua error occurs.

use std::fs;

use spice_proto_gen::model::Side;

use super::capture::{Capture, Header};
use super::generated::{BUILT_IN, dissector, folder};
use super::prng::Prng;
use super::rows;

/// Changes some bytes.
fn damage(bytes: &mut [u8], random: &mut Prng) {
    for _ in 0..1 + bytes.len() / 400 {
        let place = random.below(bytes.len());
        bytes[place] = *random.pick(&[0, 1, 0x7f, 0x80, 0xff]);
    }
}

pub fn damaged_streams_cause_no_lua_error() {
    let tshark = dissector("damaged", "spice_gen", BUILT_IN);
    let rows = rows::rows("reference.jsonl");
    let mut random = Prng::new(7);
    let mut capture = Capture::new();
    for round in 0..150 {
        let header = if round % 2 == 0 {
            Header::Mini
        } else {
            Header::Full
        };
        let row = random.pick(&rows).clone();
        let segment = 1 + random.below(1400);
        let mut connection = capture.link(row.channel_type, header, segment);
        for side in [Side::Server, Side::Client] {
            let mut bytes = Vec::new();
            for _ in 0..20 {
                let row = random.pick(&rows);
                let sub_list = random.next() as u32 % 40;
                bytes.extend(connection.message(side, row.id, &row.body, sub_list));
            }
            damage(&mut bytes, &mut random);
            connection.send(&mut capture, side, &bytes);
        }
    }
    // Damaged link stages.
    for _ in 0..150 {
        let mut connection = capture.open(Header::Mini, 1460);
        for (side, message) in [Side::Client, Side::Server]
            .into_iter()
            .zip(super::capture::link_messages(2, Header::Mini))
        {
            let mut bytes = [message, vec![1; 300]].concat();
            damage(&mut bytes[4..], &mut random);
            bytes.truncate(4 + random.below(bytes.len() - 4));
            connection.send(&mut capture, side, &bytes);
        }
    }
    for options in [&[][..], &["-2"]] {
        // `units` fails if a Lua error is shown.
        assert!(tshark.units(&capture.save(&tshark.folder), options).len() > 1000);
    }
}

pub fn message_with_too_many_fields_is_cut_off() {
    let tshark = dissector("too_many", "spice_gen", BUILT_IN);
    let mut capture = Capture::new();
    let mut connection = capture.link(1, Header::Mini, 60_000);
    // `channels_list` with many channels of two bytes.
    let count = 200_000_u32;
    let body = [&count.to_le_bytes()[..], &vec![1; 2 * count as usize]].concat();
    let large = connection.message(Side::Server, 104, &body, 0);
    let next = connection.message(Side::Server, 104, &[0; 4], 0);
    connection.send(&mut capture, Side::Server, &[large, next].concat());
    let units = tshark.messages(&capture.save(&tshark.folder), &[]);
    assert_eq!(units.len(), 2);
    assert_eq!(
        units[0].expert("spice_gen.undecoded"),
        Some("The packet has too many fields to show them all")
    );
    assert_eq!(units[1].expert("spice_gen.undecoded"), None);
}

pub fn message_size_beyond_the_limit_loses_the_position_until_a_message_is_found() {
    let tshark = dissector("position", "spice_gen", BUILT_IN);
    let mut capture = Capture::new();
    let mut connection = capture.link(1, Header::Mini, 1460);
    connection.send(
        &mut capture,
        Side::Server,
        &[4, 0, 0xff, 0xff, 0xff, 0xff, 1, 2, 3],
    );
    connection.send(&mut capture, Side::Server, &[9; 30]);
    let found = connection.message(Side::Server, 104, &[0; 4], 0);
    connection.send(&mut capture, Side::Server, &found);
    let units = tshark.units(&capture.save(&tshark.folder), &[]);
    let [.., size, lost, message] = &units[..] else {
        panic!("{} units", units.len());
    };
    assert_eq!(
        size.expert("spice_gen.malformed"),
        Some("The size of the message is invalid: 4294967295")
    );
    assert_eq!(
        lost.expert("spice_gen.undecoded"),
        Some("The position in the stream is lost")
    );
    assert_eq!(
        message.text("spice_gen.message"),
        Some("main.server.channels_list")
    );
}

pub fn proto_with_exponentially_many_fields_has_a_limit() {
    let mut proto = "struct S0 { uint8 a; uint8 b; };\n".to_owned();
    for level in 1..18 {
        let inner = level - 1;
        proto += &format!("struct S{level} {{ S{inner} a; S{inner} b; }};\n");
    }
    proto += "message M { S17 s; }; channel C { M m; }; protocol Deep { C c = 1; };";
    let path = folder("deep_proto").join("deep.proto");
    fs::write(&path, proto).unwrap();
    let arguments = [path.to_str().unwrap()];
    let tshark = dissector("deep", "deep", &arguments);
    assert!((50_000..50_010).contains(&tshark.types.len()));
    let mut capture = Capture::new();
    let mut connection = capture.link(1, Header::Mini, 60_000);
    let message = connection.message(Side::Server, 1, &vec![7; 1 << 18], 0);
    connection.send(&mut capture, Side::Server, &message);
    let units = tshark.messages(&capture.save(&tshark.folder), &[]);
    assert_eq!(
        units[0].expert("deep.undecoded"),
        Some("The packet has too many fields to show them all")
    );
}
