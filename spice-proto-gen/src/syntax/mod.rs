//! Parses text to a syntax tree.
//!
//! `lexer` splits the text into tokens and comments, and `definitions` splits the tokens into
//! definitions. The pest grammar parses each definition on its own, and `tree` builds the syntax
//! tree from the result. `syntax_error` reports a definition that the grammar does not match.

mod definitions;
mod doc_comments;
mod grammar;
pub(crate) mod lexer;
mod syntax_error;
#[cfg(test)]
mod tests;
mod tree;

use pest::Parser as _;

use self::definitions::Chunk;
use self::doc_comments::DocComments;
use self::grammar::{Grammar, Rule};
use self::lexer::Token;
use self::tree::Entry;
use crate::ast::File;
use crate::diagnostic::{Code, Diagnostic, sort_by_place};
use crate::span::Span;

/// Upper bound on a file's size in bytes.
pub const MAX_FILE_SIZE: usize = 64 << 20;

/// Converts the bytes of a file to text.
///
/// # Errors
/// Returns a diagnostic for the first byte that is not UTF-8.
#[expect(clippy::result_large_err, reason = "a file has at most one")]
pub fn decode(bytes: &[u8]) -> Result<&str, Diagnostic> {
    str::from_utf8(bytes).map_err(|error| {
        let start = error.valid_up_to();
        let end = error
            .error_len()
            .map_or(bytes.len(), |length| start + length);
        let message = format!("the file is not valid UTF-8 at byte {start}");
        Diagnostic::new(Code::InvalidUtf8, Span::new(start, end), message)
            .help("save the file as UTF-8")
    })
}

/// Parses a file.
///
/// A broken definition is reported and left out of the tree. A number that does not fit in 64 bits
/// is reported and replaced by the nearest that does. Diagnostics are in the order of the text.
#[must_use]
pub fn parse(text: &str) -> (File<'_>, Vec<Diagnostic>) {
    if text.len() > MAX_FILE_SIZE {
        let message = format!("the file is larger than {} MiB", MAX_FILE_SIZE >> 20);
        let diagnostic = Diagnostic::new(Code::FileTooLarge, Span::default(), message)
            .help("this is probably not a proto");
        return (File::default(), vec![diagnostic]);
    }
    let lexed = lexer::lex(text);
    let mut parser = Parser {
        text,
        truncated: lexed.truncated,
        comments: DocComments::new(text, &lexed.comments),
        file: File::default(),
        protocol: None,
        after_protocol: false,
        incomplete: lexed.truncated,
        diagnostics: lexed.diagnostics,
    };
    parser.parse_definitions(&lexed.tokens);
    let (mut file, mut diagnostics) = (parser.file, parser.diagnostics);
    sort_by_place(&mut diagnostics, |span| span);
    file.comments = lexed.comments;
    (file, diagnostics)
}

struct Parser<'s, 'c> {
    text: &'s str,
    /// Whether the text ends in an unclosed comment.
    truncated: bool,
    comments: DocComments<'s, 'c>,
    file: File<'s>,
    /// Where the protocol is, even if it is broken.
    protocol: Option<Span>,
    /// Whether a definition after the protocol was reported.
    after_protocol: bool,
    /// Whether the text ends inside a definition or comment.
    incomplete: bool,
    diagnostics: Vec<Diagnostic>,
}

impl<'s> Parser<'s, '_> {
    fn parse_definitions(&mut self, mut tokens: &[Token]) {
        while let Some(chunk) = Chunk::first_of(self.text, tokens) {
            if let Some(protocol) = self.protocol {
                self.report_after_protocol(protocol, chunk.first);
                if !definitions::is_keyword(self.text, chunk.first) {
                    return;
                }
            }
            match self.parse_definition(&chunk) {
                Some(Entry::Definition(definition)) => {
                    self.file.definitions.push(definition);
                    tokens = chunk.rest;
                }
                Some(Entry::Protocol(protocol)) => {
                    self.protocol.get_or_insert(protocol.name.span);
                    self.file.protocol.get_or_insert(protocol);
                    tokens = chunk.rest;
                }
                None => {
                    self.incomplete |= !chunk.closed && chunk.rest.is_empty();
                    let rest = definitions::skip_to_definition(self.text, chunk.rest);
                    let (broken, _) = tokens.split_at(tokens.len() - rest.len());
                    self.record_broken(broken);
                    tokens = rest;
                }
            }
        }
        if self.protocol.is_none() && !self.incomplete {
            let end = Span::new(self.text.len(), self.text.len());
            self.diagnostics.push(
                Diagnostic::new(Code::MissingProtocol, end, "the file has no protocol")
                    .help("end it with `protocol NAME { … };`, which lists the channels"),
            );
        }
    }

    /// Parses one definition, or reports why it cannot be parsed.
    fn parse_definition(&mut self, chunk: &Chunk<'_>) -> Option<Entry<'s>> {
        if let Some(brace) = chunk.too_deep {
            let message = format!("bodies are nested deeper than {}", definitions::MAX_DEPTH);
            self.diagnostics.push(
                Diagnostic::new(Code::TooDeep, brace, message)
                    .label("exceeds the limit")
                    .help("define the inner structs above, each with its own name"),
            );
            return None;
        }
        let span = chunk.span();
        match Grammar::parse(Rule::entry, span.text(self.text)) {
            Ok(pairs) => Some(tree::build(
                pairs,
                span.start,
                self.comments,
                &mut self.diagnostics,
            )),
            Err(error) => {
                let diagnostic = syntax_error::report(self.text, self.truncated, chunk, &error);
                self.diagnostics.extend(diagnostic);
                None
            }
        }
    }

    /// Reports the first definition after the protocol, and every further protocol.
    fn report_after_protocol(&mut self, protocol: Span, first: Token) {
        let is_protocol = first.text(self.text) == "protocol";
        if self.after_protocol && !is_protocol {
            return;
        }
        self.after_protocol = true;
        let (message, help) = if is_protocol {
            (
                "a file has only one protocol",
                "list all channels in one protocol",
            )
        } else {
            (
                "the protocol must be the last definition of the file",
                "move it above the protocol",
            )
        };
        self.diagnostics.push(
            Diagnostic::new(Code::AfterProtocol, first.span, message)
                .label("after the protocol")
                .also(protocol, "the protocol is here")
                .help(help),
        );
    }

    /// Records the names that broken `tokens` define, so that they are not reported as missing.
    fn record_broken(&mut self, tokens: &[Token]) {
        let intended = tokens.first().filter(|first| {
            let keyword = syntax_error::intended_keyword(self.text, **first);
            keyword == Some("protocol")
        });
        let mut written = tokens
            .iter()
            .filter(|token| token.opens_line && token.text(self.text) == "protocol");
        if let Some(protocol) = intended.or_else(|| written.next()) {
            self.protocol.get_or_insert(protocol.span);
        }
        let names = definitions::defined_names(self.text, tokens);
        self.file.broken.extend(names);
    }
}
