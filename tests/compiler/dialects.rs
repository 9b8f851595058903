//! Styles of protos published since 2010. Each style means the same as its plain form, and removed
//! syntax is rejected with its own code.

use spice_proto_gen::diagnostic::{Code, Level, Levels};
use spice_proto_gen::model::{Channel, Message, Model, Origin, Side, TypeDef};
use spice_proto_gen::{Analysis, Config};

/// Generates Rust from a proto that must compile without warnings.
fn rust(text: &str) -> String {
    let config = Config::new().level(Code::NotPortable, Level::Allow);
    let generated = config.generate("dialect.proto", text.as_bytes());
    let generated = generated.unwrap_or_else(|error| panic!("{error}\nin {text}"));
    assert_eq!(generated.warnings, [], "in {text}");
    generated.text
}

/// Removes the names in C, which attributes such as `@ctype` change.
fn without_aliases(rust: &str) -> String {
    let lines = rust.lines();
    let kept = lines.filter(|line| !line.trim_start().starts_with("#[doc(alias"));
    kept.map(|line| format!("{line}\n")).collect()
}

fn model(text: &str) -> Model {
    let config = Config::new().level(Code::NotPortable, Level::Allow);
    let analysis = config.check(text.as_bytes());
    assert_eq!(analysis.diagnostics, [], "in {text}");
    analysis.model.unwrap()
}

fn codes(text: &str) -> Vec<Code> {
    let analysis = Config::new().check(text.as_bytes());
    let diagnostics = analysis.diagnostics.iter();
    diagnostics.map(|diagnostic| diagnostic.code).collect()
}

/// A proto with `definitions` and a single message that contains a `Crate`.
fn with_crate(definitions: &str) -> String {
    format!(
        "{definitions}\nchannel Harbour {{ message {{ Crate crate_; }} unload; }};\n\
         protocol Trade {{ Harbour harbour; }};\n"
    )
}

/// A style of writing definitions.
struct Style {
    description: &'static str,
    written: &'static str,
    /// Different text with the same meaning.
    plain: &'static str,
}

const fn style(description: &'static str, written: &'static str, plain: &'static str) -> Style {
    Style {
        description,
        written,
        plain,
    }
}

/// Whitespace, commas, the order of attributes, and reused names.
const WRITING: &[Style] = &[
    style(
        "tabs and spaces mixed in one body",
        "struct Crate {\n\tuint8 a;\n    \tuint16 b;\n      uint32 c;\n \t uint64 d;\n    };",
        "struct Crate { uint8 a; uint16 b; uint32 c; uint64 d; };",
    ),
    style(
        "no optional whitespace",
        "enum8 load{TEA,RUM=4};struct Crate{load kind;uint8 n;uint8 x[n]@end@nomarshal;}@ctype(T);",
        "enum8 load { TEA, RUM = 4 }; struct Crate { load kind; uint8 n; uint8 x[n]; };",
    ),
    style(
        "spaces around the value and before the comma",
        "enum32 load {\n    7_tea     = 1,\n    16_rum  = 16 ,\n    32_xRUM=80\n};\n\
         struct Crate { load kind; };",
        "enum32 load { 7_tea = 1, 16_rum = 16, 32_xRUM = 80 }; struct Crate { load kind; };",
    ),
    style(
        "a comma after the last item",
        "flags8 marks { WET, TORN, }; struct Crate { marks seen; };",
        "flags8 marks { WET, TORN }; struct Crate { marks seen; };",
    ),
    style(
        "several items on a line, and empty lines between items",
        "flags32 marks {\n    M0, M1, M2,\n    WET0, WET1,\n\n\n    TORN,\n} @prefix(CRATE_);\n\
         struct Crate { marks seen; };",
        "flags32 marks { M0, M1, M2, WET0, WET1, TORN }; struct Crate { marks seen; };",
    ),
    style(
        "flags numbered backwards",
        "flags8 marks { WET = 3, TORN = 2, }; struct Crate { marks seen; };",
        "flags8 marks { WET = +3, TORN = 2 }; struct Crate { marks seen; };",
    ),
    style(
        "two spaces before attributes, and a line end between attributes",
        "struct Crate { uint32 n; uint8 x[n] @end  @nomarshal; }  @ctype(Box)\n    @declare;",
        "struct Crate { uint32 n; uint8 x[n]; };",
    ),
    style(
        "attributes between an inline struct and the field name",
        "struct Crate { struct Lid { uint8 a; } @ctype(Cover) lid; };",
        "struct Crate { struct Lid { uint8 a; } lid; };",
    ),
    style(
        "a switch with irregular indentation",
        "flags8 marks { WET }; struct Crate {\n    marks seen;\n    switch (seen) {\n    case WET:\n\
         \tuint8 days;\n   } when @anon;\n   switch ( seen )\n   {\n   case WET :\n        \
         uint8 *drops[days];\n   } where_ @anon;\n};",
        "flags8 marks { WET }; struct Crate { marks seen; switch (seen) { case WET: uint8 days; } \
         when; switch (seen) { case WET: uint8 *drops[days]; } where_; };",
    ),
    style(
        "a field with the name of its type",
        "enum8 load { TEA }; struct Crate { load load; };",
        "enum8 load { TEA }; struct Crate { load  load ; };",
    ),
    style(
        "fields with the names of keywords",
        "struct Crate { uint8 message; uint8 channel; uint8 type; uint8 server; uint8 client; };",
        "struct Crate{uint8 message;uint8 channel;uint8 type;uint8 server;uint8 client;};",
    ),
];

