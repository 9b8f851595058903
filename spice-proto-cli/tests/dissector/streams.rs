//! Streams of bytes: link stage, framing, sub-messages, and what TCP does with segments.

use spice_proto_gen::model::Side;

use super::capture::{Capture, Connection, Header, link_messages};
use super::generated::{BUILT_IN, dissector};
use super::pdml::Element;
use super::tshark::Tshark;

const MAIN: u8 = 1;
const DISPLAY: u8 = 2;
const INPUTS: u8 = 3;

/// Server: `set_ack` and `ping`. Client: `ack_sync`.
const SET_ACK: u16 = 3;
const PING: u16 = 4;
const LIST: u16 = 8;
const ACK_SYNC: u16 = 1;

fn tshark(test: &str) -> Tshark {
    dissector(test, "spice_gen", BUILT_IN)
}

fn numbers<const N: usize>(numbers: [u32; N]) -> Vec<u8> {
    numbers.map(u32::to_le_bytes).concat()
}

/// A `ping` with `size` bytes of data.
fn ping(connection: &mut Connection, id: u32, size: usize) -> Vec<u8> {
    let body = [numbers([id, 0, 0]), vec![0xaa; size]].concat();
    connection.message(Side::Server, PING, &body, 0)
}

/// The values of all fields with a name.
fn values(units: &[Element], name: &str) -> Vec<String> {
    fn collect(element: &Element, name: &str, values: &mut Vec<String>) {
        if element.name == name {
            values.push(element.show.clone());
        }
        element
            .children
            .iter()
            .for_each(|child| collect(child, name, values));
    }
    let mut found = Vec::new();
    units
        .iter()
        .for_each(|unit| collect(unit, name, &mut found));
    found
}

/// A list of sub-messages at an offset of the body.
fn sub_list(offset: u32, messages: &[(u16, &[u8])]) -> Vec<u8> {
    let count = u16::try_from(messages.len()).unwrap();
    let mut next = offset + 2 + 4 * u32::from(count);
    let (mut list, mut bodies) = (count.to_le_bytes().to_vec(), Vec::new());
    for (id, body) in messages {
        list.extend(next.to_le_bytes());
        let size = u32::try_from(body.len()).unwrap();
        let message = [&id.to_le_bytes()[..], &size.to_le_bytes(), body].concat();
        next += u32::try_from(message.len()).unwrap();
        bodies.extend(message);
    }
    [list, bodies].concat()
}

pub fn link_stage_is_shown_by_name() {
    let tshark = tshark("link_stage");
    let mut capture = Capture::new();
    capture.link(INPUTS, Header::Mini, 1460);
    let units = tshark.units(&capture.save(&tshark.folder), &[]);
    let labels: Vec<_> = units.iter().map(|unit| unit.label.as_str()).collect();
    let kinds = [
        "link request",
        "link reply",
        "authentication mechanism",
        "ticket",
        "link result",
    ];
    assert_eq!(
        labels,
        kinds.map(|kind| format!("Spice (spice_gen), {kind}"))
    );
    let label = |unit: usize, name: &str| &units[unit].find(name).expect(name).label;
    assert_eq!(label(0, "spice_gen.link.connection_id"), "connection_id: 7");
    assert_eq!(
        label(0, "spice_gen.link.channel_type"),
        "channel_type: inputs (3)"
    );
    assert_eq!(
        label(0, "spice_gen.link.common_caps"),
        "common_caps: 0x0000000b (AUTH_SELECTION, AUTH_SPICE, MINI_HEADER)"
    );
    assert_eq!(
        label(1, "spice_gen.link.channel_caps"),
        "channel_caps: 0x00000009 (KEY_SCANCODE, 3)"
    );
    assert_eq!(label(1, "spice_gen.link.error"), "error: OK (0)");
    assert_eq!(label(2, "spice_gen.link.mechanism"), "mechanism: SPICE (1)");
    assert_eq!(
        units[3].find("spice_gen.link.ticket").unwrap().value,
        "55".repeat(128)
    );
    assert_eq!(label(4, "spice_gen.link.result"), "result: OK (0)");
}

