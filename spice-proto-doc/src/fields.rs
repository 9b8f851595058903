//! The table of a body's fields.

use maud::{Markup, html};
use spice_proto_gen::model::{
    Array, Field, Label, Member, Part, PointeeOrder, Role, Struct, Switch,
};

use crate::markdown;
use crate::page::Page;
use crate::site::Site;

/// The members of a body in wire order.
pub fn table(site: &Site<'_>, page: &Page, body: &Struct) -> Markup {
    if body.members.is_empty() {
        return html! { p { "The body is empty." } };
    }
    html! {
        div.table {
            table.fields {
                thead { tr { th { "Offset" } th { "Type" } th { "Field" } th { "Meaning" } } }
                tbody {
                    @for (index, member) in body.members.iter().enumerate() {
                        @match member {
                            Member::Field(field) => (row(site, page, body, field, offset(body, index), false)),
                            Member::Switch(switch) => (switch_rows(site, page, body, switch, offset(body, index))),
                        }
                    }
                }
            }
        }
    }
}

fn switch_rows(
    site: &Site<'_>,
    page: &Page,
    body: &Struct,
    switch: &Switch,
    offset: Option<u64>,
) -> Markup {
    html! {
        tr {
            td { @if let Some(offset) = offset { (offset) } }
            td { "switch" }
            td { code { (switch.name) } }
            td {
                "One of the following, by " code { (site.model().discriminant_path(body, switch)) } "."
                (markdown::docs(&switch.docs))
            }
        }
        @for case in &switch.cases {
            tr.case { td {} td colspan="3" { (labels(site, switch, &case.labels)) } }
            (row(site, page, body, &case.field, None, true))
        }
    }
}

fn row(
    site: &Site<'_>,
    page: &Page,
    body: &Struct,
    field: &Field,
    offset: Option<u64>,
    in_case: bool,
) -> Markup {
    html! {
        tr.in-case[in_case] {
            td { @if let Some(offset) = offset { (offset) } }
            td { (type_link(site, page, field)) @if let Some(array) = field.array { "[" (body.length_of(array)) "]" } }
            td { code { (field.name) } }
            td {
                (markdown::docs(&field.docs))
                @for note in notes(field) { p.note { (note) } }
            }
        }
    }
}

/// The type of a field, as a link if it has a page, and `*` for a pointer.
fn type_link(site: &Site<'_>, page: &Page, field: &Field) -> Markup {
    let name = site.model().type_name(field.ty);
    let address = field.ty.definition().and_then(|id| site.type_address(id));
    html! {
        @match address {
            Some(address) => a href=(page.link(address)) { (name) },
            None => (name),
        }
        @if field.pointer.is_some() { " *" }
    }
}

/// Properties of a field besides its type.
fn notes(field: &Field) -> Vec<String> {
    let mut notes = Vec::new();
    match field.pointer {
        Some(pointer) => {
            let null = if pointer.nonnull { "" } else { " or 0" };
            let order = match pointer.order {
                PointeeOrder::DepthFirst => "after this block",
                PointeeOrder::BreadthFirst => "after the pointees before it",
            };
            notes.push(format!("32-bit offset{null}; the value follows {order}."));
        }
        None if field.array == Some(Array::Remaining) => {
            notes.push("To the end of the message.".to_owned());
        }
        None => {}
    }
    if field.text {
        notes.push("Text that ends at a NUL.".to_owned());
    }
    match field.role {
        Role::Zero => notes.push("Written as 0, ignored when read.".to_owned()),
        Role::Virtual(value) => notes.push(format!("Always {value}; not on the wire.")),
        _ => {}
    }
    notes
}

fn labels(site: &Site<'_>, switch: &Switch, labels: &[Label]) -> Markup {
    let name = |label: &Label| match *label {
        Label::Default => "default".to_owned(),
        Label::Item { item, negated } => {
            let name = &site.model().item(switch, item).name;
            format!("case {}{name}", if negated { "!" } else { "" })
        }
    };
    html! {
        @for (index, label) in labels.iter().enumerate() {
            @if index > 0 { ", " }
            code { (name(label)) }
        }
    }
}

/// The offset of a member in the block, if all before it has a fixed size.
fn offset(body: &Struct, member: usize) -> Option<u64> {
    let on_wire = body.members.get(member)?.is_on_wire();
    match body.parts.first()? {
        Part::Segment(segment) => {
            let mut fields = segment.fields.iter();
            match fields.find(|field| field.position.member == member) {
                Some(field) => Some(field.offset),
                // The first member after the segment starts at its end.
                None => matches!(body.parts.get(1), Some(Part::Member(next)) if *next == member)
                    .then_some(segment.size),
            }
        }
        Part::Member(first) => (*first == member).then_some(0),
    }
    .filter(|_| on_wire)
}
