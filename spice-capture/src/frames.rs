//! Splits one side's stream into messages.

use std::mem;

use spice_link::HeaderFormat;
use spice_link::proto::types::{DataHeader, MiniDataHeader};
use spice_wire::{Decode, Side};

use crate::event::{EventKind, Incomplete, IncompleteReason, IsMessage, Message};
use crate::search::Search;

/// A buffer that is larger than this is freed after its message.
const KEPT_BUFFER: usize = 1 << 20;

/// Number of searched bytes that are kept at most before they are dropped together.
const KEPT_REJECTED: usize = 64 << 10;

/// The messages of one sender.
#[derive(Debug)]
pub(crate) struct Frames {
    sender: Side,
    channel_type: u8,
    format: HeaderFormat,
    /// Limit on the body of a message.
    limit: u32,
    /// Serial of the last message.
    serial: u64,
    /// Offset in the stream of the first byte in the buffer, or of the next byte.
    offset: u64,
    /// The start of an incomplete message, or the bytes in which messages are searched.
    buffer: Vec<u8>,
    state: State,
}

#[derive(Debug)]
enum State {
    /// The next byte continues the buffered message or starts a new one.
    Framing,
    /// This many bytes of a message follow, which is not kept.
    Skipping(u64),
    /// Bytes are missing, and the start of the next message is unknown.
    Searching(Search),
}

/// The fields of a header.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Header {
    pub(crate) serial: Option<u64>,
    pub(crate) id: u16,
    pub(crate) size: u32,
    pub(crate) sub_list: u32,
}

impl Header {
    /// Reads the header at the start of `bytes`; `None` if it is incomplete.
    pub(crate) fn read(format: HeaderFormat, bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.get(..format.size())?;
        match format {
            HeaderFormat::Full => {
                let header = DataHeader::decode(bytes).ok()?;
                Some(Self {
                    serial: Some(header.serial),
                    id: header.r#type,
                    size: header.size,
                    sub_list: header.sub_list,
                })
            }
            HeaderFormat::Mini => {
                let header = MiniDataHeader::decode(bytes).ok()?;
                Some(Self {
                    serial: None,
                    id: header.r#type,
                    size: header.size,
                    sub_list: 0,
                })
            }
        }
    }
}

impl Frames {
    /// The messages after a link stage that ends at `offset`.
    pub(crate) const fn new(
        sender: Side,
        channel_type: u8,
        format: HeaderFormat,
        limit: u32,
        offset: u64,
    ) -> Self {
        Self {
            sender,
            channel_type,
            format,
            limit,
            serial: 0,
            offset,
            buffer: Vec::new(),
            state: State::Framing,
        }
    }

    /// Searches the messages from the start, because the link stage is unknown.
    pub(crate) fn search_messages(&mut self) {
        self.state = State::Searching(Search::default());
    }

    /// Number of bytes in the buffer.
    pub(crate) const fn buffered(&self) -> usize {
        self.buffer.len()
    }

    /// Offset of the next message in the stream, if none is incomplete.
    pub(crate) const fn offset(&self) -> u64 {
        self.offset
    }

