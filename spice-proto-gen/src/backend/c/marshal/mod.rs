//! Marshallers: C functions that write structs as messages, with the functions of `common/marshaller.h`.

mod write;

use self::write::Writer;
use super::context::Context;
use super::functions::{self, Function};
use super::members::form;
use super::text::Text;
use super::{Options, guarded, includes, source_includes};
use crate::model::{
    Array, Field, Member, Message, Model, PointeeOrder, Role, Side, Size, Struct, Type, TypeId,
};

/// Generated marshallers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Marshallers {
    /// The C file.
    pub source: String,
    /// Its header.
    pub header: String,
}

/// Functions that do not depend on the proto.
const RUNTIME: &str = "\
/* The size of an image in bytes. */
static inline size_t image_size(uint64_t bits, uint64_t width, uint64_t rows)
{
    return (size_t) ((bits * width + 7) / 8 * rows);
}
";

/// Generates the marshallers of all messages that these sides send. `name` is the name of the header without its
/// ending.
///
/// The model has passed [`check`](super::check::check).
#[must_use]
pub fn marshallers(model: &Model, sides: &[Side], name: &str, options: &Options) -> Marshallers {
    let context = Context::new(model);
    let file = File::new(&context, sides, &options.structs);
    let messages = file.messages();
    let mut functions = functions::split(RUNTIME);
    for id in context.used_structs() {
        if !context.is_message(id) {
            functions.push(file.struct_function(id));
        }
    }
    for message in &messages {
        functions.push(file.message_function(message, options.table));
    }
    let (mut types, mut prototypes) = (Text::default(), Text::default());
    if options.table {
        functions.push(table(&messages, options));
        types.open("typedef struct {");
        for message in &messages {
            types.conditional(message.condition, |types| {
                let parameters = file.parameters(message.body);
                types.line(format!("void (*{})({parameters});", message.entry()));
            });
        }
        types.close("} SpiceMessageMarshallers;");
        let suffix = &options.suffix;
        prototypes.line(format!(
            "SpiceMessageMarshallers *spice_message_marshallers_get{suffix}(void);"
        ));
    } else {
        for message in &messages {
            prototypes.conditional(message.condition, |prototypes| {
                let parameters = file.parameters(message.body);
                prototypes.line(format!(
                    "void spice_marshall_{}({parameters});",
                    message.stem
                ));
            });
        }
    }
    for id in context.used_structs().filter(|id| file.is_public(*id)) {
        let (name, parameters) = (context.function_name(id), file.parameters(id));
        prototypes.line(format!("void spice_marshall_{name}({parameters});"));
    }
    let mut source = source_includes(options, &["stddef.h", "stdint.h", "string.h"]);
    source.push_str(&functions::needed(&functions));
    let includes = includes(options);
    let header = guarded(name, &includes, types.as_str(), prototypes.as_str());
    Marshallers { source, header }
}

/// The function that returns the table of marshallers.
fn table(messages: &[Marshalled], options: &Options) -> Function {
    let mut entries = Text::of_function();
    for message in messages {
        entries.conditional(message.condition, |entries| {
            entries.line(format!("    marshall_{},", message.stem));
        });
    }
    let (suffix, entries) = (&options.suffix, entries.as_str());
    Function::public(format!(
        "
SpiceMessageMarshallers *spice_message_marshallers_get{suffix}(void)
{{
    static SpiceMessageMarshallers marshallers = {{
{entries}    }};

    return &marshallers;
}}
"
    ))
}

/// A message that gets a marshaller.
struct Marshalled<'m> {
    body: TypeId,
    /// The end of the function's name.
    stem: String,
    /// The macro without which it is left out.
    condition: Option<&'m str>,
}

impl Marshalled<'_> {
    /// The name in the table of functions.
    fn entry(&self) -> String {
        if self.stem.starts_with("msgc_") {
            self.stem.clone()
        } else {
            format!("msg_{}", self.stem)
        }
    }
}

/// A C file of marshallers.
struct File<'c, 'm> {
    context: &'c Context<'m>,
    sides: &'c [Side],
    /// Whether a struct's marshaller is called from other files, for each type.
    public: Vec<bool>,
    /// The names of the pointers whose pointees callers marshall, for each type.
    outs: Vec<Vec<String>>,
}

impl<'c, 'm> File<'c, 'm> {
    fn new(context: &'c Context<'m>, sides: &'c [Side], structs: &[String]) -> Self {
        let model = context.model;
        let mut file = Self {
            context,
            sides,
            public: vec![false; model.types.len()],
            outs: Vec::with_capacity(model.types.len()),
        };
        for index in 0..model.types.len() {
            let body = model.body(TypeId(index));
            let outs = body.map(|body| file.outs_of(body));
            file.outs.push(outs.unwrap_or_default());
        }
        file.publish(structs);
        file
    }

    /// The pointers of a body whose pointees the caller marshalls, in order of the fields.
    fn outs_of(&self, body: &Struct) -> Vec<String> {
        let mut outs: Vec<String> = Vec::new();
        for (_, field) in body.fields() {
            let names = match (is_returned(field), field.ty.ty) {
                _ if is_left_out(field) => Vec::new(),
                (true, _) => vec![field.name.clone()],
                (false, Type::Struct(id)) => self.outs(id).to_vec(),
                (false, _) => Vec::new(),
            };
            for name in names {
                let mut name = match field.attributes.argument("outvar") {
                    Some(prefix) => format!("{prefix}_{name}"),
                    None => name,
                };
                while outs.contains(&name) {
                    name.push('_');
                }
                outs.push(name);
            }
        }
        outs
    }

