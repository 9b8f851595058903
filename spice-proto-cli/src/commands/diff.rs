//! `diff`: what changed between two versions of a proto, and whom it breaks.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use spice_proto_gen::Analysis;
use spice_proto_gen::diagnostic::Style;
use spice_proto_gen::diff::{
    Change, ChangeCode, Impact, Text, Version, compare, render, to_json_lines,
};

use crate::arguments::{MessageFormat, Reporting, Settings};
use crate::files::Source;
use crate::output::{Outcome, Reporter, Stream, is_colored, print, print_error, print_note};

/// The arguments of `diff`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The old version: a file, `-` for standard input, or `git:REV:PATH`
    old: PathBuf,
    /// The new version
    new: PathBuf,
    /// Show changes of at least this impact
    #[arg(long, value_name = "IMPACT", default_value = "source-only")]
    level: ImpactArgument,
    /// Exit with status 1 if there are changes of at least this impact
    #[arg(long, value_name = "IMPACT", default_value = "breaking")]
    fail: ImpactArgument,
    /// Ignore changes with this code, such as C0301; may be repeated
    #[arg(long, value_name = "CODE")]
    ignore: Vec<ChangeCode>,
    #[command(flatten)]
    reporting: Reporting,
}

const EXAMPLES: &str = "\
Examples:
  spice-proto diff old.proto new.proto
  spice-proto diff git:HEAD:./spice.proto spice.proto --level breaking";

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ImpactArgument {
    /// Names and types that do not change a byte
    SourceOnly,
    /// Additions that peers with the old version do not use
    Compatible,
    /// Changes with which a peer misreads messages of the other version
    Breaking,
}

impl From<ImpactArgument> for Impact {
    fn from(argument: ImpactArgument) -> Self {
        match argument {
            ImpactArgument::SourceOnly => Self::Source,
            ImpactArgument::Compatible => Self::Compatible,
            ImpactArgument::Breaking => Self::Breaking,
        }
    }
}

/// Compares two versions.
pub fn run(arguments: &Arguments, settings: &Settings) -> Outcome {
    let is_standard = |path: &Path| path.as_os_str() == "-";
    if is_standard(&arguments.old) && is_standard(&arguments.new) {
        return print_error(&"only one version can be standard input");
    }
    let mut reporter = Reporter::new(&arguments.reporting, settings.color, Stream::Error);
    let mut outcome = Outcome::Success;
    let mut versions = Vec::new();
    for path in [&arguments.old, &arguments.new] {
        match Source::read_or_show(path) {
            Ok(source) => {
                let analysis = Analysis::new(source.text(), &settings.levels);
                outcome = outcome.and(reporter.report_errors(&source, &analysis.diagnostics));
                versions.push((source, analysis));
            }
            Err(error) => outcome = outcome.and(print_error(&error)),
        }
    }
    outcome = outcome.and(reporter.finish());
    let [(old_source, old), (new_source, new)] = versions.as_slice() else {
        return outcome;
    };
    let (Some(old_version), Some(new_version)) = (version(old), version(new)) else {
        return outcome;
    };
    let mut changes = compare(old_version, new_version);
    changes.retain(|change| !arguments.ignore.contains(&change.code));
    let has_impact = |change: &Change, least: ImpactArgument| change.code.impact() >= least.into();
    if changes
        .iter()
        .any(|change| has_impact(change, arguments.fail))
    {
        outcome = outcome.and(Outcome::Found);
    }
    changes.retain(|change| has_impact(change, arguments.level));
    let texts = [old_source, new_source].map(|source| String::from_utf8_lossy(source.text()));
    let [old, new] =
        [(old_source, &texts[0]), (new_source, &texts[1])].map(|(source, text)| Text {
            name: source.name(),
            source: text,
        });
    outcome.and(match arguments.reporting.message_format {
        MessageFormat::Json => print(&to_json_lines(&changes, old, new)),
        MessageFormat::Human => {
            let style = match is_colored(settings.color, Stream::Output) {
                true => Style::Colored,
                false => Style::Plain,
            };
            print(&render(&changes, old, new, style)).and(print_note(&tally(&changes)))
        }
    })
}

fn version(analysis: &Analysis) -> Option<Version<'_>> {
    let model = analysis.model.as_ref()?;
    Some(Version {
        model,
        spans: &analysis.spans,
    })
}

/// The number of changes of each impact.
fn tally(changes: &[Change]) -> String {
    let mut text = String::new();
    for impact in [Impact::Breaking, Impact::Compatible, Impact::Source] {
        let found = changes
            .iter()
            .filter(|change| change.code.impact() == impact);
        let count = found.count();
        if count > 0 {
            let comma = if text.is_empty() { "" } else { ", " };
            let plural = if count == 1 { "" } else { "s" };
            // Writing to a string cannot fail.
            let _ = write!(text, "{comma}{count} {impact} change{plural}");
        }
    }
    text
}
