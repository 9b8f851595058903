//! Comments of the proto as rustdoc, and the wire layout in words.

use proc_macro2::TokenStream;
use quote::quote;

use crate::ast::Docs;
use crate::model::{Array, Field, Label, Member, Model, Role, Struct, Switch, Type};

/// Doc attributes from lines that are already safe.
pub(super) fn doc_lines<S: AsRef<str>>(lines: impl IntoIterator<Item = S>) -> TokenStream {
    let lines = lines.into_iter().map(|line| {
        let line = line.as_ref();
        let text = match line.is_empty() {
            true => String::new(),
            false => format!(" {line}"),
        };
        quote!(#[doc = #text])
    });
    quote!(#(#lines)*)
}

/// A comment as lines of rustdoc, or `otherwise` where there is none.
pub(super) fn lines(docs: &Docs, otherwise: &str) -> Vec<String> {
    let lines: Vec<String> = docs.0.iter().map(|line| escape(line)).collect();
    match lines.iter().all(String::is_empty) {
        true => vec![otherwise.to_owned()],
        false => lines,
    }
}

/// Text in which markdown finds nothing but code spans.
fn escape(line: &str) -> String {
    let line = line.trim();
    let mut escaped = String::with_capacity(line.len());
    let block = ["```", "~~~", "#", "-", "+", "=", "|"];
    if block.iter().any(|mark| line.starts_with(mark)) {
        escaped.push('\\');
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let balanced = line.matches('`').count().is_multiple_of(2);
    let mut code = false;
    for (index, character) in line.char_indices() {
        code ^= character == '`' && balanced;
        let list = index == digits && digits > 0 && matches!(character, '.' | ')');
        let special = matches!(character, '[' | ']' | '<' | '>' | '*' | '\\');
        let stray = character == '`' && !balanced;
        if (special || list || stray) && !code {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped.replace("://", ":\u{200b}//")
}

/// The name of a type in the proto.
fn proto_type(model: &Model, field: &Field) -> String {
    let named = field.ty.alias.or(match field.ty.ty {
        Type::Enum(id) | Type::Struct(id) => Some(id),
        Type::Int(_) | Type::Fd => None,
    });
    match (named, field.ty.ty) {
        (Some(id), _) => match model.types.get(id.0) {
            Some(crate::model::TypeDef::Alias(alias)) => alias.name.clone(),
            Some(crate::model::TypeDef::Enum(found)) => found.name.clone(),
            Some(crate::model::TypeDef::Struct(body)) => body.name.clone(),
            None => String::new(),
        },
        (None, Type::Int(int)) => {
            let sign = if int.signed { "" } else { "u" };
            format!("{sign}int{}", u16::from(int.bytes) * 8)
        }
        (None, _) => "unix_fd".to_owned(),
    }
}

fn array(body: &Struct, field: &Field) -> String {
    let name = |index: usize| match body.members.get(index) {
        Some(Member::Field(field)) => field.name.clone(),
        Some(Member::Switch(switch)) => switch.name.clone(),
        None => String::new(),
    };
    match field.array {
        None => String::new(),
        Some(Array::Fixed(count)) => format!("[{count}]"),
        Some(Array::Count(count)) => match (body.members.get(count.member), count.case) {
            (Some(Member::Switch(switch)), Some(case)) => match switch.cases.get(case) {
                Some(case) => format!("[{}]", case.field.name),
                None => String::new(),
            },
            _ => format!("[{}]", name(count.member)),
        },
        Some(Array::ImageSize { bits, width, rows }) => {
            format!("[image_size({bits}, {}, {})]", name(width), name(rows))
        }
        Some(Array::CString) => "[cstring()]".to_owned(),
        Some(Array::Remaining) => "[]".to_owned(),
    }
}

/// A field in one line: `uint32 name_size`, `uint8 *name[name_size]`.
pub(super) fn declaration(model: &Model, body: &Struct, field: &Field) -> String {
    let star = if field.pointer.is_some() { "*" } else { "" };
    let ty = proto_type(model, field);
    format!("{ty} {star}{}{}", field.name, array(body, field))
}

/// What a body looks like on the wire: a line for each field, with its offset where that is known.
pub(super) fn layout(model: &Model, body: &Struct) -> Vec<String> {
    let rows = layout_rows(model, body);
    if rows.is_empty() {
        return vec!["On the wire: no bytes.".to_owned()];
    }
    let mut lines = vec!["On the wire:".to_owned(), "```text".to_owned()];
    lines.extend(rows);
    lines.push("```".to_owned());
    lines
}

fn layout_rows(model: &Model, body: &Struct) -> Vec<String> {
    let mut rows = Vec::new();
    let mut at = Some(0);
    for member in &body.members {
        let size = match member {
            Member::Field(field) => {
                if !matches!(field.role, Role::Virtual(_)) {
                    let note = field_note(field);
                    let declaration = declaration(model, body, field);
                    rows.push(row(at, &format!("{declaration}{note}")));
                }
                field.size
            }
            Member::Switch(switch) => {
                for case in switch.cases.iter().filter(|case| case.live) {
                    let labels = labels(model, switch, &case.labels);
                    let declaration = declaration(model, body, &case.field);
                    let note = field_note(&case.field);
                    rows.push(row(at, &format!("{labels}: {declaration}{note}")));
                }
                switch.size
            }
        };
        at = at
            .zip(size.exact())
            .and_then(|(at, size): (u64, u64)| at.checked_add(size));
    }
    rows
}

fn row(at: Option<u64>, text: &str) -> String {
    match at {
        Some(at) => format!("{at:>4}  {text}"),
        None => format!("   +  {text}"),
    }
}

fn field_note(field: &Field) -> &'static str {
    match (&field.role, field.pointer) {
        (Role::Zero, _) => "  (zero)",
        (_, Some(pointer)) if pointer.nonnull => "  (offset, not null)",
        (_, Some(_)) => "  (offset, or 0)",
        _ => "",
    }
}

fn labels(model: &Model, switch: &Switch, labels: &[Label]) -> String {
    let name = |item: usize| {
        let found = model.enumeration(switch.discriminant.ty);
        let item = found.and_then(|found| found.items.get(item));
        item.map(|item| item.name.clone()).unwrap_or_default()
    };
    let labels = labels.iter().map(|label| match label {
        Label::Default => "otherwise".to_owned(),
        Label::Item {
            item,
            negated: false,
        } => format!("if {}", name(*item)),
        Label::Item {
            item,
            negated: true,
        } => format!("if not {}", name(*item)),
    });
    labels.collect::<Vec<_>>().join(", ")
}