pub fn refused_connection_is_shown() {
    let tshark = tshark("refused");
    let mut capture = Capture::new();
    let mut connection = capture.open(Header::Mini, 1460);
    let [request, _] = link_messages(DISPLAY, Header::Mini);
    connection.send(&mut capture, Side::Client, &request);
    let reply = [&b"REDQ"[..], &numbers([2, 2, 178, 5]), &[0; 162 + 12]].concat();
    connection.send(&mut capture, Side::Server, &reply);
    let units = tshark.units(&capture.save(&tshark.folder), &[]);
    assert_eq!(units.len(), 2);
    let error = units[1].find("spice_gen.link.error").unwrap();
    assert_eq!(error.label, "error: NEED_SECURED (5)");
    assert_eq!(values(&units, "spice_gen.malformed"), [""; 0]);
}

pub fn sasl_exchange_is_passed() {
    let tshark = tshark("sasl");
    let mut capture = Capture::new();
    let mut connection = capture.open(Header::Mini, 1460);
    let [request, reply] = link_messages(MAIN, Header::Mini);
    let sized = |bytes: &[u8]| [&u32::try_from(bytes.len()).unwrap().to_le_bytes(), bytes].concat();
    let exchange = [
        (Side::Client, request),
        (Side::Server, reply),
        (Side::Client, numbers([2]).clone()),
        (Side::Server, sized(b"PLAIN,DIGEST-MD5")),
        (Side::Client, [sized(b"PLAIN"), sized(b"first")].concat()),
        (Side::Server, [sized(b"go on"), vec![0]].concat()),
        (Side::Client, sized(b"second")),
        (Side::Server, [sized(b""), vec![1], numbers([0])].concat()),
    ];
    for (side, bytes) in exchange {
        connection.send(&mut capture, side, &bytes);
    }
    let ack = connection.message(Side::Client, ACK_SYNC, &numbers([9]), 0);
    connection.send(&mut capture, Side::Client, &ack);
    let units = tshark.units(&capture.save(&tshark.folder), &[]);
    assert_eq!(values(&units, "spice_gen.link.sasl").len(), 6);
    assert_eq!(values(&units, "spice_gen.link.result"), ["0"]);
    assert_eq!(values(&units, "spice_gen.main.ack_sync.generation"), ["9"]);
}

pub fn sub_messages_are_shown_before_their_message() {
    let tshark = tshark("sub_messages");
    let mut capture = Capture::new();
    let mut connection = capture.link(MAIN, Header::Full, 1460);
    let (first, second) = (numbers([1, 20]), numbers([2, 30]));
    let messages = [(SET_ACK, &first[..]), (SET_ACK, &second[..])];
    let body = [numbers([7, 8, 0]), sub_list(12, &messages)].concat();
    let with_list = connection.message(Side::Server, PING, &body, 12);
    let list = connection.message(Side::Server, LIST, &sub_list(0, &messages), 0);
    // Servers ignore the list of a client.
    let garbage = connection.message(Side::Client, ACK_SYNC, &numbers([9]), 0x55aa);
    connection.send(&mut capture, Side::Server, &[with_list, list].concat());
    connection.send(&mut capture, Side::Client, &garbage);
    let units = tshark.messages(&capture.save(&tshark.folder), &[]);
    assert_eq!(units.len(), 3);
    let windows = values(&units, "spice_gen.main.set_ack.window");
    assert_eq!(windows, ["20", "30", "20", "30"]);
    let message = "spice_gen.message";
    assert_eq!(
        values(&units[..1], message),
        [
            "main.server.set_ack",
            "main.server.set_ack",
            "main.server.ping"
        ]
    );
    assert_eq!(
        values(&units[1..2], message).last().unwrap(),
        "main.server.list"
    );
    assert_eq!(values(&units, "spice_gen.header.serial"), ["1", "2", "1"]);
    assert_eq!(values(&units, "spice_gen.malformed"), [""; 0]);
}

pub fn invalid_list_of_sub_messages_is_reported() {
    let tshark = tshark("invalid_sub_messages");
    let window = numbers([1, 20]);
    let valid = sub_list(0, &[(SET_ACK, &window[..]), (SET_ACK, &window[..])]);
    // Ten times the same sub-message.
    let ten = sub_list(0, &[(SET_ACK, &window[..]); 10]);
    let overlapping = [&ten[..2], &ten[2..6].repeat(10), &ten[42..]].concat();
    let overlapping = overlapping[..42 + 14].to_vec();
    let endless = [&[0xff; 2][..], &valid[2..]].concat();
    let outside = [&valid[..2], &[0xff; 4], &valid[6..]].concat();
    for body in [
        &overlapping,
        &endless,
        &outside,
        &valid[..valid.len() - 1].to_vec(),
        &vec![1],
    ] {
        let mut capture = Capture::new();
        let mut connection = capture.link(MAIN, Header::Mini, 1460);
        let list = connection.message(Side::Server, LIST, body, 0);
        connection.send(&mut capture, Side::Server, &list);
        let units = tshark.messages(&capture.save(&tshark.folder), &[]);
        let error = units[0].expert("spice_gen.malformed");
        assert_eq!(
            error,
            Some("The list of sub-messages is cut off"),
            "{body:?}"
        );
    }
}

