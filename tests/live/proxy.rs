//! Clients of spice-gtk and QEMU, connected through `spice-spy`, which decodes, encodes and
//! compares all messages.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::Value;
use spice_messages::display::server::Message as OnDisplay;
use spice_messages::main::server::Message as OnMain;
use spice_messages::{ChannelType, Message, ServerMessage};

use super::boot;
use super::capture;
use super::decode::assert_same_counts;
use super::dissector;
use super::process::{self, Process};
use super::programs::require;
use super::qemu::{self, Machine};
use super::recorded_traffic::{Recorded, recorded};
use super::screen::{self, Screen};
use super::spy::Spy;
use super::temp_dir::TempDir;

const SCREENSHOT: &str = "spicy-screenshot";
const CLIENT: &str = "spicy";
const LIMIT: Duration = Duration::from_secs(60);
/// Duration of a session.
const SESSION_TIME: Duration = Duration::from_secs(31);

/// Returns the messages of a record.
fn messages(rows: &[Value]) -> Vec<Recorded> {
    let rows = rows.iter().filter(|row| row["link"] != true);
    rows.map(recorded).collect()
}

fn decode(row: &Recorded) -> Message<'_> {
    let fds = spice_messages::wire::Fds::none();
    let message = Message::decode(row.channel_type, row.side, row.id, &row.body, fds);
    message.expect("a valid message")
}

/// Returns the names of the channels that the server offers.
fn offered_channels(messages: &[Recorded]) -> BTreeSet<String> {
    let name = |channel_type: u8| {
        let name = ChannelType(channel_type).name();
        name.unwrap_or("unknown").to_owned()
    };
    let mut offered = BTreeSet::from(["main".to_owned()]);
    for row in messages {
        if let Message::Server(ServerMessage::Main(OnMain::ChannelsList(list))) = decode(row) {
            offered.extend(list.channels.iter().map(|channel| name(channel.r#type)));
        }
    }
    offered
}

/// Returns the types of the images that were drawn.
fn image_types(messages: &[Recorded]) -> BTreeSet<String> {
    let mut images = BTreeSet::new();
    for row in messages {
        if let Message::Server(ServerMessage::Display(OnDisplay::DrawCopy(copy))) = decode(row)
            && let Some(image) = copy.data.src_bitmap
        {
            images.insert(format!("{:?}", image.get().unwrap().descriptor.r#type));
        }
    }
    images
}

/// A session that uses mouse and keyboard.
struct Session {
    /// Options of the server.
    spice: &'static str,
    /// Options of the proxy.
    spy: &'static [&'static str],
    /// Options of the client.
    client: &'static [&'static str],
    mini_header: bool,
    /// Expected messages, in addition to those of every session.
    expected: &'static [&'static str],
    /// Expected types of images.
    images: &'static [&'static str],
}

impl Session {
    fn run(&self) {
        let [display, input] = screen::PROGRAMS;
        require(&[qemu::PROGRAM, CLIENT, display, input]);
        let home = TempDir::new();
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
        screen.attach(&mut command);
        let mut client = Process::start(CLIENT, &mut command);
        screen.wait_for_window("spice display");
        use_mouse_and_keyboard(&screen);
        assert!(!client.has_ended(), "{}", client.all());
        client.kill();
        assert!(spy.wait_for_end(), "{}", spy.output());
        self.check(&spy);
    }

    fn check(&self, spy: &Spy) {
        let output = spy.output();
        let counts = output.lines().last().expect("a summary");
        assert!(counts.ends_with(" 0 undecoded, 0 different"), "{output}");
        assert_same_counts(spy);

        let rows = spy.rows();
        let messages = messages(&rows);
        dissector::assert_same_fields(spy, &messages);
        let mut linked = BTreeSet::new();
        for row in rows.iter().filter(|row| row["link"] == true) {
            assert_eq!(row["mini_header"], self.mini_header, "{row}");
            linked.insert(row["channel"].as_str().expect("a name").to_owned());
        }
        assert_eq!(linked, offered_channels(&messages));
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
        let images = image_types(&messages);
        for image_type in self.images {
            assert!(
                images.contains(*image_type),
                "no {image_type} in {images:?}"
            );
        }
    }
}

/// Uses mouse and keyboard for the duration of a session.
fn use_mouse_and_keyboard(screen: &Screen) {
    let start = Instant::now();
    let mut step = 0;
    while start.elapsed() < SESSION_TIME {
        step += 1;
        let (x, y) = (100 + step * 37 % 500, 100 + step * 23 % 300);
        screen.xdotool(&[
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

pub fn session_with_mini_headers_and_images() {
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

pub fn session_with_full_headers_and_video() {
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

/// Takes a screenshot of a server.
fn take_screenshot(address: &str, home: &TempDir, name: &str) -> Vec<u8> {
    let port = address.rsplit(':').next().expect("an address with a port");
    let file: PathBuf = home.file(name);
    let mut command = process::command(SCREENSHOT);
    command
        .args(["--host", "127.0.0.1", "--port", port, "--out-file"])
        .arg(&file)
        .env("HOME", home.path());
    let mut client = Process::start(SCREENSHOT, &mut command);
    let ended = client.wait_for_end(LIMIT);
    assert!(ended.success(), "{}", client.all());
    fs::read(&file).expect("read the screenshot")
}

/// Takes screenshots until the picture no longer changes.
fn final_screenshot(address: &str, home: &TempDir) -> Vec<u8> {
    let deadline = Instant::now() + LIMIT;
    let mut last = take_screenshot(address, home, "direct.ppm");
    while Instant::now() < deadline {
        let next = take_screenshot(address, home, "direct.ppm");
        if next == last && next.starts_with(b"P6\n640 400\n255\n") {
            return next;
        }
        last = next;
    }
    panic!("the picture keeps changing");
}

pub fn screenshots_through_the_proxy_are_equal() {
    require(&[qemu::PROGRAM, SCREENSHOT]);
    let compressions = [("off", "BITMAP"), ("lz", "LZ_RGB"), ("quic", "QUIC")];
    for (compression, image_type) in compressions {
        let home = TempDir::new();
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
        let direct = final_screenshot(&machine.address, &home);
        for options in [&["--quiet"][..], &["--quiet", "--full-header"]] {
            let mut spy = Spy::start(&machine.address, options);
            let through = take_screenshot(&spy.address, &home, "through.ppm");
            assert!(spy.wait_for_end(), "{}", spy.output());
            assert!(through == direct, "{compression}: the screenshots differ");
            let messages = messages(&spy.rows());
            let images = image_types(&messages);
            assert!(images.contains(image_type), "{compression}: {images:?}");
            capture::assert_same_names(&spy, &messages);
        }
    }
}
