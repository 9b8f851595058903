//! Marshallers: C functions that write structs as messages, with the functions of `common/marshaller.h`.

use super::context::Context;
use super::functions::{self, Function};
use super::members::{Case, Form, form, members};
use super::names::int_name;
use super::text::{Text, conditional};
use super::{Options, guarded, includes, source_includes};
use crate::model::{
    Array, ChannelId, CountRef, Field, Member, Message, Model, PointeeOrder, Role, Side, Size,
    Struct, Switch, Type, TypeId,
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

/// Generates the marshallers of all messages that these sides send. `name` is the name of the header without its
/// ending.
///
/// The model has passed [`check`](super::check::check).
#[must_use]
pub fn marshallers(model: &Model, sides: &[Side], name: &str, options: &Options) -> Marshallers {
    let table = options.table;
    let context = Context::new(model);
    let file = File::new(&context, sides, &options.structs);
    let mut functions = functions::split(RUNTIME);
    for (index, _) in model.types.iter().enumerate() {
        let id = TypeId(index);
        if model.body(id).is_some() && !context.is_unused(id) && !context.is_message(id) {
            functions.push(file.struct_function(id));
        }
    }
    let messages = file.messages();
    for message in &messages {
        functions.push(file.message_function(message, table));
    }
    if table {
        functions.push(file.table(&messages, options));
    }
    let mut source = source_includes(options, &["stddef.h", "stdint.h", "string.h"]);
    source.push_str(&functions::needed(&functions));
    let (mut types, mut lines) = (Text::default(), Text::default());
    if table {
        types.open("typedef struct {");
        for message in &messages {
            conditional(message.condition, &mut types, |types| {
                let parameters = file.parameters(message.found.body);
                types.line(format!("void (*{})({parameters});", message.entry()));
            });
        }
        types.close("} SpiceMessageMarshallers;");
        let suffix = &options.suffix;
        lines.line(format!(
            "SpiceMessageMarshallers *spice_message_marshallers_get{suffix}(void);"
        ));
    } else {
        for message in &messages {
            conditional(message.condition, &mut lines, |lines| {
                let parameters = file.parameters(message.found.body);
                lines.line(format!(
                    "void spice_marshall_{}({parameters});",
                    message.stem
                ));
            });
        }
    }
    for (index, public) in file.public.iter().enumerate() {
        if *public {
            let id = TypeId(index);
            let (name, parameters) = (context.function_name(id), file.parameters(id));
            lines.line(format!("void spice_marshall_{name}({parameters});"));
        }
    }
    let header = guarded(name, &includes(options), types.as_str(), lines.as_str());
    Marshallers { source, header }
}

/// Functions that do not depend on the proto.
const RUNTIME: &str = "\
/* The size of an image in bytes. */
static inline size_t image_size(uint64_t bits, uint64_t width, uint64_t rows)
{
    return (size_t) ((bits * width + 7) / 8 * rows);
}
";

/// A message that gets a marshaller.
struct Marshalled<'m> {
    found: &'m Message,
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

/// A submarshaller that a function returns, because the caller marshalls the pointee.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Out {
    /// The name of the parameter.
    name: String,
}

/// A C file of marshallers.
struct File<'c, 'm> {
    context: &'c Context<'m>,
    sides: &'c [Side],
    /// Whether a struct's marshaller is called from other files, for each type.
    public: Vec<bool>,
    /// The pointers that callers marshall, for each type.
    outs: Vec<Vec<Out>>,
}

impl<'c, 'm> File<'c, 'm> {
    fn new(context: &'c Context<'m>, sides: &'c [Side], structs: &[String]) -> Self {
        let types = context.model.types.len();
        let mut file = Self {
            context,
            sides,
            public: vec![false; types],
            outs: Vec::with_capacity(types),
        };
        for index in 0..types {
            let outs = context.model.body(TypeId(index));
            let outs = outs.map(|body| file.outs_of(body)).unwrap_or_default();
            file.outs.push(outs);
        }
        file.publish(structs);
        file
    }

    /// The pointers of a body that the caller marshalls, in order of the fields.
    fn outs_of(&self, body: &Struct) -> Vec<Out> {
        let mut outs: Vec<Out> = Vec::new();
        for member in members(body) {
            let field = member.field;
            if is_left_out(field) {
                continue;
            }
            let prefix = field.attributes.argument("outvar");
            let prefix = prefix.map_or(String::new(), |prefix| format!("{prefix}_"));
            let mut names = Vec::new();
            if is_returned(field) {
                names.push(format!("{prefix}{}", field.name));
            } else if let Some(nested) = self.called(field) {
                let nested = self.outs.get(nested.0).map_or(&[][..], Vec::as_slice);
                names.extend(nested.iter().map(|out| format!("{prefix}{}", out.name)));
            }
            for mut name in names {
                while outs.iter().any(|out| out.name == name) {
                    name.push('_');
                }
                outs.push(Out { name });
            }
        }
        outs
    }

