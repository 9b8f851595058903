//! The reference site as files: every link resolves, and every message is there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use spice_proto_gen::Analysis;
use spice_proto_gen::diagnostic::Levels;
use spice_proto_gen::model::{ChannelId, Model, Origin, Side, TypeDef, TypeId};

use crate::support::{assert_page, folder, repository, run};

/// Generates a site and reads its files, by path.
fn site(test: &str, arguments: &[&str]) -> BTreeMap<String, String> {
    let folder = folder(test);
    let output = folder.to_str().unwrap();
    let ran = run(&[&["doc", "-o", output], arguments].concat());
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let mut files = BTreeMap::new();
    read(&folder, &folder, &mut files);
    files
}

fn read(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(root, &path, files);
        } else {
            let name = path
                .strip_prefix(root)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            files.insert(name, fs::read_to_string(path).unwrap());
        }
    }
}

fn model(proto: &str) -> Model {
    let text = fs::read(repository().join(proto)).unwrap();
    Analysis::new(&text, &Levels::default()).model.unwrap()
}

/// The values of an attribute in a page.
fn values<'p>(page: &'p str, attribute: &str) -> Vec<&'p str> {
    let start = format!("{attribute}=\"");
    let parts = page.split(start.as_str()).skip(1);
    parts.filter_map(|part| part.split('"').next()).collect()
}

fn assert_links_resolve(files: &BTreeMap<String, String>) {
    let mut links = 0;
    for (path, page) in files.iter().filter(|(path, _)| path.ends_with(".html")) {
        for link in [values(page, "href"), values(page, "src")].concat() {
            if link.starts_with("data:") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let mut target = PathBuf::from(path);
            target.pop();
            for part in file.split('/') {
                match part {
                    ".." => assert!(target.pop(), "{path}: {link}"),
                    part => target.push(part),
                }
            }
            let target = files.get(target.to_str().unwrap());
            let target = target.unwrap_or_else(|| panic!("{path}: {link}"));
            assert!(
                anchor.is_empty() || values(target, "id").contains(&anchor),
                "{path}: {link}"
            );
            links += 1;
        }
    }
    assert!(links > 10, "only {links} links");
}

#[test]
fn every_link_resolves() {
    assert_links_resolve(&site("doc_links", &[]));
    for proto in fs::read_dir(repository().join("proto/conformance")).unwrap() {
        let path = proto.unwrap().path();
        // Its comments contain links to nothing.
        if path.ends_with("comments.proto") {
            continue;
        }
        let arguments = [path.to_str().unwrap()];
        assert_links_resolve(&site("doc_links_conformance", &arguments));
    }
}

#[test]
fn every_message_has_a_page() {
    let files = site("doc_messages", &[]);
    let model = model("proto/spice.proto");
    let mut pages = 0;
    for (index, channel) in model.channels.iter().enumerate() {
        for side in [Side::Server, Side::Client] {
            for message in channel.messages(side) {
                if message.owner != ChannelId(index) {
                    continue;
                }
                let ending = format!("{}.html", message.name);
                let id = format!("<dd>{}, <code>SPICE_MSG", message.id);
                let page = files.iter().find(|(path, page)| {
                    path.starts_with("messages/") && path.ends_with(&ending) && page.contains(&id)
                });
                assert!(page.is_some(), "{} {}", channel.name, message.name);
                pages += 1;
            }
        }
    }
    let messages = files.keys().filter(|path| path.starts_with("messages/"));
    assert_eq!(messages.count(), pages);
}

#[test]
fn every_type_has_a_page() {
    let files = site("doc_types", &[]);
    let types = model("proto/spice.proto").types;
    let own_body = |found: &&TypeDef| matches!(found, TypeDef::Struct(body) if matches!(body.origin, Origin::Body { .. }));
    let expected = types.len() - types.iter().filter(own_body).count();
    let pages = files.keys().filter(|path| path.starts_with("types/"));
    assert_eq!(pages.count(), expected);
    let page = &files["types/brush_type.html"];
    for text in ["SPICE_BRUSH_TYPE_SOLID", "8 bits", "types/Brush.html"] {
        assert!(page.contains(text.trim_start_matches("types/")), "{page}");
    }
}

