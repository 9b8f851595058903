//! Instructions of the receiving side for each message of a stream in memory, which makes no system calls.

use std::env;
use std::hint::black_box;
use std::io::{self, Read, Write};
use std::iter::{Cycle, Take};
use std::path::Path;
use std::pin::Pin;
use std::slice;
use std::task::{Context, Poll};

use spice_benches::callgrind;
use spice_link::ticket::{ServerKey, os_random};
use spice_link::{
    Capabilities, FrameReader, HeaderFormat, LinkRequest, Options, ServerLink, ServerStep,
    blocking, tokio as tokio_link,
};
use spice_messages::wire::Side;
use spice_messages::{ChannelType, display};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::runtime::Builder;

use crate::AnyError;
use crate::throughput::{BUFFER, Traffic};

/// With this argument, the program makes the measured calls; it then runs under valgrind.
const INSIDE: &str = "--inside-of-valgrind";

/// Number of bytes of a call.
const RUN: usize = 16 << 20;

/// Receives traffic and returns the number of messages.
type Receive<'a> = &'a mut dyn FnMut() -> Result<usize, AnyError>;

/// Makes the measured calls if the program runs under valgrind, and returns whether it does.
pub fn is_inside() -> Result<bool, AnyError> {
    let is_inside = env::args().any(|argument| argument == INSIDE);
    if is_inside {
        make_calls()?;
    }
    Ok(is_inside)
}

