//! `cargo bench -p spice-benches --bench c`: times generated C beside generated Rust, from (channel, id, body) to a value
//! and back to nothing, and prints the table of `docs/performance.md`. It needs a C compiler.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use spice_benches::clock::nanoseconds;
use spice_benches::rows::{Row, rows};
use spice_messages::wire::{Fds, Side};
use spice_messages::{ClientMessage, ServerMessage};
use spice_proto_gen::Analysis;
use spice_proto_gen::backend::c::{self, Options, Structs};
use spice_proto_gen::diagnostic::Levels;
use spice_proto_gen::model;

/// The times of a row are the shortest of this many turns.
const ROUNDS: usize = 6;

fn main() -> Result<(), Box<dyn Error>> {
    let program = build()?;
    let rows = rows();
    let mut best = vec![(f64::MAX, 0_usize, f64::MAX); rows.len()];
    for _ in 0..ROUNDS {
        let of_c = run_c(&program, &rows)?;
        for ((row, best), (time, allocations)) in rows.iter().zip(&mut best).zip(of_c) {
            *best = (best.0.min(time), allocations, best.2.min(of_rust(row)));
        }
    }
    println!("| parse and free | C | allocations of C | Rust | Rust / C |\n|---|---|---|---|---|");
    for (row, (c, allocations, rust)) in rows.iter().zip(best) {
        let (name, ratio) = (row.name, rust / c);
        println!("| {name} | {c:.1} | {allocations} | {rust:.1} | {ratio:.2} |");
    }
    Ok(())
}

/// Generates the parsers and compiles them with the driver.
fn build() -> Result<PathBuf, Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("c");
    fs::create_dir_all(&folder)?;
    let proto = Path::new(env!("CARGO_MANIFEST_DIR")).join("../proto/spice.proto");
    let text = fs::read(proto)?;
    let start = Instant::now();
    let analysis = Analysis::for_c(&text, &Levels::default());
    let model = analysis.model.ok_or("spice.proto has an error")?;
    let options = Options {
        includes: vec!["messages.h".to_owned()],
        ..Options::default()
    };
    let mut files = vec![
        ("enums.h", c::enums(&model)),
        (
            "messages.h",
            c::declarations(&model, Structs::All, "messages"),
        ),
    ];
    let mut sources = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("c/driver.c")];
    for (side, parsers, marshallers) in [
        (model::Side::Server, "server.c", "server_marshallers.c"),
        (model::Side::Client, "client.c", "client_marshallers.c"),
    ] {
        files.push((parsers, c::demarshallers(&model, &[side], &options)));
        files.push((
            marshallers,
            c::marshallers(&model, &[side], "marshallers", &options).source,
        ));
        sources.push(folder.join(parsers));
    }
    println!(
        "All C of spice.proto is generated in {:.1?}.\n",
        start.elapsed()
    );
    for (name, text) in files {
        fs::write(folder.join(name), text)?;
    }
    let program = folder.join("parse");
    let compiler = cc::Build::new()
        .host(TARGET)
        .target(TARGET)
        .opt_level(2)
        .debug(false)
        .cargo_metadata(false)
        .try_get_compiler()?;
    let mut command = compiler.to_command();
    command.arg("-Wl,--wrap=malloc").arg("-I").arg(&folder);
    command.args(&sources).arg("-o").arg(&program);
    match command.status()?.success() {
        true => Ok(program),
        false => Err("the C compiler failed".into()),
    }
}

/// The target of the compiler, which chooses only its flags.
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// The nanoseconds and the allocations of each row in C.
fn run_c(program: &Path, rows: &[Row]) -> Result<Vec<(f64, usize)>, Box<dyn Error>> {
    let mut input = String::new();
    for row in rows {
        let side = u8::from(row.side == Side::Client);
        write!(input, "{side} {} {} ", row.channel_type, row.id)?;
        row.body
            .iter()
            .try_for_each(|byte| write!(input, "{byte:02x}"))?;
        input.push('\n');
    }
    let mut child = Command::new(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    // The rows fit in memory of the program, which reads one while this writes the next.
    child
        .stdin
        .take()
        .ok_or("no input")?
        .write_all(input.as_bytes())?;
    let output = child.wait_with_output()?;
    let text = String::from_utf8(output.stdout)?;
    let times: Result<Vec<_>, Box<dyn Error>> = text
        .lines()
        .map(|line| {
            let (time, allocations) = line.split_once(' ').ok_or("a line without a space")?;
            Ok((time.parse()?, allocations.parse()?))
        })
        .collect();
    match times? {
        times if times.len() == rows.len() && output.status.success() => Ok(times),
        _ => Err("a message was not parsed".into()),
    }
}

/// The nanoseconds of a row in Rust: decoding by value, and dropping the message.
fn of_rust(row: &Row) -> f64 {
    nanoseconds(|| {
        let (channel, id, body) = black_box((row.channel_type, row.id, row.body.as_slice()));
        match row.side {
            Side::Server => {
                let message = ServerMessage::decode(channel.into(), id, body, Fds::none());
                black_box(&message).is_ok()
            }
            Side::Client => {
                let message = ClientMessage::decode(channel.into(), id, body, Fds::none());
                black_box(&message).is_ok()
            }
        }
    })
}
