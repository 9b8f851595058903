//! Comparison of our constants with those of Debian's `libspice-protocol-dev`.

use std::collections::BTreeMap;
use std::fs;

use spice_proto_gen::Analysis;
use spice_proto_gen::diagnostic::Levels;
use spice_proto_gen::model::{Channel, Enum, Model, Side, TypeDef};

use super::programs::require;

const ENUMS: &str = "/usr/include/spice-1/spice/enums.h";
const PROTOCOL: &str = "/usr/include/spice-1/spice/protocol.h";
const AGENT: &str = "/usr/include/spice-1/spice/vd_agent.h";

fn model(proto: &str) -> Model {
    let path = format!("{}/proto/{proto}", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read(path).expect("read the proto");
    let analysis = Analysis::new(&text, &Levels::default());
    analysis.model.expect("a valid proto")
}

/// Returns the constants in the enums of a C header.
fn constants(header: &str) -> BTreeMap<String, i64> {
    let text = fs::read_to_string(header).expect("read the header");
    let text = without_comments(&text);
    let mut constants = BTreeMap::new();
    for definition in text.split("enum").skip(1) {
        let Some((name, rest)) = definition.split_once('{') else {
            continue;
        };
        // Skips `enum` as a part of another word or of a struct member.
        let is_enum = name.trim().chars().all(char::is_alphanumeric);
        let body = rest.split_once('}').map(|(body, _)| body);
        let Some(body) = body.filter(|body| is_enum && !body.contains(';')) else {
            continue;
        };
        let items = body.split(',').map(str::trim);
        let mut next = 0;
        for item in items.filter(|item| !item.is_empty()) {
            let (name, value) = match item.split_once('=') {
                None => (item, next),
                Some((name, value)) => (name.trim(), value_of(value.trim(), &constants)),
            };
            next = value + 1;
            let name = name.trim_end_matches("SPICE_GNUC_DEPRECATED").trim();
            constants.insert(name.to_owned(), value);
        }
    }
    constants
}

/// Evaluates a number, the name of another constant, or a shifted bit.
fn value_of(text: &str, constants: &BTreeMap<String, i64>) -> i64 {
    let text = text.trim_start_matches('(').trim_end_matches(')');
    if let Some((one, by)) = text.split_once("<<") {
        return value_of(one.trim(), constants) << value_of(by.trim(), constants);
    }
    let number = match text.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    };
    let named = || constants.get(text).copied();
    number
        .or_else(named)
        .unwrap_or_else(|| panic!("unknown constant `{text}`"))
}

/// Returns the C names and values of the items of an enum.
fn items(found: &Enum) -> Vec<(String, i64)> {
    let prefix = match found.attributes.argument("prefix") {
        Some(prefix) => prefix.to_owned(),
        None => format!("SPICE_{}_", found.name.to_uppercase()),
    };
    let items = found.items.iter();
    items
        .map(|item| (format!("{prefix}{}", item.name), item.value.into()))
        .collect()
}

fn enums(model: &Model) -> Vec<(String, i64)> {
    let enums = model.types.iter().filter_map(|found| match found {
        TypeDef::Enum(found) => Some(items(found)),
        _ => None,
    });
    enums.flatten().collect()
}

/// Returns the C names and ids of the messages of a channel, without inherited ones.
fn messages(model: &Model, channel: &Channel) -> Vec<(String, i64)> {
    let channel_name = channel.name.trim_end_matches("Channel").to_uppercase();
    let channel_name = match channel_name.as_str() {
        "BASE" => String::new(),
        name => format!("{name}_"),
    };
    let parent = channel.parent.map(|parent| &model.channels[parent.0]);
    let sides = [(Side::Server, "SPICE_MSG_"), (Side::Client, "SPICE_MSGC_")];
    let named = sides.into_iter().flat_map(|(side, prefix)| {
        let own = channel.messages(side).iter().filter(move |message| {
            let inherited = parent.map_or(&[][..], |parent| parent.messages(side));
            !inherited.iter().any(|other| other.id == message.id)
        });
        let channel_name = &channel_name;
        own.map(move |message| {
            let name = format!("{prefix}{channel_name}{}", message.name.to_uppercase());
            (name, message.id.into())
        })
    });
    named.collect()
}