/// Prints the table of instructions.
pub fn print() -> Result<(), AnyError> {
    println!();
    if !callgrind::is_there() {
        println!("The table of instructions needs valgrind.");
        return Ok(());
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("connection");
    let mut rows: Vec<(String, Vec<String>)> = Vec::new();
    for (call, count) in callgrind::of_calls("receive_traffic", &folder, &[INSIDE])? {
        let (name, messages) = call.split_once('\t').ok_or("not a call")?;
        let each = count / messages.parse::<u64>()?.max(1);
        match rows.last_mut().filter(|(last, _)| last == name) {
            Some((_, counts)) => counts.push(each.to_string()),
            None => rows.push((name.to_owned(), vec![each.to_string()])),
        }
    }
    println!(
        "| instructions for each message | loop on tokio | `FrameReader`, `decode` | blocking | tokio |"
    );
    println!("|---|---|---|---|---|");
    for (name, counts) in rows {
        println!("| {name} | {} |", counts.join(" | "));
    }
    Ok(())
}

/// Makes all measured calls, and prints a line for each.
fn make_calls() -> Result<(), AnyError> {
    let key = ServerKey::generate(os_random)?;
    let options = Options::new().link_timeout(None);
    let request = || LinkRequest::new(1, ChannelType::DISPLAY, 0);
    let runtime = Builder::new_current_thread().build()?;
    for traffic in Traffic::all()? {
        let writes = &traffic.writes;
        let repeats = RUN / writes.iter().map(Vec::len).sum::<usize>();
        let stream = || Memory::new(&key, writes, repeats);
        let call = |receive: Receive<'_>| -> Result<(), AnyError> {
            let messages = receive_traffic(receive)?;
            if messages != traffic.messages * repeats {
                return Err(format!("received {messages} messages").into());
            }
            println!("{}\t{messages}", traffic.name);
            Ok(())
        };
        call(&mut || {
            let (mut stream, mut buffer) = (Memory::linked(writes, repeats), vec![0; BUFFER]);
            runtime.block_on(async {
                while AsyncReadExt::read(&mut stream, &mut buffer).await? > 0 {
                    black_box(&buffer);
                }
                Ok(traffic.messages * repeats)
            })
        })?;
        call(&mut || {
            let mut reader = FrameReader::new(Side::Server, HeaderFormat::Mini);
            let (mut stream, mut buffer) = (Memory::linked(writes, repeats), vec![0; BUFFER]);
            let mut messages = 0;
            loop {
                let length = stream.receive(&mut buffer);
                if length == 0 {
                    return Ok(messages);
                }
                reader.push(buffer.get(..length).unwrap_or_default());
                while let Some(frame) = reader.next_frame()? {
                    black_box(&frame.decode::<display::server::Message<'_>>()?);
                    messages += 1;
                }
            }
        })?;
        let display = blocking::connect_with(stream(), request(), "", &options);
        let mut display: blocking::Connection<display::Channel, _> = display?;
        call(&mut || {
            let mut messages = 0;
            while let Some(message) = display.next()? {
                black_box(&message);
                messages += 1;
            }
            Ok(messages)
        })?;
        let display = tokio_link::connect_with(stream(), request(), "", &options);
        let mut display: tokio_link::Connection<display::Channel, _> = runtime.block_on(display)?;
        call(&mut || {
            runtime.block_on(async {
                let mut messages = 0;
                while let Some(message) = display.next().await? {
                    black_box(&message);
                    messages += 1;
                }
                Ok(messages)
            })
        })?;
    }
    Ok(())
}

/// Callgrind counts the instructions of each call of this function.
#[inline(never)]
fn receive_traffic(receive: Receive<'_>) -> Result<usize, AnyError> {
    receive()
}

/// A stream of a server that repeats its traffic after the link stage. Each write is received by itself, after a wake-up.
struct Memory<'t> {
    link: Option<(ServerLink, &'t ServerKey)>,
    /// Bytes of the client that the link stage has not used.
    received: Vec<u8>,
    /// Bytes of the link stage for the client.
    answers: Vec<u8>,
    /// The rest of the last write.
    unread: &'t [u8],
    writes: Take<Cycle<slice::Iter<'t, Vec<u8>>>>,
    /// Whether the last call of `poll_read` was pending.
    was_pending: bool,
}

impl<'t> Memory<'t> {
    fn new(key: &'t ServerKey, writes: &'t [Vec<u8>], repeats: usize) -> Self {
        let link = Some((ServerLink::new(), key));
        Self {
            link,
            ..Self::linked(writes, repeats)
        }
    }

    /// Creates a stream without a link stage.
    fn linked(writes: &'t [Vec<u8>], repeats: usize) -> Self {
        Self {
            link: None,
            received: Vec::new(),
            answers: Vec::new(),
            unread: &[],
            writes: writes.iter().cycle().take(writes.len() * repeats),
            was_pending: false,
        }
    }

    /// Moves bytes for the client into `buffer` and returns their number.
    fn receive(&mut self, buffer: &mut [u8]) -> usize {
        if !self.answers.is_empty() {
            let length = copy(&self.answers, buffer);
            self.answers.drain(..length);
            return length;
        }
        if self.unread.is_empty() {
            self.unread = self.writes.next().map_or(&[], Vec::as_slice);
        }
        let length = copy(self.unread, buffer);
        self.unread = self.unread.get(length..).unwrap_or_default();
        length
    }

    /// Passes bytes of the client to the link stage.
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.received.extend_from_slice(bytes);
        while let Some((link, key)) = &mut self.link {
            match link.step().map_err(io::Error::other)? {
                ServerStep::Send(bytes) => self.answers.extend_from_slice(&bytes),
                ServerStep::Receive(_) => match link.receive(&self.received) {
                    0 => return Ok(()),
                    used => drop(self.received.drain(..used)),
                },
                ServerStep::Request(_) => link
                    .accept(*key.public(), Capabilities::usual())
                    .map_err(io::Error::other)?,
                ServerStep::Ticket(_) => link.admit().map_err(io::Error::other)?,
                ServerStep::Done(_) => self.link = None,
            }
        }
        Ok(())
    }
}

/// Copies as many bytes as there are and as there is room for, and returns their number.
fn copy(from: &[u8], to: &mut [u8]) -> usize {
    let length = from.len().min(to.len());
    if let (Some(from), Some(to)) = (from.get(..length), to.get_mut(..length)) {
        to.copy_from_slice(from);
    }
    length
}

impl Read for Memory<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(self.receive(buffer))
    }
}

impl Write for Memory<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.send(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsyncRead for Memory<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.was_pending = !self.was_pending;
        if self.was_pending {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let length = self.receive(buffer.initialize_unfilled());
        buffer.advance(length);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Memory<'_> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.send(bytes)?;
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
