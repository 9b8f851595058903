//! Pest pairs to the syntax tree.
//!
//! The functions return none only for pairs that the grammar cannot produce.

use pest::iterators::{Pair, Pairs};

use super::Entry;
use super::docs::Commentary;
use super::grammar::Rule;
use crate::ast::{
    Array, ArraySize, Attribute, AttributeValue, Case, Channel, ChannelEntry, ChannelMessage,
    Definition, Docs, Enum, Field, Item, Label, Member, MessageBody, Name, Number, Primitive,
    Protocol, ProtocolChannel, Struct, Switch, Type, Typedef,
};
use crate::diagnostic::{Code, Diagnostic};
use crate::span::Span;

/// What one definition says. `offset` is where the parsed piece begins in the file.
pub(super) fn entry<'s>(
    pairs: Pairs<'s, Rule>,
    offset: usize,
    commentary: Commentary<'s, '_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Entry<'s>> {
    let mut builder = Builder {
        offset,
        commentary,
        diagnostics,
    };
    let pair = pairs.flat_map(Pair::into_inner).next()?;
    let definition = match pair.as_rule() {
        Rule::type_definition => Definition::Typedef(builder.type_definition(pair)?),
        Rule::struct_definition => Definition::Struct(builder.structure(pair)?),
        Rule::message_definition => Definition::Message(builder.structure(pair)?),
        Rule::enum_definition => Definition::Enum(builder.enumeration(pair)?),
        Rule::channel_definition => Definition::Channel(builder.channel(pair)?),
        Rule::protocol => return Some(Entry::Protocol(builder.protocol(pair)?)),
        _ => return None,
    };
    Some(Entry::Definition(definition))
}

/// What may follow a name: `= number`, attributes.
#[derive(Default)]
struct Tail<'s> {
    number: Option<Number>,
    attributes: Vec<Attribute<'s>>,
}

