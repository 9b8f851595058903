//! The path of the field that an error is about.

use core::fmt;

/// A step of a field path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// The name of a field.
    Field(&'static str),
    /// The index of an element.
    Element(usize),
}

impl From<&'static str> for Step {
    fn from(name: &'static str) -> Self {
        Self::Field(name)
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Self::Element(index)
    }
}

/// A name, or an index in brackets.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(name) => f.write_str(name),
            Self::Element(index) => write!(f, "[{index}]"),
        }
    }
}

/// The path of a field: names and indexes from the message to the field.
///
/// `Display` joins them: `data.src_bitmap.descriptor.type`, `rects[3].top`.
///
/// ```
/// use spice_wire::Step;
///
/// # let error = spice_wire::Reader::new(&[0; 6]).array::<[u16; 2], 2>("rects").unwrap_err();
/// let path = error.field();
/// assert_eq!(path.to_string(), "rects[1]");
/// assert!(path.starts_with(["rects"]));
/// assert!(path.starts_with([Step::from("rects"), Step::from(1)]));
/// assert_eq!(path.last(), Some(Step::Element(1)));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct FieldPath<'e>(
    /// Innermost step first.
    pub(crate) &'e [Step],
);

impl<'e> FieldPath<'e> {
    /// The steps from the message to the field.
    pub fn steps(
        self,
    ) -> impl DoubleEndedIterator<Item = Step> + ExactSizeIterator + Clone + use<'e> {
        self.0.iter().rev().copied()
    }

    /// The outermost field. `None` if the error is about the whole message.
    #[must_use]
    pub fn first(self) -> Option<Step> {
        self.0.last().copied()
    }

    /// The field or element that is invalid. `None` if the error is about the whole message.
    #[must_use]
    pub fn last(self) -> Option<Step> {
        self.0.first().copied()
    }

    /// Whether the path begins with these steps: names, indexes, or both as [`Step`].
    pub fn starts_with<S: Into<Step>>(self, steps: impl IntoIterator<Item = S>) -> bool {
        let mut own = self.steps();
        let mut steps = steps.into_iter();
        steps.all(|step| own.next() == Some(step.into()))
    }
}

impl fmt::Debug for FieldPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FieldPath({self})")
    }
}

impl fmt::Display for FieldPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for step in self.steps() {
            match step {
                Step::Field(_) => write!(f, "{separator}{step}")?,
                Step::Element(_) => write!(f, "{step}")?,
            }
            separator = ".";
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{string::ToString, vec::Vec};

    const STEPS: &[Step] = &[
        Step::Field("x"),
        Step::Field("box"),
        Step::Field("base"),
        Step::Element(3),
        Step::Field("list"),
    ];

    #[test]
    fn steps_run_from_the_message_to_the_field() {
        let path = FieldPath(STEPS);
        assert_eq!(path.steps().rev().collect::<Vec<_>>(), STEPS);
        assert_eq!(path.first(), Some(Step::Field("list")));
        assert_eq!(path.last(), Some(Step::Field("x")));
        assert_eq!(path.to_string(), "list[3].base.box.x");
    }

    #[test]
    fn path_starts_with_whole_steps() {
        let path = FieldPath(STEPS);
        assert!(path.starts_with(["list"]) && !path.starts_with(["li"]));
        let box_of_base = [Step::from("list"), 3.into(), "base".into(), "box".into()];
        assert!(path.starts_with(box_of_base));
        assert!(!path.starts_with([Step::from("list"), 4.into()]));
        assert!(!path.starts_with(path.steps().chain([Step::Element(0)])));
        assert!(path.starts_with(path.steps()));
        assert!(path.starts_with([""; 0]));
    }

    #[test]
    fn debug_output_is_the_path() {
        let path = alloc::format!("{:?}", FieldPath(STEPS));
        assert_eq!(path, "FieldPath(list[3].base.box.x)");
    }
}
