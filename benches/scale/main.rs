//! `cargo bench -p spice-benches --bench scale`: counts the instructions of each operation while
//! messages grow, and fails if the growth is not linear. Needs valgrind.

mod bodies;
mod measured;
mod report;
mod streams;

use std::env;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bodies::{Case, Proto};
use report::{Line, Table, judge};
use spice_benches::callgrind;
use spice_proto_gen::Analysis;
use spice_proto_gen::diagnostic::Levels;
use spice_proto_gen::model::Model;

/// With this argument, the program makes the measured calls; it then runs under valgrind.
const INSIDE: &str = "--inside-of-valgrind";

fn main() -> ExitCode {
    let result = if env::args().any(|argument| argument == INSIDE) {
        make_calls()
    } else {
        report_calls()
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

const SPICE: &str = include_str!("../../proto/spice.proto");
const BOUNDS: &str = include_str!("../../proto/conformance/bounds.proto");

fn model(proto: &str) -> Result<Model, String> {
    let analysis = Analysis::new(proto.as_bytes(), &Levels::default());
    let model = analysis.model;
    model.ok_or_else(|| "the proto does not compile".to_owned())
}

/// Makes all measured calls, and prints one line for each call of [`measured::measured_operation`].
fn make_calls() -> Result<(), String> {
    let (spice, bounds) = (model(SPICE)?, model(BOUNDS)?);
    let mut cases = bodies::honest();
    cases.extend(bodies::hostile());
    for case in cases {
        let model = match case.proto {
            Proto::Spice => &spice,
            Proto::Bounds => &bounds,
        };
        for size in case.sizes {
            let body = (case.build)(size);
            for operation in measured::run(&case, &body, model)? {
                print_call(&case, operation, size, body.len());
            }
        }
    }
    for stream in streams::streams() {
        for size in stream.sizes {
            let bytes = stream.run(size)?;
            println!(
                "{}\t{}\tbyte\t{bytes}\t{bytes}",
                stream.name, stream.operation
            );
        }
    }
    Ok(())
}

fn print_call(case: &Case, operation: &str, size: usize, bytes: usize) {
    let units = match case.unit {
        "byte" => bytes,
        _ => size,
    };
    println!(
        "{}\t{operation}\t{}\t{units}\t{bytes}",
        case.name, case.unit
    );
}

/// Runs this program under valgrind, prints the table and fails if a cost is not linear.
fn report_calls() -> Result<(), String> {
    if !callgrind::is_there() {
        let required = env::var_os("SPICE_LIVE_TESTS").is_some_and(|value| value == "required");
        println!("skipped: needs valgrind");
        return if required {
            Err("valgrind is required here".to_owned())
        } else {
            Ok(())
        };
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("scale");
    let lines = count(&folder).map_err(|error| error.to_string())?;
    write!(io::stdout().lock(), "{}", Table(&lines)).map_err(|error| error.to_string())?;
    judge(&lines)
}

/// Counts the instructions of each call.
fn count(folder: &Path) -> io::Result<Vec<Line>> {
    let mut lines = Vec::new();
    for (call, count) in callgrind::of_calls("measured_operation", folder, &[INSIDE])? {
        let added = add(&mut lines, &call, count);
        added.ok_or_else(|| io::Error::other(format!("not a call: {call}")))?;
    }
    Ok(lines)
}

/// Adds the count of a call to its line.
fn add(lines: &mut Vec<Line>, call: &str, count: u64) -> Option<()> {
    let mut parts = call.split('\t');
    let (name, operation, unit) = (parts.next()?, parts.next()?, parts.next()?);
    let (units, bytes) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let same = |line: &Line| line.name == name && line.operation == operation;
    let place = lines.iter().position(same).unwrap_or(lines.len());
    if place == lines.len() {
        lines.push(Line {
            name: name.to_owned(),
            operation: operation.to_owned(),
            unit: unit.to_owned(),
            units: [0; 3],
            bytes: [0; 3],
            instructions: [0; 3],
        });
    }
    let line = lines.get_mut(place)?;
    let size = line.units.iter().position(|units| *units == 0)?;
    *line.units.get_mut(size)? = units;
    *line.bytes.get_mut(size)? = bytes;
    *line.instructions.get_mut(size)? = count;
    Some(())
}
