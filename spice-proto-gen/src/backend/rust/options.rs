//! The options of the Rust backend, and their check against a model.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use super::context::Context;
use super::names::{Module, Names};
use super::paths;
use crate::model::{Model, Side, TypeId};
use crate::spelling::nearest;

/// Options of the Rust backend.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The only side whose messages are generated, with the types that they use.
    pub only: Option<Side>,
    /// Names of the channels to generate, as the protocol names them. Their ancestors are generated
    /// too, and the types that they use. Empty: all channels.
    pub channels: Vec<String>,
    /// Additional attributes.
    pub attributes: Vec<Attribute>,
    /// Definitions that another crate has: the path in the proto and the path in Rust. The path `.` matches
    /// all definitions; its Rust path is their module.
    pub extern_paths: Vec<(String, String)>,
    /// The path of the runtime. The default is `::spice_wire`.
    pub runtime_path: Option<String>,
    /// Whether types implement `Serialize` and `Deserialize`.
    pub serde: bool,
    /// Whether types implement `Arbitrary`.
    pub arbitrary: bool,
    /// Whether these implementations depend on the features `serde` and `arbitrary` of the crate that includes
    /// the code.
    pub feature_gated: bool,
}

/// An attribute for the parts of a proto that a path matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// The kind of parts.
    pub target: Target,
    /// A path that starts with `.` matches a part and everything in it. Any other path matches the end of
    /// a part's path.
    pub path: String,
    /// The text of the attribute.
    pub text: String,
}

/// The kind of parts that an [`Attribute`] is added to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Structs and enums.
    Types,
    /// Structs.
    Messages,
    /// Enums, flags, and the enums of switches and messages.
    Enums,
    /// Fields, items and variants.
    Fields,
}

impl Target {
    const fn noun(self) -> &'static str {
        match self {
            Self::Types => "type",
            Self::Messages => "struct",
            Self::Enums => "enum",
            Self::Fields => "field",
        }
    }
}

impl Options {
    /// Whether only a part of the proto is generated.
    pub(super) const fn is_selection(&self) -> bool {
        self.only.is_some() || !self.channels.is_empty()
    }

    /// The attribute of an item that needs a feature of the including crate.
    pub(super) fn gate(&self, feature: &str) -> Option<String> {
        self.feature_gated
            .then(|| format!("#[cfg(feature = {feature:?})]"))
    }

    /// Attributes of serde, which may need a feature of the including crate.
    pub(super) fn serde_attribute(&self, attributes: &str) -> String {
        if self.feature_gated {
            format!("#[cfg_attr(feature = \"serde\", {attributes})]")
        } else {
            format!("#[{attributes}]")
        }
    }

    pub(super) fn runtime(&self) -> &str {
        self.runtime_path.as_deref().unwrap_or("::spice_wire")
    }

    /// The Rust path of each definition that another crate has.
    pub(super) fn extern_types(&self, model: &Model, names: &Names) -> BTreeMap<TypeId, String> {
        let mut found = BTreeMap::new();
        if self.extern_paths.is_empty() {
            return found;
        }
        for id in names.types_in(Module::Types) {
            let path = format!(".{}", model.definition(*id).name());
            let exact = self.extern_paths.iter().rfind(|(from, _)| *from == path);
            let module = self.extern_paths.iter().rfind(|(from, _)| from == ".");
            match (exact, module) {
                (Some((_, to)), _) => found.insert(*id, to.clone()),
                (None, Some((_, to))) => {
                    found.insert(*id, format!("{to}::{}", names.type_name(*id)))
                }
                (None, None) => None,
            };
        }
        found
    }
}

/// Checks the names, paths and attributes in the options against the model.
///
/// # Errors
///
/// Returns a message if an option names something that does not exist, or is not valid Rust.
pub fn check_options(model: &Model, options: &Options) -> Result<(), String> {
    check_channels(model, options)?;
    check_extern_paths(model, options)?;
    if let Some(path) = &options.runtime_path {
        check_rust_path(path)?;
    }
    check_attributes(model, options)
}

fn check_channels(model: &Model, options: &Options) -> Result<(), String> {
    let names = || model.protocol.channels.iter().map(|entry| &*entry.name);
    match options
        .channels
        .iter()
        .find(|name| !names().any(|found| found == *name))
    {
        Some(name) => Err(format!(
            "the protocol has no channel `{name}`{}",
            question(nearest(name, names()))
        )),
        None => Ok(()),
    }
}

