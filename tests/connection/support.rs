//! Streams and connections of the tests.

// Each test binary uses a part of this module.
#![allow(dead_code)]

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard};
use std::task::{Context, Poll, Wake, Waker, ready};

use spice_link::ticket::{ServerKey, os_random};
use spice_link::tokio::{Connection, Transport, accept_with, connect_with};
use spice_link::{CommonCapability, HeaderFormat, LinkRequest, Options, Policy, Server};
use spice_messages::types::Data;
use spice_messages::wire::Channel;
use spice_messages::{ChannelType, main, port};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf, duplex};

pub static KEY: LazyLock<ServerKey> = LazyLock::new(|| ServerKey::generate(os_random).unwrap());

/// A server without a password.
pub static POLICY: LazyLock<Policy> = LazyLock::new(|| {
    Policy::new(KEY.clone())
        .channel(ChannelType::PORT, 0)
        .channel(ChannelType::DISPLAY, 0)
});

/// Settings that need no timer.
pub fn options() -> Options {
    Options::new().link_timeout(None)
}

/// Connects a channel over the two ends of a stream.
pub async fn pair<C: Channel, A, B>(
    client: A,
    server: B,
    format: HeaderFormat,
    [of_client, of_server]: [&Options; 2],
) -> (Connection<C, A>, Connection<C, B, Server>)
where
    A: Transport,
    B: Transport,
{
    let (near, far) = duplex(4096);
    let main = LinkRequest::new(0, ChannelType::MAIN, 0);
    let options = options();
    let (main, accepted) = tokio::join!(
        connect_with::<main::Channel, _>(near, main, "", &options),
        accept_with(far, &*POLICY, &options)
    );
    let session = accepted.unwrap().session();
    main.unwrap();
    let mut request = LinkRequest::new(session.id, ChannelType(C::CHANNEL_TYPE.unwrap()), 0);
    if format == HeaderFormat::Full {
        let common = &mut request.capabilities.common;
        common.remove(CommonCapability::MINI_HEADER);
    }
    let (client, accepted) = tokio::join!(
        connect_with(client, request, "", of_client),
        accept_with(server, &*POLICY, of_server)
    );
    let server = accepted.unwrap().into_connection().unwrap();
    (client.unwrap(), server)
}

/// Returns a message of a client on a port.
pub fn data(bytes: &[u8]) -> port::client::Message<'_> {
    port::client::Message::Data(Data { data: bytes.into() })
}

/// Returns a message of a server on a port.
pub fn answer(bytes: &[u8]) -> port::server::Message<'_> {
    port::server::Message::Data(Data { data: bytes.into() })
}

/// Polls a future once, with a waker that does nothing.
pub fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// Counts how often a task is woken.
#[derive(Default)]
pub struct WakeCount(AtomicUsize);