/// Attributes that only affect C, in published combinations.
const FOR_C: &[Style] = &[
    style(
        "`@end` on a field that is not an array",
        "struct Crate { uint32 n; uint8 x[n] @end @nomarshal; uint8 seal @end @ctype(uint8_t) \
         @nomarshal; };",
        "struct Crate { uint32 n; uint8 x[n]; uint8 seal; };",
    ),
    style(
        "`@as_ptr` with and without a name",
        "struct Crate { uint32 n; uint8 x[n] @as_ptr @zero_terminated; uint8 rest[] @ctype(char) \
         @as_ptr(rest_size); };",
        "struct Crate { uint32 n; uint8 x[n] @zero_terminated; uint8 rest[]; };",
    ),
    style(
        "`@chunk` before and after `@nomarshal`",
        "struct Crate { uint32 n; uint32 m; uint8 x[n] @chunk @nomarshal; uint8 y[m] @nomarshal \
         @chunk; };",
        "struct Crate { uint32 n; uint32 m; uint8 x[n]; uint8 y[m]; };",
    ),
    style(
        "attributes of a switch",
        "enum16 load { TEA, RUM, }; struct Crate { load kind; switch (kind) { case RUM: uint8 \
         proof[4] @ctype(uint8_t); } u @end @nomarshal; } @ctype(Box);",
        "enum16 load { TEA, RUM }; struct Crate { load kind; switch (kind) { case RUM: uint8 \
         proof[4]; } u; };",
    ),
    style(
        "a pointer to the rest of the message",
        "struct Crate { int8 *label[] @zero_terminated @nonnull @end @nomarshal; };",
        "struct Crate { int8 *label[] @nonnull @zero_terminated; };",
    ),
    style(
        "`@nonnull` on a field that is not a pointer",
        "struct Crate { int8 label[] @zero_terminated @nonnull; };",
        "struct Crate { int8 label[] @zero_terminated; };",
    ),
    style(
        "a case that is a pointer in C",
        "enum8 load { TEA, RUM }; struct Leaves { uint32 n; uint16 leaf[n] @end; }; struct Crate { \
         load kind; switch (kind) { case TEA: Leaves leaves @outvar(leaves) @to_ptr; } u @anon; };",
        "enum8 load { TEA, RUM }; struct Leaves { uint32 n; uint16 leaf[n]; }; struct Crate { load \
         kind; switch (kind) { case TEA: Leaves leaves; } u; };",
    ),
    style(
        "cases with equal names and different types in an anonymous switch",
        "flags8 marks { KNOWN, WET }; struct Bill { uint16 n; uint32 lines[n] @end; }; struct Crate \
         { marks seen; switch (seen) { case KNOWN: uint64 bill; default: Bill *bill @nonnull \
         @outvar(paper); } paper @anon; };",
        "flags8 marks { KNOWN, WET }; struct Bill { uint16 n; uint32 lines[n]; }; struct Crate { \
         marks seen; switch (seen) { case KNOWN: uint64 bill; default: Bill *bill @nonnull; } \
         paper; };",
    ),
    style(
        "cases with arrays of different structs that are one type in C",
        "flags8 marks { ONE, FOUR, WET }; struct Map1 { uint16 w; uint16 h; uint8 d[image_size(1, w, \
         h)] @end; } @ctype(Map); struct Map4 { uint16 w; uint16 h; uint8 d[image_size(4, w, h)] \
         @end; } @ctype(Map); struct Crate { uint16 length; marks seen; switch (seen) { case ONE: \
         Map1 maps[length] @ctype(Map) @ptr_array; case FOUR: Map4 maps[length] @ctype(Map) \
         @ptr_array; } u @anon; };",
        "flags8 marks { ONE, FOUR, WET }; struct Map1 { uint16 w; uint16 h; uint8 d[image_size(1, w, \
         h)]; }; struct Map4 { uint16 w; uint16 h; uint8 d[image_size(4, w, h)]; }; struct Crate { \
         uint16 length; marks seen; switch (seen) { case ONE: Map1 maps[length]; case FOUR: Map4 \
         maps[length]; } u; };",
    ),
];

