//! Compares enums and flags.

use super::ChangeCode;
use super::comparison::{Comparison, Places, Readers, TypePair};
use super::pairs::pair;
use crate::model::Enum;

impl Comparison<'_> {
    pub(super) fn compare_enums(&mut self, types: TypePair, old: &Enum, new: &Enum) {
        self.compare_names("type", &old.name, &new.name);
        let places = || Places::both(vec![old.name.clone()], vec![new.name.clone()]);
        if old.bytes != new.bytes {
            let (name, was, is) = (&new.name, old.bytes, new.bytes);
            let message = format!("type `{name}` takes {is} bytes instead of {was}");
            self.report_in(
                types,
                Readers::Both,
                ChangeCode::EnumWidth,
                message,
                places(),
            );
        }
        if old.flags != new.flags {
            let (is, was) = if new.flags {
                ("flags", "an enum")
            } else {
                ("an enum", "flags")
            };
            let message = format!("type `{}` is {is} instead of {was}", new.name);
            self.report(ChangeCode::SameBytes, message, places());
        }
        let path = |name: &str, item: &str| vec![name.to_owned(), item.to_owned()];
        let pairs = pair(&old.items, &new.items, |item| &item.name, |item| item.value);
        for item in pairs.removed {
            let message = format!(
                "item `{}.{}` ({}) is removed",
                old.name, item.name, item.value
            );
            let places = Places::removed(path(&old.name, &item.name));
            self.report_in(
                types,
                Readers::New,
                ChangeCode::ItemRemoved,
                message,
                places,
            );
        }
        for item in pairs.added {
            let message = format!(
                "item `{}.{}` ({}) is added",
                new.name, item.name, item.value
            );
            let places = Places::added(path(&new.name, &item.name));
            self.report_in(types, Readers::None, ChangeCode::ItemAdded, message, places);
        }
        for (a, b) in pairs.both {
            let places = Places::both(path(&old.name, &a.name), path(&new.name, &b.name));
            let name = format!("{}.{}", new.name, b.name);
            if a.name != b.name {
                let message = format!(
                    "item `{}.{}` ({}) is renamed to `{name}`",
                    old.name, a.name, a.value
                );
                self.report(ChangeCode::ItemRenamed, message, places.clone());
            }
            if a.value != b.value {
                let message = format!(
                    "item `{name}` has the value {} instead of {}",
                    b.value, a.value
                );
                self.report_in(types, Readers::Both, ChangeCode::ItemValue, message, places);
            }
        }
    }
}
