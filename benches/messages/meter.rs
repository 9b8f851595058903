//! Measures one call: in nanoseconds, or in instructions under callgrind.

use std::hint::black_box;

use spice_benches::clock::nanoseconds;

/// The measured quantity.
#[derive(Clone, Copy, Debug)]
pub enum Meter {
    /// Prints row, column and nanoseconds of each call.
    Time,
    /// Prints row and column of each call; callgrind counts the calls of [`counted_call`].
    Count,
}

impl Meter {
    /// Measures a call. `row` and `column` name the figure.
    pub fn measure<R>(self, row: &str, column: &str, mut call: impl FnMut() -> R) {
        match self {
            Self::Time => println!("{row}\t{column}\t{}", nanoseconds(call)),
            Self::Count => {
                // The first call also loads functions and grows buffers.
                black_box(call());
                counted_call(&mut || {
                    black_box(call());
                });
                println!("{row}\t{column}");
            }
        }
    }
}

/// Callgrind counts the instructions of each call of this function.
#[inline(never)]
pub fn counted_call(call: &mut dyn FnMut()) {
    call();
}
