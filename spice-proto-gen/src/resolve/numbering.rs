//! Consecutive numbers: the values of items, the ids of messages, the numbers of channels.

use crate::ast::{Name, Number};
use crate::diagnostic::Diagnostic;
use crate::span::Span;

/// Assigns the written number, or the one after the previous number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counter {
    next: i128,
    reported: bool,
}

impl Counter {
    /// Creates a counter whose first number is `first`.
    pub(super) const fn starting_at(first: i128) -> Self {
        Self {
            next: first,
            reported: false,
        }
    }

    /// Returns the next number.
    pub(super) fn take(&mut self, written: Option<&Number>) -> i128 {
        if let Some(number) = written {
            self.next = number.value;
            self.reported = false;
        }
        let number = self.next;
        self.next = number.saturating_add(1);
        number
    }

    /// Whether to report an error of the number just taken. Only the first error after a written number is reported:
    /// correcting it corrects the numbers that follow from it.
    pub(super) fn should_report(&mut self) -> bool {
        !std::mem::replace(&mut self.reported, true)
    }
}

/// Suggests numbers that are not in use, each once.
#[derive(Clone, Copy, Debug)]
pub(super) struct FreeNumbers {
    next: i128,
    last: i128,
}

impl FreeNumbers {
    /// The numbers above all `used` ones, from `first` to `last`.
    pub(super) fn above(used: impl Iterator<Item = i128>, first: i128, last: i128) -> Self {
        let highest = used.filter(|number| *number <= last).max();
        let next = highest.map_or(first, |highest| highest.saturating_add(1));
        Self {
            next: next.max(first),
            last,
        }
    }

    /// Suggests a free number for `name`. `noun` is the word for the number.
    pub(super) fn suggest(
        &mut self,
        diagnostic: Diagnostic,
        noun: &str,
        name: &Name,
        written: Option<&Number>,
    ) -> Diagnostic {
        if self.next > self.last {
            return diagnostic;
        }
        let free = self.next;
        self.next = free.saturating_add(1);
        let help = format!("the next free {noun} is {free}");
        match written {
            Some(number) => diagnostic.suggest(help, number.span, free.to_string()),
            None => {
                let end = Span::new(name.span.end, name.span.end);
                diagnostic.suggest(help, end, format!(" = {free}"))
            }
        }
    }
}
