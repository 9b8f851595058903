//! The functions of a C file that something calls.

use std::collections::HashMap;

use super::text::Text;

/// A function or another definition of a C file.
#[derive(Clone, Debug)]
pub(super) struct Function {
    /// Its name.
    pub(super) name: String,
    /// Its text, which begins with an empty line.
    pub(super) text: String,
    /// Whether it is called from other files.
    pub(super) public: bool,
    /// The macro without which it is left out: `@ifdef`.
    pub(super) condition: Option<String>,
}

impl Function {
    /// A function that is needed if another one calls it.
    pub(super) fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
            public: false,
            condition: None,
        }
    }

    /// A function with these statements.
    pub(super) fn of_statements(name: impl Into<String>, head: &str, statements: &Text) -> Self {
        let statements = statements.as_str();
        Self::new(name, format!("\n{head}\n{{\n{statements}}}\n"))
    }

    /// A function that is called from other files.
    pub(super) fn public(text: impl Into<String>) -> Self {
        Self {
            public: true,
            ..Self::new("", text)
        }
    }

    /// The function within `#ifdef`, if there is a condition.
    pub(super) fn within(self, condition: Option<&str>) -> Self {
        Self {
            condition: condition.map(str::to_owned),
            ..self
        }
    }
}

/// The definitions of a C text, each with its comment. An empty line is between two definitions.
pub(super) fn split(text: &str) -> Vec<Function> {
    let mut functions = Vec::new();
    for text in text
        .split_inclusive("\n}\n")
        .flat_map(|text| text.split_inclusive("\n};\n"))
    {
        let mut lines = text.lines();
        let is_code = |line: &&str| line.starts_with(|letter: char| letter.is_ascii_alphabetic());
        let head = lines.find(is_code).unwrap_or_default();
        let head = head.split(['(', '{']).next().unwrap_or_default();
        let name = identifiers(head).last().unwrap_or_default();
        functions.push(Function::new(name, format!("\n{}", text.trim_start())));
    }
    functions
}

/// The text of the functions that a public function needs, in the given order. A function is defined before it is
/// called. If all that need it have one condition, it gets the same.
pub(super) fn needed(functions: &[Function]) -> String {
    let mut conditions: HashMap<&str, Option<&str>> = HashMap::new();
    let mut kept = Vec::new();
    for function in functions.iter().rev() {
        let condition = match conditions.get(function.name.as_str()) {
            _ if function.public => function.condition.as_deref(),
            Some(condition) => condition.or(function.condition.as_deref()),
            None => continue,
        };
        for name in identifiers(&function.text) {
            let found = conditions.entry(name).or_insert(condition);
            if *found != condition {
                *found = None;
            }
        }
        kept.push((condition, function));
    }
    let mut text = String::new();
    let mut open = None;
    for (condition, function) in kept.iter().rev() {
        if open != *condition {
            end_condition(&mut text, open);
            if let Some(condition) = condition {
                text.push_str(&format!("\n#ifdef {condition}\n"));
            }
            open = *condition;
        }
        text.push_str(&function.text);
    }
    end_condition(&mut text, open);
    text
}

fn end_condition(text: &mut String, condition: Option<&str>) {
    if let Some(condition) = condition {
        text.push_str(&format!("\n#endif /* {condition} */\n"));
    }
}

/// The identifiers in C text and its comments.
pub(super) fn identifiers(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    words.filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
/* A pair. */
struct pair {
    int a;
};

static inline int first(const struct pair *p)
{
    return p->a;
}

/* Calls the other. */
static int second(const struct pair *p)
{
    return first(p);
}
";

    #[test]
    fn definitions_have_names_and_comments() {
        let functions = split(TEXT);
        let names: Vec<_> = functions.iter().map(|found| found.name.as_str()).collect();
        assert_eq!(names, ["pair", "first", "second"]);
        assert!(
            functions[0]
                .text
                .starts_with("\n/* A pair. */\nstruct pair {\n")
        );
        let text: String = functions.into_iter().map(|found| found.text).collect();
        assert_eq!(text, format!("\n{TEXT}"));
    }

    #[test]
    fn uncalled_functions_are_left_out() {
        let mut functions = split(TEXT);
        functions.push(Function::public(
            "\nint f(void)\n{\n    return first(&pair);\n}\n",
        ));
        let text = needed(&functions);
        assert!(text.contains("int first("));
        assert!(!text.contains("int second("));
    }

    #[test]
    fn functions_with_one_condition_get_it() {
        let mut functions = split(TEXT);
        let user = Function::public("\nint f(void)\n{\n    return second(0);\n}\n");
        functions.push(user.within(Some("X")));
        let text = needed(&functions);
        assert!(text.starts_with("\n#ifdef X\n\n/* A pair. */"));
        assert!(text.ends_with("}\n\n#endif /* X */\n"));
        functions.push(Function::public(
            "\nint g(void)\n{\n    return first(0);\n}\n",
        ));
        let text = needed(&functions);
        assert!(text.starts_with("\n/* A pair. */"), "{text}");
        assert!(
            text.contains("}\n\n#ifdef X\n\n/* Calls the other. */"),
            "{text}"
        );
    }
}
