//! Mouse buttons and their bits.

use spice_messages::types::{MouseButton, MouseButtonMask};
use spice_messages::wire::Named;

#[test]
fn buttons_and_bits_have_the_same_names() {
    let (buttons, bits) = (MouseButton::ITEMS, MouseButtonMask::ITEMS);
    assert_eq!(buttons.len(), bits.len() + 1);
    for ((button_name, button), (bit_name, bit)) in buttons[1..].iter().zip(bits) {
        assert_eq!(button_name, bit_name);
        assert_eq!(MouseButtonMask::from(*button), *bit);
        assert_eq!(MouseButton::try_from(*bit), Ok(*button));
    }
}

#[test]
fn every_mask_is_the_union_of_its_buttons() {
    for bits in 0..=u16::MAX {
        let mask = MouseButtonMask(bits);
        let union = mask.buttons().map(MouseButtonMask::from);
        assert_eq!(union.fold(MouseButtonMask::empty(), |a, b| a | b), mask);
        assert_eq!(mask.buttons().count(), bits.count_ones() as usize);
        assert_eq!(MouseButton::try_from(mask).is_ok(), bits.is_power_of_two());
    }
}

#[test]
fn numbers_without_a_bit_give_an_empty_mask() {
    for number in [0, 17, 33, 65, 129, 255] {
        assert_eq!(MouseButtonMask::from(MouseButton(number)).bits(), 0);
    }
    assert_eq!(MouseButtonMask::from(MouseButton(16)).bits(), 1 << 15);
    assert_eq!(
        MouseButton::try_from(MouseButtonMask(6)),
        Err(MouseButtonMask(6))
    );
    assert!(
        MouseButtonMask(5)
            .buttons()
            .rev()
            .eq([MouseButton::RIGHT, MouseButton::LEFT])
    );
}
