//! Finds the name that was probably meant, in time that does not grow with the mistakes of a file.

use std::cell::Cell;

use crate::ast::Name;
use crate::diagnostic::Diagnostic;
use crate::syntax::nearest::nearest;

/// How many pairs of characters one run compares at most, so that a file full of unknown names
/// does not take quadratic time: after that there are no more suggestions.
const BUDGET: usize = 2_000_000;

/// No name is suggested whose length differs by more.
const FURTHEST: usize = 2;

/// Searches similar names until its budget is used up.
#[derive(Debug)]
pub(super) struct Nearest {
    budget: Cell<usize>,
}

impl Default for Nearest {
    fn default() -> Self {
        Self {
            budget: Cell::new(BUDGET),
        }
    }
}

impl Nearest {
    /// The candidate most like `wrong`, if one is like it at all. One that differs only in upper
    /// and lower case is the most like it.
    fn find<'n>(
        &self,
        wrong: &str,
        candidates: impl IntoIterator<Item = &'n str>,
    ) -> Option<&'n str> {
        let mut same_letters = None;
        let comparable = candidates
            .into_iter()
            .map_while(|candidate| {
                let close = candidate.len().abs_diff(wrong.len()) <= FURTHEST;
                let work = if close {
                    wrong.len().saturating_mul(candidate.len())
                } else {
                    1
                };
                self.spend(work).map(|()| close.then_some(candidate))
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

    /// Adds to a finding about an unknown name the one that was probably meant.
    pub(super) fn suggest<'n>(
        &self,
        finding: Diagnostic,
        wrong: &Name,
        candidates: impl IntoIterator<Item = &'n str>,
    ) -> Diagnostic {
        match self.find(wrong.text, candidates) {
            Some(found) => finding.suggest(format!("did you mean `{found}`?"), wrong.span, found),
            None => finding,
        }
    }

    fn spend(&self, work: usize) -> Option<()> {
        self.budget.set(self.budget.get().checked_sub(work)?);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_nearest_or_nothing() {
        let nearest = Nearest::default();
        let names = ["Point16", "PointFix", "Rect", "RECTS"];
        assert_eq!(nearest.find("Pont16", names), Some("Point16"));
        assert_eq!(nearest.find("rects", names), Some("RECTS"));
        assert_eq!(nearest.find("Palette", names), None);
    }

    #[test]
    fn stops_when_the_budget_is_used_up() {
        let nearest = Nearest {
            budget: Cell::new(30),
        };
        assert_eq!(nearest.find("abcd", ["abce"]), Some("abce"));
        assert_eq!(nearest.find("abcd", ["abce"]), None);
    }
}
