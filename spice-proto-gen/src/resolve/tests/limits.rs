//! Large and hostile files take time and memory in proportion to their size.

use std::fmt::Write;
use std::time::{Duration, Instant};

use super::*;

/// Generous, because it is for builds without optimisation on a busy machine: what takes quadratic time
/// takes hours.
const LONGEST: Duration = Duration::from_secs(30);

fn resolved(definitions: &str) -> (Option<Model>, Vec<Diagnostic>) {
    let text = file(definitions);
    let (parsed, findings) = crate::syntax::parse(&text);
    assert_eq!(findings, []);
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
fn a_chain_of_many_structs() {
    let chain = repeat(50_000, |index| match index {
        0 => "struct S0 { uint8 a; };".to_owned(),
        _ => format!("struct S{index} {{ S{} a; }};", index - 1),
    });
    let (model, findings) = resolved(&chain);
    assert!(model.is_none());
    assert!(!findings.is_empty());
    assert!(findings.iter().all(|finding| finding.code == Code::TooDeep));
}

#[test]
fn many_unknown_names() {
    let (_, findings) = resolved(&repeat(20_000, |index| {
        format!("struct name{index} {{ nmae{index} a; }};")
    }));
    assert_eq!(findings.len(), 20_000);
}

#[test]
fn a_wide_body() {
    let counts = repeat(10_000, |index| format!("uint8 n{index};"));
    let cases = repeat(10_000, |index| format!("case I{index}: uint8 a[n{index}];"));
    let items = repeat(10_000, |index| format!("I{index},"));
    let source = format!(
        "enum16 e {{ {items} }}; struct S {{ e k; {counts} switch (k) {{ {cases} }} u; }};"
    );
    let (model, findings) = resolved(&source);
    assert_eq!(findings, []);
    // So many counts are kept as values; each variant would have to carry nearly all of them.
    let model = model.expect("a model");
    let role = &field(structure(&model, "S"), 1).role;
    assert_eq!(*role, crate::model::Role::StoredCount);
}

#[test]
fn channels_that_inherit_much() {
    let chain = repeat(100, |index| match index {
        0 => "channel C0 {};".to_owned(),
        _ => format!("channel C{index} : C{} {{}};", index - 1),
    });
    let (_, findings) = resolved(&chain);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].code, Code::InheritsTooMuch);
    let messages = repeat(5_000, |index| format!("M m{index};"));
    let children = repeat(5_000, |index| format!("channel C{index} : B {{}};"));
    let (_, findings) = resolved(&format!(
        "message M {{}}; channel B {{ {messages} }}; {children}"
    ));
    assert!(
        findings
            .iter()
            .all(|found| found.code == Code::InheritsTooMuch)
    );
    assert!(!findings.is_empty());
}
