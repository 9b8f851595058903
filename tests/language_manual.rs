//! The manual of the language, held against the compiler: every proto in `docs/language.md` compiles
//! or fails as it says there, every picture of bytes is what the message is, and what it shows of
//! the generated Rust is generated.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

#[path = "language_manual/fences.rs"]
mod fences;
#[path = "language_manual/walk.rs"]
mod walk;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

use fences::{Fence, bytes, fences};
use spice_messages::Message;
use spice_messages::wire::{self, Encode, Fds};
use spice_proto_gen::codes::Code;
use spice_proto_gen::diagnostic::Severity;
use spice_proto_gen::levels::Levels;
use spice_proto_gen::model::{Model, Side};
use spice_proto_gen::{Analysis, Config};

const MANUAL: &str = include_str!("../docs/language.md");
/// The examples of the manual in one file, which the build script compiles.
const LANGUAGE: &str = include_str!("../docs/language.proto");
const SPICE: &str = include_str!("../proto/spice.proto");

/// The Rust of the examples, of which only a part is used here.
#[allow(dead_code)]
mod examples {
    include!(concat!(env!("OUT_DIR"), "/language.rs"));
}

/// The fences of a language.
fn all(language: &str) -> Vec<Fence> {
    let mut fences = fences(MANUAL);
    fences.retain(|fence| fence.language == language);
    fences
}

/// The examples that are one proto together.
fn all_parts() -> Vec<String> {
    let parts = all("proto").into_iter();
    let parts = parts.filter(|fence| fence.words.is_empty());
    parts.map(|fence| fence.text).collect()
}

fn tour() -> String {
    all_parts().concat()
}

/// The complete proto that an example stands for.
fn complete(fence: &Fence) -> String {
    let text = &fence.text;
    if fence.has("fields") {
        format!("channel C {{ message {{ {text} }} m; }}; protocol P {{ C c; }};")
    } else if fence.has("fragment") {
        format!("{text} channel C {{ message {{ uint8 n; }} m; }}; protocol P {{ C c; }};")
    } else {
        text.clone()
    }
}

fn codes(text: &str) -> Vec<&'static str> {
    let analysis = Analysis::new(text.as_bytes(), &Levels::default());
    let findings = analysis.diagnostics.iter();
    findings.map(|finding| finding.code.as_str()).collect()
}

/// A proto with all that is made of it.
struct Compiled {
    model: Model,
    rust: String,
}

impl Compiled {
    fn new(text: &str) -> Self {
        let analysis = Analysis::new(text.as_bytes(), &Levels::default());
        let generated = Config::new().generate("manual.proto", text.as_bytes());
        Self {
            model: analysis.model.expect("the proto compiles"),
            rust: generated.unwrap().text,
        }
    }
}

static TOUR: LazyLock<Compiled> = LazyLock::new(|| Compiled::new(&tour()));
static GLANCE: LazyLock<Compiled> = LazyLock::new(|| {
    let protos = all("proto").into_iter();
    let full: Vec<_> = protos.filter(|proto| proto.has("full")).collect();
    assert_eq!(full.len(), 1, "one complete example, the first");
    Compiled::new(&full[0].text)
});

/// The proto to which a picture or Rust belongs: the complete example, until others follow.
fn proto_of(fence: &Fence) -> &'static Compiled {
    let protos = all("proto");
    let last = protos.iter().rfind(|proto| proto.line < fence.line);
    match last.is_some_and(|proto| proto.has("full")) {
        true => &GLANCE,
        false => &TOUR,
    }
}

#[test]
fn the_examples_together_are_a_proto_without_findings() {
    assert_eq!(codes(&tour()), Vec::<&str>::new());
    assert!(TOUR.model.protocol.channels.len() >= 20);
}

