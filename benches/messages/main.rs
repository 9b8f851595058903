//! `cargo bench -p spice-benches --bench messages`: times each message and the recorded traffic, and
//! prints the tables of `docs/performance.md`.
//!
//! `… --bench messages -- --against PROGRAM` compares with an older build of this bench: `PROGRAM` is
//! its binary (`target/release/deps/messages-…`).
//!
//! `… --bench messages -- --draw FOLDER` also writes the ratios as bars: `FOLDER` is `docs/pictures`.

mod columns;
mod figures;
mod meter;
mod table;

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

use figures::Figures;
use meter::Meter;
use spice_benches::bars;

/// With this argument and the number of a round, the program prints one line for each time.
const TIMES: &str = "--times";

/// With this argument, the program makes each measured call once, under callgrind.
const COUNTS: &str = "--counts";

/// With this argument and the path of a program, the times are compared with those of the program.
const AGAINST: &str = "--against";

/// With this argument and the path of a folder, the pictures of the tables are written.
const DRAW: &str = "--draw";

/// The times of a program are the shortest of this many processes.
const ROUNDS: usize = 6;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let value_of = |option: &str| {
        let at = arguments.iter().position(|argument| argument == option)?;
        arguments.get(at + 1).map(String::as_str)
    };
    let outcome = if let Some(round) = value_of(TIMES) {
        let round = round.parse().unwrap_or_default();
        columns::measure(Meter::Time, round).map_err(Into::into)
    } else if arguments.iter().any(|argument| argument == COUNTS) {
        columns::measure(Meter::Count, 0).map_err(Into::into)
    } else {
        print_tables(value_of(AGAINST), value_of(DRAW))
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn print_tables(
    other: Option<&str>,
    folder: Option<&str>,
) -> Result<(), Box<dyn std::error::Error>> {
    let program = env::current_exe()?;
    let (mut times, mut other_times) = (Figures::default(), Figures::default());
    // The two programs take turns, so that both meet the same load on the machine.
    for round in 0..ROUNDS {
        times.add_times(&program, round)?;
        if let Some(other) = other {
            other_times.add_times(other.as_ref(), round)?;
        }
    }
    if other.is_some() {
        print!("{}", table::comparison(&times, &other_times));
        return Ok(());
    }
    let tables = table::all(&times, &Figures::counts()?);
    print!("{tables}");
    if let Some(folder) = folder {
        // Cargo starts a bench in the folder of its package.
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("..")
            .join(folder);
        for picture in bars::pictures(&tables)? {
            fs::write(folder.join(picture.file), picture.svg)?;
        }
    }
    Ok(())
}