#[test]
fn styles_mean_the_same_as_their_plain_forms() {
    for Style {
        description,
        written,
        plain,
    } in WRITING.iter().chain(FOR_C)
    {
        assert_ne!(written, plain, "{description}");
        let (written, plain) = (rust(&with_crate(written)), rust(&with_crate(plain)));
        assert_eq!(
            without_aliases(&written),
            without_aliases(&plain),
            "{description}"
        );
    }
}

#[test]
fn line_ends_and_trailing_text_do_not_matter() {
    let unix = with_crate("// One crate.\nstruct Crate {\n    uint8 a; // First.\n};");
    let plain = rust(&unix);
    for other in [
        unix.replace('\n', "\r\n"),
        format!("\u{feff}{unix}"),
        unix.trim_end().to_owned(),
        format!("{unix}\n\n// Nothing follows"),
        format!("/* Built in:\n   int8, uint8\n*/\n\n{unix}/* end */"),
    ] {
        assert_eq!(rust(&other), plain, "{other:?}");
    }
}

/// Channels in the style of published protos: labels indented by one space or not at all, in either
/// order and repeated; messages with inline and named bodies; attributes before the name.
const CHANNELS: &str = "
message Nothing {
} @declare;

message Parcel {
    uint8 data[] @end @ctype(uint8_t);
} @nocopy @declare;

struct Hollow {
};

channel Idle {
};

channel Quay {
 server:
    message {
\tuint8 berth;
    } greet;

    Parcel parcel;
    Nothing silence;
     message {
       uint8 berth;
    } @ctype(Berth) @declare moor = 20;
    Nothing last = 100;

 client:
    message {
    } @declare waved;
};

channel Pier : Quay {
client:
    Parcel parcel = 101;
    Nothing parcel_end = 102;
 server:
    Parcel parcel_back = 101;
 client:
    message { Hollow hollow; } hollow;
};

channel Jetty : Pier {
} @ifdef(USE_JETTY);

protocol Trade {
    Quay quay = 1;
    Idle idle;
    Pier pier;
    Jetty jetty = 9;
};
";