    /// The struct whose marshaller marshalls a field.
    fn called(&self, field: &Field) -> Option<TypeId> {
        match field.ty.ty {
            Type::Struct(id) if !is_returned(field) && field.role != Role::Zero => Some(id),
            _ => None,
        }
    }

    /// Marks the structs with public marshallers: named ones, and those that pointers lead to.
    fn publish(&mut self, structs: &[String]) {
        let model = self.context.model;
        let mut reached = vec![false; model.types.len()];
        for message in self.messages() {
            mark(&mut reached, message.found.body);
        }
        for index in (0..model.types.len()).rev() {
            let id = TypeId(index);
            let Some(body) = model.body(id) else {
                continue;
            };
            if !self.context.is_message(id)
                && !self.context.is_unused(id)
                && structs.contains(&body.name)
            {
                mark(&mut self.public, id);
                mark(&mut reached, id);
            }
            if reached.get(index) != Some(&true) {
                continue;
            }
            for member in members(body) {
                if let Type::Struct(id) = member.field.ty.ty
                    && !is_left_out(member.field)
                {
                    mark(&mut reached, id);
                    if member.field.pointer.is_some() {
                        mark(&mut self.public, id);
                    }
                }
            }
        }
    }

    /// The messages of the sides, each once, in order of the channels.
    fn messages(&self) -> Vec<Marshalled<'m>> {
        let model = self.context.model;
        let mut messages: Vec<Marshalled> = Vec::new();
        for entry in &model.protocol.channels {
            let channel = self.channel(entry.channel);
            let of_side = |side: Side| {
                channel
                    .messages(side)
                    .iter()
                    .map(move |found| (found, side))
            };
            for (found, side) in self.sides.iter().copied().flat_map(of_side) {
                let stem = self.context.names.stem(found, side);
                if messages.iter().any(|message| message.stem == stem) {
                    continue;
                }
                let body = self.context.body(found.body);
                let channel = self.channel(found.owner).attributes.argument("ifdef");
                let condition = channel.or_else(|| body.attributes.argument("ifdef"));
                messages.push(Marshalled {
                    found,
                    stem,
                    condition,
                });
            }
        }
        messages
    }

    fn channel(&self, id: ChannelId) -> &'m crate::model::Channel {
        match self.context.model.channels.get(id.0) {
            Some(channel) => channel,
            None => unreachable!("channel ids are indexes of the model's channels"),
        }
    }

    fn outs(&self, id: TypeId) -> &[Out] {
        self.outs.get(id.0).map_or(&[], Vec::as_slice)
    }

    fn parameters(&self, id: TypeId) -> String {
        let mut parameters = format!(
            "SpiceMarshaller *m, const {} *msg",
            self.context.struct_type(id)
        );
        for out in self.outs(id) {
            parameters.push_str(&format!(", SpiceMarshaller **{}_out", out.name));
        }
        parameters
    }

    fn struct_function_name(&self, id: TypeId) -> String {
        let name = self.context.function_name(id);
        match self.public.get(id.0) {
            Some(true) => format!("spice_marshall_{name}"),
            _ => format!("marshall_{name}"),
        }
    }

    fn struct_function(&self, id: TypeId) -> Function {
        let public = self.public.get(id.0) == Some(&true);
        let name = self.struct_function_name(id);
        let storage = if public { "" } else { "static " };
        let text = self.function(id, &format!("{storage}void {name}"), false);
        Function {
            public,
            ..Function::new(name, text)
        }
    }

    fn message_function(&self, message: &Marshalled, table: bool) -> Function {
        let id = message.found.body;
        let mut members = self.context.body(id).members.iter();
        // As published code has it: such messages are marshalled by hand from their structs.
        let is_empty = !members.any(|member| match member {
            Member::Field(field) => {
                matches!(field.size, Size::Static(_)) && field.role.is_on_wire()
            }
            Member::Switch(switch) => matches!(switch.size, Size::Static(_)),
        });
        let (prefix, storage) = match table {
            true => ("marshall", "static "),
            false => ("spice_marshall", ""),
        };
        let name = format!("{prefix}_{}", message.stem);
        let text = self.function(id, &format!("{storage}void {name}"), is_empty);
        Function {
            public: !table,
            condition: message.condition.map(str::to_owned),
            ..Function::new(name, text)
        }
    }

    /// A marshaller, which begins with an empty line.
    fn function(&self, id: TypeId, head: &str, is_empty: bool) -> String {
        let body = self.context.body(id);
        let mut statements = Text::default();
        statements.indent();
        for out in self.outs(id) {
            statements.line(format!("*{}_out = NULL;", out.name));
        }
        if !is_empty {
            let writer = Writer {
                file: self,
                body,
                is_declared: body.attributes.has("declare"),
                outs: self.outs(id),
                next_out: 0,
            };
            writer.write(&mut statements);
        }
        let statements = statements.into_string();
        let mut text = Text::default();
        text.line("");
        text.line(format!("{head}({})", self.parameters(id)));
        text.open("{");
        let mut has_declaration = false;
        if statements.contains("pointee = ") {
            text.line("SpiceMarshaller *pointee;");
            has_declaration = true;
        }
        for name in ["m", "msg"] {
            let is_used = ["(", "*", " ", "!", "&"].iter().any(|before| {
                [")", ",", "->"]
                    .iter()
                    .any(|after| statements.contains(&format!("{before}{name}{after}")))
            });
            if !is_used {
                text.line(format!("(void) {name};"));
            }
        }
        if has_declaration {
            text.line("");
        }
        text.push(&statements);
        text.close("}");
        text.into_string()
    }

    /// The function that returns the table of marshallers.
    fn table(&self, messages: &[Marshalled], options: &Options) -> Function {
        let suffix = &options.suffix;
        let mut text = Text::default();
        text.line("");
        text.line(format!(
            "SpiceMessageMarshallers *spice_message_marshallers_get{suffix}(void)"
        ));
        text.open("{");
        text.open("static SpiceMessageMarshallers marshallers = {");
        for message in messages {
            conditional(message.condition, &mut text, |text| {
                text.line(format!("marshall_{},", message.stem));
            });
        }
        text.close("};");
        text.line("");
        text.line("return &marshallers;");
        text.close("}");
        Function {
            public: true,
            ..Function::new("table", text.into_string())
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
    match field.pointer {
        Some(pointer) => pointer.order == PointeeOrder::BreadthFirst && field.role != Role::Zero,
        None => false,
    }
}

/// Writes the statements of one body.
struct Writer<'f, 'c, 'm> {
    file: &'f File<'c, 'm>,
    body: &'m Struct,
    /// Whether the types of the members in C are known. Structs written by hand may have wider ones.
    is_declared: bool,
    outs: &'f [Out],
    /// The first parameter that no earlier member uses.
    next_out: usize,
}

