//! The password of a link stage, encrypted: RSA with a key of 1024 bits, OAEP with SHA-1.
//!
//! This is what the protocol asks for, and no more than a veil by the measure of today: it needs TLS
//! around it where somebody could listen. Decryption is blinded, but how long it takes may still say
//! something about the key (RUSTSEC-2023-0071); a server that makes a key for each connection gives
//! nobody the time to measure.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use rsa::pkcs8::{DecodePublicKey, EncodePublicKey};
use rsa::{Oaep, RsaPrivateKey, RsaPublicKey};
use sha1::Sha1;

/// The trait of a source of randomness for keys.
pub use rsa::rand_core::CryptoRngCore;
/// The randomness of the operating system.
#[cfg(feature = "std")]
pub use rsa::rand_core::OsRng;

use crate::link::PublicKey;
use crate::proto::types::EncryptedTicket;

/// The longest password, in bytes.
pub const MAX_PASSWORD: usize = 60;

const KEY_BITS: usize = 1024;

/// Why there is no ticket, or no password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TicketError {
    /// The password is longer than [`MAX_PASSWORD`].
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// The password has a zero byte.
    InteriorNul,
    /// The server's key is not an RSA key that can encrypt a password.
    Key,
    /// The ticket was not encrypted with this key.
    Ticket,
    /// What was encrypted is not a password: no zero byte at its end, or not UTF-8.
    NoPassword,
}

impl fmt::Display for TicketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { length } => {
                write!(
                    f,
                    "a password of {length} bytes is longer than {MAX_PASSWORD}"
                )
            }
            Self::InteriorNul => f.write_str("the password has a zero byte"),
            Self::Key => f.write_str("the server's key is not an RSA key for passwords"),
            Self::Ticket => f.write_str("the ticket was not encrypted with this key"),
            Self::NoPassword => f.write_str("the ticket holds something that is no password"),
        }
    }
}

impl core::error::Error for TicketError {}

/// Encrypts a password for the server with this key; an empty one if the server asks for none.
///
/// # Errors
/// If the password is too long, or the key is none.
pub fn encrypt(
    password: &str,
    public_key: &PublicKey,
    random: &mut impl CryptoRngCore,
) -> Result<EncryptedTicket, TicketError> {
    let length = password.len();
    if length > MAX_PASSWORD {
        return Err(TicketError::TooLong { length });
    }
    if password.contains('\0') {
        return Err(TicketError::InteriorNul);
    }
    let key = RsaPublicKey::from_public_key_der(public_key).map_err(|_| TicketError::Key)?;
    let mut text = Vec::from(password);
    text.push(0);
    let encrypted = key
        .encrypt(random, Oaep::new::<Sha1>(), &text)
        .map_err(|_| TicketError::Key)?;
    let encrypted_data = encrypted.try_into().map_err(|_| TicketError::Key)?;
    Ok(EncryptedTicket { encrypted_data })
}

/// A server's key, for one connection or for all.
#[derive(Clone)]
pub struct ServerKey {
    private: RsaPrivateKey,
    public: PublicKey,
}

impl ServerKey {
    /// Makes a new key.
    ///
    /// # Errors
    /// [`TicketError::Key`] if there is no randomness.
    pub fn generate(random: &mut impl CryptoRngCore) -> Result<Self, TicketError> {
        let private = RsaPrivateKey::new(random, KEY_BITS).map_err(|_| TicketError::Key)?;
        let document = private
            .to_public_key()
            .to_public_key_der()
            .map_err(|_| TicketError::Key)?;
        let public = document.as_bytes().try_into();
        Ok(Self {
            private,
            public: public.map_err(|_| TicketError::Key)?,
        })
    }

    /// What the server's link message holds.
    #[must_use]
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The password of a ticket. Compare it in constant time: see [`ServerKey::check`].
    ///
    /// # Errors
    /// If the ticket was not encrypted with this key, or does not hold a password.
    pub fn decrypt(
        &self,
        ticket: &EncryptedTicket,
        random: &mut impl CryptoRngCore,
    ) -> Result<String, TicketError> {
        let text = self
            .private
            .decrypt_blinded(random, Oaep::new::<Sha1>(), &ticket.encrypted_data)
            .map_err(|_| TicketError::Ticket)?;
        let Some(end) = text.iter().position(|byte| *byte == 0) else {
            return Err(TicketError::NoPassword);
        };
        let password = text.get(..end).unwrap_or_default();
        String::from_utf8(password.into()).map_err(|_| TicketError::NoPassword)
    }

    /// Whether a ticket holds this password. How long it takes does not depend on where they differ.
    #[must_use]
    pub fn check(
        &self,
        ticket: &EncryptedTicket,
        password: &str,
        random: &mut impl CryptoRngCore,
    ) -> bool {
        let Ok(given) = self.decrypt(ticket, random) else {
            return false;
        };
        let pairs = given.bytes().zip(password.bytes());
        let difference = pairs.fold(0, |sum, (a, b)| core::hint::black_box(sum | (a ^ b)));
        given.len() == password.len() && difference == 0
    }
}

impl fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerKey").finish_non_exhaustive()
    }
}
