//! From a proto file to a Rust file, for build scripts and the command line.

use std::env;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use quote::quote;

use crate::analysis::Analysis;
use crate::backend::rust::{self, Options};
use crate::codes::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::levels::{Level, Levels};
use crate::model::{Model, Side};
use crate::render::{Style, Tally, render, to_lines};

/// How to compile a proto.
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
pub struct Config {
    out_dir: Option<PathBuf>,
    file_name: Option<PathBuf>,
    only: Option<Side>,
    channels: Vec<String>,
    /// Attributes by type path, as text.
    attributes: Vec<(String, String)>,
    serde: bool,
    arbitrary: bool,
    levels: Levels,
}

/// Generated Rust and what was found on the way.
#[derive(Clone, Debug)]
pub struct Generated {
    /// The Rust source.
    pub text: String,
    /// The warnings.
    pub warnings: Vec<Diagnostic>,
}

impl Config {
    /// Everything of the proto, into `OUT_DIR`.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes into this folder instead of `OUT_DIR`.
    #[must_use]
    pub fn out_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.out_dir = Some(folder.into());
        self
    }

    /// Writes a file of this name instead of the proto's name with the ending `.rs`.
    #[must_use]
    pub fn file_name(mut self, name: impl Into<PathBuf>) -> Self {
        self.file_name = Some(name.into());
        self
    }

    /// Generates only what this side sends.
    #[must_use]
    pub const fn only(mut self, side: Side) -> Self {
        self.only = Some(side);
        self
    }

    /// Generates only these channels, by their names in the protocol, and those that they are
    /// derived from. May be called several times. Types are generated all.
    #[must_use]
    pub fn channels(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.channels.extend(names.into_iter().map(Into::into));
        self
    }

    /// Adds a derive to the type with this path (`types::Rect`, `port::server::Init`), or to every
    /// type if the path is `.`. May be called several times.
    #[must_use]
    pub fn derive(self, path: impl Into<String>, derive: &str) -> Self {
        self.attribute(path, &format!("#[derive({derive})]"))
    }

    /// Adds attributes to the type with this path, or to every type if the path is `.`. May be
    /// called several times.
    #[must_use]
    pub fn attribute(mut self, path: impl Into<String>, attribute: &str) -> Self {
        self.attributes.push((path.into(), attribute.to_owned()));
        self
    }

    /// Whether the types implement `serde::Serialize` and `serde::Deserialize`. `spice-wire` needs its
    /// feature `serde` then, and its readme shows the form that values take in JSON; the crate with
    /// the generated code needs no dependency of its own.
    ///
    /// ```
    /// let text = "channel Echo { server: message { uint32 n; } tick; }; protocol P { Echo echo = 7; };";
    /// let config = spice_proto_gen::Config::new().serde(true);
    /// let rust = config.generate("echo.proto", text.as_bytes()).unwrap();
    /// assert!(rust.text.contains("::serde::Serialize"));
    /// ```
    #[must_use]
    pub const fn serde(mut self, wanted: bool) -> Self {
        self.serde = wanted;
        self
    }

    /// Whether the types implement `arbitrary::Arbitrary`: random values for fuzzing and property
    /// tests, most of which can be encoded. `spice-wire` needs its feature `arbitrary` then; the crate
    /// with the generated code needs no dependency of its own.
    ///
    /// ```
    /// let text = "channel Echo { server: message { uint32 n; } tick; }; protocol P { Echo echo = 7; };";
    /// let config = spice_proto_gen::Config::new().arbitrary(true);
    /// let rust = config.generate("echo.proto", text.as_bytes()).unwrap();
    /// assert!(rust.text.contains("::Arbitrary<'a> for Tick"));
    /// ```
    #[must_use]
    pub const fn arbitrary(mut self, wanted: bool) -> Self {
        self.arbitrary = wanted;
        self
    }

    /// Raises, lowers or silences the findings of a code. Of the errors only
    /// [`Code::DuplicateMessageId`] can be lowered.
    #[must_use]
    pub fn level(mut self, code: Code, level: Level) -> Self {
        self.levels.set(code, level);
        self
    }

    /// Takes the levels of all codes from here, instead of those set so far.
    #[must_use]
    pub fn levels(mut self, levels: Levels) -> Self {
        self.levels = levels;
        self
    }

    /// Compiles a proto file to a Rust file and tells cargo what to watch. The result is the path of
    /// the Rust file, which is written only if its content changes.
    ///
    /// # Errors
    /// If the proto is not right, a file cannot be read or written, or the configuration names what
    /// the proto does not have.
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

    /// Compiles the text of a proto to the text of a Rust file. `name` is for messages.
    ///
    /// # Errors
    /// If the proto is not right, or the configuration names what the proto does not have.
    pub fn generate(&self, name: &str, text: &[u8]) -> Result<Generated, Error> {
        let analysis = Analysis::new(text, &self.levels);
        let Some(model) = &analysis.model else {
            return Err(Error::invalid(name, text, analysis.diagnostics));
        };
        let options = self.options()?;
        self.check_names(model, &options)?;
        let text = rust::generate(model, &options);
        Ok(Generated {
            text,
            warnings: analysis.diagnostics,
        })
    }

    fn options(&self) -> Result<Options, Error> {
        let attributes = self.attributes.iter().map(|(path, text)| {
            let tokens: TokenStream = text
                .parse()
                .map_err(|_| Error::setting(format!("`{text}` is not a Rust attribute")))?;
            let probe = syn::parse2::<syn::ItemStruct>(quote!(#tokens struct Probe;));
            match probe {
                Ok(_) => Ok((path.clone(), text.clone())),
                Err(_) => Err(Error::setting(format!("`{text}` is not a Rust attribute"))),
            }
        });
        Ok(Options {
            only: self.only,
            channels: self.channels.clone(),
            attributes: attributes.collect::<Result<_, _>>()?,
            serde: self.serde,
            arbitrary: self.arbitrary,
        })
    }

    /// Names that mean nothing are an error: they would do nothing without a word.
    fn check_names(&self, model: &Model, options: &Options) -> Result<(), Error> {
        for name in &self.channels {
            if !model
                .protocol
                .channels
                .iter()
                .any(|channel| channel.name == *name)
            {
                return Err(Error::setting(format!(
                    "the protocol has no channel `{name}`"
                )));
            }
        }
        let paths = rust::type_paths(model, options);
        for (path, _) in &self.attributes {
            if path != "." && !paths.contains(path) {
                return Err(Error::setting(format!(
                    "no generated type has the path `{path}`"
                )));
            }
        }
        Ok(())
    }

    fn target(&self, proto: &Path) -> Result<PathBuf, Error> {
        let folder = match (&self.out_dir, env::var_os("OUT_DIR")) {
            (Some(folder), _) => folder.clone(),
            (None, Some(folder)) => PathBuf::from(folder),
            (None, None) => {
                let text = "there is no OUT_DIR outside of a build script: set `Config::out_dir`";
                return Err(Error::setting(text.to_owned()));
            }
        };
        let name = match (&self.file_name, proto.file_stem()) {
            (Some(name), _) => name.clone(),
            (None, Some(stem)) => PathBuf::from(stem).with_extension("rs"),
            (None, None) => PathBuf::from("proto.rs"),
        };
        Ok(folder.join(name))
    }
}

/// Writes a file, but leaves one alone that has the content already.
///
/// # Errors
/// If it cannot be written.
pub fn write_if_changed(path: &Path, text: &str) -> Result<(), Error> {
    if fs::read(path).is_ok_and(|present| present == text.as_bytes()) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| Error::io("create", folder, error))?;
    }
    fs::write(path, text).map_err(|error| Error::io("write", path, error))
}

