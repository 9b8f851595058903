//! JSON representation of values, and errors of invalid JSON.

use serde::de::DeserializeOwned;
use serde_json::{Value, from_value, json, to_value};
use spice_messages::types::{
    Clip, ClipRects, ClipU, ImageType, LineAttr, LineAttrU2, LineFlags, Rect,
};
use spice_messages::wire::{Fd, List, Side, Text};
use spice_messages::{ChannelType, Message, ServerMessage, display, port};
use spice_proto::{names, numbers};

use crate::common::sample_messages::draw_copy;

/// Checks that a value serializes to `form` and back.
#[track_caller]
fn check<T>(value: &T, form: Value)
where
    T: serde::Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    assert_eq!(to_value(value).unwrap(), form);
    assert_eq!(from_value::<T>(form).unwrap(), *value);
}

/// Returns the error of deserializing `form`.
#[track_caller]
fn error_of<T: DeserializeOwned + std::fmt::Debug>(form: Value) -> String {
    from_value::<T>(form).unwrap_err().to_string()
}

#[test]
fn messages_are_tagged_with_their_proto_name() {
    let init = port::server::Init {
        name: "org.qemu.0".into(),
        opened: 1,
    };
    check(&init, json!({ "name": "org.qemu.0", "opened": 1 }));
    let message = port::server::Message::Init(init);
    check(
        &message,
        json!({ "init": { "name": "org.qemu.0", "opened": 1 } }),
    );
    let message = Message::Server(ServerMessage::Port(message));
    let init = json!({ "init": { "name": "org.qemu.0", "opened": 1 } });
    check(&message, json!({ "server": { "port": init } }));
    let message = Message::decode(
        ChannelType::USBREDIR,
        Side::Client,
        700,
        &[1, 0xab],
        Default::default(),
    );
    let unknown = json!({ "unknown": { "id": 700, "body": "01ab" } });
    check(
        &message.unwrap(),
        json!({ "client": { "usbredir": unknown } }),
    );
    let message = Message::decode(ChannelType(99), Side::Server, 7, &[], Default::default());
    let unknown = json!({ "unknown": { "channel_type": 99, "id": 7, "body": "" } });
    check(&message.unwrap(), json!({ "server": unknown }));
}

#[test]
fn drawing_commands_are_readable() {
    let image = json!({
        "descriptor": {
            "id": 0, "type": "BITMAP", "flags": [], "width": 4, "height": 2,
        },
        "u": { "BITMAP": {
            "format": "INVALID", "flags": [], "x": 4, "y": 2, "stride": 4,
            "pal": { "palette": { "unique": 1, "ents": [255, 0x00ff_0000] } },
            "data": "0001000101000100",
        } },
    });
    let rect = json!({ "top": 0, "left": 0, "bottom": 0, "right": 0 });
    check(
        &draw_copy(),
        json!({
            "base": {
                "surface_id": 0,
                "box": rect,
                "clip": { "u": { "other": { "type": "NONE" } } },
            },
            "data": {
                "src_bitmap": image,
                "src_area": rect,
                "rop_descriptor": [],
                "scale_mode": "INTERPOLATE",
                "mask": { "flags": [], "pos": { "x": 0, "y": 0 }, "bitmap": null },
            },
        }),
    );
    let clip = Clip {
        u: ClipU::Rects(ClipRects {
            rects: List::from(vec![Rect::default()]),
        }),
    };
    check(&clip, json!({ "u": { "RECTS": { "rects": [rect] } } }));
}

#[test]
fn enums_and_flags_are_names_or_numbers() {
    check(&ImageType::LZ_PLT, json!("LZ_PLT"));
    check(&ImageType(77), json!(77));
    assert_eq!(
        from_value::<ImageType>(json!(100)).unwrap(),
        ImageType::LZ_PLT
    );
    let flags = LineFlags::STYLED | LineFlags::START_WITH_GAP;
    check(&flags, json!(["STYLED", "START_WITH_GAP"]));
    check(
        &LineFlags(0x83 | flags.0),
        json!(["STYLED", "START_WITH_GAP", 0x83]),
    );
    check(&LineFlags::empty(), json!([]));
    assert_eq!(
        from_value::<LineFlags>(json!(8)).unwrap(),
        LineFlags::STYLED
    );
    let attr = LineAttr {
        flags: LineFlags::empty(),
        u2: LineAttrU2::Absent,
    };
    check(&attr, json!({ "flags": [], "u2": "absent" }));

    let unknown = error_of::<ImageType>(json!("PNG"));
    assert!(
        unknown.starts_with("invalid value: string \"PNG\", expected a number of 8 bits, `BITMAP`")
    );
    for form in [json!(256), json!(-1), json!([]), json!(null)] {
        let reason = error_of::<ImageType>(form);
        assert!(reason.contains("expected a number of 8 bits"), "{reason}");
    }
    let reason = error_of::<LineFlags>(json!(["STYLED", 256]));
    assert!(
        reason.starts_with("invalid value: integer `256`"),
        "{reason}"
    );
    let reason = error_of::<LineFlags>(json!("STYLED"));
    assert!(
        reason.contains("expected a list of names and numbers"),
        "{reason}"
    );
}

