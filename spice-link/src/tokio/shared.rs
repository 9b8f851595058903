//! The stream and the output of a connection, which its halves share.

use std::io;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker, ready};
use std::vec::Vec;

use crate::connection::{Error, Output};
use crate::session::LinkSession;
use crate::tokio::transport::Transport;

/// The parts of a connection that both halves use.
pub(super) struct Shared<S> {
    pub(super) link: LinkSession,
    io: Mutex<Io<S>>,
    waiting: Arc<Waiting>,
    /// Wakes all tasks in `waiting`.
    waker: Waker,
}

/// The stream, and the frames that wait for it.
pub(super) struct Io<S> {
    pub(super) stream: S,
    pub(super) output: Output,
    /// Whether the stream may have buffered bytes.
    is_flushing: bool,
}

/// The tasks that wait for the stream.
///
/// A stream wakes only the task that polled it last. So it is always polled with a waker that wakes all.
#[derive(Default)]
struct Waiting(Mutex<Vec<Waker>>);

impl Waiting {
    fn tasks(&self) -> MutexGuard<'_, Vec<Waker>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, task: &Waker) {
        let mut tasks = self.tasks();
        if !tasks.iter().any(|other| other.will_wake(task)) {
            tasks.push(task.clone());
        }
    }

    fn remove(&self, task: &Waker) {
        self.tasks().retain(|other| !other.will_wake(task));
    }

    fn wake_all(&self) {
        let tasks = mem::take(&mut *self.tasks());
        tasks.into_iter().for_each(Waker::wake);
    }
}

impl Wake for Waiting {
    fn wake(self: Arc<Self>) {
        self.wake_all();
    }
}

impl<S: Transport> Shared<S> {
    pub(super) fn new(stream: S, link: LinkSession, output: Output) -> Self {
        let waiting = Arc::new(Waiting::default());
        Self {
            link,
            io: Mutex::new(Io {
                stream,
                output,
                is_flushing: false,
            }),
            waker: Waker::from(Arc::clone(&waiting)),
            waiting,
        }
    }

    pub(super) fn io(&self) -> MutexGuard<'_, Io<S>> {
        self.io.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Polls the stream. While it is pending, the task is woken when anything happens on the stream.
    pub(super) fn poll<T>(
        &self,
        context: &Context<'_>,
        poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        // The task waits before the poll, because the stream may be ready immediately after it.
        self.waiting.add(context.waker());
        let polled = poll(&mut Context::from_waker(&self.waker));
        if polled.is_ready() {
            self.waiting.remove(context.waker());
        }
        polled
    }

    /// Writes all frames that wait for the stream.
    pub(super) fn poll_write(
        &self,
        io: &mut Io<S>,
        context: &Context<'_>,
    ) -> Poll<Result<(), Error>> {
        if !io.is_flushing && io.output.unsent().is_none() {
            return Poll::Ready(Ok(()));
        }
        let written = ready!(self.poll(context, |context| io.poll_write(context)));
        self.wake_all();
        if let Err(error) = &written {
            io.output.fail(error.kind());
        }
        Poll::Ready(written.map_err(Error::Io))
    }

    /// Wakes all tasks that wait for the stream or for an acknowledgement.
    pub(super) fn wake_all(&self) {
        self.waiting.wake_all();
    }
}

impl<S: Transport> Io<S> {
    fn poll_write(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some((bytes, fd)) = self.output.unsent() {
            self.is_flushing = true;
            match ready!(self.stream.poll_send(context, bytes, fd))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                length => self.output.sent(length),
            }
        }
        ready!(self.stream.poll_flush(context))?;
        self.is_flushing = false;
        Poll::Ready(Ok(()))
    }
}
