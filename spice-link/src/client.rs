//! The client's side of the link stage.

use alloc::vec::Vec;

use spice_messages::types::LinkErr;
use spice_wire::__private::FixedSize;
use spice_wire::Decode;

use crate::established::{Awaited, Established};
use crate::link::{LinkAnswer, LinkRequest, PublicKey, append, read_header};
use crate::link_error::LinkError;
use crate::proto::types::{
    AuthMechanism, AuthMethod, CommonCapability, EncryptedTicket, LinkHeader, LinkResult,
};

/// The client's side of the link stage, without I/O: [`ClientLink::step`] says what to do next.
///
/// ```
/// # use std::io::{self, Read, Write};
/// # use spice_link::{ClientLink, ClientStep, EncryptedTicket, Established, LinkError};
/// fn drive(
///     mut link: ClientLink,
///     stream: &mut (impl Read + Write),
///     ticket: EncryptedTicket,
/// ) -> io::Result<Established> {
///     loop {
///         match link.step().map_err(io::Error::other)? {
///             ClientStep::Send(bytes) => stream.write_all(&bytes)?,
///             ClientStep::Receive(missing) => {
///                 let mut bytes = vec![0; missing];
///                 stream.read_exact(&mut bytes)?;
///                 link.receive(&bytes).map_err(io::Error::other)?;
///             }
///             ClientStep::Ticket(_public_key) => {
///                 link.ticket(&ticket).map_err(io::Error::other)?;
///             }
///             ClientStep::Done(established) => return Ok(established.clone()),
///         }
///     }
/// }
/// ```
#[derive(Debug)]
pub struct ClientLink {
    request: LinkRequest,
    stage: Stage,
    awaited: Awaited,
    output: Vec<u8>,
}

#[derive(Debug)]
enum Stage {
    Header,
    Answer,
    Ticket(LinkAnswer),
    Result(LinkAnswer),
    Done(Established),
    Failed(LinkError),
}

/// What a client has to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientStep<'l> {
    /// Send these bytes.
    Send(Vec<u8>),
    /// Read, and pass the bytes to [`ClientLink::receive`]. So many are missing; it is no error to
    /// read fewer or more.
    Receive(usize),
    /// Encrypt the password (an empty one if there is none) with the server's key, and pass the
    /// ticket to [`ClientLink::ticket`].
    Ticket(&'l PublicKey),
    /// The link stage is over: messages follow.
    Done(&'l Established),
}

impl ClientLink {
    /// Begins to ask for a channel.
    ///
    /// # Errors
    /// [`LinkError::TooLarge`] if the capabilities take too many words.
    pub fn new(request: LinkRequest) -> Result<Self, LinkError> {
        Ok(Self {
            output: request.to_bytes()?,
            request,
            stage: Stage::Header,
            awaited: Awaited::new(LinkHeader::SIZE),
        })
    }

    /// What to do next.
    ///
    /// # Errors
    /// Why the link stage failed, once it has.
    pub fn step(&mut self) -> Result<ClientStep<'_>, LinkError> {
        if !self.output.is_empty() {
            return Ok(ClientStep::Send(core::mem::take(&mut self.output)));
        }
        match &self.stage {
            Stage::Header | Stage::Answer | Stage::Result(_) => {
                Ok(ClientStep::Receive(self.awaited.missing()))
            }
            Stage::Ticket(answer) => Ok(ClientStep::Ticket(&answer.public_key)),
            Stage::Done(established) => Ok(ClientStep::Done(established)),
            Stage::Failed(error) => Err(error.clone()),
        }
    }

    /// Takes bytes from the server. The result is how many of them belong to the link stage so far;
    /// those behind them are to be passed again later, or are the first messages.
    ///
    /// # Errors
    /// Why the link stage failed.
    pub fn receive(&mut self, bytes: &[u8]) -> Result<usize, LinkError> {
        let mut rest = bytes;
        while matches!(self.stage, Stage::Header | Stage::Answer | Stage::Result(_)) {
            rest = self.awaited.take(rest);
            let Some(whole) = self.awaited.complete() else {
                break;
            };
            if let Err(error) = self.advance(&whole) {
                self.stage = Stage::Failed(error.clone());
                return Err(error);
            }
        }
        Ok(bytes.len().saturating_sub(rest.len()))
    }

    /// Sends the ticket, when [`ClientLink::step`] has asked for it.
    ///
    /// # Errors
    /// [`LinkError::OutOfTurn`] if it has not.
    pub fn ticket(&mut self, ticket: &EncryptedTicket) -> Result<(), LinkError> {
        let stage = core::mem::replace(&mut self.stage, Stage::Header);
        let Stage::Ticket(answer) = stage else {
            self.stage = stage;
            return Err(LinkError::OutOfTurn);
        };
        if self.chooses(&answer) {
            let method = AuthMethod::SPICE;
            append(AuthMechanism { method }, &mut self.output);
        }
        append(*ticket, &mut self.output);
        self.awaited = Awaited::new(LinkResult::SIZE);
        self.stage = Stage::Result(answer);
        Ok(())
    }

    /// The error of a connection that ends now.
    #[must_use]
    pub fn ended(&self) -> LinkError {
        match &self.stage {
            Stage::Failed(error) => error.clone(),
            _ => LinkError::Ended {
                awaited: self.awaited.missing(),
            },
        }
    }

    /// Whether the client says how it wants to authenticate.
    fn chooses(&self, answer: &LinkAnswer) -> bool {
        let sides = [&self.request.capabilities, &answer.capabilities];
        let selection = CommonCapability::AUTH_SELECTION;
        sides.iter().all(|side| side.common.contains(selection))
    }

    fn advance(&mut self, whole: &[u8]) -> Result<(), LinkError> {
        match core::mem::replace(&mut self.stage, Stage::Header) {
            Stage::Header => {
                let size = read_header(whole)?;
                self.awaited = Awaited::new(size as usize);
                self.stage = Stage::Answer;
            }
            Stage::Answer => {
                let answer = LinkAnswer::from_body(whole)?;
                if answer.error != LinkErr::OK {
                    return Err(LinkError::Refused(answer.error));
                }
                let passwords = CommonCapability::AUTH_SPICE;
                if self.chooses(&answer) && !answer.capabilities.common.contains(passwords) {
                    return Err(LinkError::NoMethod);
                }
                self.stage = Stage::Ticket(answer);
            }
            Stage::Result(answer) => {
                let result = LinkResult::decode(whole).map_err(LinkError::Truncated)?;
                match LinkErr::from(result.error) {
                    LinkErr::OK => {}
                    error => return Err(LinkError::Refused(error)),
                }
                self.stage = Stage::Done(Established {
                    request: self.request.clone(),
                    answer,
                });
            }
            other => self.stage = other,
        }
        Ok(())
    }
}
