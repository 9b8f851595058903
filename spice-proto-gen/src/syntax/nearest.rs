//! The word that was probably meant.

/// What a definition begins with.
pub(super) const DEFINITION_KEYWORDS: &[&str] = &[
    "typedef", "struct", "message", "enum8", "enum16", "enum32", "flags8", "flags16", "flags32",
    "channel", "protocol",
];

/// Longer words are not compared: nothing in the language is that long.
const LONGEST: usize = 64;

/// The candidate that `word` is a misspelling of, if one is close enough to say so.
pub(crate) fn nearest<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let length = word.chars().count();
    if length > LONGEST {
        return None;
    }
    // A third of the word may differ, so that short words do not match everything.
    let most = length.div_ceil(3).min(2);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST)
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= most && *distance < length)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many characters to insert, remove, replace or swap with their neighbour to get from one to the other.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=to.len()).collect();
    let mut previous = None;
    for (row, character) in from.chars().enumerate() {
        let mut line = vec![row.saturating_add(1)];
        let mut left_target = None;
        for (column, target) in to.iter().copied().enumerate() {
            let at = |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX);
            let next = column.saturating_add(1);
            let replaced = at(&above, column).saturating_add(usize::from(character != target));
            let removed = at(&above, next).saturating_add(1);
            let inserted = at(&line, column).saturating_add(1);
            let swapped = match column.checked_sub(1) {
                Some(back) if previous == Some(target) && left_target == Some(character) => {
                    at(&before, back).saturating_add(1)
                }
                _ => usize::MAX,
            };
            line.push(replaced.min(removed).min(inserted).min(swapped));
            left_target = Some(target);
        }
        previous = Some(character);
        before = std::mem::replace(&mut above, line);
    }
    above.last().copied().unwrap_or(usize::MAX)
}
