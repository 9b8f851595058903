//! Source text to syntax tree.
//!
//! The text is looked through once for comments and for what can stand nowhere (`scan`), cut
//! where definitions end (`segment`), and each piece is parsed by a pest grammar and made
//! into a tree (`build`). A piece that does not parse is reported (`expected`) and left out.

mod ahead;
mod build;
mod combine;
mod docs;
mod expected;
pub(crate) mod nearest;
mod scan;
mod segment;
#[cfg(test)]
mod tests;

use pest::Parser;

use self::ahead::Ahead;
use self::docs::Commentary;
use self::grammar::{Grammar, Rule};
use self::scan::{Scanner, Token};
use self::segment::Segment;
use crate::ast::{Definition, File, Name, Protocol};
use crate::diagnostic::{Code, Diagnostic, sort_by_place};
use crate::span::Span;

/// The parser that pest makes of `grammar.pest`. It is kept in the repository, so that those who use
/// this crate need not build pest's own compiler; `tests/grammar.rs` writes it anew.
#[expect(dead_code, reason = "it has a function that lists all rules")]
mod grammar {
    use super::combine::{Chain, Combine};

    pub(super) struct Grammar;

    include!("grammar.rs");
}

/// The largest file that is read.
pub const MAX_FILE_SIZE: usize = 64 << 20;

/// The text of a file.
///
/// # Errors
/// A finding at the first byte that is not UTF-8.
#[expect(clippy::result_large_err, reason = "there is at most one for a file")]
pub fn decode(bytes: &[u8]) -> Result<&str, Diagnostic> {
    str::from_utf8(bytes).map_err(|error| {
        let start = error.valid_up_to();
        let end = match error.error_len() {
            Some(length) => start.saturating_add(length),
            None => bytes.len(),
        };
        let message = format!("the file is not UTF-8 text: byte {start} is no part of a character");
        Diagnostic::new(Code::InvalidUtf8, Span::new(start, end), message)
            .help("save the file as UTF-8")
    })
}

/// Reads a file, all of it that can be read.
///
/// Every definition that is wrong is reported and left out of the tree; findings come in the order of
/// their places. A number that does not fit in 64 bits is reported and stands in the tree as the nearest that does.
#[must_use]
pub fn parse(source: &str) -> (File<'_>, Vec<Diagnostic>) {
    parse_with(source, ahead::threads(source))
}

/// The same with as many threads.
fn parse_with(source: &str, threads: usize) -> (File<'_>, Vec<Diagnostic>) {
    if source.len() > MAX_FILE_SIZE {
        let message = format!("the file is larger than {} MiB", MAX_FILE_SIZE >> 20);
        let finding = Diagnostic::new(Code::FileTooLarge, Span::default(), message)
            .help("most likely it is no proto");
        return (File::default(), vec![finding]);
    }
    let survey = scan::survey(source);
    // Behind an unclosed comment there is nothing to be read.
    let text = source
        .get(..survey.unclosed.unwrap_or(source.len()))
        .unwrap_or(source);
    let source = Source {
        text,
        truncated: survey.unclosed.is_some(),
        commentary: Commentary::new(text, &survey.comments),
    };
    let mut reader = Reader {
        text,
        source,
        ahead: Ahead::parse(source, threads),
        definitions: Vec::new(),
        protocol: None,
        broken: Vec::new(),
        breaks_off: survey.unclosed.is_some(),
        protocol_place: None,
        reported_behind: false,
        diagnostics: survey.diagnostics,
    };
    reader.read_all();
    let Reader {
        definitions,
        protocol,
        broken,
        mut diagnostics,
        ..
    } = reader;
    sort_by_place(&mut diagnostics, |span| span);
    let file = File {
        definitions,
        protocol,
        broken,
        comments: survey.comments,
    };
    (file, diagnostics)
}

/// What stands at the top level of a file.
enum Entry<'s> {
    Definition(Definition<'s>),
    Protocol(Protocol<'s>),
}

/// What definitions are read from.
#[derive(Clone, Copy)]
struct Source<'s, 'c> {
    /// The text, up to a comment that is never closed.
    text: &'s str,
    /// Whether there is such a comment.
    truncated: bool,
    commentary: Commentary<'s, 'c>,
}

/// What was found in a definition.
struct Parsed<'s> {
    /// Nothing if it cannot be read.
    entry: Option<Entry<'s>>,
    diagnostics: Vec<Diagnostic>,
}