#[test]
fn message_page_has_ids_fields_bytes_and_an_example() {
    let files = site("doc_page", &[]);
    let page = &files["messages/port.server.init.html"];
    for text in [
        "201, <code>SPICE_MSG_PORT_INIT</code>",
        "<code>SpiceMsgPortInit</code>",
        "../channels/port.html",
        "../channels/webdav.html",
        "uint8 *[name_size]",
        "Name of the port",
        "<svg class=\"bytes\"",
        "name[name_size] →",
        "02 00 00 00 09 00 00 00 01 61 00",
        "&quot;name&quot;: &quot;6100&quot;",
    ] {
        assert!(page.contains(text), "no {text} in {page}");
    }
}

#[test]
fn bytes_of_the_introduction_are_messages() {
    let text =
        fs::read_to_string(repository().join("spice-proto-cli/doc/introduction.md")).unwrap();
    let (spice, link) = (model("proto/spice.proto"), model("proto/link.proto"));
    let blocks = text.split("```").skip(1).step_by(2);
    let mut names = BTreeSet::new();
    for block in blocks {
        let (name, digits) = block.split_once('\n').unwrap();
        let digits: String = digits.split_whitespace().collect();
        let bytes: Vec<u8> = (0..digits.len() / 2)
            .map(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap())
            .collect();
        let (model, body) = match name.split('.').collect::<Vec<_>>()[..] {
            [channel, side, message] => (&spice, message_body(&spice, channel, side, message)),
            _ => (&link, struct_body(&link, name)),
        };
        let decoded = spice_dynamic::decode(model, body, &bytes).unwrap();
        assert!(decoded.trailing.is_empty(), "{name}");
        assert_eq!(
            spice_dynamic::encode(model, body, &decoded.value).unwrap(),
            bytes
        );
        names.insert(name);
    }
    assert!(names.contains("display.server.draw_fill"), "{names:?}");
    assert_eq!(names.len(), 8, "{names:?}");
}

fn message_body(model: &Model, channel: &str, side: &str, name: &str) -> TypeId {
    let mut entries = model.protocol.channels.iter();
    let entry = entries.find(|entry| entry.name == channel).unwrap();
    let side = match side {
        "server" => Side::Server,
        _ => Side::Client,
    };
    let mut messages = model.channels[entry.channel.0].messages(side).iter();
    messages.find(|message| message.name == name).unwrap().body
}

fn struct_body(model: &Model, name: &str) -> TypeId {
    let mut types = model.types.iter();
    let is_named = |found: &TypeDef| matches!(found, TypeDef::Struct(body) if body.name == name);
    TypeId(types.position(is_named).unwrap())
}

#[test]
fn html_in_comments_is_shown_as_text() {
    let folder = folder("doc_escape");
    let proto = folder.join("escape.proto");
    let text = "// <script>alert(1)</script> & more\nstruct S { uint8 a; /* <b>bold</b> */ };\nprotocol P {};\n";
    fs::write(&proto, text).unwrap();
    let files = site("doc_escape_site", &[proto.to_str().unwrap()]);
    let page = &files["types/S.html"];
    assert!(page.contains("&lt;script&gt;alert(1)"), "{page}");
    assert!(
        !page.contains("<script>alert") && !page.contains("<b>bold"),
        "{page}"
    );
}

#[test]
fn unwritable_folder_is_reported() {
    let folder = folder("doc_unwritable");
    fs::write(folder.join("file"), "").unwrap();
    let output = folder.join("file");
    let ran = run(&["doc", "-o", output.to_str().unwrap()]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("cannot"), "{}", ran.stderr);
}

#[test]
fn page_shows_what_the_command_prints() {
    assert_page("docs/command/doc.md");
}
