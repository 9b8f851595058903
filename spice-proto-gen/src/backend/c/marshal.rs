//! Marshallers: C functions that write structs as messages, with the functions of `common/marshaller.h`.

use super::context::Context;
use super::functions::{self, Function};
use super::members::{Form, fields, form, path};
use super::names::int_name;
use super::text::Text;
use super::{Options, guarded, includes, source_includes};
use crate::model::{
    Array, CountRef, Field, Member, Message, Model, PointeeOrder, Role, Side, Size, Struct, Type,
    TypeId,
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
        match self.stem.starts_with("msgc_") {
            true => self.stem.clone(),
            false => format!("msg_{}", self.stem),
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
        for (_, field) in fields(body) {
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
            for (_, field) in fields(body) {
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
        match self.is_public(id) {
            true => format!("spice_marshall_{name}"),
            false => format!("marshall_{name}"),
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

/// Writes the statements of one body.
struct Writer<'f, 'c, 'm> {
    file: &'f File<'c, 'm>,
    body: &'m Struct,
    /// Whether the types of the members in C are known. Structs written by hand may have wider ones.
    is_declared: bool,
    /// The parameters for submarshallers that no earlier field uses.
    outs: std::slice::Iter<'f, String>,
}

impl Writer<'_, '_, '_> {
    fn write(mut self, text: &mut Text) {
        let context = self.file.context;
        for (index, member) in self.body.members.iter().enumerate() {
            match member {
                Member::Field(field) => self.write_field(text, field, CountRef::member(index)),
                Member::Switch(switch) => {
                    let fields = context.model.discriminant(self.body, switch);
                    let names: Vec<_> = fields.iter().map(|field| field.name.as_str()).collect();
                    let value = format!("msg->{}", names.join("."));
                    context.write_switch(text, (index, switch), &value, |text, position, case| {
                        self.write_field(text, &case.field, position);
                    });
                }
            }
        }
    }

    fn write_field(&mut self, text: &mut Text, field: &Field, position: CountRef) {
        if is_left_out(field) || self.file.context.is_empty(field) {
            return;
        }
        let member = format!("msg->{}", path(self.body, position));
        match form(field) {
            form if form.is_pointer() => self.write_pointer(text, field, &member),
            Form::None => self.write_zero(text, field),
            Form::Descriptor => text.line(format!("spice_marshaller_add_fd(m, {member});")),
            Form::Chunks => write_chunks(text, "m", &member),
            Form::PointersAtEnd => self.write_elements(text, field, "m", &member, true),
            Form::Copy if field.array.is_none() => self.write_struct(text, field, "m", &member),
            _ if field.array.is_none() => self.write_element(text, field, "m", &member),
            _ => self.write_array(text, field, "m", &member),
        }
    }

    fn write_zero(&self, text: &mut Text, field: &Field) {
        match (
            self.file.context.model.int(field.ty.ty),
            field.array,
            field.pointer,
        ) {
            (Some(int), None, None) => {
                text.line(format!("spice_marshaller_add_{}(m, 0);", int_name(int)));
            }
            _ => {
                let size = field.size.min();
                text.open(format!("for (unsigned i = 0; i < {size}; i++) {{"));
                text.line("spice_marshaller_add_uint8(m, 0);");
                text.close("}");
            }
        }
    }

    fn write_pointer(&mut self, text: &mut Text, field: &Field, member: &str) {
        let submarshaller = "spice_marshaller_get_ptr_submarshaller(m);";
        if is_returned(field) {
            if let Some(out) = self.outs.next() {
                text.line(format!("*{out}_out = {submarshaller}"));
            }
            return;
        }
        text.line(format!("pointee = {submarshaller}"));
        let is_nullable = !field.pointer.is_some_and(|pointer| pointer.nonnull);
        if is_nullable {
            text.open(format!("if ({member} != NULL) {{"));
        }
        match (form(field), field.array) {
            (Form::PointeeChunks, _) => write_chunks(text, "pointee", member),
            (_, None) => self.write_struct(text, field, "pointee", member),
            (_, Some(_)) => self.write_array(text, field, "pointee", member),
        }
        if is_nullable {
            text.close("}");
        }
    }

    /// Writes a number or a struct by value.
    fn write_element(&mut self, text: &mut Text, field: &Field, marshaller: &str, value: &str) {
        let Some(int) = self.file.context.model.int(field.ty.ty) else {
            return self.write_struct(text, field, marshaller, &format!("&{value}"));
        };
        let int = int_name(int);
        let value = match self.is_declared {
            true => value.to_owned(),
            false => format!("({int}_t) {value}"),
        };
        text.line(format!(
            "spice_marshaller_add_{int}({marshaller}, {value});"
        ));
    }

    /// Calls the marshaller of a struct. `address` is an expression for its address.
    fn write_struct(&mut self, text: &mut Text, field: &Field, marshaller: &str, address: &str) {
        let Type::Struct(id) = field.ty.ty else {
            unreachable!("numbers are written as elements");
        };
        let name = self.file.struct_function_name(id);
        let mut arguments = format!("{marshaller}, {address}");
        for out in self.outs.by_ref().take(self.file.outs(id).len()) {
            arguments.push_str(&format!(", {out}_out"));
        }
        text.line(format!("{name}({arguments});"));
    }

    fn write_array(&mut self, text: &mut Text, field: &Field, marshaller: &str, member: &str) {
        let int = self.file.context.model.int(field.ty.ty);
        if int.is_none_or(|int| int.bytes > 1) {
            return self.write_elements(text, field, marshaller, member, false);
        }
        let count = self.count(field, member);
        text.line(format!(
            "spice_marshaller_add({marshaller}, (const uint8_t *) {member}, {count});"
        ));
    }

    /// Writes an array, or an array of pointers to elements.
    fn write_elements(
        &mut self,
        text: &mut Text,
        field: &Field,
        marshaller: &str,
        member: &str,
        are_pointers: bool,
    ) {
        let count = self.count(field, member);
        let is_struct = matches!(field.ty.ty, Type::Struct(_));
        text.open(format!("for (size_t i = 0; i < {count}; i++) {{"));
        match (are_pointers, is_struct) {
            (true, true) => self.write_struct(text, field, marshaller, &format!("{member}[i]")),
            (true, false) => self.write_element(text, field, marshaller, &format!("*{member}[i]")),
            (false, _) => self.write_element(text, field, marshaller, &format!("{member}[i]")),
        }
        text.close("}");
    }

    /// The number of elements as a C expression.
    fn count(&self, field: &Field, member: &str) -> String {
        let value = |position| format!("msg->{}", path(self.body, position));
        match field.array {
            Some(Array::Fixed(length)) => length.to_string(),
            Some(Array::Count(count)) => value(count),
            Some(Array::ImageSize { bits, width, rows }) => {
                let (width, rows) = (CountRef::member(width), CountRef::member(rows));
                format!("image_size({bits}, {}, {})", value(width), value(rows))
            }
            Some(Array::CString) => format!("strlen((const char *) {member}) + 1"),
            Some(Array::Remaining) | None => {
                unreachable!("the caller appends arrays to the end of a message")
            }
        }
    }
}

fn write_chunks(text: &mut Text, marshaller: &str, member: &str) {
    text.open(format!(
        "for (size_t i = 0; i < {member}->num_chunks; i++) {{"
    ));
    let chunk = format!("{member}->chunk[i]");
    text.line(format!(
        "spice_marshaller_add_by_ref({marshaller}, {chunk}.data, {chunk}.len);"
    ));
    text.close("}");
}
