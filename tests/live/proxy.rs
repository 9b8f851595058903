//! Real clients on a real server through `examples/spice-spy`, which decodes, encodes again and
//! compares all that they say.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::Value;
use spice_messages::display::server::Message as OnDisplay;
use spice_messages::main::server::Message as OnMain;
use spice_messages::{CHANNELS, Message, ServerMessage};

use super::boot;
use super::capture;
use super::link_support::{Recorded, recorded};
use super::process::{self, Process};
use super::programs::available;
use super::qemu::{self, Machine};
use super::scratch::Scratch;
use super::screen::{self, Screen};
use super::spy::Spy;

const SCREENSHOT: &str = "spicy-screenshot";
const CLIENT: &str = "spicy";
const LIMIT: Duration = Duration::from_secs(60);
/// How long a session lasts.
const SESSION: Duration = Duration::from_secs(31);

/// The messages of a record.
fn messages(rows: &[Value]) -> Vec<Recorded> {
    let rows = rows.iter().filter(|row| row["link"] != true);
    rows.map(recorded).collect()
}

fn decode(row: &Recorded) -> Message<'_> {
    let fds = spice_messages::wire::Fds::none();
    let message = Message::decode(row.channel_type, row.side, row.id, &row.body, fds);
    message.expect("the proxy would have reported it")
}

