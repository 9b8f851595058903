//! Mouse buttons and their bits.

use crate::types::{MouseButton, MouseButtonMask};

/// Button 1 has bit 0. `INVALID` and numbers above 16 have no bit.
impl From<MouseButton> for MouseButtonMask {
    fn from(button: MouseButton) -> Self {
        let bit = |index: u8| 1_u16.checked_shl(index.into());
        Self(button.0.checked_sub(1).and_then(bit).unwrap_or(0))
    }
}

/// Returns the mask as the error unless exactly one bit is set.
impl TryFrom<MouseButtonMask> for MouseButton {
    type Error = MouseButtonMask;

    fn try_from(mask: MouseButtonMask) -> Result<Self, MouseButtonMask> {
        let mut buttons = mask.buttons();
        match (buttons.next(), buttons.next()) {
            (Some(button), None) => Ok(button),
            _ => Err(mask),
        }
    }
}

impl MouseButtonMask {
    /// The buttons whose bits are set, in ascending order, buttons without a name included.
    pub fn buttons(self) -> impl DoubleEndedIterator<Item = MouseButton> + Clone {
        let buttons = (1..=16).map(MouseButton);
        buttons.filter(move |button| self.intersects((*button).into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Named;

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
}
