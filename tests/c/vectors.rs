//! The messages of the reference implementation: C parses them to the same fields, and marshalls the same bytes.

use std::sync::OnceLock;

use spice_proto_gen::diagnostic::Levels;

use crate::common::rows::{Row, hex, reference, verdicts};
use crate::common::{assert_none, read};
use crate::compilers::Compiler;
use crate::program::{Accepted, Program, Request, model, swept};

/// The program for the protocol, compiled once.
fn program(compiler: Compiler) -> &'static Program {
    static PROGRAMS: [OnceLock<Program>; 6] = [const { OnceLock::new() }; 6];
    compiler.require();
    let cell = &PROGRAMS[compiler as usize];
    cell.get_or_init(|| {
        let model = model(&read("proto/spice.proto"), &Levels::default());
        Program::new("spice", &model, compiler, &["USE_SMARTCARD"])
    })
}

fn request(row: &Row) -> Request<'_> {
    Request {
        side: row.side,
        channel: row.channel_type.0,
        id: row.id,
        body: &row.body,
    }
}

/// The answers about rows, and the lines of these rows.
fn parsed(rows: &[Row], path: &str, compiler: Compiler) -> Vec<(Option<Accepted>, String)> {
    let requests: Vec<Request> = rows.iter().map(request).collect();
    let answers = program(compiler).parse(&requests);
    let text = read(path);
    let lines: Vec<&str> = text.lines().collect();
    let lines = rows.iter().map(|row| lines[row.line - 1].to_owned());
    answers.into_iter().zip(lines).collect()
}

fn check_vectors(compiler: Compiler) {
    let rows = reference();
    assert_eq!(rows.len(), 1092);
    let mut problems = Vec::new();
    let mut fds = 0;
    for (row, (answer, line)) in
        rows.iter()
            .zip(parsed(&rows, "tests/data/reference.jsonl", compiler))
    {
        let label = row.label();
        let Some(answer) = answer else {
            problems.push(format!("{label}: rejected"));
            continue;
        };
        if !line.ends_with(&format!(",\"fields\":{}}}", answer.json)) {
            problems.push(format!("{label}: {}", answer.json));
        }
        if answer.bytes != hex(&row.body) {
            problems.push(format!("{label}: marshalled {}", answer.bytes));
        }
        let expected = match row.message.as_str() {
            "gl_scanout_unix" => 1,
            "gl_scanout2_unix" => row.fields["num_planes"].as_u64().unwrap() as usize,
            _ => 0,
        };
        if answer.fds != expected {
            problems.push(format!("{label}: {} descriptors", answer.fds));
        }
        fds += answer.fds;
    }
    assert_none(&problems);
    assert!(fds > 4);
}

fn check_verdicts(compiler: Compiler) {
    let rows = verdicts();
    assert_eq!(rows.len(), 4000);
    let mut problems = Vec::new();
    for (row, (answer, line)) in
        rows.iter()
            .zip(parsed(&rows, "tests/data/verdicts.jsonl", compiler))
    {
        let expected = row.accept;
        let as_expected = match &answer {
            Some(found) => expected && line.ends_with(&format!(",\"fields\":{}}}", found.json)),
            None => !expected,
        };
        if !as_expected {
            problems.push(format!("{}: {answer:?}", row.label()));
        }
    }
    assert_none(&problems);
}

/// The verdicts of the generated Rust about the bodies of a sweep, for each row.
fn rust_verdicts() -> &'static [String] {
    static VERDICTS: OnceLock<Vec<String>> = OnceLock::new();
    VERDICTS.get_or_init(|| {
        let rows = reference();
        let verdicts = rows.iter().map(|row| {
            let bodies = swept(&row.body);
            let verdicts = bodies.iter().map(|body| match row.decode_body(body) {
                Ok(_) => '1',
                Err(_) => '0',
            });
            verdicts.collect()
        });
        verdicts.collect()
    })
}

fn check_damaged(compiler: Compiler) {
    let rows = reference();
    let requests: Vec<Request> = rows.iter().map(request).collect();
    let answers = program(compiler).sweep(&requests);
    let mut problems = Vec::new();
    for ((row, expected), answer) in rows.iter().zip(rust_verdicts()).zip(&answers) {
        if answer != expected {
            let differs = answer.chars().zip(expected.chars());
            let index = differs.take_while(|(one, other)| one == other).count();
            let body = swept(&row.body).swap_remove(index);
            problems.push(format!("{}: {}", row.label(), hex(&body)));
        }
    }
    assert_none(&problems);
    let verdicts = answers.concat();
    let accepted = verdicts.chars().filter(|verdict| *verdict == '1').count();
    let rejected = verdicts.len() - accepted;
    assert!(
        accepted > 40_000 && rejected > 10_000,
        "{accepted} {rejected}"
    );
}

pub fn gcc_parses_and_marshalls_all_vectors() {
    check_vectors(Compiler::Gcc);
}

pub fn clang_parses_and_marshalls_all_vectors() {
    check_vectors(Compiler::Clang);
}

pub fn gcc_cpp_parses_and_marshalls_all_vectors() {
    check_vectors(Compiler::GccCpp);
}

pub fn clang_cpp_parses_and_marshalls_all_vectors() {
    check_vectors(Compiler::ClangCpp);
}

pub fn gcc_32_bit_parses_and_marshalls_all_vectors() {
    check_vectors(Compiler::Gcc32);
}

pub fn big_endian_parses_and_marshalls_all_vectors() {
    check_vectors(Compiler::S390x);
}

pub fn gcc_verdicts_match_the_reference() {
    check_verdicts(Compiler::Gcc);
}

pub fn clang_verdicts_match_the_reference() {
    check_verdicts(Compiler::Clang);
}

pub fn gcc_verdicts_about_damaged_bodies_match_rust() {
    check_damaged(Compiler::Gcc);
}

pub fn clang_verdicts_about_damaged_bodies_match_rust() {
    check_damaged(Compiler::Clang);
}