pub fn connections_have_their_own_channel_and_header() {
    let tshark = tshark("connections");
    let mut capture = Capture::new();
    let mut main = capture.link(MAIN, Header::Mini, 1460);
    let mut display = capture.link(DISPLAY, Header::Full, 1460);
    let mut unknown = capture.link(200, Header::Mini, 1460);
    for id in 0..3 {
        for connection in [&mut main, &mut display, &mut unknown] {
            let message = ping(connection, id, 5);
            connection.send(&mut capture, Side::Server, &message);
        }
    }
    let units = tshark.messages(&capture.save(&tshark.folder), &[]);
    assert_eq!(values(&units, "spice_gen.main.ping.id"), ["0", "1", "2"]);
    assert_eq!(values(&units, "spice_gen.display.ping.id"), ["0", "1", "2"]);
    let unknown: Vec<_> = units
        .iter()
        .filter_map(|unit| unit.expert("spice_gen.undecoded"))
        .collect();
    assert_eq!(unknown, ["The channel is unknown"; 3]);
    assert_eq!(
        values(&units, "spice_gen.header.serial"),
        ["1", "1", "1", "2", "2", "2", "3", "3", "3"]
    );
}

pub fn segments_of_any_size_are_reassembled_in_both_passes() {
    let tshark = tshark("segments");
    // Heuristics need the magic in one segment, so the port selects the dissector.
    let by_port = ["-d", "tcp.port==5930,spice_gen"];
    for header in [Header::Mini, Header::Full] {
        for segment in [1, 3, 8, 19, 33, 70] {
            let mut capture = Capture::new();
            let mut connection = capture.link(MAIN, header, segment);
            let messages = (0..40).map(|id| ping(&mut connection, id, id as usize * 7 % 50));
            let bytes = messages.collect::<Vec<_>>().concat();
            connection.send(&mut capture, Side::Server, &bytes);
            let expected: Vec<_> = (0..40).map(|id| id.to_string()).collect();
            for passes in [&by_port[..], &[&by_port[..], &["-2"]].concat()] {
                let units = tshark.messages(&capture.save(&tshark.folder), passes);
                let ids = values(&units, "spice_gen.main.ping.id");
                assert_eq!(ids, expected, "{header:?}, {segment} {passes:?}");
            }
        }
    }
}

pub fn repeated_and_reordered_segments_are_put_in_order() {
    let tshark = tshark("reordered");
    let mut capture = Capture::new();
    let mut connection = capture.link(MAIN, Header::Mini, 1460);
    let mut messages = (0..20)
        .map(|id| ping(&mut connection, id, 90))
        .collect::<Vec<_>>();
    let rest = messages.split_off(10);
    let (first, second) = (messages.concat(), rest.concat());
    connection.send(&mut capture, Side::Server, &first);
    connection.repeat(&mut capture, Side::Server, &first[first.len() - 700..]);
    let (early, late) = second.split_at(500);
    connection.swap(&mut capture, Side::Server, early, late);
    let message = ping(&mut connection, 20, 0);
    connection.send(&mut capture, Side::Server, &message);
    let expected: Vec<_> = (0..21).map(|id| id.to_string()).collect();
    let options = ["-o", "tcp.reassemble_out_of_order:TRUE"];
    for options in [&options[..], &[&options[..], &["-2"]].concat()] {
        let units = tshark.messages(&capture.save(&tshark.folder), options);
        assert_eq!(values(&units, "spice_gen.main.ping.id"), expected);
        assert_eq!(
            values(&units, "spice_gen.header.serial").last().unwrap(),
            "21"
        );
    }
}

