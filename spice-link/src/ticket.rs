//! Encryption of the password in a link stage: RSA with a 1024-bit key, OAEP with SHA-1.
//!
//! The protocol fixes these algorithms. They are weak today, so use TLS where others could listen.
//!
//! Decryption is blinded, but its timing may still reveal information about the key
//! (RUSTSEC-2023-0071). A server that generates a key per connection leaves no time to measure.
//!
//! # Randomness
//!
//! Each function takes a source of randomness: a function that fills a buffer with unpredictable bytes. On Unix and Windows, pass `os_random`. WebAssembly in a browser and embedded systems have
//! sources of their own:
//!
//! ```
//! use spice_link::ticket::{RandomError, ServerKey};
//!
//! # fn fill_from_hardware(bytes: &mut [u8]) -> bool { bytes.iter_mut().fold(9u8, |n, b| { *b = n; n.wrapping_mul(77).wrapping_add(13) }); true }
//! let random = |bytes: &mut [u8]| match fill_from_hardware(bytes) {
//!     true => Ok(()),
//!     false => Err(RandomError),
//! };
//! let key = ServerKey::generate(random);
//! ```

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use rand_chacha::ChaCha20Rng;
use rsa::pkcs8::{DecodePublicKey, EncodePublicKey};
use rsa::rand_core::SeedableRng;
use rsa::{Oaep, RsaPrivateKey, RsaPublicKey};
use sha1::Sha1;

use crate::link_answer::PublicKey;
use crate::proto::types::EncryptedTicket;

/// Maximum length of a password, in bytes.
pub const MAX_PASSWORD: usize = 60;

const KEY_BITS: usize = 1024;

/// Error of encrypting or decrypting a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TicketError {
    /// The password is longer than [`MAX_PASSWORD`].
    TooLong {
        /// Length of the password in bytes.
        length: usize,
    },
    /// The password contains a zero byte.
    InteriorNul,
    /// The server's key is not an RSA key that can encrypt a password.
    Key,
    /// The ticket was not encrypted with this key.
    Ticket,
    /// The password in the ticket is not UTF-8.
    NoPassword,
    /// The source of randomness failed.
    Random,
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
            Self::InteriorNul => f.write_str("the password contains a zero byte"),
            Self::Key => f.write_str("the server's key is not an RSA key for passwords"),
            Self::Ticket => f.write_str("the ticket was not encrypted with this key"),
            Self::NoPassword => f.write_str("the password in the ticket is not UTF-8"),
            Self::Random => RandomError.fmt(f),
        }
    }
}

impl core::error::Error for TicketError {}

/// The error of a source of randomness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RandomError;

impl fmt::Display for RandomError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no random bytes are available")
    }
}

impl core::error::Error for RandomError {}

impl From<RandomError> for TicketError {
    fn from(_: RandomError) -> Self {
        Self::Random
    }
}

/// Fills a buffer with random bytes of the operating system.
///
/// # Errors
/// Returns an error if the operating system has no random bytes.
#[cfg(any(unix, windows))]
pub fn os_random(bytes: &mut [u8]) -> Result<(), RandomError> {
    getrandom::fill(bytes).map_err(|_| RandomError)
}

/// A generator that 32 bytes of the source seed, so that the source can fail only here.
fn generator(
    random: impl FnOnce(&mut [u8]) -> Result<(), RandomError>,
) -> Result<ChaCha20Rng, TicketError> {
    let mut seed = [0; 32];
    random(&mut seed)?;
    Ok(ChaCha20Rng::from_seed(seed))
}

/// Encrypts a password with the server's key.
///
/// If the server needs no password, encrypt an empty one.
///
/// # Errors
/// Returns an error if the password is too long or contains a zero byte, if the key is invalid, or if the source of randomness
/// fails.
pub fn encrypt(
    password: &str,
    public_key: &PublicKey,
    random: impl FnOnce(&mut [u8]) -> Result<(), RandomError>,
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
        .encrypt(&mut generator(random)?, Oaep::new::<Sha1>(), &text)
        .map_err(|_| TicketError::Key)?;
    let encrypted_data = encrypted.try_into().map_err(|_| TicketError::Key)?;
    Ok(EncryptedTicket { encrypted_data })
}

/// A server's key pair. One key can serve one connection or all.
#[derive(Clone)]
pub struct ServerKey {
    private: RsaPrivateKey,
    public: PublicKey,
}

