//! The SVG pictures of `docs/pictures/`. `UPDATE_GOLDEN=1 cargo test --all-features --test compiler pictures` draws the
//! picture of bytes.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use super::language_manual::byte_table::{ByteTable, Row, byte_table, find_message};
use spice_messages::port;
use spice_messages::wire::Encode;
use spice_proto_gen::Analysis;
use spice_proto_gen::diagnostic::Levels;

/// Width of a byte.
const BYTE: usize = 37;
/// Height of a byte's box: its digits and, in text, its character.
const BOX: usize = 44;
/// Height of a block: labels, boxes, offsets, and the space for an arrow.
const BLOCK: usize = 122;
/// Space for the title, and before the boxes.
const TOP: usize = 52;
const LEFT: usize = 34;

const STYLE: &str = "text { font: 14px ui-monospace, Menlo, Consolas, monospace; fill: #1d2330; } \
    .title { font-weight: bold; } .small { font-size: 11px; fill: #5b6475; } .middle { text-anchor: middle; } \
    rect { stroke: #8b97a9; } .field { fill: #e8f1fb; } .pointer { fill: #fbdfae; } .pointee { fill: #fff4dc; } \
    path { fill: none; stroke: #a86a00; stroke-width: 2; } .head { fill: #a86a00; stroke: none; }";

fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Position of a byte in the picture: the left edge, and the top of its box.
fn position(table: &ByteTable, offset: usize) -> (usize, usize) {
    let blocks = table.blocks.iter();
    let inside = |(start, end): &(usize, usize)| (*start..*end).contains(&offset);
    let (index, (start, _)) = blocks
        .enumerate()
        .find(|(_, block)| inside(block))
        .unwrap_or_else(|| panic!("byte {offset} belongs to no block"));
    (
        LEFT + (offset - start) * BYTE,
        TOP + index * BLOCK + BOX / 2,
    )
}

/// Draws a message: a block in each line, its fields with their values, and an arrow from a pointer to its pointee.
fn draw(title: &str, table: &ByteTable) -> String {
    let longest = table.blocks.iter().map(|(start, end)| end - start).max();
    let width = LEFT + longest.unwrap() * BYTE + LEFT / 2;
    let height = TOP + table.blocks.len() * BLOCK - BLOCK / 4;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" role=\"img\" aria-label=\"{title}\">\n<style>{STYLE}</style>\n\
         <rect width=\"{width}\" height=\"{height}\" rx=\"8\" style=\"fill: #ffffff; stroke: none\"/>\n\
         <text class=\"title\" x=\"{LEFT}\" y=\"28\">{title}</text>\n"
    );
    for row in table.rows.iter().filter(|row| !row.bytes.is_empty()) {
        draw_field(&mut svg, table, row);
    }
    svg.push_str("</svg>\n");
    svg
}

fn draw_field(svg: &mut String, table: &ByteTable, row: &Row) {
    let (left, top) = position(table, row.offset);
    let target = row.value.strip_prefix("-> ");
    let class = match target {
        Some(_) => "pointer",
        None if row.path.starts_with('*') => "pointee",
        None => "field",
    };
    let value = row.value.replace("->", "→").replace('"', "&quot;");
    let is_text = row.value.starts_with('"');
    let (name, y) = (&row.path, top - 9);
    let _ = writeln!(
        svg,
        "<text x=\"{left}\" y=\"{y}\"><tspan class=\"title\">{name}</tspan> {value}</text>"
    );
    for (index, byte) in row.bytes.iter().enumerate() {
        let (x, middle) = (left + index * BYTE, left + index * BYTE + BYTE / 2);
        let letter = (is_text && byte.is_ascii_graphic()).then_some(char::from(*byte));
        let digits = top + if is_text { 19 } else { 27 };
        let below = top + BOX + 14;
        let offset = row.offset + index;
        let _ = writeln!(
            svg,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{top}\" width=\"{BYTE}\" height=\"{BOX}\"/>\
             <text class=\"middle\" x=\"{middle}\" y=\"{digits}\">{byte:02x}</text>\
             <text class=\"small middle\" x=\"{middle}\" y=\"{below}\">{offset}</text>"
        );
        if let Some(letter) = letter {
            let y = top + 36;
            let _ = writeln!(
                svg,
                "<text class=\"small middle\" x=\"{middle}\" y=\"{y}\">{letter}</text>"
            );
        }
    }
    if let Some(target) = target {
        let (_, end) = position(table, target.parse().unwrap());
        let (start, from) = (left + row.bytes.len() * BYTE / 2, top + BOX);
        let (between, side, end) = (from + 24, LEFT / 2, end + BOX / 2);
        let (tip, base, above, below) = (LEFT - 2, LEFT - 12, end - 6, end + 6);
        let _ = writeln!(
            svg,
            "<path d=\"M {start} {from} V {between} H {side} V {end} H {base}\"/>\
             <path class=\"head\" d=\"M {tip} {end} L {base} {above} V {below} Z\"/>"
        );
    }
}

#[test]
fn picture_of_a_message_shows_its_bytes_and_fields() {
    let proto = fs::read(file("proto/spice.proto")).unwrap();
    let model = Analysis::new(&proto, &Levels::default()).model.unwrap();
    let name = "port.server.init";
    let (.., message) = find_message(&model, name).unwrap();
    let init = port::server::Init {
        name: "org.qemu.monitor.qmp.0".into(),
        opened: 1,
    };
    let body = init.encode_to_vec().unwrap();
    let table = byte_table(&model, message.body, &body);
    let drawn = draw(&format!("{name}, {} bytes", body.len()), &table);
    let path = file("docs/pictures/message.svg");
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &drawn).unwrap();
    }
    let golden = fs::read_to_string(&path).unwrap();
    assert!(
        golden == drawn,
        "docs/pictures/message.svg differs; UPDATE_GOLDEN=1 rewrites it"
    );
}

#[test]
fn picture_of_the_pipeline_names_crates_that_exist() {
    let picture = fs::read_to_string(file("docs/pictures/pipeline.svg")).unwrap();
    let words = picture.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-');
    let crates: Vec<_> = words.filter(|word| word.starts_with("spice-")).collect();
    assert!(crates.len() >= 6, "{crates:?}");
    for name in crates {
        let is_command = name == "spice-proto";
        assert!(is_command || file(name).is_dir(), "there is no {name}");
    }
}
