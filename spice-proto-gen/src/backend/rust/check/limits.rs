//! Checks the limits of Rust on values: their size in memory, how deeply their types nest, and the length of arrays
//! that are held by value.

use crate::SpanIndex;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Array, Case, Field, Member, Model, Struct, Type, TypeDef};

/// The largest size of a value in memory. Values are passed by copy, and threads have stacks of 2 MiB by default.
const MAX_VALUE_BYTES: u64 = 1 << 17;

/// The deepest nesting of types in a value. A level takes up to three levels of Rust types, and rustc follows at most
/// 128 of them (`recursion_limit`).
const MAX_NESTING: u32 = 40;

/// The most elements of an array of fixed length.
const MAX_ARRAY_ELEMENTS: u64 = 1 << 16;

/// The most bytes of an array of fixed length.
const MAX_ARRAY_BYTES: u64 = 1 << 16;

/// Reports each struct that exceeds a limit, unless it only does so because a struct inside it does.
pub(super) fn check(model: &Model, spans: &SpanIndex) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for definition in &model.types {
        let TypeDef::Struct(body) = definition else {
            continue;
        };
        let path = model.path(body);
        let arrays = check_arrays(body, &path, spans);
        if is_too_deep(body) && !nested_structs(model, body, |_| true).any(is_too_deep) {
            diagnostics.push(too_deep(body, &path, spans));
        }
        if is_too_large(body)
            && arrays.is_empty()
            && !nested_structs(model, body, is_held_by_value).any(is_too_large)
        {
            diagnostics.push(too_large(body, &path, spans));
        }
        diagnostics.extend(arrays);
    }
    diagnostics
}

const fn is_too_deep(body: &Struct) -> bool {
    body.nesting > MAX_NESTING
}

const fn is_too_large(body: &Struct) -> bool {
    body.memory > MAX_VALUE_BYTES
}

/// Whether the memory of a field's elements is part of the struct's value.
const fn is_held_by_value(field: &Field) -> bool {
    matches!(field.array, None | Some(Array::Fixed(1..)))
}

/// The structs that are types of a body's fields.
fn nested_structs<'m>(
    model: &'m Model,
    body: &'m Struct,
    is_wanted: impl Fn(&Field) -> bool,
) -> impl Iterator<Item = &'m Struct> {
    let fields = body.members.iter().flat_map(Member::fields);
    let wanted = fields.filter(move |field| is_wanted(field));
    wanted.filter_map(|field| match field.ty.ty {
        Type::Struct(id) => model.body(id),
        Type::Int(_) | Type::Fd | Type::Enum(_) => None,
    })
}

/// Reports arrays of fixed length that are too long.
fn check_arrays(body: &Struct, path: &[&str], spans: &SpanIndex) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for member in &body.members {
        match member {
            Member::Field(field) => {
                diagnostics.extend(check_array(field, &[path, &[&field.name]].concat(), spans));
            }
            Member::Switch(switch) => {
                for Case { field, .. } in &switch.cases {
                    let path = [path, &[&switch.name, &field.name]].concat();
                    diagnostics.extend(check_array(field, &path, spans));
                }
            }
        }
    }
    diagnostics
}

fn check_array(field: &Field, path: &[&str], spans: &SpanIndex) -> Option<Diagnostic> {
    let Some(Array::Fixed(length)) = field.array else {
        return None;
    };
    let bytes = field.pointee.unwrap_or(field.size).min();
    let (message, label) = if length > MAX_ARRAY_ELEMENTS {
        let message = format!("the array `{}` has {length} elements", field.name);
        (message, format!("must be 0 to {MAX_ARRAY_ELEMENTS}"))
    } else if bytes > MAX_ARRAY_BYTES {
        let element = bytes / length;
        let message = format!("the array `{}` takes {bytes} bytes", field.name);
        (
            message,
            format!("{length} elements of {element} bytes each"),
        )
    } else {
        return None;
    };
    let length = format!("[{length}]");
    let span = spans.known(&[path, &[&length]].concat());
    let diagnostic = Diagnostic::new(Code::ArrayTooLarge, span, message);
    let note = format!(
        "in Rust, an array of fixed length is held by value, so it has at most {MAX_ARRAY_ELEMENTS} elements and \
         {MAX_ARRAY_BYTES} bytes"
    );
    let help = format!(
        "give `{}` a size that is sent, as in `{0}[count]`",
        field.name
    );
    Some(diagnostic.label(label).note(note).help(help))
}

fn too_large(body: &Struct, path: &[&str], spans: &SpanIndex) -> Diagnostic {
    let span = spans.known(path);
    let message = format!("values of `{}` are too large for Rust", body.name);
    Diagnostic::new(Code::BodyTooLarge, span, message)
        .label(format!("up to {} bytes", body.memory))
        .note(format!(
            "a value has at most {MAX_VALUE_BYTES} bytes, including arrays of fixed length and pointees"
        ))
        .help("give large arrays a size that is sent: their elements are not part of the value")
}

fn too_deep(body: &Struct, path: &[&str], spans: &SpanIndex) -> Diagnostic {
    let span = spans.known(path);
    let message = format!("`{}` is nested too deeply for Rust", body.name);
    Diagnostic::new(Code::TooDeep, span, message)
        .label(format!("{} levels", body.nesting))
        .note(format!(
            "at most {MAX_NESTING} levels: a struct, a switch, a pointer and an array of fixed length each add 1, \
             any other array adds 4"
        ))
        .help("flatten some of the nested structs")
}