/// Compiles a proto file to a Rust file in `OUT_DIR`: all that a build script has to do. If that
/// fails the report is printed and the build ends.
///
/// ```no_run
/// // build.rs
/// spice_proto_gen::compile("proto/spice.proto");
/// ```
///
/// The file has the proto's name: `include!(concat!(env!("OUT_DIR"), "/spice.rs"));`
pub fn compile(proto: impl AsRef<Path>) {
    compile_with(&Config::new(), proto);
}

/// The same as [`compile`] with a configuration.
#[allow(clippy::needless_pass_by_value)]
pub fn compile_with(config: &Config, proto: impl AsRef<Path>) {
    let proto = proto.as_ref();
    if let Err(error) = config.compile(proto) {
        // Cargo shows these where it shows the errors of the compiler, and the report below them.
        for line in error.lines(&proto.display().to_string()) {
            println!("cargo::error={line}");
        }
        eprintln!("{error}");
        std::process::exit(1);
    }
}

/// Why there is no Rust.
#[derive(Debug)]
pub struct Error(Kind);

#[derive(Debug)]
enum Kind {
    Io {
        action: &'static str,
        path: PathBuf,
        error: io::Error,
    },
    Invalid {
        source: String,
        report: String,
        diagnostics: Vec<Diagnostic>,
    },
    Setting(String),
}

impl Error {
    fn io(action: &'static str, path: &Path, error: io::Error) -> Self {
        Self(Kind::Io {
            action,
            path: path.to_owned(),
            error,
        })
    }

    fn setting(text: String) -> Self {
        Self(Kind::Setting(text))
    }

    fn invalid(name: &str, text: &[u8], diagnostics: Vec<Diagnostic>) -> Self {
        let source = String::from_utf8_lossy(text).into_owned();
        let report = render(name, &source, &diagnostics, Style::Plain);
        Self(Kind::Invalid {
            source,
            report,
            diagnostics,
        })
    }

    /// Each error on a line, with its place.
    fn lines(&self, name: &str) -> Vec<String> {
        match &self.0 {
            Kind::Invalid {
                source,
                diagnostics,
                ..
            } => {
                let mut errors = diagnostics.clone();
                errors.retain(|finding| finding.severity == Severity::Error);
                to_lines(name, source, &errors)
            }
            Kind::Io { .. } | Kind::Setting(_) => vec![self.to_string()],
        }
    }

    /// What is wrong with the proto, if that is the reason.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        match &self.0 {
            Kind::Invalid { diagnostics, .. } => diagnostics,
            Kind::Io { .. } | Kind::Setting(_) => &[],
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Io {
                action,
                path,
                error,
            } => {
                write!(f, "cannot {action} {}: {error}", path.display())
            }
            Kind::Invalid {
                report,
                diagnostics,
                ..
            } => {
                let mut tally = Tally::default();
                tally.add(diagnostics);
                write!(f, "{report}{tally} in the proto")
            }
            Kind::Setting(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            Kind::Io { error, .. } => Some(error),
            Kind::Invalid { .. } | Kind::Setting(_) => None,
        }
    }
}
