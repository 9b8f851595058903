//! Very large and malformed protos: the compiler accepts or reports them in linear time.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use spice_proto_gen::diagnostic::{Diagnostic, Style, render, to_json_lines};
use spice_proto_gen::{Analysis, Config};

use crate::common::size;

const END: &str = "\nprotocol P {};\n";

fn check(text: impl AsRef<[u8]>) -> Analysis {
    Config::new().check(text.as_ref())
}

fn codes(findings: &[Diagnostic]) -> Vec<&'static str> {
    let mut codes: Vec<&'static str> = findings.iter().map(|found| found.code.as_str()).collect();
    codes.dedup();
    codes
}

/// Repeats a numbered part of a text.
fn repeat(count: usize, mut part: impl FnMut(&mut String, usize)) -> String {
    let mut text = String::new();
    for number in 0..count {
        part(&mut text, number);
    }
    text
}

#[test]
fn many_definitions_are_accepted() {
    let count = size(10_000, 100_000);
    let text = repeat(count, |text, number| {
        writeln!(text, "struct S{number} {{ uint32 a; uint8 b[a]; }};").unwrap();
    });
    let analysis = check(&(text + END));
    assert_eq!(codes(&analysis.diagnostics), Vec::<&str>::new());
    assert_eq!(analysis.model.unwrap().types.len(), count);
}

#[test]
fn many_errors_are_all_reported() {
    let count = size(10_000, 100_000);
    let text = repeat(count, |text, number| {
        writeln!(text, "struct S{number} {{ uint33 a; }};").unwrap();
    });
    let analysis = check(&(text + END));
    assert_eq!(analysis.diagnostics.len(), count);
    assert_eq!(codes(&analysis.diagnostics), ["E0102"]);
}

/// Builds a text of a given size.
type Make = fn(usize) -> String;

/// Texts that take quadratic time if a pass scans the whole text once per part.
const GROWING: &[(&str, Make)] = &[
    ("valid definitions", |count| {
        repeat(count, |text, number| {
            writeln!(text, "message M{number} {{ uint32 n; uint8 d[n] @end; }};").unwrap();
        }) + END
    }),
    ("invalid definitions on one line", |count| {
        repeat(count, |text, number| {
            write!(text, "struct S{number} {{ Unknown{number} a; }}; ").unwrap();
        }) + END
    }),
    ("malformed definitions", |count| {
        repeat(count, |text, _| text.push_str("struct S { uint8; };\n")) + END
    }),
    ("definitions with the same name", |count| {
        repeat(count, |text, _| text.push_str("struct S { };\n")) + END
    }),
    ("opening braces", |count| "struct S {\n".repeat(count)),
    ("opening braces on one line", |count| {
        "struct S { ".repeat(count)
    }),
    ("closing braces", |count| "};\n".repeat(count) + END),
    ("words", |count| "word ".repeat(count) + END),
    ("unterminated comments", |count| "/* ".repeat(count)),
    ("comments", |count| "/**/ // x\n".repeat(count) + END),
    ("control characters", |count| "\0 ".repeat(count) + END),
    ("wide characters", |count| "\u{1f600} ".repeat(count) + END),
    ("attributes", |count| {
        format!("struct S {{ uint8 a {}; }};{END}", "@end ".repeat(count))
    }),
    ("unknown attributes", |count| {
        format!(
            "struct S {{ uint8 a {}; }};{END}",
            "@unknwon ".repeat(count)
        )
    }),
    ("fields with the same name", |count| {
        format!("struct S {{ {} }};{END}", "uint8 a;\n".repeat(count))
    }),
    ("unknown size fields", |count| {
        let fields = repeat(count, |text, number| {
            writeln!(text, "uint32 size{number}; uint8 d{number}[syze{number}];").unwrap();
        });
        format!("struct S {{ {fields} }};{END}")
    }),
    ("items", |count| {
        let items = repeat(count, |text, number| writeln!(text, "A{number},").unwrap());
        format!("enum32 E {{ {items} }};{END}")
    }),
    ("items with the same value", |count| {
        let items = repeat(count, |text, number| {
            writeln!(text, "A{number} = 1,").unwrap()
        });
        format!("enum32 E {{ {items} }};{END}")
    }),
    ("cases", |count| {
        let items = repeat(count, |text, number| writeln!(text, "A{number},").unwrap());
        let cases = repeat(count, |text, number| {
            writeln!(text, "case A{number}: uint8 a{number};").unwrap();
        });
        format!("enum32 E {{ {items} }}; struct S {{ E e; switch (e) {{ {cases} }} u; }};{END}")
    }),
    ("unknown cases", |count| {
        let cases = repeat(count, |text, number| {
            writeln!(text, "case B{number}: uint8 a{number};").unwrap();
        });
        format!("enum32 E {{ A }}; struct S {{ E e; switch (e) {{ {cases} }} u; }};{END}")
    }),
    ("messages with the same id", |count| {
        let messages = repeat(count, |text, number| {
            writeln!(text, "M m{number} = 1;").unwrap()
        });
        format!("message M {{}}; channel C {{ {messages} }};{END}")
    }),
    ("channels of the protocol", |count| {
        let entries = repeat(count, |text, number| {
            writeln!(text, "C c{number} = 1;").unwrap()
        });
        format!("channel C {{}}; protocol P {{ {entries} }};")
    }),
    ("a chain of typedefs", |count| {
        let first = "typedef t0 uint32;\n".to_owned();
        let further = repeat(count, |text, number| {
            writeln!(text, "typedef t{} t{number};", number + 1).unwrap();
        });
        first + &further + END
    }),
    ("a chain of structs", |count| {
        let first = "struct S0 { uint8 a; };\n".to_owned();
        let further = repeat(count, |text, number| {
            writeln!(text, "struct S{} {{ S{number} a; }};", number + 1).unwrap();
        });
        first + &further + END
    }),
    ("a chain of channels", |count| {
        let first = "channel C0 {};\n".to_owned();
        let further = repeat(count, |text, number| {
            writeln!(text, "channel C{} : C{number} {{}};", number + 1).unwrap();
        });
        first + &further + END
    }),
    ("names that collide in Rust", |count| {
        repeat(count, |text, number| {
            writeln!(text, "struct a_b{number} {{}}; struct aB{number} {{}};").unwrap();
        }) + END
    }),
    ("digits", |count| {
        format!("enum8 E {{ A = {} }};{END}", "9".repeat(count))
    }),
    ("a long name", |count| {
        let name = "a".repeat(count);
        format!("struct {name} {{ }}; struct S {{ {name}b x; {name} y; }};{END}")
    }),
];

