//! Reads PDML, the XML in which `tshark` prints all fields of packets.

/// A field, or a protocol.
#[derive(Clone, Debug, Default)]
pub struct Element {
    /// Filter name. Empty for text.
    pub name: String,
    /// Text for people.
    pub label: String,
    /// Value as text.
    pub show: String,
    /// Bytes in hexadecimal digits.
    pub value: String,
    /// Offset of the first byte.
    pub position: usize,
    pub children: Vec<Element>,
}

impl Element {
    /// The first field with this name.
    pub fn find(&self, name: &str) -> Option<&Element> {
        if self.name == name {
            return Some(self);
        }
        self.children.iter().find_map(|child| child.find(name))
    }

    /// The text of the first expert info of this kind.
    pub fn expert(&self, name: &str) -> Option<&str> {
        if self.children.iter().any(|child| child.name == name) {
            return self.text("_ws.expert.message");
        }
        self.children.iter().find_map(|child| child.expert(name))
    }

    /// The value of the first field with this name.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.find(name).map(|found| found.show.as_str())
    }
}

/// All protocols with this name, in order.
pub fn protocols(text: &str, name: &str) -> Vec<Element> {
    let mut open: Vec<Element> = vec![Element::default()];
    // Angle brackets in attributes are escaped.
    for tag in text
        .split('<')
        .skip(1)
        .filter_map(|rest| rest.split('>').next())
    {
        if tag.starts_with("field ") || tag.starts_with("proto ") {
            open.push(element(tag));
            if !tag.ends_with('/') {
                continue;
            }
        } else if tag != "/field" && tag != "/proto" {
            continue;
        }
        let closed = open.pop().expect("an open element");
        open.last_mut().expect("a parent").children.push(closed);
    }
    let all = open.pop().expect("the root");
    assert!(open.is_empty(), "an element is not closed");
    all.children
        .into_iter()
        .filter(|protocol| protocol.name == name)
        .collect()
}

fn element(tag: &str) -> Element {
    Element {
        name: attribute(tag, "name"),
        label: attribute(tag, "showname"),
        show: attribute(tag, "show"),
        value: attribute(tag, "value"),
        position: attribute(tag, "pos").parse().unwrap_or_default(),
        children: Vec::new(),
    }
}

fn attribute(tag: &str, name: &str) -> String {
    let Some((_, rest)) = tag.split_once(&format!(" {name}=\"")) else {
        return String::new();
    };
    let (value, _) = rest.split_once('"').expect("a closing quote");
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&apos;", "'"),
    ];
    let text = entities
        .iter()
        .fold(value.to_owned(), |text, (entity, character)| {
            text.replace(entity, character)
        });
    text.replace("&amp;", "&")
}
