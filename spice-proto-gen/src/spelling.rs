//! Finds the word that a misspelled word most likely means.

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

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

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
}
