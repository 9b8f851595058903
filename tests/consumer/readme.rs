//! The recipe of the readme: the crate that it shows is built and run as it stands.

use std::fs;

use crate::krate::{Krate, checkout};

/// The readme's files and commands of a section, in order: the name of a file, or a command, and its text.
struct Recipe {
    files: Vec<(String, String)>,
    consoles: Vec<String>,
}

impl Recipe {
    fn read(section: &str) -> Self {
        let readme = fs::read_to_string(checkout().join("README.md")).expect("README.md");
        let (_, text) = readme
            .split_once(&format!("\n## {section}\n"))
            .expect("the section exists");
        let text = text.split("\n## ").next().unwrap_or_default();
        let (mut files, mut consoles) = (Vec::new(), Vec::new());
        let mut name = None;
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if let Some(language) = line.strip_prefix("```") {
                let block = lines.by_ref().take_while(|line| *line != "```");
                let block: String = block.map(|line| format!("{line}\n")).collect();
                match name.take() {
                    Some(name) => files.push((name, block)),
                    None => {
                        assert_eq!(language, "console", "a block has no file name");
                        consoles.push(block);
                    }
                }
            } else if !line.is_empty() {
                name = line
                    .strip_prefix('`')
                    .and_then(|line| line.strip_suffix("`:"))
                    .map(ToOwned::to_owned);
            }
        }
        Self { files, consoles }
    }
}

#[test]
fn recipe_for_an_own_proto_prints_what_the_readme_shows() {
    let recipe = Recipe::read("Your own proto");
    let krate = Krate::empty("readme-chat");
    for (name, text) in &recipe.files {
        // The readme's crate lies beside the repository.
        let checkout = checkout().display().to_string().replace('\\', "/");
        krate.write(
            name,
            &text.replace("../spice-proto/", &format!("{checkout}/")),
        );
    }
    // The crate is tested inside of the repository's folder, but is no part of its workspace.
    let manifest = fs::read_to_string(krate.path("Cargo.toml")).expect("Cargo.toml");
    krate.write("Cargo.toml", &format!("{manifest}\n[workspace]\n"));
    let names: Vec<&str> = recipe.files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["Cargo.toml", "proto/chat.proto", "build.rs", "src/main.rs"]
    );
    let output = krate.cargo(&["run", "--quiet"]);
    assert!(output.success, "{}", output.stderr);
    let shown = recipe.consoles.last().expect("a console block");
    assert_eq!(format!("$ cargo run --quiet\n{}", output.stdout), *shown);
}