/// The time to check a text and render all reports: the minimum of some runs.
fn time(text: &str, runs: usize) -> Duration {
    let run = || {
        let start = Instant::now();
        let findings = check(text).diagnostics;
        let report = render("p.proto", text, &findings, Style::Plain);
        let json = to_json_lines("p.proto", text, &findings);
        assert_eq!(report.is_empty(), findings.is_empty());
        assert_eq!(json.lines().count(), findings.len());
        start.elapsed()
    };
    (0..runs).map(|_| run()).min().unwrap()
}

/// The bound is loose because other processes disturb the clock. Quadratic time has a ratio of 16.
#[test]
fn time_is_linear() {
    let mut slow = Vec::new();
    for (what, make) in GROWING {
        let count = size(150, 300);
        let (short, long) = (time(&make(count), 2), time(&make(4 * count), 1));
        let ratio = long.as_secs_f64() / short.as_secs_f64().max(1e-6);
        // Measures again, because a disturbance rarely occurs twice.
        if ratio > 8.0 && long > Duration::from_millis(20) {
            let (short, long) = (time(&make(1_200), 3), time(&make(4_800), 3));
            let again = long.as_secs_f64() / short.as_secs_f64();
            if again > 8.0 {
                slow.push(format!("{what}: ratios {ratio:.1} and {again:.1}"));
            }
        }
    }
    assert!(slow.is_empty(), "{slow:#?}");
}

#[test]
fn stack_of_512_kib_suffices() {
    for (what, make) in GROWING {
        let text = make(size(1_000, 10_000));
        let thread = std::thread::Builder::new().stack_size(512 << 10);
        let thread = thread.spawn(move || check(&text).diagnostics.len());
        assert!(thread.unwrap().join().is_ok(), "{what}");
    }
}

#[test]
fn every_line_end_and_a_byte_order_mark_are_accepted() {
    let text = "// one\nchannel C {\n    message {\n        uint32 n; // two\n    } m;\n};\n\nprotocol P {\n    C c;\n};\n";
    let forms = [
        text.to_owned(),
        text.replace('\n', "\r\n"),
        format!("\u{feff}{text}"),
        format!("\u{feff}{}", text.replace('\n', "\r\n")),
        text.trim_end().to_owned(),
    ];
    for form in forms {
        let analysis = check(&form);
        assert_eq!(codes(&analysis.diagnostics), Vec::<&str>::new(), "{form:?}");
        let model = analysis.model.unwrap();
        assert_eq!(model.channels[0].server[0].name, "m", "{form:?}");
    }
}

#[test]
fn malformed_texts_are_reported() {
    for (text, expected) in [
        (&b"struct S { uint8 a;\0 };\nprotocol P {};\n"[..], "E0006"),
        (b"\0\0\0\0", "E0006"),
        (b"\xff\xfes\0t\0r\0u\0c\0t\0", "E0001"),
        (b"// \xc3(\nprotocol P {};\n", "E0001"),
        (b"/* protocol P {};\n", "E0002"),
        (b"", "E0108"),
        (b"\xef\xbb\xbf", "E0108"),
        (
            b"struct S { uint8 a[18446744073709551616]; };\nprotocol P {};\n",
            "E0005",
        ),
        (
            b"struct S { uint8 a[18446744073709551615]; };\nprotocol P {};\n",
            "E0307",
        ),
        (b"\x7fELF\x02\x01\x01", "E0006"),
    ] {
        let findings = check(text).diagnostics;
        assert_eq!(
            findings[0].code.as_str(),
            expected,
            "{text:?}: {findings:#?}"
        );
        for span in findings
            .iter()
            .flat_map(|found| &found.labels)
            .map(|label| label.span)
        {
            assert!(span.end <= text.len(), "{text:?}: {findings:#?}");
        }
    }
}
