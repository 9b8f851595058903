//! Protos that use every output attribute: random messages through C and through the interpreter.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use spice_dynamic::{Value, decode, encode};
use spice_messages::wire::Side;
use spice_proto_gen::Analysis;
use spice_proto_gen::diagnostic::{Code, Level, Levels};
use spice_proto_gen::model::{self, Model, TypeId};

use crate::common::rows::hex;
use crate::common::{assert_none, read};
use crate::compilers::Compiler;
use crate::mutate::mutated;
use crate::prng::Prng;
use crate::program::{Program, Request, model, swept};
use crate::values::random;

/// Random values of each message.
const VALUES: u64 = 40;

/// Messages with breadth-first pointers before depth-first ones. Marshallers begin the pointees in the order of the pointers,
/// the interpreter begins the depth-first ones first.
const MIXED: [&str; 2] = ["image", "inner"];

/// A message of a proto.
#[derive(Clone, Copy)]
struct Kind {
    side: Side,
    channel: u8,
    id: u16,
    body: TypeId,
}

fn outputs() -> &'static Model {
    static MODEL: OnceLock<Model> = OnceLock::new();
    MODEL.get_or_init(|| model(&read("tests/c/outputs.proto"), &not_portable()))
}

/// The messages that no macro leaves out.
fn kinds(model: &Model) -> Vec<Kind> {
    let mut kinds = Vec::new();
    for entry in &model.protocol.channels {
        let channel = &model.channels[entry.channel.0];
        if channel.attributes.argument("ifdef") == Some("USE_OPTIONAL") {
            continue;
        }
        for (side, model_side) in [
            (Side::Server, model::Side::Server),
            (Side::Client, model::Side::Client),
        ] {
            let messages = channel.messages(model_side).iter();
            kinds.extend(messages.map(|message| Kind {
                side,
                channel: entry.number,
                id: message.id,
                body: message.body,
            }));
        }
    }
    kinds
}

/// The program for the proto, compiled once.
fn program(compiler: Compiler) -> &'static Program {
    static PROGRAMS: [OnceLock<Program>; 6] = [const { OnceLock::new() }; 6];
    compiler.require();
    PROGRAMS[compiler as usize].get_or_init(|| {
        Program::new(
            "outputs",
            outputs(),
            compiler,
            &["USE_PRESENT", "USE_OTHER"],
        )
    })
}

/// Random bodies of all messages.
fn bodies(model: &Model) -> Vec<(Kind, Vec<u8>)> {
    let mut bodies = Vec::new();
    for (index, kind) in kinds(model).into_iter().enumerate() {
        for seed in 0..VALUES {
            let mut prng = Prng::new(index as u64 * VALUES + seed);
            let value = random(model, kind.body, &mut prng);
            let body = encode(model, kind.body, &value);
            let body = body.unwrap_or_else(|error| panic!("{error}: {value:?}"));
            // The count of a null array may be too large for the body.
            if decode(model, kind.body, &body).is_ok() {
                bodies.push((kind, body));
            }
        }
    }
    bodies
}

fn request(kind: Kind, body: &[u8]) -> Request<'_> {
    Request {
        side: kind.side,
        channel: kind.channel,
        id: kind.id,
        body,
    }
}

fn unhex(digits: &str) -> Vec<u8> {
    let starts = (0..digits.len()).step_by(2);
    let bytes = starts.map(|start| u8::from_str_radix(&digits[start..start + 2], 16));
    bytes.collect::<Result<_, _>>().unwrap()
}

/// The number of descriptors in a value.
fn descriptors(value: &Value<'_>) -> usize {
    match value {
        Value::Descriptor => 1,
        Value::List(values) => values.iter().map(descriptors).sum(),
        Value::Struct(fields) => fields.iter().map(|(_, value)| descriptors(value)).sum(),
        Value::Repeated { value, count } => descriptors(value) * count,
        _ => 0,
    }
}

/// C parses the fields that the interpreter decodes, and marshalls the bytes that it encodes.
fn check_random(compiler: Compiler) {
    let model = outputs();
    let bodies = bodies(model);
    let requests: Vec<_> = bodies
        .iter()
        .map(|(kind, body)| request(*kind, body))
        .collect();
    let answers = program(compiler).parse(&requests);
    let mut problems = Vec::new();
    for ((kind, body), answer) in bodies.iter().zip(answers) {
        let name = model.body(kind.body).unwrap().name.as_str();
        let label = format!("{name} {}", hex(body));
        let value = decode(model, kind.body, body).unwrap().value;
        let Some(answer) = answer else {
            problems.push(format!("{label}: rejected {}", value.to_json()));
            continue;
        };
        if answer.json != value.to_json() {
            problems.push(format!("{label}: {}\n{}", answer.json, value.to_json()));
        } else if MIXED.contains(&name) {
            let bytes = unhex(&answer.bytes);
            let again = decode(model, kind.body, &bytes).unwrap().value;
            if again.to_json() != answer.json || bytes.len() != body.len() {
                problems.push(format!("{label}: marshalled {}", answer.bytes));
            }
        } else if answer.bytes != hex(body) {
            problems.push(format!("{label}: marshalled {}", answer.bytes));
        }
        if answer.fds != descriptors(&value) {
            problems.push(format!("{label}: {} descriptors", answer.fds));
        }
    }
    assert_none(&problems);
    assert!(bodies.len() > 2_000, "{} bodies", bodies.len());
}

