//! Looks through the whole file once, for all passes that look for one thing all over it.

use super::attributes;
use super::names::{Collector, Kind, Names};
use super::nearest::Nearest;
use super::portable::Portable;
use super::usage::Undocumented;
use super::walk::{Place, Visitor, walk};
use crate::ast::{Attribute, ChannelMessage, File, Name, Number};
use crate::diagnostic::Diagnostic;

/// The names of a file, and what these passes find, one pass after the other: a large file is larger
/// than what the processor keeps at hand, so each walk takes as long as the memory takes.
pub(super) fn survey<'a>(file: &'a File<'a>, nearest: &Nearest) -> (Names<'a>, Vec<Diagnostic>) {
    let mut survey = Survey {
        names: Collector::new(file),
        attributes: attributes::Checker::new(nearest),
        portable: Portable::default(),
        undocumented: Undocumented::default(),
    };
    walk(file, &mut survey);
    let Collector { names, findings } = survey.names;
    let mut all = findings;
    all.extend(survey.attributes.findings);
    all.extend(survey.portable.findings);
    all.extend(survey.undocumented.findings);
    (names, all)
}

/// Shows each pass what it looks for.
struct Survey<'a, 'n> {
    names: Collector<'a>,
    attributes: attributes::Checker<'n>,
    portable: Portable,
    undocumented: Undocumented,
}

impl<'a> Visitor<'a> for Survey<'a, '_> {
    fn name(&mut self, kind: Kind, name: &'a Name<'a>) {
        self.names.name(kind, name);
    }

    fn attributes(&mut self, place: Place, attributes: &'a [Attribute<'a>]) {
        self.attributes.attributes(place, attributes);
    }

    fn number(&mut self, number: &'a Number) {
        self.portable.number(number);
    }

    fn message(&mut self, message: &'a ChannelMessage<'a>) {
        self.undocumented.message(message);
    }
}
