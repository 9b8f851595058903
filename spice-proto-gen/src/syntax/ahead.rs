//! Definitions are parsed on all processors before the reader comes to them.
//!
//! This only saves time. The reader asks for each definition that it comes to, and parses what is not
//! there. At the first definition that cannot be read the others stop: where the next one begins is then
//! for the reader to say.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::{iter, thread, vec};

use super::segment::{Segment, next_segment};
use super::{Parsed, Source};
use crate::processors::processors;

/// How much text is taken at a time.
const PORTION: usize = 8 << 10;

/// How much text a thread must have to be worth it. In a build the other processors are mostly busy, and
/// then a thread of its own for a millisecond's work makes parsing take longer, not shorter.
const LEAST_PER_THREAD: usize = 64 << 10;

/// Definitions that follow one another, with what was found in them.
type Portion<'s> = Vec<(Cut, Parsed<'s>)>;

/// A definition, and from where on it was looked for.
#[derive(Clone, Copy)]
struct Cut {
    from: usize,
    segment: Segment,
}

/// What was parsed, in the order of the text.
pub(super) struct Ahead<'s>(iter::Peekable<iter::Flatten<vec::IntoIter<Portion<'s>>>>);

impl<'s> Ahead<'s> {
    /// Parses a text with as many threads, as far as it can be read; nothing where that is one.
    pub fn parse(source: Source<'s, '_>, threads: usize) -> Self {
        let mut portions = match threads {
            0 | 1 => Vec::new(),
            _ => portions(source, threads),
        };
        portions.sort_unstable_by_key(|(number, _)| *number);
        let portions: Vec<_> = portions.into_iter().map(|(_, portion)| portion).collect();
        Self(portions.into_iter().flatten().peekable())
    }

    /// The definition that begins behind `from`, if it was parsed; those before it are dropped.
    pub fn take(&mut self, from: usize) -> Option<(Segment, Parsed<'s>)> {
        while self.0.next_if(|(cut, _)| cut.from < from).is_some() {}
        let (cut, parsed) = self.0.next_if(|(cut, _)| cut.from == from)?;
        Some((cut.segment, parsed))
    }
}

/// How many threads are worth it for a text.
pub(super) fn threads(text: &str) -> usize {
    match text.len() / LEAST_PER_THREAD {
        few @ (0 | 1) => few,
        most => processors().min(most),
    }
}

/// The portions of a text, numbered, in no order.
fn portions<'s>(source: Source<'s, '_>, threads: usize) -> Vec<(usize, Portion<'s>)> {
    let cutter = Mutex::new(Cutter {
        text: source.text,
        position: 0,
        count: 0,
    });
    let failed = AtomicBool::new(false);
    let work = || {
        let mut made = Vec::new();
        while !failed.load(Ordering::Relaxed) {
            let next = cutter.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((number, cuts)) = next else {
                break;
            };
            let read = |cut: Cut| {
                let parsed = source.read(cut.segment);
                if parsed.entry.is_none() {
                    failed.store(true, Ordering::Relaxed);
                }
                (cut, parsed)
            };
            made.push((number, cuts.into_iter().map(read).collect()));
        }
        made
    };
    thread::scope(|scope| {
        // One of the threads is this one.
        let spawn = |_| thread::Builder::new().spawn_scoped(scope, work);
        let others: Vec<_> = (1..threads).map_while(|index| spawn(index).ok()).collect();
        let mut made = work();
        for thread in others {
            match thread.join() {
                Ok(more) => made.extend(more),
                Err(payload) => std::panic::resume_unwind(payload),
            }
        }
        made
    })
}

/// Cuts a text into definitions.
struct Cutter<'s> {
    text: &'s str,
    position: usize,
    /// How many portions were taken.
    count: usize,
}

impl Cutter<'_> {
    /// The next portion's number, and its definitions.
    fn next(&mut self) -> Option<(usize, Vec<Cut>)> {
        let enough = self.position.saturating_add(PORTION);
        let mut cuts = Vec::new();
        while self.position < enough
            && let Some(segment) = next_segment(self.text, self.position)
        {
            let from = self.position;
            self.position = segment.end;
            cuts.push(Cut { from, segment });
        }
        let number = self.count;
        self.count = number.saturating_add(1);
        (!cuts.is_empty()).then_some((number, cuts))
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse_with;
    use super::*;

    /// More than a few portions, with a definition in the middle that may be broken.
    fn text(middle: &str) -> String {
        let repeat = |first: usize| -> String {
            let structs = first..first + 1000;
            structs
                .map(|number| format!("// {number}\nstruct S{number} {{ uint8 n; }};\n"))
                .collect()
        };
        let (before, behind) = (repeat(0), repeat(1000));
        format!("{before}{middle}\n{behind}protocol P {{ }};")
    }

    #[test]
    fn what_is_read_does_not_depend_on_the_number_of_threads() {
        for middle in [
            "",
            "struct Broken { uint8 ; };",
            "struct Broken {\n  uint8 n;\n",
            "protocol Early { };",
            "struct Large { uint8 n[99999999999999999999999]; };",
            "/* no end",
        ] {
            let text = text(middle);
            assert!(text.len() > 4 * PORTION);
            let alone = parse_with(&text, 1);
            assert!(alone.0.definitions.len() >= 1000, "{middle}");
            for threads in [2, 3] {
                let (file, found) = parse_with(&text, threads);
                assert_eq!(found, alone.1, "{middle}");
                assert_eq!(format!("{file:?}"), format!("{:?}", alone.0), "{middle}");
            }
        }
    }

    #[test]
    fn nothing_is_taken_behind_what_cannot_be_read() {
        let text = text("struct Broken { uint8 ; };");
        let source = Source {
            text: &text,
            truncated: false,
            commentary: super::super::Commentary::new(&text, &[]),
        };
        // One thread, because another may have got any distance ahead.
        let portions = portions(source, 1);
        let last = portions.last().and_then(|(_, portion)| portion.last());
        let (cut, _) = last.unwrap();
        let broken = text.find("struct Broken").unwrap();
        assert!((broken..broken + 2 * PORTION).contains(&cut.segment.end));
    }

    #[test]
    fn small_texts_get_no_thread() {
        assert_eq!(threads("struct S { };"), 0);
        assert_eq!(threads(&" ".repeat(2 * LEAST_PER_THREAD - 1)), 1);
    }
}
