//! Mutations of valid bodies.

use crate::prng::Prng;

/// Returns the body with one to four changes. Some changes copy parts of `other`.
pub fn mutated(body: &[u8], other: &[u8], prng: &mut Prng) -> Vec<u8> {
    let mut body = body.to_vec();
    for _ in 0..=prng.below(4) {
        mutate(&mut body, other, prng);
    }
    body
}

fn mutate(body: &mut Vec<u8>, other: &[u8], prng: &mut Prng) {
    let place = prng.below(body.len());
    match prng.below(8) {
        0 => body.truncate(place),
        1 => body.extend((0..prng.below(9)).map(|_| prng.number(8) as u8)),
        2 => body.insert(place, prng.number(8) as u8),
        3 if !body.is_empty() => drop(body.remove(place)),
        4 => {
            let (start, end) = (prng.below(other.len() + 1), prng.below(other.len() + 1));
            let part = other[start.min(end)..start.max(end)].iter().copied();
            let replaced = place..(place + part.len()).min(body.len());
            drop(body.splice(replaced, part));
        }
        5 if !body.is_empty() => body[place] ^= 1 << prng.below(8),
        6 if !body.is_empty() => body[place] = prng.number(8) as u8,
        _ => word(body, prng),
    }
}

/// Replaces four bytes by a value that is interesting as an offset or a count.
fn word(body: &mut [u8], prng: &mut Prng) {
    let place = prng.below(body.len().saturating_sub(3));
    let length = body.len();
    let Some(word) = body.get_mut(place..).and_then(<[u8]>::first_chunk_mut) else {
        return;
    };
    let near = |at: usize, by: usize| (at + by).saturating_sub(2) as u32;
    *word = match prng.below(4) {
        0 => near(length, prng.below(5)),
        1 => prng.below(length + 1) as u32,
        2 => u32::from_le_bytes(*word).wrapping_add(near(0, prng.below(5))),
        _ => prng.number(32) as u32,
    }
    .to_le_bytes();
}
