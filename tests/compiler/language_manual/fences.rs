//! Fenced code blocks of the manual.

/// A fenced code block. The info string is a language, then `key` or `key=value` words.
#[derive(Debug)]
pub struct Fence {
    /// Line number of the opening fence.
    pub line: usize,
    pub language: String,
    /// Keys and values; the value of a plain key is empty.
    pub words: Vec<(String, String)>,
    pub text: String,
}

impl Fence {
    pub fn get(&self, key: &str) -> Option<&str> {
        let found = self.words.iter().find(|(word, _)| word == key);
        found.map(|(_, value)| value.as_str())
    }

    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Cells of the nonempty lines. Two or more spaces separate cells.
    pub fn rows(&self) -> Vec<Vec<&str>> {
        let lines = self.text.lines().filter(|line| !line.trim().is_empty());
        let columns = lines.map(|line| line.split("  ").map(str::trim));
        columns
            .map(|parts| parts.filter(|part| !part.is_empty()).collect())
            .collect()
    }
}

/// All fenced code blocks of a text, in order.
pub fn fences(text: &str) -> Vec<Fence> {
    let mut fences = Vec::new();
    let mut open: Option<Fence> = None;
    for (index, line) in text.lines().enumerate() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(""), Some(_)) => fences.extend(open.take()),
            (Some(info), None) => {
                let mut words = info.split(',').map(|word| {
                    let (key, value) = word.split_once('=').unwrap_or((word, ""));
                    (key.to_owned(), value.to_owned())
                });
                let (language, _) = words.next().unwrap();
                open = Some(Fence {
                    line: index + 1,
                    language,
                    words: words.collect(),
                    text: String::new(),
                });
            }
            (Some(_), Some(fence)) => panic!("line {}: nested fence", fence.line),
            (None, Some(fence)) => {
                fence.text.push_str(line);
                fence.text.push('\n');
            }
            (None, None) => {}
        }
    }
    if let Some(fence) = open {
        panic!("line {}: unclosed fence", fence.line);
    }
    fences
}

/// Parses hexadecimal bytes, ignoring whitespace.
pub fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u32> = hex
        .chars()
        .filter(|digit| !digit.is_whitespace())
        .map(|digit| digit.to_digit(16).unwrap_or_else(|| panic!("{hex:?}")))
        .collect();
    assert!(digits.len().is_multiple_of(2), "half a byte in {hex:?}");
    digits
        .chunks(2)
        .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap())
        .collect()
}
