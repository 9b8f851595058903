//! The parser that pest derives from `grammar.pest`.

/// Parses one definition with the rule `entry`.
#[derive(pest_derive::Parser)]
#[grammar = "syntax/grammar.pest"]
pub(super) struct Grammar;
