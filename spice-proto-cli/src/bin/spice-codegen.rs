//! The command `spice-codegen`: takes the place of `spice_codegen.py` in builds of SPICE programs. It has the same
//! arguments and the same outputs.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgGroup, Parser};
use spice_proto_gen::backend::c::{self, Options, Structs};
use spice_proto_gen::diagnostic::{Levels, Style, render};
use spice_proto_gen::model::{Model, Side};
use spice_proto_gen::{Analysis, MAX_FILE_SIZE, write_if_changed};

/// Generates C from a proto, with the arguments of spice_codegen.py
#[derive(Debug, Parser)]
#[command(name = "spice-codegen", version)]
#[command(group = ArgGroup::new("kind").required(true))]
#[command(group = ArgGroup::new("side").multiple(true))]
struct Arguments {
    /// Generate the constants
    #[arg(short = 'e', long, group = "kind")]
    generate_enums: bool,
    /// Generate parsers of messages
    #[arg(short = 'd', long, group = "kind", requires = "side")]
    generate_demarshallers: bool,
    /// Generate marshallers of messages
    #[arg(short = 'm', long, group = "kind", requires = "side")]
    generate_marshallers: bool,
    /// Make marshallers of messages static, and generate a table of them
    #[arg(short = 'P', long, conflicts_with_all = ["generate_enums", "generate_demarshallers"])]
    private_marshallers: bool,
    /// Also generate a public marshaller of this struct
    #[arg(
        short = 'M',
        long = "generate-struct-marshaller",
        value_name = "STRUCT"
    )]
    #[arg(conflicts_with_all = ["generate_enums", "generate_demarshallers"])]
    struct_marshallers: Vec<String>,
    /// Accepted, without an effect
    #[arg(short = 'a', long)]
    assert_on_error: bool,
    /// Accepted, without an effect
    #[arg(short = 'p', long)]
    print_error: bool,
    /// Write the header of marshallers instead of the code
    #[arg(short = 'H', long, conflicts_with_all = ["generate_enums", "generate_demarshallers"])]
    header: bool,
    /// Write the header of marshallers beside the code, with the ending `.h`
    #[arg(long, conflicts_with_all = ["generate_enums", "generate_demarshallers", "header"])]
    generate_header: bool,
    /// Parse messages of the client, marshall those of the server
    #[arg(short = 's', long, group = "side")]
    server: bool,
    /// Parse messages of the server, marshall those of the client
    #[arg(short = 'c', long, group = "side")]
    client: bool,
    /// Accepted: a file whose contents would be the same is never written
    #[arg(short = 'k', long)]
    keep_identical_file: bool,
    /// Include this header
    #[arg(short = 'i', long, value_name = "HEADER")]
    include: Vec<String>,
    /// Append this to the names of the functions that find parsers and the table
    #[arg(long, value_name = "TEXT", default_value = "")]
    suffix: String,
    /// Accepted, without an effect: generated code belongs to the author of the proto
    #[arg(long, value_parser = ["LGPL", "BSD"])]
    license: Option<String>,
    /// Also write the declarations of structs to this file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["generate_enums", "generate_marshallers"])]
    generated_declaration_file: Option<PathBuf>,
    /// The proto
    protocol_file: PathBuf,
    /// The file to write
    destination_file: PathBuf,
    /// Accepted, without an effect: meson names all outputs of a target
    #[arg(value_name = "OUTPUT")]
    further_outputs: Vec<PathBuf>,
}

/// Includes `config.h` if there is one. It defines the macros of `@ifdef`.
const CONFIG_HEADER: &str = "\
#if defined(HAVE_CONFIG_H)
#include <config.h>
#elif defined(__has_include)
#if __has_include(<config.h>)
#include <config.h>
#endif
#endif
";

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let model = match read(&arguments.protocol_file) {
        Ok(model) => model,
        Err(code) => return code,
    };
    if let Some(name) = options(&arguments, &[]).unknown_struct(&model) {
        return fail(&format!("no message has a struct `{name}`"), 2);
    }
    for (path, text) in files(&arguments, &model) {
        if let Err(error) = write_if_changed(&path, &text) {
            return fail(&error.to_string(), 2);
        }
    }
    ExitCode::SUCCESS
}

/// The model of a proto. Reports its errors.
fn read(path: &Path) -> Result<Model, ExitCode> {
    let name = path.display().to_string();
    let mut text = Vec::new();
    // One byte more than the limit, which is an error of the proto.
    let limit = u64::try_from(MAX_FILE_SIZE).unwrap_or(u64::MAX);
    let read = File::open(path).map(|file| file.take(limit.saturating_add(1)));
    if let Err(error) = read.and_then(|mut file| file.read_to_end(&mut text)) {
        return Err(fail(&format!("cannot read {name}: {error}"), 2));
    }
    let analysis = Analysis::for_c(&text, &Levels::default());
    let errors = analysis.diagnostics.iter().filter(|found| found.is_error());
    let errors: Vec<_> = errors.cloned().collect();
    let report = render(
        &name,
        &String::from_utf8_lossy(&text),
        &errors,
        Style::Plain,
    );
    // If this fails, the exit status still reports the error.
    let _ = io::stderr().write_all(report.as_bytes());
    analysis.model.ok_or(ExitCode::from(1))
}

fn fail(message: &str, code: u8) -> ExitCode {
    let _ = writeln!(io::stderr(), "spice-codegen: {message}");
    ExitCode::from(code)
}

/// The files that the arguments ask for, and their texts.
fn files(arguments: &Arguments, model: &Model) -> Vec<(PathBuf, String)> {
    let destination = &arguments.destination_file;
    let name = destination.file_stem().map(|stem| stem.to_string_lossy());
    let name = name.unwrap_or_default();
    let mut files = Vec::new();
    if arguments.generate_enums {
        files.push((destination.clone(), c::enums(model)));
    }
    if arguments.generate_demarshallers {
        let options = options(
            arguments,
            &[
                "<spice/macros.h>",
                "<common/mem.h>",
                "<common/demarshallers.h>",
            ],
        );
        let sides = sides(arguments.client, arguments.server);
        files.push((
            destination.clone(),
            c::demarshallers(model, &sides, &options),
        ));
        if let Some(path) = &arguments.generated_declaration_file {
            files.push((path.clone(), c::declarations(model, Structs::Marked, "")));
        }
    }
    if arguments.generate_marshallers {
        let options = options(arguments, &["<spice/protocol.h>", "common/marshaller.h"]);
        let sides = sides(arguments.server, arguments.client);
        let found = c::marshallers(model, &sides, &name, &options);
        if arguments.header {
            files.push((destination.clone(), found.header));
        } else {
            files.push((destination.clone(), found.source));
            if arguments.generate_header {
                files.push((destination.with_extension("h"), found.header));
            }
        }
    }
    files
}

/// The sides that send the messages.
fn sides(server: bool, client: bool) -> Vec<Side> {
    let server = server.then_some(Side::Server);
    let client = client.then_some(Side::Client);
    server.into_iter().chain(client).collect()
}

fn options(arguments: &Arguments, headers: &[&str]) -> Options {
    let headers = headers.iter().map(|header| (*header).to_owned());
    let config = std::iter::once(CONFIG_HEADER.to_owned());
    let include = arguments.include.iter().cloned();
    Options {
        includes: config.chain(include).chain(headers).collect(),
        suffix: arguments.suffix.clone(),
        structs: arguments.struct_marshallers.clone(),
        table: arguments.private_marshallers,
    }
}
