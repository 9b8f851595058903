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
    /// The full name of each variant's message, for errors; empty where the message adds it itself.
    pub(super) paths: Vec<String>,
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

    /// The implementations of `Encode` and `IntoOwned`.
    pub(super) fn implementations(&self) -> TokenStream {
        let encode = self.encode();
        let owned = self.owned();
        quote!(#encode #owned)
    }

    fn encode(&self) -> TokenStream {
        let Self {
            name,
            runtime,
            variants,
            paths,
            ..
        } = self;
        let unknown = self.unknown_arm(&quote!(body.encode(out)));
        let located = variants.iter().enumerate().map(|(index, _)| {
            let path = paths.get(index);
            path.map(|path| quote!(.map_err(|error| error.in_message(&#path))))
        });
        quote! {
            impl #runtime::Encode for #name<'_> {
                fn block_len(&self) -> usize { self.body().block_len() }

                fn pointees_len(&self) -> usize { self.body().pointees_len() }

                fn write<'v>(
                    &'v self,
                    writer: &mut #runtime::Writer<'_, 'v>,
                ) -> #runtime::Result<()> {
                    self.body().write(writer)
                }

                fn visit_fds(&self, visit: &mut dyn FnMut(&#runtime::Fd<'_>)) {
                    self.body().visit_fds(visit);
                }

                fn encode(
                    &self,
                    out: &mut #runtime::__private::Vec<u8>,
                ) -> #runtime::Result<()> {
                    match self {
                        #(Self::#variants(message) => message.encode(out) #located,)*
                        #unknown
                    }
                }
            }
        }
    }

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

                fn into_owned(self) -> Self::Owned {
                    match self {
                        #(Self::#variants(message) => #name::#variants(#into_owned(message)),)*
                        #unknown
                    }
                }
            }
        }
    }
}