    /// Adds bytes of the stream.
    pub(crate) fn push(
        &mut self,
        mut bytes: &[u8],
        is_message: &IsMessage<'_>,
        emit: &mut dyn FnMut(EventKind<'_>),
    ) {
        while !bytes.is_empty() {
            match &mut self.state {
                State::Framing => bytes = self.frame(bytes, emit),
                State::Skipping(left) => {
                    let length = usize::try_from(*left).unwrap_or(usize::MAX);
                    let (skipped, rest) = bytes.split_at_checked(length).unwrap_or((bytes, &[]));
                    *left = left.saturating_sub(skipped.len() as u64);
                    self.offset = self.offset.saturating_add(skipped.len() as u64);
                    bytes = rest;
                    if *left == 0 {
                        self.state = State::Framing;
                    }
                }
                State::Searching(_) => {
                    self.buffer.extend_from_slice(bytes);
                    self.search(false, is_message, emit);
                    return;
                }
            }
        }
    }

    /// Notes that bytes of the stream are missing.
    pub(crate) fn missing(
        &mut self,
        length: u64,
        is_message: &IsMessage<'_>,
        emit: &mut dyn FnMut(EventKind<'_>),
    ) {
        self.search(true, is_message, emit);
        self.emit_skipped(emit);
        let known = self.buffer.len() as u64;
        emit(EventKind::Missing {
            sender: self.sender,
            offset: self.offset.saturating_add(known),
            length,
        });
        let header = Header::read(self.format, &self.buffer);
        let left = match (&self.state, header) {
            (State::Framing, Some(header)) => {
                self.emit_incomplete(header, IncompleteReason::Missing, emit);
                let size = (self.format.size() as u64).saturating_add(header.size.into());
                size.saturating_sub(known)
            }
            (State::Skipping(left), _) => *left,
            _ => 0,
        };
        self.buffer.clear();
        self.offset = self.offset.saturating_add(known).saturating_add(length);
        self.state = match left.checked_sub(length) {
            Some(0) => State::Framing,
            Some(left) => State::Skipping(left),
            None => State::Searching(Search::default()),
        };
    }

    /// Ends the stream.
    pub(crate) fn finish(
        &mut self,
        is_message: &IsMessage<'_>,
        emit: &mut dyn FnMut(EventKind<'_>),
    ) {
        self.search(true, is_message, emit);
        self.emit_skipped(emit);
        // A message that is skipped was reported before.
        if let State::Framing = self.state
            && let Some(header) = Header::read(self.format, &self.buffer)
        {
            self.emit_incomplete(header, IncompleteReason::Ended, emit);
        }
        self.buffer = Vec::new();
    }

    /// Gives up the buffered bytes because too many are buffered.
    pub(crate) fn give_up_buffer(&mut self, emit: &mut dyn FnMut(EventKind<'_>)) {
        let buffer = mem::take(&mut self.buffer);
        let length = buffer.len() as u64;
        if let State::Searching(search) = &mut self.state {
            search.dropped = search.dropped.saturating_add(length);
            search.rejected = 0;
        } else if let Some(header) = Header::read(self.format, &buffer) {
            self.emit_incomplete(header, IncompleteReason::TooLarge, emit);
            let size = (self.format.size() as u64).saturating_add(header.size.into());
            self.state = State::Skipping(size.saturating_sub(length));
        } else {
            self.buffer = buffer;
            return;
        }
        self.offset = self.offset.saturating_add(length);
    }

    /// Takes bytes of one message, and emits it if it is complete. Returns the bytes after it.
    fn frame<'b>(&mut self, bytes: &'b [u8], emit: &mut dyn FnMut(EventKind<'_>)) -> &'b [u8] {
        if !self.buffer.is_empty() {
            return self.continue_buffered(bytes, emit);
        }
        let header_size = self.format.size();
        let Some(header) = Header::read(self.format, bytes) else {
            self.buffer.extend_from_slice(bytes);
            return &[];
        };
        if self.skip_too_large(header, emit) {
            return bytes.get(header_size..).unwrap_or_default();
        }
        let after = bytes.get(header_size..).unwrap_or_default();
        match after.split_at_checked(header.size as usize) {
            Some((body, rest)) => {
                self.emit_message(header, body, emit);
                rest
            }
            None => {
                self.buffer.extend_from_slice(bytes);
                &[]
            }
        }
    }

    /// Adds bytes to the buffered part of a message.
    fn continue_buffered<'b>(
        &mut self,
        bytes: &'b [u8],
        emit: &mut dyn FnMut(EventKind<'_>),
    ) -> &'b [u8] {
        let header_size = self.format.size();
        let known = Header::read(self.format, &self.buffer);
        let wanted = known.map_or(header_size, |header| {
            header_size.saturating_add(header.size as usize)
        });
        let missing = wanted.saturating_sub(self.buffer.len());
        let (taken, rest) = bytes.split_at_checked(missing).unwrap_or((bytes, &[]));
        self.buffer.extend_from_slice(taken);
        if self.buffer.len() < wanted {
            return rest;
        }
        let Some(header) = Header::read(self.format, &self.buffer) else {
            return rest;
        };
        if known.is_none() {
            if self.skip_too_large(header, emit) {
                self.buffer.clear();
                return rest;
            }
            if header.size > 0 {
                return rest;
            }
        }
        let buffer = mem::take(&mut self.buffer);
        self.emit_message(header, buffer.get(header_size..).unwrap_or_default(), emit);
        if buffer.capacity() <= KEPT_BUFFER {
            self.buffer = buffer;
            self.buffer.clear();
        }
        rest
    }

    /// Skips the body of a message that is larger than the limit. Returns whether it is.
    fn skip_too_large(&mut self, header: Header, emit: &mut dyn FnMut(EventKind<'_>)) -> bool {
        if header.size <= self.limit {
            return false;
        }
        self.emit_incomplete(header, IncompleteReason::TooLarge, emit);
        self.offset = self.offset.saturating_add(self.format.size() as u64);
        self.state = State::Skipping(header.size.into());
        true
    }

    fn emit_message(&mut self, header: Header, body: &[u8], emit: &mut dyn FnMut(EventKind<'_>)) {
        self.serial = header.serial.unwrap_or(self.serial.wrapping_add(1));
        emit(EventKind::Message(Message {
            offset: self.offset,
            sender: self.sender,
            serial: self.serial,
            id: header.id,
            sub_list: header.sub_list,
            body,
        }));
        let size = self.format.size().saturating_add(body.len());
        self.offset = self.offset.saturating_add(size as u64);
    }

    fn emit_incomplete(
        &self,
        header: Header,
        reason: IncompleteReason,
        emit: &mut dyn FnMut(EventKind<'_>),
    ) {
        emit(EventKind::Incomplete(Incomplete {
            sender: self.sender,
            offset: self.offset,
            id: header.id,
            size: header.size,
            reason,
        }));
    }

    /// Reports the bytes in which no message was found.
    fn emit_skipped(&mut self, emit: &mut dyn FnMut(EventKind<'_>)) {
        let State::Searching(search) = &self.state else {
            return;
        };
        let length = search.dropped.saturating_add(self.buffer.len() as u64);
        let end = self.offset.saturating_add(self.buffer.len() as u64);
        if length > 0 {
            emit(EventKind::Skipped {
                sender: self.sender,
                offset: end.saturating_sub(length),
                length,
            });
        }
    }

    /// Searches the buffer for the start of a message, and frames the bytes from there.
    fn search(
        &mut self,
        at_end: bool,
        is_message: &IsMessage<'_>,
        emit: &mut dyn FnMut(EventKind<'_>),
    ) {
        let State::Searching(search) = &mut self.state else {
            return;
        };
        let (sender, channel_type, format) = (self.sender, self.channel_type, self.format);
        let is_genuine = |header: Header, body: Option<&[u8]>| {
            is_message(&crate::event::Candidate {
                channel_type,
                sender,
                id: header.id,
                size: header.size,
                body,
            })
        };
        let Some(start) = search.find(format, &self.buffer, at_end, &is_genuine) else {
            let rejected = search.rejected.min(self.buffer.len());
            if rejected > KEPT_REJECTED {
                search.rejected = 0;
                search.dropped = search.dropped.saturating_add(rejected as u64);
                self.buffer.drain(..rejected);
                self.offset = self.offset.saturating_add(rejected as u64);
            }
            return;
        };
        let skipped = search.dropped.saturating_add(start as u64);
        let buffer = mem::take(&mut self.buffer);
        self.offset = self.offset.saturating_add(start as u64);
        self.state = State::Framing;
        emit(EventKind::Resumed {
            sender,
            offset: self.offset,
            skipped,
        });
        self.push(buffer.get(start..).unwrap_or_default(), is_message, emit);
    }
}
