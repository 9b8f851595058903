//! Completion scripts, manual pages and the pages of the repository name every subcommand and its options.

use std::collections::BTreeSet;
use std::fs;

use crate::support::{folder, repository, run};

/// The subcommands that the help lists.
fn subcommands() -> Vec<String> {
    let help = run(&["--help"]).stdout;
    let (_, commands) = help.split_once("Commands:\n").unwrap();
    let (commands, _) = commands.split_once("\n\n").unwrap();
    let names = commands
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    let names: Vec<_> = names.filter(|name| !name.is_empty()).collect();
    assert!(names.contains(&"check"), "{help}");
    let own = names.into_iter().filter(|name| *name != "help");
    own.map(str::to_owned).collect()
}

#[test]
fn completion_scripts_name_every_subcommand() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = run(&["completions", shell]);
        assert_eq!((script.status, script.stderr.as_str()), (0, ""));
        for name in subcommands() {
            assert!(script.stdout.contains(&name), "{shell}: {name}");
        }
    }
}

#[test]
fn every_subcommand_has_a_manual_page() {
    let folder = folder("man").join("man1");
    let ran = run(&["man".as_ref(), folder.as_os_str()]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    let main = fs::read_to_string(folder.join("spice-proto.1")).unwrap();
    for name in subcommands() {
        assert!(main.contains(&name), "{name}");
        let page = fs::read_to_string(folder.join(format!("spice-proto-{name}.1"))).unwrap();
        assert!(page.contains("Example"), "{name}");
    }
}

#[test]
fn every_subcommand_shows_an_example_in_its_help() {
    for name in subcommands() {
        let help = run(&[name.as_str(), "--help"]).stdout;
        let (_, examples) = help.split_once("\nExample").unwrap();
        assert!(examples.contains(&format!("spice-proto {name}")), "{help}");
    }
}

#[test]
fn manual_pages_need_a_folder() {
    let folder = folder("man_file");
    fs::write(folder.join("file"), "").unwrap();
    let ran = run(&["man".as_ref(), folder.join("file").as_os_str()]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("cannot write to"), "{}", ran.stderr);
}

/// Options of many subcommands, which the readme describes.
const COMMON: [&str; 7] = [
    "--allow",
    "--color",
    "--deny",
    "--help",
    "--message-format",
    "--output",
    "--warn",
];

/// The long options in a text.
fn options(text: &str) -> BTreeSet<&str> {
    let is_option = |word: &&str| word.len() > 2 && word.starts_with("--");
    let is_part = |letter: char| letter.is_ascii_lowercase() || letter == '-';
    text.split(|letter: char| !is_part(letter))
        .filter(is_option)
        .collect()
}

#[test]
fn page_of_every_subcommand_has_its_options_and_no_others() {
    let mut help = String::new();
    for name in subcommands() {
        let own = run(&[name.as_str(), "--help"]).stdout;
        help += &own;
        // A page that `completions` and `man` share.
        let page = name.replace("man", "completions");
        let path = format!("docs/command/{page}.md");
        let text = fs::read_to_string(repository().join(&path)).unwrap();
        let missing: Vec<_> = options(&own).difference(&options(&text)).copied().collect();
        let missing: Vec<_> = missing
            .iter()
            .filter(|name| !COMMON.contains(name))
            .collect();
        assert!(missing.is_empty(), "{path} lacks {missing:?}");
        for code in text.split('`').skip(1).step_by(2) {
            if code.starts_with("--") {
                let unknown: Vec<_> = options(code).difference(&options(&own)).copied().collect();
                assert!(unknown.is_empty(), "{path} has {unknown:?}");
            }
        }
    }
    let readme = fs::read_to_string(repository().join("spice-proto-cli/README.md")).unwrap();
    let all = options(&help);
    let named = options(&readme);
    assert!(named.is_subset(&all), "{:?}", named.difference(&all));
    let missing: Vec<_> = COMMON
        .iter()
        .filter(|name| !named.contains(*name))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn readmes_name_every_subcommand() {
    for path in ["README.md", "spice-proto-cli/README.md"] {
        let text = fs::read_to_string(repository().join(path)).unwrap();
        for name in subcommands() {
            let is_named = [format!("`{name}`"), format!("spice-proto {name} ")];
            assert!(
                is_named.iter().any(|form| text.contains(form)),
                "{path}: {name}"
            );
        }
    }
}
