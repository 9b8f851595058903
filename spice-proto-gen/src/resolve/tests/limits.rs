//! Large and hostile files take time and memory proportional to their size.

use std::fmt::Write;
use std::time::{Duration, Instant};

use super::*;

/// Generous, for unoptimised builds on a busy machine. Quadratic time would be hours.
const LONGEST: Duration = Duration::from_secs(30);

fn resolved(definitions: &str) -> (Option<Model>, Vec<Diagnostic>) {
    let text = file(definitions);
    let (parsed, diagnostics) = crate::syntax::parse(&text);
    assert_eq!(diagnostics, []);
    let start = Instant::now();
    let result = resolve(&parsed, &Levels::default());
    let took = start.elapsed();
    assert!(took < LONGEST, "{took:?}");
    result
}

fn repeat(count: usize, each: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, index| {
        let _ = writeln!(text, "{}", each(index));
        text
    })
}

#[test]
fn a_chain_of_structs_takes_linear_time() {
    let chain = repeat(50_000, |index| match index {
        0 => "struct S0 { uint8 a; };".to_owned(),
        _ => format!("struct S{index} {{ S{} a; }};", index - 1),
    });
    let (model, diagnostics) = resolved(&chain);
    assert_eq!(diagnostics, []);
    let model = model.expect("a model");
    assert_eq!(structure(&model, "S49999").nesting, 49_999);
}

#[test]
fn unknown_names_take_linear_time() {
    let (_, diagnostics) = resolved(&repeat(20_000, |index| {
        format!("struct name{index} {{ nmae{index} a; }};")
    }));
    assert_eq!(diagnostics.len(), 20_000);
}

#[test]
fn a_struct_of_many_counts_and_cases_takes_linear_time() {
    let counts = repeat(10_000, |index| format!("uint8 n{index};"));
    let cases = repeat(10_000, |index| format!("case I{index}: uint8 a[n{index}];"));
    let items = repeat(10_000, |index| format!("I{index},"));
    let source = format!(
        "enum16 e {{ {items} }}; struct S {{ e k; {counts} switch (k) {{ {cases} }} u; }};"
    );
    let (model, diagnostics) = resolved(&source);
    assert_eq!(diagnostics, []);
    // Each variant would carry nearly all of these counts.
    let model = model.expect("a model");
    let role = &field(structure(&model, "S"), 1).role;
    assert_eq!(*role, crate::model::Role::StoredCount);
}

/// A switch whose variants list 4096 counts together. One more label exceeds the limit.
#[test]
fn number_of_carried_counts_is_limited() {
    for (extra, carried) in [("", true), ("case I64:", false)] {
        let counts = repeat(64, |index| format!("uint8 n{index};"));
        let cases = repeat(64, |index| match index {
            0 => format!("{extra} case I0: uint8 a[n0];"),
            _ => format!("case I{index}: uint8 a[n{index}];"),
        });
        let items = repeat(65, |index| format!("I{index},"));
        let model = model(&format!(
            "enum16 e {{ {items} }}; struct S {{ e k; {counts} switch (k) {{ {cases} }} u; }};"
        ));
        let role = &field(structure(&model, "S"), 1).role;
        let is_carried = matches!(role, crate::model::Role::CarriedCount { .. });
        assert_eq!(is_carried, carried, "{role:?}");
    }
}

#[test]
fn inheritance_is_limited() {
    let chain = repeat(100, |index| match index {
        0 => "channel C0 {};".to_owned(),
        _ => format!("channel C{index} : C{} {{}};", index - 1),
    });
    let (_, diagnostics) = resolved(&chain);
    assert_eq!(diagnostics.len(), 1);
    assert_eq!(diagnostics[0].code, Code::InheritsTooMuch);
    let messages = repeat(5_000, |index| format!("M m{index};"));
    let children = repeat(5_000, |index| format!("channel C{index} : B {{}};"));
    let (_, diagnostics) = resolved(&format!(
        "message M {{}}; channel B {{ {messages} }}; {children}"
    ));
    assert!(
        diagnostics
            .iter()
            .all(|found| found.code == Code::InheritsTooMuch)
    );
    assert!(diagnostics[0].message.ends_with("take more than 64 MiB"));
}