#[test]
fn the_file_of_the_examples_has_them_all() {
    let head =
        "// The examples of the manual of the language, language.md, from which this file is made.";
    let text = format!("{head}\n\n{}", all_parts().join("\n"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/language.proto");
        std::fs::write(path, text).unwrap();
        return;
    }
    assert_eq!(
        LANGUAGE, text,
        "UPDATE_GOLDEN=1 cargo test rewrites the file"
    );
}

#[test]
fn every_other_proto_is_what_it_is_marked_as() {
    let known = ["full", "fragment", "fields", "error", "warning"];
    let mut checked = 0;
    for fence in all("proto").iter().filter(|fence| !fence.words.is_empty()) {
        for (word, _) in &fence.words {
            assert!(known.contains(&word.as_str()), "line {}", fence.line);
        }
        let expected: Vec<_> = fence
            .get("error")
            .or(fence.get("warning"))
            .into_iter()
            .collect();
        assert_eq!(codes(&complete(fence)), expected, "line {}", fence.line);
        for code in expected {
            let severity = Code::parse(code).unwrap().severity();
            assert_eq!(severity == Severity::Error, fence.has("error"));
        }
        checked += 1;
    }
    assert!(checked >= 10, "only {checked} marked examples");
}

/// The picture of a body as the manual writes it.
fn draw(picture: &walk::Picture) -> String {
    let width = |column: fn(&walk::Row) -> usize| picture.rows.iter().map(column).max();
    let (hex, path) = (width(|row| row.hex().len()), width(|row| row.path.len()));
    let mut text = String::new();
    for row in &picture.rows {
        let (hex, path) = (hex.unwrap_or(0), path.unwrap_or(0));
        let bytes = row.hex();
        writeln!(
            text,
            "{:<2}  {bytes:<hex$}  {:<path$}  {}",
            row.at, row.path, row.value
        )
        .unwrap();
    }
    text
}

fn check_picture(fence: &Fence) {
    let place = format!("the picture in line {}", fence.line);
    let rows = fence.rows();
    let mut placed: Vec<(usize, Vec<u8>)> = Vec::new();
    for row in &rows {
        assert!((4..=5).contains(&row.len()), "{place}: {row:?}");
        let hex = if row[1] == "-" { "" } else { row[1] };
        placed.push((row[0].parse().unwrap(), bytes(hex)));
    }
    placed.sort_by_key(|(at, _)| *at);
    let mut body = Vec::new();
    for (at, bytes) in placed.into_iter().filter(|(_, bytes)| !bytes.is_empty()) {
        assert_eq!(at, body.len(), "{place}: bytes are missing, or there twice");
        body.extend(bytes);
    }
    let proto = proto_of(fence);
    let model = &proto.model;
    let path = fence.get("message").unwrap();
    let (channel, side, message) = walk::find(model, path).expect(&place);
    if std::ptr::eq(proto, &raw const *TOUR) {
        let decoded =
            examples::Message::decode(channel, sender(side), message.id, &body, Fds::none());
        let decoded = decoded.expect(&place);
        assert_eq!(decoded.path(), Some(path), "{place}");
        assert_eq!(
            decoded.encode_to_vec().unwrap(),
            body,
            "{place}: encoded otherwise"
        );
    }
    let picture = walk::walk(model, message.body, &body);
    let drawn = draw(&picture);
    let mut expected: Vec<_> = picture.rows.iter().collect();
    for row in &rows {
        let is_this = |found: &&walk::Row| {
            let at = found.at.to_string();
            [at.as_str(), &found.hex(), &found.path, &found.value] == row[..4]
        };
        let found = expected.iter().position(is_this);
        let found = found.unwrap_or_else(|| panic!("{place}: {row:?} is not in\n{drawn}"));
        expected.remove(found);
    }
    assert!(expected.is_empty(), "{place} lacks {expected:?}\n{drawn}");
    if fence.has("overlapping") {
        return;
    }
    let mut end = 0;
    for (start, stop) in picture.blocks {
        assert_eq!(start, end, "{place}: an encoder orders blocks otherwise");
        end = stop;
    }
    assert_eq!(end, body.len(), "{place}: bytes behind the message");
}

#[test]
fn every_picture_shows_the_bytes_of_its_message() {
    let pictures = all("wire");
    assert!(pictures.len() >= 25, "only {} pictures", pictures.len());
    pictures.iter().for_each(check_picture);
}

/// Rust without documentation, attributes, blanks and the long paths of generated code.
fn squeezed(rust: &str) -> String {
    let lines = rust.lines().map(str::trim);
    let kept = lines.filter(|line| !line.starts_with("///") && !line.starts_with("#["));
    let text: String = kept.flat_map(|line| line.chars().chain([' '])).collect();
    let text = text.replace("wire::Cow", "Cow");
    let text = text.replace("::core::option::Option", "Option");
    let text = text.replace("wire::", "");
    let text = text.replace("super::", "").replace("types::", "");
    let text: String = text.split_whitespace().collect();
    text.replace(",}", "}").replace(",)", ")")
}

/// The part of generated Rust in a module (`a::b`).
fn in_module<'r>(rust: &'r str, path: &str) -> &'r str {
    let mut part = rust;
    for (depth, module) in path.split("::").enumerate() {
        let indent = "    ".repeat(depth);
        let opening = format!("\n{indent}pub mod {module} {{");
        let start = part.find(&opening).unwrap_or_else(|| panic!("{path}"));
        part = &part[start + opening.len()..];
        let end = part.find(&format!("\n{indent}}}\n")).unwrap();
        part = &part[..=end];
    }
    part
}