impl WakeCount {
    pub fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Wake for WakeCount {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A stream that is pending every other time, and takes and gives at most `chunk` bytes.
pub struct Flaky<S> {
    pub stream: S,
    chunk: usize,
    /// Whether the last call was pending: reading, writing, flushing.
    was_pending: [bool; 3],
    calls: usize,
}

impl<S> Flaky<S> {
    pub fn new(stream: S, chunk: usize) -> Self {
        Self {
            stream,
            chunk,
            was_pending: [false; 3],
            calls: 0,
        }
    }

    fn pass_blocking(&mut self, direction: usize) -> io::Result<()> {
        self.calls += 1;
        match self.calls % 4 {
            0 => Err(io::ErrorKind::Interrupted.into()),
            _ => blocking(
                self.pass(direction, &Context::from_waker(Waker::noop()))
                    .map(Ok),
            ),
        }
    }

    fn pass(&mut self, direction: usize, context: &Context<'_>) -> Poll<()> {
        let was_pending = &mut self.was_pending[direction];
        *was_pending = !*was_pending;
        if *was_pending {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Flaky<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(self.pass(0, context));
        let mut bytes = vec![0; self.chunk.min(buffer.remaining())];
        let mut part = ReadBuf::new(&mut bytes);
        ready!(Pin::new(&mut self.stream).poll_read(context, &mut part))?;
        buffer.put_slice(part.filled());
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Flaky<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.pass(1, context));
        let length = self.chunk.min(bytes.len());
        Pin::new(&mut self.stream).poll_write(context, &bytes[..length])
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.pass(2, context));
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// A stream whose other end is the test. All clones are the same stream.
#[derive(Clone)]
pub struct Script(Arc<Mutex<State>>);

/// The state of a [`Script`].
pub struct State {
    /// The bytes to give.
    pub input: VecDeque<u8>,
    /// The bytes to give again and again after `input`.
    pub flood: Vec<u8>,
    /// How the stream ends after all bytes are given.
    pub end: End,
    /// The bytes taken.
    pub output: Vec<u8>,
    /// The error of writing.
    pub write_error: Option<io::ErrorKind>,
    /// Whether writing is pending.
    pub is_full: bool,
    /// Whether flushing is pending.
    pub is_buffering: bool,
    /// Number of bytes given.
    pub given: usize,
    /// Number of calls that write.
    pub writes: usize,
    waker: Option<Waker>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum End {
    Close,
    Stall,
    Reset,
}

impl Script {
    pub fn new(input: &[u8], end: End) -> Self {
        Self(Arc::new(Mutex::new(State {
            input: input.iter().copied().collect(),
            flood: Vec::new(),
            end,
            output: Vec::new(),
            write_error: None,
            is_full: false,
            is_buffering: false,
            given: 0,
            writes: 0,
            waker: None,
        })))
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// Changes the state, and wakes the task that has polled the stream last.
    pub fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state();
        change(&mut state);
        let waker = state.waker.take();
        drop(state);
        waker.into_iter().for_each(Waker::wake);
    }
}

impl State {
    fn wait<T>(&mut self, context: &Context<'_>) -> Poll<T> {
        self.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

impl AsyncRead for Script {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut state = self.state();
        if state.input.is_empty() {
            let flood = state.flood.clone();
            while !flood.is_empty() && state.input.len() < buffer.remaining() {
                state.input.extend(&flood);
            }
        }
        let length = buffer.remaining().min(state.input.len());
        state.given += length;
        assert!(state.given < 16 << 20, "the connection reads without end");
        let given: Vec<u8> = state.input.drain(..length).collect();
        buffer.put_slice(&given);
        match state.end {
            End::Stall if length == 0 => state.wait(context),
            End::Reset if length == 0 => Poll::Ready(Err(io::ErrorKind::ConnectionReset.into())),
            _ => Poll::Ready(Ok(())),
        }
    }
}

impl AsyncWrite for Script {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut state = self.state();
        state.writes += 1;
        if let Some(kind) = state.write_error {
            return Poll::Ready(Err(kind.into()));
        }
        if state.is_full {
            return state.wait(context);
        }
        state.output.extend(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.state();
        match state.is_buffering {
            true => state.wait(context),
            false => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// A call that would be pending fails with `WouldBlock`, as at the end of a timeout.
impl Read for Script {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut buffer = ReadBuf::new(buffer);
        let context = &mut Context::from_waker(Waker::noop());
        blocking(Pin::new(self).poll_read(context, &mut buffer))?;
        Ok(buffer.filled().len())
    }
}

impl Write for Script {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let context = &mut Context::from_waker(Waker::noop());
        blocking(Pin::new(self).poll_write(context, bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        let context = &mut Context::from_waker(Waker::noop());
        blocking(AsyncWrite::poll_flush(Pin::new(self), context))
    }
}

fn blocking<T>(polled: Poll<io::Result<T>>) -> io::Result<T> {
    match polled {
        Poll::Ready(result) => result,
        Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
    }
}

/// Every other call is interrupted or times out.
impl<S: Read> Read for Flaky<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.pass_blocking(0)?;
        let length = self.chunk.min(buffer.len());
        self.stream.read(&mut buffer[..length])
    }
}

impl<S: Write> Write for Flaky<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.pass_blocking(1)?;
        let length = self.chunk.min(bytes.len());
        self.stream.write(&bytes[..length])
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pass_blocking(2)?;
        self.stream.flush()
    }
}

/// A stream that records the received bytes.
pub struct Recorder<S> {
    stream: S,
    received: Arc<Mutex<Vec<u8>>>,
}

impl<S> Recorder<S> {
    pub fn new(stream: S) -> (Self, Arc<Mutex<Vec<u8>>>) {
        let received = Arc::default();
        let recorder = Self {
            stream,
            received: Arc::clone(&received),
        };
        (recorder, received)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Recorder<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let start = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        let received = &buffer.filled()[start..];
        self.received.lock().unwrap().extend(received);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Recorder<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// Records a link stage of main without a password. Returns the bytes of the client and of the server.
pub async fn recorded_link() -> [Vec<u8>; 2] {
    recorded_link_with(HeaderFormat::Mini).await
}

/// Records a link stage with this header format.
pub async fn recorded_link_with(format: HeaderFormat) -> [Vec<u8>; 2] {
    let (client, server) = duplex(4096);
    let (client, of_server) = Recorder::new(client);
    let (server, of_client) = Recorder::new(server);
    let options = options();
    let (client, server) = tokio::join!(
        connect_with::<main::Channel, _>(client, main_request(format), "", &options),
        accept_with(server, &*POLICY, &options)
    );
    client.unwrap();
    server.unwrap();
    [of_client, of_server].map(|bytes| bytes.lock().unwrap().clone())
}

/// Returns a request for main with this header format.
pub fn main_request(format: HeaderFormat) -> LinkRequest {
    let mut request = LinkRequest::new(0, ChannelType::MAIN, 0);
    if format == HeaderFormat::Full {
        let common = &mut request.capabilities.common;
        common.remove(CommonCapability::MINI_HEADER);
    }
    request
}

/// Connects main to a script that gives these bytes after the link stage.
pub async fn scripted_client(
    format: HeaderFormat,
    bytes: &[u8],
    end: End,
    options: &Options,
) -> (Connection<main::Channel, Script>, Script) {
    let [_, mut input] = recorded_link_with(format).await;
    input.extend(bytes);
    let stream = Script::new(&input, end);
    let main = connect_with(stream.clone(), main_request(format), "", options).await;
    stream.state().output.clear();
    (main.unwrap(), stream)
}

/// Accepts main from a script that gives these bytes after the link stage.
pub async fn scripted_server(
    format: HeaderFormat,
    bytes: &[u8],
    end: End,
    options: &Options,
) -> (Connection<main::Channel, Script, Server>, Script) {
    let [mut input, _] = recorded_link_with(format).await;
    input.extend(bytes);
    let stream = Script::new(&input, end);
    let accepted = accept_with(stream.clone(), &*POLICY, options).await;
    stream.state().output.clear();
    (accepted.unwrap().into_connection().unwrap(), stream)
}
