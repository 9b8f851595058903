//! Settings of the Rust generator, and the checks of a proto for a backend.

use std::path::PathBuf;

use crate::analysis::Analysis;
use crate::backend::c;
use crate::backend::rust::{self, Attribute, Options, Target};
use crate::diagnostic::{Code, Diagnostic, Level, Levels};
use crate::error::Error;
use crate::model::Side;

/// Settings of the Rust generator.
///
/// ```
/// let text = "channel Echo { server: message { uint32 n; } tick; }; protocol P { Echo echo = 7; };";
/// let rust = spice_proto_gen::Config::new()
///     .type_attribute(".echo.server.tick", "#[derive(PartialOrd)]")
///     .generate("echo.proto", text.as_bytes())
///     .unwrap();
/// assert!(rust.text.contains("pub struct Tick"));
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Config {
    pub(crate) out_dir: Option<PathBuf>,
    pub(crate) file_name: Option<PathBuf>,
    levels: Levels,
    pub(crate) options: Options,
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

    /// Sets the name of the file to write. The default is the name of the proto with `.rs` in place of
    /// `.proto`.
    pub fn file_name(mut self, name: impl Into<PathBuf>) -> Self {
        self.file_name = Some(name.into());
        self
    }

    /// Generates only the messages that `side` sends, and the types that they use.
    ///
    /// An attribute whose path matches nothing that is generated is an error. An
    /// [`extern_path`](Self::extern_path) of a type that is not used has no effect.
    pub const fn only(mut self, side: Side) -> Self {
        self.options.only = Some(side);
        self
    }

    /// Generates only these channels, named as in the `protocol` block, their ancestors, and the types that their
    /// messages use. Repeated calls add channels.
    ///
    /// An attribute whose path matches nothing that is generated is an error. An
    /// [`extern_path`](Self::extern_path) of a type that is not used has no effect.
    ///
    /// ```
    /// let text = "struct Point { uint16 x; uint16 y; }; struct Key { uint8 code; };
    ///     channel Mouse { client: message { Point at; } moved; };
    ///     channel Keyboard { client: message { Key key; } pressed; };
    ///     protocol P { Mouse mouse; Keyboard keyboard; };";
    /// let config = spice_proto_gen::Config::new().channels(["keyboard"]);
    /// let rust = config.generate("input.proto", text.as_bytes()).unwrap();
    /// assert!(rust.text.contains("pub struct Key {"));
    /// assert!(!rust.text.contains("pub struct Point {"));
    /// ```
    pub fn channels(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let names = names.into_iter().map(Into::into);
        self.options.channels.extend(names);
        self
    }

    /// Adds attributes to the structs and enums that `path` matches. Repeated calls add attributes.
    ///
    /// Paths have the names of the proto, separated by `.`:
    ///
    /// | path | part |
    /// |---|---|
    /// | `Rect`, `Rect.left` | a struct, enum, or flags type, and a field or item of it |
    /// | `Image.descriptor`, `Image.descriptor.BITMAP` | a switch, which is an enum and a field, and a variant of it |
    /// | `port.server.init`, `port.server.init.name` | the body of a channel's message, which is also a variant of the message enum, and a field of it |
    /// | `port.server` | the message enum of one side of a channel |
    /// | `Spice`, `Spice.server`, `Spice.server.port` | the enums of all messages of the protocol, and a variant of them |
    ///
    /// Variants without a name in the proto are `unknown`, `other` and `absent`. As in prost-build, a path that
    /// starts with `.` matches a part and everything in it, so `.` matches everything; any other path matches
    /// the end of a part's path.
    ///
    /// ```
    /// let text = "struct Point { uint16 x; uint16 y; };
    ///     channel Echo { server: message { Point at; } tick; }; protocol P { Echo echo; };";
    /// let config = spice_proto_gen::Config::new()
    ///     .type_attribute(".", "#[derive(PartialOrd)]")
    ///     .message_attribute(".echo.server", "#[must_use]")
    ///     .field_attribute("Point.x", "#[doc(alias = \"left\")]");
    /// let rust = config.generate("echo.proto", text.as_bytes()).unwrap();
    /// assert!(rust.text.contains("Hash, PartialOrd)]\n        #[must_use]\n        pub struct Tick {"));
    /// assert_eq!(rust.text.matches("#[doc(alias = \"left\")]").count(), 1);
    /// ```
    pub fn type_attribute(self, path: impl Into<String>, attribute: impl Into<String>) -> Self {
        self.attribute(Target::Types, path.into(), attribute.into())
    }

    /// Adds attributes to the structs that `path` matches: the bodies of messages, and the structs in them. Paths
    /// are those of [`type_attribute`](Self::type_attribute).
    pub fn message_attribute(self, path: impl Into<String>, attribute: impl Into<String>) -> Self {
        self.attribute(Target::Messages, path.into(), attribute.into())
    }

    /// Adds attributes to the enums and flags types that `path` matches, and to the enums of switches and
    /// messages. Paths are those of [`type_attribute`](Self::type_attribute).
    pub fn enum_attribute(self, path: impl Into<String>, attribute: impl Into<String>) -> Self {
        self.attribute(Target::Enums, path.into(), attribute.into())
    }

    /// Adds attributes to the fields, items and variants that `path` matches. Paths are those of
    /// [`type_attribute`](Self::type_attribute).
    pub fn field_attribute(self, path: impl Into<String>, attribute: impl Into<String>) -> Self {
        self.attribute(Target::Fields, path.into(), attribute.into())
    }

    fn attribute(mut self, target: Target, path: String, text: String) -> Self {
        let attribute = Attribute { target, path, text };
        self.options.attributes.push(attribute);
        self
    }

    /// Uses a type that another crate has in place of generating it. `proto_path` is `.` and the name of a
    /// definition, or `.` alone for all of them; then `rust_path` is the module that has the types.
    ///
    /// This compiler must have generated the type, from an equal definition. A struct or enum of another size
    /// does not compile.
    ///
    /// ```
    /// let text = "struct Point { uint16 x; uint16 y; };
    ///     channel Echo { server: message { Point at; } tick; }; protocol P { Echo echo; };";
    /// let config = spice_proto_gen::Config::new().extern_path(".Point", "::shapes::types::Point");
    /// let rust = config.generate("echo.proto", text.as_bytes()).unwrap();
    /// assert!(rust.text.contains("pub at: ::shapes::types::Point,"));
    /// assert!(!rust.text.contains("pub struct Point"));
    /// ```
    pub fn extern_path(
        mut self,
        proto_path: impl Into<String>,
        rust_path: impl Into<String>,
    ) -> Self {
        let paths = (proto_path.into(), rust_path.into());
        self.options.extern_paths.push(paths);
        self
    }

    /// Sets the path of the runtime, for a crate that depends on `spice-wire` by another name or through another
    /// crate: `::spice_messages::wire`. The default is `::spice_wire`.
    pub fn runtime_path(mut self, path: impl Into<String>) -> Self {
        self.options.runtime_path = Some(path.into());
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

    /// Sets whether the implementations of [`serde`](Self::serde) and [`arbitrary`](Self::arbitrary) depend on the
    /// features `serde` and `arbitrary` of the crate that includes the code.
    ///
    /// This is for crates that ship generated code. Their features must enable those of `spice-wire`:
    /// `serde = ["spice-wire/serde"]`.
    ///
    /// ```
    /// let text = "channel Echo { server: message { uint32 n; } tick; }; protocol P { Echo echo = 7; };";
    /// let config = spice_proto_gen::Config::new().arbitrary(true).feature_gated(true);
    /// let rust = config.generate("echo.proto", text.as_bytes()).unwrap();
    /// let gated = "#[cfg(feature = \"arbitrary\")]\n        impl<'a> wire::arbitrary::Arbitrary<'a> for Tick";
    /// assert!(rust.text.contains(gated));
    /// ```
    pub const fn feature_gated(mut self, enabled: bool) -> Self {
        self.options.feature_gated = enabled;
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

    /// Compiles the text of a proto to Rust. `name` is the file name to print in reports.
    ///
    /// # Errors
    ///
    /// Fails if the proto has an error, or if a setting names something that does not exist.
    pub fn generate(&self, name: &str, text: &[u8]) -> Result<Generated, Error> {
        let analysis = self.check(text);
        let Some(model) = &analysis.model else {
            return Err(Error::invalid(name, text, analysis.diagnostics));
        };
        rust::check_options(model, &self.options).map_err(Error::setting)?;
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
}

impl Analysis {
    /// Parses and resolves a proto from which C is generated, and runs the checks of the C backend.
    ///
    /// A part of the proto that the reference generator refuses is an error (W0004), because C of both generators
    /// has the same form, unless `levels` allow it.
    ///
    /// ```
    /// use spice_proto_gen::{Analysis, diagnostic::Levels};
    ///
    /// let text = "channel C { message { uint8 n; uint8 data[n]; } m; }; protocol P { C c; };";
    /// let analysis = Analysis::for_c(text.as_bytes(), &Levels::default());
    /// assert!(analysis.failed());
    /// assert_eq!(analysis.diagnostics[0].code.as_str(), "W0004");
    /// ```
    pub fn for_c(text: &[u8], levels: &Levels) -> Self {
        let mut levels = levels.clone();
        if levels.of(Code::NotPortable) == Level::Warn {
            levels.set(Code::NotPortable, Level::Deny);
        }
        let mut analysis = Self::new(text, &levels);
        if let Some(model) = &analysis.model {
            let found = c::check(model, &analysis.spans);
            analysis.add(found, &levels);
        }
        analysis
    }
}
