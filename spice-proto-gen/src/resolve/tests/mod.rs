//! Tests of the resolver on small protos.

mod attributes;
mod channels;
mod counts;
mod fields;
mod layout;
mod limits;
mod names;
mod portability;
mod protocol;
mod switches;

use super::resolve;
use crate::diagnostic::{Code, Diagnostic, Level, Levels};
use crate::model::{Enum, Field, Member, Model, Struct, Switch, TypeDef, TypeId};

/// Resolves a whole file that the parser accepts.
fn run(source: &str, levels: &Levels) -> (Option<Model>, Vec<Diagnostic>) {
    let (file, diagnostics) = crate::syntax::parse(source);
    assert_eq!(diagnostics, [], "the parser accepts the file");
    let (model, diagnostics) = resolve(&file, levels);
    let places = diagnostics.iter().map(|found| found.labels[0].span);
    assert!(places.is_sorted(), "diagnostics are in source order");
    (model, diagnostics)
}

/// Definitions, followed by an empty protocol.
fn file(definitions: &str) -> String {
    format!("{definitions}\nprotocol P {{}};\n")
}

fn diagnostics(definitions: &str) -> Vec<Diagnostic> {
    run(&file(definitions), &Levels::default()).1
}

/// Checks the codes and the underlined texts of all diagnostics.
#[track_caller]
fn check(definitions: &str, expected: &[(&str, &str)]) {
    let source = file(definitions);
    let (model, diagnostics) = run(&source, &Levels::default());
    let found: Vec<(&str, &str)> = diagnostics
        .iter()
        .map(|found| seen(&source, found))
        .collect();
    assert_eq!(found, expected, "{diagnostics:#?}");
    let errors = expected.iter().any(|(code, _)| code.starts_with('E'));
    assert_eq!(model.is_none(), errors);
}

fn seen<'s>(source: &'s str, diagnostic: &Diagnostic) -> (&'static str, &'s str) {
    let span = diagnostic.labels[0].span;
    (diagnostic.code.as_str(), &source[span.start..span.end])
}

/// Checks a message with these members, after [`TYPES`].
#[track_caller]
fn check_body(members: &str, expected: &[(&str, &str)]) {
    check(&format!("{TYPES} message M {{ {members} }};"), expected);
}

/// The only diagnostic of a message with these members.
#[track_caller]
fn diagnostic_of_body(members: &str) -> (String, Diagnostic) {
    let source = file(&format!("{TYPES} message M {{ {members} }};"));
    let mut diagnostics = run(&source, &Levels::default()).1;
    assert_eq!(diagnostics.len(), 1, "{diagnostics:#?}");
    (source, diagnostics.remove(0))
}

/// The types that members can use.
const TYPES: &str = "
    enum8 kind { A, B, C, OLD @deprecated };
    flags16 bits { X, Y, Z };
    typedef alias uint32;
    struct Empty {};
    struct Point { int32 x; int32 y; };
    struct Header { kind type; bits flags; Point at; };
    struct Bytes { uint32 size; uint8 data[size]; };
    struct Link { Point *to; };
    struct Tail { uint8 data[]; };
    struct Plane { unix_fd fd; uint32 offset; };
";

/// The model of correct definitions.
#[track_caller]
fn model(definitions: &str) -> Model {
    let (model, diagnostics) = run(&file(definitions), &Levels::default());
    model.unwrap_or_else(|| panic!("{diagnostics:#?}"))
}

/// A message `M` with these members.
#[track_caller]
fn body(members: &str) -> (Model, Struct) {
    let model = model(&format!("{TYPES} message M {{ {members} }};"));
    let body = structure(&model, "M").clone();
    (model, body)
}

#[track_caller]
fn structure<'m>(model: &'m Model, name: &str) -> &'m Struct {
    let find = |ty: &'m TypeDef| match ty {
        TypeDef::Struct(found) if found.name == name => Some(found),
        _ => None,
    };
    model.types.iter().find_map(find).expect("the struct")
}

#[track_caller]
fn enumeration<'m>(model: &'m Model, name: &str) -> &'m Enum {
    let find = |ty: &'m TypeDef| match ty {
        TypeDef::Enum(found) if found.name == name => Some(found),
        _ => None,
    };
    model.types.iter().find_map(find).expect("the enum")
}

fn type_id(model: &Model, name: &str) -> TypeId {
    let named = |ty: &TypeDef| match ty {
        TypeDef::Alias(found) => found.name == name,
        TypeDef::Enum(found) => found.name == name,
        TypeDef::Struct(found) => found.name == name,
    };
    TypeId(model.types.iter().position(named).expect("the type"))
}

#[track_caller]
fn field(body: &Struct, index: usize) -> &Field {
    match &body.members[index] {
        Member::Field(field) => field,
        Member::Switch(switch) => panic!("{} is a switch", switch.name),
    }
}

#[track_caller]
fn switch(body: &Struct, index: usize) -> &Switch {
    match &body.members[index] {
        Member::Switch(switch) => switch,
        Member::Field(field) => panic!("{} is a field", field.name),
    }
}

fn level(code: Code, level: Level) -> Levels {
    let mut levels = Levels::default();
    levels.set(code, level);
    levels
}
