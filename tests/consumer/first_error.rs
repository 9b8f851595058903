//! Mistakes in a crate with generated code: the first error names the cause.

use crate::krate::Krate;

/// Returns the errors that rustc and the build script report, without cargo's last line.
fn errors(stderr: &str) -> Vec<&str> {
    let errors = stderr.lines().filter(|line| line.starts_with("error"));
    errors
        .filter(|line| !line.starts_with("error: could not compile"))
        .collect()
}

const RUNTIME: &str = "spice-wire = { path = \"CHECKOUT/spice-wire\", default-features = false }\n";

fn dependency() -> String {
    let checkout = crate::krate::checkout().display().to_string();
    RUNTIME.replace("CHECKOUT", &checkout.replace('\\', "/"))
}

fn build_with(settings: &str) -> String {
    format!(
        "fn main() {{
            let config = spice_proto_gen::Config::new(){settings};
            spice_proto_gen::compile_with(&config, \"proto/gadget.proto\");
        }}"
    )
}

#[test]
fn missing_runtime_is_the_only_error() {
    let krate = Krate::new("error-runtime");
    krate.replace("Cargo.toml", &dependency(), "");
    krate.replace("Cargo.toml", "[\"spice-wire/std\"]", "[]");
    for settings in ["", ".serde(true).arbitrary(true)"] {
        krate.write("build.rs", &build_with(settings));
        let stderr = krate.check_fails();
        let expected = ["error[E0432]: unresolved import `spice_wire`"];
        assert_eq!(errors(&stderr), expected, "{stderr}");
    }
}

#[test]
fn missing_feature_of_the_runtime_is_the_only_error() {
    let krate = Krate::new("error-feature");
    for (settings, module, note) in [
        (".serde(true)", "serde", "serde"),
        (".arbitrary(true)", "arbitrary", "arbitrary"),
        (".serde(true).arbitrary(true)", "serde", "serde, arbitrary"),
    ] {
        krate.write("build.rs", &build_with(settings));
        let stderr = krate.check_fails();
        let import = format!("unresolved import `self::__runtime::__private::feature_{module}`");
        assert_eq!(
            errors(&stderr),
            [format!("error[E0432]: {import}")],
            "{stderr}"
        );
        let note = format!("// needs features of spice-wire: {note}\n");
        assert!(stderr.contains(&note), "{stderr}");
        assert!(stderr.contains("is gated behind the"), "{stderr}");
    }
    // With the first of two features, the error names the second.
    krate.replace(
        "Cargo.toml",
        "default-features = false",
        "features = [\"serde\"]",
    );
    let stderr = krate.check_fails();
    let import = "unresolved import `self::__runtime::__private::feature_serde::feature_arbitrary`";
    assert_eq!(
        errors(&stderr),
        [format!("error[E0432]: {import}")],
        "{stderr}"
    );
}

#[test]
fn main_that_returns_the_error_prints_the_report() {
    let krate = Krate::new("error-main");
    krate.write(
        "build.rs",
        "use spice_proto_gen::diagnostic::{Code, Level};
        fn main() -> Result<(), Box<dyn std::error::Error>> {
            let config = spice_proto_gen::Config::new().level(Code::NotPortable, Level::Allow);
            config.compile_protos(&[\"proto/gadget.proto\", \"proto/absent.proto\"])?;
            Ok(())
        }",
    );
    krate.replace("proto/gadget.proto", "uint8 self;", "uint9 self;");
    krate.replace("proto/gadget.proto", "2nd @deprecated", "2nd");
    let stderr = krate.check_fails();
    let folder = krate.path("");
    let proto = folder.join("proto/gadget.proto");
    let position = stderr.find("Error: error[E0102]: there is no type `uint9`");
    let report: Vec<&str> = match position {
        Some(position) => stderr[position..].lines().map(str::trim).collect(),
        None => panic!("{stderr}"),
    };
    assert_eq!(
        report.get(1),
        Some(&"--> proto/gadget.proto:49:15"),
        "{stderr}"
    );
    let tally = format!("1 error in {}", proto.display());
    assert!(report.contains(&&*tally), "{stderr}");
    // Cargo's lines, each once.
    let package = "error: error-main@0.1.0: ";
    let lines: Vec<_> = stderr
        .lines()
        .filter_map(|line| line.strip_prefix(package))
        .collect();
    let [unknown, absent] = *lines else {
        panic!("{stderr}");
    };
    assert!(unknown.starts_with("proto/gadget.proto:49:15: there is no type `uint9` (E0102)"));
    let relative = format!(
        "cannot read proto/absent.proto (relative to {}): ",
        folder.display().to_string().trim_end_matches(['/', '\\'])
    );
    assert!(absent.starts_with(&relative), "{absent} {relative}");
}

#[test]
fn included_file_that_was_not_generated_is_named() {
    let krate = Krate::new("error-include");
    krate.replace(
        "src/lib.rs",
        "include!(concat!(env!(\"OUT_DIR\"), \"/gadget.rs\"))",
        "spice_wire::include_proto!(\"gadgte\")",
    );
    let stderr = krate.check_fails();
    let errors = errors(&stderr);
    assert!(
        errors.len() == 1 && stderr.contains("gadgte.rs"),
        "{stderr}"
    );
    // Without a build script there is no OUT_DIR.
    krate.write("build.rs", "");
    krate.replace(
        "Cargo.toml",
        "edition = \"2021\"",
        "edition = \"2021\"\nbuild = false",
    );
    let stderr = krate.check_fails();
    assert!(
        stderr.contains("needs a build script that calls `spice_proto_gen::compile`"),
        "{stderr}"
    );
}
