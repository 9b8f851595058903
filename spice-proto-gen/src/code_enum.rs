//! Enums of stable codes: of diagnostics and of changes.

/// Defines an enum of codes, each with the text that is printed and a one-line title, and the error of parsing one.
macro_rules! code_enum {
    (
        $(#[$docs:meta])*
        $Code:ident, $Unknown:ident;
        $($name:ident = $text:literal, $title:literal;)*
    ) => {
        $(#[$docs])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum $Code {
            $(#[doc = concat!($text, ": ", $title, ".")] $name,)*
        }

        impl $Code {
            /// All codes in ascending order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code as printed.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// A one-line description.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }

        impl ::std::fmt::Display for $Code {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::std::str::FromStr for $Code {
            type Err = $Unknown;

            /// Parses a code. Case is ignored.
            fn from_str(text: &str) -> Result<Self, $Unknown> {
                let mut codes = Self::ALL.iter().copied();
                let code = codes.find(|code| code.as_str().eq_ignore_ascii_case(text));
                code.ok_or_else(|| $Unknown(text.to_owned()))
            }
        }

        #[doc = concat!("The error of parsing a [`", stringify!($Code), "`].")]
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $Unknown(String);

        impl ::std::error::Error for $Unknown {}
    };
}

pub(crate) use code_enum;
