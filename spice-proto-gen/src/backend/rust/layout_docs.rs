//! The layout of a body in rustdoc: a row for each field, with its offset.

use super::body::Body;
use super::context::Context;
use super::docs::lines;
use crate::model::{Array, Field, Label, Member, PointeeOrder, Role, Struct, Switch};

/// The documentation of a field. A field without a comment has its declaration.
pub(super) fn field_docs(context: &Context<'_>, body: Body<'_>, field: &Field) -> Vec<String> {
    let declaration = declaration(context, body.body, field);
    lines(&field.docs, &format!("`{declaration}` on the wire."))
}

/// A field in one line: `uint32 name_size`, `uint8 *name[name_size]`.
pub(super) fn declaration(context: &Context<'_>, body: &Struct, field: &Field) -> String {
    let (ty, name) = (
        context.model.type_name(field.ty),
        declared_name(body, field),
    );
    format!("{ty} {name}")
}

/// The name of a field with what its declaration adds: `*name[name_size]`.
fn declared_name(body: &Struct, field: &Field) -> String {
    let star = if field.pointer.is_some() { "*" } else { "" };
    let array = field
        .array
        .map(|array| format!("[{}]", body.length_of(array)));
    format!("{star}{}{}", field.name, array.unwrap_or_default())
}

/// The layout of a body as a table in rustdoc. A field whose offset depends on the message comes `then`, after the
/// field before it. Types are links.
pub(super) fn layout(context: &Context<'_>, body: Body<'_>) -> Vec<String> {
    let rows = rows(context, body);
    if rows.is_empty() {
        return vec!["On the wire: no bytes.".to_owned()];
    }
    let head = ["| byte | on the wire |", "|---:|---|"].map(str::to_owned);
    head.into_iter().chain(rows).collect()
}

fn rows(context: &Context<'_>, body: Body<'_>) -> Vec<String> {
    let mut rows = Vec::new();
    let mut offset = Some(0_u64);
    for member in &body.body.members {
        let size = match member {
            Member::Field(field) => {
                if field.role.is_on_wire() {
                    rows.push(row(context, body, offset, "", field));
                }
                field.size
            }
            Member::Switch(switch) => {
                for case in switch.cases.iter().filter(|case| case.live) {
                    let labels = format!("{}: ", labels(context, switch, &case.labels));
                    rows.push(row(context, body, offset, &labels, &case.field));
                }
                switch.size
            }
        };
        let end = offset.zip(size.exact());
        offset = end.and_then(|(offset, size)| offset.checked_add(size));
    }
    rows
}

fn row(
    context: &Context<'_>,
    body: Body<'_>,
    offset: Option<u64>,
    labels: &str,
    field: &Field,
) -> String {
    let offset = offset.map_or("then".to_owned(), |offset| offset.to_string());
    let (ty, name) = (
        context.model.type_name(field.ty),
        declared_name(body.body, field),
    );
    let link = field
        .ty
        .definition()
        .and_then(|id| context.link(body.module, id));
    let declaration = match link {
        Some(path) if path == ty => format!("[`{ty}`] `{name}`"),
        Some(path) => format!("[`{ty}`]({path}) `{name}`"),
        None => format!("`{ty} {name}`"),
    };
    let notes = notes(field);
    let notes = if notes.is_empty() {
        String::new()
    } else {
        format!(" ({})", notes.join(", "))
    };
    format!("| {offset} | {labels}{declaration}{notes} |")
}

/// Properties of a field that its declaration does not show.
fn notes(field: &Field) -> Vec<&'static str> {
    let mut notes = Vec::new();
    if field.role == Role::Zero {
        notes.push("zero");
    }
    if let Some(pointer) = field.pointer {
        notes.push(if pointer.nonnull {
            "nonzero offset"
        } else {
            "offset or 0"
        });
        if pointer.order == PointeeOrder::DepthFirst {
            notes.push("depth-first");
        }
    }
    if field.text && field.array != Some(Array::CString) {
        notes.push("text");
    }
    notes
}

fn labels(context: &Context<'_>, switch: &Switch, labels: &[Label]) -> String {
    let labels = labels.iter().map(|label| match label {
        Label::Default => "otherwise".to_owned(),
        Label::Item { item, negated } => {
            let not = if *negated { "not " } else { "" };
            format!("if {not}`{}`", context.model.item(switch, *item).name)
        }
    });
    labels.collect::<Vec<_>>().join(", ")
}
