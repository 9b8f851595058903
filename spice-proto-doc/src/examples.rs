//! Examples: a value of a message, made by the interpreter, and its bytes.

use maud::{Markup, html};
use spice_dynamic::{Value, encode, sample};
use spice_proto_gen::model::{Model, TypeId};

use crate::site::plural;

/// Bytes in a line.
const LINE: usize = 16;

/// An example of a message in hexadecimal digits, and what it decodes to.
pub fn example(model: &Model, body: TypeId) -> Markup {
    let Some(value) = sample(model, body) else {
        return html! {};
    };
    let Ok(bytes) = encode(model, body, &value) else {
        return html! {};
    };
    if bytes.is_empty() {
        return html! {};
    }
    let mut text = String::new();
    push(&value, 0, &mut text);
    html! {
        section {
            h2 #example { "Example" }
            p { (plural(u64::try_from(bytes.len()).unwrap_or(u64::MAX), "byte")) ":" }
            pre { (dump(&bytes)) }
            p { "Decoded:" }
            pre { (text) }
        }
    }
}

/// Lines of an offset and 16 bytes.
fn dump(bytes: &[u8]) -> String {
    let lines = bytes.chunks(LINE).enumerate().map(|(index, line)| {
        let digits: Vec<_> = line.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{:04x}  {}", index.saturating_mul(LINE), digits.join(" "))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The JSON form of a value, a field in each line.
fn push(value: &Value<'_>, indent: usize, text: &mut String) {
    let inner = indent.saturating_add(2);
    match value {
        Value::Struct(fields) if !fields.is_empty() => {
            text.push('{');
            for (index, (name, value)) in fields.iter().enumerate() {
                let comma = if index == 0 { "" } else { "," };
                text.push_str(&format!("{comma}\n{:inner$}\"{name}\": ", ""));
                push(value, inner, text);
            }
            text.push_str(&format!("\n{:indent$}}}", ""));
        }
        Value::List(values) if !values.is_empty() => {
            text.push('[');
            for (index, value) in values.iter().enumerate() {
                let comma = if index == 0 { "" } else { "," };
                text.push_str(&format!("{comma}\n{:inner$}", ""));
                push(value, inner, text);
            }
            text.push_str(&format!("\n{:indent$}]", ""));
        }
        value => text.push_str(&value.to_json()),
    }
}
