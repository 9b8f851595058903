//! Numbers that follow one another: items of an enum, messages of a channel, channels.

use crate::ast::Number;

/// Counts on from the last number unless one is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counter {
    next: i128,
    faulty: bool,
}

impl Counter {
    /// A count that begins with this number.
    pub(super) const fn starting_at(first: i128) -> Self {
        Self {
            next: first,
            faulty: false,
        }
    }

    /// The number of the next thing.
    pub(super) fn take(&mut self, written: Option<&Number>) -> i128 {
        if let Some(number) = written {
            self.next = number.value;
            self.faulty = false;
        }
        let number = self.next;
        self.next = number.saturating_add(1);
        number
    }

    /// Whether to report what is wrong with the number just taken: not if it only counts on from
    /// one that was reported, because then writing that one right also mends this one.
    pub(super) fn report(&mut self) -> bool {
        !std::mem::replace(&mut self.faulty, true)
    }
}