fn check_extern_paths(model: &Model, options: &Options) -> Result<(), String> {
    let definitions = (0..model.types.len()).map(TypeId).filter(|id| {
        let body = model.body(*id);
        !body.is_some_and(paths::is_message_body)
    });
    let definitions = definitions.map(|id| format!(".{}", model.definition(id).name()));
    let definitions: Vec<_> = definitions.collect();
    for (from, to) in &options.extern_paths {
        if from != "." && !definitions.contains(from) {
            let candidates = definitions.iter().map(String::as_str);
            return Err(format!(
                "no definition has the path `{from}`{}",
                question(similar(&in_proto(from), candidates))
            ));
        }
        check_rust_path(to)?;
    }
    Ok(())
}

/// The generated code uses a path in several modules, so it must be absolute.
fn check_rust_path(text: &str) -> Result<(), String> {
    let Ok(path) = syn::parse_str::<syn::Path>(text) else {
        return Err(format!("`{text}` is not a Rust path"));
    };
    let mut segments = path.segments.iter();
    if segments.any(|segment| !segment.arguments.is_none()) {
        return Err(format!("`{text}` is not a Rust path without arguments"));
    }
    let is_local = path
        .segments
        .first()
        .is_some_and(|first| first.ident == "crate");
    if path.leading_colon.is_some() || is_local {
        Ok(())
    } else {
        Err(format!(
            "`{text}` is not an absolute Rust path; did you mean `::{text}` or `crate::{text}`?"
        ))
    }
}

fn check_attributes(model: &Model, options: &Options) -> Result<(), String> {
    if options.attributes.is_empty() {
        return Ok(());
    }
    let parts = paths::all(&Context::new(model, options));
    for Attribute { target, path, text } in &options.attributes {
        let tokens: Result<TokenStream, _> = text.parse();
        let item = tokens
            .ok()
            .map(|tokens| syn::parse2::<syn::ItemStruct>(quote!(#tokens struct Probe;)));
        if !matches!(item, Some(Ok(_))) {
            return Err(format!("`{text}` is not a Rust attribute"));
        }
        let mut targets = parts.iter().filter(|part| part.is(*target));
        if path != "." && !targets.any(|part| paths::matches(path, &part.path)) {
            if options.is_selection() && is_of_whole_proto(model, *target, path) {
                return Err(format!(
                    "no generated {} has the path `{path}`: the selection of channels and side leaves it out",
                    target.noun()
                ));
            }
            let targets = parts.iter().filter(|part| part.is(*target));
            let wrong = in_proto(path);
            let candidates: Vec<_> = targets
                .map(|part| paths::like(&wrong, &part.path))
                .collect();
            let candidates = candidates.iter().map(String::as_str);
            return Err(format!(
                "no generated {} has the path `{path}`{}",
                target.noun(),
                question(similar(&wrong, candidates))
            ));
        }
    }
    Ok(())
}

/// Whether a path matches a part of the code for the whole proto.
fn is_of_whole_proto(model: &Model, target: Target, path: &str) -> bool {
    let parts = paths::all(&Context::new(model, &Options::default()));
    let mut targets = parts.iter().filter(|part| part.is(target));
    targets.any(|part| paths::matches(path, &part.path))
}

/// The candidate that a wrong path most likely means. Names that differ only in case or underscores are the
/// nearest.
fn similar<'c>(wrong: &str, candidates: impl Iterator<Item = &'c str> + Clone) -> Option<&'c str> {
    let normal = |path: &str| path.replace('_', "").to_lowercase();
    let mut same = candidates.clone();
    let same = same.find(|found| {
        normal(found.trim_start_matches('.')) == normal(wrong.trim_start_matches('.'))
    });
    same.or_else(|| nearest(wrong, candidates))
}

/// A path in Rust's notation (`types::Rect`) in the proto's.
fn in_proto(path: &str) -> String {
    let path = path.replace("::", ".");
    path.strip_prefix("types.").unwrap_or(&path).to_owned()
}

fn question(suggestion: Option<&str>) -> String {
    suggestion.map_or_else(String::new, |found| format!("; did you mean `{found}`?"))
}
