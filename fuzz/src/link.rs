//! The link stage of both sides.

use spice_link::{
    Capabilities, ClientLink, ClientStep, CommonCapability, EncryptedTicket, LinkAnswer, LinkErr,
    LinkError, LinkRequest, LinkSession, ServerLink, ServerStep,
};
use spice_wire::Side;

use crate::input::Input;

/// How our side behaves.
#[derive(Clone, Copy)]
pub struct Manners {
    /// As a server: refuses. As a client: knows of no way to authenticate.
    pub refuse: bool,
    /// Offers a choice of ways to authenticate.
    pub selection: bool,
}

/// What a side did with what it received.
#[derive(Debug, PartialEq)]
struct Conversation {
    sent: Vec<u8>,
    /// How many bytes belong to the link stage.
    used: usize,
    end: Result<LinkSession, LinkError>,
}

/// The stream of a peer that is this side: in pieces as at once, link messages are written as they
/// were read, and the other side of this project understands them alike.
pub fn check(peer: Side, manners: Manners, input: Input<'_>, piece: u8) {
    let talk = |piece| match peer {
        Side::Client => serve(manners, input, piece),
        Side::Server => ask(manners, input, piece),
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
        meet(request, manners, piece);
    }
    if let Ok((answer, rest)) = LinkAnswer::split_from(input.0) {
        let bytes = answer.to_bytes().unwrap_or_default();
        assert_eq!(LinkAnswer::split_from(&bytes), Ok((answer, &[][..])));
        assert!(bytes.len() + rest.len() <= input.0.len());
    }
}

fn capabilities(manners: Manners) -> Capabilities {
    let mut capabilities = Capabilities::usual();
    if !manners.selection {
        capabilities.common.remove(CommonCapability::AUTH_SELECTION);
    }
    capabilities
}

const TICKET: EncryptedTicket = EncryptedTicket {
    encrypted_data: [9; 128],
};

/// A server, as far as the bytes of a client lead it.
fn serve(manners: Manners, input: Input<'_>, piece: u8) -> Conversation {
    let mut link = ServerLink::new();
    let (mut sent, mut used) = (Vec::new(), 0);
    let mut pieces = input.pieces(piece);
    let mut rest: &[u8] = &[];
    let end = loop {
        match step_of_server(&mut link, manners) {
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

/// A client, as far as the bytes of a server lead it.
fn ask(manners: Manners, input: Input<'_>, piece: u8) -> Conversation {
    let Ok(mut link) = ClientLink::new(LinkRequest::main(capabilities(manners))) else {
        unreachable!("these capabilities fit");
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
                        // What was taken before is lost.
                        used = 0;
                        break Err(error);
                    }
                }
            }
        }
    };
    Conversation { sent, used, end }
}

/// What a side does next, once it has decided what there is to decide.
enum Next {
    Send(Vec<u8>),
    Receive(usize),
    Done(Box<LinkSession>),
}

fn step_of_server(link: &mut ServerLink, manners: Manners) -> Result<Next, LinkError> {
    loop {
        let decided = match link.step()? {
            ServerStep::Send(bytes) => return Ok(Next::Send(bytes)),
            ServerStep::Receive(missing) => return Ok(Next::Receive(missing)),
            ServerStep::Done(established) => return Ok(Next::Done(Box::new(established.clone()))),
            ServerStep::Request(_) if manners.refuse => link.refuse(LinkErr::BAD_CONNECTION_ID),
            ServerStep::Request(_) => link.accept([5; 162], capabilities(manners)),
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
            ClientStep::Done(established) => return Ok(Next::Done(Box::new(established.clone()))),
            ClientStep::Ticket(_) => {}
        }
        assert_eq!(link.ticket(&TICKET), Ok(()));
    }
}

/// A client that asks with this request, and a server: both come to the same end.
fn meet(request: LinkRequest, manners: Manners, piece: u8) {
    let Ok(mut client) = ClientLink::new(request) else {
        unreachable!("what was read can be written");
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
                    to_client.extend(answers(&mut server, manners));
                }
            }
            Ok(Next::Receive(missing)) => {
                assert!(missing <= to_client.len(), "both wait");
                let bytes: Vec<u8> = to_client.drain(..missing).collect();
                let taken = client.receive(&bytes);
                assert_eq!(taken.unwrap_or(missing), missing);
            }
        }
    };
    to_client.extend(answers(&mut server, manners));
    assert_eq!(to_client, b"");
    match server.step() {
        Ok(ServerStep::Done(established)) => assert_eq!(client_end.as_ref(), Ok(established)),
        Err(LinkError::Refused(reason)) => assert_eq!(client_end, Err(LinkError::Refused(reason))),
        // The client gives up by itself where it has no ticket to offer.
        other => assert!(client_end.is_err(), "{other:?}, {client_end:?}"),
    }
}

/// What a server says now.
fn answers(server: &mut ServerLink, manners: Manners) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Ok(Next::Send(more)) = step_of_server(server, manners) {
        bytes.extend(more);
    }
    bytes
}
