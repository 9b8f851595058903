//! Finds the word that a misspelled word most likely means.

/// Longer words are not compared. All words of the language are shorter.
const MAX_LENGTH: usize = 64;

/// The candidate with the smallest edit distance from `word`, if it is similar enough.
pub(crate) fn nearest<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let length = word.chars().count();
    if length > MAX_LENGTH {
        return None;
    }
    // Short words are similar to everything, so they may differ less.
    let limit = length.div_ceil(3).min(2);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= MAX_LENGTH)
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit && *distance < length)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The number of characters to insert, remove, replace or swap with their neighbor.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    // The two previous rows of the table of distances between prefixes.
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=to.len()).collect();
    let at = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX);
    let mut previous = None;
    for (row, character) in from.chars().enumerate() {
        let mut current = vec![row.saturating_add(1)];
        let mut previous_target = None;
        for (column, target) in to.iter().copied().enumerate() {
            let replaced = at(&above, column).saturating_add(usize::from(character != target));
            let removed = at(&above, column.saturating_add(1)).saturating_add(1);
            let inserted = at(&current, column).saturating_add(1);
            let swapped = match column.checked_sub(1) {
                Some(back) if previous == Some(target) && previous_target == Some(character) => {
                    at(&before, back).saturating_add(1)
                }
                _ => usize::MAX,
            };
            current.push(replaced.min(removed).min(inserted).min(swapped));
            previous_target = Some(target);
        }
        previous = Some(character);
        before = std::mem::replace(&mut above, current);
    }
    at(&above, to.len())
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn distance_counts_edits_and_swaps() {
        for (from, to, expected) in [
            ("", "abc", 3),
            ("abc", "", 3),
            ("abc", "abc", 0),
            ("abc", "axc", 1),
            ("abc", "ac", 1),
            ("strcut", "struct", 1),
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
}