fn listing(messages: &[Message]) -> Vec<(u16, &str)> {
    let messages = messages.iter();
    messages
        .map(|message| (message.id, &*message.name))
        .collect()
}

fn channel<'m>(model: &'m Model, name: &str) -> &'m Channel {
    let found = model.channels.iter().find(|channel| channel.name == name);
    found.unwrap_or_else(|| panic!("no channel {name}"))
}

#[test]
fn message_ids_continue_across_labels() {
    rust(CHANNELS);
    let model = model(CHANNELS);
    let numbers = model.protocol.channels.iter();
    let numbers: Vec<_> = numbers.map(|entry| (entry.number, &*entry.name)).collect();
    let expected = [(1, "quay"), (2, "idle"), (3, "pier"), (9, "jetty")];
    assert_eq!(numbers, expected);
    assert_eq!(listing(&channel(&model, "Idle").server), []);
    assert_eq!(listing(&channel(&model, "Idle").client), []);
    let server = [
        (1, "greet"),
        (2, "parcel"),
        (3, "silence"),
        (20, "moor"),
        (100, "last"),
        (101, "parcel_back"),
    ];
    let client = [
        (1, "waved"),
        (101, "parcel"),
        (102, "parcel_end"),
        (103, "hollow"),
    ];
    assert_eq!(listing(&channel(&model, "Quay").server), server[..5]);
    assert_eq!(listing(&channel(&model, "Quay").client), client[..1]);
    for name in ["Pier", "Jetty"] {
        let found = channel(&model, name);
        assert_eq!(listing(&found.server), server, "{name}");
        assert_eq!(listing(&found.client), client, "{name}");
    }
    let jetty = channel(&model, "Jetty");
    assert_eq!(jetty.attributes.argument("ifdef"), Some("USE_JETTY"));
}

/// Comments in the places where published protos have comments, including commented-out definitions.
const COMMENTS: &str = "
/* Types that need no definition:
   int8
*/

/* What a crate can hold.
 * Two *kinds* of it.
 */
enum8 load { /* to be extended */
    EMPTY,
    8TEA /* in bags */,
    16RUM, /* in bottles */
    /* Not before the spring,
       for older ships */
    SALT /* loose */
};

struct Crate {
    load kind;
    uint8 type;  /* load */
    int64 size; //in litres
    switch (kind) {
    /* nothing to say */
    case EMPTY:
        /* as long as it is empty */
        uint8 free;
    default:
        uint32 weight;
    } u @anon;
    uint32 n;
    uint8 data[n] @end;
    /* Left out: uint8 padding[n] */
};

channel Harbour {
 server:
/* Several messages had one number,
 * see below.
 */
/*
    message {
\tuint8 lost[];
    } @ctype(Lost) lost = 7;
*/
    message {
\tCrate crate_;
    } unload;

    Empty2 /* between */ idle;
/* See the comment above */
/*
    message {
    } gone = 8;
*/
};

protocol Trade { Harbour harbour; };
";

#[test]
fn comments_can_be_anywhere_and_hide_definitions() {
    let text = format!("message Empty2 {{\n}};\n{COMMENTS}");
    rust(&text);
    let model = model(&text);
    let messages = &channel(&model, "Harbour").server;
    assert_eq!(listing(messages), [(1, "unload"), (2, "idle")]);
    assert_eq!(
        messages[0].docs.lines().collect::<Vec<_>>()[..2],
        ["Several messages had one number,", "see below."]
    );
    let load = model.types.iter().find_map(|ty| match ty {
        TypeDef::Enum(found) if found.name == "load" => Some(found),
        _ => None,
    });
    let load = load.unwrap();
    assert_eq!(
        load.docs.lines().collect::<Vec<_>>(),
        ["What a crate can hold.", "Two *kinds* of it."]
    );
    let items = load.items.iter();
    let items: Vec<_> = items
        .map(|item| {
            let docs: Vec<_> = item.docs.lines().collect();
            format!("{} = {}: {}", item.name, item.value, docs.join(" "))
        })
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    let expected = [
        "EMPTY = 0:",
        "8TEA = 1: in bags",
        "16RUM = 2: in bottles",
        "SALT = 3: Not before the spring, for older ships loose",
    ];
    assert_eq!(items, expected);
}

