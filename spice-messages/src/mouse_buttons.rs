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
