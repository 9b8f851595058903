//! Syntax trees of small texts.

mod documentation;
mod errors;
mod robustness;

use super::{decode, parse};
use crate::ast::{
    ArraySize, AttributeValue, ChannelEntry, Definition, Field, File, Label, Member, MessageBody,
    Primitive, Struct, Type,
};
use crate::diagnostic::Code;
use crate::span::Span;

const PROTOCOL: &str = "protocol P { };";

/// Parses valid definitions followed by a protocol. Leaks the text, which the tree borrows.
fn parse_valid(definitions: &str) -> File<'static> {
    let source: &str = format!("{definitions}\n{PROTOCOL}").leak();
    let (file, diagnostics) = parse(source);
    assert_eq!(diagnostics, [], "in {source}");
    file
}

fn first_struct<'a>(file: &'a File<'a>) -> &'a Struct<'a> {
    match &file.definitions[0] {
        Definition::Struct(found) | Definition::Message(found) => found,
        other => panic!("expected a struct: {other:?}"),
    }
}

fn text_at(source: &str, span: Span) -> &str {
    &source[span.start..span.end]
}

#[test]
fn spice_proto_parses() {
    let source = include_str!("../../../proto/spice.proto");
    let (file, diagnostics) = parse(source);
    assert_eq!(diagnostics, []);
    let channels = file.protocol.map_or(0, |protocol| protocol.channels.len());
    assert!(channels >= 10, "{channels} channels");
    let comment = &file.comments[0];
    assert!(text_at(source, comment.span).starts_with('/'));
}

/// A struct with all forms of fields.
const FIELDS: &str = "struct A {
    int8 a; uint8 b[]; int16 c[3]; uint16 d[b]; int32 *e; uint32 *f[0x10] @nonnull @as_ptr(n);
    int64 g[image_size(8, w, h)]; uint64 h[cstring()]; unix_fd i; B j[bytes(k, l)];
} @ctype(X);";

fn fields<'a>(structure: &'a Struct<'a>) -> Vec<&'a Field<'a>> {
    let members = structure.members.iter();
    members
        .map(|member| match member {
            Member::Field(field) => field,
            Member::Switch(switch) => panic!("unexpected switch: {switch:?}"),
        })
        .collect()
}

#[test]
fn struct_fields_have_types_and_spans() {
    use Primitive::{Int8, Int16, Int32, Int64, Uint8, Uint16, Uint32, Uint64, UnixFd};
    let file = parse_valid(FIELDS);
    let found = first_struct(&file);
    assert_eq!(found.name.text, "A");
    assert_eq!(text_at(FIELDS, found.span), FIELDS);
    assert_eq!(found.attributes[0].name.text, "ctype");
    assert_eq!(text_at(FIELDS, found.attributes[0].span), "@ctype(X)");
    let fields = fields(found);
    let primitives = [
        Int8, Uint8, Int16, Uint16, Int32, Uint32, Int64, Uint64, UnixFd,
    ];
    for (field, primitive) in fields.iter().zip(primitives) {
        assert!(matches!(&field.ty, Type::Primitive(found, _) if *found == primitive));
    }
    assert!(matches!(&fields[9].ty, Type::Named(name) if name.text == "B"));
    let pointer = fields[5];
    let star = pointer.pointer.map(|span| text_at(FIELDS, span));
    assert_eq!(star, Some("*"));
    let whole = "uint32 *f[0x10] @nonnull @as_ptr(n);";
    assert_eq!(text_at(FIELDS, pointer.span), whole);
    let array = pointer.array.as_ref();
    assert_eq!(
        array.map(|array| text_at(FIELDS, array.span)),
        Some("[0x10]")
    );
    assert_eq!(text_at(FIELDS, pointer.attributes[0].span), "@nonnull");
}

#[test]
fn arrays_have_sizes_of_all_forms() {
    let file = parse_valid(FIELDS);
    let sizes: Vec<String> = fields(first_struct(&file))
        .iter()
        .filter_map(|field| field.array.as_ref())
        .map(|array| match &array.size {
            ArraySize::Fixed(number) => format!("{} {}", number.value, number.hexadecimal),
            ArraySize::Field(name) => name.text.to_owned(),
            ArraySize::ImageSize { bits, width, rows } => {
                format!("{} {} {}", bits.value, width.text, rows.text)
            }
            ArraySize::CString => "cstring".to_owned(),
            ArraySize::Remaining => "rest".to_owned(),
            ArraySize::Bytes(names) => format!("{} {}", names[0].text, names[1].text),
        })
        .collect();
    let expected = ["rest", "3 false", "b", "16 true", "8 w h", "cstring", "k l"];
    assert_eq!(sizes, expected);
}

