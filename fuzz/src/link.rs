//! Checks of the link stage, for both sides.

use spice_link::{
    Capabilities, ClientLink, ClientStep, CommonCapability, EncryptedTicket, LinkAnswer, LinkErr,
    LinkError, LinkRequest, LinkSession, ServerLink, ServerStep,
};
use spice_wire::Side;

use crate::input::Input;

/// Behaviour of our side.
#[derive(Clone, Copy)]
pub struct LinkOptions {
    /// A server refuses the client or rejects its ticket. A client supports no authentication
    /// method.
    pub refuse: bool,
    /// Offers a choice of authentication methods.
    pub selection: bool,
}

/// The result of a link stage.
#[derive(Debug, PartialEq)]
struct Conversation {
    sent: Vec<u8>,
    /// Number of bytes that belong to the link stage.
    used: usize,
    end: Result<LinkSession, LinkError>,
}

/// Checks the stream of a peer. Chunked input must give the same result as contiguous input,
/// decoded link messages must encode to the same value, and our own peer must understand them.
pub fn check(peer: Side, options: LinkOptions, input: Input<'_>, piece: u8) {
    let talk = |piece| match peer {
        Side::Client => run_server(options, input, piece),
        Side::Server => run_client(options, input, piece),
    };
    let found = talk(piece);
    assert_eq!(found, talk(0));
    if let Ok((request, rest)) = LinkRequest::split_from(input.0) {
        let bytes = request.to_bytes().unwrap_or_default();
        assert_eq!(
            LinkRequest::split_from(&bytes),
            Ok((request.clone(), &[][..]))
        );
        assert!(bytes.len() + rest.len() <= input.0.len());
        check_against_our_server(request, options, piece);
    }
    if let Ok((answer, rest)) = LinkAnswer::split_from(input.0) {
        let bytes = answer.to_bytes().unwrap_or_default();
        // A peer's refusal can be shorter than an answer with all fields. Ours has all of them.
        if answer.error == LinkErr::OK {
            assert!(bytes.len() + rest.len() <= input.0.len());
        }
        assert_eq!(LinkAnswer::split_from(&bytes), Ok((answer, &[][..])));
    }
}

fn capabilities(options: LinkOptions) -> Capabilities {
    let mut capabilities = Capabilities::usual();
    if !options.selection {
        capabilities.common.remove(CommonCapability::AUTH_SELECTION);
    }
    capabilities
}

const TICKET: EncryptedTicket = EncryptedTicket {
    encrypted_data: [9; 128],
};

/// Runs a server on the bytes of a client.
fn run_server(options: LinkOptions, input: Input<'_>, piece: u8) -> Conversation {
    let mut link = ServerLink::new();
    let (mut sent, mut used) = (Vec::new(), 0);
    let mut pieces = input.pieces(piece);
    let mut rest: &[u8] = &[];
    let end = loop {
        match step_of_server(&mut link, options) {
            Err(error) => break Err(error),
            Ok(Next::Done(established)) => break Ok(*established),
            Ok(Next::Send(bytes)) => sent.extend(bytes),
            Ok(Next::Receive(missing)) => {
                assert!(missing > 0);
                if rest.is_empty() {
                    match pieces.next() {
                        Some(piece) => rest = piece,
                        None => break Err(link.ended()),
                    }
                }
                let taken = link.receive(rest);
                used += taken;
                rest = rest.get(taken..).unwrap_or_default();
            }
        }
    };
    Conversation { sent, used, end }
}

