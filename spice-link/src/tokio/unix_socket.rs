//! Unix sockets that carry descriptors.

use std::io;
use std::os::fd::AsFd;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec::Vec;

use ::tokio::io::{AsyncWrite, Interest};
use ::tokio::net::UnixStream;
use spice_wire::{Fd, SharedFd};

use crate::connection::ancillary;
use crate::tokio::transport::Transport;

/// A Unix socket that carries the descriptors of messages such as `gl_scanout_unix`.
///
/// A `UnixStream` itself is a stream as well, but drops the descriptors.
///
/// ```no_run
/// use spice_link::tokio::{Session, UnixSocket};
/// use spice_messages::display;
/// use tokio::net::UnixStream;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let connect = || async { UnixStream::connect("/run/vm/spice.sock").await.map(UnixSocket::new) };
/// let (session, _) = Session::open(connect, "").await?;
/// let mut display = session.channel::<display::Channel>(0).await?;
/// while let Some(message) = display.next().await? {
///     if let display::server::Message::GlScanoutUnix(scanout) = message {
///         println!("{} x {}: {:?}", scanout.width, scanout.height, scanout.drm_dma_buf_fd.as_fd());
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct UnixSocket {
    stream: UnixStream,
    /// Whether a descriptor could not be received.
    has_lost: bool,
}

impl UnixSocket {
    /// Uses a connected socket.
    #[must_use]
    pub const fn new(stream: UnixStream) -> Self {
        Self {
            stream,
            has_lost: false,
        }
    }

    /// Returns the socket.
    #[must_use]
    pub fn into_inner(self) -> UnixStream {
        self.stream
    }
}

impl From<UnixStream> for UnixSocket {
    fn from(stream: UnixStream) -> Self {
        Self::new(stream)
    }
}

impl Transport for UnixSocket {
    const CARRIES_DESCRIPTORS: bool = true;

    fn poll_receive(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
        fds: &mut Vec<SharedFd>,
    ) -> Poll<io::Result<usize>> {
        if self.has_lost {
            return Poll::Ready(Err(ancillary::lost()));
        }
        loop {
            ready!(self.stream.poll_read_ready(context))?;
            let receive = || ancillary::receive(self.stream.as_fd(), buffer, fds);
            let result = self.stream.try_io(Interest::READABLE, receive);
            let result = result.map(|(length, has_lost)| {
                self.has_lost = has_lost;
                length
            });
            if !is_blocked(&result) {
                return Poll::Ready(result);
            }
        }
    }

    fn poll_send(
        &mut self,
        context: &mut Context<'_>,
        bytes: &[u8],
        fd: Option<&Fd<'static>>,
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.stream.poll_write_ready(context))?;
            let result = self.stream.try_io(Interest::WRITABLE, || {
                ancillary::send(self.stream.as_fd(), bytes, fd)
            });
            if !is_blocked(&result) {
                return Poll::Ready(result);
            }
        }
    }

    fn poll_flush(&mut self, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        AsyncWrite::poll_shutdown(Pin::new(&mut self.stream), context)
    }
}

fn is_blocked<T>(result: &io::Result<T>) -> bool {
    result
        .as_ref()
        .is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}
