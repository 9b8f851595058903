//! Names that no generated type has, so that a glob import shadows none of them.

/// Types, traits and variants of the standard library's prelude.
const PRELUDE: &str = "
    AsMut AsRef AsyncFn AsyncFnMut AsyncFnOnce Box Clone Copy Default DoubleEndedIterator Drop Eq Err
    ExactSizeIterator Extend Fn FnMut FnOnce From FromIterator Future Into IntoFuture IntoIterator
    Iterator None Ok Option Ord PartialEq PartialOrd Result Send Sized Some String Sync ToOwned
    ToString TryFrom TryInto Unpin Vec";

/// Types and traits that programs often import from the standard library.
const STD: &str = "
    Any Arc BTreeMap BTreeSet Borrow BufRead BufReader BufWriter CStr CString Cell Command Cow Cursor
    Debug Deref DerefMut Display Duration Error File Formatter FromStr Hash HashMap HashSet Hasher
    Instant Mutex Ordering OsStr OsString Path PathBuf PhantomData Pin Range Rc Read RefCell RwLock
    Seek SystemTime TcpListener TcpStream VecDeque Weak Write";

/// Public types and traits of the runtime.
const RUNTIME: &str = "
    Bytes Channel ChannelMessage Decode DerivedFrom Encode Error ErrorKind Fd FdList Fds FieldPath
    IntoOwned IoBody Iter List Named ParseNameError Pointee Reader Result SharedFd Side Step Text
    WithTrailing";

/// Whether a type with this name would shadow another one.
pub(super) fn is_reserved(name: &str) -> bool {
    [PRELUDE, STD, RUNTIME]
        .iter()
        .any(|names| names.split_whitespace().any(|reserved| reserved == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The items that the runtime's crate root exports.
    #[test]
    fn types_and_traits_of_the_runtime_are_reserved() {
        let root = syn::parse_file(include_str!("../../../../spice-wire/src/lib.rs")).unwrap();
        let mut names = Vec::new();
        for item in &root.items {
            if let syn::Item::Use(found) = item {
                exports(&found.tree, &mut names);
            }
        }
        let types = names
            .iter()
            .filter(|name| name.chars().any(char::is_lowercase));
        let types: Vec<_> = types
            .filter(|name| name.starts_with(char::is_uppercase))
            .collect();
        assert!(types.len() > 20, "{types:?}");
        let missing: Vec<_> = types.iter().filter(|name| !is_reserved(name)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn manual_lists_the_reserved_names() {
        let manual = include_str!("../../../../docs/language.md");
        let (_, list) = manual
            .split_once("The names that types do not have:")
            .unwrap();
        let (list, _) = list.split_once("Two names that differ").unwrap();
        let listed: Vec<_> = list.split('`').skip(1).step_by(2).collect();
        let names = [PRELUDE, STD, RUNTIME].map(str::split_whitespace);
        assert!(names.into_iter().flatten().eq(listed));
    }

    fn exports(tree: &syn::UseTree, names: &mut Vec<String>) {
        match tree {
            syn::UseTree::Path(path) => exports(&path.tree, names),
            syn::UseTree::Name(name) => names.push(name.ident.to_string()),
            syn::UseTree::Rename(rename) => names.push(rename.rename.to_string()),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| exports(tree, names)),
            syn::UseTree::Glob(_) => {}
        }
    }

    #[test]
    fn other_names_are_not_reserved() {
        for name in ["Point", "Str", "", "Image", "string", "Pat"] {
            assert!(!is_reserved(name), "{name}");
        }
    }
}
