//! Monitor layouts.

use alloc::vec::Vec;

use crate::proto::agent::client::{MonitorsConfig, MonitorsConfigPhysicalSizes};
use crate::proto::types::{MonitorConfig, MonitorsConfigFlags, PhysicalSize};

impl MonitorsConfig<'static> {
    /// Creates a layout whose positions are valid.
    ///
    /// ```
    /// use spice_agent::MonitorConfig;
    /// use spice_agent::proto::agent::client::MonitorsConfig;
    /// let left = MonitorConfig { width: 1920, height: 1080, depth: 32, x: 0, y: 0 };
    /// let right = MonitorConfig { x: 1920, ..left };
    /// assert_eq!(MonitorsConfig::new([left, right]).monitors.len(), 2);
    /// ```
    #[must_use]
    pub fn new(monitors: impl Into<Vec<MonitorConfig>>) -> Self {
        Self {
            flags: MonitorsConfigFlags::USE_POS,
            monitors: monitors.into().into(),
            physical_sizes: MonitorsConfigPhysicalSizes::Absent,
        }
    }

    /// Adds the physical sizes of the monitors: one per monitor, or the message does not encode.
    #[must_use]
    pub fn with_physical_sizes(mut self, sizes: impl Into<Vec<PhysicalSize>>) -> Self {
        self.flags |= MonitorsConfigFlags::PHYSICAL_SIZE;
        self.physical_sizes = MonitorsConfigPhysicalSizes::PhysicalSize(sizes.into().into());
        self
    }
}

#[cfg(test)]
mod tests {
    use spice_wire::{Decode, Encode};

    use super::*;

    #[test]
    fn physical_sizes_are_on_the_wire_if_they_are_set() {
        let monitor = MonitorConfig {
            height: 1,
            width: 2,
            depth: 3,
            x: -4,
            y: 5,
        };
        let size = PhysicalSize {
            height: 6,
            width: 7,
        };
        let plain = MonitorsConfig::new([monitor]);
        let bytes = plain.encode_to_vec().unwrap();
        let start = [
            1, 0, 0, 0, 1, 0, 0, 0, //
            1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0xfc, 0xff, 0xff, 0xff, 5, 0, 0, 0,
        ];
        assert_eq!(bytes, start);
        assert_eq!(MonitorsConfig::decode(&bytes), Ok(plain.clone()));
        let sized = plain.with_physical_sizes([size]);
        let bytes = sized.encode_to_vec().unwrap();
        assert_eq!((bytes[4], &bytes[28..]), (3, &[6, 0, 7, 0][..]));
        assert_eq!(MonitorsConfig::decode(&bytes), Ok(sized.clone()));
        assert!(MonitorsConfig::decode(&bytes[..30]).is_err());
        assert!(
            sized
                .with_physical_sizes([size; 2])
                .encode_to_vec()
                .is_err()
        );
    }
}
