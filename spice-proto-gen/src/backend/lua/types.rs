//! Enums and structs as Lua tables.

use std::fmt::Write as _;

use crate::model::{
    Array, Case, Enum, Field, FieldRef, Label, Member, Model, Part, Role, Segment, Size, Struct,
    Switch, Type, TypeDef, TypeId,
};

/// Maximum width of a line.
const WIDTH: usize = 100;

/// Words that cannot be names in Lua.
const KEYWORDS: [&str; 22] = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
    "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
];

/// Writes the types that messages use, in definition order.
pub(super) fn write(model: &Model, text: &mut String) {
    let used = model.types_of_protocol();
    for (index, definition) in model.types.iter().enumerate() {
        if !used.contains(&TypeId(index)) {
            continue;
        }
        match definition {
            TypeDef::Alias(_) => {}
            TypeDef::Enum(found) => write_enum(&reference(model, TypeId(index)), found, text),
            TypeDef::Struct(body) => {
                write_struct(model, &reference(model, TypeId(index)), body, text);
            }
        }
    }
    text.push('\n');
}

/// The Lua expression for an enum or struct.
pub(super) fn reference(model: &Model, id: TypeId) -> String {
    match model.types.get(id.0) {
        Some(TypeDef::Enum(found)) => format!("enums{}", index(&found.name)),
        Some(TypeDef::Struct(found)) => format!("structs{}", index(&model.path(found).join("."))),
        Some(TypeDef::Alias(_)) | None => unreachable!("references to types follow aliases"),
    }
}

/// `.name`, or `["name"]` if it is not a name in Lua.
fn index(name: &str) -> String {
    if name.contains('.') || KEYWORDS.contains(&name) {
        format!("[\"{name}\"]")
    } else {
        format!(".{name}")
    }
}

/// Writes a table in one line if it fits, otherwise with one item a line.
fn write_table(name: &str, items: &[String], text: &mut String) {
    let line = match items {
        [] => format!("{name} = {{}}\n"),
        items => format!("{name} = {{ {} }}\n", items.join(", ")),
    };
    if line.chars().count() <= WIDTH && !items.iter().any(|item| item.contains('\n')) {
        text.push_str(&line);
        return;
    }
    let _ = writeln!(text, "{name} = {{");
    for item in items {
        let _ = writeln!(text, "    {item},");
    }
    text.push_str("}\n");
}

fn write_enum(name: &str, found: &Enum, text: &mut String) {
    let mut items = vec![format!("width = {}", found.bytes)];
    if found.flags {
        items.push("flags = true".to_owned());
    }
    let values = found.items.iter();
    items.extend(values.map(|item| format!("{{ {}, \"{}\" }}", item.value, item.name)));
    write_table(name, &items, text);
}

fn write_struct(model: &Model, name: &str, body: &Struct, text: &mut String) {
    let mut items = Vec::new();
    match body.size {
        Size::Static(size) => items.push(format!("size = {size}")),
        Size::AtLeast(0) => {}
        Size::AtLeast(size) => items.push(format!("min = {size}")),
    }
    if body.size.exact().is_some() && !body.is_fixed_size() {
        items.push("dynamic = true".to_owned());
    }
    if body.contains.fds {
        items.push("fds = true".to_owned());
    }
    for (position, member) in body.members.iter().enumerate() {
        let segment = segment_at(body, position).map_or_else(String::new, |segment| {
            format!(", segment = {}", segment.size)
        });
        match member {
            Member::Field(field) if field.role.is_on_wire() => {
                items.push(format!(
                    "{{ {}{segment} }}",
                    self::field(model, body, field)
                ));
            }
            Member::Field(_) => {}
            Member::Switch(found) => items.push(self::switch(model, body, found)),
        }
    }
    write_table(name, &items, text);
}