impl ServerKey {
    /// Generates a key.
    ///
    /// # Errors
    /// Returns [`TicketError::Random`] if the source of randomness fails.
    pub fn generate(
        random: impl FnOnce(&mut [u8]) -> Result<(), RandomError>,
    ) -> Result<Self, TicketError> {
        let private =
            RsaPrivateKey::new(&mut generator(random)?, KEY_BITS).map_err(|_| TicketError::Key)?;
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

    /// Returns the public key, to send in the server's link message.
    #[must_use]
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Decrypts the password of a ticket: the text before the first zero byte.
    ///
    /// Some clients encrypt no zero byte, so it can be missing. To compare it in constant time, call [`ServerKey::check`] instead.
    ///
    /// # Errors
    /// Returns an error if the ticket was not encrypted with this key, if the password is not UTF-8, or if
    /// the source of randomness fails.
    pub fn decrypt(
        &self,
        ticket: &EncryptedTicket,
        random: impl FnOnce(&mut [u8]) -> Result<(), RandomError>,
    ) -> Result<String, TicketError> {
        String::from_utf8(self.decrypt_bytes(ticket, random)?).map_err(|_| TicketError::NoPassword)
    }

    /// Returns whether a ticket contains this password, compared in constant time.
    #[must_use]
    pub fn check(
        &self,
        ticket: &EncryptedTicket,
        password: &str,
        random: impl FnOnce(&mut [u8]) -> Result<(), RandomError>,
    ) -> bool {
        let Ok(given) = self.decrypt_bytes(ticket, random) else {
            return false;
        };
        let pairs = given.iter().zip(password.as_bytes());
        let difference = pairs.fold(0, |sum, (a, b)| core::hint::black_box(sum | (a ^ b)));
        given.len() == password.len() && difference == 0
    }

    /// Decrypts a ticket up to the first zero byte.
    fn decrypt_bytes(
        &self,
        ticket: &EncryptedTicket,
        random: impl FnOnce(&mut [u8]) -> Result<(), RandomError>,
    ) -> Result<Vec<u8>, TicketError> {
        let mut text = self
            .private
            .decrypt_blinded(
                &mut generator(random)?,
                Oaep::new::<Sha1>(),
                &ticket.encrypted_data,
            )
            .map_err(|_| TicketError::Ticket)?;
        let end = text.iter().position(|byte| *byte == 0);
        text.truncate(end.unwrap_or(text.len()));
        Ok(text)
    }
}

/// Does not show the key.
impl fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerKey").finish_non_exhaustive()
    }
}

#[cfg(all(test, any(unix, windows)))]
mod tests {
    use super::*;

    #[test]
    fn ticket_contains_the_password() {
        let key = ServerKey::generate(os_random).unwrap();
        let other = ServerKey::generate(os_random).unwrap();
        let longest = "ä".repeat(30);
        for password in ["", "secret", &longest] {
            let ticket = encrypt(password, key.public(), os_random).unwrap();
            assert_eq!(key.decrypt(&ticket, os_random).as_deref(), Ok(password));
            assert!(key.check(&ticket, password, os_random));
            assert!(!key.check(&ticket, "Secret", os_random));
            assert!(!key.check(&ticket, "secrets", os_random));
            let wrong = other.decrypt(&ticket, os_random);
            assert_eq!(wrong, Err(TicketError::Ticket));
            let mut damaged = ticket;
            damaged.encrypted_data[64] ^= 1;
            assert!(!key.check(&damaged, password, os_random));
        }
    }

    /// The C server ends the text itself, so clients differ in what they encrypt.
    #[test]
    fn password_ends_at_the_first_zero_byte_or_at_the_end() {
        let key = ServerKey::generate(os_random).unwrap();
        let public = RsaPublicKey::from_public_key_der(key.public()).unwrap();
        let encrypt = |text: &[u8]| {
            let encrypted = public.encrypt(
                &mut generator(os_random).unwrap(),
                Oaep::new::<Sha1>(),
                text,
            );
            let encrypted_data = encrypted.unwrap().try_into().unwrap();
            EncryptedTicket { encrypted_data }
        };
        let cases: [(&[u8], &str); 6] = [
            (b"secret", "secret"),
            (b"secret\0", "secret"),
            (b"secret\0junk", "secret"),
            (b"", ""),
            (b"\0", ""),
            (b"\0\xff", ""),
        ];
        for (text, password) in cases {
            let ticket = encrypt(text);
            assert!(key.check(&ticket, password, os_random), "{text:?}");
            assert!(!key.check(&ticket, "secrets", os_random), "{text:?}");
            assert_eq!(key.decrypt(&ticket, os_random).as_deref(), Ok(password));
        }
        let ticket = encrypt(b"\xff");
        let error = key.decrypt(&ticket, os_random);
        assert_eq!(error, Err(TicketError::NoPassword));
        assert!(!key.check(&ticket, "\u{ff}", os_random));
    }

    #[test]
    fn failing_source_of_randomness_is_an_error() {
        let fails = |_: &mut [u8]| Err(RandomError);
        let key = ServerKey::generate(os_random).unwrap();
        assert_eq!(ServerKey::generate(fails).unwrap_err(), TicketError::Random);
        let error = encrypt("secret", key.public(), fails).unwrap_err();
        assert_eq!(error, TicketError::Random);
        let ticket = encrypt("secret", key.public(), os_random).unwrap();
        assert_eq!(key.decrypt(&ticket, fails), Err(TicketError::Random));
        assert!(!key.check(&ticket, "secret", fails));
    }

    #[test]
    fn invalid_passwords_and_keys_are_refused() {
        let key = ServerKey::generate(os_random).unwrap();
        let encrypt = |password: &str, key: &PublicKey| encrypt(password, key, os_random);
        let too_long = encrypt(&"x".repeat(61), key.public()).unwrap_err();
        assert_eq!(too_long, TicketError::TooLong { length: 61 });
        assert_eq!(encrypt("a\0b", key.public()), Err(TicketError::InteriorNul));
        assert_eq!(encrypt("", &[0x30; 162]), Err(TicketError::Key));
    }
}
