//! Compares what the dissector shows of a message with what the interpreter decodes.

use spice_dynamic::{Value, decode, message};
use spice_proto_gen::model::{Model, ProtocolChannel, Side};

use super::pdml::Element;
use super::rows::{Row, hex};
use super::tshark::Tshark;

/// Values with their field paths, in order. A list is its number of elements, then the elements.
pub type Fields = Vec<(String, String)>;

/// Compares a message. The dissector must show the same values, trailing bytes or error, and the header.
pub fn compare(tshark: &Tshark, model: &Model, row: &Row, shown: &Element) -> Result<(), String> {
    let text = |path: &str| shown.text(&tshark.name(path)).unwrap_or_default();
    let mut entries = model.protocol.channels.iter();
    let channel = entries
        .find(|entry| entry.number == row.channel_type)
        .unwrap();
    let found = message(model, row.channel_type, row.side, row.id).unwrap();
    let path = format!("{}.{}.{}", channel.name, side_name(row.side), found.name);
    let header = [
        text("message"),
        text("header.type"),
        text("header.size"),
        text("channel"),
    ];
    let expected = [
        &path,
        &row.id.to_string(),
        &row.body.len().to_string(),
        &row.channel_type.to_string(),
    ];
    if header != expected {
        return Err(format!("the header is {header:?}, not {expected:?}"));
    }
    let shown_error = shown.expert(&tshark.name("malformed"));
    match decode(model, found.body, &row.body) {
        Ok(decoded) => {
            let mut expected = Fields::new();
            flatten(&decoded.value, "", &mut expected);
            let actual = fields(tshark, channel, &found.name, shown)?;
            if let Some((expected, actual)) = expected.iter().zip(&actual).find(|(a, b)| a != b) {
                return Err(format!("shown as {actual:?}, not {expected:?}"));
            }
            if expected.len() != actual.len() {
                return Err(format!("{} fields, not {}", actual.len(), expected.len()));
            }
            let trailing = shown.find(&tshark.name("trailing"));
            let trailing = trailing.map_or("", |found| found.value.as_str());
            // The body of `list` also holds sub-messages, which need not decode.
            match shown_error {
                Some(_) if found.name != "list" => Err("an error is shown".to_owned()),
                _ if trailing != hex(decoded.trailing) => Err(format!("trailing: {trailing}")),
                _ => Ok(()),
            }
        }
        Err(error) => {
            let shown = shown_error.unwrap_or_default();
            match rounded(shown) == rounded(&error.to_string()) {
                true => Ok(()),
                false => Err(format!("error `{shown}`, not `{error}`")),
            }
        }
    }
}

pub fn side_name(side: Side) -> &'static str {
    match side {
        Side::Server => "server",
        Side::Client => "client",
    }
}

/// The text with numbers above 2^53 left out. Lua's numbers are not exact there.
fn rounded(text: &str) -> String {
    let words = text.split(' ').map(|word| match word.parse::<u64>() {
        Ok(number) if number > 1 << 53 => "large",
        _ => word,
    });
    words.collect::<Vec<_>>().join(" ")
}

fn flatten(value: &Value<'_>, path: &str, fields: &mut Fields) {
    let mut push = |value: String| fields.push((path.to_owned(), value));
    match value {
        Value::Integer(number) => push(number.to_string()),
        Value::Bytes(bytes) => push(hex(bytes)),
        Value::Descriptor => push("-1".to_owned()),
        Value::Null => {}
        Value::Struct(members) => {
            for (name, value) in members {
                let path = if path.is_empty() {
                    name.to_string()
                } else {
                    format!("{path}.{name}")
                };
                flatten(value, &path, fields);
            }
        }
        Value::List(values) => {
            push(list(values.len()));
            for (index, value) in values.iter().enumerate() {
                flatten(value, &format!("{path}[{index}]"), fields);
            }
        }
        Value::Repeated { value, count } => {
            push(list(*count));
            for index in 0..*count {
                flatten(value, &format!("{path}[{index}]"), fields);
            }
        }
    }
}

/// An empty list is the same as no bytes.
fn list(count: usize) -> String {
    match count {
        0 => String::new(),
        1 => "1 element".to_owned(),
        count => format!("{count} elements"),
    }
}