/// The segment that starts at a member, if a field follows a pointer in it: then the segment is checked before
/// the pointer is followed.
fn segment_at(body: &Struct, position: usize) -> Option<&Segment> {
    let segments = body.parts.iter().filter_map(|part| match part {
        Part::Segment(segment) => Some(segment),
        Part::Member(_) => None,
    });
    let starts_here = |segment: &&Segment| {
        segment
            .fields
            .first()
            .is_some_and(|field| field.position.member == position)
    };
    let segment = segments.into_iter().find(starts_here)?;
    let (_, before) = segment.fields.split_last()?;
    let mut before = before.iter().filter_map(|field| body.field(field.position));
    before
        .any(|field| field.pointer.is_some())
        .then_some(segment)
}

/// The contents of a field's table.
fn field(model: &Model, body: &Struct, field: &Field) -> String {
    let ty = match field.ty.ty {
        Type::Int(int) => {
            let sign = if int.signed { 'i' } else { 'u' };
            format!("\"{sign}{}\"", u32::from(int.bytes) * 8)
        }
        Type::Fd => "\"fd\"".to_owned(),
        Type::Enum(id) | Type::Struct(id) => reference(model, id),
    };
    let mut text = format!("\"{}\", {ty}", field.name);
    if field.role == Role::Zero {
        let _ = write!(text, ", zero = {}", field.size.min());
        return text;
    }
    // Writing to a string cannot fail.
    let _ = match field.array {
        None => Ok(()),
        Some(Array::Fixed(length)) => write!(text, ", length = {length}"),
        Some(Array::Count(count)) => write!(text, ", count = {}", self::count(body, count)),
        Some(Array::ImageSize { bits, width, rows }) => {
            let [width, rows] = [width, rows].map(|side| count(body, FieldRef::member(side)));
            write!(text, ", image = {{ {bits}, {width}, {rows} }}")
        }
        Some(Array::CString) => write!(text, ", cstring = true"),
        Some(Array::Remaining) => write!(text, ", rest = true"),
    };
    if let Some(pointer) = field.pointer {
        text.push_str(", pointer = true");
        if pointer.nonnull {
            text.push_str(", nonnull = true");
        }
    }
    if field.text {
        text.push_str(", text = true");
    }
    text
}

/// A count: the name of a member, or the name of a switch and the number of its case.
fn count(body: &Struct, count: FieldRef) -> String {
    let Some(member) = body.members.get(count.member) else {
        unreachable!("a count is a member of the same body");
    };
    match count.case {
        None => format!("\"{}\"", member.name()),
        Some(case) => format!("{{ \"{}\", {} }}", member.name(), case + 1),
    }
}

fn switch(model: &Model, body: &Struct, switch: &Switch) -> String {
    let path = model.discriminant(body, switch).into_iter();
    let path: Vec<_> = path.map(|field| format!("\"{}\"", field.name)).collect();
    let path = path.join(", ");
    let mut text = format!("{{ \"{}\", on = {{ {path} }}, cases = {{\n", switch.name);
    for case in &switch.cases {
        let (labels, field) = (
            labels(model, switch, case),
            self::field(model, body, &case.field),
        );
        let _ = writeln!(text, "        {{ {field}, {labels} }},");
    }
    text.push_str("    } }");
    text
}

/// The values that select a case.
fn labels(model: &Model, switch: &Switch, case: &Case) -> String {
    if case.labels.contains(&Label::Default) {
        return "default = true".to_owned();
    }
    let values = |negated: bool| {
        let values = case.labels.iter().filter_map(|label| match *label {
            Label::Item { item, negated: is } if is == negated => Some(model.item(switch, item)),
            Label::Item { .. } | Label::Default => None,
        });
        values
            .map(|item| item.value.to_string())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let positive = if switch.discriminant.flags {
        "set"
    } else {
        "equals"
    };
    let lists = [(positive, values(false)), ("clear", values(true))];
    let lists = lists.iter().filter(|(_, values)| !values.is_empty());
    let lists: Vec<_> = lists
        .map(|(name, values)| format!("{name} = {{ {values} }}"))
        .collect();
    lists.join(", ")
}
