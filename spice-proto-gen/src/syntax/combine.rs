//! pest's combinators, each compiled once and not anew for each of the hundreds of places where the
//! grammar uses it: that would be a sixth of what it takes to build this crate.

use pest::{Atomicity, ParseResult, ParserState};

use super::grammar::Rule;

type State<'i> = Box<ParserState<'i, Rule>>;
type Step<'i> = fn(State<'i>) -> ParseResult<State<'i>>;

/// Methods of `ParserState`, under other names because those of a type itself come first.
pub(super) trait Combine<'i>: Sized {
    fn a_rule(self, rule: Rule, step: Step<'i>) -> ParseResult<Self>;
    fn a_sequence(self, step: Step<'i>) -> ParseResult<Self>;
    fn a_repeat(self, step: Step<'i>) -> ParseResult<Self>;
    fn an_optional(self, step: Step<'i>) -> ParseResult<Self>;
    fn a_lookahead(self, is_positive: bool, step: Step<'i>) -> ParseResult<Self>;
    fn an_atomic(self, atomicity: Atomicity, step: Step<'i>) -> ParseResult<Self>;
}

impl<'i> Combine<'i> for State<'i> {
    fn a_rule(self, rule: Rule, step: Step<'i>) -> ParseResult<Self> {
        self.rule(rule, step)
    }

    fn a_sequence(self, step: Step<'i>) -> ParseResult<Self> {
        self.sequence(step)
    }

    fn a_repeat(self, step: Step<'i>) -> ParseResult<Self> {
        self.repeat(step)
    }

    fn an_optional(self, step: Step<'i>) -> ParseResult<Self> {
        self.optional(step)
    }

    fn a_lookahead(self, is_positive: bool, step: Step<'i>) -> ParseResult<Self> {
        self.lookahead(is_positive, step)
    }

    fn an_atomic(self, atomicity: Atomicity, step: Step<'i>) -> ParseResult<Self> {
        self.atomic(atomicity, step)
    }
}

/// Methods of `Result`.
pub(super) trait Chain<'i> {
    fn and_next(self, step: Step<'i>) -> Self;
    fn or_instead(self, step: Step<'i>) -> Self;
}

impl<'i> Chain<'i> for ParseResult<State<'i>> {
    #[inline]
    fn and_next(self, step: Step<'i>) -> Self {
        self.and_then(step)
    }

    #[inline]
    fn or_instead(self, step: Step<'i>) -> Self {
        self.or_else(step)
    }
}