#[test]
fn the_rust_of_the_manual_is_generated() {
    let excerpts = all("rust");
    assert!(excerpts.len() >= 15);
    for fence in excerpts {
        let module = fence.get("of").unwrap_or("types");
        let part = squeezed(in_module(&proto_of(&fence).rust, module));
        for item in fence.text.split("\n\n") {
            let item = squeezed(item);
            assert!(
                part.contains(&item),
                "line {}: {item} is not in {part}",
                fence.line
            );
        }
    }
}

fn sender(side: Side) -> wire::Side {
    match side {
        Side::Server => wire::Side::Server,
        Side::Client => wire::Side::Client,
    }
}

/// What the generated code makes of a body: `ok`, what it is encoded to, or the error.
fn verdict(path: &str, body: &[u8]) -> String {
    let model = Analysis::new(SPICE.as_bytes(), &Levels::default()).model;
    let model = model.unwrap();
    let (channel, side, message) = walk::find(&model, path).unwrap();
    match Message::decode(channel, sender(side), message.id, body, Fds::none()) {
        Ok(message) => {
            let encoded = message.encode_to_vec().unwrap();
            match encoded == body {
                true => "ok".to_owned(),
                false => {
                    let hex: Vec<_> = encoded.iter().map(|byte| format!("{byte:02x}")).collect();
                    format!("ok -> {}", hex.join(" "))
                }
            }
        }
        Err(error) => format!(
            "{} in {} at {}",
            error.kind().name(),
            error.field(),
            error.offset()
        ),
    }
}

#[test]
fn the_verdicts_are_those_of_generated_code() {
    let mut kinds = BTreeSet::new();
    for fence in all("verdicts") {
        for row in fence.rows() {
            let found = verdict(fence.get("message").unwrap(), &bytes(row[0]));
            assert_eq!(found, row[1], "line {}: {}", fence.line, row[0]);
            kinds.extend(found.split(' ').next().map(str::to_owned));
        }
    }
    let expected = ["null_pointer", "ok", "pointer_out_of_range", "truncated"];
    assert_eq!(kinds, expected.map(str::to_owned).into());
}

/// The first cells of a table's rows that begin like this.
fn cells(start: &str) -> Vec<&'static str> {
    let rows = MANUAL.lines().filter_map(|line| line.strip_prefix("| "));
    rows.filter(|row| row.starts_with(start))
        .filter_map(|row| row.split(" | ").next())
        .collect()
}