/// C accepts the damaged bodies that the interpreter accepts, and parses the same fields.
fn check_damaged(compiler: Compiler) {
    let model = outputs();
    let all = bodies(model);
    let mut prng = Prng::new(1);
    let damaged = all.iter().enumerate().map(|(index, (kind, body))| {
        // The bodies of one message are next to each other.
        let other = &all[(index + 1) % all.len()].1;
        (*kind, mutated(body, other, &mut prng))
    });
    let damaged: Vec<(Kind, Vec<u8>)> = damaged.collect();
    let requests: Vec<_> = damaged
        .iter()
        .map(|(kind, body)| request(*kind, body))
        .collect();
    let answers = program(compiler).parse(&requests);
    let mut problems = Vec::new();
    let mut rejected = 0;
    for ((kind, body), answer) in damaged.iter().zip(answers) {
        let expected = decode(model, kind.body, body).ok();
        let expected = expected.map(|decoded| decoded.value.to_json());
        rejected += usize::from(expected.is_none());
        let json = answer.map(|answer| answer.json);
        if json != expected {
            let name = model.body(kind.body).unwrap().name.as_str();
            problems.push(format!("{name} {}: {json:?}\n{expected:?}", hex(body)));
        }
    }
    assert_none(&problems);
    assert!(
        rejected > 300 && rejected < damaged.len() - 300,
        "{rejected}"
    );
}

/// C judges every prefix and every changed byte as the interpreter does.
fn check_sweep(compiler: Compiler) {
    let model = outputs();
    let bodies = bodies(model);
    // Two values of each message.
    let bodies: Vec<_> = bodies.iter().step_by(VALUES as usize / 2).collect();
    let requests: Vec<_> = bodies
        .iter()
        .map(|(kind, body)| request(*kind, body))
        .collect();
    let mut problems = Vec::new();
    for ((kind, body), answer) in bodies.iter().zip(program(compiler).sweep(&requests)) {
        let changed = swept(body);
        assert_eq!(answer.len(), changed.len());
        for (changed, verdict) in changed.iter().zip(answer.chars()) {
            if decode(model, kind.body, changed).is_ok() != (verdict == '1') {
                let name = model.body(kind.body).unwrap().name.as_str();
                problems.push(format!("{name} {}: {verdict}", hex(changed)));
            }
        }
    }
    assert_none(&problems);
}

pub fn gcc_parses_and_marshalls_random_messages() {
    check_random(Compiler::Gcc);
}

pub fn clang_parses_and_marshalls_random_messages() {
    check_random(Compiler::Clang);
}

pub fn gcc_cpp_parses_and_marshalls_random_messages() {
    check_random(Compiler::GccCpp);
}

pub fn clang_cpp_parses_and_marshalls_random_messages() {
    check_random(Compiler::ClangCpp);
}

pub fn gcc_32_bit_parses_and_marshalls_random_messages() {
    check_random(Compiler::Gcc32);
}

pub fn big_endian_parses_and_marshalls_random_messages() {
    check_random(Compiler::S390x);
}

pub fn gcc_judges_damaged_messages_as_the_interpreter() {
    check_damaged(Compiler::Gcc);
    check_sweep(Compiler::Gcc);
}

pub fn clang_judges_damaged_messages_as_the_interpreter() {
    check_damaged(Compiler::Clang);
    check_sweep(Compiler::Clang);
}

/// The levels that allow what the reference generator refuses.
fn not_portable() -> Levels {
    let mut levels = Levels::default();
    levels.set(Code::NotPortable, Level::Allow);
    levels
}

/// The conformance protos have arrays without a place in C. `bare` has no message.
pub fn conformance_protos_are_refused_at_their_places() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("proto/conformance");
    let allowed = not_portable();
    let mut refused = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        for levels in [Levels::default(), allowed.clone()] {
            let analysis = Analysis::for_c(text.as_bytes(), &levels);
            let is_bare = path.ends_with("bare.proto");
            assert_eq!(analysis.failed(), !is_bare, "{}", path.display());
            let errors = analysis.diagnostics.iter().filter(|found| found.is_error());
            for error in errors {
                let code = error.code.as_str();
                let span = error.labels[0].span;
                assert!(["W0004", "E0901"].contains(&code), "{code}");
                assert!(span.end > span.start, "{}: {code}", path.display());
                refused += 1;
            }
        }
    }
    assert!(refused > 100, "{refused} errors");
}

pub fn members_without_a_form_in_c_are_refused() {
    for field in [
        // The length and the pointer would be in one place.
        "kind kind; uint8 n; switch (kind) { case A: uint8 x[n] @as_ptr(length); } u;",
        // A count without bytes could make a parser allocate up to 4 GiB.
        "unix_fd pair[2];",
        "uint32 n; unix_fd handles[n] @end;",
        "uint32 n; Empty nothing[n] @end;",
        "uint32 n; Handle handles[n] @ptr_array;",
    ] {
        let text = format!(
            "enum8 kind {{ A, B }}; struct Empty {{}}; struct Handle {{ unix_fd fd; }};
             channel C {{ message {{ {field} }} m; }}; protocol P {{ C c; }};"
        );
        let levels = not_portable();
        let analysis = Analysis::for_c(text.as_bytes(), &levels);
        let codes: Vec<_> = analysis
            .diagnostics
            .iter()
            .map(|found| found.code.as_str())
            .collect();
        assert!(codes.contains(&"E0901"), "{field}: {codes:?}");
    }
}