impl<'m> Writer<'_, '_, 'm> {
    fn write(mut self, text: &mut Text) {
        for member in &self.body.members {
            match member {
                Member::Field(field) => self.write_field(text, field, Case { union: None, field }),
                Member::Switch(switch) => self.write_switch(text, switch),
            }
        }
    }

    fn write_switch(&mut self, text: &mut Text, switch: &'m Switch) {
        let context = self.file.context;
        let path = context.discriminant_path(self.body, switch);
        context.write_switch(text, switch, &format!("msg->{path}"), |text, case, _| {
            self.write_field(text, case.field, case);
        });
    }

    /// The parameters for the submarshallers of the next `count` pointers.
    fn take_outs(&mut self, count: usize) -> Vec<String> {
        let outs = self.outs.iter().skip(self.next_out).take(count);
        self.next_out += count;
        outs.map(|out| format!("{}_out", out.name)).collect()
    }

    fn write_field(&mut self, text: &mut Text, field: &Field, case: Case<'_>) {
        if is_left_out(field) {
            return;
        }
        let member = format!("msg->{}", case.path());
        if field.pointer.is_some() && field.role != Role::Zero {
            self.write_pointer(text, field, &member);
            return;
        }
        match form(field) {
            Form::None => self.write_zero(text, field),
            Form::Descriptor => text.line(format!("spice_marshaller_add_fd(m, {member});")),
            Form::Value => self.write_element(text, field, "m", &member),
            Form::Copy if field.array.is_none() => {
                self.write_struct(text, field, "m", &member);
            }
            Form::Fixed(_) | Form::End | Form::InMessage(_) | Form::Copy => {
                self.write_array(text, field, "m", &member);
            }
            Form::PointersAtEnd => self.write_pointers_at_end(text, field, &member),
            Form::Chunks => write_chunks(text, "m", &member),
            Form::Constant(_) | Form::Pointee | Form::PointeeInMessage | Form::PointeeChunks => {}
        }
    }