#[test]
fn keywords_can_be_names() {
    let file = parse_valid(
        "struct A { uint8 message[n]; uint32 switch; uint8 struct; uint8 case; cstring bytes[cstring]; channel_type t; server client; };
         enum8 E { case, default, uint8 };",
    );
    let names: Vec<_> = fields(first_struct(&file))
        .iter()
        .map(|field| field.name.text)
        .collect();
    assert_eq!(
        names,
        [
            "message", "switch", "struct", "case", "bytes", "t", "client"
        ]
    );
}

#[test]
fn inline_struct_span_ends_at_its_last_token() {
    let source = "struct A { struct B { uint8 x; } @ctype(T) /* c */ b; struct C { } *c[2]; };";
    let file = parse_valid(source);
    let spans: Vec<_> = fields(first_struct(&file))
        .iter()
        .filter_map(|field| match &field.ty {
            Type::Inline(inline) => Some(text_at(source, inline.span)),
            Type::Primitive(..) | Type::Named(_) => None,
        })
        .collect();
    assert_eq!(spans, ["struct B { uint8 x; } @ctype(T)", "struct C { }"]);
}

#[test]
fn switch_has_cases_with_all_kinds_of_labels() {
    let source = "struct A { switch (a.b.c) {
        case X: case !1Y: default: uint8 p;
        case Z: struct I { uint8 x; } *q[4] @anon;
      } u @anon; };";
    let file = parse_valid(source);
    let Member::Switch(switch) = &first_struct(&file).members[0] else {
        panic!("expected a switch");
    };
    let path: Vec<_> = switch.path.iter().map(|name| name.text).collect();
    assert_eq!(path, ["a", "b", "c"]);
    assert_eq!(switch.name.text, "u");
    assert_eq!(switch.attributes[0].name.text, "anon");
    let labels = &switch.cases[0].labels;
    assert!(matches!(&labels[0], Label::Item { negated: None, item } if item.text == "X"));
    assert!(
        matches!(&labels[1], Label::Item { negated: Some(span), item }
            if text_at(source, *span) == "!" && item.text == "1Y")
    );
    assert!(matches!(labels[2], Label::Default(span) if text_at(source, span) == "default:"));
    let field = &switch.cases[1].field;
    assert!(matches!(&field.ty, Type::Inline(inline) if inline.name.text == "I"));
    assert!(field.pointer.is_some() && field.array.is_some());
    assert_eq!(
        text_at(source, field.span),
        "struct I { uint8 x; } *q[4] @anon;"
    );
}

#[test]
fn enum_items_may_start_with_a_digit() {
    let source = "flags16 f { 1BIT_LE, 16_555 = 16 , 32_xRGB = -1 @deprecated, A = +0x, };";
    let (_, diagnostics) = parse(&format!("{source}{PROTOCOL}"));
    assert_eq!(
        diagnostics.len(),
        1,
        "`+0x` is not a number: {diagnostics:?}"
    );
    let source = "flags16 f { 1BIT_LE, 16_555 = 16 , 32_xRGB = -1 @deprecated, A = 0XfF, };";
    let file = parse_valid(source);
    let Definition::Enum(found) = &file.definitions[0] else {
        panic!("expected an enum");
    };
    assert!(found.flags);
    assert_eq!(found.bits, 16);
    let items: Vec<_> = found
        .items
        .iter()
        .map(|item| {
            (
                item.name.text,
                item.value.as_ref().map(|number| number.value),
            )
        })
        .collect();
    let expected = [
        ("1BIT_LE", None),
        ("16_555", Some(16)),
        ("32_xRGB", Some(-1)),
        ("A", Some(255)),
    ];
    assert_eq!(items, expected);
    assert_eq!(found.items[2].attributes[0].name.text, "deprecated");
    let empty = parse_valid("enum8 e { };");
    assert!(
        matches!(&empty.definitions[0], Definition::Enum(found) if found.items.is_empty() && found.bits == 8)
    );
}