fn has_unknown_attribute(attribute: &str) -> bool {
    let text =
        format!("channel C {{ message {{ uint8 n; }} {attribute} m; }}; protocol P {{ C c; }};");
    let unknown = [Code::UnknownAttribute, Code::AttributeArguments].map(Code::as_str);
    codes(&text).iter().any(|code| unknown.contains(code))
}

#[test]
fn the_table_of_attributes_is_right_and_complete() {
    let mut listed = BTreeSet::new();
    let past = cells("`@").len() - 6;
    for cell in &cells("`@")[..past] {
        for attribute in cell.split(" or ").map(|form| form.trim_matches('`')) {
            assert!(!has_unknown_attribute(attribute), "{attribute}");
            listed.extend(attribute.split('(').next());
        }
    }
    assert!(has_unknown_attribute("@nonnul"));
    assert_eq!(listed.len(), 20);
    for used in SPICE.split('@').skip(1) {
        let end = used.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
        let name = format!("@{}", &used[..end.unwrap()]);
        assert!(listed.contains(name.as_str()), "{name} is not in the table");
    }
    for cell in &cells("`@")[past..] {
        let text = format!(
            "channel C {{ message {{ }} {} m; }}; protocol P {{ C c; }};",
            cell.trim_matches('`')
        );
        assert_eq!(codes(&text), ["E0602"], "{cell}");
    }
}

#[test]
fn the_codes_of_the_manual_exist_and_all_warnings_are_in_it() {
    let quoted = MANUAL.split('`').skip(1).step_by(2);
    let is_code = |text: &&str| {
        let digits = text.strip_prefix(['E', 'W']).unwrap_or("");
        digits.len() == 4 && digits.bytes().all(|digit| digit.is_ascii_digit())
    };
    let found: BTreeSet<_> = quoted.filter(is_code).collect();
    for code in &found {
        assert!(Code::parse(code).is_some(), "there is no {code}");
    }
    for code in Code::ALL {
        let named = found.contains(code.as_str());
        let warning = code.severity() == Severity::Warning;
        assert!(named || !warning, "{} is missing", code.as_str());
    }
    assert!(found.len() >= 45, "only {} codes", found.len());
}

/// A proto whose one message has these fields.
fn with_fields(fields: &str) -> String {
    format!("channel C {{ message {{ {fields} }} m; }}; protocol P {{ C c; }};")
}

/// A body in a body, and so on, `levels` braces deep altogether.
fn nested(levels: usize) -> String {
    let open: String = (1..levels).fold(String::new(), |open, level| {
        open + &format!("struct S{level} {{ ")
    });
    let close: String = (1..levels).rev().fold(String::new(), |close, level| {
        close + &format!("}} s{level}; ")
    });
    format!(
        "struct S {{ {open}uint8 n; {close} }}; channel C {{ message {{ S s; }} m; }}; protocol P {{ C c; }};"
    )
}

/// A body of 64 KiB that are not kept, doubled so many times.
fn doubled(times: usize) -> String {
    let mut text = "struct S0 { uint8 b[65536] @zero; };".to_owned();
    for level in 1..=times {
        let half = level - 1;
        write!(text, "struct S{level} {{ S{half} a; S{half} b; }};").unwrap();
    }
    text + &with_fields(&format!("S{times} s;"))
}

/// Structs that lie in one another by name.
fn chained(levels: usize) -> String {
    let mut text = "struct S1 { uint8 n; };".to_owned();
    for level in 2..=levels {
        write!(text, "struct S{level} {{ S{} inner; }};", level - 1).unwrap();
    }
    text + &with_fields(&format!("S{levels} s;"))
}

fn derived(ancestors: usize) -> String {
    let mut text = "channel C0 { };".to_owned();
    for child in 1..=ancestors {
        write!(text, "channel C{child} : C{} {{ }};", child - 1).unwrap();
    }
    text + &format!("protocol P {{ C{ancestors} c; }};")
}

