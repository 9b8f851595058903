//! Builds the syntax tree from the pairs of the pest grammar.

use pest::iterators::{Pair, Pairs};

use super::doc_comments::DocComments;
use super::grammar::Rule;
use crate::ast::{
    Array, ArraySize, Attribute, AttributeValue, Case, Channel, ChannelEntry, ChannelMessage,
    Definition, Docs, Enum, Field, Item, Label, Member, MessageBody, Name, Number, Primitive,
    Protocol, ProtocolChannel, Side, Struct, Switch, Type, Typedef,
};
use crate::diagnostic::{Code, Diagnostic};
use crate::span::Span;

/// A part of a file.
pub(super) enum Entry<'s> {
    Definition(Definition<'s>),
    Protocol(Protocol<'s>),
}

/// Builds the definition that `pairs` match. The parsed text starts at `offset` in the file.
pub(super) fn build<'s>(
    pairs: Pairs<'s, Rule>,
    offset: usize,
    comments: DocComments<'s, '_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Entry<'s> {
    let mut builder = Builder {
        offset,
        comments,
        diagnostics,
    };
    let pair = only(pairs.flat_map(Pair::into_inner));
    Entry::Definition(match pair.as_rule() {
        Rule::type_definition => Definition::Typedef(builder.typedef(&pair)),
        Rule::struct_definition => Definition::Struct(builder.definition(&pair)),
        Rule::message_definition => Definition::Message(builder.definition(&pair)),
        Rule::enum_definition => Definition::Enum(builder.enumeration(&pair)),
        Rule::channel_definition => Definition::Channel(builder.channel(&pair)),
        Rule::protocol => return Entry::Protocol(builder.protocol(&pair)),
        _ => unexpected(&pair),
    })
}

struct Builder<'s, 'b> {
    offset: usize,
    comments: DocComments<'s, 'b>,
    diagnostics: &'b mut Vec<Diagnostic>,
}

