//! What to make of each code: the severity that a user gave it.

use std::collections::BTreeMap;
use std::fmt;

use crate::codes::Code;
use crate::diagnostic::{Diagnostic, Severity};

/// What to do with the findings of one code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Say nothing.
    Allow,
    /// A warning.
    Warn,
    /// An error.
    Deny,
}

/// The level of each code: its own unless another was set.
#[derive(Clone, Debug, Default)]
pub struct Levels(BTreeMap<Code, Level>);

impl Levels {
    /// Sets the level of a code. Errors other than those of [`Levels::can_be_lowered`] stay errors.
    pub fn set(&mut self, code: Code, level: Level) {
        self.0.insert(code, level);
    }

    /// Whether an error of this code leaves a proto that still has a meaning.
    #[must_use]
    pub fn can_be_lowered(code: Code) -> bool {
        code.severity() == Severity::Warning || code == Code::DuplicateMessageId
    }

    /// Whether findings of a code can have a level.
    ///
    /// # Errors
    /// If they are errors that leave no meaning, which cannot be lowered.
    pub fn check(code: Code, level: Level) -> Result<(), FixedLevel> {
        match level == Level::Deny || Self::can_be_lowered(code) {
            true => Ok(()),
            false => Err(FixedLevel(code)),
        }
    }

    /// The level in force.
    #[must_use]
    pub fn of(&self, code: Code) -> Level {
        let own = match code {
            Code::UnusedType | Code::Undocumented => Level::Allow,
            _ if code.severity() == Severity::Warning => Level::Warn,
            _ => Level::Deny,
        };
        match self.0.get(&code) {
            Some(level) if Self::can_be_lowered(code) => *level,
            _ => own,
        }
    }

    /// Gives each finding its severity and drops the silenced ones.
    #[must_use]
    pub fn apply(&self, findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
        findings
            .into_iter()
            .filter_map(|mut finding| {
                finding.severity = match self.of(finding.code) {
                    Level::Allow => return None,
                    Level::Warn => Severity::Warning,
                    Level::Deny => Severity::Error,
                };
                Some(finding)
            })
            .collect()
    }
}

/// An error that cannot be made anything less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedLevel(Code);

impl fmt::Display for FixedLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} ({}) is always an error: a proto that has it means nothing",
            self.0,
            self.0.title()
        )?;
        let mut can = Code::ALL
            .iter()
            .filter(|code| Levels::can_be_lowered(**code));
        f.write_str("; these can be changed:")?;
        can.try_for_each(|code| write!(f, " {code}"))
    }
}

impl std::error::Error for FixedLevel {}