/// The fields of a message as the dissector shows them.
fn fields(
    tshark: &Tshark,
    channel: &ProtocolChannel,
    name: &str,
    shown: &Element,
) -> Result<Fields, String> {
    let name = tshark.name(&format!("{}.{name}", channel.name));
    let top = shown.find(&name).ok_or_else(|| format!("no {name}"))?;
    let mut fields = Fields::new();
    let parent = Parent {
        filter: &top.name,
        path: "",
        body: top.position,
    };
    for child in &top.children {
        field(tshark, child, parent, &mut fields)?;
    }
    Ok(fields)
}

/// The struct that contains a field.
#[derive(Clone, Copy)]
struct Parent<'p> {
    filter: &'p str,
    path: &'p str,
    /// Offset of the message's body.
    body: usize,
}

fn field(
    tshark: &Tshark,
    shown: &Element,
    parent: Parent<'_>,
    fields: &mut Fields,
) -> Result<(), String> {
    if shown.name == "_ws.lua.text" {
        return elements(tshark, shown, parent, fields);
    }
    if shown.label.starts_with("offset of ") {
        return pointee(tshark, shown, parent, fields);
    }
    let relative = shown
        .name
        .strip_prefix(parent.filter)
        .and_then(|rest| rest.strip_prefix('.'));
    let relative = relative.ok_or_else(|| format!("{} in {}", shown.name, parent.filter))?;
    let (index, label) = match shown.label.split_once("] ") {
        Some((index, label)) if index.starts_with('[') => (format!("{index}]"), label),
        _ => (String::new(), shown.label.as_str()),
    };
    let path = format!("{}{index}", join(parent.path, relative));
    let ty = tshark
        .types
        .get(&shown.name)
        .ok_or_else(|| format!("no type of {}", shown.name))?;
    let value = match ty.as_str() {
        _ if label.ends_with(" (ignored)") => "0".to_owned(),
        "FT_NONE" if label.ends_with("(file descriptor, sent beside the bytes)") => "-1".to_owned(),
        "FT_NONE" => {
            let parent = Parent {
                filter: &shown.name,
                path: &path,
                body: parent.body,
            };
            return shown
                .children
                .iter()
                .try_for_each(|child| field(tshark, child, parent, fields));
        }
        "FT_BYTES" | "FT_STRING" => shown.value.clone(),
        _ => number(&shown.show)?,
    };
    fields.push((path, value));
    Ok(())
}

/// The pointee of a pointer. It lies where the pointer leads.
fn pointee(
    tshark: &Tshark,
    shown: &Element,
    parent: Parent<'_>,
    fields: &mut Fields,
) -> Result<(), String> {
    let target: usize = shown.show.parse().map_err(|_| shown.label.clone())?;
    let mut expected = parent.body + target;
    // PDML adds the position of the parent if a field lies before it.
    if expected < shown.position {
        expected += shown.position;
    }
    for child in &shown.children {
        if child.position != expected {
            return Err(format!(
                "{} lies at {}: {}",
                child.label, child.position, shown.label
            ));
        }
        field(tshark, child, parent, fields)?;
    }
    Ok(())
}

/// The elements of a list. Elements without bytes are shown once. Bytes that are shown one by one are joined.
fn elements(
    tshark: &Tshark,
    shown: &Element,
    parent: Parent<'_>,
    fields: &mut Fields,
) -> Result<(), String> {
    let (label, count) = shown
        .label
        .split_once(": ")
        .ok_or_else(|| shown.label.clone())?;
    let path = join(parent.path, label);
    let is_byte = |child: &Element| {
        let ty = tshark.types.get(&child.name).map(String::as_str);
        matches!(ty, Some("FT_UINT8" | "FT_INT8"))
    };
    if shown.children.first().is_some_and(is_byte) {
        let bytes: String = shown
            .children
            .iter()
            .map(|child| child.value.as_str())
            .collect();
        fields.push((path, bytes));
        return Ok(());
    }
    let number: usize = count
        .split(' ')
        .next()
        .unwrap()
        .parse()
        .map_err(|_| shown.label.clone())?;
    fields.push((path.clone(), list(number)));
    match shown.children.as_slice() {
        [only] if !only.label.starts_with('[') => {
            for index in 0..number {
                let mut only = only.clone();
                only.label = format!("[{index}] {}", only.label);
                field(tshark, &only, parent, fields)?;
            }
            Ok(())
        }
        children => children
            .iter()
            .try_for_each(|child| field(tshark, child, parent, fields)),
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn number(show: &str) -> Result<String, String> {
    match show.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).map(|number| number.to_string()),
        None => return Ok(show.to_owned()),
    }
    .map_err(|_| format!("`{show}` is not a number"))
}
