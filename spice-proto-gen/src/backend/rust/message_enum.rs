//! What all enums of messages have in common, those of a side of a channel and those at the root:
//! they encode as the message that they hold.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// An enum whose variants hold a message each, but for one of what is unknown.
pub(super) struct MessageEnum {
    pub(super) name: Ident,
    /// The path of the runtime.
    pub(super) runtime: TokenStream,
    pub(super) variants: Vec<Ident>,
    /// The fields of the variant `Unknown` beside `body`; `None` where there is no such variant.
    pub(super) unknown: Option<Vec<TokenStream>>,
}

impl MessageEnum {
    /// An arm for the variant `Unknown`.
    fn unknown_arm(&self, value: &TokenStream) -> Option<TokenStream> {
        self.unknown
            .as_ref()
            .map(|_| quote!(Self::Unknown { body, .. } => #value,))
    }

    /// The method that gives the message, whatever it is.
    pub(super) fn body(&self) -> TokenStream {
        let Self {
            runtime, variants, ..
        } = self;
        let unknown = self.unknown_arm(&quote!(body));
        quote! {
            fn body(&self) -> &(dyn #runtime::Encode + 'a) {
                match self {
                    #(Self::#variants(message) => message,)*
                    #unknown
                }
            }
        }
    }

    /// All that an enum at the root implements. An enum of a side has most of it from the runtime.
    pub(super) fn implementations(&self) -> TokenStream {
        let Self { name, runtime, .. } = self;
        let blank = self.blank();
        let encode = self.encode();
        let owned = self.owned();
        quote! {
            #blank

            impl #runtime::Encode for #name<'_> {
                #runtime::encode_as_body!();

                #encode
            }

            #owned
        }
    }

    /// The value to decode into: an unknown message without a body.
    fn blank(&self) -> TokenStream {
        let Self { name, runtime, .. } = self;
        let value = match (&self.unknown, self.variants.first()) {
            (Some(fields), _) => quote! {
                Self::Unknown { #(#fields: 0,)* body: #runtime::Blank::blank() }
            },
            (None, Some(first)) => quote!(Self::#first(#runtime::Blank::blank())),
            (None, None) => return TokenStream::new(),
        };
        quote! {
            #runtime::impl_blank!(#name<'_>, #value);
        }
    }

    fn encode(&self) -> TokenStream {
        let Self {
            runtime, variants, ..
        } = self;
        let unknown = self.unknown_arm(&quote!(body.encode(out)));
        quote! {
            fn encode(
                &self,
                out: &mut #runtime::__private::Vec<u8>,
            ) -> #runtime::Result<()> {
                match self {
                    #(Self::#variants(message) => message.encode(out),)*
                    #unknown
                }
            }
        }
    }

    /// The implementation of `IntoOwned`. It is compiled where it is used, which it often is not.
    fn owned(&self) -> TokenStream {
        let Self {
            name,
            runtime,
            variants,
            ..
        } = self;
        let into_owned = quote!(#runtime::IntoOwned::into_owned);
        let unknown = self.unknown.as_ref().map(|fields| {
            quote! {
                Self::Unknown { #(#fields,)* body } => #name::Unknown {
                    #(#fields,)*
                    body: #into_owned(body),
                },
            }
        });
        quote! {
            impl #runtime::IntoOwned for #name<'_> {
                type Owned = #name<'static>;

                #[inline]
                fn into_owned(self) -> Self::Owned {
                    match self {
                        #(Self::#variants(message) => #name::#variants(message.into_owned()),)*
                        #unknown
                    }
                }
            }
        }
    }
}
