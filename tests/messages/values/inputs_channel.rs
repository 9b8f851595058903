//! The inputs channel.

use spice_messages::inputs::{client, server};
use spice_messages::types::{self, KeyboardModifierFlags, MouseButtonMask};

use crate::values::bytes::bytes;
use crate::values::support::{Cases, assert_encodes};

pub const CASES: Cases = &[
    ("inputs.server.init", init),
    ("inputs.client.key_down", key_down),
    ("inputs.client.mouse_motion", mouse_motion),
    ("inputs.client.mouse_position", mouse_position),
    ("inputs.client.mouse_press", mouse_press),
];

#[test]
fn init() {
    let value = server::Init {
        keyboard_modifiers: KeyboardModifierFlags::NUM_LOCK | KeyboardModifierFlags::CAPS_LOCK,
    };
    let bytes = bytes("0600");
    assert_encodes(&value, &bytes);
    let got = received!("inputs.server.init", 101, inputs::server::Init, &bytes);
    let modifiers = got.keyboard_modifiers;
    assert!(modifiers.contains(KeyboardModifierFlags::NUM_LOCK));
    assert!(modifiers.contains(KeyboardModifierFlags::CAPS_LOCK));
    assert!(!modifiers.contains(KeyboardModifierFlags::SCROLL_LOCK));
}

#[test]
fn key_down() {
    let value = client::KeyDown { code: 0x1d };
    let bytes = bytes("1d000000");
    assert_encodes(&value, &bytes);
    let got = received!(
        "inputs.client.key_down",
        101,
        inputs::client::KeyDown,
        &bytes
    );
    assert_eq!(got.code, 0x1d);
}

#[test]
fn mouse_motion() {
    let value = client::MouseMotion {
        dx: -3,
        dy: 4,
        buttons_state: MouseButtonMask::LEFT | MouseButtonMask::EXTRA,
    };
    let bytes = bytes("-3i32 4i32 4100");
    assert_encodes(&value, &bytes);
    let got = received!(
        "inputs.client.mouse_motion",
        111,
        inputs::client::MouseMotion,
        &bytes
    );
    assert_eq!((got.dx, got.dy), (-3, 4));
    assert!(got.buttons_state.contains(MouseButtonMask::LEFT));
    assert!(got.buttons_state.contains(MouseButtonMask::EXTRA));
    assert_eq!(got.buttons_state.bits(), 0x41);
}

#[test]
fn mouse_position() {
    let value = client::MousePosition {
        x: 1919,
        y: 1079,
        buttons_state: MouseButtonMask::empty(),
        display_id: 1,
    };
    let bytes = bytes("1919u32 1079u32 0000 01");
    assert_encodes(&value, &bytes);
    let got = received!(
        "inputs.client.mouse_position",
        112,
        inputs::client::MousePosition,
        &bytes
    );
    assert_eq!((got.x, got.y), (1919, 1079));
    assert!(got.buttons_state.is_empty());
    assert_eq!(got.display_id, 1);
}

#[test]
fn mouse_press() {
    let value = client::MousePress {
        button: types::MouseButton::DOWN,
        buttons_state: MouseButtonMask::RIGHT,
    };
    let bytes = bytes("05 0400");
    assert_encodes(&value, &bytes);
    let got = received!(
        "inputs.client.mouse_press",
        113,
        inputs::client::MousePress,
        &bytes
    );
    assert_eq!(got.button, types::MouseButton::DOWN);
    assert_eq!(got.buttons_state, MouseButtonMask::RIGHT);
}
