//! Numbers that follow one another: items of an enum, messages of a channel, channels.

use crate::ast::{Name, Number};
use crate::diagnostic::Diagnostic;
use crate::span::Span;

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

/// A number that is still free, for each time that one is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Free {
    next: i128,
    last: i128,
}

impl Free {
    /// Numbers above all of these, from `first` to `last`.
    pub(super) fn above(numbers: impl Iterator<Item = i128>, first: i128, last: i128) -> Self {
        let highest = numbers.filter(|number| *number <= last).max();
        let next = highest.map_or(first, |highest| highest.saturating_add(1));
        Self {
            next: next.max(first),
            last,
        }
    }

    /// Adds to a finding about the number of `name` one that is free, with `what` it is called.
    pub(super) fn suggest(
        &mut self,
        finding: Diagnostic,
        what: &str,
        name: &Name,
        written: Option<&Number>,
    ) -> Diagnostic {
        if self.next > self.last {
            return finding;
        }
        let free = self.next;
        self.next = free.saturating_add(1);
        let help = format!("the next free {what} is {free}");
        match written {
            Some(number) => finding.suggest(help, number.span, free.to_string()),
            None => {
                let behind = Span::new(name.span.end, name.span.end);
                finding.suggest(help, behind, format!(" = {free}"))
            }
        }
    }
}