/// The names of the channels that the server offers.
fn offered(messages: &[Recorded]) -> BTreeSet<String> {
    let name = |kind: u8| {
        let known = CHANNELS.iter().find(|(number, _)| *number == kind);
        known.map_or("unknown", |(_, name)| name).to_owned()
    };
    let mut offered = BTreeSet::from(["main".to_owned()]);
    for row in messages {
        if let Message::Server(ServerMessage::Main(OnMain::ChannelsList(list))) = decode(row) {
            offered.extend(list.channels.iter().map(|channel| name(channel.r#type)));
        }
    }
    offered
}

/// The kinds of images that were drawn.
fn images(messages: &[Recorded]) -> BTreeSet<String> {
    let mut images = BTreeSet::new();
    for row in messages {
        if let Message::Server(ServerMessage::Display(OnDisplay::DrawCopy(copy))) = decode(row)
            && let Some(image) = copy.data.src_bitmap
        {
            images.insert(format!("{:?}", image.get().descriptor.r#type));
        }
    }
    images
}

/// A session with mouse and keyboard.
struct Session {
    /// Options of the server.
    spice: &'static str,
    /// Options of the proxy.
    spy: &'static [&'static str],
    /// Options of the client.
    client: &'static [&'static str],
    mini_header: bool,
    /// Messages that must have come, beside those of any session.
    expected: &'static [&'static str],
    /// Kinds of images that must have come.
    images: &'static [&'static str],
}

impl Session {
    fn run(&self) {
        let [display, hands] = screen::PROGRAMS;
        if !available(&[qemu::PROGRAM, CLIENT, display, hands]) {
            return;
        }
        let home = Scratch::new();
        let disk = home.file("disk");
        boot::write_disk(&disk, true);
        let machine = Machine {
            spice: self.spice,
            disk: Some(&disk),
            ..Machine::default()
        };
        let machine = machine.start();
        machine.wait_for_picture();
        let mut spy = Spy::start(&machine.address, &[&["--quiet"], self.spy].concat());
        let screen = Screen::start();
        let mut command = process::command(CLIENT);
        command
            .args(["--host", "127.0.0.1", "--port", spy.port()])
            .args(self.client)
            .env("HOME", home.path());
        screen.show(&mut command);
        let mut client = Process::start(CLIENT, &mut command);
        screen.wait_for_window("spice display");
        play(&screen);
        assert!(!client.has_ended(), "{}", client.all());
        client.kill();
        assert!(spy.wait_for_end(), "{}", spy.output());
        self.check(&spy);
    }

    fn check(&self, spy: &Spy) {
        let output = spy.output();
        let counts = output.lines().last().expect("there are counts");
        assert!(counts.ends_with(" 0 undecoded, 0 different"), "{output}");

        let rows = spy.rows();
        let messages = messages(&rows);
        let mut linked = BTreeSet::new();
        for row in rows.iter().filter(|row| row["link"] == true) {
            assert_eq!(row["mini_header"], self.mini_header, "{row}");
            linked.insert(row["channel"].as_str().expect("a name").to_owned());
        }
        assert_eq!(linked, offered(&messages));
        let expected = [
            "main", "display", "inputs", "cursor", "playback", "record", "usbredir", "port",
            "webdav",
        ];
        assert_eq!(linked, expected.map(str::to_owned).into());

        let seen: BTreeSet<&str> = messages
            .iter()
            .filter_map(|row| decode(row).path())
            .collect();
        let always = [
            "main.server.init",
            "main.client.attach_channels",
            "display.client.init",
            "display.client.ack",
            "display.server.surface_create",
            "inputs.client.key_down",
            "inputs.client.key_up",
            "inputs.client.mouse_press",
            "inputs.client.mouse_release",
            "inputs.server.init",
            "cursor.server.init",
            "playback.server.data",
            "port.server.init",
            "port.server.data",
            "usbredir.client.data",
            "webdav.server.init",
        ];
        for name in always.iter().chain(self.expected) {
            assert!(seen.contains(name), "no {name} in {seen:?}");
        }
        assert!(
            seen.contains("inputs.client.mouse_motion")
                || seen.contains("inputs.client.mouse_position"),
            "{seen:?}"
        );
        let images = images(&messages);
        for kind in self.images {
            assert!(images.contains(*kind), "no {kind} in {images:?}");
        }
    }
}

/// Uses mouse and keyboard for as long as a session lasts.
fn play(screen: &Screen) {
    let start = Instant::now();
    let mut step = 0;
    while start.elapsed() < SESSION {
        step += 1;
        let (x, y) = (100 + step * 37 % 500, 100 + step * 23 % 300);
        screen.act(&[
            "mousemove",
            &x.to_string(),
            &y.to_string(),
            "click",
            "1",
            "key",
            "a",
            "key",
            "Caps_Lock",
            "key",
            "Return",
            "mousemove_relative",
            "--",
            "15",
            "-10",
            "click",
            "4",
            "sleep",
            "0.2",
        ]);
    }
}

#[test]
fn a_session_with_short_headers_and_pictures() {
    let session = Session {
        spice: "image-compression=auto_glz,streaming-video=off,jpeg-wan-compression=always,\
                zlib-glz-wan-compression=always",
        spy: &[],
        client: &[],
        mini_header: true,
        expected: &["display.server.draw_copy", "display.server.monitors_config"],
        images: &["ZLIB_GLZ_RGB"],
    };
    session.run();
}

#[test]
fn a_session_with_long_headers_and_video() {
    let session = Session {
        spice: "image-compression=auto_lz,streaming-video=all",
        spy: &["--full-header"],
        client: &["--spice-preferred-compression=lz4"],
        mini_header: false,
        expected: &[
            "display.client.preferred_compression",
            "display.client.stream_report",
            "display.server.stream_create",
            "display.server.stream_data",
        ],
        images: &["LZ4"],
    };
    session.run();
}

/// A screenshot of a server.
fn screenshot(address: &str, home: &Scratch, name: &str) -> Vec<u8> {
    let port = address.rsplit(':').next().expect("an address has a port");
    let file: PathBuf = home.file(name);
    let mut command = process::command(SCREENSHOT);
    command
        .args(["--host", "127.0.0.1", "--port", port, "--out-file"])
        .arg(&file)
        .env("HOME", home.path());
    let mut client = Process::start(SCREENSHOT, &mut command);
    let ended = client.wait_for_end(LIMIT);
    assert!(ended.success(), "{}", client.all());
    fs::read(&file).expect("there is a screenshot")
}

/// The picture that the machine shows when it shows nothing new any more.
fn settled(address: &str, home: &Scratch) -> Vec<u8> {
    let deadline = Instant::now() + LIMIT;
    let mut last = screenshot(address, home, "direct.ppm");
    while Instant::now() < deadline {
        let next = screenshot(address, home, "direct.ppm");
        if next == last && next.starts_with(b"P6\n640 400\n255\n") {
            return next;
        }
        last = next;
    }
    panic!("the picture does not settle");
}

#[test]
fn screenshots_through_the_proxy_are_the_same() {
    if !available(&[qemu::PROGRAM, SCREENSHOT]) {
        return;
    }
    let compressions = [("off", "BITMAP"), ("lz", "LZ_RGB"), ("quic", "QUIC")];
    for (compression, kind) in compressions {
        let home = Scratch::new();
        let disk = home.file("disk");
        boot::write_disk(&disk, false);
        let spice = format!(
            "image-compression={compression},jpeg-wan-compression=never,\
             zlib-glz-wan-compression=never"
        );
        let machine = Machine {
            spice: &spice,
            disk: Some(&disk),
            ..Machine::default()
        };
        let machine = machine.start();
        machine.wait_for_picture();
        let direct = settled(&machine.address, &home);
        for options in [&["--quiet"][..], &["--quiet", "--full-header"]] {
            let mut spy = Spy::start(&machine.address, options);
            let through = screenshot(&spy.address, &home, "through.ppm");
            assert!(spy.wait_for_end(), "{}", spy.output());
            assert!(through == direct, "{compression}: the screenshots differ");
            let messages = messages(&spy.rows());
            let images = images(&messages);
            assert!(images.contains(kind), "{compression}: {images:?}");
            capture::assert_same_names(&spy, &messages);
        }
    }
}
