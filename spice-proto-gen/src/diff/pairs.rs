//! Pairs the named and numbered things of two versions.

use std::collections::{HashMap, HashSet};

/// The elements of two lists.
#[derive(Debug)]
pub(super) struct Pairs<T> {
    /// In both, in the order of the new list.
    pub both: Vec<(T, T)>,
    pub removed: Vec<T>,
    pub added: Vec<T>,
}

impl<T> Pairs<T> {
    const fn new() -> Self {
        Self {
            both: Vec::new(),
            removed: Vec::new(),
            added: Vec::new(),
        }
    }
}

/// Pairs by name, and what remains by number. The last of several with one name counts.
pub(super) fn pair<'t, T>(
    old: &'t [T],
    new: &'t [T],
    name: fn(&T) -> &str,
    number: fn(&T) -> u32,
) -> Pairs<&'t T> {
    let by_name: HashMap<&str, (usize, &T)> = old.iter().map(name).zip((0..).zip(old)).collect();
    let named = new.iter().map(|found| by_name.get(name(found)).copied());
    let named: Vec<Option<(usize, &T)>> = named.collect();
    let mut taken: HashSet<usize> = named.iter().flatten().map(|(index, _)| *index).collect();
    let others = old.iter().map(number).zip((0..).zip(old));
    let by_number: HashMap<u32, (usize, &T)> = others
        .filter(|(_, (index, _))| !taken.contains(index))
        .collect();
    let mut pairs = Pairs::new();
    for (found, named) in new.iter().zip(named) {
        let numbered = by_number.get(&number(found)).copied();
        let numbered = numbered.filter(|(index, _)| !taken.contains(index));
        match named.or(numbered) {
            Some((index, old)) => {
                taken.insert(index);
                pairs.both.push((old, found));
            }
            None => pairs.added.push(found),
        }
    }
    let others = old.iter().zip(0..);
    let removed = others.filter(|(_, index)| !taken.contains(index));
    pairs.removed = removed.map(|(found, _)| found).collect();
    pairs
}

/// The members of both versions of a body.
#[derive(Debug)]
pub(super) struct Aligned {
    /// Positions of the members.
    pub pairs: Pairs<usize>,
    /// Positions in `pairs.both` whose order among the others changed.
    pub moved: HashSet<(usize, usize)>,
}

/// Aligns the members of two versions of a body. `is_same` compares members by position; between two
/// members in both versions it tells which of the others have another name only.
pub(super) fn align(
    old: &[&str],
    new: &[&str],
    mut is_same: impl FnMut(usize, usize) -> bool,
) -> Aligned {
    let by_name: HashMap<&str, usize> = old.iter().copied().zip(0..).collect();
    let common = new.iter().enumerate();
    let common = common.filter_map(|(new, name)| Some((*by_name.get(name)?, new)));
    let common: Vec<(usize, usize)> = common.collect();
    let kept = longest_increasing(&common);
    let in_order: HashSet<&(usize, usize)> = kept.iter().collect();
    let moved = common.iter().filter(|pair| !in_order.contains(pair));
    let mut aligned = Aligned {
        pairs: Pairs::new(),
        moved: moved.copied().collect(),
    };
    let names: HashSet<usize> = common.iter().map(|(old, _)| *old).collect();
    let (mut old_start, mut new_start) = (0, 0);
    for (old_end, new_end) in kept.iter().copied().chain([(old.len(), new.len())]) {
        let olds: Vec<usize> = (old_start..old_end)
            .filter(|at| !names.contains(at))
            .collect();
        let is_new = |at: &usize| new.get(*at).is_some_and(|name| !by_name.contains_key(name));
        let news: Vec<usize> = (new_start..new_end).filter(is_new).collect();
        let same_number = olds.len() == news.len();
        let mut news = news.into_iter().peekable();
        for old in olds {
            match news.next_if(|new| same_number || is_same(old, *new)) {
                Some(new) => aligned.pairs.both.push((old, new)),
                None => aligned.pairs.removed.push(old),
            }
        }
        aligned.pairs.added.extend(news);
        (old_start, new_start) = (old_end.saturating_add(1), new_end.saturating_add(1));
    }
    aligned.pairs.both.extend(common);
    aligned.pairs.both.sort_by_key(|(_, new)| *new);
    aligned
}

/// A longest part of `pairs`, which increase in the second position, that increases in the first too.
fn longest_increasing(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // The last pair of the best sequence of each length, and the pair before each pair.
    let mut tails: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    let first = |index: &usize| pairs.get(*index).map_or(0, |pair| pair.0);
    for (index, pair) in pairs.iter().enumerate() {
        let length = tails.partition_point(|tail| first(tail) < pair.0);
        before.push(length.checked_sub(1).and_then(|at| tails.get(at).copied()));
        match tails.get_mut(length) {
            Some(tail) => *tail = index,
            None => tails.push(index),
        }
    }
    let mut sequence = Vec::new();
    let mut next = tails.last().copied();
    while let Some(index) = next {
        sequence.extend(pairs.get(index));
        next = before.get(index).copied().flatten();
    }
    sequence.reverse();
    sequence
}

#[cfg(test)]
mod tests {
    use super::{align, pair};

    #[test]
    fn names_win_over_numbers() {
        let old = [("a", 1), ("b", 2), ("c", 3)];
        let new = [("a", 1), ("x", 2), ("b", 4), ("y", 3)];
        let pairs = pair(&old, &new, |found| found.0, |found| found.1);
        let expected = [(&old[0], &new[0]), (&old[1], &new[2]), (&old[2], &new[3])];
        assert_eq!(pairs.both, expected);
        assert_eq!((pairs.removed, pairs.added), (vec![], vec![&new[1]]));
    }

    #[test]
    fn members_are_aligned_by_name() {
        let aligned = align(&["a", "b", "c", "d"], &["a", "c", "d", "b", "e"], |_, _| {
            false
        });
        assert_eq!(aligned.pairs.both, [(0, 0), (2, 1), (3, 2), (1, 3)]);
        assert_eq!(aligned.moved.into_iter().collect::<Vec<_>>(), [(1, 3)]);
        assert_eq!(aligned.pairs.added, [4]);
        assert_eq!(aligned.pairs.removed, []);
    }

    #[test]
    fn renamed_members_are_paired_between_their_neighbours() {
        let aligned = align(&["a", "old", "z"], &["a", "new", "z"], |_, _| false);
        assert_eq!(aligned.pairs.both, [(0, 0), (1, 1), (2, 2)]);
        let aligned = align(&["old", "z"], &["new", "more", "z"], |old, new| old == new);
        assert_eq!(aligned.pairs.both, [(0, 0), (1, 2)]);
        assert_eq!(aligned.pairs.added, [1]);
    }
}
