//! `cargo bench -p spice-benches --bench compiler`: times the compiler from the text of
//! `proto/spice.proto` to formatted Rust, stage by stage, and its growth with the size of the proto.
//!
//! Each run is a process of its own, as in a build. The sizes take turns, and the medians are printed.
//! Instruction counts do not depend on other load on the machine.

use std::env;
use std::hint::black_box;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use spice_benches::callgrind;
use spice_benches::scaled::scaled;
use spice_proto_gen::ast::File;
use spice_proto_gen::backend::rust::{self, Options};
use spice_proto_gen::diagnostic::Levels;
use spice_proto_gen::model::Model;
use spice_proto_gen::{Config, SpanIndex, resolve, syntax};

const PROTO: &str = include_str!("../proto/spice.proto");

/// The longest time from text to text, in milliseconds.
const TARGET: f64 = 50.0;

/// Measured sizes, as multiples of the proto.
const SIZES: &[usize] = &[1, 10, 100];

/// Runs of each stage for each size.
const ROUNDS: usize = 7;

/// Sizes whose instructions are counted. Valgrind makes a program fifty times slower.
const COUNTED_SIZES: &[usize] = &[1, 10];

/// With this argument, a stage and a size, the program runs the stage and prints its time.
const RUN: &str = "--run-once";

const STAGES: &[Stage] = &[
    Stage {
        name: "parse",
        run: |input| drop(black_box(syntax::parse(input.text))),
    },
    Stage {
        name: "resolve",
        run: |input| drop(black_box(resolve::resolve(&input.file, &Levels::default()))),
    },
    Stage {
        name: "checks of the Rust backend",
        run: |input| {
            drop(black_box(rust::check(
                &input.model,
                &SpanIndex::new(&input.file),
            )))
        },
    },
    Stage {
        name: "Rust, formatted",
        run: |input| drop(black_box(rust::generate(&input.model, &Options::default()))),
    },
    Stage {
        name: "text to text",
        run: |input| drop(black_box(compile(input.text))),
    },
];

/// A stage of the compiler, or the whole compiler.
struct Stage {
    name: &'static str,
    run: fn(&Input<'_>),
}

/// The input of each stage.
struct Input<'t> {
    text: &'t str,
    file: File<'t>,
    model: Model,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let Some([mode, stage, size]) = arguments.first_chunk()
        && mode == RUN
    {
        return run_once(stage, size);
    }
    if arguments.iter().any(|argument| argument == "--test") {
        return ExitCode::SUCCESS;
    }
    print_size("proto/spice.proto", PROTO);
    if let Some(text) = compile(PROTO) {
        print_size("the generated Rust", &text);
    }
    let times = times();
    print_head("milliseconds", SIZES);
    for (index, stage) in STAGES.iter().enumerate() {
        let row = times.iter().filter_map(|stages| stages.get(index));
        print_row(stage, &row.copied().map(milliseconds).collect::<Vec<_>>());
    }
    let whole = times.first().and_then(|stages| stages.last());
    if let Some(whole) = whole.copied().map(milliseconds) {
        println!("\nText to text takes {whole:.1} ms; the aim is below {TARGET} ms.");
    }
    print_instructions();
    ExitCode::SUCCESS
}

fn compile(text: &str) -> Option<String> {
    let model = Config::new().check(text.as_bytes()).model?;
    Some(rust::generate(&model, &Options::default()))
}

fn input(text: &str) -> Option<Input<'_>> {
    let (file, _) = syntax::parse(text);
    let (model, _) = resolve::resolve(&file, &Levels::default());
    Some(Input {
        text,
        file,
        model: model?,
    })
}

/// Returns the time of each stage for each size.
fn times() -> Vec<Vec<Duration>> {
    let mut taken = vec![vec![Vec::new(); STAGES.len()]; SIZES.len()];
    for _ in 0..ROUNDS {
        for (size, stages) in SIZES.iter().zip(&mut taken) {
            for (stage, times) in STAGES.iter().zip(stages) {
                times.extend(time(stage.name, *size));
            }
        }
    }
    let median = |mut times: Vec<Duration>| {
        times.sort_unstable();
        times.get(times.len() / 2).copied().unwrap_or_default()
    };
    let medians = |stages: Vec<Vec<Duration>>| stages.into_iter().map(median).collect();
    taken.into_iter().map(medians).collect()
}

/// Runs a stage in a process of its own and returns its time.
fn time(stage: &str, size: usize) -> Option<Duration> {
    let mut command = Command::new(env::current_exe().ok()?);
    let output = command.args([RUN, stage, &size.to_string()]).output();
    let output = output.inspect_err(|error| eprintln!("{stage}: {error}"));
    let nanoseconds = String::from_utf8(output.ok()?.stdout).ok()?;
    Some(Duration::from_nanos(nanoseconds.trim().parse().ok()?))
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn print_size(what: &str, text: &str) {
    println!(
        "{what}: {} bytes, {} lines",
        text.len(),
        text.lines().count()
    );
}

fn print_head(title: &str, sizes: &[usize]) {
    print!("\n| {title} |");
    sizes.iter().for_each(|size| print!(" {size} × |"));
    println!(" growth |\n|---|{}---|", "---|".repeat(sizes.len()));
}

/// Prints a row of a table. Its last column is the largest size divided by the smallest.
fn print_row(stage: &Stage, row: &[f64]) {
    print!("| {} |", stage.name);
    row.iter().for_each(|value| print!(" {value:.2} |"));
    match (row.first(), row.last()) {
        (Some(first), Some(last)) => println!(" {:.1} |", last / first),
        _ => println!(" - |"),
    }
}

fn print_instructions() {
    if !callgrind::is_there() {
        println!("\ninstructions: skipped: needs valgrind");
        return;
    }
    print_head("million instructions", COUNTED_SIZES);
    // The instructions that prepare the input are counted alone and subtracted.
    let before: Vec<Option<u64>> = COUNTED_SIZES.iter().map(|size| count("", *size)).collect();
    for stage in STAGES {
        let counts = COUNTED_SIZES.iter().zip(&before).map(|(size, before)| {
            let all = count(stage.name, *size)?;
            Some(all.saturating_sub((*before)?) as f64 / 1e6)
        });
        let row: Vec<f64> = counts.flatten().collect();
        print_row(stage, &row);
    }
}

/// Counts the instructions of this program with one stage.
fn count(stage: &str, size: usize) -> Option<u64> {
    let outcome = callgrind::of_run(&[RUN, stage, &size.to_string()]);
    outcome
        .inspect_err(|error| eprintln!("{stage}: {error}"))
        .ok()
}

fn run_once(stage: &str, size: &str) -> ExitCode {
    let Ok(size) = size.parse() else {
        return ExitCode::FAILURE;
    };
    let text = scaled(PROTO, size);
    let Some(input) = input(&text) else {
        return ExitCode::FAILURE;
    };
    for known in STAGES.iter().filter(|known| known.name == stage) {
        let start = Instant::now();
        (known.run)(&input);
        println!("{}", start.elapsed().as_nanos());
    }
    ExitCode::SUCCESS
}