/// Runs a client on the bytes of a server.
fn run_client(options: LinkOptions, input: Input<'_>, piece: u8) -> Conversation {
    let Ok(mut link) = ClientLink::new(LinkRequest::main(capabilities(options))) else {
        unreachable!("these capabilities fit in a link message");
    };
    let (mut sent, mut used) = (Vec::new(), 0);
    let mut pieces = input.pieces(piece);
    let mut rest: &[u8] = &[];
    let end = loop {
        match step_of_client(&mut link) {
            Err(error) => break Err(error),
            Ok(Next::Done(established)) => break Ok(*established),
            Ok(Next::Send(bytes)) => sent.extend(bytes),
            Ok(Next::Receive(missing)) => {
                assert!(missing > 0);
                if rest.is_empty() {
                    match pieces.next() {
                        Some(piece) => rest = piece,
                        None => break Err(link.ended()),
                    }
                }
                match link.receive(rest) {
                    Ok(taken) => {
                        used += taken;
                        rest = rest.get(taken..).unwrap_or_default();
                    }
                    Err(error) => {
                        assert_eq!(link.step(), Err(error.clone()));
                        // The client does not report how much it consumed before the error.
                        used = 0;
                        break Err(error);
                    }
                }
            }
        }
    };
    Conversation { sent, used, end }
}

/// The next action of a side, after all decisions are made.
enum Next {
    Send(Vec<u8>),
    Receive(usize),
    Done(Box<LinkSession>),
}

fn step_of_server(link: &mut ServerLink, options: LinkOptions) -> Result<Next, LinkError> {
    loop {
        let decided = match link.step()? {
            ServerStep::Send(bytes) => return Ok(Next::Send(bytes)),
            ServerStep::Receive(missing) => return Ok(Next::Receive(missing)),
            ServerStep::Done(established) => return Ok(Next::Done(Box::new(established))),
            ServerStep::Request(_) if options.refuse => link.refuse(LinkErr::BAD_CONNECTION_ID),
            ServerStep::Request(_) => link.accept([5; 162], capabilities(options)),
            ServerStep::Ticket(ticket) if ticket.encrypted_data.starts_with(&[0]) => {
                link.refuse(LinkErr::PERMISSION_DENIED)
            }
            ServerStep::Ticket(_) => link.admit(),
        };
        assert_eq!(decided, Ok(()));
    }
}

fn step_of_client(link: &mut ClientLink) -> Result<Next, LinkError> {
    loop {
        match link.step()? {
            ClientStep::Send(bytes) => return Ok(Next::Send(bytes)),
            ClientStep::Receive(missing) => return Ok(Next::Receive(missing)),
            ClientStep::Done(established) => return Ok(Next::Done(Box::new(established))),
            ClientStep::Ticket(_) => {}
        }
        assert_eq!(link.ticket(&TICKET), Ok(()));
    }
}

/// Runs a client with this request against a server. Both must have the same result.
fn check_against_our_server(request: LinkRequest, options: LinkOptions, piece: u8) {
    let Ok(mut client) = ClientLink::new(request) else {
        unreachable!("a decoded request can be encoded");
    };
    let mut server = ServerLink::new();
    let mut to_client = Vec::new();
    let client_end = loop {
        match step_of_client(&mut client) {
            Err(error) => break Err(error),
            Ok(Next::Done(established)) => break Ok(*established),
            Ok(Next::Send(bytes)) => {
                for piece in Input(&bytes).pieces(piece) {
                    assert_eq!(server.receive(piece), piece.len());
                    to_client.extend(answers(&mut server, options));
                }
            }
            Ok(Next::Receive(missing)) => {
                assert!(missing <= to_client.len(), "both sides wait for each other");
                let bytes: Vec<u8> = to_client.drain(..missing).collect();
                let taken = client.receive(&bytes);
                assert_eq!(taken.unwrap_or(missing), missing);
            }
        }
    };
    to_client.extend(answers(&mut server, options));
    assert_eq!(to_client, b"");
    match server.step() {
        Ok(ServerStep::Done(established)) => assert_eq!(client_end.as_ref(), Ok(&established)),
        Err(LinkError::Refused(reason)) => assert_eq!(client_end, Err(LinkError::Refused(reason))),
        // A client without a ticket gives up by itself.
        other => assert!(client_end.is_err(), "{other:?}, {client_end:?}"),
    }
}

/// Returns everything that the server sends now.
fn answers(server: &mut ServerLink, options: LinkOptions) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Ok(Next::Send(more)) = step_of_server(server, options) {
        bytes.extend(more);
    }
    bytes
}
