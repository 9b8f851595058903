//! Parses JSON to a value.

use std::borrow::Cow;

use spice_proto_gen::model::Enum;

use super::JsonError;
use super::expected::Expected;
use crate::value::Value;

/// Maximum nesting depth of lists and objects. Values that can be encoded are never nested this
/// deeply.
const MAX_NESTING: usize = crate::MAX_DEPTH * 3;

pub(super) fn parse(text: &str, expected: Expected<'_>) -> Result<Value<'static>, JsonError> {
    let mut parser = Parser {
        text,
        offset: 0,
        depth: 0,
    };
    let value = parser.value(expected)?;
    parser.skip_whitespace();
    match parser.peek() {
        None => Ok(value),
        Some(_) => Err(parser.error("trailing characters after the value")),
    }
}

struct Parser<'t> {
    text: &'t str,
    offset: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    const fn error(&self, reason: &'static str) -> JsonError {
        JsonError {
            reason,
            offset: self.offset,
        }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.offset..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Consumes characters while `wanted` returns true.
    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|character| !wanted(character));
        let taken = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        self.offset = self.offset.saturating_add(taken.len());
        taken
    }

    fn skip_whitespace(&mut self) {
        self.take_while(|character| matches!(character, ' ' | '\t' | '\n' | '\r'));
    }

    /// Consumes `wanted` if the rest starts with it.
    fn take(&mut self, wanted: &str) -> bool {
        let found = self.rest().starts_with(wanted);
        if found {
            self.offset = self.offset.saturating_add(wanted.len());
        }
        found
    }

    fn expect(&mut self, wanted: &str, otherwise: &'static str) -> Result<(), JsonError> {
        self.skip_whitespace();
        if self.take(wanted) {
            Ok(())
        } else {
            Err(self.error(otherwise))
        }
    }

    fn value(&mut self, expected: Expected<'_>) -> Result<Value<'static>, JsonError> {
        self.skip_whitespace();
        let named = expected.enumeration();
        match (self.peek(), named) {
            (Some('"'), Some(ty)) => self.item(ty).map(Value::Integer),
            (Some('['), Some(ty)) if ty.flags => self.flags(ty),
            _ => self.unnamed(expected),
        }
    }

    /// Parses the name of an item, and returns its value.
    fn item(&mut self, ty: &Enum) -> Result<i128, JsonError> {
        let offset = self.offset;
        let name = self.string()?;
        match ty.items.iter().find(|item| item.name == name) {
            Some(item) => Ok(item.value.into()),
            None => Err(JsonError {
                reason: "the enum or flags type has no item of this name",
                offset,
            }),
        }
    }

    /// Parses a list of names and numbers of flags.
    fn flags(&mut self, ty: &Enum) -> Result<Value<'static>, JsonError> {
        let mut flags = 0;
        self.take("[");
        self.skip_whitespace();
        if self.take("]") {
            return Ok(Value::Integer(flags));
        }
        loop {
            self.skip_whitespace();
            let flag = match self.peek() {
                Some('"') => Some(self.item(ty)?),
                Some('-' | '0'..='9') => self.number()?.as_integer(),
                _ => None,
            };
            flags |= flag.ok_or_else(|| self.error("expected the name or number of a flag"))?;
            self.skip_whitespace();
            if !self.take(",") {
                self.expect("]", "expected `,` or `]`")?;
                return Ok(Value::Integer(flags));
            }
        }
    }

    fn unnamed(&mut self, expected: Expected<'_>) -> Result<Value<'static>, JsonError> {
        match self.peek() {
            Some('{') => self.nested(expected, Self::object),
            Some('[') => self.nested(expected, Self::list),
            Some('"') => self.bytes(),
            Some('-' | '0'..='9') => self.number(),
            _ if self.take("null") => Ok(Value::Null),
            _ => Err(self.error("expected an object, a list, a string, an integer or `null`")),
        }
    }

    fn nested<'m>(
        &mut self,
        expected: Expected<'m>,
        read: fn(&mut Self, Expected<'m>) -> Result<Value<'static>, JsonError>,
    ) -> Result<Value<'static>, JsonError> {
        if self.depth >= MAX_NESTING {
            return Err(self.error("nested too deeply"));
        }
        self.depth = self.depth.saturating_add(1);
        let value = read(self, expected)?;
        self.depth = self.depth.saturating_sub(1);
        Ok(value)
    }

    fn object(&mut self, expected: Expected<'_>) -> Result<Value<'static>, JsonError> {
        let mut fields = Vec::new();
        self.take("{");
        self.skip_whitespace();
        if self.take("}") {
            return Ok(Value::Struct(fields));
        }
        loop {
            self.skip_whitespace();
            let name = self.string()?;
            self.expect(":", "expected `:`")?;
            let value = self.value(expected.member(&name))?;
            fields.push((Cow::Owned(name), value));
            self.skip_whitespace();
            if !self.take(",") {
                self.expect("}", "expected `,` or `}`")?;
                return Ok(Value::Struct(fields));
            }
        }
    }

    fn list(&mut self, expected: Expected<'_>) -> Result<Value<'static>, JsonError> {
        let mut values = Vec::new();
        self.take("[");
        self.skip_whitespace();
        if self.take("]") {
            return Ok(Value::List(values));
        }
        loop {
            values.push(self.value(expected.element())?);
            self.skip_whitespace();
            if !self.take(",") {
                self.expect("]", "expected `,` or `]`")?;
                return Ok(Value::List(values));
            }
        }
    }

    fn number(&mut self) -> Result<Value<'static>, JsonError> {
        let start = self.offset;
        self.take("-");
        let digits = self.take_while(|character| character.is_ascii_digit());
        let leading_zero = digits.len() > 1 && digits.starts_with('0');
        if digits.is_empty() || leading_zero || matches!(self.peek(), Some('.' | 'e' | 'E')) {
            return Err(self.error("expected an integer"));
        }
        let text = self.text.get(start..self.offset).unwrap_or_default();
        match text.parse() {
            Ok(number) if (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&number) => {
                Ok(Value::Integer(number))
            }
            _ => Err(self.error("the integer does not fit in 64 bits")),
        }
    }

    fn bytes(&mut self) -> Result<Value<'static>, JsonError> {
        let start = self.offset;
        let text = self.string()?;
        let (pairs, odd) = text.as_bytes().as_chunks::<2>();
        let bytes = pairs.iter().map(|pair| match pair.map(digit) {
            [Some(high), Some(low)] => Some(high << 4 | low),
            _ => None,
        });
        let bytes = bytes.collect::<Option<Vec<u8>>>();
        match bytes.filter(|_| odd.is_empty()) {
            Some(bytes) => Ok(Value::Bytes(Cow::Owned(bytes))),
            None => Err(JsonError {
                reason: "expected pairs of hexadecimal digits",
                offset: start,
            }),
        }
    }

    fn string(&mut self) -> Result<String, JsonError> {
        self.expect("\"", "expected a string")?;
        let mut text = String::new();
        loop {
            text.push_str(
                self.take_while(|character| !matches!(character, '"' | '\\' | '\0'..='\x1f')),
            );
            if self.take("\"") {
                return Ok(text);
            }
            if !self.take("\\") {
                return Err(self.error("unterminated string"));
            }
            text.push(self.escaped()?);
        }
    }

    /// Parses an escape. Names and digits never need surrogate pairs.
    fn escaped(&mut self) -> Result<char, JsonError> {
        let found = self.peek();
        self.offset = self.offset.saturating_add(found.map_or(0, char::len_utf8));
        let character = match found {
            Some(plain @ ('"' | '\\' | '/')) => Some(plain),
            Some('b') => Some('\u{8}'),
            Some('f') => Some('\u{c}'),
            Some('n') => Some('\n'),
            Some('r') => Some('\r'),
            Some('t') => Some('\t'),
            Some('u') => {
                let digits = self.rest().get(..4).unwrap_or_default();
                let plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
                self.offset = self.offset.saturating_add(digits.len());
                let number = u32::from_str_radix(digits, 16).ok().filter(|_| plain);
                number.and_then(char::from_u32)
            }
            _ => None,
        };
        character.ok_or_else(|| self.error("unknown escape"))
    }
}

fn digit(character: u8) -> Option<u8> {
    let value = char::from(character).to_digit(16)?;
    u8::try_from(value).ok()
}
