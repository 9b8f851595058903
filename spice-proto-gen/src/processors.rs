//! How many processors there are.

use std::num::NonZero;
use std::sync::OnceLock;
use std::thread;

/// How many threads run at once. The operating system is asked once: that takes as long as some
/// definitions.
pub(crate) fn processors() -> usize {
    static PROCESSORS: OnceLock<usize> = OnceLock::new();
    *PROCESSORS.get_or_init(|| thread::available_parallelism().map_or(1, NonZero::get))
}