/// Checks that common names have the same value.
///
/// Returns the number of common names, and the names that only the C header has.
fn compare(ours: &[(String, i64)], theirs: &BTreeMap<String, i64>) -> (usize, Vec<String>) {
    let mut both = 0;
    for (name, value) in ours {
        if let Some(other) = theirs.get(name) {
            assert_eq!(value, other, "{name}");
            both += 1;
        }
    }
    let lacks = theirs.keys().filter(|name| {
        let known = ours.iter().any(|(ours, _)| ours == *name);
        let bound = name.contains("_END_") || name.ends_with("_END") || name.ends_with("_MASK");
        !known && !bound
    });
    (both, lacks.cloned().collect())
}

pub fn constants_of_the_protocol_are_equal() {
    require(&[ENUMS]);
    let model = model("spice.proto");
    let mut ours = enums(&model);
    for channel in &model.channels {
        ours.extend(messages(&model, channel));
    }
    for channel in &model.protocol.channels {
        let name = format!("SPICE_CHANNEL_{}", channel.name.to_uppercase());
        ours.push((name, channel.number.into()));
    }
    let (both, lacks) = compare(&ours, &constants(ENUMS));
    assert!(both > 300, "only {both} common names");
    // Until 2018 the smartcard channel had several definitions of one message.
    let old_names = ["ATR", "ERROR", "HEADER", "READER_ADD"];
    assert_eq!(
        lacks,
        old_names.map(|name| format!("SPICE_MSGC_SMARTCARD_{name}"))
    );
}

pub fn constants_of_the_link_stage_are_equal() {
    require(&[PROTOCOL]);
    let ours: Vec<_> = enums(&model("link.proto"))
        .into_iter()
        .map(|(name, value)| (name.replace("_CAPABILITY_", "_CAP_"), value))
        .collect();
    let (both, lacks) = compare(&ours, &constants(PROTOCOL));
    assert!(both > 30, "only {both} common names");
    // Our name of this capability is shorter.
    assert_eq!(lacks, ["SPICE_COMMON_CAP_PROTOCOL_AUTH_SELECTION"]);
    let theirs = constants(PROTOCOL);
    assert_eq!(theirs["SPICE_COMMON_CAP_PROTOCOL_AUTH_SELECTION"], 0);
}

/// Returns the numbers in the macros of a C header.
fn macros(header: &str) -> BTreeMap<String, i64> {
    let text = fs::read_to_string(header).expect("read the header");
    let lines = text
        .lines()
        .filter_map(|line| line.strip_prefix("#define "));
    let macros = lines.filter_map(|line| line.split_once(' '));
    let numbers = macros.filter(|(name, value)| {
        let is_number = |c: char| c.is_ascii_digit() || "()< ".contains(c);
        !name.contains('(') && value.chars().all(is_number)
    });
    numbers
        .map(|(name, value)| (name.to_owned(), value_of(value, &BTreeMap::new())))
        .collect()
}

