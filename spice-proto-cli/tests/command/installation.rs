//! Completion scripts and manual pages name every subcommand.

use std::fs;

use crate::support::{folder, run};

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
