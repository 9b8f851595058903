//! Suggests known names for unknown ones.

use std::cell::Cell;

use crate::ast::Name;
use crate::diagnostic::Diagnostic;
use crate::spelling::nearest;

/// The most character comparisons of a [`Suggester`].
const BUDGET: usize = 2_000_000;

/// Upper bound on the difference in length of compared words.
const MAX_LENGTH_DIFFERENCE: usize = 2;

/// Suggests names until a budget is used up: a file full of unknown names would take quadratic time otherwise.
#[derive(Debug)]
pub(super) struct Suggester {
    budget: Cell<usize>,
}

impl Default for Suggester {
    fn default() -> Self {
        Self {
            budget: Cell::new(BUDGET),
        }
    }
}

impl Suggester {
    /// Adds the candidate that `wrong` is probably a misspelling of to a diagnostic, if there is one.
    pub(super) fn suggest<'c>(
        &self,
        diagnostic: Diagnostic,
        wrong: &Name,
        candidates: impl IntoIterator<Item = &'c str>,
    ) -> Diagnostic {
        match self.find(wrong.text, candidates) {
            Some(found) => {
                diagnostic.suggest(format!("did you mean `{found}`?"), wrong.span, found)
            }
            None => diagnostic,
        }
    }

    /// The candidate that is nearest to `wrong`. A candidate that differs only in case is the nearest.
    fn find<'c>(
        &self,
        wrong: &str,
        candidates: impl IntoIterator<Item = &'c str>,
    ) -> Option<&'c str> {
        let mut same_letters = None;
        let comparable = candidates
            .into_iter()
            .map_while(|candidate| {
                let is_close = candidate.len().abs_diff(wrong.len()) <= MAX_LENGTH_DIFFERENCE;
                let cost = if is_close {
                    wrong.len().saturating_mul(candidate.len())
                } else {
                    1
                };
                self.budget.set(self.budget.get().checked_sub(cost)?);
                Some(is_close.then_some(candidate))
            })
            .flatten()
            .inspect(|candidate| {
                if candidate.eq_ignore_ascii_case(wrong) {
                    same_letters.get_or_insert(*candidate);
                }
            });
        let found = nearest(wrong, comparable);
        same_letters.or(found)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::Suggester;

    #[test]
    fn suggester_prefers_names_that_differ_only_in_case() {
        let suggester = Suggester::default();
        let names = ["Point16", "PointFix", "Rect", "RECTS"];
        assert_eq!(suggester.find("Pont16", names), Some("Point16"));
        assert_eq!(suggester.find("rects", names), Some("RECTS"));
        assert_eq!(suggester.find("Palette", names), None);
    }

    #[test]
    fn suggester_stops_when_its_budget_is_used_up() {
        let suggester = Suggester {
            budget: Cell::new(30),
        };
        assert_eq!(suggester.find("abcd", ["abce"]), Some("abce"));
        assert_eq!(suggester.find("abcd", ["abce"]), None);
    }
}