/// Four messages with one id, as in the smartcard channel from 2011 to 2018.
const FOUR_OF_ONE_ID: &str = "
enum32 news { Born = 1, Gone };
struct Note { news what; uint32 size; } @ctype(C_Note);
struct Text { uint8 text[]; } @ctype(C_Text);
channel Pigeon {
 client:
    message {
\tNote note;
\tswitch (note.what) {
\tcase Born:
\t    Text born;
\tcase Gone:
\t    uint32 since;
\t} u @anon;
    } @ctype(C_Pigeon) letter = 101;

    message {
\tnews what;
    } @ctype(C_What) heading = 101;

    message {
\tuint8 text[];
    } @ctype(C_Text) body = 101;

    message {
\tint8 address[] @zero_terminated @nonnull;
    } @ctype(C_Address) address = 101;
    message { } fed;
} @ifdef(USE_PIGEONS);
protocol Post { Pigeon pigeon; };
";

#[test]
fn duplicate_id_last_wins_when_allowed() {
    let same_id = [Code::DuplicateMessageId; 3];
    assert_eq!(codes(FOUR_OF_ONE_ID), same_id);

    let config = Config::new()
        .level(Code::DuplicateMessageId, Level::Warn)
        .level(Code::NotPortable, Level::Allow);
    let generated = config
        .generate("pigeon.proto", FOUR_OF_ONE_ID.as_bytes())
        .unwrap();
    let warned: Vec<_> = generated
        .warnings
        .iter()
        .map(|warning| warning.code)
        .collect();
    assert_eq!(warned, same_id);
    for name in ["Letter", "Heading", "Body", "Address"] {
        let definition = format!("pub struct {name}");
        assert!(generated.text.contains(&definition), "{name} is gone");
        let row = format!("101 {} {name} ", name.to_uppercase());
        let decodes = generated.text.contains(&row);
        assert_eq!(decodes, name == "Address", "{name}");
    }

    let mut levels = Levels::default();
    levels.set(Code::DuplicateMessageId, Level::Allow);
    levels.set(Code::NotPortable, Level::Allow);
    let analysis = Analysis::new(FOUR_OF_ONE_ID.as_bytes(), &levels);
    assert_eq!(analysis.diagnostics, []);
    let model = analysis.model.unwrap();
    let pigeon = channel(&model, "Pigeon");
    assert_eq!(listing(&pigeon.client), [(101, "address"), (102, "fed")]);
    let bodies = model.types.iter().filter(|ty| match ty {
        TypeDef::Struct(body) => {
            matches!(
                body.origin,
                Origin::Body {
                    side: Side::Client,
                    id: 101,
                    ..
                }
            )
        }
        _ => false,
    });
    assert_eq!(bodies.count(), 4);
}

