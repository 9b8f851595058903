//! `cargo bench -p spice-benches --bench compiler`: how long the compiler takes from the text of
//! `proto/spice.proto` to formatted Rust, stage by stage, and how that grows with the proto.
//!
//! Times are medians. Beside them stands the processor time, which counts where other programs run
//! too; formatting uses all processors. Instructions do not depend on what else the machine does.

use std::env;
use std::fs;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use spice_benches::callgrind;
use spice_benches::scaled::scaled;
use spice_proto_gen::ast::File;
use spice_proto_gen::backend::rust::{self, Options};
use spice_proto_gen::levels::Levels;
use spice_proto_gen::model::Model;
use spice_proto_gen::{Analysis, resolve, syntax};

const PROTO: &str = include_str!("../proto/spice.proto");

/// How long the whole way may take, in milliseconds.
const TARGET: f64 = 50.0;

/// The sizes that are measured, as multiples of the proto.
const SIZES: &[usize] = &[1, 10, 100];

/// How long each stage is repeated for each size, but at least so often.
const DURATION: Duration = Duration::from_secs(2);
const LEAST: usize = 3;

/// The sizes whose instructions are counted: under valgrind a program is fifty times as slow.
const COUNTED_SIZES: &[usize] = &[1, 10];

/// With this argument the program only runs, for valgrind: a stage and a size follow.
const RUN: &str = "--run-once";

const STAGES: &[Stage] = &[
    Stage {
        name: "parse",
        run: |input| drop(black_box(syntax::parse(input.text))),
    },
    Stage {
        name: "resolve and check",
        run: |input| drop(black_box(resolve::resolve(&input.file, &Levels::default()))),
    },
    Stage {
        name: "collisions in Rust",
        run: |input| drop(black_box(rust::collisions(&input.model))),
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

/// A part of the compiler, or all of it.
struct Stage {
    name: &'static str,
    run: fn(&Input<'_>),
}

/// A text, and what each stage gives the next.
struct Input<'t> {
    text: &'t str,
    file: File,
    model: Model,
}

/// What a stage takes.
#[derive(Clone, Copy)]
struct Time {
    wall: Duration,
    /// Of all threads; `None` where the system does not say.
    processor: Option<Duration>,
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
    print_times("milliseconds", &times, |time| Some(time.wall));
    print_times("of processor time", &times, |time| time.processor);
    let whole = times.first().and_then(|stages| stages.last());
    if let Some(whole) = whole.map(|time| milliseconds(time.wall)) {
        println!("\ntext to text: {whole:.1} ms, target below {TARGET} ms");
    }
    print_instructions();
    ExitCode::SUCCESS
}

fn compile(text: &str) -> Option<String> {
    let analysis = Analysis::new(text.as_bytes(), &Levels::default());
    let model = analysis.model?;
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

/// For each size what each stage takes.
fn times() -> Vec<Vec<Time>> {
    let mut sizes = Vec::new();
    for size in SIZES {
        let text = scaled(PROTO, *size);
        let Some(input) = input(&text) else {
            eprintln!("the proto of {size} times the size has errors");
            return sizes;
        };
        sizes.push(STAGES.iter().map(|stage| measure(stage, &input)).collect());
    }
    sizes
}

fn measure(stage: &Stage, input: &Input<'_>) -> Time {
    let (begin, processor) = (Instant::now(), processor_time());
    let mut times = Vec::new();
    while times.len() < LEAST || begin.elapsed() < DURATION {
        let start = Instant::now();
        (stage.run)(black_box(input));
        times.push(start.elapsed());
    }
    let all = processor.zip(processor_time()).map(|(from, to)| to - from);
    let count = u32::try_from(times.len()).unwrap_or(u32::MAX);
    times.sort_unstable();
    Time {
        wall: times.get(times.len() / 2).copied().unwrap_or_default(),
        processor: all.map(|all| all / count),
    }
}

/// What this process has taken so far, as Linux tells it: in hundredths of a second.
fn processor_time() -> Option<Duration> {
    let status = fs::read_to_string("/proc/self/stat").ok()?;
    // Behind the program's name in parentheses; the twelfth and thirteenth are user and system.
    let (_, numbers) = status.rsplit_once(") ")?;
    let numbers = numbers.split(' ').skip(11).take(2);
    let ticks: u64 = numbers
        .filter_map(|number| number.parse::<u64>().ok())
        .sum();
    Some(Duration::from_millis(10 * ticks))
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

fn print_times(title: &str, sizes: &[Vec<Time>], of: impl Fn(&Time) -> Option<Duration>) {
    print_head(title, SIZES);
    for (index, stage) in STAGES.iter().enumerate() {
        let times = sizes.iter().filter_map(|stages| stages.get(index));
        let row: Vec<f64> = times.filter_map(&of).map(milliseconds).collect();
        print_row(stage, &row);
    }
}

fn print_head(title: &str, sizes: &[usize]) {
    print!("\n{title:<24}");
    sizes.iter().for_each(|size| print!("{size:>9} x"));
    println!("{:>12}", "growth");
}

/// A row of a table; at its end how many times as much the largest size takes as the smallest.
fn print_row(stage: &Stage, row: &[f64]) {
    print!("{:<24}", stage.name);
    row.iter().for_each(|value| print!("{value:>11.2}"));
    match (row.first(), row.last()) {
        (Some(first), Some(last)) => println!("{:>12.1}", last / first),
        _ => println!(),
    }
}

fn print_instructions() {
    if !callgrind::is_there() {
        println!("\ninstructions: skipped: needs valgrind");
        return;
    }
    print_head("million instructions", COUNTED_SIZES);
    // What it takes to get to a stage is counted too, and taken off.
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

/// The instructions of this program with one stage.
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
        (known.run)(&input);
    }
    ExitCode::SUCCESS
}
