//! Documentation of definitions, fields and messages.

/// The text of the comments that document an item, without comment delimiters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Docs(Option<Box<str>>);

impl Docs {
    /// Documentation with these lines.
    #[must_use]
    pub fn new(lines: &[&str]) -> Self {
        Self((!lines.is_empty()).then(|| lines.join("\n").into()))
    }

    /// The lines, without line ends.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|text| text.split('\n'))
    }

    /// Whether there is no comment.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}
