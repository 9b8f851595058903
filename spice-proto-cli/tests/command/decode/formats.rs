//! File formats, link types and IP.

use super::command::{Ran, decode, folder, run, run_with_input};
use super::recorded::{capture, connections};
use super::support::file::{FORMATS, File, Format, LINKS, Link};

/// The lines without the addresses, which differ between IPv4 and IPv6.
fn without_addresses(ran: &Ran) -> Vec<serde_json::Value> {
    let mut rows = ran.rows();
    for row in &mut rows {
        let row = row.as_object_mut().unwrap();
        row.remove("client");
        row.remove("server");
    }
    rows
}

#[test]
fn all_link_types_give_the_same_lines() {
    let expected = decode(
        &[],
        &capture(
            Format::Pcap,
            Link::Ethernet,
            false,
            &connections(false, true),
        ),
    );
    let expected = without_addresses(&expected);
    assert_eq!(expected.len(), 322);
    for is_v6 in [false, true] {
        let connections = connections(is_v6, true);
        for link in LINKS {
            let ran = decode(&[], &capture(Format::Pcap, link, is_v6, &connections));
            assert_eq!(ran.status, 0);
            assert!(without_addresses(&ran) == expected, "{link:?} {is_v6}");
        }
    }
}

#[test]
fn all_file_formats_give_the_same_lines() {
    let connections = connections(false, true);
    let first = decode(
        &[],
        &capture(Format::Pcap, Link::Ethernet, false, &connections),
    );
    for format in FORMATS {
        let ran = decode(&[], &capture(format, Link::Ethernet, false, &connections));
        assert_eq!(ran.status, 0);
        assert!(ran.stdout == first.stdout, "{format:?}");
    }
}

#[test]
fn fragmented_packets_are_put_together() {
    for is_v6 in [false, true] {
        let connections = connections(is_v6, true);
        let whole = decode(
            &["--channel", "display"],
            &capture(Format::Pcap, Link::Ethernet, is_v6, &connections),
        );
        let mut file = File::new(Format::Pcap, Link::Ethernet, is_v6);
        let display = &connections[4];
        for (id, segment) in (1..).zip(&display.segments) {
            let mut fragments = display.fragments(segment, 512, id);
            fragments.reverse();
            for fragment in fragments {
                file.packet(u64::from(id), &fragment);
            }
        }
        let ran = decode(&[], &file.bytes());
        let offsets = |ran: &Ran| -> Vec<_> {
            let messages = ran.messages().into_iter();
            messages
                .map(|row| {
                    (
                        row["id"].clone(),
                        row["offset"].clone(),
                        row["fields"].clone(),
                    )
                })
                .collect()
        };
        assert_eq!(ran.status, 0);
        assert!(offsets(&ran) == offsets(&whole));
        assert!(!ran.messages().is_empty());
    }
}

#[test]
fn truncated_file_is_decoded_up_to_its_end() {
    let whole = capture(
        Format::Pcap,
        Link::Ethernet,
        false,
        &connections(false, true),
    );
    let expected = decode(&[], &whole);
    let ran = run_with_input(&["decode"], &whole[..whole.len() - 10]);
    assert_eq!(ran.status, 1);
    assert!(
        ran.stderr
            .starts_with("spice-proto: <stdin>: the file ends inside the block at byte "),
        "{}",
        ran.stderr
    );
    // The last packet is only an acknowledgement.
    assert_eq!(ran.stdout, expected.stdout);
}

#[test]
fn damaged_file_is_decoded_up_to_the_damage() {
    let connections = connections(false, true);
    let whole = capture(Format::PcapNg, Link::Ethernet, false, &connections);
    let mut damaged = whole.clone();
    let half = damaged.len() / 2;
    damaged[half..].fill(0xff);
    let ran = run_with_input(&["decode"], &damaged);
    assert_eq!(ran.status, 1);
    assert!(
        ran.stderr
            .starts_with("spice-proto: <stdin>: the block at byte "),
        "{}",
        ran.stderr
    );
    let expected = decode(&[], &whole);
    let count = ran.messages().len();
    assert!(count > 100 && count < 314, "{count}");
    assert!(
        expected.stdout.starts_with(
            ran.stdout
                .split("\"incomplete\"")
                .next()
                .unwrap()
                .rsplit_once('\n')
                .unwrap()
                .0
        )
    );
}

#[test]
fn unknown_link_type_is_reported() {
    let mut capture = capture(Format::Pcap, Link::Raw, false, &connections(false, true));
    capture[20] = 147;
    let ran = run_with_input(&["decode"], &capture);
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""));
    assert_eq!(
        ran.stderr,
        "spice-proto: <stdin>: packets of link type 147 are skipped\n"
    );
}

#[test]
fn file_without_messages_is_an_error_unless_it_is_a_capture() {
    let folder = folder("no_capture");
    let path = folder.join("text.txt");
    std::fs::write(&path, "text").unwrap();
    let path = path.to_str().unwrap();
    let ran = run(&["decode", path]);
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""));
    assert_eq!(
        ran.stderr,
        format!(
            "spice-proto: {path} is neither a capture (pcap, pcapng) nor JSON Lines; use `--body` for one body\n"
        )
    );
    let ran = run(&["decode", "missing.pcap"]);
    assert_eq!(ran.status, 2);
    assert!(
        ran.stderr.contains("cannot read missing.pcap: "),
        "{}",
        ran.stderr
    );
    let empty = File::new(Format::Pcap, Link::Ethernet, false).bytes();
    let ran = run_with_input(&["decode", "-"], &empty);
    assert_eq!(
        (ran.status, ran.stdout.as_str(), ran.stderr.as_str()),
        (0, "", "")
    );
}
