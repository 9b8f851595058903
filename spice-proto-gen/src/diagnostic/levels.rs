//! Lint levels: the severity that the user chooses for each code.

use std::collections::BTreeMap;
use std::fmt;

use super::{Code, Diagnostic, Severity};

/// The lint level of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Diagnostics are dropped.
    Allow,
    /// Diagnostics are warnings.
    Warn,
    /// Diagnostics are errors.
    Deny,
}

/// The lint level of every code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels(BTreeMap<Code, Level>);

impl Levels {
    /// Sets the level of a code. Ignored for errors that [cannot be lowered](Self::can_be_lowered).
    pub fn set(&mut self, code: Code, level: Level) {
        self.0.insert(code, level);
    }

    /// Returns whether a code may be a warning or allowed: all warnings, and
    /// [`Code::DuplicateMessageId`].
    #[must_use]
    pub fn can_be_lowered(code: Code) -> bool {
        code.severity() == Severity::Warning || code == Code::DuplicateMessageId
    }

    /// Checks that [`set`](Self::set) would accept a level.
    ///
    /// # Errors
    ///
    /// Fails for any level below [`Level::Deny`] if the code cannot be lowered.
    pub fn check(code: Code, level: Level) -> Result<(), FixedLevel> {
        if level == Level::Deny || Self::can_be_lowered(code) {
            Ok(())
        } else {
            Err(FixedLevel(code))
        }
    }

    /// The effective level of a code.
    #[must_use]
    pub fn of(&self, code: Code) -> Level {
        let default = match code {
            Code::UnusedType | Code::Undocumented => Level::Allow,
            _ if code.severity() == Severity::Warning => Level::Warn,
            _ => Level::Deny,
        };
        match self.0.get(&code) {
            Some(level) if Self::can_be_lowered(code) => *level,
            _ => default,
        }
    }

    /// Sets the severity of each diagnostic and drops it if its level is [`Level::Allow`].
    #[must_use]
    pub fn apply(&self, mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
        diagnostics.retain_mut(|diagnostic| {
            diagnostic.severity = match self.of(diagnostic.code) {
                Level::Allow => return false,
                Level::Warn => Severity::Warning,
                Level::Deny => Severity::Error,
            };
            true
        });
        diagnostics
    }
}

/// The error of [`Levels::check`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedLevel(Code);

impl fmt::Display for FixedLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(code) = self;
        let title = code.title();
        write!(
            f,
            "{code} ({title}) is always an error; these codes can be lowered:"
        )?;
        let codes = Code::ALL.iter().copied();
        let mut codes = codes.filter(|code| Levels::can_be_lowered(*code));
        codes.try_for_each(|code| write!(f, " {code}"))
    }
}

impl std::error::Error for FixedLevel {}