#[test]
fn text_keeps_all_bytes() {
    let wire = Text::from_wire;
    check(&wire(b"caf\xc3\xa9\0"), json!("café"));
    check(&Text::from("a\0b"), json!("a\0b"));
    check(&wire(b"\0"), json!(""));
    check(&wire(b"\0\0"), json!("\0"));
    check(&wire(b""), json!({ "unterminated": "" }));
    check(&wire(b"abc"), json!({ "unterminated": "abc" }));
    check(&wire(b"a\0b"), json!({ "unterminated": "a\0b" }));
    check(&wire(b"\xff\0"), json!({ "hex": "ff00" }));
    check(&wire(b"\xff"), json!({ "hex": "ff" }));
    for form in [
        json!({}),
        json!({ "hex": "", "unterminated": "" }),
        json!({ "text": "" }),
    ] {
        error_of::<Text>(form);
    }
}

#[test]
fn bytes_are_hexadecimal_digits() {
    type Data = spice_messages::types::Data<'static>;
    let data = Data {
        data: [0, 0xab, 0x1f].into(),
    };
    check(&data, json!({ "data": "00ab1f" }));
    assert_eq!(
        from_value::<Data>(json!({ "data": "00AB1F" })).unwrap(),
        data
    );
    for digits in ["0", "0x00", "zz", "é", "00 "] {
        let reason = error_of::<Data>(json!({ "data": digits }));
        let expected =
            format!("invalid value: string {digits:?}, expected pairs of hexadecimal digits");
        assert_eq!(reason, expected);
    }
    assert_eq!(error_of::<Data>(json!({})), "missing field `data`");
}

#[test]
fn fixed_arrays_must_have_their_length() {
    let mut message = numbers::types::Long::default();
    (message.forty[39], message.six_hundred[299]) = (0xff, 7);
    let digits = "00".repeat(39) + "ff";
    let mut numbers = vec![0; 299];
    numbers.push(7);
    let form = json!({ "forty": digits, "tag": 0, "six_hundred": numbers, "end": 0 });
    check(&message, form.clone());
    type Long = numbers::types::Long;
    for (field, value, reason) in [
        ("forty", json!("00"), "invalid length 1, expected 40 bytes"),
        (
            "forty",
            json!("00".repeat(41)),
            "invalid length 41, expected 40 bytes",
        ),
        (
            "six_hundred",
            json!([1, 2]),
            "invalid length 2, expected 300 elements",
        ),
        (
            "six_hundred",
            json!(vec![1; 301]),
            "invalid length 301, expected fewer elements",
        ),
    ] {
        let mut form = form.clone();
        form[field] = value;
        assert!(error_of::<Long>(form).starts_with(reason), "{field}");
    }
}

#[test]
fn field_names_are_proto_names() {
    use names::types::{Digits, Language, Value as Chosen, ValueTarget};
    let form = to_value(Language::default()).unwrap();
    for name in ["struct", "camelCase", "UPPER", "With2Digits", "typedef"] {
        assert_eq!(form[name], 0, "{form}");
    }
    check(&Language::default(), form);
    check(&Digits::_16_555, json!("16_555"));
    let text = |text: &'static [u8]| Chosen {
        target: ValueTarget::_16555(text.into()),
    };
    check(&text(&[1]), json!({ "target": { "16_555": "01" } }));
    let keywords = to_value(names::types::Keywords::default()).unwrap();
    assert_eq!(
        (&keywords["self"], &keywords["type"]),
        (&json!(0), &json!(0))
    );
    check(
        &names::r#type::server::Message::Box(names::r#type::server::NamesBox { r#box: 3 }),
        json!({ "Box": { "box": 3 } }),
    );
}

#[test]
fn descriptors_serialize_as_null() {
    type Scanout = display::server::GlScanoutUnix<'static>;
    let mut form = to_value(Scanout::default()).unwrap();
    assert_eq!(form["drm_dma_buf_fd"], Value::Null);
    check(&Scanout::default(), form.clone());
    form.as_object_mut().unwrap().remove("drm_dma_buf_fd");
    assert_eq!(
        from_value::<Scanout>(form.clone()).unwrap(),
        Scanout::default()
    );
    form["drm_dma_buf_fd"] = json!(3);
    let reason = error_of::<Scanout>(form);
    assert!(
        reason.contains("expected nothing: a descriptor cannot be read"),
        "{reason}"
    );
    #[cfg(unix)]
    {
        use std::os::fd::AsFd;
        let standard = std::io::stdin();
        assert_eq!(to_value(Fd::from(standard.as_fd())).unwrap(), Value::Null);
    }
}

/// Requires `DeserializeOwned`, as generic functions do.
fn read<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).unwrap()
}

#[test]
fn deserialized_values_are_static() {
    let kept: Message<'static> = {
        let text = to_value(Message::Server(ServerMessage::Port(
            port::server::Message::Init(port::server::Init::default()),
        )));
        read(&text.unwrap().to_string())
    };
    assert_eq!(kept.path(), Some("port.server.init"));
}
