//! The link stage: passed on as it comes, ticket included, and read along.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use spice_link::proto::types::{AuthMechanism, LinkHeader, LinkResult};
use spice_link::{
    AuthMethod, Capabilities, CommonCapability, EncryptedTicket, Established, LinkAnswer, LinkErr,
    LinkError, LinkRequest, MAX_LINK_SIZE,
};
use spice_messages::wire::__private::FixedSize;
use spice_messages::wire::{Decode, Side};

/// A link stage that is over.
pub struct Linked {
    /// What both sides agreed on.
    pub established: Established,
    /// What was passed on, in order, each piece with its sender: the client's link message, the
    /// server's, and the rest.
    pub pieces: Vec<(Side, Vec<u8>)>,
}

/// What became of the link stage.
pub enum Outcome {
    /// Messages follow.
    Linked(Box<Linked>),
    /// What follows cannot be followed; it is to be passed on as it comes.
    Lost(String),
}

/// Passes the link stage on. With `full_header` neither side learns that the other knows the short
/// header.
pub fn relay(
    client: &mut TcpStream,
    server: &mut TcpStream,
    full_header: bool,
) -> io::Result<Outcome> {
    let mut to_server = read_link_message(client)?;
    let request = match LinkRequest::split_from(&to_server) {
        Ok((mut request, _)) => {
            if full_header && hide_short_header(&mut request.capabilities) {
                to_server = request.to_bytes().map_err(io::Error::other)?;
            }
            request
        }
        Err(error) => {
            server.write_all(&to_server)?;
            return Ok(Outcome::Lost(format!("the client's link message: {error}")));
        }
    };
    server.write_all(&to_server)?;

    let mut to_client = read_link_message(server)?;
    let answer = match LinkAnswer::split_from(&to_client) {
        Ok((mut answer, _)) => {
            if full_header && hide_short_header(&mut answer.capabilities) {
                to_client = answer.to_bytes().map_err(io::Error::other)?;
            }
            answer
        }
        Err(error) => {
            client.write_all(&to_client)?;
            return Ok(Outcome::Lost(format!("the server's link message: {error}")));
        }
    };
    client.write_all(&to_client)?;
    if answer.error != LinkErr::OK {
        return Ok(Outcome::Lost(LinkError::Refused(answer.error).to_string()));
    }
    let linked = Linked {
        established: Established { request, answer },
        pieces: vec![(Side::Client, to_server), (Side::Server, to_client)],
    };
    authenticate(client, server, linked)
}

/// Passes on the rest of the link stage.
fn authenticate(
    client: &mut TcpStream,
    server: &mut TcpStream,
    mut linked: Linked,
) -> io::Result<Outcome> {
    let selection = CommonCapability::AUTH_SELECTION;
    if linked.established.both_have(selection) {
        let bytes = pass::<{ AuthMechanism::SIZE }>(client, server)?;
        linked.pieces.push((Side::Client, bytes.to_vec()));
        let method = AuthMechanism::get(&bytes, 0).method;
        if method != AuthMethod::SPICE {
            let text = format!("the client authenticates by {method:?}");
            return Ok(Outcome::Lost(text));
        }
    }
    let ticket = pass::<{ EncryptedTicket::SIZE }>(client, server)?;
    linked.pieces.push((Side::Client, ticket.to_vec()));
    let result = pass::<{ LinkResult::SIZE }>(server, client)?;
    linked.pieces.push((Side::Server, result.to_vec()));
    match LinkErr::from(LinkResult::get(&result, 0).error) {
        LinkErr::OK => Ok(Outcome::Linked(Box::new(linked))),
        error => Ok(Outcome::Lost(LinkError::Refused(error).to_string())),
    }
}

/// Whether there was something to hide.
fn hide_short_header(capabilities: &mut Capabilities) -> bool {
    let short = CommonCapability::MINI_HEADER;
    let found = capabilities.common.contains(short);
    capabilities.common.remove(short);
    found
}

/// A link message with its header, or as much as can be told from the header.
fn read_link_message(from: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; LinkHeader::SIZE];
    from.read_exact(&mut bytes)?;
    let size = LinkHeader::decode(&bytes).map_or(0, |header| header.size);
    if size <= MAX_LINK_SIZE {
        from.take(size.into()).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

fn pass<const N: usize>(from: &mut TcpStream, to: &mut TcpStream) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes)?;
    to.write_all(&bytes)?;
    Ok(bytes)
}
