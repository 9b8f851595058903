//! The keywords of JSON Schema that the schemas of this repository use. Others are an error.

use serde_json::{Map, Value};

/// A schema, with the whole file for references.
#[derive(Clone, Copy)]
pub struct Schema<'s> {
    file: &'s Value,
    rules: &'s Map<String, Value>,
}

impl<'s> Schema<'s> {
    /// The schema of a whole file.
    pub fn new(file: &'s Value) -> Self {
        Self::of(file, file)
    }

    fn of(file: &'s Value, rules: &'s Value) -> Self {
        let rules = rules.as_object().expect("a schema is an object");
        Self { file, rules }
    }

    /// Returns one line for each part of a value that does not fit.
    pub fn errors(self, value: &Value) -> Vec<String> {
        let mut errors = Vec::new();
        self.check("", value, &mut errors);
        errors
    }

    fn check(self, path: &str, value: &Value, errors: &mut Vec<String>) {
        for (keyword, rule) in self.rules {
            if !self.fits(path, value, keyword, rule, errors) {
                errors.push(format!("{path}: {keyword} is {rule}, found {value}"));
            }
        }
    }

    /// Whether a value fits one rule. Reports errors of its parts.
    fn fits(
        self,
        path: &str,
        value: &Value,
        keyword: &str,
        rule: &'s Value,
        errors: &mut Vec<String>,
    ) -> bool {
        let number = Value::as_f64;
        let schema = |rule| Self::of(self.file, rule);
        match keyword {
            "$schema" | "$defs" | "title" | "description" => true,
            "type" => match rule.as_str().unwrap() {
                "object" => value.is_object(),
                "array" => value.is_array(),
                "string" => value.is_string(),
                "boolean" => value.is_boolean(),
                "integer" => value.is_i64() || value.is_u64(),
                other => panic!("unknown type {other}"),
            },
            "const" => value == rule,
            "enum" => rule.as_array().unwrap().contains(value),
            "minimum" => number(value).is_none_or(|found| found >= number(rule).unwrap()),
            "maximum" => number(value).is_none_or(|found| found <= number(rule).unwrap()),
            "$ref" => {
                let pointer = rule.as_str().unwrap().strip_prefix('#').unwrap();
                let target = self
                    .file
                    .pointer(pointer)
                    .expect("a reference has a target");
                schema(target).check(path, value, errors);
                true
            }
            "oneOf" => {
                let schemas = rule.as_array().unwrap().iter().map(schema);
                schemas
                    .filter(|schema| schema.errors(value).is_empty())
                    .count()
                    == 1
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    schema(rule).check(&format!("{path}/{index}"), item, errors);
                }
                true
            }
            "properties" => {
                for (name, rule) in rule.as_object().unwrap() {
                    if let Some(member) = value.get(name) {
                        schema(rule).check(&format!("{path}/{name}"), member, errors);
                    }
                }
                true
            }
            "required" => {
                let mut names = rule.as_array().unwrap().iter();
                !value.is_object() || names.all(|name| value.get(name.as_str().unwrap()).is_some())
            }
            "additionalProperties" => {
                assert_eq!(*rule, Value::Bool(false));
                let known = self.rules.get("properties").and_then(Value::as_object);
                let mut names = value.as_object().into_iter().flat_map(Map::keys);
                names.all(|name| known.is_some_and(|known| known.contains_key(name)))
            }
            other => panic!("the keyword {other} is not implemented"),
        }
    }
}

#[test]
fn every_keyword_refuses_what_does_not_fit() {
    let file = serde_json::json!({
        "$defs": {"small": {"type": "integer", "minimum": 1, "maximum": 2}},
        "type": "object",
        "properties": {
            "list": {"type": "array", "items": {"$ref": "#/$defs/small"}},
            "kind": {"enum": ["a", "b"]},
            "one": {"oneOf": [{"const": 1}, {"type": "integer"}]},
        },
        "required": ["list"],
        "additionalProperties": false,
    });
    let schema = Schema::new(&file);
    for fits in [
        r#"{"list": []}"#,
        r#"{"list": [1, 2], "kind": "b", "one": 2}"#,
    ] {
        let value = serde_json::from_str(fits).unwrap();
        assert_eq!(schema.errors(&value), [""; 0], "{fits}");
    }
    for (other, errors) in [
        ("[]", 1),
        ("{}", 1),
        (r#"{"list": {}}"#, 1),
        (r#"{"list": [0, 3, 1, "a"]}"#, 3),
        (r#"{"list": [], "kind": "c"}"#, 1),
        (r#"{"list": [], "one": 1}"#, 1),
        (r#"{"list": [], "one": "a"}"#, 1),
        (r#"{"list": [], "other": 1}"#, 1),
    ] {
        let value = serde_json::from_str(other).unwrap();
        assert_eq!(schema.errors(&value).len(), errors, "{other}");
    }
}
