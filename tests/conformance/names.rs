//! `names.proto`: awkward names.

use spice_proto::names::types::{
    Digits, Keywords, Language, Locals, LocalsWire, NamesErr, NamesNone, NamesOk, NamesSome, Self_,
    Value, ValueTarget,
};
use spice_proto::names::{
    ChannelType, Message, core, server, spice_wire as wire_channel, r#type, types, wire,
};
use spice_wire::{Channel, Encode, ErrorKind, Fds, Named, Side};

use crate::support::{at, check, encode_error, prefixes};

#[test]
fn types_can_have_names_of_the_standard_library() {
    let everything = types::Everything {
        string: types::NamesString { len: 1 },
        copy: types::NamesCopy { clone: 2 },
        fixed_size: types::FixedSize {
            get: 3,
            put: 4,
            append: 5,
        },
        self_: Self_ { self_: 6 },
        some: NamesSome::NONE,
        none: NamesNone::NONE,
        ok: NamesOk::EMPTY | NamesOk::BITS,
        err: NamesErr::LAYOUT,
        usize: 0x0708_090a,
        str: 11,
        digits: Digits::_16_555,
        ..types::Everything::default()
    };
    let mut bytes = [0_u8; 46];
    (bytes[0], bytes[1], bytes[20]) = (1, 2, 6);
    bytes[31..34].copy_from_slice(&[3, 4, 5]);
    bytes[36..].copy_from_slice(&[2, 1, 6, 3, 0, 10, 9, 8, 7, 11]);
    let bytes = [bytes.as_slice(), &[0, 1]].concat();
    check(&everything, &bytes);
    let fields = prefixes::<types::Everything>(&bytes);
    assert_eq!(fields.len(), 43);
    assert_eq!(fields[20], "self.self@20");
    assert_eq!(fields[42], "digits@47");
}

#[test]
fn items_can_begin_with_digits() {
    let items = [
        (Digits::_1BIT_LE, "1BIT_LE"),
        (Digits::_16_555, "16_555"),
        (Digits::_32_XRGB, "32_xRGB"),
        (Digits::_8BIT, "8bit"),
        (Digits::TYPE, "type"),
        (Digits::SELF, "self"),
        (Digits::FN, "fn"),
        (Digits::_LEADING, "_leading"),
    ];
    for (number, (item, name)) in items.into_iter().enumerate() {
        assert_eq!((usize::from(item.0), item.name()), (number, Some(name)));
    }
}

#[test]
fn fields_can_have_names_of_keywords() {
    let keywords = Keywords {
        r#as: 1,
        self_: 2,
        crate_: 3,
        super_: 4,
        r#yield: 5,
        ..Keywords::default()
    };
    let names = prefixes::<Keywords>(&[0; 41]);
    let place = |name: &str| {
        names
            .iter()
            .position(|found| found.starts_with(&format!("{name}@")))
    };
    let places = ["as", "self", "crate", "super", "yield"].map(|name| place(name).unwrap());
    let mut bytes = [0; 41];
    for (value, place) in (1..).zip(places) {
        bytes[place] = value;
    }
    check(&keywords, &bytes);
    let language = Language {
        r#typedef: 1,
        camel_case: 2,
        upper: 3,
        with2_digits: 4,
        ..Language::default()
    };
    let mut bytes = [0; 20];
    (bytes[0], bytes[17], bytes[18], bytes[19]) = (1, 2, 3, 4);
    check(&language, &bytes);
    assert_eq!(
        prefixes::<Language>(&bytes)[17..],
        ["camelCase@17", "UPPER@18", "With2Digits@19"]
    );
}

#[test]
fn fields_can_have_names_used_by_generated_code() {
    let locals = |wire| Locals {
        run: 1,
        at: 2,
        cursor: vec![3].into(),
        writer: vec![4].into(),
        kept: vec![5].into(),
        target: Some(types::NamesString { len: 6 }),
        wire,
        error: vec![7].into(),
        sum: [10, 11],
    };
    let fixed = |value| vec![1, 2, value, 1, 0, 0, 0, 1, 0, 0, 0, 3, 4, 0, 1, 0, 0, 0];
    let out = locals(LocalsWire::Fn(vec![8].into()));
    #[rustfmt::skip]
    let rest = [
        34, 0, 0, 0,  36, 0, 0, 0,
        8,
        1, 0, 0, 0,  7,  10, 11,
        5, 0,
        6,
    ];
    check(&out, &[fixed(6).as_slice(), &rest].concat());
    let mismatch = ErrorKind::CountMismatch {
        count: 2,
        length: 1,
    };
    let problem = encode_error(&locals(LocalsWire::Fn(vec![8, 9].into())));
    assert_eq!(problem, at("cursor", 11, mismatch));
    let other = LocalsWire::Other { value: Digits::FN };
    assert_eq!(
        encode_error(&locals(other)),
        at("wire", 26, ErrorKind::VariantMismatch)
    );
}

#[test]
fn variants_can_contain_a_field_named_value() {
    let value = |target| Value { target };
    let text = ValueTarget::_16555(vec![1, 2].into());
    check(&value(text), &[1, 2, 1, 2]);
    let own = ValueTarget::Self_ { count: 3, value: 4 };
    check(&value(own), &[5, 3, 4, 0]);
    let other = ValueTarget::Other {
        value: Digits(9),
        count: 8,
    };
    check(&value(other), &[9, 8]);
    assert_eq!(types::Constants::SIZE, 2);
    check(&types::Constants { data: [1, 2] }, &[1, 2]);
}

#[test]
fn messages_and_channels_can_have_any_name() {
    use r#type::server::{Message as Sent, id};
    assert_eq!(
        [id::SELF, id::TYPE, id::BOX, id::OK, id::NONE],
        [6, 7, 8, 9, 12]
    );
    let message = Sent::decode(id::SELF, &[5]).unwrap();
    assert_eq!(message, Sent::Self_(r#type::server::Self_ { self_: 5 }));
    assert_eq!(message.path(), Some("type.server.self"));
    for (number, name) in [
        (9, "ok"),
        (10, "err"),
        (11, "some"),
        (12, "none"),
        (13, "result"),
    ] {
        let message = Sent::decode(number, &[1]).unwrap();
        assert_eq!(
            (message.name(), message.encode_to_vec()),
            (Some(name), Ok(vec![1]))
        );
    }
    let client = r#type::client::Message::decode(1, &[2]).unwrap();
    assert_eq!(client.name(), Some("fn"));
}

#[test]
fn channels_can_have_names_of_crates() {
    let names = [
        (1, "type"),
        (2, "core"),
        (3, "server"),
        (4, "spice_wire"),
        (5, "wire"),
        (6, "self"),
        (7, "std"),
    ];
    let names = names.map(|(number, name)| (name, ChannelType(number)));
    assert_eq!(ChannelType::ITEMS, names);
    assert_eq!(
        (r#type::Channel::NAME, server::Channel::NAME),
        ("type", "server")
    );
    assert_eq!((core::Channel::NAME, wire::Channel::NAME), ("core", "wire"));
    assert_eq!(wire_channel::Channel::NAME, "spice_wire");
    for channel in 2..=7 {
        let tick =
            Message::decode(ChannelType(channel), Side::Server, 1, &[9], Fds::none()).unwrap();
        assert_eq!((tick.id(), tick.encode_to_vec()), (1, Ok(vec![9])));
        assert!(tick.path().unwrap().ends_with(".server.tick"));
    }
}
