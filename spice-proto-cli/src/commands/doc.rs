//! `doc`: a static reference site.

use std::path::PathBuf;

use clap::Args;
use spice_proto_doc::{Chapter, generate};
use spice_proto_gen::model::Model;
use spice_proto_gen::write_if_changed;

use crate::arguments::Settings;
use crate::output::{Outcome, print_error};
use crate::protos::{self, ProtoFile};

/// The first page of the SPICE protocol.
const INTRODUCTION: &str = include_str!("../../doc/introduction.md");

/// The arguments of `doc`.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  spice-proto doc -o site && xdg-open site/index.html")]
pub struct Arguments {
    #[command(flatten)]
    proto: ProtoFile,
    /// The folder to write to; files whose contents do not change keep their time
    #[arg(short, long, value_name = "FOLDER")]
    output: PathBuf,
    /// The title of the site [default: the name of the protocol]
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
}

/// Writes the site.
pub fn run(arguments: &Arguments, settings: &Settings) -> Outcome {
    match arguments.proto.model(settings) {
        Ok(model) => write(arguments, settings, &model),
        Err(outcome) => outcome,
    }
}

fn write(arguments: &Arguments, settings: &Settings, model: &Model) -> Outcome {
    let title = arguments.title.clone().unwrap_or_default();
    let chapter = Chapter::new(model).title(title);
    let link;
    let chapters = if arguments.proto.is_built_in() {
        link = match protos::link(settings) {
            Ok(link) => link,
            Err(outcome) => return outcome,
        };
        vec![
            chapter.introduction(INTRODUCTION),
            Chapter::new(&link).title("Link stage").folder("link"),
        ]
    } else {
        vec![chapter]
    };
    for file in generate(&chapters) {
        if let Err(error) = write_if_changed(&arguments.output.join(&file.path), &file.text) {
            return print_error(&error);
        }
    }
    Outcome::Success
}