/// Removed syntax: the definitions, the codes, and the replacement in current syntax.
const REMOVED: &[(&str, &[Code], &str)] = &[
    (
        "struct Lid { uint8 a; }; struct Crate { Lid *lid @c_ptr @marshall @nonnull; };",
        &[Code::RemovedAttribute],
        "struct Lid { uint8 a; }; struct Crate { Lid *lid @marshall @nonnull; };",
    ),
    (
        "struct Crate { uint8 *lids[4] @ptr32 @nonnull; };",
        &[Code::RemovedAttribute],
        "struct Crate { uint8 *lids[4] @nonnull; };",
    ),
    (
        "struct Crate { uint32 n @minor(1) @zero; uint8 m @minor(2); };",
        &[Code::RemovedAttribute, Code::RemovedAttribute],
        "struct Crate { uint32 n @zero; uint8 m; };",
    ),
    (
        "struct Lid { uint8 a; }; struct Crate { uint32 n @bytes_count(m); Lid l[bytes(n, m)] \
         @ptr_array; };",
        &[Code::RemovedAttribute, Code::BytesSize],
        "struct Lid { uint8 a; }; struct Crate { uint32 n; Lid l[n] @ptr_array; };",
    ),
    (
        "struct Crate { uint32 n; uint16 l[bytes(n)] @end; };",
        &[Code::BytesSize],
        "struct Crate { uint32 n; uint16 l[n] @end; };",
    ),
    (
        "struct Crate { uint32 n @bytes_count; uint16 l[bytes(n, m)] @end; };",
        &[Code::RemovedAttribute, Code::BytesSize],
        "struct Crate { uint32 n; uint16 l[n] @end; };",
    ),
    (
        "enum8 load { TEA, RUM }; struct Crate { load kind; switch (kind) { case RUM: uint32 \
         proof; } u @fixedsize; };",
        &[Code::RemovedAttribute],
        "enum8 load { TEA, RUM }; struct Crate { load kind; switch (kind) { case RUM: uint32 \
         proof; } u; };",
    ),
    (
        "struct Crate { uint8 x[] @end @ctype(uint8_t) @as_ptr(x_len); };",
        &[Code::OutputConflict],
        "struct Crate { uint8 x[] @ctype(uint8_t) @as_ptr(x_len); };",
    ),
    (
        "struct Crate { uint8 x; uint8 seal @end @zero; };",
        &[Code::OutputConflict],
        "struct Crate { uint8 x; uint8 seal @zero; };",
    ),
];

#[test]
fn removed_syntax_is_rejected_with_help() {
    for (written, expected, current) in REMOVED {
        let text = with_crate(written);
        assert_eq!(codes(&text), *expected, "{written}");
        for diagnostic in Analysis::new(text.as_bytes(), &Levels::default()).diagnostics {
            assert!(
                diagnostic.help.is_some(),
                "{written}: {}",
                diagnostic.message
            );
            assert!(
                !diagnostic.notes.is_empty(),
                "{written}: {}",
                diagnostic.message
            );
        }
        rust(&with_crate(current));
    }
}

#[test]
fn suggested_edits_make_the_proto_valid() {
    let mut edited = 0;
    for (written, ..) in REMOVED {
        let mut text = with_crate(written);
        let mut edits: Vec<_> = Analysis::new(text.as_bytes(), &Levels::default())
            .diagnostics
            .into_iter()
            .map(|diagnostic| diagnostic.suggestion)
            .collect();
        if edits.iter().any(Option::is_none) {
            continue;
        }
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.as_ref().unwrap().span.start));
        for edit in edits.into_iter().flatten() {
            text.replace_range(edit.span.start..edit.span.end, &edit.replacement);
        }
        assert_eq!(codes(&text), [], "{text}");
        edited += 1;
    }
    assert!(edited >= 4, "only {edited} protos have suggested edits");
}

#[test]
fn zero_and_virtual_fields_of_all_types_compile() {
    let text = with_crate(
        "typedef depth int32 @ctype(Depth); enum8 load { TEA, RUM }; flags16 marks { WET };\n\
         struct Crate { uint32 deck @virtual(0); int8 side @virtual(-1); load kind @zero;\n\
         depth draught @zero; marks seen @zero; uint8 n; uint32 pad @zero; uint8 x[n] @end; };",
    );
    rust(&text);
    let model = model(&text);
    let body = model.types.iter().find_map(|ty| match ty {
        TypeDef::Struct(body) if body.name == "Crate" => Some(body),
        _ => None,
    });
    // Virtual fields take no bytes. The others before the array take 1 + 4 + 2 + 1 + 4.
    assert_eq!(body.unwrap().size.min(), 12);
}
