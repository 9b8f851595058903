//! The link stage: forwarded unchanged, including the ticket, and decoded.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use spice_link::proto::types::{AuthMechanism, LinkHeader, LinkResult};
use spice_link::{
    AuthMethod, Capabilities, CommonCapability, LinkAnswer, LinkErr, LinkError, LinkRequest,
    LinkSession, MAX_LINK_SIZE,
};
use spice_messages::wire::{Decode, Side};

/// Sizes of the structs of the link stage, in bytes.
const LINK_HEADER_SIZE: usize = 16;
const AUTH_MECHANISM_SIZE: usize = 4;
const TICKET_SIZE: usize = 128;
const LINK_RESULT_SIZE: usize = 4;

/// A complete link stage.
pub struct LinkRecord {
    /// The negotiated session.
    pub session: LinkSession,
    /// The forwarded messages with their senders, in order: the link messages of client and server,
    /// then the authentication.
    pub messages: Vec<(Side, Vec<u8>)>,
}

/// Outcome of a link stage.
pub enum Outcome {
    /// The link stage is complete. Messages follow.
    Done(Box<LinkRecord>),
    /// The rest of the stream cannot be decoded, for this reason. Forward it unread.
    Unreadable(String),
}

/// Forwards the link stage.
///
/// With `full_header`, removes the capability `MINI_HEADER` from both link messages.
pub fn relay(
    client: &mut TcpStream,
    server: &mut TcpStream,
    full_header: bool,
) -> io::Result<Outcome> {
    let mut to_server = read_link_message(client)?;
    let request = match LinkRequest::split_from(&to_server) {
        Ok((mut request, _)) => {
            if full_header && remove_mini_header(&mut request.capabilities) {
                to_server = request.to_bytes()?;
            }
            request
        }
        Err(error) => {
            server.write_all(&to_server)?;
            return Ok(Outcome::Unreadable(format!(
                "the client's link message: {error}"
            )));
        }
    };
    server.write_all(&to_server)?;

    let mut to_client = read_link_message(server)?;
    let answer = match LinkAnswer::split_from(&to_client) {
        Ok((mut answer, _)) => {
            if full_header && remove_mini_header(&mut answer.capabilities) {
                to_client = answer.to_bytes()?;
            }
            answer
        }
        Err(error) => {
            client.write_all(&to_client)?;
            return Ok(Outcome::Unreadable(format!(
                "the server's link message: {error}"
            )));
        }
    };
    client.write_all(&to_client)?;
    if answer.error != LinkErr::OK {
        return Ok(Outcome::Unreadable(
            LinkError::Refused(answer.error).to_string(),
        ));
    }
    let record = LinkRecord {
        session: LinkSession { request, answer },
        messages: vec![(Side::Client, to_server), (Side::Server, to_client)],
    };
    relay_authentication(client, server, record)
}

/// Forwards the rest of the link stage.
fn relay_authentication(
    client: &mut TcpStream,
    server: &mut TcpStream,
    mut record: LinkRecord,
) -> io::Result<Outcome> {
    let selection = CommonCapability::AUTH_SELECTION;
    if record.session.both_have(selection) {
        let bytes = copy::<AUTH_MECHANISM_SIZE>(client, server)?;
        record.messages.push((Side::Client, bytes.to_vec()));
        let method = AuthMechanism::decode(&bytes)
            .map_err(io::Error::other)?
            .method;
        if method != AuthMethod::SPICE {
            let text = format!("the client authenticates by {method:?}");
            return Ok(Outcome::Unreadable(text));
        }
    }
    let ticket = copy::<TICKET_SIZE>(client, server)?;
    record.messages.push((Side::Client, ticket.to_vec()));
    let result = copy::<LINK_RESULT_SIZE>(server, client)?;
    record.messages.push((Side::Server, result.to_vec()));
    let result = LinkResult::decode(&result).map_err(io::Error::other)?;
    match LinkErr::from(result.error) {
        LinkErr::OK => Ok(Outcome::Done(Box::new(record))),
        error => Ok(Outcome::Unreadable(LinkError::Refused(error).to_string())),
    }
}

/// Removes the capability `MINI_HEADER` and returns whether it was present.
fn remove_mini_header(capabilities: &mut Capabilities) -> bool {
    let mini_header = CommonCapability::MINI_HEADER;
    let found = capabilities.common.contains(mini_header);
    capabilities.common.remove(mini_header);
    found
}

/// Reads a link message with its header; only the header if that is invalid.
fn read_link_message(from: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; LINK_HEADER_SIZE];
    from.read_exact(&mut bytes)?;
    let size = LinkHeader::decode(&bytes).map_or(0, |header| header.size);
    if size <= MAX_LINK_SIZE {
        from.take(size.into()).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

fn copy<const N: usize>(from: &mut TcpStream, to: &mut TcpStream) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes)?;
    to.write_all(&bytes)?;
    Ok(bytes)
}
