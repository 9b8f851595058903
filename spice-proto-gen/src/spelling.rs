//! Finds the word that a misspelled word most likely means.

use std::cell::Cell;

use crate::ast::Name;
use crate::diagnostic::Diagnostic;

/// Upper bound on the length of compared words. No word of the language is longer.
const MAX_LENGTH: usize = 64;

/// The candidate that `word` is probably a misspelling of.
pub(crate) fn nearest<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let length = word.chars().count();
    if length > MAX_LENGTH {
        return None;
    }
    // A short word must differ less, or it would match everything.
    let max = length.div_ceil(3).min(2);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= MAX_LENGTH)
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= max && *distance < length)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The edit distance: insertions, removals, replacements and swaps of neighbours.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    // The last two rows of the table of distances between all prefixes.
    let mut above: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    let mut previous = None;
    for (index, character) in from.chars().enumerate() {
        let mut next = vec![index + 1];
        let mut distance = index + 1;
        let mut previous_target = None;
        for (column, (target, costs)) in to.iter().copied().zip(row.windows(2)).enumerate() {
            let &[replaced, removed] = costs else {
                unreachable!("a window of 2 has 2 elements");
            };
            let replaced = replaced + usize::from(character != target);
            distance = replaced.min(removed + 1).min(distance + 1);
            if previous == Some(target) && previous_target == Some(character) {
                let swapped = column.checked_sub(1).and_then(|back| above.get(back));
                distance = distance.min(swapped.map_or(usize::MAX, |swapped| swapped + 1));
            }
            next.push(distance);
            previous_target = Some(target);
        }
        previous = Some(character);
        above = std::mem::replace(&mut row, next);
    }
    match row.last() {
        Some(distance) => *distance,
        None => unreachable!("a row has a cell for the empty prefix"),
    }
}

/// The most character comparisons of a [`Suggester`].
const BUDGET: usize = 2_000_000;

/// Upper bound on the difference in length of compared words.
const MAX_LENGTH_DIFFERENCE: usize = 2;

/// Suggests names until a budget is used up: a file full of unknown names would take quadratic time otherwise.
#[derive(Debug)]
pub(crate) struct Suggester {
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
    pub(crate) fn suggest<'c>(
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
                let cost = match is_close {
                    true => wrong.len().saturating_mul(candidate.len()),
                    false => 1,
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

    use super::{Suggester, distance, nearest};

    #[test]
    fn distance_counts_edits_and_swaps() {
        for (from, to, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("abc", "abc", 0),
            ("abc", "axc", 1),
            ("abc", "ac", 1),
            ("abc", "abxc", 1),
            ("strcut", "struct", 1),
            ("ab", "ba", 1),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(from, to), expected, "{from} to {to}");
        }
    }

    #[test]
    fn nearest_needs_a_similar_word() {
        assert_eq!(nearest("strukt", ["message", "struct"]), Some("struct"));
        assert_eq!(nearest("union", ["message", "struct"]), None);
        assert_eq!(nearest("x", ["y"]), None);
        assert_eq!(nearest(&"a".repeat(65), ["aa"]), None);
    }

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
