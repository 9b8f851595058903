//! Pictures of a model: channels with what they inherit, or types with what they contain, as text for
//! Graphviz or Mermaid.

use std::collections::BTreeSet;

use crate::model::{Channel, ChannelId, Member, Model, Side, Struct, TypeDef, TypeId};

/// The picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// Channels: an edge leads from a channel to its parent.
    Channels,
    /// Types and bodies: an edge leads from a type to a type that it contains.
    Types,
}

/// The language of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// The language of Graphviz.
    Dot,
    /// A Mermaid flowchart.
    Mermaid,
}

/// Draws a model.
#[must_use]
pub fn generate(model: &Model, subject: Subject, format: Format) -> String {
    let graph = match subject {
        Subject::Channels => channels(model),
        Subject::Types => types(model),
    };
    match format {
        Format::Dot => dot(&graph),
        Format::Mermaid => mermaid(&graph),
    }
}

#[derive(Default)]
struct Graph {
    /// Lines of text of each node.
    nodes: Vec<(usize, Vec<String>)>,
    /// From a node to a node, with a label.
    edges: Vec<(usize, usize, &'static str)>,
}

fn channels(model: &Model) -> Graph {
    let mut graph = Graph::default();
    for (index, channel) in model.channels.iter().enumerate() {
        let mut lines = vec![channel.name.clone()];
        for entry in model.entries(channel) {
            lines.push(format!("{} = {}", entry.name, entry.number));
        }
        for side in Side::ALL {
            let own = own_messages(channel, ChannelId(index), side);
            if own > 0 {
                let plural = if own == 1 { "" } else { "s" };
                lines.push(format!("{own} {side} message{plural}"));
            }
        }
        graph.nodes.push((index, lines));
        if let Some(parent) = channel.parent {
            graph.edges.push((index, parent.0, ""));
        }
    }
    graph
}

fn own_messages(channel: &Channel, id: ChannelId, side: Side) -> usize {
    let messages = channel.messages(side).iter();
    messages.filter(|message| message.owner == id).count()
}

fn types(model: &Model) -> Graph {
    let mut graph = Graph::default();
    let mut connected = BTreeSet::new();
    for (index, definition) in model.types.iter().enumerate() {
        let mut edges = BTreeSet::new();
        match definition {
            TypeDef::Struct(body) => struct_edges(body, &mut edges),
            TypeDef::Alias(_) | TypeDef::Enum(_) => {}
        }
        for (target, label) in edges {
            connected.extend([index, target.0]);
            graph.edges.push((index, target.0, label));
        }
    }
    // A type that neither contains another nor is contained says nothing here.
    for index in connected {
        let label = label(model, model.definition(TypeId(index)));
        graph.nodes.push((index, vec![label]));
    }
    graph
}

/// The types of the fields, with `pointer` for pointees.
fn struct_edges(body: &Struct, edges: &mut BTreeSet<(TypeId, &'static str)>) {
    for field in body.members.iter().flat_map(Member::fields) {
        let label = if field.pointer.is_some() {
            "pointer"
        } else {
            ""
        };
        edges.extend(field.ty.ty.definition().map(|id| (id, label)));
    }
}

/// The name of a definition, and before it channel and side if it is the body of one message.
fn label(model: &Model, definition: &TypeDef) -> String {
    match definition {
        TypeDef::Struct(body) => model.path(body).join("."),
        TypeDef::Alias(_) | TypeDef::Enum(_) => definition.name().to_owned(),
    }
}

fn dot(graph: &Graph) -> String {
    let mut text = String::from("digraph {\n    rankdir = RL;\n    node [shape = box];\n");
    for (node, lines) in &graph.nodes {
        text.push_str(&format!(
            "    n{node} [label = \"{}\"];\n",
            lines.join("\\n")
        ));
    }
    for (from, to, label) in &graph.edges {
        let label = match *label {
            "" => String::new(),
            label => format!(" [label = \"{label}\"]"),
        };
        text.push_str(&format!("    n{from} -> n{to}{label};\n"));
    }
    text.push_str("}\n");
    text
}

fn mermaid(graph: &Graph) -> String {
    let mut text = String::from("flowchart RL\n");
    for (node, lines) in &graph.nodes {
        text.push_str(&format!("    n{node}[\"{}\"]\n", lines.join("<br>")));
    }
    for (from, to, label) in &graph.edges {
        let arrow = match *label {
            "" => "-->".to_owned(),
            label => format!("-->|{label}|"),
        };
        text.push_str(&format!("    n{from} {arrow} n{to}\n"));
    }
    text
}