impl<'s> Source<'s, '_> {
    fn read(self, segment: Segment) -> Parsed<'s> {
        let mut diagnostics = Vec::new();
        let entry = self.entry(segment, &mut diagnostics);
        Parsed { entry, diagnostics }
    }

    fn entry(self, segment: Segment, diagnostics: &mut Vec<Diagnostic>) -> Option<Entry<'s>> {
        if let Some(brace) = segment.too_deep {
            let message = format!("bodies are nested deeper than {}", segment::MAX_DEPTH);
            diagnostics.push(
                Diagnostic::new(Code::TooDeep, brace, message)
                    .label("one too many")
                    .help("define the inner structs above, each with a name of its own"),
            );
            return None;
        }
        let start = segment.first.span.start;
        let piece = self.text.get(start..segment.end)?;
        match Grammar::parse(Rule::entry, piece) {
            Ok(pairs) => {
                let entry = build::entry(pairs, start, self.commentary, diagnostics);
                if entry.is_none() {
                    let span = Span::new(start, segment.end);
                    let message = "this definition cannot be read";
                    diagnostics.push(Diagnostic::new(Code::Syntax, span, message));
                }
                entry
            }
            Err(error) => {
                let finding = expected::syntax_error(self.text, self.truncated, segment, &error);
                diagnostics.extend(finding);
                None
            }
        }
    }
}

/// Reads one definition after the other.
struct Reader<'s, 'c> {
    text: &'s str,
    source: Source<'s, 'c>,
    ahead: Ahead<'s>,
    definitions: Vec<Definition<'s>>,
    protocol: Option<Protocol<'s>>,
    /// What the definitions that could not be read define.
    broken: Vec<Name<'s>>,
    /// Whether the text ends inside of something, so that more may have been meant to follow.
    breaks_off: bool,
    /// Where the protocol is, readable or not.
    protocol_place: Option<Span>,
    /// Whether it was said that something stands behind the protocol.
    reported_behind: bool,
    diagnostics: Vec<Diagnostic>,
}

impl<'s> Reader<'s, '_> {
    fn read_all(&mut self) {
        let mut position = 0;
        while let Some((segment, parsed)) = self.next(position) {
            position = segment.end;
            let place = self.protocol_place;
            if let Some(place) = place
                && !self.goes_on_behind(place, segment.first)
            {
                break;
            }
            let parsed = parsed.unwrap_or_else(|| self.source.read(segment));
            self.diagnostics.extend(parsed.diagnostics);
            match parsed.entry {
                Some(Entry::Definition(definition)) => self.definitions.push(definition),
                Some(Entry::Protocol(protocol)) => {
                    self.protocol_place.get_or_insert(protocol.name.span);
                    self.protocol.get_or_insert(protocol);
                }
                None => {
                    position = segment::resume(self.text, position);
                    self.note_lost(segment, position);
                }
            }
        }
        if self.protocol_place.is_none() && !self.breaks_off {
            let end = Span::new(self.text.len(), self.text.len());
            self.diagnostics.push(
                Diagnostic::new(Code::MissingProtocol, end, "the file has no protocol")
                    .help("end it with `protocol NAME { … };`, which lists the channels"),
            );
        }
    }

    /// Reports what stands behind the protocol. Whether to read it nevertheless.
    fn goes_on_behind(&mut self, protocol: Span, first: Token) -> bool {
        let keyword = first.text(self.text);
        let second = keyword == "protocol";
        if second || !self.reported_behind {
            self.reported_behind = true;
            let message = match second {
                true => "a file has only one protocol",
                false => "the protocol must be the last definition of the file",
            };
            self.diagnostics.push(
                Diagnostic::new(Code::AfterProtocol, first.span, message)
                    .label("stands after the protocol")
                    .also(protocol, "the protocol is here")
                    .help(match second {
                        true => "list all channels in one",
                        false => "move it above the protocol",
                    }),
            );
        }
        nearest::DEFINITION_KEYWORDS.contains(&keyword)
    }

    /// The definition that begins behind `from`, and what was found in it if it was parsed ahead.
    fn next(&mut self, from: usize) -> Option<(Segment, Option<Parsed<'s>>)> {
        match self.ahead.take(from) {
            Some((segment, parsed)) => Some((segment, Some(parsed))),
            None => Some((segment::next_segment(self.text, from)?, None)),
        }
    }

    /// Remembers what is defined in what could not be read up to `end`, so that it is not
    /// reported missing.
    fn note_lost(&mut self, segment: Segment, end: usize) {
        let first = segment.first;
        if expected::intended_keyword(self.text, first) == Some("protocol") {
            self.protocol_place.get_or_insert(first.span);
        }
        if !segment.closed && segment.end == self.text.len() {
            self.breaks_off = true;
        }
        let mut scanner = Scanner::new(self.text, first.span.start);
        // Whether a name stands behind the token before: the first may be a misspelled keyword.
        let mut names = false;
        while let Some(token) = scanner.token().filter(|token| token.span.end <= end) {
            let text = token.text(self.text);
            if token.opens_line && text == "protocol" {
                self.protocol_place.get_or_insert(token.span);
            }
            if names && token.is_word() {
                self.broken.push(Name {
                    text,
                    span: token.span,
                });
            }
            names = token == first || nearest::DEFINITION_KEYWORDS.contains(&text);
        }
    }
}