#[test]
fn the_limits_are_those_of_the_manual() {
    let limit = |what: &str, number: &str, code: &str| {
        let row = format!("| {what} | {number} | `{code}` |");
        assert!(MANUAL.contains(&row), "the manual lacks {row}");
    };
    let check = |right: &str, wrong: &str, code: &str| {
        assert_eq!(codes(right), Vec::<&str>::new(), "{right}");
        assert_eq!(codes(wrong), [code], "{wrong}");
    };
    let fields = |right: &str, wrong: &str, code: &str| {
        check(&with_fields(right), &with_fields(wrong), code);
    };
    limit("bodies in bodies", "32 levels of braces", "E0004");
    check(&nested(32), &nested(33), "E0004");
    limit(
        "types in one another, through names",
        "40 (an array with a size that is sent counts 4)",
        "E0004",
    );
    check(&chained(40), &chained(41), "E0004");
    limit("elements of an array of fixed length", "65536", "E0307");
    fields("uint8 a[65536];", "uint8 a[65537];", "E0307");
    limit(
        "bytes of an array of fixed length",
        "65536 (64 KiB)",
        "E0307",
    );
    let blocks = |count: u32| format!("struct B {{ uint8 x[16]; uint8 y[{count}]; }} b[2048];");
    fields(&blocks(16), &blocks(17), "E0307");
    limit("bits of a pixel", "64", "E0309");
    let image = |bits: u32| format!("uint8 w; uint8 a[image_size({bits}, w, w)];");
    fields(&image(64), &image(65), "E0309");
    limit("ancestors of a channel", "64", "E0702");
    check(&derived(64), &derived(65), "E0702");
    limit("the id of a message", "65535", "E0206");
    let id = |id: u32| format!("channel C {{ message {{ }} m = {id}; }}; protocol P {{ C c; }};");
    check(&id(65535), &id(65536), "E0206");
    limit("the number of a channel", "255", "E0209");
    let number = |number: u32| format!("channel C {{ }}; protocol P {{ C c = {number}; }};");
    check(&number(255), &number(256), "E0209");
    limit(
        "a number",
        &format!("{} to {}", i64::MIN, u64::MAX),
        "E0005",
    );
    let value = |value: u128| format!("enum32 e {{ A = {value} }}; {}", with_fields("uint8 n;"));
    assert_eq!(codes(&value(u64::MAX.into())), ["E0203"]);
    assert_eq!(codes(&value(u128::from(u64::MAX) + 1)), ["E0005"]);
    limit("bytes of a body", "4294967295", "E0310");
    check(&doubled(15), &doubled(16), "E0310");
    limit("bytes of a value in memory", "131072 (128 KiB)", "E0310");
    let blocks = |more: &str| format!("struct B {{ uint8 x[65536]; }} a; B b; {more}");
    fields(&blocks(""), &blocks("uint8 more;"), "E0310");
    limit("a file", "64 MiB", "E0007");
    assert_eq!(spice_proto_gen::syntax::MAX_FILE_SIZE, 64 << 20);
    assert!(MANUAL.contains(&format!("more than {} elements", wire::MAX_EMPTY_ELEMENTS)));
}

#[test]
fn every_kind_of_error_is_in_the_manual() {
    use wire::ErrorKind;
    let (count, length) = (1, 2);
    let kinds = [
        ErrorKind::Truncated {
            needed: 2,
            available: 1,
        },
        ErrorKind::NullPointer,
        ErrorKind::NullArray { count },
        ErrorKind::PointerOutOfRange {
            target: 2,
            length: 1,
        },
        ErrorKind::Unterminated,
        ErrorKind::TooManyEmptyElements { count },
        ErrorKind::CountTooLarge { count },
        ErrorKind::CountMismatch { count, length },
        ErrorKind::ImageSize {
            expected: 1,
            length,
        },
        ErrorKind::VariantMismatch,
        ErrorKind::InteriorNul,
        ErrorKind::MessageTooLarge { length: 1 },
    ];
    for kind in kinds {
        let name = format!("`{}`", kind.name());
        assert!(MANUAL.contains(&name), "{name} is missing");
    }
}
