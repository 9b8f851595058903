//! Writes seed inputs for the fuzz targets, made from the project's test data. `fuzz-seeds
//! REPOSITORY CORPUS` fills the folder `CORPUS/TARGET` of each target.

mod agent;
#[allow(clippy::indexing_slicing)]
mod captures;
mod protos;
mod rows;
mod streams;
#[path = "../../../spice-capture/tests/support/mod.rs"]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]
mod support;

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let (Some(repository), Some(corpus)) = (arguments.next(), arguments.next()) else {
        return Err("usage: fuzz-seeds REPOSITORY CORPUS".into());
    };
    let rows = rows::read(&repository.join("tests/data"))?;
    let messages: Vec<Vec<u8>> = rows.messages.iter().map(rows::Row::seed).collect();
    let mut judged = Vec::new();
    for message in &messages {
        judged.push([&[0], &**message].concat());
    }
    judged.extend(conformance());
    write(&corpus, "compiler", &protos::pieces(&repository)?)?;
    write(&corpus, "messages", &messages)?;
    write(&corpus, "frames", &streams::streams(&rows))?;
    write(&corpus, "capture", &captures::captures(&rows))?;
    write(&corpus, "agent", &agent::streams(&repository)?)?;
    write(&corpus, "interpreter", &judged)?;
    write(&corpus, "values", &values(&rows.recorded))
}

/// Returns simple bodies for the first messages of the conformance protos.
fn conformance() -> impl Iterator<Item = Vec<u8>> {
    (1..=16).flat_map(|proto| {
        (0..16).flat_map(move |message| {
            [0, 1, 2].map(|byte| {
                let mut seed = vec![byte; 42];
                seed.splice(..2, [proto, message]);
                seed
            })
        })
    })
}

/// Returns arbitrary bytes for values. The first byte selects the proto.
fn values(rows: &[rows::Row]) -> Vec<Vec<u8>> {
    let bytes: Vec<u8> = rows.iter().flat_map(|row| row.body.clone()).collect();
    let seeds = bytes.chunks(150).zip((0..24).cycle());
    seeds
        .map(|(bytes, proto)| [&[proto], bytes].concat())
        .collect()
}

/// Replaces the seeds of a target. Inputs found by fuzzing are kept.
fn write(corpus: &Path, target: &str, seeds: &[Vec<u8>]) -> Result<()> {
    let folder = corpus.join(target);
    fs::create_dir_all(&folder)?;
    for entry in fs::read_dir(&folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("seed-") {
            fs::remove_file(entry.path())?;
        }
    }
    for (number, seed) in seeds.iter().enumerate() {
        fs::write(folder.join(format!("seed-{number:05}")), seed)?;
    }
    println!("{target}: {} seeds", seeds.len());
    Ok(())
}
