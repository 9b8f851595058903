//! A progress bar on the terminal.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// Smaller files have no progress bar.
const MIN_LENGTH: u64 = 8 << 20;

/// Number of updates between two looks at the clock.
const UPDATES: u32 = 1024;

/// Time between two redraws.
const INTERVAL: Duration = Duration::from_millis(100);

/// Width of the bar in characters.
const WIDTH: u64 = 30;

/// Shows how much of a file is read.
pub struct Progress(Option<Bar>);

struct Bar {
    length: u64,
    updates: u32,
    start: Instant,
    /// Time of the last redraw.
    drawn: Option<Instant>,
}

impl Progress {
    /// A bar for a file of this length, if the file is large and standard error is a terminal.
    pub fn new(length: Option<u64>) -> Self {
        let length = length.filter(|length| *length >= MIN_LENGTH && io::stderr().is_terminal());
        Self(length.map(|length| Bar {
            length,
            updates: 0,
            start: Instant::now(),
            drawn: None,
        }))
    }

    /// Notes that the file is read up to a position.
    pub fn update(&mut self, position: u64) {
        let Some(bar) = &mut self.0 else {
            return;
        };
        bar.updates = bar.updates.wrapping_add(1);
        if !bar.updates.is_multiple_of(UPDATES) {
            return;
        }
        if bar.drawn.is_none_or(|drawn| drawn.elapsed() >= INTERVAL) {
            bar.drawn = Some(Instant::now());
            let text = line(position, bar.length, bar.start.elapsed());
            // Without the bar everything else still works.
            let _ = write!(io::stderr(), "\r{text}\x1b[K");
        }
    }

    /// Removes the bar.
    pub fn finish(&self) {
        if self.0.is_some() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

fn line(position: u64, length: u64, elapsed: Duration) -> String {
    let part = |of: u64| {
        let part = u128::from(position).saturating_mul(of.into());
        let part = part.checked_div(length.into()).unwrap_or(0);
        u64::try_from(part).unwrap_or(of).min(of)
    };
    let done = part(WIDTH);
    let mut text = String::from("[");
    for column in 0..WIDTH {
        text.push(if column < done { '#' } else { '.' });
    }
    let megabytes = |bytes: u64| bytes / 1_000_000;
    let milliseconds = u64::try_from(elapsed.as_millis())
        .unwrap_or(u64::MAX)
        .max(1);
    let rate = position.checked_div(milliseconds).unwrap_or(0) / 1000;
    let _ = write!(
        text,
        "] {}% of {} MB, {rate} MB/s",
        part(100),
        megabytes(length)
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_shows_part_and_rate() {
        let text = line(50_000_000, 100_000_000, Duration::from_millis(500));
        let expected = "[###############...............] 50% of 100 MB, 100 MB/s";
        assert_eq!(text, expected);
        let text = line(u64::MAX, u64::MAX, Duration::ZERO);
        assert!(text.contains("] 100% of "), "{text}");
    }
}
