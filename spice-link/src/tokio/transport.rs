//! Streams that connections use.

use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::vec::Vec;

use ::tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use bytes::{BufMut, BytesMut};
use spice_wire::{Fd, SharedFd};

/// A stream of bytes that may carry descriptors.
///
/// Every stream that implements `AsyncRead` and `AsyncWrite` is one, without descriptors. `UnixSocket` carries them.
pub trait Transport: Unpin {
    /// Whether the stream carries descriptors.
    const CARRIES_DESCRIPTORS: bool;

    /// Appends at most `size` received bytes to `buffer`, and descriptors to `fds`. Returns the number of bytes, 0 at the
    /// end of the stream.
    fn poll_receive(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut BytesMut,
        size: usize,
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
        buffer: &mut BytesMut,
        size: usize,
        _fds: &mut Vec<SharedFd>,
    ) -> Poll<io::Result<usize>> {
        buffer.reserve(size);
        // Reads into memory that is not initialized. The future has no state, so each poll can create a new one.
        let mut buffer = buffer.limit(size);
        pin!(self.read_buf(&mut buffer)).poll(context)
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