    fn write_zero(&self, text: &mut Text, field: &Field) {
        let int = self.file.context.model.int(field.ty.ty);
        match (int, field.array, field.pointer) {
            (Some(int), None, None) => {
                text.line(format!("spice_marshaller_add_{}(m, 0);", int_name(int)))
            }
            _ => {
                text.open(format!(
                    "for (unsigned i = 0; i < {}; i++) {{",
                    field.size.min()
                ));
                text.line("spice_marshaller_add_uint8(m, 0);");
                text.close("}");
            }
        }
    }

    fn write_pointer(&mut self, text: &mut Text, field: &Field, member: &str) {
        if is_returned(field) {
            for out in self.take_outs(1) {
                text.line(format!(
                    "*{out} = spice_marshaller_get_ptr_submarshaller(m);"
                ));
            }
            return;
        }
        text.line("pointee = spice_marshaller_get_ptr_submarshaller(m);");
        let nonnull = field.pointer.is_some_and(|pointer| pointer.nonnull);
        if !nonnull {
            text.open(format!("if ({member} != NULL) {{"));
        }
        match (form(field), field.array) {
            (Form::PointeeChunks, _) => write_chunks(text, "pointee", member),
            (_, None) => self.write_struct(text, field, "pointee", member),
            (_, Some(_)) => self.write_array(text, field, "pointee", member),
        }
        if !nonnull {
            text.close("}");
        }
    }

    /// Writes a number or a struct by value.
    fn write_element(&mut self, text: &mut Text, field: &Field, marshaller: &str, value: &str) {
        match self.file.context.model.int(field.ty.ty) {
            Some(int) => {
                let int = int_name(int);
                let cast = match self.is_declared {
                    true => String::new(),
                    false => format!("({int}_t) "),
                };
                text.line(format!(
                    "spice_marshaller_add_{int}({marshaller}, {cast}{value});"
                ));
            }
            None => self.write_struct(text, field, marshaller, &format!("&{value}")),
        }
    }

    /// Calls the marshaller of a struct. `address` is an expression for its address.
    fn write_struct(&mut self, text: &mut Text, field: &Field, marshaller: &str, address: &str) {
        let Type::Struct(id) = field.ty.ty else {
            unreachable!("numbers are written as elements");
        };
        let context = self.file.context;
        if context.is_empty(field.ty.ty) {
            return;
        }
        let name = self.file.struct_function_name(id);
        let mut arguments = format!("{marshaller}, {address}");
        for out in self.take_outs(self.file.outs(id).len()) {
            arguments.push_str(&format!(", {out}"));
        }
        text.line(format!("{name}({arguments});"));
    }

    fn write_array(&mut self, text: &mut Text, field: &Field, marshaller: &str, member: &str) {
        let count = self.count(field, member);
        let int = self.file.context.model.int(field.ty.ty);
        if int.is_some_and(|int| int.bytes == 1) {
            text.line(format!(
                "spice_marshaller_add({marshaller}, (const uint8_t *) {member}, {count});"
            ));
            return;
        }
        text.open(format!("for (size_t i = 0; i < {count}; i++) {{"));
        self.write_element(text, field, marshaller, &format!("{member}[i]"));
        text.close("}");
    }

    fn write_pointers_at_end(&mut self, text: &mut Text, field: &Field, member: &str) {
        let count = self.count(field, member);
        text.open(format!("for (size_t i = 0; i < {count}; i++) {{"));
        match self.file.context.model.int(field.ty.ty) {
            Some(_) => self.write_element(text, field, "m", &format!("*{member}[i]")),
            None => self.write_struct(text, field, "m", &format!("{member}[i]")),
        }
        text.close("}");
    }

    /// The number of elements as a C expression.
    fn count(&self, field: &Field, member: &str) -> String {
        let path = |position: CountRef| {
            let Some(found) = self.body.field(position) else {
                unreachable!("a count is the position of a field");
            };
            match (position.case, self.body.switch(position.member)) {
                (Some(_), Some(switch)) if !switch.attributes.has("anon") => {
                    format!("msg->{}.{}", switch.name, found.name)
                }
                _ => format!("msg->{}", found.name),
            }
        };
        match field.array {
            Some(Array::Fixed(length)) => length.to_string(),
            Some(Array::Count(count)) => path(count),
            Some(Array::ImageSize { bits, width, rows }) => {
                let (width, rows) = (CountRef::member(width), CountRef::member(rows));
                format!("image_size({bits}, {}, {})", path(width), path(rows))
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
    text.line(format!(
        "spice_marshaller_add_by_ref({marshaller}, {member}->chunk[i].data, {member}->chunk[i].len);"
    ));
    text.close("}");
}
