//! Times one call.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Minimum duration of a sample, which repeats the call.
const SAMPLE: Duration = Duration::from_micros(10);

/// Duration of all samples of a call.
const MEASURING: Duration = Duration::from_millis(25);

/// Returns the nanoseconds of a call in the fastest sample. Other load on the machine only adds to a time.
pub fn nanoseconds<R>(mut call: impl FnMut() -> R) -> f64 {
    let mut calls = 1_u32;
    // A single sample can be long because of something else, such as the first use of a page of code.
    while sample(&mut call, calls) < SAMPLE || sample(&mut call, calls) < SAMPLE {
        calls = calls.saturating_mul(2);
    }
    let start = Instant::now();
    let mut fastest = Duration::MAX;
    while start.elapsed() < MEASURING {
        fastest = fastest.min(sample(&mut call, calls));
    }
    fastest.as_secs_f64() * 1e9 / f64::from(calls)
}

#[inline(never)]
fn sample<R>(call: &mut impl FnMut() -> R, calls: u32) -> Duration {
    let start = Instant::now();
    for _ in 0..calls {
        black_box(call());
    }
    start.elapsed()
}