pub fn messages_after_lost_segments_are_shown() {
    let tshark = tshark("lost");
    let mut capture = Capture::new();
    let mut connection = capture.link(MAIN, Header::Mini, 1000);
    for id in 0..3 {
        let message = ping(&mut connection, id, 10);
        connection.send(&mut capture, Side::Server, &message);
    }
    let large = ping(&mut connection, 3, 5000);
    connection.send(&mut capture, Side::Server, &large[..2000]);
    connection.lose(Side::Server, large.len() - 2000);
    for id in 4..6 {
        let message = ping(&mut connection, id, 10);
        connection.send(&mut capture, Side::Server, &message);
    }
    for options in [&[][..], &["-2"]] {
        let units = tshark.messages(&capture.save(&tshark.folder), options);
        assert_eq!(
            values(&units, "spice_gen.main.ping.id"),
            ["0", "1", "2", "4", "5"]
        );
    }
}

pub fn messages_are_found_without_reassembly() {
    let tshark = tshark("no_reassembly");
    let mut capture = Capture::new();
    let mut connection = capture.link(MAIN, Header::Mini, 1000);
    let messages = (0..3)
        .map(|id| ping(&mut connection, id, 1500))
        .collect::<Vec<_>>();
    for message in messages {
        connection.send(&mut capture, Side::Server, &message);
    }
    let units = tshark.messages(
        &capture.save(&tshark.folder),
        &["-o", "tcp.desegment_tcp_streams:FALSE"],
    );
    assert_eq!(values(&units, "spice_gen.main.ping.id"), ["0", "1", "2"]);
    let note = units[0].expert("spice_gen.undecoded");
    assert_eq!(note, Some("Only 1000 of 1518 bytes are here"));
}

pub fn connection_without_link_stage_is_not_decoded() {
    let tshark = tshark("no_link_stage");
    let mut capture = Capture::new();
    let mut connection = capture.open(Header::Mini, 1460);
    let message = ping(&mut connection, 1, 10);
    connection.send(&mut capture, Side::Server, &message);
    let units = tshark.units(
        &capture.save(&tshark.folder),
        &["-d", "tcp.port==5930,spice_gen"],
    );
    assert_eq!(
        units[0].expert("spice_gen.undecoded"),
        Some("The capture does not have the link stage, so the channel is unknown")
    );
    // Heuristics leave other connections alone.
    assert_eq!(tshark.units(&capture.save(&tshark.folder), &[]).len(), 0);
}

pub fn unknown_message_keeps_its_bytes() {
    let tshark = tshark("unknown_message");
    let mut capture = Capture::new();
    let mut connection = capture.link(MAIN, Header::Mini, 1460);
    let unknown = connection.message(Side::Server, 9999, &[1, 2, 3], 0);
    let known = ping(&mut connection, 5, 0);
    connection.send(&mut capture, Side::Server, &[unknown, known].concat());
    let units = tshark.messages(&capture.save(&tshark.folder), &[]);
    assert_eq!(
        units[0].expert("spice_gen.undecoded"),
        Some("The message is unknown")
    );
    assert_eq!(units[0].find("spice_gen.body").unwrap().value, "010203");
    assert_eq!(values(&units[1..], "spice_gen.main.ping.id"), ["5"]);
}

pub fn filters_find_fields_and_values_by_name() {
    let tshark = tshark("filters");
    let mut capture = Capture::new();
    let mut connection = capture.link(DISPLAY, Header::Mini, 1460);
    for top in [5, 6] {
        let base = [numbers([0, top, 1, 10, 20]), vec![0]].concat();
        let body = [
            base,
            numbers([0, 0, 0, 4, 4]),
            vec![8, 0, 0, 0],
            numbers([0, 0, 0]),
        ]
        .concat();
        let message = connection.message(Side::Server, 304, &body, 0);
        connection.send(&mut capture, Side::Server, &message);
    }
    let count = |filter: &str| {
        let options = [
            "-Y",
            filter,
            "-T",
            "fields",
            "-e",
            "spice_gen.display.draw_copy.base.box.top",
        ];
        tshark
            .read(&capture.save(&tshark.folder), &options)
            .lines()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        count("spice_gen.display.draw_copy.base.box.top == 5"),
        ["5"]
    );
    assert_eq!(
        count("spice_gen.display.draw_copy.data.rop_descriptor.op_put == 1"),
        ["5", "6"]
    );
    assert_eq!(
        count("spice_gen.display.draw_copy.data.scale_mode == \"NEAREST\""),
        [""; 0]
    );
    assert_eq!(
        count("spice_gen.message == \"display.server.draw_copy\""),
        ["5", "6"]
    );
    assert_eq!(count("spice_gen.display.draw_fill"), [""; 0]);
}
