//! The program that parses and marshalls the messages of a proto.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use spice_messages::wire::Side;
use spice_proto_gen::Analysis;
use spice_proto_gen::backend::c::{self, Options, Structs};
use spice_proto_gen::diagnostic::Levels;
use spice_proto_gen::model::{self, Model, Origin, TypeDef};

use crate::common::rows::hex;
use crate::compilers::{Compiler, answers, write};
use crate::glue;
use crate::work_folder;

/// A compiled program.
pub struct Program {
    compiler: Compiler,
    path: PathBuf,
}

/// A message to parse.
#[derive(Clone, Copy, Debug)]
pub struct Request<'b> {
    pub side: Side,
    pub channel: u8,
    pub id: u16,
    pub body: &'b [u8],
}

/// The results for a message that a program accepts.
#[derive(Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The fields as JSON.
    pub json: String,
    /// The marshalled bytes as hexadecimal digits.
    pub bytes: String,
    /// The number of marshalled descriptors.
    pub fds: usize,
}

/// The model of a proto for which C can be generated.
pub fn model(text: &str, levels: &Levels) -> Model {
    let analysis = Analysis::for_c(text.as_bytes(), levels);
    let problems = analysis.diagnostics;
    analysis.model.unwrap_or_else(|| panic!("{problems:?}"))
}

impl Program {
    /// Generates the C of a model, and compiles it. `defines` are macros.
    pub fn new(name: &str, model: &Model, compiler: Compiler, defines: &[&str]) -> Self {
        compiler.require();
        let folder = work_folder(&format!("{name}-{compiler:?}"));
        let structs = model.types.iter().filter_map(|found| match found {
            TypeDef::Struct(body) if matches!(body.origin, Origin::Struct | Origin::Inline) => {
                Some(body.name.clone())
            }
            _ => None,
        });
        let headers = ["common/demarshallers.h", "common/marshaller.h"];
        let demarshallers = Options {
            includes: headers.map(str::to_owned).to_vec(),
            ..Options::default()
        };
        let headers = ["common/messages.h", "common/marshaller.h"];
        let options = Options {
            includes: headers.map(str::to_owned).to_vec(),
            structs: structs.collect(),
            ..Options::default()
        };
        let sides = [model::Side::Server, model::Side::Client];
        let marshallers = c::marshallers(model, &sides, "marshallers", &options);
        for (file, text) in [
            (
                "declarations.h",
                c::declarations(model, Structs::All, "declarations"),
            ),
            (
                "demarshallers.c",
                c::demarshallers(model, &sides, &demarshallers),
            ),
            ("marshallers.c", marshallers.source),
            ("marshallers.h", marshallers.header),
            ("glue.c", glue::generate(model)),
        ] {
            write(&folder.join(file), &text);
        }
        let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/c");
        let includes = [&folder, &tests.join("runtime"), &tests.join("driver")];
        let includes = includes.iter().map(|path| format!("-I{}", path.display()));
        let defines = defines.iter().map(|name| format!("-D{name}"));
        let sanitizers = compiler.sanitizers();
        let arguments: Vec<String> = includes
            .chain(defines)
            .chain(sanitizers.iter().map(|argument| (*argument).to_owned()))
            .collect();
        let sources = [
            folder.join("demarshallers.c"),
            folder.join("marshallers.c"),
            folder.join("glue.c"),
            tests.join("runtime/common/marshaller.c"),
            tests.join("driver/driver.c"),
        ];
        let objects = sources.iter().map(|source| {
            let mut arguments = arguments.clone();
            // One optimizer is enough to find what depends on it.
            let is_from_proto = source.starts_with(&folder) && !source.ends_with("glue.c");
            if compiler == Compiler::Clang && is_from_proto {
                arguments.push("-O1".to_owned());
            }
            if source.ends_with("marshallers.c") {
                // Parsed structs begin at multiples of four bytes, which marshallers are not made for.
                arguments.push("-fno-sanitize=alignment".to_owned());
                // In C++, the header declares functions of C.
                let header = folder.join("marshallers.h");
                arguments.extend(["-include".to_owned(), header.display().to_string()]);
            }
            let name = source.file_name().unwrap();
            let object = folder.join(name).with_extension("o");
            compiler.compile(source, &object, &arguments);
            object
        });
        let objects: Vec<PathBuf> = objects.collect();
        let path = folder.join("program");
        compiler.link(
            &objects,
            &path,
            &[sanitizers, &["-Wl,--wrap=malloc,--wrap=free"]].concat(),
        );
        Self { compiler, path }
    }

    /// Parses and marshalls messages.
    pub fn parse(&self, requests: &[Request<'_>]) -> Vec<Option<Accepted>> {
        let answers = self.ask("row", requests);
        let answers = answers.iter().map(|answer| {
            let mut parts = answer.split(' ');
            match parts.next() {
                Some("accept") => {
                    let fds = parts.next().unwrap().parse().unwrap();
                    let json = parts.next().unwrap().to_owned();
                    let bytes = parts.next().unwrap().trim_start_matches('.').to_owned();
                    Some(Accepted { json, bytes, fds })
                }
                Some("reject") => None,
                other => panic!("the answer {other:?}"),
            }
        });
        answers.collect()
    }

    /// The verdicts about each prefix of each body, and about each body with each of these changes of each byte.
    pub fn sweep(&self, requests: &[Request<'_>]) -> Vec<String> {
        self.ask("sweep", requests)
    }

    fn ask(&self, request: &str, requests: &[Request<'_>]) -> Vec<String> {
        let mut text = String::new();
        for found in requests {
            let (side, channel, id) = (found.side.name(), found.channel, found.id);
            let body = hex(found.body);
            let _ = writeln!(text, "{request} {side} {channel} {id} .{body}");
        }
        let answers = answers(&mut self.compiler.runner(&self.path), &text);
        assert_eq!(answers.len(), requests.len());
        answers
    }
}

/// The bits that a sweep changes in each byte.
pub const SWEEP_VALUES: [u8; 3] = [0x01, 0x80, 0xff];

/// The bodies of a sweep, in order.
pub fn swept(body: &[u8]) -> Vec<Vec<u8>> {
    let prefixes = (0..=body.len()).map(|length| body[..length].to_vec());
    let changes = (0..body.len()).flat_map(|index| {
        SWEEP_VALUES.iter().map(move |bits| {
            let mut changed = body.to_vec();
            changed[index] ^= bits;
            changed
        })
    });
    prefixes.chain(changes).collect()
}