    /// Marks the structs with public marshallers: named structs, and pointees.
    fn publish(&mut self, structs: &[String]) {
        let mut reached = vec![false; self.public.len()];
        for message in self.messages() {
            mark(&mut reached, message.body);
        }
        let used: Vec<_> = self.context.used_structs().collect();
        for id in used.into_iter().rev() {
            let body = self.context.body(id);
            if !self.context.is_message(id) && structs.contains(&body.name) {
                mark(&mut self.public, id);
                mark(&mut reached, id);
            }
            if reached.get(id.0) != Some(&true) {
                continue;
            }
            for (_, field) in body.fields() {
                if let Type::Struct(id) = field.ty.ty
                    && !is_left_out(field)
                {
                    mark(&mut reached, id);
                    if form(field).is_pointer() {
                        mark(&mut self.public, id);
                    }
                }
            }
        }
    }

    /// The messages of the sides, each once, in order of the channels.
    fn messages(&self) -> Vec<Marshalled<'m>> {
        let mut messages: Vec<Marshalled> = Vec::new();
        for entry in &self.context.model.protocol.channels {
            for side in self.sides {
                for found in self.context.model.channel(entry.channel).messages(*side) {
                    let stem = self.context.names.stem(found, *side);
                    if messages.iter().all(|message| message.stem != stem) {
                        messages.push(Marshalled {
                            body: found.body,
                            stem,
                            condition: self.condition(found),
                        });
                    }
                }
            }
        }
        messages
    }

    /// The macro without which a message is left out.
    fn condition(&self, message: &Message) -> Option<&'m str> {
        let channel = self
            .context
            .model
            .channel(message.owner)
            .attributes
            .argument("ifdef");
        let body = self.context.body(message.body);
        channel.or_else(|| body.attributes.argument("ifdef"))
    }

    fn is_public(&self, id: TypeId) -> bool {
        self.public.get(id.0) == Some(&true)
    }

    fn outs(&self, id: TypeId) -> &[String] {
        self.outs.get(id.0).map_or(&[], Vec::as_slice)
    }

    fn parameters(&self, id: TypeId) -> String {
        let mut parameters = format!(
            "SpiceMarshaller *m, const {} *msg",
            self.context.struct_type(id)
        );
        for out in self.outs(id) {
            parameters.push_str(&format!(", SpiceMarshaller **{out}_out"));
        }
        parameters
    }

    fn struct_function_name(&self, id: TypeId) -> String {
        let name = self.context.function_name(id);
        if self.is_public(id) {
            format!("spice_marshall_{name}")
        } else {
            format!("marshall_{name}")
        }
    }

    fn struct_function(&self, id: TypeId) -> Function {
        let name = self.struct_function_name(id);
        self.function(id, name, self.is_public(id), false)
    }

    fn message_function(&self, message: &Marshalled, table: bool) -> Function {
        let body = self.context.body(message.body);
        // As published code has it: such messages are marshalled by hand from their structs.
        let is_empty = !body.members.iter().any(|member| match member {
            Member::Field(field) => {
                matches!(field.size, Size::Static(_)) && field.role.is_on_wire()
            }
            Member::Switch(switch) => matches!(switch.size, Size::Static(_)),
        });
        let prefix = if table { "marshall" } else { "spice_marshall" };
        let name = format!("{prefix}_{}", message.stem);
        let function = self.function(message.body, name, !table, is_empty);
        function.within(message.condition)
    }

    fn function(&self, id: TypeId, name: String, public: bool, is_empty: bool) -> Function {
        let body = self.context.body(id);
        let mut statements = Text::of_function();
        for out in self.outs(id) {
            statements.line(format!("*{out}_out = NULL;"));
        }
        if !is_empty {
            let writer = Writer {
                file: self,
                body,
                is_declared: body.attributes.has("declare"),
                outs: self.outs(id).iter(),
            };
            writer.write(&mut statements);
        }
        let statements = statements.as_str();
        let mut unused = Text::of_function();
        if statements.contains("pointee = ") {
            unused.declarations(&["SpiceMarshaller *pointee;".to_owned()]);
        }
        for parameter in ["m", "msg"] {
            if functions::identifiers(statements).all(|name| name != parameter) {
                unused.line(format!("(void) {parameter};"));
            }
        }
        let (unused, parameters) = (unused.as_str(), self.parameters(id));
        let storage = if public { "" } else { "static " };
        let text = format!("\n{storage}void {name}({parameters})\n{{\n{unused}{statements}}}\n");
        Function {
            public,
            ..Function::new(name, text)
        }
    }
}

fn mark(flags: &mut [bool], id: TypeId) {
    if let Some(flag) = flags.get_mut(id.0) {
        *flag = true;
    }
}

/// Whether a field is left to the caller, or not sent.
fn is_left_out(field: &Field) -> bool {
    field.attributes.has("nomarshal")
        || !field.role.is_on_wire()
        || field.array == Some(Array::Remaining) && field.pointer.is_none()
}

/// Whether the caller marshalls the pointee.
fn is_returned(field: &Field) -> bool {
    let order = field.pointer.map(|pointer| pointer.order);
    order == Some(PointeeOrder::BreadthFirst) && field.role != Role::Zero
}
