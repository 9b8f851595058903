//! Streams that connections use.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec::Vec;

use ::tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use spice_wire::{Fd, SharedFd};

/// A stream of bytes that may carry descriptors.
///
/// Every stream that implements `AsyncRead` and `AsyncWrite` is one, without descriptors. `UnixSocket` carries them.
pub trait Transport: Unpin {
    /// Whether the stream carries descriptors.
    const CARRIES_DESCRIPTORS: bool;

    /// Receives bytes into `buffer`, and descriptors into `fds`. Returns the number of bytes, 0 at the end of the stream.
    fn poll_receive(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
        fds: &mut Vec<SharedFd>,
    ) -> Poll<io::Result<usize>>;

    /// Sends bytes, with a descriptor attached to the first one. Returns the number of bytes sent.
    fn poll_send(
        &mut self,
        context: &mut Context<'_>,
        bytes: &[u8],
        fd: Option<&Fd<'static>>,
    ) -> Poll<io::Result<usize>>;

    /// Sends what the stream has buffered.
    fn poll_flush(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>>;

    /// Ends the sending direction.
    fn poll_shutdown(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>>;
}

impl<S: AsyncRead + AsyncWrite + Unpin> Transport for S {
    const CARRIES_DESCRIPTORS: bool = false;

    fn poll_receive(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
        _fds: &mut Vec<SharedFd>,
    ) -> Poll<io::Result<usize>> {
        let mut buffer = ReadBuf::new(buffer);
        ready!(Pin::new(self).poll_read(context, &mut buffer))?;
        Poll::Ready(Ok(buffer.filled().len()))
    }

    fn poll_send(
        &mut self,
        context: &mut Context<'_>,
        bytes: &[u8],
        _fd: Option<&Fd<'static>>,
    ) -> Poll<io::Result<usize>> {
        Pin::new(self).poll_write(context, bytes)
    }

    fn poll_flush(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        AsyncWrite::poll_flush(Pin::new(self), context)
    }

    fn poll_shutdown(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        AsyncWrite::poll_shutdown(Pin::new(self), context)
    }
}
