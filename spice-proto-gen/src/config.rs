//! Settings of the Rust generator, and the entry points for build scripts.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use quote::quote;

use crate::analysis::Analysis;
use crate::backend::rust::{self, Options};
use crate::diagnostic::{Code, Diagnostic, Level, Levels, to_lines};
use crate::error::Error;
use crate::model::{Model, Side};

/// Settings of the Rust generator.
///
/// ```
/// let text = "channel Echo { server: message { uint32 n; } tick; }; protocol P { Echo echo = 7; };";
/// let rust = spice_proto_gen::Config::new()
///     .derive("echo::server::Tick", "PartialOrd")
///     .generate("echo.proto", text.as_bytes())
///     .unwrap();
/// assert!(rust.text.contains("pub struct Tick"));
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Config {
    out_dir: Option<PathBuf>,
    file_name: Option<PathBuf>,
    levels: Levels,
    options: Options,
}

/// Generated Rust.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct Generated {
    /// The Rust source text.
    pub text: String,
    /// The warnings about the proto.
    pub warnings: Vec<Diagnostic>,
}

impl Config {
    /// The default settings: generates the whole proto and writes to `OUT_DIR`.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the folder to write to. The default is `OUT_DIR`.
    pub fn out_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.out_dir = Some(folder.into());
        self
    }

    /// Sets the name of the file to write. The default is the name of the proto with the extension
    /// `.rs`.
    pub fn file_name(mut self, name: impl Into<PathBuf>) -> Self {
        self.file_name = Some(name.into());
        self
    }

    /// Generates only the messages that `side` sends.
    pub const fn only(mut self, side: Side) -> Self {
        self.options.only = Some(side);
        self
    }

    /// Generates only these channels and their ancestors, named as in the `protocol` block. Shared types
    /// are always generated. Repeated calls add channels.
    pub fn channels(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let names = names.into_iter().map(Into::into);
        self.options.channels.extend(names);
        self
    }

    /// Adds a derive to the type at `path`, such as `types::Rect` or `port::server::Init`. The path
    /// `.` matches every type. Repeated calls add derives.
    pub fn derive(self, path: impl Into<String>, derive: &str) -> Self {
        self.attribute(path, &format!("#[derive({derive})]"))
    }

    /// Adds attributes to the type at `path`. The path `.` matches every type. Repeated calls add
    /// attributes.
    pub fn attribute(mut self, path: impl Into<String>, attribute: &str) -> Self {
        let attribute = (path.into(), attribute.to_owned());
        self.options.attributes.push(attribute);
        self
    }

    /// Sets whether types implement `serde::Serialize` and `serde::Deserialize`.
    ///
    /// Enable the feature `serde` of `spice-wire`, whose readme describes the JSON form of values.
    /// The crate that includes the generated code needs no dependency on serde.
    ///
    /// ```
    /// let text = "channel Echo { server: message { uint32 n; } tick; }; protocol P { Echo echo = 7; };";
    /// let config = spice_proto_gen::Config::new().serde(true);
    /// let rust = config.generate("echo.proto", text.as_bytes()).unwrap();
    /// assert!(rust.text.contains("::serde::Serialize"));
    /// ```
    pub const fn serde(mut self, enabled: bool) -> Self {
        self.options.serde = enabled;
        self
    }

    /// Sets whether types implement `arbitrary::Arbitrary`, for fuzzing and property tests. Most of the
    /// generated values can be encoded.
    ///
    /// Enable the feature `arbitrary` of `spice-wire`. The crate that includes the generated code needs no
    /// dependency on arbitrary.
    ///
    /// ```
    /// let text = "channel Echo { server: message { uint32 n; } tick; }; protocol P { Echo echo = 7; };";
    /// let config = spice_proto_gen::Config::new().arbitrary(true);
    /// let rust = config.generate("echo.proto", text.as_bytes()).unwrap();
    /// assert!(rust.text.contains("::Arbitrary<'a> for Tick"));
    /// ```
    pub const fn arbitrary(mut self, enabled: bool) -> Self {
        self.options.arbitrary = enabled;
        self
    }

    /// Sets the lint level of a code. [`Code::DuplicateMessageId`] is the only error that can be
    /// lowered.
    pub fn level(mut self, code: Code, level: Level) -> Self {
        self.levels.set(code, level);
        self
    }

    /// Replaces the lint levels of all codes.
    pub fn levels(mut self, levels: Levels) -> Self {
        self.levels = levels;
        self
    }

    /// Compiles a proto file to a Rust file and prints the `cargo::rerun-if-changed` and `cargo::warning`
    /// lines of a build script. Returns the path of the Rust file, which is written only if its
    /// contents change.
    ///
    /// # Errors
    ///
    /// Fails if the proto has an error, if a file cannot be read or written, or if a setting names a
    /// channel or type that does not exist.
    pub fn compile(&self, proto: impl AsRef<Path>) -> Result<PathBuf, Error> {
        let proto = proto.as_ref();
        println!("cargo::rerun-if-changed={}", proto.display());
        let text = fs::read(proto).map_err(|error| Error::io("read", proto, error))?;
        let name = proto.display().to_string();
        let generated = self.generate(&name, &text)?;
        let source = String::from_utf8_lossy(&text);
        for line in to_lines(&name, &source, &generated.warnings) {
            println!("cargo::warning={line}");
        }
        let path = self.target(proto)?;
        write_if_changed(&path, &generated.text)?;
        Ok(path)
    }

    /// Compiles the text of a proto to Rust. `name` is the file name to print in reports.
    ///
    /// # Errors
    ///
    /// Fails if the proto has an error, or if a setting names a channel or type that does not exist.
    pub fn generate(&self, name: &str, text: &[u8]) -> Result<Generated, Error> {
        let analysis = self.check(text);
        let Some(model) = &analysis.model else {
            return Err(Error::invalid(name, text, analysis.diagnostics));
        };
        self.check_options(model)?;
        Ok(Generated {
            text: rust::generate(model, &self.options),
            warnings: analysis.diagnostics,
        })
    }

    /// Runs the front end and the checks of the Rust backend.
    pub fn check(&self, text: &[u8]) -> Analysis {
        let mut analysis = Analysis::new(text, &self.levels);
        if let Some(model) = &analysis.model {
            let diagnostics = rust::check(model, &analysis.spans);
            analysis.add(diagnostics, &self.levels);
        }
        analysis
    }

    /// Rejects unknown names and malformed attributes, which would otherwise have no effect or break the
    /// generated code.
    fn check_options(&self, model: &Model) -> Result<(), Error> {
        let attributes = &self.options.attributes;
        for (_, text) in attributes {
            let tokens: Result<TokenStream, _> = text.parse();
            let item = tokens
                .ok()
                .map(|tokens| syn::parse2::<syn::ItemStruct>(quote!(#tokens struct Probe;)));
            if !matches!(item, Some(Ok(_))) {
                return Err(Error::setting(format!("`{text}` is not a Rust attribute")));
            }
        }
        for name in &self.options.channels {
            let mut channels = model.protocol.channels.iter();
            if !channels.any(|channel| channel.name == *name) {
                let text = format!("the protocol has no channel `{name}`");
                return Err(Error::setting(text));
            }
        }
        let paths = rust::type_paths(model, &self.options);
        let mut unknown = attributes.iter().map(|(path, _)| path);
        match unknown.find(|path| *path != "." && !paths.contains(path)) {
            Some(path) => Err(Error::setting(format!(
                "no generated type has the path `{path}`"
            ))),
            None => Ok(()),
        }
    }

    fn target(&self, proto: &Path) -> Result<PathBuf, Error> {
        let folder = self.out_dir.clone();
        let folder = folder.or_else(|| env::var_os("OUT_DIR").map(PathBuf::from));
        let folder = folder.ok_or_else(|| {
            Error::setting("OUT_DIR is not set: call `Config::out_dir` outside of a build script")
        })?;
        let stem = proto.file_stem().unwrap_or("proto".as_ref());
        let name = self.file_name.clone();
        Ok(folder.join(name.unwrap_or_else(|| Path::new(stem).with_extension("rs"))))
    }
}

/// Writes a text file and creates its parent folders, unless it already has the same contents.
///
/// # Errors
///
/// Fails if the file or a folder cannot be written.
pub fn write_if_changed(path: &Path, text: &str) -> Result<(), Error> {
    if fs::read(path).is_ok_and(|present| present == text.as_bytes()) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| Error::io("create", folder, error))?;
    }
    fs::write(path, text).map_err(|error| Error::io("write", path, error))
}

/// Compiles a proto file to a Rust file in `OUT_DIR`. On an error, prints the report and exits the
/// build script.
///
/// ```no_run
/// // build.rs
/// spice_proto_gen::compile("proto/spice.proto");
/// ```
///
/// The file has the name of the proto: `include!(concat!(env!("OUT_DIR"), "/spice.rs"));`
pub fn compile(proto: impl AsRef<Path>) {
    compile_with(&Config::new(), proto);
}

/// Compiles a proto file as [`compile`] does, with other settings.
pub fn compile_with(config: &Config, proto: impl AsRef<Path>) {
    if let Err(error) = config.compile(proto) {
        // Cargo prints these lines as errors, and the report on standard error after them.
        for line in error.lines() {
            println!("cargo::error={line}");
        }
        eprintln!("{error}");
        std::process::exit(1);
    }
}