#[test]
fn channel_has_labels_and_messages() {
    let source = "channel C : B { Empty a; server: message { uint8 x; } @ctype(T) b = 101; client: Data c = 0x7; } @ifdef(U);";
    let file = parse_valid(source);
    let Definition::Channel(channel) = &file.definitions[0] else {
        panic!("expected a channel");
    };
    assert_eq!(channel.parent.as_ref().map(|name| name.text), Some("B"));
    assert_eq!(channel.attributes[0].name.text, "ifdef");
    let entries: Vec<String> = channel
        .entries
        .iter()
        .map(|entry| match entry {
            ChannelEntry::Side(_, span) => text_at(source, *span).to_owned(),
            ChannelEntry::Message(message) => {
                let body = match &message.body {
                    MessageBody::Inline {
                        members,
                        attributes,
                    } => {
                        format!("{}+{}", members.len(), attributes.len())
                    }
                    MessageBody::Named(name) => name.text.to_owned(),
                };
                let id = message.id.as_ref().map(|number| number.value);
                format!("{body} {} {id:?}", message.name.text)
            }
        })
        .collect();
    assert_eq!(
        entries,
        [
            "Empty a None",
            "server:",
            "1+1 b Some(101)",
            "client:",
            "Data c Some(7)"
        ]
    );
}

#[test]
fn typedef_has_a_type_and_attributes() {
    let file = parse_valid(
        "typedef fixed28_4 int32 @ctype(SPICE_FIXED28_4);\ntypedef T\nstruct U { uint8 x; } @virtual(-1, b);",
    );
    let Definition::Typedef(first) = &file.definitions[0] else {
        panic!("expected a typedef");
    };
    assert!(matches!(first.ty, Type::Primitive(Primitive::Int32, _)));
    let Definition::Typedef(second) = &file.definitions[1] else {
        panic!("expected a typedef");
    };
    let Type::Inline(inline) = &second.ty else {
        panic!("expected an inline struct");
    };
    let arguments = &inline.attributes[0].arguments;
    assert!(matches!(&arguments[0], AttributeValue::Number(number) if number.value == -1));
    assert!(matches!(&arguments[1], AttributeValue::Name(name) if name.text == "b"));
}

#[test]
fn protocol_lists_channels() {
    let source = "\u{feff}// c\r\nprotocol Spice {\r\n  MainChannel main = 1;\r\n  B b;\r\n};\r\n";
    let (file, diagnostics) = parse(source);
    assert_eq!(diagnostics, []);
    let protocol = file
        .protocol
        .unwrap_or_else(|| panic!("expected a protocol"));
    assert_eq!(protocol.docs.lines().collect::<Vec<_>>(), ["c"]);
    assert!(text_at(source, protocol.span).starts_with("protocol Spice {"));
    let channel = &protocol.channels[0];
    assert_eq!(channel.channel.text, "MainChannel");
    assert_eq!(channel.name.text, "main");
    assert_eq!(channel.id.as_ref().map(|number| number.value), Some(1));
    assert!(protocol.channels[1].id.is_none());
}

#[test]
fn comments_can_separate_all_tokens() {
    let file = parse_valid(
        "/**/struct/*a*/A//b\n{/* } ; */uint8/**/x/*/ */[/*\"*/2]/***/@ctype/**/(/**/t//)\n)/**/;}/**/;//",
    );
    assert_eq!(first_struct(&file).members.len(), 1);
    assert_eq!(file.comments.len(), 14);
    assert!(!file.comments[2].block);
}

#[test]
fn first_byte_that_is_not_utf8_is_located() {
    assert_eq!(decode("é".as_bytes()), Ok("é"));
    let diagnostic =
        decode(b"ab\xffc").map_err(|diagnostic| (diagnostic.code, diagnostic.labels[0].span));
    assert_eq!(diagnostic, Err((Code::InvalidUtf8, Span::new(2, 3))));
    let diagnostic = decode(b"ab\xe2\x82").map_err(|diagnostic| diagnostic.labels[0].span);
    assert_eq!(diagnostic, Err(Span::new(2, 4)));
}