pub fn constants_of_the_agent_are_equal() {
    require(&[AGENT]);
    let model = model("agent.proto");
    let mut ours = enums(&model);
    for channel in &model.channels {
        for side in [Side::Server, Side::Client] {
            let messages = channel.messages(side).iter();
            ours.extend(messages.map(|message| {
                let name = format!("VD_AGENT_{}", message.name.to_uppercase());
                (name, message.id.into())
            }));
        }
    }
    for (name, _) in &mut ours {
        if let Some(port) = name.strip_prefix("SPICE_CHUNK_PORT_") {
            *name = format!("VDP_{port}_PORT");
        } else if let Some(button) = name.strip_prefix("SPICE_AGENT_MOUSE_BUTTONS_") {
            *name = format!("VD_AGENT_{}BUTTON_MASK", &button[..1]);
        } else if name == "SPICE_AGENT_PROTOCOL_CURRENT" {
            "VD_AGENT_PROTOCOL".clone_into(name);
        }
    }
    let longest = i64::try_from(spice_link::MAX_AGENT_DATA).expect("a small number");
    ours.push(("VD_AGENT_MAX_DATA_SIZE".to_owned(), longest));
    let mut theirs = constants(AGENT);
    theirs.extend(macros(AGENT));
    let (both, lacks) = compare(&ours, &theirs);
    assert!(both > 80, "only {both} common names");
    assert_eq!(lacks, [""; 0]);
    for (name, _) in &ours {
        assert!(theirs.contains_key(name), "{name}");
    }
}

/// Removes the comments of a C text.
fn without_comments(text: &str) -> String {
    let mut code = String::new();
    for part in text.split("/*") {
        let after = part.split_once("*/").map_or(part, |(_, after)| after);
        code.push_str(after);
        code.push(' ');
    }
    code
}

/// The tokens of a C text without comments. Numbers are decimal.
fn tokens(text: &str) -> Vec<String> {
    let code = without_comments(text);
    let mut tokens: Vec<String> = Vec::new();
    let mut in_word = false;
    for character in code.chars() {
        let is_word = character.is_alphanumeric() || character == '_';
        match tokens.last_mut() {
            Some(word) if is_word && in_word => word.push(character),
            _ if character.is_whitespace() => {}
            _ => tokens.push(character.to_string()),
        }
        in_word = is_word;
    }
    let number = |token: String| match token.strip_prefix("0x") {
        Some(digits) => match u32::from_str_radix(digits, 16) {
            Ok(number) => number.to_string(),
            Err(_) => token,
        },
        None => token,
    };
    tokens.into_iter().map(number).collect()
}

/// Replaces a sequence of tokens, which occurs once.
fn replaced(tokens: &[String], old: &str, new: &str) -> Vec<String> {
    let (old, new) = (self::tokens(old), self::tokens(new));
    let mut places = tokens
        .windows(old.len())
        .enumerate()
        .filter(|(_, window)| *window == old)
        .map(|(place, _)| place);
    let place = places.next().expect("the tokens occur");
    assert_eq!(places.next(), None, "{old:?}");
    let (before, rest) = tokens.split_at(place);
    [before, &new, &rest[old.len()..]].concat()
}

pub fn generated_header_has_the_tokens_of_the_published_one() {
    require(&[ENUMS]);
    let ours = tokens(&spice_proto_gen::backend::c::enums(&model("spice.proto")));
    let theirs = tokens(&fs::read_to_string(ENUMS).expect("read the header"));
    assert!(theirs.len() > 1000, "{}", theirs.len());
    // The published header is of an older proto: the smartcard channel had five messages with one id, and
    // display had one message less.
    let theirs = replaced(
        &theirs,
        "SPICE_MSGC_SMARTCARD_HEADER = 101, SPICE_MSGC_SMARTCARD_ERROR = 101, SPICE_MSGC_SMARTCARD_ATR = 101, \
         SPICE_MSGC_SMARTCARD_READER_ADD = 101,",
        "",
    );
    let theirs = replaced(
        &theirs,
        "SPICE_MSG_DISPLAY_QUALITY_INDICATOR,",
        "SPICE_MSG_DISPLAY_QUALITY_INDICATOR, SPICE_MSG_DISPLAY_GL_SCANOUT2_UNIX,",
    );
    let difference = ours.iter().zip(&theirs).position(|(a, b)| a != b);
    let around = |tokens: &[String]| {
        let start = difference.unwrap_or(0).saturating_sub(5);
        tokens[start..].iter().take(12).cloned().collect::<Vec<_>>()
    };
    assert_eq!(around(&ours), around(&theirs));
    assert_eq!(ours.len(), theirs.len());
}