struct Builder<'s, 'd> {
    offset: usize,
    commentary: Commentary<'s, 'd>,
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl<'s> Builder<'s, '_> {
    fn type_definition(&mut self, pair: Pair<'s, Rule>) -> Option<Typedef<'s>> {
        let span = self.span(&pair);
        let docs = self.docs(span);
        let (mut name, mut ty, mut tail) = (None, None, Tail::default());
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::definition_name => name = Some(self.name(&part)),
                Rule::typedef_type => ty = self.type_of(part, &docs),
                _ => self.tail(part, &mut tail)?,
            }
        }
        Some(Typedef {
            name: name?,
            ty: ty?,
            attributes: tail.attributes,
            docs,
            span,
        })
    }

    /// A struct or message with a name, on the top level.
    fn structure(&mut self, pair: Pair<'s, Rule>) -> Option<Struct<'s>> {
        let span = self.span(&pair);
        let docs = self.docs(span);
        self.structure_with(pair, span, docs)
    }

    fn structure_with(
        &mut self,
        pair: Pair<'s, Rule>,
        span: Span,
        docs: Docs,
    ) -> Option<Struct<'s>> {
        let (mut name, mut members, mut tail) = (None, Vec::new(), Tail::default());
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::definition_name => name = Some(self.name(&part)),
                Rule::body => members = self.members(part)?,
                _ => self.tail(part, &mut tail)?,
            }
        }
        Some(Struct {
            name: name?,
            members,
            attributes: tail.attributes,
            docs,
            span,
        })
    }

    fn members(&mut self, body: Pair<'s, Rule>) -> Option<Vec<Member<'s>>> {
        let parts = body.into_inner();
        let braces = 2;
        let mut members = Vec::with_capacity(parts.len().saturating_sub(braces));
        for part in parts {
            match part.as_rule() {
                Rule::field => members.push(Member::Field(self.field(part, None)?)),
                Rule::switch => members.push(Member::Switch(self.switch(part)?)),
                _ => {}
            }
        }
        Some(members)
    }

    /// A field; that of a case begins at `labels`.
    fn field(&mut self, pair: Pair<'s, Rule>, labels: Option<usize>) -> Option<Field<'s>> {
        let span = self.span(&pair);
        let docs = match labels {
            Some(start) => self.commentary.of(&[start, span.start], span.end),
            None => self.docs(span),
        };
        let (mut ty, mut pointer, mut name) = (None, None, None);
        let (mut array, mut tail) = (None, Tail::default());
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::field_type => ty = self.type_of(part, &docs),
                Rule::star => pointer = Some(self.span(&part)),
                Rule::field_name => name = Some(self.name(&part)),
                Rule::array => array = Some(Box::new(self.array(part)?)),
                _ => self.tail(part, &mut tail)?,
            }
        }
        Some(Field {
            ty: ty?,
            pointer,
            name: name?,
            array,
            attributes: tail.attributes,
            docs,
            span,
        })
    }

    fn type_of(&mut self, pair: Pair<'s, Rule>, docs: &Docs) -> Option<Type<'s>> {
        let part = pair.into_inner().next()?;
        match part.as_rule() {
            Rule::primitive => Some(Type::Primitive(primitive(part.as_str())?, self.span(&part))),
            Rule::type_name => Some(Type::Named(self.name(&part))),
            Rule::inline_struct => {
                let span = self.span(&part);
                let structure = self.structure_with(part, span, docs.clone())?;
                Some(Type::Inline(Box::new(structure)))
            }
            _ => None,
        }
    }

    fn array(&mut self, pair: Pair<'s, Rule>) -> Option<Array<'s>> {
        let span = self.span(&pair);
        let size = pair
            .into_inner()
            .find(|part| part.as_rule() == Rule::size)
            .and_then(|size| size.into_inner().next());
        let size = match size {
            Some(size) => self.size(size)?,
            None => ArraySize::Remaining,
        };
        Some(Array { size, span })
    }

    fn size(&mut self, size: Pair<'s, Rule>) -> Option<ArraySize<'s>> {
        let rule = size.as_rule();
        match rule {
            Rule::number => return Some(ArraySize::Fixed(self.number(&size))),
            Rule::size_field => return Some(ArraySize::Field(self.name(&size))),
            Rule::cstring => return Some(ArraySize::CString),
            _ => {}
        }
        let (mut bits, mut names) = (None, Vec::new());
        for part in size.into_inner() {
            match part.as_rule() {
                Rule::number => bits = Some(self.number(&part)),
                Rule::size_field => names.push(self.name(&part)),
                _ => {}
            }
        }
        if rule == Rule::bytes {
            return Some(ArraySize::Bytes(names));
        }
        let mut names = names.into_iter();
        Some(ArraySize::ImageSize {
            bits: bits?,
            width: names.next()?,
            rows: names.next()?,
        })
    }

    fn switch(&mut self, pair: Pair<'s, Rule>) -> Option<Switch<'s>> {
        let span = self.span(&pair);
        let docs = self.docs(span);
        let (mut path, mut cases) = (Vec::new(), Vec::new());
        let (mut name, mut tail) = (None, Tail::default());
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::switch_field => path.push(self.name(&part)),
                Rule::case => cases.push(self.case(part)?),
                Rule::switch_name => name = Some(self.name(&part)),
                _ => self.tail(part, &mut tail)?,
            }
        }
        Some(Switch {
            path,
            cases,
            name: name?,
            attributes: tail.attributes,
            docs,
            span,
        })
    }

    fn case(&mut self, pair: Pair<'s, Rule>) -> Option<Case<'s>> {
        let start = self.span(&pair).start;
        let (mut labels, mut field) = (Vec::new(), None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::default_label => labels.push(Label::Default(self.span(&part))),
                Rule::item_label => {
                    reserve_one(&mut labels);
                    labels.push(self.item_label(part)?);
                }
                Rule::field => field = Some(self.field(part, Some(start))?),
                _ => return None,
            }
        }
        Some(Case {
            labels,
            field: field?,
        })
    }

    fn item_label(&mut self, pair: Pair<'s, Rule>) -> Option<Label<'s>> {
        let (mut negated, mut item) = (None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::bang => negated = Some(self.span(&part)),
                Rule::item_name => item = Some(self.name(&part)),
                _ => {}
            }
        }
        Some(Label::Item {
            negated,
            item: item?,
        })
    }

    fn enumeration(&mut self, pair: Pair<'s, Rule>) -> Option<Enum<'s>> {
        let span = self.span(&pair);
        let docs = self.docs(span);
        let (mut kind, mut name) = (None, None);
        let (mut items, mut tail) = (Vec::new(), Tail::default());
        let parts = pair.into_inner();
        items.reserve_exact(count(&parts, Rule::item));
        for part in parts {
            match part.as_rule() {
                Rule::enum_keyword => kind = enum_kind(part.as_str()),
                Rule::definition_name => name = Some(self.name(&part)),
                Rule::item => items.push(self.item(part)?),
                _ => self.tail(part, &mut tail)?,
            }
        }
        let (flags, bits) = kind?;
        Some(Enum {
            flags,
            bits,
            name: name?,
            items,
            attributes: tail.attributes,
            docs,
            span,
        })
    }

    fn item(&mut self, pair: Pair<'s, Rule>) -> Option<Item<'s>> {
        let docs = self.docs(self.span(&pair));
        let (mut name, mut tail) = (None, Tail::default());
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::item_name => name = Some(self.name(&part)),
                _ => self.tail(part, &mut tail)?,
            }
        }
        Some(Item {
            name: name?,
            value: tail.number,
            attributes: tail.attributes,
            docs,
        })
    }

    fn channel(&mut self, pair: Pair<'s, Rule>) -> Option<Channel<'s>> {
        let span = self.span(&pair);
        let docs = self.docs(span);
        let (mut name, mut parent) = (None, None);
        let (mut entries, mut tail) = (Vec::new(), Tail::default());
        let parts = pair.into_inner();
        entries.reserve_exact(count(&parts, Rule::channel_message));
        for part in parts {
            match part.as_rule() {
                Rule::definition_name => name = Some(self.name(&part)),
                Rule::parent_name => parent = Some(self.name(&part)),
                Rule::server_label => entries.push(ChannelEntry::Server(self.span(&part))),
                Rule::client_label => entries.push(ChannelEntry::Client(self.span(&part))),
                Rule::channel_message => {
                    entries.push(ChannelEntry::Message(self.channel_message(part)?));
                }
                _ => self.tail(part, &mut tail)?,
            }
        }
        Some(Channel {
            name: name?,
            parent,
            entries,
            attributes: tail.attributes,
            docs,
            span,
        })
    }

    fn channel_message(&mut self, pair: Pair<'s, Rule>) -> Option<ChannelMessage<'s>> {
        let span = self.span(&pair);
        let docs = self.docs(span);
        let (mut body, mut name, mut tail) = (None, None, Tail::default());
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::inline_message => body = Some(self.inline_message(part)?),
                Rule::body_name => body = Some(MessageBody::Named(self.name(&part))),
                Rule::message_name => name = Some(self.name(&part)),
                _ => self.tail(part, &mut tail)?,
            }
        }
        Some(ChannelMessage {
            body: body?,
            name: name?,
            id: tail.number,
            docs,
            span,
        })
    }

    fn inline_message(&mut self, pair: Pair<'s, Rule>) -> Option<MessageBody<'s>> {
        let (mut members, mut tail) = (Vec::new(), Tail::default());
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::body => members = self.members(part)?,
                _ => self.tail(part, &mut tail)?,
            }
        }
        Some(MessageBody::Inline {
            members,
            attributes: tail.attributes,
        })
    }

    fn protocol(&mut self, pair: Pair<'s, Rule>) -> Option<Protocol<'s>> {
        let span = self.span(&pair);
        let docs = self.docs(span);
        let (mut name, mut channels) = (None, Vec::new());
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::definition_name => name = Some(self.name(&part)),
                Rule::protocol_channel => channels.push(self.protocol_channel(part)?),
                _ => {}
            }
        }
        Some(Protocol {
            name: name?,
            channels,
            docs,
            span,
        })
    }

    fn protocol_channel(&mut self, pair: Pair<'s, Rule>) -> Option<ProtocolChannel<'s>> {
        let docs = self.docs(self.span(&pair));
        let (mut channel, mut name, mut tail) = (None, None, Tail::default());
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::channel_type => channel = Some(self.name(&part)),
                Rule::channel_name => name = Some(self.name(&part)),
                _ => self.tail(part, &mut tail)?,
            }
        }
        Some(ProtocolChannel {
            channel: channel?,
            name: name?,
            id: tail.number,
            docs,
        })
    }

    /// Takes a number or an attribute; keywords and marks say nothing more.
    fn tail(&mut self, part: Pair<'s, Rule>, tail: &mut Tail<'s>) -> Option<()> {
        match part.as_rule() {
            Rule::number => tail.number = Some(self.number(&part)),
            Rule::attribute => {
                let attribute = self.attribute(part)?;
                reserve_one(&mut tail.attributes);
                tail.attributes.push(attribute);
            }
            _ => {}
        }
        Some(())
    }

    fn attribute(&mut self, pair: Pair<'s, Rule>) -> Option<Attribute<'s>> {
        let span = self.span(&pair);
        let (mut name, mut arguments) = (None, Vec::new());
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::attribute_name => name = Some(self.name(&part)),
                Rule::attribute_value => {
                    let value = part.into_inner().next()?;
                    arguments.push(match value.as_rule() {
                        Rule::number => AttributeValue::Number(self.number(&value)),
                        _ => AttributeValue::Name(self.name(&value)),
                    });
                }
                _ => {}
            }
        }
        Some(Attribute {
            name: name?,
            arguments,
            span,
        })
    }

    fn name(&self, pair: &Pair<'s, Rule>) -> Name<'s> {
        Name {
            text: pair.as_str(),
            span: self.span(pair),
        }
    }

    /// The number; the nearest of 64 bits where it does not fit, which is reported.
    fn number(&mut self, pair: &Pair<'s, Rule>) -> Number {
        let text = pair.as_str();
        let span = self.span(pair);
        let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
        let parsed = match digits {
            Some(digits) => i128::from_str_radix(digits, 16),
            None => text.parse::<i128>(),
        };
        let (least, most) = (i128::from(i64::MIN), i128::from(u64::MAX));
        let value = match parsed {
            Ok(value) => value.clamp(least, most),
            Err(_) if text.starts_with('-') => least,
            Err(_) => most,
        };
        if parsed != Ok(value) {
            self.diagnostics.push(
                Diagnostic::new(
                    Code::NumberTooLarge,
                    span,
                    "this number does not fit in 64 bits",
                )
                .note(format!("numbers are from {least} to {most}")),
            );
        }
        Number {
            value,
            hexadecimal: digits.is_some(),
            span,
        }
    }

    fn docs(&self, span: Span) -> Docs {
        self.commentary.of(&[span.start], span.end)
    }

    /// The place of a pair in the file. Its end is that of its last token: pest counts blanks
    /// before something optional that is absent.
    fn span(&self, pair: &Pair<'s, Rule>) -> Span {
        let start = pair.as_span().start();
        let mut last = pair.clone();
        while let Some(inner) = last.clone().into_inner().next_back() {
            last = inner;
        }
        let end = last.as_span().end();
        Span::new(
            self.offset.saturating_add(start),
            self.offset.saturating_add(end),
        )
    }
}

/// How many of the parts are of this kind.
fn count(parts: &Pairs<'_, Rule>, rule: Rule) -> usize {
    parts.clone().filter(|part| part.as_rule() == rule).count()
}

/// Makes place for one where mostly only one comes: by itself a vector begins with four.
fn reserve_one<T>(things: &mut Vec<T>) {
    if things.is_empty() {
        things.reserve_exact(1);
    }
}

fn primitive(word: &str) -> Option<Primitive> {
    Some(match word {
        "int8" => Primitive::Int8,
        "uint8" => Primitive::Uint8,
        "int16" => Primitive::Int16,
        "uint16" => Primitive::Uint16,
        "int32" => Primitive::Int32,
        "uint32" => Primitive::Uint32,
        "int64" => Primitive::Int64,
        "uint64" => Primitive::Uint64,
        "unix_fd" => Primitive::UnixFd,
        _ => return None,
    })
}

/// Whether it is a flags type, and its width.
fn enum_kind(keyword: &str) -> Option<(bool, u8)> {
    let width = keyword
        .strip_prefix("enum")
        .or_else(|| keyword.strip_prefix("flags"))?;
    Some((keyword.starts_with("flags"), width.parse().ok()?))
}