impl<'s> Builder<'s, '_> {
    fn typedef(&mut self, pair: &Pair<'s, Rule>) -> Typedef<'s> {
        let docs = self.docs(pair);
        Typedef {
            name: self.name(child(pair, Rule::definition_name)),
            ty: self.type_of(child(pair, Rule::typedef_type), &docs),
            attributes: self.attributes(pair),
            docs,
            span: self.span(pair),
        }
    }

    /// A named struct or message at the top level.
    fn definition(&mut self, pair: &Pair<'s, Rule>) -> Struct<'s> {
        let docs = self.docs(pair);
        self.structure(pair, docs)
    }

    fn structure(&mut self, pair: &Pair<'s, Rule>, docs: Docs) -> Struct<'s> {
        Struct {
            name: self.name(child(pair, Rule::definition_name)),
            members: self.members(pair),
            attributes: self.attributes(pair),
            docs,
            span: self.span(pair),
        }
    }

    /// The members of the body in `pair`.
    fn members(&mut self, pair: &Pair<'s, Rule>) -> Vec<Member<'s>> {
        let mut members = Vec::new();
        for part in child(pair, Rule::body).into_inner() {
            match part.as_rule() {
                Rule::field => {
                    let docs = self.docs(&part);
                    members.push(Member::Field(self.field(&part, docs)));
                }
                Rule::switch => members.push(Member::Switch(self.switch(&part))),
                _ => {}
            }
        }
        members
    }

    fn field(&mut self, pair: &Pair<'s, Rule>, docs: Docs) -> Field<'s> {
        Field {
            ty: self.type_of(child(pair, Rule::field_type), &docs),
            pointer: optional(pair, Rule::star).map(|star| self.span(&star)),
            name: self.name(child(pair, Rule::field_name)),
            array: optional(pair, Rule::array).map(|array| Box::new(self.array(&array))),
            attributes: self.attributes(pair),
            docs,
            span: self.span(pair),
        }
    }

    fn type_of(&mut self, pair: Pair<'s, Rule>, docs: &Docs) -> Type<'s> {
        let part = only(pair.into_inner());
        match part.as_rule() {
            Rule::primitive => Type::Primitive(primitive(&part), self.span(&part)),
            Rule::type_name => Type::Named(self.name(part)),
            Rule::inline_struct => Type::Inline(Box::new(self.structure(&part, docs.clone()))),
            _ => unexpected(&part),
        }
    }

    fn array(&mut self, pair: &Pair<'s, Rule>) -> Array<'s> {
        let size = match optional(pair, Rule::size) {
            Some(size) => self.array_size(only(size.into_inner())),
            None => ArraySize::Remaining,
        };
        Array {
            size,
            span: self.span(pair),
        }
    }

    fn array_size(&mut self, pair: Pair<'s, Rule>) -> ArraySize<'s> {
        let mut fields = children(&pair, Rule::size_field);
        match pair.as_rule() {
            Rule::number => ArraySize::Fixed(self.number(&pair)),
            Rule::size_field => ArraySize::Field(self.name(pair)),
            Rule::cstring => ArraySize::CString,
            Rule::bytes => ArraySize::Bytes(fields.map(|field| self.name(field)).collect()),
            Rule::image_size => ArraySize::ImageSize {
                bits: self.number(&child(&pair, Rule::number)),
                width: self.name(only(&mut fields)),
                rows: self.name(only(&mut fields)),
            },
            _ => unexpected(&pair),
        }
    }

    fn switch(&mut self, pair: &Pair<'s, Rule>) -> Switch<'s> {
        let path = children(pair, Rule::switch_field);
        let cases = children(pair, Rule::case);
        Switch {
            path: path.map(|field| self.name(field)).collect(),
            cases: cases.map(|case| self.case(&case)).collect(),
            name: self.name(child(pair, Rule::switch_name)),
            attributes: self.attributes(pair),
            docs: self.docs(pair),
            span: self.span(pair),
        }
    }

    fn case(&mut self, pair: &Pair<'s, Rule>) -> Case<'s> {
        let mut labels = Vec::new();
        for part in pair.clone().into_inner() {
            match part.as_rule() {
                Rule::default_label => labels.push(Label::Default(self.span(&part))),
                Rule::item_label => labels.push(Label::Item {
                    negated: optional(&part, Rule::bang).map(|bang| self.span(&bang)),
                    item: self.name(child(&part, Rule::item_name)),
                }),
                _ => {}
            }
        }
        let field = child(pair, Rule::field);
        let docs = self
            .comments
            .of_case(self.span(pair).start, self.span(&field));
        Case {
            labels,
            field: self.field(&field, docs),
        }
    }

    fn enumeration(&mut self, pair: &Pair<'s, Rule>) -> Enum<'s> {
        let (flags, bits) = enum_kind(&child(pair, Rule::enum_keyword));
        let items = children(pair, Rule::item);
        Enum {
            flags,
            bits,
            name: self.name(child(pair, Rule::definition_name)),
            items: items.map(|item| self.item(&item)).collect(),
            attributes: self.attributes(pair),
            docs: self.docs(pair),
            span: self.span(pair),
        }
    }

    fn item(&mut self, pair: &Pair<'s, Rule>) -> Item<'s> {
        Item {
            name: self.name(child(pair, Rule::item_name)),
            value: self.optional_number(pair),
            attributes: self.attributes(pair),
            docs: self.docs(pair),
        }
    }

    fn channel(&mut self, pair: &Pair<'s, Rule>) -> Channel<'s> {
        let mut entries = Vec::new();
        for part in pair.clone().into_inner() {
            match part.as_rule() {
                Rule::server_label => {
                    entries.push(ChannelEntry::Side(Side::Server, self.span(&part)));
                }
                Rule::client_label => {
                    entries.push(ChannelEntry::Side(Side::Client, self.span(&part)));
                }
                Rule::channel_message => {
                    entries.push(ChannelEntry::Message(self.channel_message(&part)));
                }
                _ => {}
            }
        }
        Channel {
            name: self.name(child(pair, Rule::definition_name)),
            parent: optional(pair, Rule::parent_name).map(|parent| self.name(parent)),
            entries,
            attributes: self.attributes(pair),
            docs: self.docs(pair),
            span: self.span(pair),
        }
    }

    fn channel_message(&mut self, pair: &Pair<'s, Rule>) -> ChannelMessage<'s> {
        let body = match optional(pair, Rule::inline_message) {
            Some(inline) => MessageBody::Inline {
                members: self.members(&inline),
                attributes: self.attributes(&inline),
            },
            None => MessageBody::Named(self.name(child(pair, Rule::body_name))),
        };
        ChannelMessage {
            body,
            name: self.name(child(pair, Rule::message_name)),
            id: self.optional_number(pair),
            docs: self.docs(pair),
            span: self.span(pair),
        }
    }

    fn protocol(&mut self, pair: &Pair<'s, Rule>) -> Protocol<'s> {
        let channels = children(pair, Rule::protocol_channel);
        Protocol {
            name: self.name(child(pair, Rule::definition_name)),
            channels: channels
                .map(|channel| ProtocolChannel {
                    channel: self.name(child(&channel, Rule::channel_type)),
                    name: self.name(child(&channel, Rule::channel_name)),
                    id: self.optional_number(&channel),
                    docs: self.docs(&channel),
                })
                .collect(),
            docs: self.docs(pair),
            span: self.span(pair),
        }
    }

    fn attributes(&mut self, pair: &Pair<'s, Rule>) -> Vec<Attribute<'s>> {
        let attributes = children(pair, Rule::attribute);
        attributes
            .map(|attribute| Attribute {
                name: self.name(child(&attribute, Rule::attribute_name)),
                arguments: children(&attribute, Rule::attribute_value)
                    .map(|value| self.attribute_value(only(value.into_inner())))
                    .collect(),
                span: self.span(&attribute),
            })
            .collect()
    }

    fn attribute_value(&mut self, pair: Pair<'s, Rule>) -> AttributeValue<'s> {
        match pair.as_rule() {
            Rule::number => AttributeValue::Number(self.number(&pair)),
            Rule::attribute_word => AttributeValue::Name(self.name(pair)),
            _ => unexpected(&pair),
        }
    }

    fn name(&self, pair: Pair<'s, Rule>) -> Name<'s> {
        Name {
            text: pair.as_str(),
            span: self.span(&pair),
        }
    }

    fn optional_number(&mut self, pair: &Pair<'s, Rule>) -> Option<Number> {
        optional(pair, Rule::number).map(|number| self.number(&number))
    }

    /// A number. One that does not fit in 64 bits is reported and replaced by the nearest that
    /// does.
    fn number(&mut self, pair: &Pair<'s, Rule>) -> Number {
        let text = pair.as_str();
        let span = self.span(pair);
        let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
        let parsed = match digits {
            Some(digits) => i128::from_str_radix(digits, 16),
            None => text.parse::<i128>(),
        };
        let (min, max) = (i128::from(i64::MIN), i128::from(u64::MAX));
        let value = match parsed {
            Ok(value) => value.clamp(min, max),
            Err(_) if text.starts_with('-') => min,
            Err(_) => max,
        };
        if parsed != Ok(value) {
            let message = "this number does not fit in 64 bits";
            self.diagnostics.push(
                Diagnostic::new(Code::NumberTooLarge, span, message)
                    .note(format!("numbers range from {min} to {max}")),
            );
        }
        Number {
            value,
            hexadecimal: digits.is_some(),
            span,
        }
    }

    fn docs(&self, pair: &Pair<'s, Rule>) -> Docs {
        self.comments.of(self.span(pair))
    }

    /// The span of a pair in the file. It ends at the last token, because pest includes the
    /// whitespace before an absent optional part.
    fn span(&self, pair: &Pair<'s, Rule>) -> Span {
        let start = pair.as_span().start();
        let mut last = pair.clone();
        while let Some(inner) = last.clone().into_inner().next_back() {
            last = inner;
        }
        let end = last.as_span().end();
        Span::new(self.offset + start, self.offset + end)
    }
}

/// All children of `pair` that match `rule`.
fn children<'s>(
    pair: &Pair<'s, Rule>,
    rule: Rule,
) -> impl Iterator<Item = Pair<'s, Rule>> + use<'s> {
    let inner = pair.clone().into_inner();
    inner.filter(move |child| child.as_rule() == rule)
}

fn optional<'s>(pair: &Pair<'s, Rule>, rule: Rule) -> Option<Pair<'s, Rule>> {
    children(pair, rule).next()
}

/// The child that the grammar requires.
fn child<'s>(pair: &Pair<'s, Rule>, rule: Rule) -> Pair<'s, Rule> {
    only(children(pair, rule))
}

/// The next pair, which the grammar requires.
fn only<'s>(mut pairs: impl Iterator<Item = Pair<'s, Rule>>) -> Pair<'s, Rule> {
    match pairs.next() {
        Some(pair) => pair,
        None => unreachable!("the grammar requires another pair"),
    }
}

fn unexpected(pair: &Pair<'_, Rule>) -> ! {
    unreachable!("the grammar has no {:?} here", pair.as_rule())
}

fn primitive(pair: &Pair<'_, Rule>) -> Primitive {
    match Primitive::named(pair.as_str()) {
        Some(primitive) => primitive,
        None => unreachable!("the grammar has no primitive type {pair}"),
    }
}

/// Whether the keyword defines flags, and their width in bits.
fn enum_kind(keyword: &Pair<'_, Rule>) -> (bool, u8) {
    match keyword.as_str() {
        "enum8" => (false, 8),
        "enum16" => (false, 16),
        "enum32" => (false, 32),
        "flags8" => (true, 8),
        "flags16" => (true, 16),
        "flags32" => (true, 32),
        other => unreachable!("the grammar has no keyword {other}"),
    }
}
